using System.Diagnostics;
using System.Text.Json;
using Hawser.Api.Access;
using Hawser.Api.Groups;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.Groups;
using Hawser.Server.Tests.Api.AddressBooks;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Groups;

public class GroupTabTests
{
    private const string Groups = "/api/device-group/accessible?current=1&pageSize=100";
    private const string Users = "/api/users?current=1&pageSize=100&accessible=&status=1";
    private const string Peers = "/api/peers?current=1&pageSize=100&accessible=&status=1";

    [Fact]
    public async Task C62_only_permitted_groups_are_listed()
    {
        await using var world = await World.MakeAsync();
        Names(await world.Ann.GetAsync(Groups)).ShouldBe(["Tills"]);
        Names(await world.Eve.GetAsync(Groups)).ShouldBe(["Servers"], "a rule opens it, though it is empty of what she has");
        Names(await world.Admin.GetAsync(Groups)).ShouldBe(["Empty", "Servers", "Tills"]);
    }

    [Fact]
    public async Task C63_users_are_those_whose_devices_may_be_reached_and_the_caller()
    {
        await using var world = await World.MakeAsync();
        var mine = await world.Ann.GetAsync(Users);
        Names(mine).ShouldBe(["ann", "bob"]);
        mine.Text.ShouldNotContain("bob@example.com");
        mine.Json.GetProperty("data")[0].Text("email").ShouldBe("ann@example.com");
        Names(await world.Eve.GetAsync(Users)).ShouldBe(["carl", "eve"]);
        Names(await world.Admin.GetAsync(Users)).ShouldBe(["ann", "bob", "carl", "eve", "root"]);
        foreach (var user in mine.Json.GetProperty("data").EnumerateArray())
        {
            user.GetProperty("status").GetInt32().ShouldBe(1);
            user.GetProperty("info").ValueKind.ShouldBe(JsonValueKind.Object);
            user.TryGetProperty("guid", out _).ShouldBe(user.Text("name") == "ann");
        }
    }

    [Fact]
    public async Task Devices_are_shown_by_owner_group_and_rule_and_no_others()
    {
        await using var world = await World.MakeAsync();
        Ids(await world.Ann.GetAsync(Peers)).ShouldBe(["100", "200"], "her own and those of her group");
        Ids(await world.Eve.GetAsync(Peers)).ShouldBe(["300", "400"], "a device and a device group are opened to her");
        Ids(await world.Admin.GetAsync(Peers)).ShouldBe(["100", "200", "300", "301", "400", "600"]);
        var first = (await world.Ann.GetAsync(Peers)).Json.GetProperty("data")[0];
        (first.Text("user_name"), first.Text("device_group_name"), first.GetProperty("info").Text("device_name"),
            first.GetProperty("info").Text("os"), first.GetProperty("info").Text("username"))
            .ShouldBe(("ann", "Tills", "TILL", "Windows / 11", "pos"));
        first.TryGetProperty("guid", out _).ShouldBeFalse();
        await world.Rig.SetAsync(GroupSettings.Key, new GroupSettings { UnassignedForEverybody = true });
        Ids(await world.Ann.GetAsync(Peers)).ShouldBe(["100", "200", "600"]);
    }

    [Fact]
    public async Task The_policy_of_access_decides_what_is_shown_without_a_rule()
    {
        await using var world = await World.MakeAsync();
        Task Set(DefaultPolicy policy, bool sameGroup = true, bool adminsOnly = false) => world.Rig.SetAsync(
            AccessSettings.Key,
            new AccessSettings { DefaultPolicy = policy, SameGroup = sameGroup, UnassignedAdminsOnly = adminsOnly });
        await Set(DefaultPolicy.Own);
        Ids(await world.Ann.GetAsync(Peers)).ShouldBe(["100", "200", "600"]);
        await Set(DefaultPolicy.Own, sameGroup: false, adminsOnly: true);
        Ids(await world.Ann.GetAsync(Peers)).ShouldBe(["100"]);
        Names(await world.Ann.GetAsync(Users)).ShouldBe(["ann"]);
        await Set(DefaultPolicy.Rules);
        Ids(await world.Ann.GetAsync(Peers)).ShouldBeEmpty();
        Names(await world.Ann.GetAsync(Users)).ShouldBe(["ann"], "the caller is always there");
        Ids(await world.Eve.GetAsync(Peers)).ShouldBe(["300", "400"]);
        await world.RuleAsync(AccessSubject.Everybody, null, AccessTarget.OwnDevices, null);
        Ids(await world.Ann.GetAsync(Peers)).ShouldBe(["100"]);
    }

