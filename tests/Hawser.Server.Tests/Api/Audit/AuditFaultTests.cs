using System.Net.Http.Headers;
using System.Text;
using Hawser.Api;
using Hawser.Api.Audit;
using Hawser.Api.Notifications;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

/// <summary>What happens when the database can't be written, and when what comes is no report at all.</summary>
public class AuditFaultTests
{
    [Fact]
    [Trait("Engine", "SQLite")]
    public async Task C81_while_the_database_is_locked_reports_fail_and_their_repeat_is_stored_once()
    {
        Assert.SkipWhen(TestDatabase.IsPostgres, "a file is locked as a whole; the next test is for both engines");
        await using var rig = await AuditRig.StartAsync();
        await using (var blocker = new SqliteConnection($"Data Source={Path.Combine(rig.Server.Folder, "hawser.db")};Pooling=False"))
        {
            await blocker.OpenAsync();
            await using var command = blocker.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            await command.ExecuteNonQueryAsync();
            await ShouldFailAsync(rig);
        }

        await ShouldBeStoredOnceAsync(rig);
    }

    [Fact]
    public async Task C81_while_the_database_refuses_reports_fail_and_their_repeat_is_stored_once()
    {
        await using var rig = await AuditRig.StartAsync();
        await using var db = rig.Api.OpenDb();
        await using (await BrokenTable.BreakAsync(db, "audit_files")) await ShouldFailAsync(rig);
        await ShouldBeStoredOnceAsync(rig);
    }

