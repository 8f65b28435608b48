using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What a draft of a strategy would do, and what is written of the change (scenarios 19 and 20).</summary>
public sealed class StrategyDraftTests
{
    private const string Draft = "\"config_options\":{\"enable-audio\":\"Y\",\"enable-terminal\":\"N\"}";

    [Fact]
    public async Task S20_A_draft_is_tried_on_all_on_a_group_and_on_a_device_and_nothing_is_stored()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var devices = await rig.DevicesAsync(3);
        var own = (await rig.DevicesAsync(1, ann, from: 200_000))[0];
        var group = await rig.DeviceGroupAsync("Tills");
        await using (var db = rig.Db())
        {
            foreach (var device in devices.Append(own))
            {
                db.DeviceGroupMembers.Add(new() { DeviceGuid = device.Guid, GroupGuid = group, AddedAt = DateTime.UnixEpoch });
            }

            await db.DeviceDetails.Where(d => d.DeviceGuid == devices[1].Guid).ExecuteUpdateAsync(s => s.SetProperty(d => d.Version, "1.4.0-2"));
            await db.DeviceDetails.Where(d => d.DeviceGuid == devices[2].Guid).ExecuteUpdateAsync(s => s.SetProperty(d => d.Version, ""));
            await db.SaveChangesAsync();
        }

        await rig.DevicesAsync(1, from: 300_000);
        var tills = await MakeAsync("Tills");
        var hers = await MakeAsync("Hers");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{tills}}","peers":[],"users":[],"groups":["{{group}}"]}""")).ShouldBeDone();
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{hers}}","peers":[],"users":["{{ann.Guid}}"],"groups":[]}""")).ShouldBeDone();

        var all = await TryAsync(tills, "");
        Counts(all).ShouldBe("5 3 1 1");
        Rows(all).ShouldBe("enable-audio N>Y, enable-file-transfer N>-, enable-terminal ->N");
        var old = all.GetProperty("too_old")[0];
        (old.Of("id"), old.Of("version"), old.GetProperty("keys").ToString()).ShouldBe((devices[1].Id, "1.4.0-2", "[\"enable-terminal\"]"));
        var shadow = all.GetProperty("shadowed")[0];
        (shadow.Of("id"), shadow.Of("strategy_name"), shadow.Of("level"), shadow.Of("target")).ShouldBe((own.Id, "Hers", "user", "ann"));
        Counts(await TryAsync(tills, $",\"group\":\"{group}\"")).ShouldBe("4 3 1 1");

        var one = await TryAsync(tills, $",\"peer\":\"{devices[0].Guid}\"");
        (Counts(one), Rows(one)).ShouldBe(("1 1 0 0", "enable-audio N>Y, enable-file-transfer N>-, enable-terminal ->N"));
        var hidden = await TryAsync(tills, $",\"peer\":\"{own.Guid}\"");
        (Counts(hidden), Rows(hidden)).ShouldBe(("1 0 1 0", "enable-audio N>N, enable-file-transfer N>N"));
        (await rig.PutAsync($"/api/strategies/{tills}/status", "false")).ShouldBeDone();
        Rows(await TryAsync(tills, $",\"peer\":\"{devices[0].Guid}\"")).ShouldBe("", "a disabled strategy sets nothing");
        (await rig.GetAsync($"/api/strategies/{tills}")).ShouldBeFine().GetProperty("config_options").Of("enable-audio").ShouldBe("N");

        async Task<string> MakeAsync(string name) => (await rig.PostAsync("/api/strategies",
            $$$"""{"name":"{{{name}}}","config_options":{"enable-audio":"N","enable-file-transfer":"N"}}""")).ShouldBeFine().Of("guid");

        async Task<JsonElement> TryAsync(string strategy, string on) =>
            (await rig.PostAsync($"/api/strategies/{strategy}/draft", $"{{{Draft}{on}}}")).ShouldBeFine();
    }

    [Fact]
    public async Task What_is_wrong_with_a_draft_is_said_and_what_one_may_not_see_is_not_counted()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        var guid = (await rig.PostAsync("/api/strategies", """{"name":"S"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{guid}}","peers":["{{device.Guid}}"],"users":[],"groups":[]}""")).ShouldBeDone();
        var path = $"/api/strategies/{guid}/draft";
        (await rig.PostAsync(path, """{"config_options":{"lang":"de"}}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(path, $$"""{"peer":"{{Guid.NewGuid()}}"}""")).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync(path, $$"""{"group":"{{Guid.NewGuid()}}"}""")).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync(path, $$"""{"group":"{{Guid.NewGuid()}}","peer":"{{device.Guid}}"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync($"/api/strategies/{Guid.NewGuid()}/draft", "{}")).ShouldBeProblem(404, "not_found");
        Counts((await rig.PostAsync(path, "{}")).ShouldBeFine()).ShouldBe("1 1 0 0");

        var eve = await rig.UserAsync("eve");
        (await rig.PostAsync(path, "{}", await rig.Api.TokenAsync(eve))).Status.ShouldBe(403);
        (await rig.PostAsync("/api/admin-roles",
            """{"name":"r","type":"global","rights":["strategies.view"],"users":["eve"],"unassigned":false}""", rig.Person)).ShouldBeFine();
        var token = await rig.Api.TokenAsync(eve);
        Counts((await rig.PostAsync(path, "{}", token)).ShouldBeFine()).ShouldBe("0 0 0 0");
        (await rig.PostAsync(path, $$"""{"peer":"{{device.Guid}}"}""", token)).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task Why_options_changed_stands_in_their_history()
    {
        await using var rig = await AdminRig.StartAsync();
        var guid = (await rig.PostAsync("/api/strategies", """{"name":"S"}""")).ShouldBeFine().Of("guid");
        (await rig.PatchAsync($"/api/strategies/{guid}", """{"config_options":{"enable-audio":"N"},"reason":" too loud, 太吵 "}""")).ShouldBeFine();
        var versions = (await rig.GetAsync($"/api/strategies/{guid}/versions")).Json;
        (versions.GetArrayLength(), versions[0].Of("note"), versions[0].Of("changed_by")).ShouldBe((2, "too loud, 太吵", "root"));
        (await rig.PatchAsync($"/api/strategies/{guid}", $$"""{"config_options":{},"reason":"{{new string('x', 1001)}}"}""")).ShouldBeProblem(400, "invalid");
    }

    private static string Counts(JsonElement answer) =>
        $"{answer.Of("devices")} {answer.Of("governed")} {answer.Of("shadowed_count")} {answer.Of("too_old_count")}";

    private static string Rows(JsonElement answer) => string.Join(", ", answer.GetProperty("options").EnumerateArray()
        .Select(o => $"{o.Of("key")} {Side(o, "before")}>{Side(o, "after")}"));

    private static string Side(JsonElement option, string side) => option.GetProperty(side).GetString() ?? "-";
}
