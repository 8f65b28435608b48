using System.Globalization;
using System.Text;
using Hawser.Api.Notifications;
using Hawser.Api.Watch;
using Hawser.Data.Activity;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// What is watched and told, in a real Chromium (web/tests/browser/watching.mjs). The numbers are those of the console's
/// scenarios.
/// </summary>
public sealed class WatchingTests
{
    [Fact]
    public async Task S10_home_with_one_relay_stopped()
    {
        BrowserRun.NeedsConsole();
        var port = FreePorts.Block(2);
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("watching", "relay", hawser, new { port });
    }

    [Fact]
    public async Task T4_a_note_on_the_session_just_ended_and_what_went_on()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        var device = await api.AddDeviceAsync("482913377");
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = api.OpenDb())
        {
            var slot = ActivitySampler.Floor(now, ActivitySampler.Slot);
            // More than a day, as it goes on while this runs; two hours are missing.
            for (var i = 0; i < 300; i++, slot -= ActivitySampler.Slot)
            {
                if (i is > 216 and < 264) continue;
                void Add(SampleMetric metric, double value) =>
                    db.ActivitySamples.Add(new ActivitySample { Minutes = 5, At = slot, Metric = metric, Value = value });
                Add(SampleMetric.Online, 100 + (i > 216 ? 0 : Math.Round(30 * Math.Sin(i / 20.0))));
                Add(SampleMetric.Sessions, i > 216 ? 3 : i % 7);
                Add(SampleMetric.RelayBytes, i > 216 ? 1_000_000 : 40_000 * (i % 50));
                if (i > 280) continue;
                Add(SampleMetric.Direct, 3);
                Add(SampleMetric.Relayed, 1);
            }

            db.ConnectionAudits.Add(new ConnectionAudit
            {
                DeviceGuid = device.Guid, DeviceId = device.Id, Type = 0, UserGuid = admin.Guid, UserName = "admin",
                CreatedAt = now.AddMinutes(-30), AuthorizedAt = now.AddMinutes(-30), EndedAt = now.AddMinutes(-1),
            });
            db.AlarmAudits.Add(new AlarmAudit
            {
                Type = AlarmTexts.RelayDown, Info = """{"subject":"relay.example.net"}""", CreatedAt = now.AddMinutes(-3),
            });
            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("watching", "home", hawser);
    }

    [Fact]
    public async Task Alarms_are_handled_and_their_rules_are_made()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await using (var db = api.OpenDb())
        {
            db.AlarmAudits.Add(new AlarmAudit
            {
                Type = AlarmTexts.RelayDown, Info = """{"subject":"relay.example.net","relay":"relay.example.net"}""",
                Source = "relay.example.net", CreatedAt = hawser.Node.Time.GetUtcNow().UtcDateTime,
            });
            db.AlarmAudits.Add(new AlarmAudit
            {
                Type = AlarmTexts.RelayDown, Info = """{"subject":"relay.example.net","relay":"relay.example.net"}""",
                Source = "relay.example.net", CreatedAt = hawser.Node.Time.GetUtcNow().UtcDateTime.AddHours(-1),
            });
            db.AlarmAudits.Add(new AlarmAudit
            {
                Type = 1, DeviceId = "482913377", Info = """{"ip":"203.0.113.7","name":"前台 with a long name"}""",
                CreatedAt = hawser.Node.Time.GetUtcNow().UtcDateTime.AddMinutes(-5),
            });
            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("watching", "alarms", hawser);
    }

    [Fact]
    public Task S20_one_option_for_a_live_host() => ConsoleTests.RunAsync("option", "watching.mjs", Host);

    [Fact]
    public Task S21_a_ring_with_a_value_that_cuts_contact() => ConsoleTests.RunAsync("rings", "watching.mjs", Host);

    [Fact]
    public async Task A_backup_every_day_and_what_a_node_says_of_itself()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await BrowserRun.PlayAsync("watching", "upkeep", hawser);
    }

    private static Dictionary<string, string> Host => new()
    {
        ["id"] = IdOf(7),
        ["uuid"] = Convert.ToBase64String(Encoding.ASCII.GetBytes("machine-7")),
        ["other"] = IdOf(8),
    };

    private static string IdOf(int number) => (100_000_000 + (number * 7919)).ToString(CultureInfo.InvariantCulture);
}
