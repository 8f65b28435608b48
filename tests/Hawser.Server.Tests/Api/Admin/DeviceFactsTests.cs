using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What the list of devices says beyond their rows, asks by, and puts into files.</summary>
public class DeviceFactsTests
{
    private static readonly DateTime Day = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task The_strategy_in_effect_is_said_and_asked_for_wherever_it_comes_from()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var (own, hers) = ((await rig.DevicesAsync(1))[0], await rig.DevicesAsync(2, ann, from: 200_000));
        var grouped = await rig.DevicesAsync(2, from: 300_000);
        await rig.DevicesAsync(1, from: 400_000);
        var first = await rig.DeviceGroupAsync("First");
        var second = await rig.DeviceGroupAsync("Second");
        await using (var db = rig.Db())
        {
            (await db.DeviceGroups.SingleAsync(g => g.Guid == second)).Rank = 1;
            foreach (var device in grouped.Append(hers[1]).Append(own))
            {
                db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device.Guid, GroupGuid = second, AddedAt = Day });
            }

            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = grouped[0].Guid, GroupGuid = first, AddedAt = Day });
            await db.SaveChangesAsync();
        }

        foreach (var (name, body) in new (string, string)[]
        {
            ("Own", $$"""{"peers":["{{own.Guid}}"]}"""), ("Hers", $$"""{"users":["{{ann.Guid}}"]}"""),
            ("A", $$"""{"groups":["{{first}}"]}"""), ("B", $$"""{"groups":["{{second}}"]}"""),
        })
        {
            var made = (await rig.PostAsync("/api/strategies", $$"""{"name":"{{name}}"}""")).ShouldBeFine().Of("guid");
            (await rig.PostAsync("/api/strategies/assign", body.Insert(1, $"\"strategy\":\"{made}\","))).ShouldBeDone();
        }

        async Task<string> SaidAsync(string query = "") => string.Join(' ', (await rig.AllAsync("/api/devices" + query))
            .Select(r => $"{r.Of("id")}:{r.Of("effective_strategy")}/{r.Of("decided_by")}{r.Of("disabled_strategy")}"));
        (await SaidAsync()).ShouldBe(
            "100000:Own/device 200000:Hers/user 200001:Hers/user 300000:A/device_group 300001:B/device_group 400000:/");
        (await SaidAsync("?effective_strategy=Hers")).ShouldBe("200000:Hers/user 200001:Hers/user");
        (await SaidAsync("?effective_strategy=%25e%25&id=2%25")).ShouldBe("200000:Hers/user 200001:Hers/user");
        (await SaidAsync("?effective_strategy=-")).ShouldBe("400000:/");
        (await SaidAsync("?effective_strategy=x'--")).ShouldBe("");
        var counted = (await rig.GetAsync("/api/devices/facets")).ShouldBeFine().GetProperty("effective_strategies");
        string.Join(' ', counted.EnumerateArray().Select(c => $"{c.Of("value")}{c.Of("count")}")).ShouldBe("Hers2 A1 B1 Own1");

        // A disabled one that decides is in effect nowhere, and nothing further down is used.
        var strategy = (await rig.GetAsync("/api/strategies")).Json.EnumerateArray().Single(s => s.Of("name") == "Hers").Of("guid");
        (await rig.PutAsync($"/api/strategies/{strategy}/status", "false")).ShouldBeDone();
        (await SaidAsync("?id=2%25")).ShouldBe("200000:/userHers 200001:/userHers");
        (await SaidAsync("?effective_strategy=-")).ShouldBe("200000:/userHers 200001:/userHers 400000:/");
        // Who only uses his devices is not told what administrators decided, and does not find it out by asking.
        var token = await rig.Api.TokenAsync(ann);
        (await rig.AllAsync("/api/devices", token: token)).ShouldAllBe(r => r.Of("decided_by") == "" && r.Of("disabled_strategy") == "");
        (await rig.AllAsync("/api/devices?effective_strategy=-", token: token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Groups_books_sessions_and_what_is_odd_are_said_to_who_may_know()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(2, ann))[0];
        var (b, a) = (await rig.DeviceGroupAsync("B"), await rig.DeviceGroupAsync("A"));
        await using (var db = rig.Db())
        {
            foreach (var group in new[] { a, b })
            {
                db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device.Guid, GroupGuid = group, AddedAt = Day });
            }

            var hers = new AddressBook { OwnerGuid = ann.Guid, IsPersonal = true, CreatedAt = Day, UpdatedAt = Day };
            var secret = new AddressBook { OwnerGuid = ann.Guid, Name = "Hidden", NormalizedName = "HIDDEN", CreatedAt = Day, UpdatedAt = Day };
            var mine = new AddressBook { OwnerGuid = rig.Root.Guid, Name = "Shops", NormalizedName = "SHOPS", CreatedAt = Day, UpdatedAt = Day };
            db.AddressBooks.AddRange(hers, secret, mine);
            db.AddressBookEntries.AddRange(new[] { hers, secret, mine }.Select(x => new AddressBookEntry
            {
                BookGuid = x.Guid, Id = device.Id, CreatedAt = Day, UpdatedAt = Day,
            }));
            db.AddressBookEntries.Add(new AddressBookEntry { BookGuid = mine.Guid, Id = "100001", CreatedAt = Day, UpdatedAt = Day, DeletedAt = Day });
            db.ConnectionAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = 1, CreatedAt = Day });
            db.ConnectionAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = 2, CreatedAt = Day, EndedAt = Day });
            db.RetiredIds.Add(new RetiredId("999", [1], device.Guid, Day));
            db.DeviceClaims.Add(new DeviceClaim
            {
                Guid = Guid.NewGuid(), DeviceId = device.Id, Uuid = [9], PublicKey = new byte[32], State = ClaimState.Refused,
                FirstSeenAt = Day, LastSeenAt = Day,
            });
            await db.SaveChangesAsync();
        }

        string Said(JsonElement row) => $"{Names(row, "device_groups")}|{string.Join(',', row.GetProperty("books").EnumerateArray().Select(x => x.Of("name")))}|"
            + $"{row.Of("sessions")}|{Names(row, "identity_notes")}|{row.Of("former_id")}|{row.Of("host_name")}";
        var rows = await rig.AllAsync("/api/devices");
        rows.ConvertAll(Said).ShouldBe(["A,B|Shops|1|conflict,renamed|999|PC-100000", "||0|||PC-100001"], "books of others are theirs");
        (await rig.NamesAsync("/api/devices?in_session=1", "id")).ShouldBe(["100000"]);
        (await rig.NamesAsync("/api/devices?in_session=0", "id")).ShouldBe(["100001"]);
        (await rig.NamesAsync("/api/devices?in_session=x", "id")).ShouldBeEmpty();
        (await rig.NamesAsync("/api/devices?host_name=PC-100001", "id")).ShouldBe(["100001"]);
        (await rig.NamesAsync($"/api/devices?guids={device.Guid},nonsense", "id")).ShouldBe(["100000"]);
        (await rig.NamesAsync("/api/devices?guids=nonsense", "id")).ShouldBeEmpty();
        var token = await rig.Api.TokenAsync(ann);
        Said((await rig.AllAsync("/api/devices?id=100000", token: token)).Single()).ShouldBe("A,B|,Hidden|1|||PC-100000");
        (await rig.GetAsync($"/api/devices/{device.Guid}")).Json.GetProperty("device").Of("sessions").ShouldBe("1");
    }

    private static string Names(JsonElement row, string key) =>
        string.Join(',', row.GetProperty(key).EnumerateArray().Select(n => n.GetString()));

    [Fact]
    public async Task A_file_has_the_columns_that_were_asked_for_behind_what_it_is_about_and_is_written_down()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(1203);
        var text = (await rig.GetAsync("/api/devices?format=csv&columns=host_name,os,host_name,nonsense,id")).Text;
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("\uFEFFguid,id,host_name,os");
        lines.Length.ShouldBe(1204);
        lines[^1].ShouldEndWith(",101202,PC-101202,Windows / 11");
        var json = (await rig.GetAsync("/api/devices?format=jsonl&columns=note&id=100000")).Text.Trim();
        JsonDocument.Parse(json).RootElement.EnumerateObject().Select(p => p.Name).ShouldBe(["guid", "id", "note"]);
        (await rig.GetAsync("/api/users?format=csv&columns=email")).Text.ShouldStartWith("\uFEFFguid,name,email\r\n");
        (await rig.GetAsync("/api/audits/conn?format=csv&columns=ip,remote")).Text.ShouldBe("\uFEFFguid,ip,remote\r\n");
        (await rig.LogAsync()).ShouldBe([(151, "devices"), (151, "devices"), (151, "users"), (150, "connections")]);
    }

    [Fact]
    public async Task Sessions_of_many_devices_are_ended_by_who_may_end_sessions()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var devices = await rig.DevicesAsync(3, ann);
        await using (var db = rig.Db())
        {
            foreach (var (device, conn, ended) in new (int, int, DateTime?)[] { (0, 1, null), (0, 2, null), (0, 3, Day), (1, 4, null) })
            {
                db.ConnectionAudits.Add(new()
                {
                    DeviceGuid = devices[device].Guid, DeviceId = devices[device].Id, ConnId = conn, CreatedAt = Day, EndedAt = ended,
                });
            }

            await db.SaveChangesAsync();
        }

        var all = string.Join(',', devices.Select(d => $"\"{d.Guid}\""));
        var job = await rig.EndedAsync(await rig.PostAsync(
            "/api/devices/bulk", $$"""{"action":"disconnect","guids":[{{all}}],"reason":"maintenance"}"""));
        (job.Of("done"), job.Of("failed")).ShouldBe(("3", "0"), job.ToString());
        await using (var db = rig.Db())
        {
            (await db.PendingCommands.Where(c => c.Kind == PendingCommandKind.Disconnect).Select(c => c.ConnId).ToListAsync())
                .Order().ShouldBe([1, 2, 4]);
            (await db.ConsoleAudits.Select(c => c.Info).ToListAsync()).ShouldContain(i => i.Contains("reason=maintenance"));
            // Each device that somebody was on has a row of its own; the job's number is on all of them.
            var rows = await db.ConsoleAudits.Where(c => c.Operation == (int)ConsoleOperation.Disconnect).ToListAsync();
            rows.ConvertAll(r => r.Info).ShouldBe(
            [
                $$"""{"targets":["{{devices[0].Id}}"],"conn_id":"1 2","reason":"maintenance","job":"{{job.Of("guid")}}"}""",
                $$"""{"targets":["{{devices[1].Id}}"],"conn_id":"4","reason":"maintenance","job":"{{job.Of("guid")}}"}""",
            ], ignoreOrder: true);
            rows.ShouldAllBe(r => r.Operator == "root" && r.Area == (int)ConsoleArea.Device);
        }

        // Seeing devices is not enough.
        await using (var db = rig.Db())
        {
            var role = new AdminRole { Name = "Desk", NormalizedName = "DESK", Kind = AdminRoleKind.Global, Rights = "devices.view devices.enable", CreatedAt = Day };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = ann.Guid });
            await db.SaveChangesAsync();
        }

        var token = await rig.Api.TokenAsync(ann);
        (await rig.PostAsync("/api/devices/bulk", $$"""{"action":"disconnect","guids":[{{all}}]}""", token)).Status.ShouldBe(403);
    }
}
