using System.Diagnostics;
using System.Text.Json;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Strategies (admin reference §4.6).</summary>
public class StrategyAdminTests
{
    [Fact]
    public async Task Where_the_server_is_changes_ring_by_ring_once_devices_are_under_a_strategy()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(2);
        const string Moved = """{"config_options":{"enable-audio":"N","api-server":"https://new.example.com"}}""";
        var made = (await rig.PostAsync("/api/strategies", """{"name":"Move","config_options":{"enable-audio":"N"}}""")).ShouldBeFine();
        var path = $"/api/strategies/{made.Of("guid")}";
        (await rig.PatchAsync(path, Moved)).ShouldBeFine();
        (await rig.PatchAsync(path, """{"config_options":{"enable-audio":"N"}}""")).ShouldBeFine();
        var device = (await rig.AllAsync("/api/devices"))[0].Of("guid");
        // As scripts of the Pro server give it.
        (await rig.PostAsync("/api/strategies/assign",
            $$"""{"strategy":"{{made.Of("guid")}}","peers":["{{device}}"],"users":[],"groups":[]}""")).ShouldBeDone();
        var refused = await rig.PatchAsync(path, Moved);
        refused.ShouldBeProblem(409, "rollout_needed");
        refused.Text.ShouldContain("/api/strategies/{guid}/rollouts");
        (await rig.PatchAsync(path, """{"config_options":{"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}""")).ShouldBeProblem(409, "rollout_needed");
        (await rig.GetAsync(path)).ShouldBeFine().GetProperty("config_options").GetRawText().ShouldBe("""{"enable-audio":"N"}""");
        (await rig.PatchAsync(path, """{"config_options":{"enable-audio":"Y","api-server":""}}""")).ShouldBeFine();
        (await rig.PatchAsync(path, """{"name":"Moves"}""")).ShouldBeFine();

        // Whom it governs hears of nothing while it is disabled, and so it may; then of taking the address away again.
        (await rig.PutAsync($"{path}/status", "false")).ShouldBeDone();
        (await rig.PatchAsync(path, Moved)).ShouldBeFine();
        (await rig.PatchAsync(path, """{"enabled":true,"config_options":{}}""")).ShouldBeProblem(409, "rollout_needed");
        (await rig.PatchAsync(path, """{"config_options":{"enable-audio":"N"}}""")).ShouldBeFine();
        (await rig.PutAsync($"{path}/status", "true")).ShouldBeDone();
        var version = (await rig.GetAsync(path)).ShouldBeFine().Of("version");
        var rollout = """{"config_options":{"api-server":"https://new.example.com"},"rings":[{"percent":50}]}""";
        (await VersionedAsync("0")).ShouldBeProblem(409, "edit_conflict");
        (await VersionedAsync(version)).ShouldBeFine().Of("state").ShouldBe("running");

