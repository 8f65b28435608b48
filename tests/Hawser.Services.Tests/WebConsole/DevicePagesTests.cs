using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Access;
using Hawser.Api.Devices;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// Pages about devices, with a host that registers and reports as stock clients do, in a real Chromium
/// (web/tests/browser/devices.mjs); the numbers are those of the console's scenarios.
/// </summary>
public sealed class DevicePagesTests
{
    [Fact]
    public async Task S3_a_host_with_the_configuration_shows_up_in_the_last_step_of_the_setup()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        var code = hawser.Node.Announcements.Single().Split("only now: ")[1].Split('\n')[0];
        await BrowserRun.PlayAsync("devices", "firstDevice", hawser, new { code, port = hawser.RendezvousPort });
    }

    [Fact]
    public Task S14_T7_stale_devices_are_disabled_deleted_and_had_back() => RunAsync("stale", async (hawser, _) =>
    {
        const int Old = 40;
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var rows = Enumerable.Range(0, Old + 10).Select(i => new StoredDevice(
            $"{400_000_000 + (i * 7919)}", Encoding.ASCII.GetBytes($"machine-{i}"),
            RandomNumberGenerator.GetBytes(Device.KeyLength), default(PeerAddress),
            now.AddDays(i < Old ? -200 : -1), null, Listed: false)).ToList();
        await hawser.Node.Store!.Devices.SaveAsync(rows, CancellationToken.None);
        return new { old = Old };
    });

    [Fact]
    public Task S17_a_live_host_its_lamps_and_its_description() =>
        RunAsync("host", (hawser, _) => Task.FromResult<object>(new { port = hawser.RendezvousPort, silent = "456789123" }));

    [Fact]
    public Task T6_a_machine_that_waits_is_approved_into_a_group_with_three_presses() => RunAsync("pending", async (hawser, api) =>
    {
        await using (var db = api.OpenDb())
        {
            db.DeviceGroups.Add(new DeviceGroup { Name = "Tills 收银台", NormalizedName = "TILLS 收银台", CreatedAt = DateTime.UnixEpoch });
            await db.SaveChangesAsync();
        }

        var settings = hawser.Node.Services!.GetRequiredService<SettingsStore>();
        await settings.SetAsync(DeviceSettings.Key, new DeviceSettings { DeploymentRequired = true }, CancellationToken.None);
        return new { port = hawser.RendezvousPort, group = "Tills 收银台" };
    });

    [Fact]
    public Task One_identity_of_two_machines_is_shown_and_decided() =>
        RunAsync("conflict", (hawser, _) => Task.FromResult<object>(new { port = hawser.RendezvousPort }));

    [Fact]
    public Task S18_T17_a_session_is_ended_with_a_reason() =>
        RunAsync("ending", (hawser, _) => Task.FromResult<object>(new { port = hawser.RendezvousPort }));

    [Fact]
    public Task A_persons_pages_and_a_sign_in_that_is_ended_there() => RunAsync("person", async (_, api) =>
    {
        var (mara, noor) = ((await api.AddUserAsync("mara")).Guid, (await api.AddUserAsync("noor")).Guid);
        await using var db = api.OpenDb();
        db.Passkeys.Add(new Passkey { CredentialId = [1, 2, 3], UserGuid = noor, Name = "Phone 手机", Data = "{}", CreatedAt = DateTime.UnixEpoch });
        db.TrustedDevices.Add(new TrustedDevice
        {
            UserGuid = noor, DeviceId = "1", DeviceUuid = "x", Os = "Linux", Type = "console", Name = "Firefox", CreatedAt = DateTime.UnixEpoch,
            ExpiresAt = new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        });
        await db.SaveChangesAsync();
        return new { guid = mara, other = noor };
    });

    [Fact]
    public Task Two_rows_of_one_machine_become_one() => RunAsync("merge", async (hawser, api) =>
    {
        var rows = await FleetAsync(hawser, api);
        await using var db = api.OpenDb();
        var group = new DeviceGroup { Name = "Tills", NormalizedName = "TILLS", CreatedAt = DateTime.UnixEpoch };
        db.DeviceGroups.Add(group);
        db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = rows[0].Guid, GroupGuid = group.Guid });
        var details = await db.DeviceDetails.FirstAsync(d => d.DeviceGuid == rows[0].Guid);
        details.OwnerGuid = await db.Users.Select(u => u.Guid).FirstAsync();
        foreach (var number in new[] { 1, 2 })
        {
            db.ConnectionAudits.Add(new() { DeviceGuid = rows[0].Guid, DeviceId = rows[0].Id, ConnId = number, CreatedAt = DateTime.UnixEpoch, EndedAt = DateTime.UnixEpoch });
        }

        await db.SaveChangesAsync();
        return new { old = rows[0].Id, fresh = rows[1].Id };
    }, "merging");

    [Fact]
    public Task Strategy_and_book_for_several_and_what_failed_is_tried_again() => RunAsync("several", async (hawser, api) =>
    {
        var rows = await FleetAsync(hawser, api);
        await using var db = api.OpenDb();
        var owner = await db.Users.Select(u => u.Guid).FirstAsync();
        db.AddressBooks.Add(new() { OwnerGuid = owner, Name = "Help desk", NormalizedName = "HELP DESK" });
        await db.SaveChangesAsync();
        return new { book = "Help desk", beat = new { id = rows[3].Id, uuid = Convert.ToBase64String(rows[3].Uuid), ver = 1_004_009, modified_at = 0 } };
    }, "merging");

    [Fact]
    public Task Device_groups_are_ordered_and_deleting_one_says_who_reaches_what_then() => RunAsync("groups", async (hawser, api) =>
    {
        var rows = await FleetAsync(hawser, api);
        await using var db = api.OpenDb();
        var usual = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync();
        db.Users.Add(new User
        {
            Name = "ann", NormalizedName = "ANN", Status = UserStatus.Normal, SecurityStamp = "s", ConcurrencyStamp = "c",
            UserGroupGuid = usual, CreatedAt = DateTime.UnixEpoch,
        });
        foreach (var (rank, name) in new[] { "North", "Tills", "Walk-in" }.Index())
        {
            var group = new DeviceGroup { Name = name, NormalizedName = name.ToUpperInvariant(), Rank = rank, CreatedAt = DateTime.UnixEpoch };
            db.DeviceGroups.Add(group);
            if (name == "Tills") db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = rows[0].Guid, GroupGuid = group.Guid });
        }

        await db.SaveChangesAsync();
        // In a group nobody but administrators reaches it; without one everybody does.
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            AccessSettings.Key, new AccessSettings { DefaultPolicy = DefaultPolicy.Own }, CancellationToken.None);
        return new { };
    }, "merging");

    [Fact]
    public Task A_deleted_account_comes_back_or_goes_for_good() => RunAsync("userBin", async (_, api) =>
    {
        await using var db = api.OpenDb();
        var group = await db.UserGroups.Where(g => g.IsDefault).Select(g => g.Guid).FirstAsync();
        foreach (var name in new[] { "ann", "bob" })
        {
            db.Users.Add(new User
            {
                Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Disabled, SecurityStamp = "s",
                ConcurrencyStamp = "c", UserGroupGuid = group, CreatedAt = DateTime.UnixEpoch,
            });
        }

        await db.SaveChangesAsync();
        return new { };
    }, "merging");

    // Four devices that described themselves; the first was last seen long ago, the third has an old client.
    private static async Task<List<Device>> FleetAsync(TestHawser hawser, ApiClient api)
    {
        string[] names = ["old", "new", "third", "fourth"];
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await hawser.Node.Store!.Devices.SaveAsync([.. names.Select((_, i) => new StoredDevice(
            $"{400_000_000 + i}", Encoding.ASCII.GetBytes($"machine-{i}"), RandomNumberGenerator.GetBytes(Device.KeyLength),
            default(PeerAddress), now.AddDays(i == 0 ? -200 : -1), null, Listed: false))], CancellationToken.None);
        await using var db = api.OpenDb();
        var rows = await db.Devices.OrderBy(d => d.Id).ToListAsync();
        foreach (var (i, row) in rows.Index())
        {
            db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = row.Guid, Enabled = true, Hostname = $"pc-{names[i]}", Version = i == 2 ? "1.3.2" : "1.4.9", SysinfoAt = now,
            });
        }

        await db.SaveChangesAsync();
        return rows;
    }

    private static async Task RunAsync(
        string scenario, Func<TestHawser, ApiClient, Task<object>> prepare, string script = "devices")
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync(script, scenario, hawser, await prepare(hawser, api));
    }
}
