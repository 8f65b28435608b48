using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// The console in a real Chromium against a real server (web/tests/browser). The numbers are those of the console's
/// scenarios. Every scenario also fails by an error of the page, a breach of its policy, or a request elsewhere.
/// </summary>
public sealed class ConsoleTests
{
    private const int Devices = 1240;

    [Fact]
    public async Task S1_S2_the_first_run()
    {
        var (hawser, api) = await StartAsync(hasPeople: false);
        await using var server = hawser;
        using var client = api;
        var code = hawser.Node.Announcements.Single().Split("only now: ")[1].Split('\n')[0];
        await RunAsync("setup", hawser, new Dictionary<string, string> { ["code"] = code });
    }

    [Fact]
    public Task S4_wrong_then_right_then_the_deep_link() => RunAsync("deepLink");

    [Fact]
    public Task S6_a_passkey_is_added_and_signs_in() => RunAsync("passkey");

    [Fact]
    public Task S9_signed_out_over_a_form_that_stays() => RunAsync("revoked");

    [Fact]
    public Task S11_the_address_is_the_state_of_a_list() => RunAsync("devices");

    [Fact]
    public Task S12_a_change_shows_in_the_open_list() => RunAsync("live");

    [Fact]
    public Task S16_the_palette() => RunAsync("palette");

    [Fact]
    public Task S19_S20_S22_a_strategy_is_made_given_and_explained() => RunAsync("strategies");

    [Fact]
    public Task S23_S24_who_reaches_what_and_what_would_change() => RunAsync("access");

    [Fact]
    public Task S25_a_control_role_is_made_and_given() => RunAsync("roles");

    [Fact]
    public Task S26_a_user_sees_only_what_is_for_users() => RunAsync("forbidden");

    /// <summary>Runs a scenario against a server with 1,240 devices and two people.</summary>
    internal static async Task RunAsync(
        string scenario, string script = "scenarios.mjs", Dictionary<string, string>? arguments = null)
    {
        var (hawser, api) = await StartAsync(hasPeople: true);
        await using var server = hawser;
        using var client = api;
        await RunAsync(scenario, hawser, arguments ?? [], script);
    }

    private static async Task<(TestHawser Server, ApiClient Api)> StartAsync(bool hasPeople)
    {
        if (!File.Exists(Path.Combine(AppContext.BaseDirectory, "console", "index.html")))
        {
            Assert.Skip("the console is not built: build with -c Release or -p:BuildConsole=true");
        }

        var hawser = await TestHawser.StartAsync();
        var api = new ApiClient(hawser);
        if (!hasPeople) return (hawser, api);
        await api.AddUserAsync("admin", admin: true);
        var mara = await api.AddUserAsync("mara");
        await AddDevicesAsync(hawser, api, mara.Guid);
        return (hawser, api);
    }

    // A fleet with names as people give them.
    private static async Task AddDevicesAsync(TestHawser hawser, ApiClient api, Guid owner)
    {
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var stored = Enumerable.Range(0, Devices).Select(i => new StoredDevice(
            $"{100_000_000 + (i * 7919)}", Encoding.ASCII.GetBytes($"machine-{i}"),
            RandomNumberGenerator.GetBytes(Device.KeyLength), default(PeerAddress), now, null, Listed: false)).ToList();
        await hawser.Node.Store!.Devices.SaveAsync(stored, CancellationToken.None);
        await using var db = api.OpenDb();
        var rows = await db.Devices.OrderBy(d => d.Id).Select(d => d.Guid).ToListAsync();
        var number = 0;
        foreach (var guid in rows)
        {
            db.DeviceDetails.Add(new DeviceDetails
            {
                DeviceGuid = guid,
                OwnerGuid = number % 100 == 3 ? owner : null,
                Enabled = number % 10 != 2,
                Hostname = number % 7 == 5 ? $"前台-{number:D5}" : $"pc-{number:D5}",
                Os = number % 3 == 0 ? "windows / Windows 10 Enterprise LTSC 2021 with a long name" : "linux / Debian 12",
                Version = "1.4.9",
                Username = "mara",
            });
            number++;
        }

        await db.SaveChangesAsync();
    }

    private static async Task RunAsync(
        string scenario, TestHawser hawser, Dictionary<string, string> arguments, string script = "scenarios.mjs")
    {
        // A name and not an address: passkeys are for names.
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("web"),
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in new[]
        {
            "tests/browser/" + script, scenario, $"http://localhost:{hawser.HttpPort}",
            JsonSerializer.Serialize(arguments),
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        try
        {
            var said = process.StandardError.ReadToEndAsync();
            var printed = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8));
            process.ExitCode.ShouldBe(0, await said + await printed);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
