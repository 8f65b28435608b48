using System.Text.Json;
using Hawser.Api.Audit;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Audit;
using Hawser.Data.Notifications;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

public class FileAndAlarmTests
{
    [Fact]
    public async Task A_transfer_is_stored_with_what_the_text_in_info_holds()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("file", """
            "peer_id":"482913377","conn_id":1507,"type":1,"path":"C:\\tmp\\a.txt","is_file":true,
            "info":"{\"ip\":\"203.0.113.9\",\"name\":\"Mara Lind\",\"num\":1,\"files\":[[\"\",1204]]}","nonce":"n"
            """);
        var row = await FileAsync(rig);
        (row.PeerId, row.PeerName, row.Address, row.ConnId).ShouldBe(("482913377", "Mara Lind", "203.0.113.9", 1507));
        (row.Direction, row.Path, row.IsFile, row.FileCount).ShouldBe((1, "C:\\tmp\\a.txt", true, 1));
        (row.Files, row.DeviceGuid).ShouldBe(("[[\"\",1204]]", rig.Device.Guid));
    }

    [Fact]
    public async Task C82_five_thousand_files_of_which_ten_are_named()
    {
        await using var rig = await AuditRig.StartAsync();
        var files = Enumerable.Range(0, 10).Select(i => new object[] { $"d/файл {i}.bin", 5_000_000_000L - i });
        var info = JsonSerializer.Serialize(new { ip = "1.2.3.4", name = "m", num = 5000, files });
        await rig.ReportAsync("file", $"\"peer_id\":\"1\",\"type\":0,\"path\":\"/x\",\"is_file\":false,\"info\":{ApiClient.Quote(info)}");
        var row = await FileAsync(rig);
        row.FileCount.ShouldBe(5000);
        var named = JsonDocument.Parse(row.Files).RootElement;
        named.GetArrayLength().ShouldBe(10);
        (named[0][0].GetString(), named[0][1].GetInt64()).ShouldBe(("d/файл 0.bin", 5_000_000_000L));
    }

    [Fact]
    public async Task A_list_that_is_too_long_or_strange_is_cut_and_the_report_kept()
    {
        await using var rig = await AuditRig.StartAsync();
        var files = Enumerable.Range(0, 500).Select(i => (object)(i % 2 == 0 ? new object[] { new string('a', 3000), i } : "odd"));
        var info = JsonSerializer.Serialize(new { num = -7, files = files.Take(60) });
        await rig.ReportAsync("file", $"\"peer_id\":\"1\",\"type\":0,\"path\":{ApiClient.Quote(new string('p', 9000) + "\0")},\"info\":{ApiClient.Quote(info)}");
        var row = await FileAsync(rig);
        (row.FileCount, row.Path.Length).ShouldBe((0, 4096));
        var named = JsonDocument.Parse(row.Files).RootElement.EnumerateArray().ToArray();
        named.Length.ShouldBe(10);
        named.ShouldAllBe(f => f[0].GetString()!.Length == 1024);
    }

    [Theory]
    [InlineData("\"not json\"")]
    [InlineData("\"[1,2]\"")]
    [InlineData("17")]
    [InlineData("null")]
    [InlineData("\"{\\\"files\\\":5}\"")]
    public async Task Info_that_can_not_be_read_does_not_lose_the_report(string info)
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("file", $"\"peer_id\":\"1\",\"type\":0,\"path\":\"/x\",\"info\":{info}");
        await rig.ReportAsync("alarm", $"\"typ\":1,\"info\":{info}");
        (await FileAsync(rig)).Files.ShouldBe("[]");
    }

    [Theory]
    [InlineData(0, """{"ip":"198.51.100.7"}""")]
    [InlineData(1, """{"ip":"1.2.3.4","id":"482913377","name":"Mara"}""")]
    [InlineData(2, """{"ip":"1.2.3.4","id":"482913377","name":"Mara"}""")]
    [InlineData(6, """{"ip":"2001:db8::1","id":"482913377","name":"Mara"}""")]
    [InlineData(7, """{"ip":"1.2.3.4","id":"482913377","name":"Mara"}""")]
    [InlineData(8, """{"ip":"1.2.3.4","id":"482913377","name":"Mara"}""")]
    [InlineData(9, """{"ip":"1.2.3.4","id":"482913377","name":"Mara","conn_type":"terminal","message":"m"}""")]
    [InlineData(10, """{"ip":"1.2.3.4","id":"482913377","name":"Mara"}""")]
    public async Task C83_an_alarm_is_stored_with_what_the_text_in_info_holds(int type, string info)
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("alarm", $"\"typ\":{type},\"info\":{ApiClient.Quote(info)},\"conn_id\":1508,\"nonce\":\"a\"");
        var row = (await AlarmsAsync(rig)).ShouldHaveSingleItem();
        (row.Type, row.ConnId, row.DeviceGuid).ShouldBe((type, 1508, rig.Device.Guid));
        row.Info.ShouldBe(info);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Alarms_of_account_logins_can_not_be_raised_by_devices(int type)
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("alarm", $"\"typ\":{type},\"info\":\"{{}}\"");
        (await AlarmsAsync(rig)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_alarm_of_a_connection_concerns_its_account()
    {
        await using var rig = await AuditRig.StartAsync();
        var user = await rig.Api.AddUserAsync("mara");
        await rig.OpenedAsync(1507);
        await using (var db = rig.Api.OpenDb())
        {
            await db.ConnectionAudits.ExecuteUpdateAsync(s => s.SetProperty(c => c.UserGuid, user.Guid));
        }

        await rig.ReportAsync("alarm", "\"typ\":9,\"info\":\"{}\",\"conn_id\":1507");
        (await AlarmsAsync(rig)).ShouldHaveSingleItem().UserGuid.ShouldBe(user.Guid);
    }

    [Fact]
    public async Task Who_listens_to_alarms_writes_in_the_same_transaction_and_is_called_again_once_it_is_stored()
    {
        await using var rig = await AuditRig.StartAsync();
        var stored = 0;
        rig.Service<Alarms>().WhenRaised((db, alarm, _) =>
        {
            db.Add(new OutboxMessage { Channel = "test", Recipient = alarm.DeviceId, CreatedAt = alarm.CreatedAt });
            return Task.FromResult<Action?>(() => stored++);
        });
        await rig.ReportAsync("alarm", "\"typ\":0,\"info\":\"{}\"");
        stored.ShouldBe(1);
        await using var db = rig.Api.OpenDb();
        (await db.Outbox.Where(m => m.Channel == "test").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_alarm_is_mailed_to_whom_the_settings_name()
    {
        await using var rig = await AuditRig.StartAsync();
        var mail = new MailSettings { Host = "127.0.0.1", Port = 1, From = "hawser@example.org", AlarmsTo = ["it@example.org"] };
        await rig.Service<SettingsStore>().SetAsync(NotificationSettings.Mail, mail, default);
        await rig.ReportAsync("alarm", "\"typ\":2,\"info\":\"{}\"");
        await using var db = rig.Api.OpenDb();
        (await db.Outbox.AsNoTracking().SingleAsync()).Recipient.ShouldBe("it@example.org");
    }

    private static async Task<FileAudit> FileAsync(AuditRig rig)
    {
        await using var db = rig.Api.OpenDb();
        return (await db.FileAudits.AsNoTracking().ToListAsync()).ShouldHaveSingleItem();
    }

    private static async Task<List<AlarmAudit>> AlarmsAsync(AuditRig rig)
    {
        await using var db = rig.Api.OpenDb();
        return await db.AlarmAudits.AsNoTracking().ToListAsync();
    }
}
