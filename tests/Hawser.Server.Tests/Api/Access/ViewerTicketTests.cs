using Hawser.Api.Access;
using Hawser.Data.Accounts;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>Leaves for browsers: what they open, on the wire, and what ends them.</summary>
public sealed class ViewerTicketTests
{
    private const string Used = "This connection was prepared too long ago, or used already. Please connect again.";

    [Fact]
    public async Task A_ticket_opens_its_device_once_in_its_way_and_tells_the_device_who_it_was()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        using var other = await rig.RegisterAsync("987654321", "127.0.0.9");
        var anna = await rig.Api.AddUserAsync("anna");
        var session = await rig.Api.TokenAsync(anna, kind: TokenKind.Console);
        await rig.LookAsync();
        var made = (await IssueAsync(rig, session)).Json;
        var ticket = made.GetProperty("ticket").GetString()!;
        made.GetProperty("device_id").GetString().ShouldBe(AccessRig.Id);
        (made.GetProperty("expires_at").GetInt64() - rig.Server.Node.Time.GetUtcNow().ToUnixTimeSeconds()).ShouldBeLessThanOrEqualTo(60);

        // Neither another device nor another kind of session, and trying that does not use it up.
        (await rig.RefusalAsync(other, rig.Ask(ticket, "987654321"), "127.0.0.3")).ShouldBe(Used);
        var files = rig.Ask(ticket);
        files.PunchHoleRequest.ConnType = ConnType.FileTransfer;
        (await rig.RefusalAsync(target, files, "127.0.0.3")).ShouldBe(Used);

        var push = (await rig.PushAsync(target, rig.Ask(ticket), "127.0.0.3")).PunchHole;
        push.ControlledContext.ConnAuditRef.Length.ShouldBe(22);
        // The same attempt goes on through a relay; somebody elsewhere who overheard it gets nothing.
        (await rig.RefusalAsync(target, AccessRig.AskRelay(ticket), "127.0.0.3")).ShouldBeEmpty();
        (await rig.RefusalAsync(target, rig.Ask(ticket), "127.0.0.4")).ShouldBe(Used);
        await Eventually.HoldsAsync(() => rig.Desk.Introductions.Written > 0, "the introduction is written");
        await using var db = rig.Api.OpenDb();
        (await db.Introductions.SingleAsync(i => i.UserGuid == anna.Guid)).UserName.ShouldBe("anna");
        (await db.ConsoleAudits.SingleAsync(a => a.Operation == 220)).Operator.ShouldBe("anna");
        (await db.ViewerTickets.SingleAsync()).Hash.Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_ticket_that_was_taken_back_whose_session_ended_or_whose_minute_is_over_opens_nothing()
    {
        var clock = new ManualTime();
        await using var rig = await AccessRig.StartAsync(time: clock);
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var session = await rig.Api.TokenAsync(anna, kind: TokenKind.Console);
        var stays = await rig.Api.TokenAsync(anna, kind: TokenKind.Console);
        await rig.LookAsync();
        var revoked = (await IssueAsync(rig, stays)).Json;
        var path = $"/api/remote/tickets/{revoked.GetProperty("guid").GetString()}";
        var eve = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("eve"));
        (await rig.Api.SendAsync(HttpMethod.Delete, path, null, eve)).Status.ShouldBe(404, "it is not hers");
        (await rig.Api.SendAsync(HttpMethod.Delete, path, null, stays)).Status.ShouldBe(200);
        (await rig.RefusalAsync(target, rig.Ask(revoked.GetProperty("ticket").GetString()!), "127.0.0.3")).ShouldBe(Used);

        var orphan = (await IssueAsync(rig, session)).Member("ticket")!;
        (await rig.Api.PostAsync("/api/logout", "{}", session)).Status.ShouldBe(200);
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(orphan), "127.0.0.4")).ShouldBe(Used);

        var late = (await IssueAsync(rig, stays)).Member("ticket")!;
        clock.Advance(TimeSpan.FromSeconds(61));
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(late), "127.0.0.5")).ShouldBe(Used);
    }

    [Fact]
    public async Task Whoever_may_not_reach_a_device_gets_no_ticket_and_one_that_was_given_ends_with_the_right()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var token = await rig.Api.TokenAsync(anna, kind: TokenKind.Console);
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Rules);
        var refused = await IssueAsync(rig, token);
        refused.Status.ShouldBe(403);
        refused.Member("code").ShouldBe("nothing_allows");
        (await rig.Api.PostAsync("/api/remote/1/ticket", "{}", token)).Status.ShouldBe(404);
        (await IssueAsync(rig, token, "{\"kind\":\"tea\"}")).Status.ShouldBe(400);
        (await IssueAsync(rig, await rig.Api.ApiTokenAsync(anna, "device:rw"))).Status.ShouldBe(403, "tickets are for people");

        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Open);
        var ticket = (await IssueAsync(rig, token)).Member("ticket")!;
        await rig.SetAsync(s => s.DefaultPolicy = DefaultPolicy.Rules);
        (await rig.RefusalAsync(target, rig.Ask(ticket), "127.0.0.3")).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_ticket_for_looking_on_forbids_the_device_what_would_change_it_and_they_are_not_handed_out_without_end()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"), kind: TokenKind.Console);
        await rig.LookAsync();
        var made = (await IssueAsync(rig, token, """{"view_only":true}""")).Json;
        made.GetProperty("permissions").GetProperty("keyboard").GetString().ShouldBe("deny");
        made.GetProperty("permissions").TryGetProperty("audio", out _).ShouldBeFalse("the device decides");
        var push = (await rig.PushAsync(target, rig.Ask(made.GetProperty("ticket").GetString()!), "127.0.0.3")).PunchHole;
        push.ToString().ShouldContain("ontrolPermissions");

        for (var i = 1; i < ViewerTickets.MostInAMinute; i++) (await IssueAsync(rig, token)).Status.ShouldBe(200);
        var refused = await IssueAsync(rig, token);
        refused.Status.ShouldBe(429);
        refused.Json.GetProperty("params").GetProperty("seconds").GetInt32().ShouldBe(60);
    }

    private static Task<Answer> IssueAsync(AccessRig rig, string token, string body = "{}") =>
        rig.Api.PostAsync($"/api/remote/{AccessRig.Id}/ticket", body, token);
}