        Task<Answer> VersionedAsync(string told) => rig.Api.SendAsync(
            HttpMethod.Post, $"{path}/rollouts", rollout, rig.Script,
            request => request.Headers.Add("X-Hawser-Version", told));
    }

    [Fact]
    public async Task A_strategy_is_made_changed_and_deleted_and_bad_options_are_told_by_name()
    {
        await using var rig = await AdminRig.StartAsync();
        var made = (await rig.PostAsync("/api/strategies",
            """{"name":"Shops","note":"n","config_options":{"enable-audio":"N","direct-access-port":"21200"}}""")).ShouldBeFine();
        var guid = made.Of("guid");
        (made.Of("enabled"), made.Of("status"), made.GetProperty("config_options").Of("enable-audio")).ShouldBe(("True", "1", "N"));
        (await rig.PostAsync("/api/strategies", """{"name":"SHOPS"}""")).ShouldBeProblem(409, "name_taken");
        var wrong = await rig.PostAsync("/api/strategies", """{"name":"x","config_options":{"hide-tray":"Y","enable-audio":"maybe"}}""");
        wrong.ShouldBeProblem(400, "invalid");
        wrong.Json.GetProperty("fields").GetArrayLength().ShouldBe(2);
        wrong.Error.ShouldNotBeNull().ShouldContain("enable-audio");
        (await rig.PostAsync("/api/strategies", """{"name":"x","config_options":{"stop-service":"Y"}}""")).ShouldBeProblem(400, "invalid");

        (await rig.PatchAsync($"/api/strategies/{guid}", """{"name":"Tills"}""")).ShouldBeFine().Of("note").ShouldBe("n");
        var row = (await rig.PatchAsync($"/api/strategies/{guid}", """{"config_options":{"enable-file-transfer":"N"},"enabled":false}""")).ShouldBeFine();
        (row.Of("name"), row.Of("enabled"), row.GetProperty("config_options").EnumerateObject().Count()).ShouldBe(("Tills", "False", 1));
        (await rig.DeleteAsync($"/api/strategies/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/strategies/{guid}")).ShouldBeProblem(404, "not_found");
        (await rig.PatchAsync($"/api/strategies/{guid}", """{"note":"x"}""")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync($"/api/strategies/{guid}")).ShouldBeRefused("no such");
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([120, 121, 121, 122]);
        (await rig.GetAsync("/api/strategies/options")).Json.EnumerateArray().ShouldContain(o => o.Of("key") == "enable-audio");
    }

    [Fact]
    public async Task The_list_is_a_bare_array_and_the_status_a_bare_literal()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.GetAsync("/api/strategies")).Text.ShouldBe("[]");
        var guid = (await rig.PostAsync("/api/strategies", """{"name":"Shops"}""")).ShouldBeFine().Of("guid");
        var list = await rig.GetAsync("/api/strategies");
        list.Json.ValueKind.ShouldBe(JsonValueKind.Array);
        list.Json[0].Of("guid").ShouldBe(guid);
        foreach (var (literal, status) in new[] { ("false", "0"), ("false", "0"), (" true\n", "1") })
        {
            (await rig.PutAsync($"/api/strategies/{guid}/status", literal)).ShouldBeDone();
            (await rig.GetAsync($"/api/strategies/{guid}")).ShouldBeFine().Of("status").ShouldBe(status);
        }

        (await rig.PutAsync($"/api/strategies/{guid}/status", "1")).Status.ShouldBe(400);
        (await rig.PutAsync($"/api/strategies/{Guid.NewGuid()}/status", "true")).ShouldBeRefused("no such");
    }

    [Fact]
    public async Task Assignments_are_all_or_nothing_and_without_a_strategy_take_away()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        var ann = await rig.UserAsync("ann");
        var group = await rig.DeviceGroupAsync("Tills");
        var guid = (await rig.PostAsync("/api/strategies", """{"name":"Shops"}""")).ShouldBeFine().Of("guid");
        string Body(string strategy, Guid peer) =>
            $"{{{strategy}\"peers\":[\"{peer}\"],\"users\":[\"{ann.Guid}\"],\"groups\":[\"{group}\"]}}";
        var with = $"\"strategy\":\"{guid}\",";
        (await rig.PostAsync("/api/strategies/assign", Body(with, Guid.NewGuid()))).ShouldBeRefused("no device");
        (await CountsAsync()).ShouldBe("0 0 0");
        (await rig.PostAsync("/api/strategies/assign", Body(with, device.Guid))).ShouldBeDone();
        (await rig.PostAsync("/api/strategies/assign", Body(with, device.Guid))).ShouldBeDone();
        (await CountsAsync()).ShouldBe("1 1 1");
        (await rig.AllAsync("/api/devices?strategy_name=Shops")).Count.ShouldBe(1);
        (await rig.PostAsync("/api/strategies/assign", Body("\"strategy\":\"nonsense\",", device.Guid))).ShouldBeRefused("no such");
        (await rig.PostAsync("/api/strategies/assign", """{"peers":["x"],"users":[],"groups":[]}""")).ShouldBeRefused("guids");
        (await rig.PostAsync("/api/strategies/assign", Body("", device.Guid))).ShouldBeDone();
        (await CountsAsync()).ShouldBe("0 0 0");

        async Task<string> CountsAsync()
        {
            var row = (await rig.GetAsync($"/api/strategies/{guid}")).ShouldBeFine();
            return $"{row.Of("device_count")} {row.Of("user_count")} {row.Of("device_group_count")}";
        }
    }

    [Fact]
    public async Task A7_6_assigning_disabling_and_unassigning_reach_the_device_with_its_next_heartbeat()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        var guid = (await rig.PostAsync("/api/strategies", """{"name":"S","config_options":{"enable-audio":"N"}}""")).ShouldBeFine().Of("guid");
        var modified = 0L;
        async Task<string?> BeatAsync()
        {
            var answer = await rig.Api.PostAsync("/api/heartbeat", $"{{{device.Members},\"ver\":1004009,\"modified_at\":{modified}}}");
            if (answer.Text.Length == 0 || !answer.Json.TryGetProperty("strategy", out var strategy)) return null;
            modified = answer.Json.GetProperty("modified_at").GetInt64();
            return strategy.GetProperty("config_options").TryGetProperty("enable-audio", out var value) ? value.GetString() : null;
        }

        async Task UntilAsync(string wanted)
        {
            var deadline = Stopwatch.StartNew();
            while (await BeatAsync() != wanted) deadline.Elapsed.TotalSeconds.ShouldBeLessThan(60, wanted);
        }

        await BeatAsync();
        await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{guid}}","peers":["{{device.Guid}}"],"users":[],"groups":[]}""");
        await UntilAsync("N");
        await rig.PutAsync($"/api/strategies/{guid}/status", "false");
        await UntilAsync("");
        await rig.PutAsync($"/api/strategies/{guid}/status", "true");
        await UntilAsync("N");
        await rig.PostAsync("/api/strategies/assign", $$"""{"peers":["{{device.Guid}}"],"users":[],"groups":[]}""");
        await UntilAsync("");
    }

    [Fact]
    public async Task Passwords_in_options_are_not_in_the_log()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PostAsync("/api/strategies", """{"name":"S","config_options":{"preset-address-book-password":"s3cret"}}""")).ShouldBeFine();
        await using var db = rig.Db();
        (await db.ConsoleAudits.SingleAsync()).Info.ShouldNotContain("s3cret");
    }
}
