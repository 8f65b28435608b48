using Hawser.Data.Access;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>User groups and device groups (admin reference §4.2, §4.3).</summary>
public class GroupAdminTests
{
    [Fact]
    public async Task A_user_group_is_made_found_changed_and_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Help desk");
        await rig.DeviceGroupAsync("Tills");
        var made = await rig.PostAsync("/api/user-groups", """
            {"name":"Shops","note":"all","allowed_incomings":[{"type":0,"name":"Help desk"},{"type":2,"name":"root"}],
            "allowed_outgoings":[{"type":1,"name":"Tills"}]}
            """);
        var guid = made.ShouldBeFine().Of("guid");
        guid.Length.ShouldBe(36);
        (await rig.PostAsync("/api/user-groups", """{"name":"SHOPS"}""")).ShouldBeRefused("already");

        var row = (await rig.AllAsync("/api/user-groups?name=Shops", 50)).ShouldHaveSingleItem();
        row.Of("guid").ShouldBe(guid);
        row.Of("note").ShouldBe("all");
        row.Of("allowed_incomings").ShouldBe("""[{"type":0,"name":"Help desk"},{"type":2,"name":"root"}]""");
        row.Of("allowed_outgoings").ShouldBe("""[{"type":1,"name":"Tills"}]""");
        // The other side of the same relation (§6.1).
        (await rig.AllAsync("/api/device-groups?name=Tills")).Single().Of("allowed_incomings")
            .ShouldBe("""[{"type":0,"name":"Shops"}]""");

        // A7.5: what is left out stays, an empty list clears.
        (await rig.PatchAsync($"/api/user-groups/{guid}", """{"name":"Shops west"}""")).ShouldBeDone();
        (await rig.PatchAsync($"/api/user-groups/{guid}", """{"allowed_incomings":[]}""")).ShouldBeDone();
        row = (await rig.AllAsync("/api/user-groups?name=Shops west", 50)).ShouldHaveSingleItem();
        row.Of("note").ShouldBe("all");
        row.Of("allowed_incomings").ShouldBe("[]");
        row.Of("allowed_outgoings").ShouldBe("""[{"type":1,"name":"Tills"}]""");

        (await rig.PatchAsync($"/api/user-groups/{guid}", """{"allowed_outgoings":[{"type":1,"name":"Nowhere"}],"note":"x"}"""))
            .ShouldBeRefused("Nowhere");
        (await rig.AllAsync($"/api/user-groups?name=Shops west")).Single().Of("note").ShouldBe("all", "all or nothing");

