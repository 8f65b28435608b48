using Hawser.Data.Audit;
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
}
