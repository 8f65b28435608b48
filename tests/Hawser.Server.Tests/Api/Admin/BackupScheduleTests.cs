using Hawser.Api.Backups;
using Hawser.Api.Notifications;
using Hawser.Data.Devices;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class BackupScheduleTests
{
    [Fact]
    public async Task A_backup_is_made_every_day_the_last_ones_are_kept_and_those_that_somebody_made_are_left_alone()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        var schedule = rig.Api.Services.GetRequiredService<BackupSchedule>();
        var folder = Path.Combine(rig.Server.Folder, "backups");
        await schedule.LookAsync(default);
        Directory.Exists(folder).ShouldBeFalse("nobody asked for any");

        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "hawser-20250101-000000.zip"), "by hand");
        foreach (var wrong in new[] { """{"at":"25:00"}""", """{"at":"soon"}""", """{"keep":0}""", """{"keep":91}""" })
        {
            (await rig.PatchAsync("/api/settings/backups", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.PatchAsync("/api/settings/backups", """{"enabled":true,"at":"02:30","keep":1}""")).ShouldBeFine();
        for (var day = 0; day < 2; day++)
        {
            await schedule.LookAsync(default);
            await schedule.LookAsync(default);
            await Eventually.HoldsAsync(() => MadeAt(rig) >= time.GetUtcNow().ToUnixTimeSeconds() - 3600, $"the backup of day {day} is made");
            if (day == 0) time.Advance(TimeSpan.FromDays(1));
        }

        var names = (await rig.GetAsync("/api/backups")).Json.EnumerateArray().Select(b => b.Of("name")).ToList();
        names.Count(n => n.EndsWith("-daily.zip", StringComparison.Ordinal)).ShouldBe(1);
        names.ShouldContain("hawser-20250101-000000.zip");
        var state = (await rig.GetAsync("/api/backups/schedule")).ShouldBeFine();
        (state.Of("enabled"), state.Of("last_error"), state.Of("late")).ShouldBe(("True", "", "False"));
        names.ShouldContain(state.Of("last_name"));
    }

    [Fact]
    public async Task One_that_can_not_be_made_is_an_alarm_once_is_said_on_home_and_is_tried_again()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        var schedule = rig.Api.Services.GetRequiredService<BackupSchedule>();
        var folder = Path.Combine(rig.Server.Folder, "backups");
        await File.WriteAllTextAsync(folder, "no folder");
        (await rig.PatchAsync("/api/settings/backups", """{"enabled":true}""")).ShouldBeFine();
        await schedule.LookAsync(default);
        await schedule.LookAsync(default);
        await Eventually.IsAsync(() => Alarms(rig), 1, "alarms");
        (await rig.GetAsync("/api/backups/schedule")).ShouldBeFine().Of("last_error").ShouldNotBeEmpty();
        (await AttentionAsync(rig)).ShouldContain("backup failed");

        File.Delete(folder);
        time.Advance(TimeSpan.FromMinutes(61));
        await schedule.LookAsync(default);
        await Eventually.HoldsAsync(() => MadeAt(rig) > 0, "the backup is made at the second try");
        (await rig.GetAsync("/api/backups/schedule")).ShouldBeFine().Of("last_error").ShouldBeEmpty();
        Alarms(rig).ShouldBe(1);
        (await AttentionAsync(rig)).ShouldNotContain("backup failed");
    }

    [Fact]
    public async Task S10_Home_names_a_relay_that_does_not_answer_as_long_as_it_does_not()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Rendezvous.RelayServers.Add("relay.invalid"));
        (await AttentionAsync(rig)).ShouldNotContain("relay down");
        // One relay is not asked: it would be used whatever it answers.
        rig.Server.Node.Roster.Check("relay.invalid", false);
        (await AttentionAsync(rig)).ShouldContain("relay down");
        rig.Server.Node.Roster.Check("relay.invalid", true);
        (await AttentionAsync(rig)).ShouldNotContain("relay down");
    }

    [Fact]
    public async Task Home_counts_bursts_of_sign_ins_failed_recordings_and_devices_that_never_called_the_api()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(2);
        (await CountsAsync()).ShouldBeEmpty("both devices described themselves, or were not seen");
        var now = DateTime.UtcNow;
        await using (var db = rig.Db())
        {
            db.AlarmAudits.Add(new() { Type = 4, CreatedAt = now });
            db.AlarmAudits.Add(new() { Type = 5, State = Hawser.Data.Audit.AlarmState.Seen, CreatedAt = now });
            db.AlarmAudits.Add(new() { Type = 1, CreatedAt = now });
            foreach (var days in (int[])[1, 8])
            {
                db.Recordings.Add(new()
                {
                    RecordId = $"rec-{days}", Owner = "x", Status = Hawser.Data.Recordings.RecordingStatus.Failed,
                    CreatedAt = now, UpdatedAt = now, ActiveAt = now.AddDays(-days),
                });
            }

            await db.SaveChangesAsync();
        }

        StoredDevice[] silent =
        [
            new("800000001", [1], new byte[Device.KeyLength], default, now, null, false, now),
            new("800000002", [2], new byte[Device.KeyLength], default, now, null, false, now.AddDays(-3)),
        ];
        await rig.Server.Node.Store!.Devices.SaveAsync(silent, CancellationToken.None);

        (await CountsAsync()).ShouldBe(["signins 1", "recordings 1", "api 1"]);
        (await rig.AllAsync("/api/devices?needs=api&seen=%3C1d", 10)).Single().Of("id").ShouldBe("800000001");

        async Task<string[]> CountsAsync() =>
        [
            .. (await rig.GetAsync("/api/console/overview", rig.Person)).ShouldBeFine().GetProperty("attention")
                .EnumerateArray().Where(a => a.Of("part") is "signins" or "recordings" or "api")
                .Select(a => $"{a.Of("part")} {a.Of("about")}"),
        ];
    }

    [Fact]
    public async Task A_node_writes_what_it_runs_and_is_one_row_however_often_it_does()
    {
        await using var rig = await AdminRig.StartAsync();
        var news = rig.Api.Services.GetRequiredService<Hawser.Api.Watch.NodeNews>();
        await news.WriteAsync(default);
        await news.WriteAsync(default);
        var nodes = (await rig.GetAsync("/api/console/nodes")).Json.EnumerateArray().ToList();
        nodes.Count.ShouldBe(1);
        (nodes[0].Of("name"), nodes[0].Of("up")).ShouldBe((Environment.MachineName, "True"));
        nodes[0].GetProperty("parts").GetArrayLength().ShouldBeGreaterThan(0);
        nodes[0].GetProperty("memory").GetInt64().ShouldBeGreaterThan(0);
    }

    private static async Task<List<string>> AttentionAsync(AdminRig rig) =>
        [.. (await rig.GetAsync("/api/console/overview", rig.Person)).ShouldBeFine().GetProperty("attention").EnumerateArray()
            .Select(a => $"{a.Of("part")} {a.Of("state")}")];

    private static long MadeAt(AdminRig rig)
    {
        using var db = rig.Db();
        var last = db.Settings.AsNoTracking().Where(s => s.Key == "backups.last").Select(s => s.Value).FirstOrDefault();
        if (last is null) return 0;
        var made = System.Text.Json.JsonDocument.Parse(last).RootElement.GetProperty("MadeAt");
        return made.ValueKind == System.Text.Json.JsonValueKind.Null ? 0 : new DateTimeOffset(made.GetDateTime()).ToUnixTimeSeconds();
    }

    private static int Alarms(AdminRig rig)
    {
        using var db = rig.Db();
        return db.AlarmAudits.Count(a => a.Type == AlarmTexts.BackupFailed);
    }
}
