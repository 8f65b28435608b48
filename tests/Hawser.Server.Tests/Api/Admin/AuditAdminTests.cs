using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Settings;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Logs by script (admin reference §4.7).</summary>
public class AuditAdminTests
{
    private static readonly DateTime Day = new(2026, 5, 4, 8, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task A_connection_that_goes_on_is_as_long_as_it_is_by_now()
    {
        await using var rig = await AdminRig.StartAsync();
        var now = DateTime.UtcNow;
        await using (var db = rig.Db())
        {
            db.ConnectionAudits.Add(new() { DeviceId = "1", ConnId = 1, Note = "long", CreatedAt = now.AddMinutes(-20) });
            db.ConnectionAudits.Add(new() { DeviceId = "2", ConnId = 2, Note = "short", CreatedAt = now.AddMinutes(-1) });
            await db.SaveChangesAsync();
        }

        var found = await rig.AllAsync("/api/audits/conn?open=1&longer=600", 10);
        found.ConvertAll(r => r.Of("note")).ShouldBe(["long"]);
    }

    [Fact]
    public async Task A7_7_connections_say_their_kind_and_leave_the_key_out_when_nobody_was_let_in()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        await using (var db = rig.Db())
        {
            db.ConnectionAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, Address = "203.0.113.9", CreatedAt = Day });
            for (var type = 0; type <= 4; type++)
            {
                db.ConnectionAudits.Add(new()
                {
                    DeviceGuid = device.Guid, DeviceId = device.Id, Type = type, PeerId = "482913377", PeerName = "Mara",
                    UserName = "mara", CreatedAt = Day.AddMinutes(type + 1), EndedAt = Day.AddHours(1), Note = "n", ConnId = type,
                });
            }