    [Fact]
    public async Task Rules_for_everybody_for_groups_and_for_all_devices_open_them_at_once_and_disabled_ones_do_not()
    {
        await using var world = await World.MakeAsync();
        var eve = world.Eve;
        await world.RuleAsync(AccessSubject.Everybody, null, AccessTarget.User, world.Ann.User.Guid);
        Ids(await eve.GetAsync(Peers)).ShouldBe(["100", "300", "400"]);
        Names(await eve.GetAsync(Users)).ShouldBe(["ann", "carl", "eve"]);
        await world.RuleAsync(AccessSubject.UserGroup, eve.User.UserGroupGuid, AccessTarget.UserGroup, world.Ann.User.UserGroupGuid);
        Ids(await eve.GetAsync(Peers)).ShouldBe(["100", "200", "300", "400"]);
        await world.RuleAsync(AccessSubject.User, eve.User.Guid, AccessTarget.AllDevices, null, enabled: false);
        Ids(await eve.GetAsync(Peers)).Length.ShouldBe(4);
        await world.RuleAsync(AccessSubject.User, eve.User.Guid, AccessTarget.AllDevices, null);
        Ids(await eve.GetAsync(Peers)).ShouldBe(["100", "200", "300", "301", "400", "600"]);
        Names(await eve.GetAsync(Groups)).Length.ShouldBe(3);
    }

    [Fact]
    public async Task C64_230_devices_come_in_three_pages_with_what_clients_show()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await FillAsync(rig, 230, ann.User);
        var ids = new List<string>();
        foreach (var (page, size) in new[] { (1, 100), (2, 100), (3, 30) })
        {
            var answer = await ann.GetAsync($"/api/peers?current={page}&pageSize=100&accessible=&status=1");
            answer.Json.GetProperty("total").GetInt32().ShouldBe(230);
            var data = answer.Json.GetProperty("data").EnumerateArray().ToArray();
            data.Length.ShouldBe(size);
            foreach (var peer in data)
            {
                foreach (var key in new[] { "device_name", "os", "username" }) peer.GetProperty("info").Text(key).ShouldNotBeEmpty();
                peer.Text("user_name").ShouldBe("ann");
                peer.GetProperty("status").ValueKind.ShouldBe(JsonValueKind.Number);
            }

            ids.AddRange(data.Select(p => p.Text("id")));
        }

