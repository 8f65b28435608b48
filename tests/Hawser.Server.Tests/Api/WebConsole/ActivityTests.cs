using System.Globalization;
using System.Text.Json;
using Hawser.Api;
using Hawser.Api.Devices;
using Hawser.Api.Retention;
using Hawser.Api.Watch;
using Hawser.Cluster;
using Hawser.Data.Activity;
using Hawser.Data.Audit;
using Hawser.Data.Leases;
using Hawser.Server.Tests.Api.Admin;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

public sealed class ActivityTests
{
    private static readonly DateTime Start = new(2026, 1, 2, 3, 5, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Nodes_add_up_what_several_see_counts_once_and_what_nobody_measured_is_a_gap()
    {
        await using var rig = await StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        await rig.Api.PostAsync("/api/heartbeat", $$"""{{{device.Members}},"ver":1004009,"conns":[],"modified_at":0}""");
        var clock = new ManualTime();
        var paths = new PathCounts(100, 50);
        var common = new RelayStatus("relay.example.net", true, 1, 250) { Announced = true };
        var silent = new RelayStatus("other.example.net", true, 0, 9999);
        using var one = Sampler(rig, clock, p => p with
        {
            OwnRelay = () => new RelayStatus("", true, 1, 1000), Relays = () => [common, silent], Paths = () => paths,
        });
        using var two = Sampler(rig, clock, p => p with
        {
            DataFolder = p.DataFolder + "-2", OwnRelay = () => new RelayStatus("", true, 1, 500), Relays = () => [common],
            Paths = null,
        });
        for (var minute = 0; minute < 75; minute++)
        {
            // From 3:30 to 3:40 both are away.
            if (minute is < 26 or >= 36)
            {
                await one.LookAsync(default);
                await two.LookAsync(default);
            }

            if (minute == 10) paths = new PathCounts(106, 53);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var day = (await rig.GetAsync("/api/console/activity", rig.Person)).ShouldBeFine();
        (day.Of("from"), day.Of("step")).ShouldBe(("2026-01-01T05:00:00Z", "300"));
        At(day, "online", Start).ShouldBe(2);
        At(day, "sessions", Start).ShouldBe(0);
        At(day, "relay", Start).ShouldBe(1750);
        At(day, "online", Start.AddMinutes(20)).ShouldBe(2);
        At(day, "online", Start.AddMinutes(30)).ShouldBeNull();
        At(day, "online", Start.AddMinutes(35)).ShouldBe(2);
        At(day, "online", Start.AddMinutes(-60)).ShouldBeNull();

        var week = (await rig.GetAsync("/api/console/activity?range=week", rig.Person)).ShouldBeFine();
        week.Of("step").ShouldBe("3600");
        At(week, "relay", Start.AddMinutes(-5)).ShouldBe(1750);
        At(week, "online", Start.AddMinutes(55)).ShouldBe(2, "the hour that is not rolled up yet comes from its parts");
        var month = (await rig.GetAsync("/api/console/activity?range=month", rig.Person)).ShouldBeFine();
        month.GetProperty("online").GetArrayLength().ShouldBe(180);
        month.GetProperty("online").EnumerateArray().Count(v => v.ValueKind == JsonValueKind.Number).ShouldBe(2);
        (await rig.GetAsync("/api/console/activity?range=year", rig.Person)).ShouldBeProblem(400, "invalid");

        var fleet = (await rig.GetAsync("/api/console/overview", rig.Person)).ShouldBeFine().GetProperty("fleet");
        (fleet.Of("direct"), fleet.Of("relayed"), fleet.Of("recordings")).ShouldBe(("6", "3", "0"));
        await using var db = rig.Db();
        (await db.ActivitySamples.Where(s => s.Minutes == 60).Select(s => s.At).Distinct().SingleAsync()).ShouldBe(Start.AddMinutes(-5));
        (await db.ActivitySamples.CountAsync(s => s.Minutes == 60 && s.Metric == SampleMetric.RelayBytes)).ShouldBe(3);
    }

    [Fact]
    public async Task Samples_go_when_their_time_is_over_and_hours_stay_longer()
    {
        await using var rig = await StartAsync();
        var now = rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = rig.Db())
        {
            foreach (var (minutes, days) in new[] { (5, 2), (5, 4), (60, 4), (60, 63) })
            {
                db.ActivitySamples.Add(new ActivitySample { Minutes = minutes, At = now.AddDays(-days), Metric = SampleMetric.Online });
            }

            await db.SaveChangesAsync();
        }

        await rig.Api.Services.GetRequiredService<RetentionJob>().RunAsync(default);
        await using var after = rig.Db();
        (await after.ActivitySamples.Select(s => s.Minutes).OrderBy(m => m).ToListAsync()).ShouldBe([5, 60]);
    }

    [Fact]
    public async Task Home_of_a_person_shows_own_sessions_with_their_notes_and_the_devices_of_them()
    {
        await using var rig = await StartAsync();
        var ann = await rig.UserAsync("ann");
        var devices = await rig.DevicesAsync(3, ann);
        var foreign = (await rig.DevicesAsync(1, from: 200_000))[0];
        var now = rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = rig.Db())
        {
            foreach (var (device, minutes) in new[] { (devices[0], 30), (devices[1], 20), (devices[0], 10) })
            {
                db.ConnectionAudits.Add(new ConnectionAudit
                {
                    DeviceGuid = device.Guid, DeviceId = device.Id, Type = 0, UserGuid = ann.Guid, UserName = "ann",
                    CreatedAt = now.AddMinutes(-minutes), AuthorizedAt = now.AddMinutes(-minutes), EndedAt = now.AddMinutes(1 - minutes),
                });
            }

            // Somebody else on her device, and one that is gone.
            db.ConnectionAudits.Add(new ConnectionAudit
            {
                DeviceGuid = devices[2].Guid, DeviceId = devices[2].Id, Type = 0, PeerName = "bob", CreatedAt = now.AddMinutes(-5),
            });
            db.ConnectionAudits.Add(new ConnectionAudit
            {
                DeviceGuid = foreign.Guid, DeviceId = foreign.Id, Type = 0, PeerName = "eve", CreatedAt = now.AddMinutes(-4),
            });
            await db.SaveChangesAsync();
        }

        var token = await rig.Api.TokenAsync(ann);
        var home = (await rig.GetAsync("/api/console/overview", token)).ShouldBeFine();
        home.GetProperty("fleet").ValueKind.ShouldBe(JsonValueKind.Null);
        home.GetProperty("recent").EnumerateArray().Select(d => d.Of("id")).ShouldBe([devices[0].Id, devices[1].Id]);
        var latest = home.GetProperty("latest").EnumerateArray().ToList();
        latest.ConvertAll(s => s.Of("is_mine")).ShouldBe(["False", "True", "True", "True"]);
        (await rig.GetAsync("/api/console/activity", token)).Status.ShouldBe(403);
        var mine = home.GetProperty("mine");
        mine.Of("total").ShouldBe("3");
        mine.GetProperty("devices").EnumerateArray().ToDictionary(d => d.Of("id"), d => d.Of("last_by"))
            .ShouldBe(new Dictionary<string, string>
            {
                [devices[0].Id] = "ann", [devices[1].Id] = "ann", [devices[2].Id] = "bob",
            }, ignoreOrder: true);
        (await rig.PatchAsync("/api/settings/audit", """{"admins_only":true}""")).ShouldBeFine();
        (await rig.GetAsync("/api/console/overview", token)).ShouldBeFine().GetProperty("mine").ToString().ShouldNotContain("bob");
        (await rig.PatchAsync("/api/settings/audit", """{"admins_only":false}""")).ShouldBeFine();

        (await rig.Api.SendAsync(HttpMethod.Put, "/api/audit", $$"""{"guid":"{{latest[1].Of("guid")}}","note":"toner"}""", token)).ShouldBeDone();
        (await rig.GetAsync("/api/console/overview", token)).ShouldBeFine().GetProperty("latest")[1].Of("note").ShouldBe("toner");
    }

