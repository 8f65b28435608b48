using System.Text.Json;
using Hawser.Cluster;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class RelayAdminTests
{
    [Fact]
    public async Task Relays_are_added_switched_off_and_removed_and_the_roster_obeys_at_once()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Rendezvous.RelayServers.Add("relay1.example.com"));
        var added = (await rig.PostAsync("/api/relays", """{"address":"127.0.0.2:21117","name":"Frankfurt"}""")).ShouldBeFine();
        added.Of("source").ShouldBe("settings");
        added.Of("name").ShouldBe("Frankfurt");
        (await rig.PostAsync("/api/relays", """{"address":"127.0.0.2:21117"}""")).ShouldBeProblem(409, "relay_known");
        (await rig.PostAsync("/api/relays", """{"address":"not a host"}""")).ShouldBeProblem(400, "invalid");

        (await rig.PatchAsync("/api/relays/relay1.example.com", """{"enabled":false}""")).ShouldBeFine().Of("state").ShouldBe("disabled");
        rig.Server.Node.Roster.Choose(default).ShouldBe("127.0.0.2:21117");
        (await rig.DeleteAsync("/api/relays/relay1.example.com")).ShouldBeProblem(409, "not_added_here");

        (await rig.PatchAsync("/api/relays/relay1.example.com", """{"enabled":true,"name":"Old"}""")).ShouldBeFine().Of("name").ShouldBe("Old");
        (await rig.DeleteAsync("/api/relays/127.0.0.2:21117")).ShouldBeDone();
        (await rig.DeleteAsync("/api/relays/127.0.0.2:21117")).ShouldBeProblem(404, "not_found");
        rig.Server.Node.Roster.List().ShouldHaveSingleItem().Address.ShouldBe("relay1.example.com");
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldBe([194, 195, 195, 196]);
    }

    [Fact]
    public async Task A_relay_is_tried_with_the_key_and_with_another()
    {
        await using var rig = await AdminRig.StartAsync();
        var address = $"127.0.0.1:{rig.Server.RelayPort}";
        (await rig.PostAsync("/api/relays", $$"""{"address":"{{address}}"}""")).ShouldBeFine();
        var fine = (await rig.PostAsync($"/api/relays/{address}/test", "")).ShouldBeFine();
        fine.Of("key").ShouldBe("matches");
        fine.GetProperty("ok").GetBoolean().ShouldBeTrue();
        fine.GetProperty("connect_ms").GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        (await rig.PostAsync("/api/relays/elsewhere.example.com/test", "")).ShouldBeProblem(404, "not_found");

        var nobody = $"127.0.0.1:{FreePorts.Block(1)}";
        (await rig.PostAsync("/api/relays", $$"""{"address":"{{nobody}}"}""")).ShouldBeFine();
        var dead = (await rig.PostAsync($"/api/relays/{nobody}/test", "")).ShouldBeFine();
        dead.GetProperty("ok").GetBoolean().ShouldBeFalse();
        dead.Of("key").ShouldBe("unknown");
        dead.Of("complaint").ShouldNotBeEmpty();

        // With two of them, both are asked every few seconds.
        await rig.Server.Node.Rendezvous!.Probe.CheckAllAsync(CancellationToken.None);
        var list = (await rig.GetAsync("/api/relays")).ShouldBeFine().EnumerateArray().ToList();
        list.Single(r => r.Of("address") == address).GetProperty("latencies").EnumerateArray().Last().GetInt32().ShouldBeGreaterThanOrEqualTo(0);
        list.Single(r => r.Of("address") == nobody).GetProperty("latencies").EnumerateArray().Last().ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Relays_with_another_key_or_without_one_are_told_apart()
    {
        static Action<HawserOptions> Alone(string key) => o =>
        {
            o.Role.Add("relay");
            o.Key = key;
        };
        await using var other = await TestHawser.StartAsync(Alone("another key"));
        await using var open = await TestHawser.StartAsync(Alone(""));
        await using var rig = await AdminRig.StartAsync();
        foreach (var (server, key) in new[] { (other, "refused"), (open, "none_asked") })
        {
            var address = $"127.0.0.1:{server.RelayPort}";
            (await rig.PostAsync("/api/relays", $$"""{"address":"{{address}}"}""")).ShouldBeFine();
            (await rig.PostAsync($"/api/relays/{address}/test", "")).ShouldBeFine().Of("key").ShouldBe(key);
        }
    }

    [Fact]
    public async Task The_limits_of_the_own_relay_change_at_once_and_stay_over_a_reload()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Relay.SingleBandwidth = 100);
        var before = (await rig.GetAsync("/api/relays/own")).ShouldBeFine();
        before.GetProperty("runs").GetBoolean().ShouldBeTrue();
        before.GetProperty("limits").GetProperty("single").GetDouble().ShouldBe(100);
        before.GetProperty("set").GetProperty("single").ValueKind.ShouldBe(JsonValueKind.Null);

        var after = (await rig.PutAsync("/api/relays/own/limits", """{"single":25.5,"total":0}""")).ShouldBeFine();
        after.GetProperty("limits").GetProperty("single").GetDouble().ShouldBe(25.5);
        var relay = rig.Server.Node.Relay!;
        relay.Execute("sb").ShouldBe("25.5Mb/s\n");
        relay.Execute("tb").ShouldBe("0Mb/s\n");
        rig.Server.Node.Apply(rig.Server.Node.Options);
        relay.Execute("sb").ShouldBe("25.5Mb/s\n");

        foreach (var wrong in new[] { """{"single":-1}""", """{"total":1e9}""", """{"slowed":0}""" })
        {
            (await rig.PutAsync("/api/relays/own/limits", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.PutAsync("/api/relays/own/limits", "{}")).ShouldBeFine();
        relay.Execute("sb").ShouldBe("100Mb/s\n");
    }

    [Fact]
    public async Task The_choice_of_a_relay_is_told_with_its_reason()
    {
        await using var rig = await AdminRig.StartAsync();
        async Task<(string, string)> ChoiceAsync(string address = "203.0.113.7")
        {
            var choice = (await rig.GetAsync("/api/relays/choice?address=" + address)).ShouldBeFine();
            return (choice.Of("relay"), choice.Of("reason"));
        }

        (await ChoiceAsync()).ShouldBe(("", "none"));
        var roster = rig.Server.Node.Roster;
        roster.Configure(["a"]);
        (await ChoiceAsync()).ShouldBe(("a", "only"));
        roster.Configure(["a", "b"]);
        var (relay, reason) = await ChoiceAsync("2001:db8::7");
        reason.ShouldBe("turn");
        roster.Choose(default).ShouldBe(relay, "asking takes nobody's turn");
        roster.Announce(new RelayStatus("a", Healthy: true, Pairs: 5));
        roster.Choose(default);
        roster.Choose(default).ShouldBe("b");
        roster.Check("a", false);
        roster.Check("b", false);
        (await ChoiceAsync()).ShouldBe(("b", "last_good"));
        (await rig.GetAsync("/api/relays/choice?address=nonsense")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/relays/choice")).ShouldBeProblem(400, "invalid");
    }
}
