using System.Globalization;
using Hawser.Api.Access;
using Hawser.Api.Settings;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
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

    [Fact]
    public async Task Rules_and_settings_say_how_many_pairs_they_are_about_and_when_they_were_used()
    {
        await using var rig = await AdminRig.StartAsync();
        var desk = await rig.UserGroupAsync("Desk");
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("eve", group: desk);
        await rig.UserAsync("mia", group: desk);
        var gone = await rig.UserAsync("gone", group: desk);
        await rig.DevicesAsync(3, ann);
        await rig.DevicesAsync(2, gone, 200_000);
        await rig.DevicesAsync(4, from: 300_000);
        var tills = await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync($"/api/device-groups/{tills}", """["100001","300001","300002"]""")).ShouldBeDone();
        await using (var db = rig.Db())
        {
            (await db.Users.SingleAsync(u => u.Name == "gone")).Status = UserStatus.Disabled;
            var off = await db.Devices.SingleAsync(d => d.Id == "300002");
            (await db.DeviceDetails.SingleAsync(d => d.DeviceGuid == off.Guid)).Enabled = false;
            await db.SaveChangesAsync();
        }

        // People: root, ann, eve, mia. Devices: ann's three, 300000, 300001 (of Tills) and 300003.
        var rules = new Dictionary<string, int>
        {
            ["""{"subject":{"kind":"everybody"},"target":{"kind":"all_devices"}}"""] = 24,
            ["""{"subject":{"kind":"user_group","name":"Desk"},"target":{"kind":"device_group","name":"Tills"}}"""] = 4,
            ["""{"subject":{"kind":"user","name":"eve"},"target":{"kind":"user","name":"ann"}}"""] = 3,
            ["""{"subject":{"kind":"user_group","name":"Desk"},"target":{"kind":"user_group","name":"Default"},"enabled":false}"""] = 6,
            ["""{"subject":{"kind":"user","name":"gone"},"target":{"kind":"all_devices"}}"""] = 0,
            ["""{"subject":{"kind":"everybody"},"target":{"kind":"own_devices"}}"""] = 3,
            ["""{"subject":{"kind":"user_group","name":"Desk"},"target":{"kind":"own_devices"}}"""] = 0,
            ["""{"subject":{"kind":"everybody"},"target":{"kind":"device","name":"300002"}}"""] = 0,
            ["""{"subject":{"kind":"everybody"},"target":{"kind":"device","name":"300003"}}"""] = 4,
        };
        var first = default(Guid);
        foreach (var (rule, pairs) in rules)
        {
            var made = (await rig.PostAsync("/api/access/rules", rule)).ShouldBeFine();
            made.Of("pairs").ShouldBe($"{pairs}", rule);
            made.TryGetProperty("last_used", out _).ShouldBeFalse();
            if (first == default) first = made.GetProperty("guid").GetGuid();
        }

        var at = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        await using (var db = rig.Db())
        {
            db.Introductions.AddRange(
                new Introduction { Reference = "a", Reason = "rule", RuleGuid = first, AtUtc = at.AddDays(-1) },
                new Introduction { Reference = "b", Reason = "rule", RuleGuid = first, AtUtc = at },
                new Introduction { Reference = "c", Reason = "owner", AtUtc = at });
            await db.SaveChangesAsync();
        }

        var seconds = new DateTimeOffset(at).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        (await rig.AllAsync("/api/access/rules"))[0].Of("last_used").ShouldBe(seconds);
        await SetAsync(rig, new AccessSettings());
        (await SourcesAsync()).ShouldBe($"4 6 2 open:6; owner 3 {seconds}, open 24 ");
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own, AdminsReachAll = true });
        (await SourcesAsync()).ShouldBe(
            $"4 6 2 open:2; administrator 6 , owner 3 {seconds}, same_group 3 , unassigned 8 ");
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own, UnassignedAdminsOnly = true, SameGroup = false });
        (await SourcesAsync()).ShouldBe($"4 6 2 open:0; owner 3 {seconds}, unassigned 2 ");
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Rules });
        (await SourcesAsync()).ShouldBe("4 6 2 open:0; ");

        async Task<string> SourcesAsync()
        {
            var told = (await rig.GetAsync("/api/access/sources")).ShouldBeFine();
            var sources = told.GetProperty("sources").EnumerateArray().Select(s =>
                $"{s.Of("source")} {s.Of("pairs")} {(s.TryGetProperty("last_used", out var last) ? last.ToString() : "")}");
            return $"{told.Of("people")} {told.Of("devices")} {told.Of("unassigned")} open:{told.Of("open_to_anybody")}; "
                + string.Join(", ", sources);
        }
    }

    [Fact]
    public async Task A_dry_run_is_paged_counts_callers_without_an_account_and_moves_devices()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("eve", group: await rig.UserGroupAsync("Other"));
        await rig.DevicesAsync(3, ann);
        await rig.DeviceGroupAsync("Tills");
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own });
        const string Open = """{"settings":{"default_policy":"open"}}""";
        var run = (await rig.PostAsync("/api/access/dry-run?pageSize=2", Open)).ShouldBeFine();
        (run.Of("gained"), run.GetProperty("gains").GetArrayLength(), run.Of("anybody_gains"), run.Of("anybody_loses"))
            .ShouldBe(("3", 2, "3", "0"));
        run = (await rig.PostAsync("/api/access/dry-run?pageSize=2&current=2", Open)).ShouldBeFine();
        run.GetProperty("gains").EnumerateArray().Single().Of("device").ShouldBe("100002");
        (await rig.PostAsync("/api/access/rules",
            """{"subject":{"kind":"user","name":"eve"},"target":{"kind":"device_group","name":"tills"}}""")).ShouldBeFine();
        run = (await rig.PostAsync("/api/access/dry-run",
            """{"devices":[{"device":"100000","owner":"eve"},{"device":"100001","add_group":"Tills"},{"device":"100002","owner":""}]}""")).ShouldBeFine();
        // eve gains her own, that of the group, and what is nobody's; ann and root lose the one that is eve's.
        (run.Of("gained"), run.Of("lost"), run.Of("anybody_gains")).ShouldBe(("3", "2", "1"));
        foreach (var wrong in new[]
        {
            """{"devices":[null]}""", """{"devices":[{"device":"7"}]}""", """{"devices":[{"device":"100000","owner":"x"}]}""",
            """{"devices":[{"device":"100000","add_group":"x"}]}""", """{"devices":[{"device":"100000","remove_group":""}]}""",
        })
        {
            (await rig.PostAsync("/api/access/dry-run", wrong)).ShouldBeProblem(400, "invalid");
        }
    }

    [Fact]
    public async Task The_ladder_has_every_question_in_the_order_of_the_server()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("eve");
        await rig.DevicesAsync(1, ann);
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own, BlockedAddresses = ["192.0.2.0/24"] });
        (await RungsAsync("user=ann")).ShouldBe(
            "unknown passed passed passed passed not_used decides not_reached not_reached not_reached not_reached not_reached");
        (await RungsAsync("user=eve&address=198.51.100.1")).ShouldBe(
            "passed passed passed passed passed not_used no decides not_reached not_reached not_reached not_reached");
        (await RungsAsync("user=eve&address=192.0.2.7")).ShouldStartWith("decides not_reached not_reached");
        (await rig.GetAsync("/api/access/explain?user=ann&device=100000&address=192.0.2.7")).ShouldBeFine()
            .Of("reason").ShouldBe("blocked_address");
        (await RungsAsync("")).ShouldBe(
            "unknown passed passed not_used passed not_used not_used not_used not_used no not_used decides");
        (await rig.GetAsync("/api/access/explain?device=100000&address=home")).ShouldBeProblem(400, "invalid");
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Rules });
        (await rig.PostAsync("/api/access/rules", """
            {"subject":{"kind":"user","name":"eve"},"target":{"kind":"all_devices"},
            "schedule":{"from_date":"2020-01-01","to_date":"2020-01-02"}}
            """)).ShouldBeFine();
        (await RungsAsync("user=eve")).ShouldBe(
            "unknown passed passed passed passed not_used not_used not_used closed not_used not_used decides");

        async Task<string> RungsAsync(string query)
        {
            var said = (await rig.GetAsync($"/api/access/explain?device=100000&{query}")).ShouldBeFine();
            return string.Join(' ', said.GetProperty("rungs").EnumerateArray().Select(r => r.Of("state")));
        }
    }

    [Fact]
    public async Task What_somebody_reaches_is_a_file_too()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.DevicesAsync(2, ann);
        await SetAsync(rig, new AccessSettings { DefaultPolicy = DefaultPolicy.Own });
        (await rig.GetAsync("/api/access/reach?user=ann&format=csv&pageSize=1")).Text.ShouldEndWith(
            "device,name,reason,rule,control_role\r\n100000,PC-100000,owner,,Default\r\n100001,PC-100001,owner,,Default\r\n");
        (await rig.GetAsync("/api/access/reach?device=100000&format=jsonl")).Text.ShouldStartWith("""{"user":"ann",""");
        (await rig.GetAsync("/api/access/reach?user=nobody&format=csv")).ShouldBeProblem(404, "not_found");
    }

    private static Task SetAsync(AdminRig rig, AccessSettings settings) =>
        rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(AccessSettings.Key, settings, default);
}