        (await rig.DeleteAsync($"/api/user-groups/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/user-groups/{guid}")).ShouldBeRefused("no such");
        await using var db = rig.Db();
        (await db.AccessRules.CountAsync()).ShouldBe(0, "rules about nobody would only confuse");
    }

    [Fact]
    public async Task Users_move_into_a_group_and_home_when_it_goes()
    {
        await using var rig = await AdminRig.StartAsync();
        var group = await rig.UserGroupAsync("Shops");
        var ann = await rig.UserAsync("ann");
        var bob = await rig.UserAsync("bob");
        (await rig.PostAsync($"/api/user-groups/{group}", $"[\"{ann.Guid}\",\"{bob.Guid}\",\"{ann.Guid}\"]")).ShouldBeDone();
        (await rig.NamesAsync("/api/users?group_name=Shops")).ShouldBe(["ann", "bob"]);
        (await rig.AllAsync("/api/user-groups?name=Shops")).Single().Of("user_count").ShouldBe("2");
        (await rig.PostAsync($"/api/user-groups/{group}", $"[\"{rig.Root.Guid}\",\"{Guid.NewGuid()}\"]")).ShouldBeRefused("no user");
        (await rig.NamesAsync("/api/users?group_name=Shops")).ShouldBe(["ann", "bob"], "all or nothing");
        (await rig.PostAsync($"/api/user-groups/{group}", """["ann"]""")).ShouldBeRefused("guid");

        (await rig.DeleteAsync($"/api/user-groups/{group}")).ShouldBeDone();
        (await rig.NamesAsync("/api/users?group_name=Default")).ShouldBe(["ann", "bob", "root"]);
        var home = (await rig.AllAsync("/api/user-groups?name=Default")).Single().Of("guid");
        (await rig.DeleteAsync($"/api/user-groups/{home}")).ShouldBeRefused("default");
    }

    [Fact]
    public async Task Devices_join_a_device_group_by_id_and_leave_the_others()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(3);
        var tills = (await rig.PostAsync("/api/device-groups", """{"name":"Tills"}""")).ShouldBeFine().Of("guid");
        var desks = (await rig.PostAsync("/api/device-groups", """{"name":"Desks","note":"n"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync($"/api/device-groups/{tills}", """["100000","100001"]""")).ShouldBeDone();
        (await rig.PostAsync($"/api/device-groups/{tills}", """["100000"]""")).ShouldBeDone();
        (await rig.PostAsync($"/api/device-groups/{tills}", """["100002","999"]""")).ShouldBeRefused("999");
        (await rig.NamesAsync("/api/devices?device_group_name=Tills", "id", 50)).ShouldBe(["100000", "100001"]);
        (await rig.PostAsync($"/api/device-groups/{desks}", """["100001"]""")).ShouldBeDone();
        (await rig.NamesAsync("/api/devices?device_group_name=Tills", "id", 50)).ShouldBe(["100000"]);
        (await rig.NamesAsync("/api/devices?device_group_name=-", "id", 50)).ShouldBe(["100002"]);

        (await rig.DeleteAsync($"/api/device-groups/{desks}/devices", """["100001","nowhere"]""")).ShouldBeDone();
        (await rig.NamesAsync("/api/devices?device_group_name=Desks", "id", 50)).ShouldBeEmpty();
        (await rig.AllAsync("/api/device-groups")).Select(r => $"{r.Of("name")} {r.Of("device_count")}")
            .ShouldBe(["Desks 0", "Tills 1"]);

        (await rig.PatchAsync($"/api/device-groups/{tills}",
            """{"name":"Tills 2","allowed_incomings":[{"type":2,"name":"root"}]}""")).ShouldBeDone();
        (await rig.PatchAsync($"/api/device-groups/{tills}", """{"allowed_incomings":[{"type":1,"name":"Desks"}]}"""))
            .ShouldBeRefused("type");
        var row = (await rig.AllAsync("/api/device-groups?name=Tills 2")).Single();
        row.Of("allowed_incomings").ShouldBe("""[{"type":2,"name":"root"}]""");
        (await rig.DeleteAsync($"/api/device-groups/{tills}")).ShouldBeDone();
        (await rig.NamesAsync("/api/devices?device_group_name=-", "id", 50)).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(50)]
    [InlineData(51)]
    [InlineData(101)]
    public async Task A7_2_counts_of_groups_match_on_every_page(int count)
    {
        await using var rig = await AdminRig.StartAsync();
        await using (var db = rig.Db())
        {
            for (var i = 0; i < count; i++)
            {
                db.UserGroups.Add(new() { Name = $"u{i:D3}", NormalizedName = $"U{i:D3}" });
                db.DeviceGroups.Add(new() { Name = $"d{i:D3}", NormalizedName = $"D{i:D3}" });
            }

            await db.SaveChangesAsync();
        }

        foreach (var size in new[] { 30, 50, 100 })
        {
            (await rig.NamesAsync("/api/device-groups", size: size)).ShouldBe([.. Enumerable.Range(0, count).Select(i => $"d{i:D3}")]);
            (await rig.NamesAsync("/api/user-groups", size: size)).Count.ShouldBe(count + 1, "and the default one");
        }
    }

    [Fact]
    public async Task A7_3_names_are_compared_as_scripts_ask()
    {
        await using var rig = await AdminRig.StartAsync();
        foreach (var name in new[] { "device_group1", "deviceXgroup1", "a, b", "Größe 大", "50%" })
        {
            (await rig.PostAsync("/api/device-groups", $$"""{"name":{{ApiClient.Quote(name)}}}""")).ShouldBeFine();
        }

        async Task<List<string>> FindAsync(string name) =>
            await rig.NamesAsync("/api/device-groups?name=" + Uri.EscapeDataString(name));
        (await FindAsync("device_group1")).ShouldBe(["device_group1"]);
        (await FindAsync("%device_group%")).ShouldBe(["device_group1"]);
        (await FindAsync("%group1")).Count.ShouldBe(2);
        (await FindAsync("device%")).Count.ShouldBe(2);
        (await FindAsync("a, b")).ShouldBe(["a, b"]);
        (await FindAsync("Größe 大")).ShouldBe(["Größe 大"]);
        (await FindAsync("-")).ShouldBeEmpty();
        (await rig.PostAsync("/api/device-groups", """{"name":"-"}""")).ShouldBeRefused("-");
        (await rig.PostAsync("/api/device-groups", """{"name":""}""")).ShouldBeRefused("name");
        (await rig.PostAsync("/api/device-groups", """{}""")).ShouldBeRefused("name");
    }

    [Fact]
    public async Task Of_many_who_make_the_same_at_once_one_does_and_nobody_breaks_the_server()
    {
        await using var rig = await AdminRig.StartAsync();
        foreach (var path in new[] { "/api/user-groups", "/api/device-groups", "/api/strategies", "/api/control-roles", "/api/ab/shared/add" })
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.PostAsync(path, """{"name":"same"}""")));
            answers.ShouldAllBe(a => a.Status < 500, path);
            answers.Count(a => a.Status == 200 && a.Error is null).ShouldBe(1, path);
        }

        var ann = await rig.UserAsync("ann");
        var gone = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => rig.DeleteAsync($"/api/users/{ann.Guid}")));
        gone.ShouldAllBe(a => a.Status < 500);
        (await rig.NamesAsync("/api/users")).ShouldBe(["root"]);
    }

    [Fact]
    public async Task Edits_of_a_relation_leave_rules_with_hours_alone()
    {
        await using var rig = await AdminRig.StartAsync();
        var shops = await rig.UserGroupAsync("Shops");
        await using (var db = rig.Db())
        {
            db.AccessRules.Add(new AccessRule
            {
                Name = "by hand", SubjectKind = AccessSubject.User, SubjectGuid = rig.Root.Guid,
                TargetKind = AccessTarget.UserGroup, TargetGuid = shops, Enabled = true,
            });
            await db.SaveChangesAsync();
        }

        (await rig.PatchAsync($"/api/user-groups/{shops}", """{"allowed_incomings":[]}""")).ShouldBeDone();
        await using var after = rig.Db();
        (await after.AccessRules.SingleAsync()).Name.ShouldBe("by hand");
    }

    [Fact]
    public async Task Device_groups_are_put_in_order_and_what_deleting_a_group_opens_is_told_before()
    {
        await using var rig = await AdminRig.StartAsync();
        var groups = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in new[] { "A", "B", "C" }) groups[name] = (await rig.DeviceGroupAsync(name)).ToString();
        (await rig.PostAsync($"/api/device-groups/{groups["C"]}/move", $$"""{"before":"{{groups["A"]}}"}""")).ShouldBeDone();
        (await rig.NamesAsync("/api/device-groups?sort=rank")).ShouldBe(["C", "A", "B"]);
        (await rig.PostAsync($"/api/device-groups/{groups["A"]}/move", "{}")).ShouldBeDone();
        (await rig.NamesAsync("/api/device-groups?sort=rank")).ShouldBe(["C", "B", "A"]);
        (await rig.PostAsync($"/api/device-groups/{groups["A"]}/move", $$"""{"before":"{{groups["A"]}}"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync($"/api/device-groups/{Guid.NewGuid()}/move", "{}")).ShouldBeProblem(404, "not_found");

        // Without its group the device belongs to nobody, so that everybody reaches it; the last is said of users, too.
        await rig.DevicesAsync(1);
        await rig.UserAsync("ann");
        var shops = (await rig.UserGroupAsync("Shops")).ToString();
        (await rig.PostAsync($"/api/device-groups/{groups["B"]}", """["100000"]""")).ShouldBeDone();
        (await rig.PatchAsync("/api/settings/access", """{"default_policy":"own"}""")).ShouldBeFine();
        var then = (await rig.PostAsync("/api/access/dry-run", $$"""{"without_group":"{{groups["B"]}}"}""")).ShouldBeFine();
        (then.Of("gained"), then.Of("lost"), then.GetProperty("gains")[0].Of("user")).ShouldBe(("2", "0", "ann"));
        (then.Of("unassigned"), then.Of("unassigned_devices")).ShouldBe(("1", "[\"100000\"]"));
        var without = (await rig.PostAsync("/api/access/dry-run", $$"""{"without_group":"{{shops}}"}""")).ShouldBeFine();
        (without.Of("gained"), without.Of("unassigned")).ShouldBe(("0", "0"));
        (await rig.PostAsync("/api/access/dry-run", $$"""{"without_group":"{{Guid.NewGuid()}}"}""")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/device-groups")).ShouldBeFine().Of("total").ShouldBe("3", "nothing was done");
    }

    [Fact]
    public async Task What_was_done_is_in_the_log_with_the_numbers_of_the_field()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(1);
        var ann = await rig.UserAsync("ann");
        var users = (await rig.PostAsync("/api/user-groups", """{"name":"U"}""")).ShouldBeFine().Of("guid");
        var devices = (await rig.PostAsync("/api/device-groups", """{"name":"D"}""")).ShouldBeFine().Of("guid");
        await rig.PatchAsync($"/api/user-groups/{users}", """{"note":"n"}""");
        await rig.PostAsync($"/api/user-groups/{users}", $"[\"{ann.Guid}\"]");
        await rig.PostAsync($"/api/device-groups/{devices}", """["100000"]""");
        await rig.DeleteAsync($"/api/user-groups/{users}");
        await rig.DeleteAsync($"/api/device-groups/{devices}");
        (await rig.LogAsync()).ShouldBe(
            [(1, "U"), (1, "D"), (10, "U"), (11, "ann"), (12, "100000"), (4, "U"), (4, "D")], ignoreOrder: true);
    }
}
