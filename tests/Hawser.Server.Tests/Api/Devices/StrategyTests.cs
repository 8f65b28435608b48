using Hawser.Api.Strategies;
using Hawser.Data.Groups;
using Hawser.Data.Strategies;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Devices;

public class StrategyTests
{
    [Fact]
    public async Task C71_C72_An_edit_is_told_with_a_new_stamp_and_then_no_more()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        (await rig.BeatAsync(device)).Text.ShouldBe("{}");
        var strategy = await rig.StrategyAsync("Locked", ("enable-terminal", "N"), ("whitelist", ""));
        await rig.AssignAsync(strategy, device);
        var first = await rig.BeatAsync(device);
        first.Text.ShouldContain("\"strategy\":{\"config_options\":{\"enable-terminal\":\"N\",\"whitelist\":\"\"},\"extra\":{}}");
        var stamp = Stamp(first);
        (await rig.BeatAsync(device, stamp)).Text.ShouldBe("{}");
        (await rig.BeatAsync(device)).Text.ShouldBe(first.Text, "answers can be lost");
        await rig.EditAsync(strategy, ("enable-terminal", "Y"), ("whitelist", ""));
        var second = await rig.BeatAsync(device, stamp);
        second.Text.ShouldContain("\"enable-terminal\":\"Y\"");
        Stamp(second).ShouldNotBe(stamp);
        (await rig.BeatAsync(device, Stamp(second))).Text.ShouldBe("{}");
    }

    [Fact]
    public async Task C73_Another_strategy_is_told_even_if_it_is_older_and_keys_of_the_first_are_taken_back()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var old = await rig.StrategyAsync("Old", ("enable-audio", "N"));
        var young = await rig.StrategyAsync("Young", ("enable-terminal", "N"));
        await rig.AssignAsync(young, device);
        var first = await rig.BeatAsync(device);
        await rig.AssignAsync(old, device);
        var second = await rig.BeatAsync(device, Stamp(first));
        Stamp(second).ShouldBeGreaterThan(Stamp(first));
        second.Text.ShouldContain("{\"enable-audio\":\"N\",\"enable-terminal\":\"\"}");
    }

    [Fact]
    public async Task C74_A_strategy_that_is_removed_is_taken_back_and_then_the_device_is_left_alone()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var strategy = await rig.StrategyAsync("Locked", ("enable-terminal", "N"), ("approve-mode", "password"));
        await rig.AssignAsync(strategy, device);
        var first = await rig.BeatAsync(device);
        await rig.AssignAsync(null, device);
        var second = await rig.BeatAsync(device, Stamp(first));
        second.Text.ShouldContain("{\"approve-mode\":\"\",\"enable-terminal\":\"\"}");
        var stamp = Stamp(second);
        (await rig.BeatAsync(device, stamp)).Text.ShouldBe("{}");
        await rig.Get<StrategyEpoch>().BumpAsync(rig.Api.OpenDb(), default);
        (await rig.BeatAsync(device, stamp)).Text.ShouldBe("{}");
        await rig.AssignAsync(await rig.StrategyAsync("Next", ("enable-audio", "N")), device);
        (await rig.BeatAsync(device, stamp)).Text.ShouldContain("{\"enable-audio\":\"N\"}", Case.Sensitive, "what it cleared is its user's again");
    }

    [Fact]
    public async Task Disabling_and_enabling_are_changes()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var strategy = await rig.StrategyAsync("Locked", ("enable-terminal", "N"));
        await rig.AssignAsync(strategy, device);
        var on = await rig.BeatAsync(device);
        await using var db = rig.Api.OpenDb();
        await rig.Strategies.SetEnabledAsync(db, strategy.Guid, false, default);
        var off = await rig.BeatAsync(device, Stamp(on));
        off.Text.ShouldContain("{\"enable-terminal\":\"\"}");
        await rig.Strategies.SetEnabledAsync(db, strategy.Guid, true, default);
        var again = await rig.BeatAsync(device, Stamp(off));
        again.Text.ShouldContain("{\"enable-terminal\":\"N\"}");
        new[] { Stamp(on), Stamp(off), Stamp(again) }.ShouldBeUnique();
        await rig.Strategies.DeleteAsync(db, strategy.Guid, default);
        (await rig.BeatAsync(device, Stamp(again))).Text.ShouldContain("{\"enable-terminal\":\"\"}");
    }

    [Fact]
    public async Task The_devices_own_strategy_comes_before_its_owners_and_that_before_its_first_groups()
    {
        await using var rig = await DeviceRig.StartAsync();
        var mara = await rig.Api.AddUserAsync("mara");
        var device = await rig.DeviceAsync(owner: mara);
        var own = await rig.StrategyAsync("Own", ("enable-audio", "N"));
        var users = await rig.StrategyAsync("Users", ("enable-camera", "N"));
        var first = await rig.StrategyAsync("First", ("enable-tunnel", "N"));
        var second = await rig.StrategyAsync("Second", ("enable-abr", "N"));
        await using var db = rig.Api.OpenDb();
        var groups = ((string, int)[])[("A", 2), ("B", 1), ("C", 0)];
        var rows = groups.Select(g => new DeviceGroup { Name = g.Item1, NormalizedName = g.Item1, Rank = g.Item2 }).ToList();
        db.DeviceGroups.AddRange(rows);
        db.DeviceGroupMembers.AddRange(rows.Select(r => new DeviceGroupMember { DeviceGuid = device.Guid, GroupGuid = r.Guid }));
        await db.SaveChangesAsync();
        await rig.Strategies.AssignAsync(db, second.Guid, new([], [], [rows[0].Guid]), default);
        (await rig.BeatAsync(device)).Text.ShouldContain("enable-abr\":\"N");
        await rig.Strategies.AssignAsync(db, first.Guid, new([], [], [rows[1].Guid]), default);
        (await rig.BeatAsync(device)).Text.ShouldContain("enable-tunnel\":\"N");
        await rig.Strategies.AssignAsync(db, users.Guid, new([], [mara.Guid], []), default);
        (await rig.BeatAsync(device)).Text.ShouldContain("enable-camera\":\"N");
        await rig.Strategies.AssignAsync(db, own.Guid, new([device.Guid], [], []), default);
        (await rig.BeatAsync(device)).Text.ShouldContain("enable-audio\":\"N");
        await rig.Strategies.SetEnabledAsync(db, own.Guid, false, default);
        (await rig.BeatAsync(device)).Text.ShouldNotContain("\"N\"", Case.Sensitive, "a disabled one does not fall through to the next");
    }

    [Fact]
    public async Task What_a_device_was_told_survives_a_restart_of_the_server()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            TestDevice device;
            long stamp;
            await using (var rig = await DeviceRig.StartAsync(folder: folder))
            {
                device = await rig.DeviceAsync();
                await rig.AssignAsync(await rig.StrategyAsync("Locked", ("enable-terminal", "N")), device);
                stamp = Stamp(await rig.BeatAsync(device));
            }

            await using var again = await DeviceRig.StartAsync(folder: folder);
            (await again.BeatAsync(device, stamp)).Text.ShouldBe("{}");
            await again.AssignAsync(null, device);
            (await again.BeatAsync(device, stamp)).Text.ShouldContain("{\"enable-terminal\":\"\"}");
        }
        finally
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_edit_reaches_a_large_fleet_at_its_next_heartbeats()
    {
        await using var rig = await DeviceRig.StartAsync();
        var devices = await SysinfoTests.ManyAsync(rig, 1500);
        var strategy = await rig.StrategyAsync("Fleet", ("enable-terminal", "N"));
        await rig.AssignAsync(strategy, [.. devices]);
        var first = await Task.WhenAll(devices.Select(d => rig.BeatAsync(d)));
        first.ShouldAllBe(a => a.Text.Contains("\"enable-terminal\":\"N\"", StringComparison.Ordinal));
        await rig.EditAsync(strategy, ("enable-terminal", "Y"));
        var second = await Task.WhenAll(devices.Select((d, i) => rig.BeatAsync(d, Stamp(first[i]))));
        second.ShouldAllBe(a => a.Text.Contains("\"enable-terminal\":\"Y\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("enable-terminal", "Y", true)]
    [InlineData("enable-terminal", "", true)]
    [InlineData("enable-terminal", "yes", false)]
    [InlineData("access-mode", "view", true)]
    [InlineData("access-mode", "admin", false)]
    [InlineData("direct-access-port", "21118", true)]
    [InlineData("direct-access-port", "70000", false)]
    [InlineData("direct-access-port", "-1", false)]
    [InlineData("auto-disconnect-timeout", "0", false)]
    [InlineData("temporary-password-length", "8", true)]
    [InlineData("temporary-password-length", "7", false)]
    [InlineData("whitelist", "10.0.0.0/8,192.168.1.7", true)]
    [InlineData("whitelist", ",", true)]
    [InlineData("whitelist", "office", false)]
    [InlineData("custom-rendezvous-server", "desk.example.net:21116", true)]
    [InlineData("custom-rendezvous-server", "not a host", false)]
    [InlineData("api-server", "https://desk.example.net", true)]
    [InlineData("api-server", "desk.example.net", false)]
    [InlineData("key", "OeVuKk5nlHiXp+APNn0Y3pC1Iwpwn44JGqrQCsWqmBw=", true)]
    [InlineData("key", "short", false)]
    [InlineData("disable-udp", "N", false)]
    [InlineData("hide-tray", "Y", false)]
    [InlineData("2fa", "x", false)]
    [InlineData("proxy-url", "socks5://x", false)]
    [InlineData("nonsense", "Y", false)]
    [InlineData("preset-note", "a\u0001b", false)]
    [InlineData("stop-service", "Y", false)]
    [InlineData("stop-service", "", true)]
    public void Options_are_checked_before_they_are_published(string key, string value, bool good) =>
        (StrategyRules.Check(DeviceRig.Options((key, value)), stopConfirmed: false).Errors.Count == 0).ShouldBe(good);

    [Fact]
    public void Stopping_the_service_must_be_confirmed_and_dangerous_keys_are_warned_of()
    {
        StrategyRules.Check(DeviceRig.Options(("stop-service", "Y")), stopConfirmed: false).Errors.Single().ShouldContain("Confirm");
        StrategyRules.Check(DeviceRig.Options(("stop-service", "Y")), stopConfirmed: true).Errors.ShouldBeEmpty();
        foreach (var key in (string[])["custom-rendezvous-server", "api-server", "key", "allow-insecure-tls-fallback"])
        {
            StrategyCatalogue.All[key].Warning.ShouldNotBeEmpty(key);
        }

        // The 58 of the client's settings group, less three that have no effect, and the ones of §9.4.
        StrategyCatalogue.All.Count.ShouldBe(58 - 3 + 5);
    }

    [Fact]
    public void A_damaged_row_is_an_empty_strategy()
    {
        var state = new DeviceStrategyState();
        EffectiveStrategies.Apply(state, new Strategy { Options = "{\"a\":5}" }, null, 100);
        (state.Options, state.Stamp).ShouldBe(("{}", 100));
    }

    [Fact]
    public void Take_backs_are_repeated_until_the_device_says_that_it_heard_of_them()
    {
        var one = new Strategy { Options = "{\"a\":\"1\"}" };
        var two = new Strategy { Options = "{\"b\":\"1\"}" };
        var state = new DeviceStrategyState();
        EffectiveStrategies.Apply(state, one, 0, 100);
        EffectiveStrategies.Apply(state, two, 100, 100);
        (state.Options, state.Stamp).ShouldBe(("{\"a\":\"\",\"b\":\"1\"}", 101));
        EffectiveStrategies.Apply(state, two, 100, 200);
        state.Stamp.ShouldBe(101, "nothing changed");
        EffectiveStrategies.Apply(state, one, 100, 200);
        (state.Options, state.Stamp).ShouldBe(("{\"a\":\"1\",\"b\":\"\"}", 200));
        EffectiveStrategies.Apply(state, null, 100, 300);
        state.Options.ShouldBe("{\"a\":\"\",\"b\":\"\"}", "it has not heard of b yet");
        EffectiveStrategies.Apply(state, two, 300, 400);
        state.Options.ShouldBe("{\"b\":\"1\"}");
    }

    private static long Stamp(Answer answer) => answer.Json.GetProperty("modified_at").GetInt64();
}
