using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>A filter that comes more than once asks for any of its values.</summary>
public sealed class ManyValuesTests
{
    [Fact]
    public async Task Devices_have_one_of_some_values_in_lists_counts_files_and_jobs()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(5);
        string[] systems = ["Windows / 11", "Linux / Debian 13", "macOS / 15", "Android / 16", "Linux / Mint"];
        foreach (var name in (string[])["Tills", "Tills, old"]) await rig.DeviceGroupAsync(name);
        await using (var db = rig.Db())
        {
            for (var i = 0; i < devices.Count; i++)
            {
                var (guid, os, refused) = (devices[i].Guid, systems[i], i == 0 ? DateTime.UtcNow : (DateTime?)null);
                await db.DeviceDetails.Where(d => d.DeviceGuid == guid).ExecuteUpdateAsync(
                    s => s.SetProperty(d => d.Os, os).SetProperty(d => d.SysinfoRefusedAt, refused).SetProperty(d => d.SysinfoAt, DateTime.UtcNow));
            }
        }

        (await rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["Tills"]}""")).ShouldBeFine();
        (await rig.PatchAsync($"/api/devices/{devices[1].Guid}", """{"device_groups":["Tills, old"]}""")).ShouldBeFine();
        foreach (var (name, device, enabled) in new[] { ("Quiet", 2, 1), ("Loud", 3, 1), ("Off", 4, 0) })
        {
            var made = (await rig.PostAsync("/api/strategies", $$$"""{"name":"{{{name}}}","config_options":{}}""")).ShouldBeFine();
            (await rig.PatchAsync($"/api/devices/{devices[device].Guid}", $$"""{"strategy_name":"{{name}}"}""")).ShouldBeFine();
            if (enabled == 0) (await rig.PutAsync($"/api/strategies/{made.Of("guid")}/status", "false")).Status.ShouldBe(200);
        }

        foreach (var (query, ids) in new[]
        {
            ("os=Linux%25&os=Android%25", "1,3,4"), ("os=Linux%25&os=Linux%25&os=", "1,4"), ("os=nothing&os=macOS+/+15", "2"),
            ("device_group_name=Tills,+old", "1"), ("device_group_name=Tills&device_group_name=Tills,+old", "0,1"),
            ("device_group_name=-&device_group_name=Tills", "0,2,3,4"), ("strategy_name=Quiet&strategy_name=Loud", "2,3"),
            ("effective_strategy=Quiet&effective_strategy=Loud", "2,3"), ("effective_strategy=-", "0,1,4"),
            ("effective_strategy=-&effective_strategy=Loud", "0,1,3,4"), ("needs=sysinfo&needs=conflict", "0"),
            ("needs=sysinfo&needs=nonsense", "0"), ("needs=nonsense", ""), ("os=a%00&os=b", ""),
            ("os=Linux%25&os=Android%25&device_group_name=-", "3,4"),
        })
        {
            var found = await rig.NamesAsync($"/api/devices?sort=id&{query}", "id");
            string.Join(',', found.Select(id => devices.FindIndex(d => d.Id == id))).ShouldBe(ids, query);
            (await rig.GetAsync($"/api/devices/facets?{query}")).ShouldBeFine().Of("total").ShouldBe($"{found.Count}", query);
            (await rig.GetAsync($"/api/devices?format=csv&columns=name&{query}")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(found.Count + 1, query);
        }

        var many = string.Join('&', Enumerable.Range(0, 21).Select(i => i == 0 ? "os=Linux%25" : $"os={i}"));
        (await rig.NamesAsync($"/api/devices?{many}", "id")).ShouldBeEmpty("so many are not read, and nothing is done to all by mistake");
        var job = await rig.EndedAsync(await rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":"os=Linux%25&os=macOS%25","expected":3}"""));
        job.Of("total").ShouldBe("3");
        (await rig.NamesAsync("/api/devices?status=1&sort=id", "id")).ShouldBe([devices[0].Id, devices[3].Id]);
    }

    [Fact]
    public async Task Users_have_one_of_some_values_and_what_cannot_be_read_adds_nobody()
    {
        await using var rig = await AdminRig.StartAsync();
        var shops = await rig.UserGroupAsync("Shops");
        var (ann, bob, eve) = (await rig.UserAsync("ann", group: shops), await rig.UserAsync("bob"), await rig.UserAsync("eve"));
        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.Guid == bob.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled));
            await db.Users.Where(u => u.Guid == eve.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Unverified)
                .SetProperty(u => u.TotpEnabled, true));
            var role = new AdminRole { Name = "Desk", NormalizedName = "DESK", Kind = AdminRoleKind.Group, Rights = "users.view", CreatedAt = DateTime.UtcNow };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = ann.Guid });
            await db.SaveChangesAsync();
        }

        foreach (var (query, names) in new[]
        {
            ("state=invited&state=disabled", "bob,eve"), ("state=invited&state=active", "ann,eve,root"), ("state=locked&state=x", ""),
            ("tfa=enabled&tfa=expired", "eve"), ("tfa=none&tfa=enabled", "ann,bob,eve,root"), ("group_name=Shops&group_name=Default", "ann,bob,eve,root"),
            ("admin_role=-&admin_role=Desk", "ann,bob,eve"), ("admin_role=Desk&admin_role=nobody's", "ann"), ("name=ann&name=r%25", "ann,root"),
            ("state=invited&state=disabled&group_name=Default&group_name=Shops&tfa=none", "bob"),
        })
        {
            string.Join(',', await rig.NamesAsync($"/api/users?sort=name&{query}")).ShouldBe(names, query);
        }

        (await rig.EndedAsync(await rig.PostAsync("/api/users/bulk", """{"action":"enable","query":"state=disabled&state=x","expected":1}""")))
            .Of("total").ShouldBe("1");
    }

    [Fact]
    public async Task Logs_are_of_one_of_some_kinds()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        await using (var db = rig.Db())
        {
            for (var kind = 0; kind < 4; kind++)
            {
                db.ConnectionAudits.Add(new ConnectionAudit
                {
                    DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = kind, Type = kind == 3 ? null : kind, PrimaryAuth = kind,
                    PeerId = $"9{kind}", CreatedAt = DateTime.UtcNow,
                });
                db.AlarmAudits.Add(new AlarmAudit
                {
                    DeviceGuid = device.Guid, DeviceId = $"{kind}", Type = kind, State = (AlarmState)(kind % 3), Info = "{}", CreatedAt = DateTime.UtcNow,
                });
            }

            await db.SaveChangesAsync();
        }

        (await FoundAsync("conn?conn_type=0&conn_type=2", "local")).ShouldBe(["90", "92"]);
        (await FoundAsync("conn?conn_type=x&conn_type=2", "local")).ShouldBe(["92"]);
        (await FoundAsync("conn?conn_type=0&conn_type=1&primary_auth=1&primary_auth=3", "local")).ShouldBe(["91"]);
        (await FoundAsync("conn?primary_auth=1&primary_auth=3", "local")).ShouldBe(["91", "93"]);
        (await FoundAsync("alarm?typ=0&typ=3", "typ")).ShouldBe(["0", "3"]);
        (await FoundAsync("alarm?state=seen&state=resolved", "typ")).ShouldBe(["1", "2"]);
        (await rig.GetAsync("/api/alarms/groups?state=seen&state=new")).ShouldBeFine().Of("total").ShouldBe("3");

        async Task<List<string>> FoundAsync(string query, string key) =>
            [.. (await rig.AllAsync($"/api/audits/{query}")).Select(r => r.Of(key)).Order(StringComparer.Ordinal)];
    }
}
