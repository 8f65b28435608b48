using System.Security.Cryptography;
using System.Text;
using Hawser.Api.Devices;
using Hawser.Api.Settings;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
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
        new { guid = (await api.AddUserAsync("mara")).Guid });

    private static async Task RunAsync(string scenario, Func<TestHawser, ApiClient, Task<object>> prepare)
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("devices", scenario, hawser, await prepare(hawser, api));
    }
}
