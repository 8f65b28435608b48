using System.Text.Json;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Postgres;

/// <summary>What lists of users and devices are asked, on PostgreSQL: each filter and order, the bin, a merge.</summary>
public sealed class ListQueryTests(PostgresFixture fixture)
{
    private static readonly DateTime Day = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task Users_are_narrowed_sorted_deleted_and_had_back()
    {
        await using var server = await StartAsync("lists_users");
        using var api = new ApiClient(server);
        var root = await api.AddUserAsync("root", admin: true);
        var token = await api.TokenAsync(root);
        await PeopleAsync(api);
        foreach (var (asked, count) in new (string, int)[]
        {
            ("", 6), ("state=active", 3), ("state=locked", 1), ("state=invited", 1), ("state=disabled", 1), ("state=x", 0),
            ("tfa=none", 3), ("tfa=enforced", 1), ("tfa=expired", 1), ("tfa=enabled", 1), ("last_login=-", 4),
            ("last_login=%3E30d", 4), ("last_login=%3C1d", 1), ("admin_role=Clerks", 1), ("admin_role=-", 4), ("is_admin=1", 1),
            ("has_devices=1", 1), ("has_devices=0", 5), ("group_name=Shops", 2), ("control_role=Viewers", 1),
            ("third_auth_type=ldap", 1), ("email=%25example%25", 2), ("q=SHOP", 2), ("status=0", 1),
        })
        {
            (await TotalAsync(api, $"/api/users?{asked}&pageSize=100", token)).ShouldBe(count, asked);
        }

        foreach (var sort in new[]
        {
            "name", "created_at", "last_login", "group_name", "status", "email", "display_name", "control_role", "third_auth_type", "device_count",
        })
        {
            foreach (var way in new[] { sort, "-" + sort }) (await TotalAsync(api, $"/api/users?sort={way}&q=a", token)).ShouldBeGreaterThan(0, way);
        }

        (await api.GetAsync("/api/users?format=csv&state=active", token)).Text.Split('\n').Length.ShouldBeGreaterThan(3);
        await BinAsync(api, token);
    }

    [Fact]
    public async Task Devices_are_narrowed_sorted_counted_and_merged()
    {
        await using var server = await StartAsync("lists_devices");
        using var api = new ApiClient(server);
        var root = await api.AddUserAsync("root", admin: true);
        var token = await api.TokenAsync(root);
        List<TestDevice> devices = [];
        foreach (var id in new[] { "100000001", "100000002", "100000003", "100000004" }) devices.Add(await api.AddDeviceAsync(id, root));
        await using (var db = api.OpenDb())
        {
            foreach (var (i, row) in (await db.DeviceDetails.OrderBy(d => d.DeviceGuid).ToListAsync()).Index())
            {
                (row.Version, row.SysinfoAt, row.Os) = (i == 0 ? "1.3.9" : "1.4.10", Day, "Windows / 11");
            }

            await db.SaveChangesAsync();
        }

        await api.PostAsync("/api/heartbeat", $$"""{{{devices[3].Members}},"ver":1004009,"modified_at":0}""");
        foreach (var (asked, count) in new (string, int)[]
        {
            ("older=1.4.9", 1), ("needs=outdated", 1), ("needs=sysinfo", 0), ("needs=any", 1), ("needs=api", 0), ("needs=conflict", 0),
            ("online=1", 1), ("online=0", 3), ("sort=state", 4), ("sort=-state", 4), ("seen=%3E30d", 0), ("os=Windows%25", 4),
            ("effective_strategy=-", 4), ("effective_strategy=Own", 0), ("in_session=1", 0), ("in_session=0", 4), ("host_name=-", 4),
            ($"guids={devices[0].Guid},{devices[1].Guid}", 2), ("ip=%251%25", 0), ("cpu=-&memory=-", 4),
        })
        {
            (await TotalAsync(api, $"/api/devices?{asked}", token)).ShouldBe(count, asked);
        }

        var first = (await api.GetAsync("/api/devices?sort=state&pageSize=1", token)).Json.GetProperty("data")[0];
        first.GetProperty("id").GetString().ShouldBe(devices[3].Id);
        var facets = (await api.GetAsync("/api/devices/facets?needs=outdated", token)).Json;
        (facets.GetProperty("total").GetInt32(), facets.GetProperty("versions")[0].GetProperty("value").GetString()).ShouldBe((1, "1.3.9"));
        var (stays, goes) = (devices[1], devices[0]);
        (await api.GetAsync($"/api/devices/{stays.Guid}/merge?other={goes.Guid}", token)).Status.ShouldBe(200);
        (await api.PostAsync($"/api/devices/{stays.Guid}/merge", $$"""{"other":"{{goes.Guid}}"}""", token)).ToString().ShouldBe("200 ");
        (await TotalAsync(api, "/api/devices", token)).ShouldBe(3);
    }