    [Fact]
    [Trait("Engine", "SQLite")]
    public async Task C81_a_report_that_can_not_be_stored_does_no_harm_to_those_that_come_with_it()
    {
        await using var rig = await AuditRig.StartAsync();
        await using var db = rig.Api.OpenDb();
        await using var broken = await BrokenTable.BreakAsync(db, "audit_files", "NEW.path = '/poison'");
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => rig.Api.PostAsync(
            "/api/audit/file",
            $"{{{rig.Device.Members},\"peer_id\":\"1\",\"type\":1,\"path\":\"/{(i == 7 ? "poison" : "ok")}\",\"info\":\"{{}}\",\"nonce\":\"{i}\"}}")));
        answers.Count(a => a.Status == 503).ShouldBe(1);
        answers.Count(a => a.ToString() == "200 ").ShouldBe(39);
        (await db.FileAudits.CountAsync()).ShouldBe(39);
        (await db.AuditNonces.CountAsync()).ShouldBe(39, "the mark of what was not stored is free again");
    }

    [Fact]
    public async Task A_mark_that_another_node_stores_at_the_same_moment_is_taken_for_the_repeat_it_is()
    {
        await using var rig = await AuditRig.StartAsync();
        var calls = 0;
        rig.Service<Alarms>().WhenRaised(async (_, alarm, _) =>
        {
            // Between this node's look and its write.
            if (calls++ > 0) return null;
            var head = ReportHead.Read(new DefaultHttpContext(), TimeProvider.System, rig.Device.Id, rig.Device.Uuid, "shared");
            await using var other = rig.Api.OpenDb();
            var batch = new AuditBatch(other, rig.Service<AuditBudgets>(), new Alarms(rig.Service<ApiParts>(), rig.Service<AlarmNotices>(), rig.Service<Outbox>(), TimeProvider.System), rig.Service<SessionRates>());
            (await batch.StoreAsync([new AlarmReport(head!, new AlarmAudit { DeviceId = alarm.DeviceId })], default))
                .ShouldBe([AuditOutcome.Stored]);
            return null;
        });
        await rig.ReportAsync("alarm", "\"typ\":0,\"info\":\"{}\",\"nonce\":\"shared\"");
        calls.ShouldBe(1);
        rig.Count(AuditOutcome.Repeated).ShouldBe(1);
        await using var db = rig.Api.OpenDb();
        (await db.AlarmAudits.CountAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("conn")]
    [InlineData("file")]
    [InlineData("alarm")]
    public async Task What_is_no_report_is_refused_with_a_sentence_and_never_a_5xx(string what)
    {
        await using var rig = await AuditRig.StartAsync();
        string[] bodies =
        [
            "", "null", "[]", "17", "\"text\"", "{", "{\"id\":", "{}", "{\"id\":\"\"}", "{\"id\":5,\"uuid\":[]}",
            $"{{\"id\":\"{new string('9', 300)}\"}}", $"{{{rig.Device.Members},\"conn_id\":\"x\"}}",
            $"{{{rig.Device.Members},\"conn_id\":99999999999}}", $"{{{rig.Device.Members},\"session_id\":-1,\"conn_id\":1.5}}",
            $"{{{rig.Device.Members},\"session_id\":18446744073709551616}}", $"{{{rig.Device.Members},\"peer\":\"a\",\"conn_id\":{{}}}}",
            $"{{{rig.Device.Members},\"typ\":-1,\"type\":9,\"conn_id\":null,\"note\":7}}", string.Concat(Enumerable.Repeat("{\"a\":", 5000)),
            new string('[', 60_000), $"{{\"id\":\"{new string('x', 1_000_000)}\"}}", "{\"id\":\"\\ud800\"}", "{\"id\":\"a\",\"id\":7}",
        ];
        foreach (var body in bodies)
        {
            var answer = await rig.Api.PostAsync("/api/audit/" + what, body);
            answer.Status.ShouldBeInRange(400, 499, body[..Math.Min(body.Length, 80)]);
            answer.Error.ShouldNotBeNullOrEmpty();
        }

        using var raw = new ByteArrayContent([(byte)'{', (byte)'"', 0xFF, 0xFE, (byte)'"', (byte)':', 0x80, (byte)'}']);
        raw.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var response = await rig.Api.Http.PostAsync("/api/audit/" + what, raw);
        ((int)response.StatusCode).ShouldBeInRange(400, 499);
        (await rig.ConnectionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Texts_that_a_database_would_choke_on_are_cleaned()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("conn", "\"action\":\"new\",\"ip\":\"1.2\\u0000.3.4" + new string('5', 100) + "\",\"conn_id\":1,\"session_id\":0");
        await rig.ReportAsync("conn", $"\"peer\":[\"a\\u0007b\",{ApiClient.Quote(new string('n', 254) + "🙂")},\"more\",null],\"type\":2,\"conn_id\":1,\"session_id\":5");
        var row = await rig.ConnectionAsync();
        row.Address.Length.ShouldBe(64);
        row.Address.ShouldStartWith("1.2.3.4");
        (row.PeerId, row.PeerName, row.Type).ShouldBe(("ab", new string('n', 254), 2));
    }

    [Fact]
    public async Task A_chunked_body_without_a_media_type_is_a_report_too()
    {
        await using var rig = await AuditRig.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/audit/conn")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{{{rig.Device.Members},\"action\":\"new\",\"conn_id\":1,\"session_id\":\"0\"}}")),
        };
        request.Headers.TransferEncodingChunked = true;
        using var response = await rig.Api.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(200);
        response.Content.Headers.ContentLength.ShouldBe(0);
        (await rig.ConnectionAsync()).ConnId.ShouldBe(1);
    }

    private static string Marked(AuditRig rig) =>
        $"{{{rig.Device.Members},\"peer_id\":\"1\",\"type\":1,\"path\":\"/a\",\"info\":\"{{}}\",\"nonce\":\"n-1\"}}";

    private static async Task ShouldFailAsync(AuditRig rig)
    {
        var answer = await rig.Api.PostAsync("/api/audit/file", Marked(rig));
        (answer.Status, string.IsNullOrEmpty(answer.Error)).ShouldBe((503, false));
    }

    private static async Task ShouldBeStoredOnceAsync(AuditRig rig)
    {
        for (var i = 0; i < 2; i++) (await rig.Api.PostAsync("/api/audit/file", Marked(rig))).ToString().ShouldBe("200 ");
        await using var db = rig.Api.OpenDb();
        (await db.FileAudits.CountAsync()).ShouldBe(1);
    }
}
