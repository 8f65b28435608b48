using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Watch;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class WatchTests
{
    [Fact]
    public async Task A_new_administrator_a_dead_relay_and_a_device_that_went_away_are_alarms_once_each()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Rendezvous.RelayServers.Add("relay.invalid"));
        var group = await rig.DeviceGroupAsync("Tills");
        var device = (await rig.DevicesAsync(1))[0];
        await using (var db = rig.Db())
        {
            db.DeviceGroupMembers.Add(new() { DeviceGuid = device.Guid, GroupGuid = group, AddedAt = DateTime.UnixEpoch });
            await db.SaveChangesAsync();
            await db.Devices.ExecuteUpdateAsync(s => s.SetProperty(d => d.LastSeenAt, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
        }

        await rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            WatchSettings.Key,
            new WatchSettings { DiskFreePercent = 0, Devices = [new DeviceWatch { DeviceGroup = "tills", Minutes = 5 }] }, default);
        // One relay is not asked: it would be used whatever it answers.
        rig.Server.Node.Roster.Check("relay.invalid", false);
        var watch = rig.Api.Services.GetRequiredService<ServerWatch>();
        await watch.LookAsync(default);
        (await TypesAsync(rig)).ShouldBe([AlarmTexts.DeviceOffline]);

        await rig.UserAsync("mallory", admin: true);
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        (await TypesAsync(rig)).ShouldBe([AlarmTexts.NewAdministrator, AlarmTexts.RelayDown, AlarmTexts.DeviceOffline]);
        var alarms = await rig.AllAsync("/api/audits/alarm");
        alarms.Single(a => a.Of("typ") == "1001").GetProperty("info").Of("subject").ShouldBe("mallory");
        alarms.Single(a => a.Of("typ") == "1005").Of("device").ShouldBe(device.Id);
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_is_an_alarm()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            WatchSettings.Key, new WatchSettings { DiskFreePercent = 101 }, default);
        var watch = rig.Api.Services.GetRequiredService<ServerWatch>();
        await watch.LookAsync(default);
        await watch.LookAsync(default);
        (await TypesAsync(rig)).ShouldBe([AlarmTexts.DiskNearlyFull]);
    }

    [Fact]
    public async Task A_sign_in_from_another_network_is_an_alarm_of_the_account_the_first_one_is_none()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var places = rig.Api.Services.GetRequiredService<SeenPlaces>();
        foreach (var address in new[] { "203.0.113.7", "203.0.113.99", "198.51.100.1", "::ffff:203.0.113.1", "2001:db8:1:2::1", "2001:db8:1:3::1" })
        {
            await using var db = rig.Db();
            await places.NoteAsync(db, ann, System.Net.IPAddress.Parse(address), "PC-1", default);
        }

        var alarms = await rig.AllAsync("/api/audits/alarm", token: await rig.Api.TokenAsync(ann));
        alarms.Select(a => a.GetProperty("info").Of("ip")).Order(StringComparer.Ordinal).ShouldBe(["198.51.100.1", "2001:db8:1:2::1"]);
    }

    private static async Task<List<int>> TypesAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        return await db.AlarmAudits.Select(a => a.Type).OrderBy(t => t).ToListAsync();
    }
}
