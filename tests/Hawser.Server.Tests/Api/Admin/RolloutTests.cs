using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Api.Watch;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class RolloutTests
{
    private const string Wrong = """{"config_options":{"enable-audio":"N","api-server":"https://wrong.invalid"},"rings":[{"percent":25}],"note":"moving"}""";

    [Fact]
    public async Task S21_A_ring_with_a_value_that_cuts_contact_stops_by_itself_and_rolling_back_restores()
    {
        await using var fleet = await Fleet.StartAsync();
        var begun = await fleet.BeginAsync(Wrong);
        (begun.Of("state"), begun.Of("ring"), begun.GetProperty("rings").GetArrayLength()).ShouldBe(("running", "0", 2));
        begun.GetProperty("rings")[0].Of("devices").ShouldBe("1");

        // One of the four is told, and is not heard of again.
        var lost = (await fleet.BeatAsync()).Single(b => b.Text.Contains("wrong.invalid", StringComparison.Ordinal)).Device;
        for (var i = 0; i < 8; i++)
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(15));
            (await fleet.BeatAsync(lost)).ShouldAllBe(b => b.Text == "{}", "nobody else is told");
            await fleet.Watch.LookAsync(default);
        }

        var stopped = (await fleet.RolloutsAsync())[0];
        (stopped.Of("state"), stopped.Of("reason"), stopped.GetProperty("rings")[0].Of("lost")).ShouldBe(("stopped", "lost_contact", "1"));
        (await fleet.ChangeAsync(begun, "promote")).ShouldBeProblem(409, "state");
        await Eventually.HoldsAsync(() => fleet.Alarms == 1, "the alarm is stored");

        (await fleet.ChangeAsync(begun, "roll-back")).ShouldBeFine().Of("state").ShouldBe("rolled_back");
        (await fleet.ChangeAsync(begun, "roll-back")).ShouldBeProblem(409, "state");
        fleet.Time.Advance(TimeSpan.FromSeconds(15));
        var back = await fleet.BeatAsync();
        back.Single(b => b.Device == lost).Text.ShouldContain("""{"api-server":"","enable-audio":"N"}""");
        back.Where(b => b.Device != lost).ShouldAllBe(b => b.Text == "{}");
        (await fleet.OptionsAsync()).ShouldBe("""{"enable-audio":"N"}""");
    }

    [Fact]
    public async Task A_roll_out_goes_on_by_itself_when_a_ring_was_watched_and_at_the_end_the_options_are_the_strategys()
    {
        await using var fleet = await Fleet.StartAsync();
        var body = """{"config_options":{"enable-audio":"Y"},"rings":[{"device_group":"test bench"}],"watch_minutes":2,"goes_on":true,"note":"sound again"}""";
        var begun = await fleet.BeginAsync(body);
        begun.GetProperty("rings")[0].Of("devices").ShouldBe("1");
        (await fleet.Rig.PatchAsync($"/api/strategies/{fleet.Strategy}", """{"config_options":{}}""")).ShouldBeProblem(409, "rollout_open");
        (await fleet.Rig.PostAsync($"/api/strategies/{fleet.Strategy}/rollouts", body)).ShouldBeProblem(409, "rollout_open");
        (await fleet.BeatAsync()).Count(b => b.Text.Contains("\"Y\"", StringComparison.Ordinal)).ShouldBe(1);

        for (var i = 0; i < 40 && (await fleet.RolloutsAsync())[0].Of("state") == "running"; i++)
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(15));
            await fleet.BeatAsync();
            await fleet.Watch.LookAsync(default);
        }

        var done = (await fleet.RolloutsAsync())[0];
        (done.Of("state"), done.Of("ring")).ShouldBe(("done", "1"));
        done.GetProperty("rings").EnumerateArray().Sum(r => r.GetProperty("delivered").GetInt32()).ShouldBe(4);
        (await fleet.OptionsAsync()).ShouldBe("""{"enable-audio":"Y"}""");
        fleet.Time.Advance(TimeSpan.FromSeconds(15));
        (await fleet.BeatAsync()).ShouldAllBe(b => b.Text == "{}", "they have it already");
        var versions = (await fleet.Rig.GetAsync($"/api/strategies/{fleet.Strategy}/versions")).Json;
        versions.GetArrayLength().ShouldBe(2);
        (versions[0].Of("note"), versions[0].GetProperty("config_options").Of("enable-audio")).ShouldBe(("sound again", "Y"));
        fleet.Alarms.ShouldBe(0);
    }

    [Fact]
    public async Task A_roll_out_is_held_and_taken_up_again_and_one_that_stopped_goes_on_without_those_it_lost()
    {
        await using var fleet = await Fleet.StartAsync();
        var begun = await fleet.BeginAsync(Wrong);
        (await fleet.ChangeAsync(begun, "pause")).ShouldBeFine().Of("state").ShouldBe("paused");
        (await fleet.ChangeAsync(begun, "pause")).ShouldBeProblem(409, "state");
        (await fleet.ChangeAsync(begun, "resume")).ShouldBeFine().Of("state").ShouldBe("running");
        var lost = (await fleet.BeatAsync()).Single(b => b.Text.Contains("wrong.invalid", StringComparison.Ordinal)).Device;
        for (var i = 0; i < 8; i++)
        {
            fleet.Time.Advance(TimeSpan.FromSeconds(15));
            await fleet.BeatAsync(lost);
            await fleet.Watch.LookAsync(default);
        }

        (await fleet.ChangeAsync(begun, "resume")).ShouldBeFine().Of("state").ShouldBe("running");
        await fleet.Watch.LookAsync(default);
        (await fleet.RolloutsAsync())[0].Of("state").ShouldBe("running", "who decided that knew of the one");
        (await fleet.ChangeAsync(begun, "promote")).ShouldBeFine().Of("ring").ShouldBe("1");
        fleet.Time.Advance(TimeSpan.FromSeconds(15));
        (await fleet.BeatAsync(lost)).ShouldAllBe(b => b.Text.Contains("wrong.invalid", StringComparison.Ordinal));
        (await fleet.ChangeAsync(begun, "promote")).ShouldBeFine().Of("state").ShouldBe("done");
    }

    [Fact]
    public async Task A_ring_that_was_cut_off_while_it_was_written_counts_for_nothing_and_is_completed()
    {
        await using var fleet = await Fleet.StartAsync();
        var begun = await fleet.BeginAsync(Wrong);
        await fleet.BeatAsync();
        await using (var db = fleet.Rig.Db())
        {
            var reached = await db.StrategyRolloutDevices.Select(r => r.DeviceGuid).SingleAsync();
            var other = await db.Devices.Where(d => d.Guid != reached).OrderBy(d => d.Id).Select(d => d.Guid).FirstAsync();
            db.StrategyRolloutDevices.Add(new() { RolloutGuid = Guid.Parse(begun.Of("guid")), DeviceGuid = other, Ring = 1 });
            await db.SaveChangesAsync();
        }

        // Everything is looked at again.
        (await fleet.Rig.PutAsync($"/api/strategies/{fleet.Strategy}/status", "false")).ShouldBeDone();
        (await fleet.Rig.PutAsync($"/api/strategies/{fleet.Strategy}/status", "true")).ShouldBeDone();
        fleet.Time.Advance(TimeSpan.FromSeconds(15));
        (await fleet.BeatAsync()).ShouldAllBe(b => b.Text == "{}", "whoever is in the ring that was not reached keeps what was");
        (await fleet.RolloutsAsync())[0].GetProperty("rings")[1].Of("devices").ShouldBe("0");

        var ring = (await fleet.ChangeAsync(begun, "promote")).ShouldBeFine().GetProperty("rings")[1];
        ring.Of("devices").ShouldBe("3");
        fleet.Time.Advance(TimeSpan.FromSeconds(15));
        (await fleet.BeatAsync()).Count(b => b.Text.Contains("wrong.invalid", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task What_is_wrong_with_a_roll_out_is_said_before_anything_changes()
    {
        await using var fleet = await Fleet.StartAsync();
        foreach (var body in new[]
        {
            "{}", """{"config_options":{}}""", """{"config_options":{},"rings":[]}""", """{"config_options":{},"rings":[{}]}""",
            """{"config_options":{},"rings":[null]}""", """{"config_options":{},"rings":[{"percent":0}]}""",
            """{"config_options":{},"rings":[{"percent":5,"device_group":"test bench"}]}""",
            """{"config_options":{},"rings":[{"device_group":"not there"}]}""",
            """{"config_options":{"lang":"de"},"rings":[{"percent":5}]}""",
            """{"config_options":{},"rings":[{"percent":5}],"lost_percent":101}""",
            """{"config_options":{},"rings":[{"percent":5}],"watch_minutes":0}""",
        })
        {
            (await fleet.Rig.PostAsync($"/api/strategies/{fleet.Strategy}/rollouts", body)).ShouldBeProblem(400, "invalid");
        }

        (await fleet.Rig.PostAsync($"/api/strategies/{Guid.NewGuid()}/rollouts", Wrong)).ShouldBeProblem(404, "not_found");
        (await fleet.Rig.GetAsync($"/api/strategies/{Guid.NewGuid()}/rollouts")).ShouldBeProblem(404, "not_found");
        (await fleet.Rig.PostAsync($"/api/strategies/rollouts/{Guid.NewGuid()}/promote")).ShouldBeProblem(404, "not_found");
        (await fleet.Rig.PutAsync($"/api/strategies/{fleet.Strategy}/status", "false")).ShouldBeDone();
        (await fleet.Rig.PostAsync($"/api/strategies/{fleet.Strategy}/rollouts", Wrong)).ShouldBeProblem(409, "disabled");
        var eve = await fleet.Rig.Api.TokenAsync(await fleet.Rig.UserAsync("eve"));
        (await fleet.Rig.PostAsync($"/api/strategies/{fleet.Strategy}/rollouts", Wrong, eve)).Status.ShouldBe(403);
        (await fleet.RolloutsAsync()).ShouldBeEmpty();
    }

    /// <summary>Four devices under one strategy, which they have taken; one of them in a group.</summary>
    private sealed class Fleet(AdminRig rig, ManualTime time, List<TestDevice> devices, string strategy) : IAsyncDisposable
    {
        private readonly Dictionary<TestDevice, long> _stamps = devices.ToDictionary(d => d, _ => 0L);

        public AdminRig Rig => rig;

        public ManualTime Time => time;

        public string Strategy => strategy;

        public RolloutWatch Watch => rig.Api.Services.GetRequiredService<RolloutWatch>();

        public static async Task<Fleet> StartAsync()
        {
            var time = new ManualTime();
            var rig = await AdminRig.StartAsync(time);
            var devices = await rig.DevicesAsync(4);
            var group = await rig.DeviceGroupAsync("Test bench");
            await using (var db = rig.Db())
            {
                db.DeviceGroupMembers.Add(new() { DeviceGuid = devices[2].Guid, GroupGuid = group, AddedAt = DateTime.UnixEpoch });
                await db.SaveChangesAsync();
            }

            var made = (await rig.PostAsync("/api/strategies", """{"name":"Tills","config_options":{"enable-audio":"N"}}""")).ShouldBeFine();
            var peers = string.Join(',', devices.Select(d => $"\"{d.Guid}\""));
            (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{made.Of("guid")}}","peers":[{{peers}}]}""")).ShouldBeDone();
            var fleet = new Fleet(rig, time, devices, made.Of("guid"));
            (await fleet.BeatAsync()).ShouldAllBe(b => b.Text.Contains("enable-audio", StringComparison.Ordinal));
            time.Advance(TimeSpan.FromSeconds(65));
            (await fleet.BeatAsync()).ShouldAllBe(b => b.Text == "{}");
            return fleet;
        }

        public async Task<JsonElement> BeginAsync(string body) =>
            (await rig.PostAsync($"/api/strategies/{strategy}/rollouts", body)).ShouldBeFine();

        public Task<Answer> ChangeAsync(JsonElement rollout, string word) =>
            rig.PostAsync($"/api/strategies/rollouts/{rollout.Of("guid")}/{word}");

        /// <summary>A heartbeat of all but some; they take what they are told.</summary>
        public async Task<List<(TestDevice Device, string Text)>> BeatAsync(params TestDevice[] without)
        {
            var said = new List<(TestDevice, string)>();
            foreach (var device in devices.Except(without))
            {
                var answer = await rig.Api.PostAsync("/api/heartbeat", $$"""{{{device.Members}},"ver":1004090,"modified_at":{{_stamps[device]}}}""");
                answer.Status.ShouldBe(200, answer.Text);
                if (answer.Json.TryGetProperty("modified_at", out var stamp)) _stamps[device] = stamp.GetInt64();
                said.Add((device, answer.Text));
            }

            return said;
        }

        public async Task<List<JsonElement>> RolloutsAsync() =>
            [.. (await rig.GetAsync($"/api/strategies/{strategy}/rollouts")).ShouldBeFine().EnumerateArray()];

        public async Task<string> OptionsAsync() =>
            (await rig.GetAsync($"/api/strategies/{strategy}")).ShouldBeFine().GetProperty("config_options").GetRawText();

        public int Alarms
        {
            get
            {
                using var db = rig.Db();
                return db.AlarmAudits.Count(a => a.Type == AlarmTexts.RolloutStopped);
            }
        }

        public ValueTask DisposeAsync() => rig.DisposeAsync();
    }
}
