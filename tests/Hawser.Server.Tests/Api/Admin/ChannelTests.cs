using System.Net;
using System.Text;
using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Notifications.Wire;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class ChannelTests
{
    private const string Path = "/api/notifications/channels";

    [Fact]
    public async Task An_alarm_is_posted_signed_and_tried_again_until_it_is_taken()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hooks = new HookReceiver { Status = 500 };
        var made = (await rig.PostAsync(Path, $$$"""
            {"name":"Ops","kind":"webhook","url":"{{{hooks.Url}}}","allow_private":true,"types":[6],"headers":{"X-Team":"ops"}}
            """)).ShouldBeFine();
        var secret = made.Of("secret");
        secret.Length.ShouldBeGreaterThan(30);

        await RaiseAsync(rig, 6, "482913377");
        var delivery = await FirstAsync(rig, "waiting", d => d.Of("attempts") != "0");
        hooks.Status = 204;
        delivery.Of("last_error").ShouldContain("500");
        // Unless its own next attempt came first.
        (await rig.PostAsync($"/api/notifications/deliveries/{delivery.Of("guid")}/retry")).Status.ShouldBeOneOf(200, 404);
        await FirstAsync(rig, "sent", _ => true);

        foreach (var (body, headers) in hooks.Got)
        {
            headers["X-Hawser-Signature"].ShouldBe(HookSender.Sign(secret, headers["X-Hawser-Timestamp"], Encoding.UTF8.GetBytes(body)));
            headers["X-Hawser-Delivery"].ShouldBe(delivery.Of("guid"), "a receiver can tell a repeat");
            headers["X-Team"].ShouldBe("ops");
            var json = JsonDocument.Parse(body).RootElement;
            json.GetProperty("event").GetString().ShouldBe("alarm");
            json.GetProperty("alarm").Of("device").ShouldBe("482913377");
            json.GetProperty("alarm").Of("typ").ShouldBe("6");
        }

        await RaiseAsync(rig, 2, "1");
        (await rig.AllAsync("/api/notifications/deliveries")).Count.ShouldBe(1, "not of the channel's kinds");
        var listed = (await rig.GetAsync(Path)).Json.EnumerateArray().Single();
        (listed.Of("host"), listed.Of("signed"), listed.GetProperty("headers").ToString()).ShouldBe(("127.0.0.1", "True", """["X-Team"]"""));
        var text = (await rig.GetAsync(Path)).Text;
        text.ShouldNotContain(secret);
        text.ShouldNotContain("/hook");
    }

    [Fact]
    public async Task What_was_posted_and_answered_is_told_without_secrets_and_can_be_posted_again()
    {
        await using var rig = await AdminRig.StartAsync();
        // The second time, it lies across the end of what is kept.
        using var hooks = new HookReceiver
        {
            Status = 503, Answer = "busy: t0p-secret\r\n" + new string('x', 1000) + "t0p-secret" + new string('x', 5000),
        };
        var made = (await rig.PostAsync(Path, $$$"""
            {"name":"Ops","kind":"webhook","url":"{{{hooks.Url}}}","allow_private":true,"headers":{"Authorization":"t0p-secret"}}
            """)).ShouldBeFine();
        await RaiseAsync(rig, 6, "482913377");
        var guid = (await FirstAsync(rig, "waiting", d => d.Of("attempts") != "0")).Of("guid");
        var at = $"/api/notifications/deliveries/{guid}";
        var refused = (await rig.GetAsync(at)).ShouldBeFine();
        (refused.Of("host"), refused.Of("status"), refused.GetProperty("headers").ToString()).ShouldBe(("127.0.0.1", "503", """["Authorization"]"""));
        refused.Of("body").ShouldBe(hooks.Got.First().Body);
        refused.Of("answer").ShouldStartWith("busy: ********");
        refused.Of("answer").Length.ShouldBeLessThan(1100);
        refused.Of("answer").ShouldNotContain("t0p");
        refused.GetRawText().ShouldNotContain(made.Of("secret"));

        (hooks.Status, hooks.Answer) = (200, "fine");
        (await rig.PostAsync(at + "/retry")).Status.ShouldBeOneOf(200, 404);
        await FirstAsync(rig, "sent", _ => true);
        var taken = (await rig.GetAsync(at)).ShouldBeFine();
        (taken.Of("status"), taken.Of("answer"), taken.Of("body")).ShouldBe(("200", "fine", refused.Of("body")));
        var count = hooks.Got.Count;
        (await rig.PostAsync(at + "/retry")).ShouldBeDone();
        await Eventually.HoldsAsync(() => hooks.Got.Count > count, "it was posted once more");
        hooks.Got.Last().Headers["X-Hawser-Delivery"].ShouldBe(guid, "a receiver can tell a repeat");
        (await rig.GetAsync($"/api/notifications/deliveries/{Guid.NewGuid()}")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/notifications/deliveries/x")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task A_test_says_at_once_how_it_went_and_chat_services_get_what_they_take()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hooks = new HookReceiver();
        var guid = (await rig.PostAsync(Path, $$"""{"name":"Chat","kind":"slack","url":"{{hooks.Url}}","allow_private":true}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync($"{Path}/{guid}/test")).ShouldBeFine().Of("ok").ShouldBe("True");
        hooks.Status = 404;
        var bad = (await rig.PostAsync($"{Path}/{guid}/test")).ShouldBeFine();
        (bad.Of("ok"), bad.Of("detail")).ShouldBe(("False", "It answered 404."));

        hooks.Status = 200;
        await RaiseAsync(rig, 6, "<@channel> *x*");
        await Eventually.HoldsAsync(() => hooks.Got.Count >= 3, "the alarm came");
        var text = JsonDocument.Parse(hooks.Got.Last().Body).RootElement.Of("text");
        text.ShouldContain("&lt;@channel&gt;");
        hooks.Got.Last().Headers.ShouldNotContainKey("X-Hawser-Signature");
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldBe([190, 193, 193]);
    }

    [Fact]
    public async Task Addresses_of_the_own_network_are_refused_unless_the_channel_allows_them()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hooks = new HookReceiver();
        (await rig.PostAsync(Path, """{"name":"x","kind":"webhook","url":"https://127.0.0.1/"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(Path, """{"name":"x","kind":"webhook","url":"https://[::ffff:10.0.0.1]/"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(Path, """{"name":"x","kind":"webhook","url":"http://example.com/"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(Path, """{"name":"x","kind":"webhook","url":"file:///etc/passwd"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(Path, """{"name":"x","kind":"webhook","url":"https://a.example","headers":{"Host":"b"}}""")).ShouldBeProblem(400, "invalid");
        // A name is only known when it is looked up.
        var guid = (await rig.PostAsync(Path, $$"""{"name":"x","kind":"webhook","url":"https://localhost:{{hooks.Port}}/"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync($"{Path}/{guid}/test")).ShouldBeFine().Of("detail").ShouldContain("allow_private");
        hooks.Got.ShouldBeEmpty();
        (await rig.PatchAsync($"{Path}/{guid}", """{"kind":"slack"}""")).ShouldBeProblem(400, "invalid");
        (await rig.DeleteAsync($"{Path}/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"{Path}/{guid}")).ShouldBeProblem(404, "not_found");
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:192.168.0.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00:1::", false)]
    [InlineData("ff02::1", false)]
    public void Only_addresses_of_the_internet_are_public(string address, bool isPublic) =>
        AddressGuard.IsPublic(IPAddress.Parse(address)).ShouldBe(isPublic);

    internal static async Task RaiseAsync(AdminRig rig, int type, string device)
    {
        await using var db = rig.Db();
        var now = rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        var alarm = new AlarmAudit { DeviceId = device, Type = type, Info = """{"ip":"203.0.113.9","name":"mara"}""", CreatedAt = now };
        db.AlarmAudits.Add(alarm);
        var then = new List<Action>();
        await rig.Api.Services.GetRequiredService<Alarms>().AddingAsync(db, alarm, then, default);
        await db.SaveChangesAsync();
        then.ForEach(t => t());
    }

    private static async Task<JsonElement> FirstAsync(AdminRig rig, string state, Func<JsonElement, bool> fits)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
        {
            var rows = await rig.AllAsync($"/api/notifications/deliveries?state={state}");
            if (rows.Exists(r => fits(r))) return rows.Find(r => fits(r));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"never: a delivery that is {state}");
    }
}