        ids.Distinct().Count().ShouldBe(230);
    }

    [Fact]
    public async Task C65_when_switched_off_the_text_makes_clients_empty_their_lists()
    {
        await using var world = await World.MakeAsync();
        await world.Rig.SetAsync(GroupSettings.Key, new GroupSettings { Disabled = true });
        foreach (var path in new[] { Groups, Users, Peers })
        {
            var answer = await world.Ann.GetAsync(path);
            answer.ShouldBeRefused(403);
            answer.Error.ShouldBe("Retrieving accessible devices is disabled.");
        }

        (await world.Admin.GetAsync("/api/users?pageSize=50")).Status.ShouldBe(200, "scripts of administrators go on");
    }

    [Fact]
    public async Task Without_accessible_the_lists_are_for_administrators()
    {
        await using var world = await World.MakeAsync();
        foreach (var path in new[] { "/api/users?current=1&pageSize=30", "/api/peers?current=1&pageSize=30" })
        {
            var answer = await world.Ann.GetAsync(path);
            answer.ShouldBeRefused(403);
            answer.Error.ShouldNotBe("Admin required!");
        }

        var all = await world.Admin.GetAsync("/api/users?name=%25a%25&pageSize=50");
        all.Json.GetProperty("total").GetInt32().ShouldBeGreaterThanOrEqualTo(2);
        foreach (var user in all.Json.GetProperty("data").EnumerateArray())
        {
            Guid.TryParse(user.Text("guid"), out _).ShouldBeTrue();
            user.Text("group_name").ShouldNotBeEmpty();
        }

        (await world.Admin.GetAsync("/api/users?name=gone&pageSize=50")).Json.GetProperty("data")[0].GetProperty("status").GetInt32().ShouldBe(0);
        (await world.Admin.GetAsync("/api/users?group_name=Branch")).Json.GetProperty("total").GetInt32().ShouldBe(3);
        (await world.Admin.GetAsync("/api/users?name=_nn")).Json.GetProperty("total").GetInt32().ShouldBe(0);
        var token = world.Admin with { Token = await world.Rig.Api.ApiTokenAsync(world.Admin.User, "user:r") };
        (await token.GetAsync("/api/users?pageSize=30")).Status.ShouldBe(200);
        (await token.GetAsync(Peers)).ShouldBeRefused(403);
        (await world.Rig.Api.GetAsync(Peers)).ShouldBeRefused(401);
    }

    [Fact]
    public async Task Pages_read_one_after_the_other_hold_each_device_once_though_devices_come_and_go()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await FillAsync(rig, 300, ann.User);
        var read = new List<string>();
        for (var page = 1; page <= 3; page++)
        {
            var answer = await ann.GetAsync($"/api/peers?current={page}&pageSize=100&accessible=&status=1");
            read.AddRange(answer.Json.GetProperty("data").EnumerateArray().Select(p => p.Text("id")));
            // With skipping, one that goes would take one of the next page with it.
            await using var db = rig.Db();
            await db.Devices.Where(d => d.Id == $"1000000{page}0").ExecuteDeleteAsync();
            await rig.DeviceAsync($"10000000{page}x", ann.User);
        }

        read.Count.ShouldBe(300);
        read.Distinct().Count().ShouldBe(300);
        var alone = await ann.GetAsync("/api/peers?current=3&pageSize=100&accessible=&status=1&id=%2510000%25");
        alone.Json.GetProperty("total").GetInt32().ShouldBe(300);
    }

    [Fact]
    public async Task A_hundred_thousand_devices_are_paged_in_time_that_does_not_grow_with_the_page()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var admin = await rig.UserAsync("boss", admin: true);
        await FillAsync(rig, 100_000, null);
        await using (var db = rig.Db())
        {
            // A tenth hers, and a tenth of everything in a group that is opened to her.
            var group = new DeviceGroup { Name = "Tills", NormalizedName = "TILLS", CreatedAt = BookRig.Day };
            db.DeviceGroups.Add(group);
            db.AccessRules.Add(new AccessRule { SubjectKind = AccessSubject.User, SubjectGuid = ann.User.Guid, TargetKind = AccessTarget.DeviceGroup, TargetGuid = group.Guid, Enabled = true, CreatedAt = BookRig.Day, UpdatedAt = BookRig.Day });
            await db.SaveChangesAsync();
            var me = ann.User.Guid;
            var hers = db.Devices.Where(d => EF.Functions.Like(d.Id, "%3")).Select(d => d.Guid);
            await db.DeviceDetails.Where(x => hers.Contains(x.DeviceGuid)).ExecuteUpdateAsync(s => s.SetProperty(x => x.OwnerGuid, me));
            var members = await db.Devices.Where(d => EF.Functions.Like(d.Id, "%7")).Select(d => d.Guid).ToListAsync();
            db.DeviceGroupMembers.AddRange(members.Select(m => new DeviceGroupMember { DeviceGuid = m, GroupGuid = group.Guid, AddedAt = BookRig.Day }));
            await db.SaveChangesAsync();
        }

        foreach (var (who, total) in new[] { (ann, 20_000), (admin, 100_000) })
        {
            foreach (var page in new[] { 1, 2, 3, total / 100 })
            {
                var start = Stopwatch.GetTimestamp();
                var answer = await who.GetAsync($"/api/peers?current={page}&pageSize=100&accessible=&status=1");
                var took = Stopwatch.GetElapsedTime(start);
                answer.Json.GetProperty("total").GetInt32().ShouldBe(total);
                answer.Json.GetProperty("data").GetArrayLength().ShouldBe(100);
                TestContext.Current.TestOutputHelper?.WriteLine($"{who.User.Name} page {page}: {took.TotalMilliseconds:0} ms");
                took.TotalSeconds.ShouldBeLessThan(15, "generous: other tests run beside it");
            }
        }

        foreach (var (who, query, total) in new[] { (admin, "", 100_000), (admin, "?current=1", 100_000), (admin, "?device_group_name=Tills", 10_000), (ann, "", 20_000) })
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await who.GetAsync("/api/devices/facets" + query);
            var took = Stopwatch.GetElapsedTime(start);
            answer.Json.GetProperty("total").GetInt32().ShouldBe(total);
            TestContext.Current.TestOutputHelper?.WriteLine($"{who.User.Name} facets {query}: {took.TotalMilliseconds:0} ms");
        }

        Names(await ann.GetAsync(Groups)).ShouldBe(["Tills"]);
        Names(await ann.GetAsync(Users)).ShouldContain("ann");
    }

    private static string[] Names(Answer answer) => Each(answer, "name");

    private static string[] Ids(Answer answer) => Each(answer, "id");

    private static string[] Each(Answer answer, string key)
    {
        answer.Status.ShouldBe(200, answer.Text);
        var data = answer.Json.GetProperty("data");
        answer.Json.GetProperty("total").GetInt32().ShouldBe(data.GetArrayLength());
        return [.. data.EnumerateArray().Select(e => e.Text(key))];
    }

    // By the database itself; entity by entity it takes half a minute for 100,000.
    private static async Task FillAsync(BookRig rig, int count, User? owner)
    {
        await using var db = rig.Db();
        if (db is not SqliteHawserDb)
        {
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO devices (guid, id, uuid, public_key, created_at, listed)
                SELECT gen_random_uuid(), CAST(100000000 + i AS TEXT), '\x75', decode(repeat('00', 32), 'hex'), now(), false
                FROM generate_series(0, {count - 1}) AS i
                """);
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO device_details (device_guid, owner_guid, enabled, version, cpu, memory, os, hostname, username,
                    name_override, username_override, presets_hash, sysinfo_at)
                SELECT guid, {owner?.Guid}, true, '', '', '', 'Windows / 11', 'PC-' || id, 'pos', '', '', '', now() FROM devices
                """);
            return;
        }

        var who = owner?.Guid.ToByteArray(bigEndian: true);
        await db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count})
            INSERT INTO devices (guid, id, uuid, public_key, created_at, listed)
            SELECT randomblob(16), CAST(100000000 + i AS TEXT), x'75', zeroblob(32), '2026-01-01 00:00:00', 0 FROM n
            """);
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO device_details (device_guid, owner_guid, enabled, version, cpu, memory, os, hostname, username,
                name_override, username_override, presets_hash, sysinfo_at)
            SELECT guid, {who}, 1, '', '', '', 'Windows / 11', 'PC-' || id, 'pos', '', '', '', '2026-01-01 00:00:00'
            FROM devices
            """);
    }

    /// <summary>Two user groups, five users, some devices: each reachable in another way.</summary>
    private sealed class World : IAsyncDisposable
    {
        public required BookRig Rig { get; init; }

        public required Caller Ann { get; init; }

        public required Caller Eve { get; init; }

        public required Caller Admin { get; init; }

        public static async Task<World> MakeAsync()
        {
            var rig = await BookRig.StartAsync();
            var branch = await ReadingTests.GroupAsync(rig, "Branch");
            var other = await ReadingTests.GroupAsync(rig, "Other");
            var ann = await rig.UserAsync("ann", group: branch);
            var bob = await rig.UserAsync("bob", group: branch);
            var gone = await rig.UserAsync("gone", group: branch);
            var carl = await rig.UserAsync("carl");
            var eve = await rig.UserAsync("eve", group: other);
            var world = new World { Rig = rig, Ann = ann, Eve = eve, Admin = await rig.UserAsync("root", admin: true) };
            var first = await rig.DeviceAsync("100", ann.User, "TILL");
            await rig.DeviceAsync("200", bob.User);
            var third = await rig.DeviceAsync("300", carl.User);
            await rig.DeviceAsync("301", carl.User);
            var fourth = await rig.DeviceAsync("400", null);
            var off = await rig.DeviceAsync("500", ann.User);
            await rig.DeviceAsync("501", gone.User);
            await rig.DeviceAsync("600", null);
            await using var db = rig.Db();
            DeviceGroup Group(string name, int rank) => new() { Name = name, NormalizedName = name.ToUpperInvariant(), Rank = rank, CreatedAt = BookRig.Day };
            var (tills, servers, empty) = (Group("Tills", 1), Group("Servers", 2), Group("Empty", 0));
            db.DeviceGroups.AddRange(tills, servers, empty);
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = first.Guid, GroupGuid = tills.Guid, AddedAt = BookRig.Day });
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = fourth.Guid, GroupGuid = servers.Guid, AddedAt = BookRig.Day });
            await db.SaveChangesAsync();
            var (me, his) = (ann.User.Guid, gone.User.Guid);
            await db.Users.Where(u => u.Guid == me).ExecuteUpdateAsync(s => s.SetProperty(u => u.Email, "ann@example.com"));
            await db.Users.Where(u => u.Guid == bob.User.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.Email, "bob@example.com"));
            await db.Users.Where(u => u.Guid == his).ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled));
            await db.DeviceDetails.Where(x => x.DeviceGuid == off.Guid).ExecuteUpdateAsync(s => s.SetProperty(x => x.Enabled, false));
            await world.RuleAsync(AccessSubject.User, eve.User.Guid, AccessTarget.Device, third.Guid);
            await world.RuleAsync(AccessSubject.UserGroup, other, AccessTarget.DeviceGroup, servers.Guid);
            return world;
        }

        public async Task RuleAsync(AccessSubject subject, Guid? who, AccessTarget target, Guid? what, bool enabled = true)
        {
            await using var db = Rig.Db();
            db.AccessRules.Add(new AccessRule
            {
                SubjectKind = subject, SubjectGuid = who, TargetKind = target, TargetGuid = what, Enabled = enabled,
                CreatedAt = BookRig.Day, UpdatedAt = BookRig.Day,
            });
            await db.SaveChangesAsync();
        }

        public ValueTask DisposeAsync() => Rig.DisposeAsync();
    }
}