            await db.SaveChangesAsync();
        }

        var rows = await rig.AllAsync("/api/audits/conn", 10);
        rows.ConvertAll(r => r.TryGetProperty("conn_type", out var t) ? t.GetInt32() : -1).ShouldBe([4, 3, 2, 1, 0, -1]);
        var last = rows[^1];
        (last.GetProperty("created_at").GetInt64(), last.GetProperty("end_time").ValueKind).ShouldBe((1777881600, JsonValueKind.Null));
        var first = rows[0];
        (first.Of("remote"), first.Of("local"), first.Of("local_user"), first.Of("note"), first.GetProperty("end_time").GetInt64())
            .ShouldBe(("100000 - PC-100000", "482913377", "mara", "n", 1777885200));
        first.GetProperty("info").Of("name").ShouldBe("Mara");

        async Task<int> CountAsync(string query) => (await rig.AllAsync("/api/audits/conn?" + query, 10)).Count;
        (await CountAsync("conn_type=3")).ShouldBe(1);
        (await CountAsync("remote=%254829%25")).ShouldBe(5);
        (await CountAsync("remote=%25100000%25")).ShouldBe(6);
        (await CountAsync("remote=%25_829%25")).ShouldBe(0, "an underline is none of a pattern");
        (await CountAsync("remote=-")).ShouldBe(1);
        (await CountAsync("created_at=2026-05-04+08%3A03%3A00.000")).ShouldBe(3);
        (await CountAsync("open=1")).ShouldBe(1);
        (await rig.GetAsync("/api/audits/conn?created_at=yesterday")).ShouldBeRefused("created_at");
        var page = await rig.GetAsync("/api/audits/conn?pageSize=2&current=3");
        (page.Json.GetProperty("total").GetInt32(), page.Json.GetProperty("data").GetArrayLength()).ShouldBe((6, 2));
    }

    [Fact]
    public async Task Files_alarms_and_the_console_have_the_keys_that_scripts_read()
    {
        await using var rig = await AdminRig.StartAsync();
        var device = (await rig.DevicesAsync(1))[0];
        await using (var db = rig.Db())
        {
            db.FileAudits.Add(new()
            {
                DeviceGuid = device.Guid, DeviceId = device.Id, PeerId = "482913377", PeerName = "Mara", Direction = 1, Path = "C:\\x",
                IsFile = true, FileCount = 1, Files = """[["a.txt",17]]""", CreatedAt = Day,
            });
            db.AlarmAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, Type = 2, Info = """{"ip":"203.0.113.9"}""", CreatedAt = Day });
            db.AlarmAudits.Add(new() { Type = 3, Info = "damaged", UserGuid = rig.Root.Guid, CreatedAt = Day.AddHours(1) });
            await db.SaveChangesAsync();
        }

        await rig.PostAsync("/api/user-groups", """{"name":"Shops"}""");
        var file = (await rig.AllAsync("/api/audits/file?remote=%254829%25", 10)).Single();
        (file.Of("type"), file.Of("path"), file.Of("remote"), file.GetProperty("info").Of("files")).ShouldBe(("1", "C:\\x", "100000 - PC-100000", """[["a.txt",17]]"""));
        var alarm = (await rig.AllAsync("/api/audits/alarm?device=%25100000%25", 10)).Single();
        (alarm.Of("typ"), alarm.Of("device"), alarm.GetProperty("info").Of("ip")).ShouldBe(("2", "100000", "203.0.113.9"));
        (await rig.AllAsync("/api/audits/alarm", 10)).Select(a => a.Of("typ")).ShouldBe(["3", "2"]);
        (await rig.AllAsync("/api/audits/alarm?device=-", 10)).Single().Of("info").ShouldBe("{}");
        var done = (await rig.AllAsync("/api/audits/console?operator=%25roo%25", 10)).Single();
        (done.Of("operator"), done.Of("typ"), done.Of("iop"), done.Of("action")).ShouldBe(("root", "0", "1", "add_group"));
        done.GetProperty("info").Of("targets").ShouldBe("[\"Shops\"]");
        done.GetProperty("info").Of("token").Length.ShouldBe(36, "which script it was");
        (await rig.AllAsync("/api/audits/console?operator=%25nobody%25", 10)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_column_of_the_logs_can_be_asked_for()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(1))[0];
        Guid recorded;
        await using (var db = rig.Db())
        {
            var row = new ConnectionAudit
            {
                DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = 7, Type = 0, PeerId = "482913377", PeerName = "Mara",
                UserName = "ann", UserGuid = ann.Guid, PrimaryAuth = 3, TwoFactor = 1, Address = "203.0.113.9", Note = "the toner",
                CreatedAt = Day, EndedAt = Day.AddMinutes(10),
            };
            recorded = row.Guid;
            db.ConnectionAudits.Add(row);
            db.ConnectionAudits.Add(new() { DeviceId = "999", ConnId = 7, PeerId = "1", Address = "198.51.100.1", CreatedAt = Day.AddDays(1), EndedAt = Day.AddDays(1).AddSeconds(5) });
            db.FileAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = 7, PeerId = "482913377", Direction = 1, Path = "C:\\x", Address = "203.0.113.9", CreatedAt = Day.AddMinutes(1) });
            db.FileAudits.Add(new() { DeviceId = "999", Direction = 0, Path = "", CreatedAt = Day });
            db.FileAudits.Add(new() { DeviceId = "999", Direction = 0, Path = "Remote print", CreatedAt = Day });
            db.Recordings.Add(new()
            {
                RecordId = "rec-1", Owner = "account:x", DeviceGuid = device.Guid, DeviceId = device.Id, ConnectionGuid = recorded,
                CreatedAt = Day, UpdatedAt = Day, ActiveAt = Day,
            });
            await db.SaveChangesAsync();
        }

        var group = await rig.DeviceGroupAsync("Field work");
        await using (var db = rig.Db())
        {
            db.DeviceGroupMembers.Add(new() { DeviceGuid = device.Guid, GroupGuid = group, AddedAt = Day });
            await db.SaveChangesAsync();
        }

        foreach (var query in new[]
        {
            "device_group=field", "q=pc-1000", "q=toner", "q=ann", "device=PC-1000", "operator=ann", "primary_auth=3", "two_factor=1", "longer=600",
            "ip=203.0", "note=TONER", "guid=" + recorded, "until=2026-05-04+09%3A00%3A00",
        })
        {
            var found = await rig.AllAsync("/api/audits/conn?" + query, 10);
            found.ConvertAll(r => r.Of("note")).ShouldBe(["the toner"], query);
            (found[0].Of("recording"), found[0].Of("user_guid")).ShouldBe(("rec-1", ann.Guid.ToString()));
        }

        (await rig.AllAsync("/api/audits/conn?longer=601", 10)).ShouldBeEmpty();
        (await rig.AllAsync("/api/audits/conn?longer=99999999999", 10)).Count.ShouldBe(2, "what is no number narrows nothing");
        (await rig.AllAsync("/api/audits/conn?operator=-", 10)).Single().Of("device_id").ShouldBe("999");
        var hers = (await rig.GetAsync("/api/audits/conn", await rig.Api.TokenAsync(ann))).Json.GetProperty("data")[0];
        hers.TryGetProperty("recording", out _).ShouldBeFalse("it is not told of what one may not watch");

        var file = (await rig.AllAsync("/api/audits/file?q=pc-1000", 10)).Single();
        (file.Of("connection"), file.Of("local_user")).ShouldBe((recorded.ToString(), "ann"));
        async Task<int> FilesAsync(string query) => (await rig.AllAsync("/api/audits/file?" + query, 10)).Count;
        (await FilesAsync("what=clipboard"), await FilesAsync("what=print"), await FilesAsync("what=files")).ShouldBe((1, 1, 1));
        (await FilesAsync("type=1"), await FilesAsync("ip=203"), await FilesAsync("path=c%3A")).ShouldBe((1, 1, 1));
        (await FilesAsync("device_group=field"), await FilesAsync("device_group=office")).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_changed_setting_is_in_the_log_with_what_it_was_and_secrets_are_not()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PatchAsync("/api/settings/groups", """{"disabled":true}""")).ShouldBeFine();
        (await rig.PatchAsync("/api/settings/mail", """{"host":"mail.example","password":"quiet word"}""")).ShouldBeFine();
        var rows = await rig.AllAsync("/api/audits/console?iop=140", 10);
        rows.ShouldAllBe(r => !r.GetRawText().Contains("quiet word", StringComparison.Ordinal));
        var (mail, groups) = (rows[0].GetProperty("info"), rows[1].GetProperty("info"));
        mail.TryGetProperty("before", out _).ShouldBeFalse("a setting that holds passwords is named, and nothing more");
        (groups.Of("before"), groups.Of("after")).ShouldBe(("""{"disabled":false}""", """{"disabled":true}"""));
        (await rig.AllAsync("/api/audits/console?via=token", 10)).Count.ShouldBe(2);
        (await rig.AllAsync("/api/audits/console?via=person", 10)).ShouldBeEmpty();
        (await rig.AllAsync("/api/audits/console?q=%22groups%22", 10)).Count.ShouldBe(1);
        var check = (await rig.PostAsync("/api/audits/console/verify")).Json;
        (check.GetProperty("ok").GetBoolean(), check.GetProperty("rows").GetInt64() + check.GetProperty("waiting").GetInt64())
            .ShouldBe((true, 2));
    }

    [Fact]
    public async Task As_CSV_every_row_comes_however_many_there_are()
    {
        await using var rig = await AdminRig.StartAsync();
        await using (var db = rig.Db())
        {
            for (var i = 0; i < 1203; i++) db.ConnectionAudits.Add(new() { DeviceId = "1", PeerName = "@x", CreatedAt = Day.AddSeconds(i) });
            await db.SaveChangesAsync();
        }

        var answer = await rig.GetAsync("/api/audits/conn?format=csv&created_at=2026-05-04+08%3A00%3A03.000");
        answer.Type!.MediaType.ShouldBe("text/csv");
        var lines = answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(1201);
        lines[1].ShouldContain(",'@x,");
        lines.Skip(1).Select(l => l.Split(',')[0]).Distinct().Count().ShouldBe(1200);
        foreach (var list in new[] { "file", "alarm", "console" })
        {
            (await rig.GetAsync($"/api/audits/{list}?format=csv")).Type!.MediaType.ShouldBe("text/csv");
        }

        (await rig.LogAsync()).ShouldBe([(150, "connections"), (150, "files"), (150, "alarms"), (150, "console")]);
    }

    [Fact]
    public async Task A_connection_is_ended_with_the_devices_next_heartbeat_by_those_who_see_it()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(1, ann))[0];
        await rig.Api.PostAsync("/api/heartbeat", $"{{{device.Members},\"ver\":1004009,\"conns\":[7]}}");
        Guid guid;
        await using (var db = rig.Db())
        {
            var row = new ConnectionAudit { DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = 7, Type = 0, CreatedAt = Day };
            db.ConnectionAudits.Add(row);
            await db.SaveChangesAsync();
            guid = row.Guid;
        }

        var eve = await rig.Api.TokenAsync(await rig.UserAsync("eve"));
        (await rig.PostAsync($"/api/audits/conn/{guid}/disconnect", token: eve)).ShouldBeProblem(404, "not_found");
        (await rig.PostAsync($"/api/audits/conn/{guid}/disconnect", token: await rig.Api.TokenAsync(ann))).ShouldBeDone();
        (await rig.PostAsync($"/api/audits/conn/{guid}/disconnect")).ShouldBeDone();
        (await rig.Api.PostAsync("/api/heartbeat", $"{{{device.Members},\"ver\":1004009,\"conns\":[7]}}"))
            .Json.GetProperty("disconnect").ToString().ShouldBe("[7]");
        (await rig.PostAsync($"/api/audits/conn/{Guid.NewGuid()}/disconnect")).ShouldBeProblem(404, "not_found");
        await using var after = rig.Db();
        await after.ConnectionAudits.ExecuteUpdateAsync(s => s.SetProperty(a => a.EndedAt, Day));
        (await rig.PostAsync($"/api/audits/conn/{guid}/disconnect")).ShouldBeDone();
        (await rig.LogAsync()).ShouldBe([(5, "100000"), (5, "100000")]);
    }

    [Fact]
    public async Task Users_see_their_own_and_nothing_where_only_administrators_do()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var hers = (await rig.DevicesAsync(1, ann))[0];
        var other = (await rig.DevicesAsync(1, from: 200_000))[0];
        await using (var db = rig.Db())
        {
            foreach (var device in new[] { hers, other })
            {
                db.ConnectionAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, CreatedAt = Day });
                db.FileAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, CreatedAt = Day });
                db.AlarmAudits.Add(new() { DeviceGuid = device.Guid, DeviceId = device.Id, CreatedAt = Day });
            }

            await db.SaveChangesAsync();
        }

        await rig.PostAsync("/api/user-groups", """{"name":"Shops"}""");
        var token = await rig.Api.TokenAsync(ann);
        foreach (var list in new[] { "conn", "file", "alarm" })
        {
            var rows = await rig.AllAsync($"/api/audits/{list}", 10, token);
            rows.Single().ToString().ShouldContain("100000");
            (await rig.AllAsync($"/api/audits/{list}", 10)).Count.ShouldBe(2);
        }

        (await rig.AllAsync("/api/audits/console", 10, token)).ShouldBeEmpty();
        await rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AuditSettings.Key, new AuditSettings { AdminsOnly = true }, default);
        (await rig.GetAsync("/api/audits/conn", token)).Status.ShouldBe(403);
        (await rig.GetAsync("/api/audits/conn")).Status.ShouldBe(200);
    }
}
