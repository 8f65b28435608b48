using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What a change would do, and why something is as it is, before anybody saves anything.</summary>
public class PreviewTests
{
    [Fact]
    public async Task S19_the_ladder_names_the_winner_what_it_shadows_and_a_disabled_winner()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(1, ann))[0];
        var group = await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync($"/api/device-groups/{group}", """["100000"]""")).ShouldBeDone();
        var path = $"/api/devices/{device.Guid}/policy";
        (await rig.GetAsync(path)).ShouldBeFine().Of("outcome").ShouldBe("none");
        var shop = await MakeAsync("Shop", "enable-audio");
        var own = await MakeAsync("Own", "enable-camera");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{shop}}","peers":[],"users":["{{ann.Guid}}"],"groups":["{{group}}"]}""")).ShouldBeDone();
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{own}}","peers":["{{device.Guid}}"],"users":[],"groups":[]}""")).ShouldBeDone();
        var policy = (await rig.GetAsync(path)).ShouldBeFine();
        (policy.Of("outcome"), policy.Of("delivery")).ShouldBe(("applies", "waiting"));
        policy.GetProperty("rungs").EnumerateArray().Select(r => $"{r.Of("level")} {r.Of("target")} {r.Of("name")}")
            .ShouldBe(["device 100000 Own", "user ann Shop", "device_group Tills Shop"]);
        policy.GetProperty("options").Of("enable-camera").ShouldBe("N");
        (await rig.PutAsync($"/api/strategies/{own}/status", "false")).ShouldBeDone();
        policy = (await rig.GetAsync(path)).ShouldBeFine();
        (policy.Of("outcome"), policy.GetProperty("options").EnumerateObject().Count()).ShouldBe(("disabled", 0));
        var targets = (await rig.GetAsync($"/api/strategies/{shop}/targets")).ShouldBeFine();
        targets.GetProperty("users")[0].Of("name").ShouldBe("ann");
        targets.GetProperty("device_groups")[0].Of("name").ShouldBe("Tills");
        (await rig.GetAsync($"/api/devices/{Guid.NewGuid()}/policy")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync($"/api/strategies/{Guid.NewGuid()}/targets")).ShouldBeProblem(404, "not_found");

        async Task<string> MakeAsync(string name, string key) => (await rig.PostAsync(
            "/api/strategies", $$$"""{"name":"{{{name}}}","config_options":{"{{{key}}}":"N"}}""")).ShouldBeFine().Of("guid");
    }

    [Fact]
    public async Task S20_giving_a_strategy_says_first_on_how_many_devices_it_would_be_in_effect()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(3);
        var group = await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync($"/api/device-groups/{group}", """["100001","100002"]""")).ShouldBeDone();
        var first = (await rig.PostAsync("/api/strategies", """{"name":"First"}""")).ShouldBeFine().Of("guid");
        var second = (await rig.PostAsync("/api/strategies", """{"name":"Second"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{second}}","peers":["{{devices[1].Guid}}"],"users":[],"groups":[]}""")).ShouldBeDone();
        var groups = $"\"groups\":[\"{group}\"]";
        (await CountsAsync(first, groups)).ShouldBe("3 0 1 1 0");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{first}}","peers":[],"users":[],{{groups}}}""")).ShouldBeDone();
        (await CountsAsync(first, "\"enabled\":true")).ShouldBe("3 1 1 0 0");
        (await CountsAsync(first, "\"enabled\":false")).ShouldBe("3 1 0 0 1");
        (await CountsAsync(first, $"{groups},\"remove\":true")).ShouldBe("3 1 0 0 1");
        (await CountsAsync(second, groups)).ShouldBe("3 1 2 1 0");
        var both = $$"""{"strategy":"{{first}}",{{groups}},"peers":["{{devices[0].Guid}}","{{devices[1].Guid}}"]}""";
        var held = (await rig.PostAsync("/api/strategies/preview", both)).ShouldBeFine().GetProperty("held").EnumerateArray();
        held.Select(h => $"{h.Of("target")} {h.Of("strategy")} {h.Of("name")}").ShouldBe(
            [$"{group} {first} First", $"{devices[1].Guid} {second} Second"], ignoreOrder: true);
        (await rig.PostAsync("/api/strategies/preview", """{"strategy":"x"}""")).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync("/api/strategies/preview", $$"""{"strategy":"{{first}}","users":["x"]}""")).ShouldBeProblem(400, "invalid");

        async Task<string> CountsAsync(string strategy, string more)
        {
            var answer = (await rig.PostAsync("/api/strategies/preview", $$"""{"strategy":"{{strategy}}",{{more}}}""")).ShouldBeFine();
            return $"{answer.Of("devices")} {answer.Of("now")} {answer.Of("then")} {answer.Of("gained")} {answer.Of("lost")}";
        }
    }

    [Fact]
    public async Task S23_S24_both_directions_of_reach_and_a_person_in_another_group()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Field");
        var elsewhere = await rig.UserGroupAsync("Elsewhere");
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("ben");
        await rig.DevicesAsync(2, ann);
        (await rig.PatchAsync("/api/settings/access", """{"default_policy":"own"}""")).ShouldBeFine();
        (await ReachAsync("user=ann")).ShouldBe("2: 100000 owner, 100001 owner");
        (await ReachAsync("user=ben")).ShouldBe("2: 100000 same_group, 100001 same_group");
        (await ReachAsync("user=ben&pageSize=1&current=2")).ShouldBe("2: 100001 same_group");
        (await ReachAsync("device=100000")).ShouldBe("3: ann owner, ben same_group, root same_group");
        (await ReachAsync("")).ShouldBe("0: ");
        // Owners ask who reaches their own, and nothing else.
        var (owner, other) = (await rig.Api.TokenAsync(ann), await rig.Api.TokenAsync(await rig.UserAsync("eve", group: elsewhere)));
        (await rig.GetAsync("/api/access/reach?device=100000", owner)).ShouldBeFine().Of("total").ShouldBe("3");
        foreach (var (query, token) in new[] { ("device=100000", other), ("device=7", owner), ("user=ann", owner), ("", owner), ("user_group=Field", owner) })
        {
            (await rig.GetAsync("/api/access/reach?" + query, token)).Status.ShouldBe(403, query);
        }

        var run = (await rig.PostAsync("/api/access/dry-run", """{"members":[{"user":"ben","user_group":"Field"}]}""")).ShouldBeFine();
        (run.Of("gained"), run.Of("lost")).ShouldBe(("0", "2"));
        run = (await rig.PostAsync("/api/access/dry-run", """{"members":[{"user":"ann","user_group":"Field"}]}""")).ShouldBeFine();
        (run.Of("gained"), run.Of("lost")).ShouldBe(("0", "4"));
        foreach (var wrong in new[] { """{"members":[null]}""", """{"members":[{"user":"x","user_group":"Field"}]}""", """{"members":[{"user":"ann"}]}""" })
        {
            (await rig.PostAsync("/api/access/dry-run", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.GetAsync("/api/access/reach?user=nobody")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/access/reach?device=7")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/access/reach?device=100000&user=ann")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/access/reach?at=x")).ShouldBeProblem(400, "invalid");

        async Task<string> ReachAsync(string query)
        {
            var page = (await rig.GetAsync($"/api/access/reach?{query}")).ShouldBeFine();
            var items = page.GetProperty("data").EnumerateArray().Select(i => $"{i.Of("name")} {i.Of("reason")}");
            return $"{page.Of("total")}: {string.Join(", ", items)}";
        }
    }
}
