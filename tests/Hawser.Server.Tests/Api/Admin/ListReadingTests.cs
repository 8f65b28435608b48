using System.Text.Json;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What lists say of how they were read, what they count, and the files of what they show.</summary>
public class ListReadingTests
{
    private static readonly DateTime Day = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Who_waits_after_wrong_passwords_is_locked_in_the_list_until_the_wait_is_over()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        var ann = await rig.UserAsync("ann", email: "Ann@example.com");
        await rig.UserAsync("bob");
        var gone = await rig.UserAsync("gone");
        (await rig.NamesAsync("/api/users?state=locked")).ShouldBeEmpty();
        for (var i = 0; i < 6; i++)
        {
            await rig.Api.LoginAsync("ANN@example.com", "guess");
            await rig.Api.LoginAsync("gone", "guess");
        }

        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.Guid == gone.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled));
        }

        (await rig.NamesAsync("/api/users?state=locked")).ShouldBe(["ann"], "whoever is disabled is that");
        (await rig.NamesAsync("/api/users?state=active")).ShouldBe(["bob", "root"]);
        (await rig.GetAsync($"/api/users/{ann.Guid}")).ShouldBeFine().Of("state").ShouldBe("locked");
        Values((await rig.GetAsync("/api/users/facets")).ShouldBeFine(), "states").ShouldBe(["active 2", "disabled 1", "locked 1"]);
        var guids = """{"action":"group","value":"Default","query":"state=locked","expected":1}""";
        (await rig.EndedAsync(await rig.PostAsync("/api/users/bulk", guids))).Of("total").ShouldBe("1");
        time.Advance(TimeSpan.FromMinutes(16));
        (await rig.NamesAsync("/api/users?state=locked")).ShouldBeEmpty();
        (await rig.NamesAsync("/api/users?state=active")).ShouldBe(["ann", "bob", "root"]);
    }

    [Fact]
    public async Task Users_are_counted_for_each_chip_as_far_as_the_reader_sees_them()
    {
        await using var rig = await AdminRig.StartAsync();
        var shops = await rig.UserGroupAsync("Shops");
        var ann = await rig.UserAsync("ann", group: shops);
        var eve = await rig.UserAsync("eve", group: shops);
        await rig.UserAsync("bob", admin: true);
        await rig.DevicesAsync(2, ann);
        await using (var db = rig.Db())
        {
            var role = new AdminRole { Name = "Desk", NormalizedName = "DESK", Kind = AdminRoleKind.Group, Rights = "users.view", CreatedAt = Day };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = eve.Guid });
            db.AdminRoleUserGroups.Add(new() { RoleGuid = role.Guid, GroupGuid = shops });
            await db.Users.Where(u => u.Guid == ann.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.DisplayName, "Ann 安"));
            await db.SaveChangesAsync();
        }

        var all = (await rig.GetAsync("/api/users/facets")).ShouldBeFine();
        (all.Of("total"), all.Of("administrators"), all.Of("owners")).ShouldBe(("4", "2", "1"));
        Values(all, "user_groups").ShouldBe(["Default 2", "Shops 2"]);
        Values(all, "factors").ShouldBe(["none 4"]);
        Values(all, "sources").ShouldBe([" 4"]);
        Values(all, "control_roles").ShouldBe([" 4"]);
        Values(all, "admin_roles").ShouldBe(["Desk 1"]);
        (await rig.GetAsync("/api/users/facets?group_name=Shops&has_devices=1")).ShouldBeFine().Of("total").ShouldBe("1");
        (await rig.NamesAsync("/api/users?display_name=%25安%25")).ShouldBe(["ann"]);

        var token = await rig.Api.TokenAsync(eve);
        var seen = (await rig.GetAsync("/api/users/facets", token)).ShouldBeFine();
        (seen.Of("total"), Values(seen, "user_groups")[0], Values(seen, "admin_roles").Count).ShouldBe(("2", "Shops 2", 0));
        (await rig.GetAsync("/api/users/facets", await rig.Api.TokenAsync(ann))).Status.ShouldBe(403);
        var file = (await rig.GetAsync("/api/users?format=csv&columns=is_admin,admin_roles")).Text;
        file.ShouldContain(",eve,0,Desk");
    }

    [Theory]
    [InlineData("users", "disable")]
    [InlineData("devices", "disable")]
    public async Task Work_on_all_that_match_leaves_out_what_came_after_the_list_was_read(string list, string action)
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await AddAsync(1);
        var read = (await rig.GetAsync($"/api/{list}?pageSize=1")).ShouldBeFine();
        time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(2);
        var (total, asOf) = (read.Of("total"), read.Of("as_of"));

        foreach (var wrong in (string[])["-1", "\"now\"", "999999999999999999"])
        {
            (await rig.PostAsync($"/api/{list}/bulk", $$"""{"action":"{{action}}","query":"","as_of":{{wrong}}}""")).ShouldBeProblem(400, "invalid");
        }

        var job = await rig.EndedAsync(await rig.PostAsync(
            $"/api/{list}/bulk", $$"""{"action":"{{action}}","query":"","expected":{{total}},"as_of":{{asOf}}}"""));
        job.Of("total").ShouldBe(total);
        (await rig.PostAsync($"/api/{list}/bulk", $$"""{"action":"{{action}}","query":"","expected":{{total}}}"""))
            .ShouldBeProblem(409, "count_changed");
        await using var db = rig.Db();
        var disabled = list == "users" ? await db.Users.CountAsync(u => u.Status == UserStatus.Disabled)
            : await db.DeviceDetails.CountAsync(d => !d.Enabled);
        disabled.ShouldBe(1, "nobody disables himself");

        async Task AddAsync(int number)
        {
            var now = time.GetUtcNow().UtcDateTime;
            if (list == "users")
            {
                var user = await rig.UserAsync($"u{number}");
                await using var store = rig.Db();
                await store.Users.Where(u => u.Guid == user.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.CreatedAt, now));
                return;
            }

            var device = (await rig.DevicesAsync(1, null, number * 100_000))[0];
            await using var devices = rig.Db();
            await devices.Devices.Where(d => d.Guid == device.Guid).ExecuteUpdateAsync(s => s.SetProperty(d => d.CreatedAt, now));
        }
    }

    [Fact]
    public async Task Groups_are_searched_and_taken_as_files()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PostAsync("/api/user-groups", """{"name":"Help desk","note":"=SUM(1)"}""")).ShouldBeFine();
        (await rig.PostAsync("/api/device-groups",
            """{"name":"Tills 收银","note":"front","allowed_incomings":[{"type":0,"name":"Help desk"}]}""")).ShouldBeFine();
        (await rig.NamesAsync("/api/user-groups?q=HELP")).ShouldBe(["Help desk"]);
        (await rig.NamesAsync("/api/device-groups?q=FRONT")).ShouldBe(["Tills 收银"]);
        (await rig.NamesAsync("/api/device-groups?q=%25")).ShouldBeEmpty("it is looked for as it is");
        var file = (await rig.GetAsync("/api/user-groups?format=csv&q=help")).Text;
        file.ShouldStartWith("\uFEFFguid,name,note,user_count,allowed_outgoings,allowed_incomings,created_at,is_default");
        file.ShouldContain(",Help desk,'=SUM(1),0,device group Tills 收银,");
        var lines = (await rig.GetAsync("/api/device-groups?format=jsonl&columns=allowed_incomings,rank")).Text.Trim().Split('\n');
        lines.Single().ShouldContain("user group Help desk");
        lines.Single().ShouldNotContain("created_at");
        (await rig.LogAsync()).Where(l => l.Targets is "user-groups" or "device-groups").Count().ShouldBe(2);
    }

    [Fact]
    public async Task Rules_are_searched_narrowed_and_taken_as_a_file()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync("/api/access/rules",
            """{"name":"Shops","note":"until May","subject":{"kind":"user","name":"ann"},"target":{"kind":"device_group","name":"Tills"}}""")).ShouldBeFine();
        (await rig.PostAsync("/api/access/rules",
            """{"name":"All","enabled":false,"subject":{"kind":"everybody"},"target":{"kind":"all_devices"}}""")).ShouldBeFine();
        foreach (var (query, expected) in ((string, string)[])
        [
            ("q=ANN", "Shops"), ("q=till", "Shops"), ("q=may", "Shops"), ("q=nothing", ""), ("enabled=0", "All"), ("enabled=1", "Shops"),
            ("enabled=x", ""), ("subject=everybody", "All"), ("subject=user", "Shops"), ("subject=%00", ""), ("target=device_group", "Shops"),
            ("target=own_devices", ""), ("used=1", ""), ("used=0", "Shops All"), ("sort=name", "All Shops"), ("sort=-name", "Shops All"),
            ("sort=last_used", "Shops All"), ("sort=enabled", "All Shops"), ("sort=x", "Shops All"), ("q=%25", ""),
        ])
        {
            string.Join(' ', await rig.NamesAsync("/api/access/rules?" + query)).ShouldBe(expected, query);
        }

        await using (var db = rig.Db())
        {
            var rule = await db.AccessRules.SingleAsync(r => r.Name == "Shops");
            db.Introductions.Add(new Introduction { AtUtc = Day, RuleGuid = rule.Guid, DeviceId = "1", Reference = "r", UserGuid = ann.Guid });
            await db.SaveChangesAsync();
        }

        (await rig.NamesAsync("/api/access/rules?used=1")).ShouldBe(["Shops"]);
        var file = (await rig.GetAsync("/api/access/rules?format=csv&sort=-last_used&q=shops")).Text.Trim().Split('\n');
        file.Length.ShouldBe(2);
        file[1].ShouldContain(",Shops,1,user,ann,device_group,Tills,0,");
        (await rig.GetAsync("/api/access/rules?format=jsonl")).Text.ShouldContain("\"until May\"");
    }

    private static List<string> Values(JsonElement reply, string name) =>
        [.. reply.GetProperty(name).EnumerateArray().Select(v => $"{v.Of("value")} {v.Of("count")}")];
}
