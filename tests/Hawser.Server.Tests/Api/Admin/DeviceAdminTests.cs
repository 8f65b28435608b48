using System.Globalization;
using System.Text.Json;
using Hawser.Data.Access;
using Hawser.Data.AddressBooks;
using Hawser.Data.Strategies;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Devices (admin reference §4.4).</summary>
public class DeviceAdminTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(31)]
    [InlineData(101)]
    public async Task A7_2_counts_of_devices_match_on_every_page(int count)
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(count);
        foreach (var size in new[] { 30, 50, 100 })
        {
            (await rig.NamesAsync("/api/devices", "id", size)).Distinct().Count().ShouldBe(count);
        }
    }

    [Fact]
    public async Task A7_4_a_row_says_what_scripts_need_also_of_a_device_that_was_never_online()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.DevicesAsync(1, ann);
        await rig.Api.AddDeviceAsync("bare");
        var rows = await rig.AllAsync("/api/devices");
        foreach (var row in rows)
        {
            // Without zone: a Z at the end makes the script fail (§1.5).
            DateTime.TryParseExact(row.Of("last_online"), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.None, out _).ShouldBeTrue(row.Of("last_online"));
            row.Of("guid").Length.ShouldBe(36);
            row.GetProperty("created_at").ValueKind.ShouldBe(JsonValueKind.Number);
            row.GetProperty("info").ValueKind.ShouldBe(JsonValueKind.Object);
        }

        var device = rows.Single(r => r.Of("id") == "100000");
        device.Of("last_online").ShouldBe("2026-01-01T00:00:00");
        (device.Of("user_name"), device.Of("group_name"), device.Of("status"), device.Of("is_online"))
            .ShouldBe(("ann", "Default", "1", "False"));
        (device.GetProperty("info").Of("device_name"), device.GetProperty("info").Of("os")).ShouldBe(("PC-100000", "Windows / 11"));
    }

    [Fact]
    public async Task A7_3_filters_mean_what_scripts_mean()
    {
        await using var rig = await AdminRig.StartAsync();
        var shops = await rig.UserGroupAsync("device_group1");
        var ann = await rig.UserAsync("ann", group: shops);
        await rig.DevicesAsync(2, ann);
        await rig.DevicesAsync(2, from: 200_000);
        async Task<string> FindAsync(string query) => string.Join(' ', await rig.NamesAsync("/api/devices?" + query, "id"));
        (await FindAsync("user_name=-")).ShouldBe("200000 200001");
        (await FindAsync("user_name=%25an%25")).ShouldBe("100000 100001");
        (await FindAsync("group_name=device_group1")).ShouldBe("100000 100001");
        (await FindAsync("group_name=%25device_group%25")).ShouldBe("100000 100001");
        (await FindAsync("group_name=%25deviceXgroup%25")).ShouldBe("");
        (await FindAsync("id=100000")).ShouldBe("100000");
        (await FindAsync("id=10000")).ShouldBe("", "without % it is compared as a whole");
        (await FindAsync("id=%25000")).ShouldBe("100000 200000");
        (await FindAsync("device_name=PC-2%25")).ShouldBe("200000 200001");
        (await FindAsync("device_username=pos&id=%251")).ShouldBe("100001 200001");
        (await FindAsync("q=pc-10")).ShouldBe("100000 100001");
        (await FindAsync("q=ANN&sort=-id")).ShouldBe("100001 100000");
        (await FindAsync("q=%25")).ShouldBe("", "a sign like others where people search");
        (await FindAsync("status=0")).ShouldBe("");
    }

    [Fact]
    public async Task Enabling_and_disabling_have_no_body_and_may_be_repeated()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        foreach (var (word, status) in new[] { ("disable", "0"), ("disable", "0"), ("enable", "1"), ("enable", "1") })
        {
            (await rig.PostAsync($"/api/devices/{device.Guid}/{word}")).ShouldBeDone();
            (await rig.AllAsync("/api/devices")).Single().Of("status").ShouldBe(status);
        }

        (await rig.PostAsync($"/api/devices/{Guid.NewGuid()}/enable")).ShouldBeRefused("no such");
        (await rig.PostAsync("/api/devices/x/enable")).ShouldBeRefused("no such");
        (await rig.LogAsync()).ShouldBe([(9, "100000"), (8, "100000")]);
        // A device that never sent its sysinfo too.
        var bare = await rig.Api.AddDeviceAsync("bare");
        (await rig.PostAsync($"/api/devices/{bare.Guid}/disable")).ShouldBeDone();
        (await rig.NamesAsync("/api/devices?status=0", "id")).ShouldBe(["bare"]);
    }

    [Fact]
    public async Task Everything_that_can_be_assigned_is_and_an_empty_value_takes_it_away()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("ann");
        await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync("/api/strategies", """{"name":"Strict"}""")).ShouldBeFine();
        (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops","note":null}""")).ShouldBeFine();
        var device = (await rig.DevicesAsync(1))[0];
        Task<Answer> AssignAsync(string type, string value) => rig.PostAsync(
            $"/api/devices/{device.Guid}/assign", $$"""{"type":"{{type}}","value":{{ApiClient.Quote(value)}}}""");
        async Task<JsonElement> RowAsync() => (await rig.AllAsync("/api/devices")).Single();
        var cases = new (string Type, string Value, Func<JsonElement, string> Read, string Without)[]
        {
            ("user_name", "ANN", r => r.Of("user_name").ToUpperInvariant(), ""),
            ("strategy_name", "Strict", r => r.Of("strategy_name"), ""),
            ("device_group_name", "Tills", r => r.Of("device_group_name"), ""),
            ("note", "at the door", r => r.Of("note"), ""),
            ("device_username", "cashier", r => r.GetProperty("info").Of("username"), "pos"),
            ("device_name", "Till 1", r => r.GetProperty("info").Of("device_name"), "PC-100000"),
        };
        foreach (var (type, value, read, without) in cases)
        {
            (await AssignAsync(type, value)).ShouldBeDone();
            read(await RowAsync()).ShouldBe(value);
            (await AssignAsync(type, "")).ShouldBeDone();
            read(await RowAsync()).ShouldBe(without);
            if (type.EndsWith("_name", StringComparison.Ordinal) && type != "device_name")
            {
                (await AssignAsync(type, "nowhere")).ShouldBeRefused("nowhere");
            }
        }

        (await AssignAsync("ab", "Shops,west,Front desk,s3cret,by the door, left")).ShouldBeDone();
        (await AssignAsync("ab", "Shops,east")).ShouldBeDone();
        (await AssignAsync("ab", "Nowhere")).ShouldBeRefused("Nowhere");
        (await AssignAsync("ab", "")).ShouldBeRefused("Which");
        (await AssignAsync("colour", "red")).ShouldBeRefused("type");
        (await rig.PostAsync($"/api/devices/{Guid.NewGuid()}/assign", """{"type":"note","value":"x"}""")).ShouldBeRefused("no such");
        await using var db = rig.Db();
        var entry = await db.AddressBookEntries.SingleAsync();
        (entry.Id, entry.Alias, entry.Note).ShouldBe(("100000", "Front desk", "by the door, left"));
        TagList.Read(entry.Tags).ShouldBe(["west", "east"]);
        (await db.ConsoleAudits.Select(a => a.Info).ToListAsync()).ShouldAllBe(i => !i.Contains("s3cret"));
    }

    [Fact]
    public async Task A_device_that_is_offline_or_disabled_is_deleted_with_all_that_names_it()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(2);
        await rig.PostAsync("/api/strategies", """{"name":"Strict"}""");
        await rig.PostAsync($"/api/devices/{devices[0].Guid}/assign", """{"type":"strategy_name","value":"Strict"}""");
        await using (var db = rig.Db())
        {
            db.AccessRules.Add(new AccessRule
            {
                SubjectKind = AccessSubject.Everybody, TargetKind = AccessTarget.Device, TargetGuid = devices[0].Guid, Enabled = true,
            });
            await db.SaveChangesAsync();
        }

        (await rig.DeleteAsync($"/api/devices/{devices[0].Guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/devices/{devices[0].Guid}")).ShouldBeRefused("no such");
        (await rig.NamesAsync("/api/devices", "id")).ShouldBe(["100001"]);
        await using (var db = rig.Db())
        {
            (await db.AccessRules.CountAsync()).ShouldBe(0);
            (await db.Set<StrategyAssignment>().CountAsync()).ShouldBe(0);
        }

        // One that is there must be disabled first (§6.9).
        await rig.Api.PostAsync("/api/heartbeat", $"{{{devices[1].Members},\"ver\":1004009}}");
        (await rig.AllAsync("/api/devices")).Single().Of("is_online").ShouldBe("True");
        (await rig.DeleteAsync($"/api/devices/{devices[1].Guid}")).ShouldBeRefused("online");
        (await rig.PostAsync($"/api/devices/{devices[1].Guid}/disable")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/devices/{devices[1].Guid}")).ShouldBeDone();
        (await rig.AllAsync("/api/devices")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_ID_server_forgets_a_device_that_was_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        var registry = rig.Server.Rendezvous.Registry;
        registry.WriteKey(device.Id, new KnownKey(default, default, default, default, false), null);
        registry.TryReadKey(device.Id, out _).ShouldBeTrue();
        (await rig.DeleteAsync($"/api/devices/{device.Guid}")).ShouldBeDone();
        await Eventually.HoldsAsync(() => !registry.TryReadKey(device.Id, out _), "forgotten", 60);
    }

    [Fact]
    public async Task Relays_are_listed_with_their_state()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Rendezvous.RelayServers.Add("relay.example.com"));
        var relay = (await rig.GetAsync("/api/relays")).ShouldBeFine().EnumerateArray().Single(r => r.Of("address") == "relay.example.com");
        new[] { "healthy", "down" }.ShouldContain(relay.Of("state"));
    }

    [Fact]
    public async Task Users_see_what_they_may_reach_and_change_nothing()
    {
        await using var rig = await AdminRig.StartAsync();
        var other = await rig.UserGroupAsync("Other");
        var ann = await rig.UserAsync("ann");
        var eve = await rig.UserAsync("eve", group: other);
        var hers = (await rig.DevicesAsync(1, ann))[0];
        await rig.DevicesAsync(1, eve, from: 200_000);
        var token = await rig.Api.TokenAsync(ann);
        (await rig.AllAsync("/api/devices", token: token)).Single().Of("id").ShouldBe("100000");
        foreach (var word in new[] { "enable", "disable", "assign" })
        {
            (await rig.PostAsync($"/api/devices/{hers.Guid}/{word}", "{}", token)).Status.ShouldBe(403);
        }

        (await rig.DeleteAsync($"/api/devices/{hers.Guid}", token: token)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task As_CSV_all_devices_that_match_come_as_a_file()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(120))[0];
        await rig.PostAsync($"/api/devices/{device.Guid}/assign", """{"type":"note","value":"=1+1, \"quoted\"\nline"}""");
        var answer = await rig.GetAsync("/api/devices?format=csv&id=100%25");
        answer.Type!.ToString().ShouldBe("text/csv; charset=utf-8");
        answer.Text[0].ShouldBe('\uFEFF');
        var lines = answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(121, "a header, and every row whatever the page");
        lines[0].ShouldStartWith("\uFEFFguid,id,status");
        lines[1].ShouldContain("\"'=1+1, \"\"quoted\"\"\nline\"");
    }
}
