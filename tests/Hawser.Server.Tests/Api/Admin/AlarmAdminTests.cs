using Hawser.Api.Notifications;
using Hawser.Api.Watch;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class AlarmAdminTests
{
    [Fact]
    public async Task Alarms_are_seen_and_resolved_one_by_one_and_all_that_match()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(1, ann))[0];
        var guids = new List<Guid>();
        await using (var db = rig.Db())
        {
            for (var i = 0; i < 5; i++)
            {
                var alarm = new AlarmAudit
                {
                    DeviceGuid = i == 0 ? device.Guid : null, DeviceId = i == 0 ? device.Id : "999", Type = i % 2,
                    CreatedAt = new DateTime(2026, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc),
                };
                db.AlarmAudits.Add(alarm);
                guids.Add(alarm.Guid);
            }

            await db.SaveChangesAsync();
        }

        (await rig.GetAsync("/api/alarms/summary")).Text.ShouldBe("""{"new":5,"seen":0}""");
        var one = (await rig.PatchAsync($"/api/alarms/{guids[1]}", """{"state":"resolved","note":"fixed"}""")).ShouldBeFine();
        (one.Of("state"), one.Of("note"), one.Of("handled_by")).ShouldBe(("resolved", "fixed", "root"));
        (await rig.PostAsync("/api/alarms/state", $$"""{"state":"seen","guids":["{{guids[2]}}","{{guids[2]}}"]}""")).Text.ShouldBe("""{"changed":1}""");
        (await rig.PostAsync("/api/alarms/state?typ=0", """{"state":"seen"}""")).Text.ShouldBe("""{"changed":2}""");
        (await rig.PostAsync("/api/alarms/state?typ=0", """{"state":"seen"}""")).Text.ShouldBe("""{"changed":0}""");
        (await rig.AllAsync("/api/audits/alarm?state=new")).Count.ShouldBe(1);
        (await rig.PatchAsync($"/api/alarms/{guids[1]}", """{"state":"gone"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/alarms/{Guid.Empty}", """{"state":"seen"}""")).ShouldBeProblem(404, "not_found");

        // Her own, and nobody else's.
        var token = await rig.Api.TokenAsync(ann);
        (await rig.GetAsync("/api/alarms/summary", token)).Text.ShouldBe("""{"new":0,"seen":1}""");
        (await rig.PatchAsync($"/api/alarms/{guids[3]}", """{"state":"seen"}""", token)).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync("/api/alarms/state", """{"state":"resolved"}""", token)).Text.ShouldBe("""{"changed":1}""");
        (await rig.GetAsync("/api/audits/alarm?format=csv")).Text.ShouldContain(",fixed");
    }

    [Fact]
    public async Task An_alarm_is_given_to_somebody_and_alarms_like_it_are_muted_until_that_ends_or_is_taken_back()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await rig.UserAsync("ann");
        var settings = rig.Api.Services.GetRequiredService<ServerAlarms>();
        var first = await RaiseAsync(settings, rig, "relay.invalid");
        var given = (await rig.PatchAsync($"/api/alarms/{first}", """{"assigned_to":"ANN"}""")).ShouldBeFine();
        (given.Of("assigned_to"), given.Of("state")).ShouldBe(("ann", "new"));
        (await rig.PatchAsync($"/api/alarms/{first}", """{"assigned_to":"nobody-here"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/alarms/{first}", """{"assigned_to":""}""")).ShouldBeFine().Of("assigned_to").ShouldBe("");

        (await rig.PostAsync($"/api/alarms/{first}/mute", """{"hours":0}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync($"/api/alarms/{Guid.Empty}/mute", "{}")).ShouldBeProblem(404, "not_found");
        var mute = (await rig.PostAsync($"/api/alarms/{first}/mute", """{"hours":24}""")).ShouldBeFine();
        (mute.Of("typ"), mute.Of("source"), mute.Of("created_by")).ShouldBe(("1003", "relay.invalid", "root"));
        (await rig.PostAsync($"/api/alarms/{first}/mute", """{"hours":24}""")).ShouldBeFine();
        (await rig.GetAsync("/api/alarms/mutes")).Json.GetArrayLength().ShouldBe(1, "muting twice is muting once");
        (await StateAsync(rig, first)).ShouldBe(AlarmState.Resolved, "those that are open are resolved");
        (await StateAsync(rig, await RaiseAsync(settings, rig, "relay.invalid"))).ShouldBe(AlarmState.Resolved);
        (await StateAsync(rig, await RaiseAsync(settings, rig, "other.invalid"))).ShouldBe(AlarmState.New);

        time.Advance(TimeSpan.FromHours(25));
        (await StateAsync(rig, await RaiseAsync(settings, rig, "relay.invalid"))).ShouldBe(AlarmState.New, "it ended");
        (await rig.GetAsync("/api/alarms/mutes")).Text.ShouldBe("[]");
        var any = (await rig.PostAsync($"/api/alarms/{first}/mute", """{"any_source":true}""")).ShouldBeFine();
        (await StateAsync(rig, await RaiseAsync(settings, rig, "third.invalid"))).ShouldBe(AlarmState.Resolved);
        (await rig.DeleteAsync($"/api/alarms/mutes/{any.Of("guid")}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/alarms/mutes/{any.Of("guid")}")).ShouldBeProblem(404, "not_found");
        (await StateAsync(rig, await RaiseAsync(settings, rig, "third.invalid"))).ShouldBe(AlarmState.New);

        var ann = await rig.Api.TokenAsync(await rig.UserAsync("eve"));
        (await rig.GetAsync("/api/alarms/mutes", ann)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/alarms/{first}/mute", "{}", ann)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Repeats_are_one_with_their_number_and_are_handled_together()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        var ann = await rig.UserAsync("ann");
        var server = rig.Api.Services.GetRequiredService<ServerAlarms>();
        var began = time.GetUtcNow().ToUnixTimeSeconds();
        var first = await RaiseAsync(server, rig, "one.invalid");
        time.Advance(TimeSpan.FromMinutes(5));
        await RaiseAsync(server, rig, "two.invalid");
        time.Advance(TimeSpan.FromMinutes(5));
        var last = await RaiseAsync(server, rig, "one.invalid");

        var groups = (await rig.GetAsync("/api/alarms/groups")).ShouldBeFine();
        groups.GetProperty("total").GetInt32().ShouldBe(2);
        var newest = groups.GetProperty("data")[0];
        newest.GetProperty("newest").GetProperty("guid").GetString().ShouldBe(last.ToString());
        (newest.GetProperty("count").GetInt32(), newest.GetProperty("first_at").GetInt64()).ShouldBe((2, began));
        (await rig.GetAsync("/api/alarms/groups?pageSize=1&current=2")).Json.GetProperty("data")[0]
            .GetProperty("count").GetInt32().ShouldBe(1);

        (await rig.PostAsync("/api/alarms/state", $$"""{"state":"resolved","guids":["{{last}}"],"repeats":true,"note":"the cable"}""")).Text
            .ShouldBe("""{"changed":2}""");
        (await StateAsync(rig, first)).ShouldBe(AlarmState.Resolved);
        (await rig.GetAsync("/api/alarms/groups?state=new")).Json.GetProperty("total").GetInt32().ShouldBe(1);

        // What comes after that is no repeat of what was resolved.
        await RaiseAsync(server, rig, "one.invalid");
        (await rig.GetAsync("/api/alarms/groups")).Json.GetProperty("total").GetInt32().ShouldBe(3);
        var many = string.Join(',', Enumerable.Range(0, 501).Select(_ => $"\"{Guid.NewGuid()}\""));
        (await rig.PostAsync("/api/alarms/state", $$"""{"state":"seen","repeats":true,"guids":[{{many}}]}""")).ShouldBeProblem(400, "invalid");
        var token = await rig.Api.TokenAsync(ann);
        (await rig.GetAsync("/api/alarms/groups", token)).Json.GetProperty("total").GetInt32().ShouldBe(0);
        (await rig.PostAsync("/api/alarms/state", $$"""{"state":"new","guids":["{{last}}"],"repeats":true}""", token)).Text
            .ShouldBe("""{"changed":0}""");
    }

    private static async Task<Guid> RaiseAsync(ServerAlarms alarms, AdminRig rig, string relay)
    {
        await using var db = rig.Db();
        var before = await db.AlarmAudits.Select(a => a.Guid).ToListAsync();
        await alarms.RaiseAsync(db, AlarmTexts.RelayDown, relay, (null, "", null), default, ("relay", relay));
        return (await db.AlarmAudits.Select(a => a.Guid).ToListAsync()).Except(before).Single();
    }

    private static async Task<AlarmState> StateAsync(AdminRig rig, Guid guid)
    {
        await using var db = rig.Db();
        return await db.AlarmAudits.Where(a => a.Guid == guid).Select(a => a.State).SingleAsync();
    }
}
