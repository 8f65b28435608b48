using Hawser.Api.Access;
using Hawser.Api.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Access rules, control roles, explanations and dry runs (ours).</summary>
public class AccessAdminTests
{
    [Fact]
    public async Task A_rule_is_made_by_names_changed_and_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Help desk");
        await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync("/api/control-roles", """{"name":"View only","permissions":{"keyboard":"deny"}}""")).ShouldBeFine();
        var made = (await rig.PostAsync("/api/access/rules", """
            {"name":"desk","subject":{"kind":"user_group","name":"help desk"},"target":{"kind":"device_group","name":"Tills"},
            "control_role":"View only","schedule":{"time_zone":"UTC","windows":[{"days":["mon"],"from":"08:00","to":"18:00"}]}}
            """)).ShouldBeFine();
        var guid = made.Of("guid");
        (made.GetProperty("subject").Of("name"), made.GetProperty("target").Of("name"), made.Of("control_role"), made.Of("enabled"))
            .ShouldBe(("Help desk", "Tills", "View only", "True"));
        made.GetProperty("schedule").Of("time_zone").ShouldBe("UTC");

        var changed = (await rig.PatchAsync($"/api/access/rules/{guid}", """{"enabled":false,"note":"n"}""")).ShouldBeFine();
        (changed.Of("name"), changed.Of("enabled"), changed.Of("control_role")).ShouldBe(("desk", "False", "View only"));
        changed = (await rig.PatchAsync($"/api/access/rules/{guid}",
            """{"schedule":{},"control_role":"","target":{"kind":"all_devices"}}""")).ShouldBeFine();
        changed.TryGetProperty("schedule", out _).ShouldBeFalse();
        (changed.GetProperty("target").Of("kind"), changed.Of("note")).ShouldBe(("all_devices", "n"));

        foreach (var wrong in new[]
        {
            """{"subject":{"kind":"everybody"}}""",
            """{"subject":{"kind":"nobody"},"target":{"kind":"all_devices"}}""",
            """{"subject":{"kind":"user","name":"nobody"},"target":{"kind":"all_devices"}}""",
            """{"subject":{"kind":"everybody"},"target":{"kind":"all_devices"},"schedule":{"time_zone":"Mars"}}""",
            """{"subject":{"kind":"everybody"},"target":{"kind":"all_devices"},"control_role":"x"}""",
            """{"subject":{"kind":"everybody"},"target":{"kind":"device","name":"1"}}""", "[]", "7",
        })
        {
            (await rig.PostAsync("/api/access/rules", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.AllAsync("/api/access/rules")).Count.ShouldBe(1);
        (await rig.DeleteAsync($"/api/access/rules/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/access/rules/{guid}")).ShouldBeProblem(404, "not_found");
        (await rig.PatchAsync($"/api/access/rules/{guid}", "{}")).ShouldBeProblem(404, "not_found");
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([133, 130, 131, 131, 132]);
    }

    [Fact]
    public async Task An_explanation_says_who_may_and_why()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.DevicesAsync(1, ann);
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own });
        var said = (await rig.GetAsync("/api/access/explain?user=ann&device=100000")).ShouldBeFine();
        (said.Of("allowed"), said.Of("reason")).ShouldBe(("True", "owner"));
        (await rig.GetAsync("/api/access/explain?device=100000")).ShouldBeFine().Of("allowed").ShouldBe("False");
        (await rig.GetAsync("/api/access/explain?user=nobody&device=100000")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/access/explain?user=ann")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/access/explain?user=ann&device=100000&at=later")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task A_dry_run_tells_who_gains_and_who_loses_and_changes_nothing()
    {
        await using var rig = await AdminRig.StartAsync();
        var other = await rig.UserGroupAsync("Other");
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("eve", group: other);
        await rig.DevicesAsync(2, ann);
        var tills = await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync($"/api/device-groups/{tills}", """["100001"]""")).ShouldBeDone();
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own, SameGroup = true });
        var rule = (await rig.PostAsync("/api/access/rules",
            """{"subject":{"kind":"user","name":"root"},"target":{"kind":"all_devices"}}""")).ShouldBeFine().Of("guid");

        var run = (await rig.PostAsync("/api/access/dry-run",
            """{"add":[{"subject":{"kind":"user","name":"eve"},"target":{"kind":"device_group","name":"Tills"}}]}""")).ShouldBeFine();
        (run.Of("pairs"), run.Of("gained"), run.Of("lost")).ShouldBe(("6", "1", "0"));
        run.GetProperty("gains")[0].ToString().ShouldBe("""{"user":"eve","device":"100001"}""");

        // root reaches them as one of her group too; without that only by the rule.
        run = (await rig.PostAsync("/api/access/dry-run",
            $"{{\"delete\":[\"{rule}\"],\"settings\":{{\"same_group\":false}}}}")).ShouldBeFine();
        (run.Of("gained"), run.Of("lost")).ShouldBe(("0", "2"));
        run = (await rig.PostAsync("/api/access/dry-run", """{"settings":{"default_policy":"open"}}""")).ShouldBeFine();
        (run.Of("gained"), run.Of("lost")).ShouldBe(("2", "0"));
        run = (await rig.PostAsync("/api/access/dry-run", $$"""{"update":[{"guid":"{{rule}}","enabled":false}]}""")).ShouldBeFine();
        (run.Of("gained"), run.Of("lost")).ShouldBe(("0", "0"));
        foreach (var wrong in new[]
        {
            """{"settings":{"nonsense":1}}""", """{"settings":{"default_policy":"x"}}""", """{"add":[null]}""",
            """{"update":[{"enabled":false}]}""", """{"add":[{"subject":{"kind":"x"},"target":{"kind":"all_devices"}}]}""",
        })
        {
            (await rig.PostAsync("/api/access/dry-run", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.AllAsync("/api/access/rules")).Single().Of("enabled").ShouldBe("True");
    }

    [Fact]
    public async Task Control_roles_are_edited_and_given_and_the_built_in_ones_stay()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var role = (await rig.PostAsync("/api/control-roles", """{"name":"View only","permissions":{"keyboard":"deny","file":"allow"}}""")).ShouldBeFine();
        var guid = role.Of("guid");
        role.GetProperty("permissions").Of("keyboard").ShouldBe("deny");
        (await rig.PostAsync("/api/control-roles", """{"name":"VIEW ONLY"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/control-roles", """{"name":"x","permissions":{"flying":"allow"}}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/control-roles", """{"name":"x","permissions":{"file":"maybe"}}""")).ShouldBeProblem(400, "invalid");
        role = (await rig.PatchAsync($"/api/control-roles/{guid}", """{"note":"n"}""")).ShouldBeFine();
        role.GetProperty("permissions").EnumerateObject().Count().ShouldBe(2);
        (await rig.PostAsync($"/api/control-roles/{guid}/users", $"{{\"user_guids\":[\"{ann.Guid}\"]}}")).ShouldBeDone();
        (await rig.AllAsync("/api/users?name=ann")).Single().Of("control_role").ShouldBe("View only");
        var all = (await rig.GetAsync("/api/control-roles")).Json.EnumerateArray().ToList();
        all.ConvertAll(r => $"{r.Of("kind")} {r.Of("user_count")}").ShouldBe(["not_logged_in 0", "default 0", "custom 1"]);
        (await rig.PostAsync($"/api/control-roles/{all[0].Of("guid")}/users", $"{{\"user_guids\":[\"{ann.Guid}\"]}}")).ShouldBeProblem(409, "built_in");
        (await rig.DeleteAsync($"/api/control-roles/{all[1].Of("guid")}")).ShouldBeProblem(409, "built_in");
        (await rig.PatchAsync($"/api/control-roles/{all[1].Of("guid")}", """{"permissions":{"audio":"deny"},"name":"Other"}"""))
            .ShouldBeFine().Of("name").ShouldBe("Default");
        (await rig.PostAsync($"/api/control-roles/{all[1].Of("guid")}/users", $"{{\"user_guids\":[\"{ann.Guid}\"]}}")).ShouldBeDone();
        await using (var db = rig.Db()) (await db.Users.SingleAsync(u => u.Name == "ann")).ControlRoleGuid.ShouldBeNull();
        (await rig.DeleteAsync($"/api/control-roles/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/control-roles/{guid}")).ShouldBeProblem(404, "not_found");
    }

    private static Task SetAsync(AdminRig rig, AccessSettings settings) =>
        rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(AccessSettings.Key, settings, default);
}