    private async Task<TestHawser> StartAsync(string name)
    {
        var cluster = await fixture.ClusterAsync();
        return await TestHawser.StartAsync(o => o.Database = $"{cluster.Administrator};Database={name};Maximum Pool Size=10");
    }

    private static async Task BinAsync(ApiClient api, string token)
    {
        Guid shop;
        await using (var db = api.OpenDb())
        {
            shop = await db.Users.Where(u => u.Name == "shop1").Select(u => u.Guid).SingleAsync();
            db.AddressBooks.Add(new AddressBook { OwnerGuid = shop, Name = "Shops", NormalizedName = "SHOPS" });
            await db.SaveChangesAsync();
        }

        (await api.SendAsync(HttpMethod.Delete, $"/api/users/{shop}", null, token)).ToString().ShouldBe("200 ");
        (await TotalAsync(api, "/api/users/deleted?q=shop&sort=-name", token)).ShouldBe(1);
        await using (var db = api.OpenDb())
        {
            // Somebody else's book has the name now.
            db.AddressBooks.Add(new AddressBook { OwnerGuid = await db.Users.Where(u => u.Name == "root").Select(u => u.Guid).SingleAsync(), Name = "Shops", NormalizedName = "SHOPS" });
            await db.SaveChangesAsync();
        }

        var job = await EndedAsync(api, await api.PostAsync("/api/users/deleted/restore", $$"""{"guids":["{{shop}}"]}""", token), token);
        job.GetProperty("failed").GetInt32().ShouldBe(0, job.ToString());
        (await TotalAsync(api, "/api/users?has_devices=1", token)).ShouldBe(1, "with his devices");
        await using (var db = api.OpenDb()) (await db.AddressBooks.Select(b => b.Name).ToListAsync()).ShouldBe(["Shops", "Shops (2)"], ignoreOrder: true);
        (await api.SendAsync(HttpMethod.Delete, $"/api/users/{shop}", null, token)).ToString().ShouldBe("200 ");
        await EndedAsync(api, await api.PostAsync("/api/users/deleted/purge", $$"""{"guids":["{{shop}}"]}""", token), token);
        await using (var db = api.OpenDb()) (await db.AddressBooks.IgnoreQueryFilters().CountAsync()).ShouldBe(1);
    }

    private static async Task<JsonElement> EndedAsync(ApiClient api, Answer started, string token)
    {
        started.Status.ShouldBe(202, started.Text);
        var path = $"/api/jobs/{started.Member("guid")}";
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90))
        {
            var job = (await api.GetAsync(path, token)).Json;
            if (job.TryGetProperty("ended_at", out _)) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }

        throw new TimeoutException("never: the job ended");
    }

    private static async Task<int> TotalAsync(ApiClient api, string path, string token)
    {
        var answer = await api.GetAsync(path, token);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json.GetProperty("total").GetInt32();
    }

    private static async Task PeopleAsync(ApiClient api)
    {
        var now = api.Server.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = api.OpenDb())
        {
            var usual = (await db.UserGroups.FirstAsync(g => g.IsDefault)).Guid;
            var shops = new UserGroup { Name = "Shops", NormalizedName = "SHOPS", CreatedAt = Day };
            var viewers = new ControlRole { Name = "Viewers", NormalizedName = "VIEWERS", Enabled = true, CreatedAt = Day, UpdatedAt = Day };
            db.UserGroups.Add(shops);
            db.ControlRoles.Add(viewers);
            User Add(string name, Guid group, Action<User> change)
            {
                var user = new User
                {
                    Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Normal, SecurityStamp = "s",
                    ConcurrencyStamp = "c", UserGroupGuid = group, CreatedAt = Day,
                };
                change(user);
                user.NormalizedEmail = user.Email.ToUpperInvariant();
                db.Users.Add(user);
                return user;
            }

            var clerk = Add("shop1", shops.Guid, u => (u.Email, u.LastLoginAt, u.ControlRoleGuid) = ("one@example.com", now, viewers.Guid));
            Add("shop2", shops.Guid, u => (u.Email, u.TotpEnforced) = ("two@example.com", true));
            Add("locked", usual, u => (u.LockoutEnd, u.TotpEnabled, u.TotpSince) = (now.AddDays(1), true, now));
            Add("invited", usual, u => (u.Status, u.Origin) = (UserStatus.Unverified, "ldap"));
            Add("disabled", usual, u => (u.Status, u.LastLoginAt, u.TotpEnabled, u.TotpSince) = (UserStatus.Disabled, Day, true, Day.AddYears(-5)));
            var role = new AdminRole { Name = "Clerks", NormalizedName = "CLERKS", Rights = "devices.view" };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new AdminRoleHolder { RoleGuid = role.Guid, UserGuid = clerk.Guid });
            await db.SaveChangesAsync();
        }

        await using var after = api.OpenDb();
        await api.AddDeviceAsync("200000001", await after.Users.SingleAsync(u => u.Name == "shop1"));
    }
}