    [Fact]
    public async Task Favourites_are_kept_for_each_person_in_their_order_and_only_those_within_reach_are_shown()
    {
        await using var rig = await StartAsync();
        var (ann, ben) = (await rig.UserAsync("ann"), await rig.UserAsync("ben"));
        var devices = await rig.DevicesAsync(3, ann);
        var token = await rig.Api.TokenAsync(ann);
        const string Path = "/api/console/account/preferences";
        foreach (var wrong in new[] { "\"x\"", $"\"{devices[0].Guid}\",\"{devices[0].Guid}\"", "null", "\"\"" })
        {
            (await rig.PatchAsync(Path, $$"""{"favourites":[{{wrong}}]}""", token)).Status.ShouldBe(422, wrong);
        }

        var many = string.Join(',', Enumerable.Range(0, 51).Select(_ => $"\"{Guid.NewGuid()}\""));
        (await rig.PatchAsync(Path, $$"""{"favourites":[{{many}}]}""", token)).Status.ShouldBe(422);
        var kept = $"\"{devices[2].Guid}\",\"{Guid.NewGuid()}\",\"{devices[0].Guid}\"";
        (await rig.PatchAsync(Path, $$"""{"favourites":[{{kept}}]}""", token)).ShouldBeFine();

        (await FavouritesAsync(token)).ShouldBe([devices[2].Id, devices[0].Id]);
        (await ListAsync("1", token)).ShouldBe([devices[0].Id, devices[2].Id], ignoreOrder: true);
        (await ListAsync("no", token)).ShouldBeEmpty();
        var other = await rig.Api.TokenAsync(ben);
        (await FavouritesAsync(other)).ShouldBeEmpty();
        (await ListAsync("1", other)).ShouldBeEmpty();

        // What is disabled is out of reach for who does not own it: naming it shows nothing of it.
        (await rig.PostAsync($"/api/devices/{devices[2].Guid}/disable", "")).ShouldBeDone();
        (await rig.PatchAsync("/api/settings/access", """{"default_policy":"rules"}""")).ShouldBeFine();
        (await rig.PatchAsync(Path, $$"""{"favourites":[{{kept}}]}""", other)).ShouldBeFine();
        (await FavouritesAsync(other)).ShouldBeEmpty();

        async Task<List<string>> FavouritesAsync(string who) =>
            [.. (await rig.GetAsync("/api/console/overview", who)).ShouldBeFine().GetProperty("favourites").EnumerateArray()
                .Select(d => d.Of("id"))];

        async Task<List<string>> ListAsync(string asked, string who) =>
            [.. (await rig.GetAsync($"/api/devices?favourite={asked}", who)).ShouldBeFine().GetProperty("data").EnumerateArray()
                .Select(d => d.Of("id"))];
    }

    private static async Task<AdminRig> StartAsync()
    {
        // It stands still, two hours after the samplers' clock.
        var time = new ManualTime();
        time.Advance(TimeSpan.FromHours(2));
        return await AdminRig.StartAsync(time);
    }

    private static ActivitySampler Sampler(AdminRig rig, ManualTime clock, Func<ApiParts, ApiParts> change)
    {
        T Get<T>() where T : notnull => rig.Api.Services.GetRequiredService<T>();
        var parts = change(Get<ApiParts>());
        var node = new NodeNews(parts, Get<ApiGate>(), Get<DevicePresence>(), clock, NullLogger<NodeNews>.Instance);
        return new ActivitySampler(
            parts, Get<ApiGate>(), node, Get<DevicePresence>(), Get<JobLeases>(), clock, NullLogger<ActivitySampler>.Instance);
    }

    private static double? At(JsonElement lines, string name, DateTime at)
    {
        var from = DateTime.Parse(lines.Of("from"), CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        var value = lines.GetProperty(name)[(int)((at - from).TotalSeconds / lines.GetProperty("step").GetInt32())];
        return value.ValueKind == JsonValueKind.Null ? null : value.GetDouble();
    }
}
