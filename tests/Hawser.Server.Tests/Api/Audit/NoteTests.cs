using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

public class NoteTests
{
    private const ulong Session = 15881720936643217731;
    private static readonly TestDevice Desk = new(Guid.Empty, "482913377", "AAAA");

    [Fact]
    public async Task C84_a_note_goes_to_the_newest_row_of_the_session_and_makes_none()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.OpenedAsync(1507);
        await rig.AuthorisedAsync(1507, Session);
        await rig.NoteAsync(Session, "first");
        await rig.NoteAsync(Session, "replaced printer driver ✓");
        (await rig.ConnectionAsync()).Note.ShouldBe("replaced printer driver ✓");
        await rig.ClosedAsync(1507, Session);
        await rig.NoteAsync(Session, "after the end");
        (await rig.ConnectionAsync()).Note.ShouldBe("after the end");
    }

    [Fact]
    public async Task A_note_for_a_session_or_device_that_nobody_knows_is_taken_and_dropped()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.AuthorisedAsync(1507, Session);
        await rig.NoteAsync(Session - 1, "x");
        await rig.NoteAsync(0, "x");
        await rig.NoteAsync(Session, "x", id: "12345678");
        (await rig.ConnectionAsync()).Note.ShouldBe("");
    }

    [Fact]
    public async Task A_note_without_login_is_not_taken_for_a_session_of_last_week()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.AuthorisedAsync(1507, Session);
        await rig.ClosedAsync(1507, Session);
        await using var db = rig.Api.OpenDb();
        var then = (await rig.ConnectionAsync()).EndedAt!.Value.AddDays(-7);
        await db.ConnectionAudits.ExecuteUpdateAsync(s => s.SetProperty(c => c.EndedAt, then));
        await rig.NoteAsync(Session, "x");
        (await rig.ConnectionAsync()).Note.ShouldBe("");
    }

    [Fact]
    public async Task Of_a_long_note_1024_characters_are_kept_and_no_half_of_one()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.AuthorisedAsync(1507, Session);
        await rig.NoteAsync(Session, new string('x', 1023) + "🙂 and more");
        (await rig.ConnectionAsync()).Note.ShouldBe(new string('x', 1023));
    }

    [Fact]
    public async Task C85_the_row_is_null_until_the_device_has_reported_and_a_quoted_guid_then()
    {
        await using var rig = await AuditRig.StartAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("mara"), Desk);
        (await ActiveAsync(rig, token)).ToString().ShouldBe("200 null");
        await rig.OpenedAsync(1507);
        (await ActiveAsync(rig, token)).ToString().ShouldBe("200 null");
        await rig.AuthorisedAsync(1507, Session);
        var answer = await ActiveAsync(rig, token);
        answer.Text.ShouldBe($"\"{(await rig.ConnectionAsync()).Guid}\"");
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        (await ActiveAsync(rig, token, type: 4)).Text.ShouldBe("null");
    }

    [Fact]
    public async Task C86_another_user_does_not_get_the_row_and_an_administrator_does()
    {
        await using var rig = await AuditRig.StartAsync();
        var mara = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("mara"), Desk);
        var other = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("otto"), Desk with { Id = "555555555" });
        var admin = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("root", admin: true));
        await rig.AuthorisedAsync(1507, Session);
        (await ActiveAsync(rig, other)).Text.ShouldBe("null");
        (await ActiveAsync(rig, mara)).Text.ShouldStartWith("\"");
        (await ActiveAsync(rig, admin)).Text.ShouldStartWith("\"");
        // Claimed by who runs it: the same desk with another login is too late.
        var row = await rig.ConnectionAsync();
        row.UserName.ShouldBe("mara");
        var late = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("late"), Desk);
        (await ActiveAsync(rig, late)).Text.ShouldBe("null");
        (await PutAsync(rig, late, row.Guid, "mine")).Status.ShouldBe(404);
        (await PutAsync(rig, other, row.Guid, "mine")).Error.ShouldNotBeNullOrEmpty();
        (await rig.ConnectionAsync()).Note.ShouldBe("");
    }

    [Fact]
    public async Task C87_the_note_of_the_dialog_is_stored()
    {
        await using var rig = await AuditRig.StartAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("mara"), Desk);
        await rig.AuthorisedAsync(1507, Session);
        await ActiveAsync(rig, token);
        await rig.ClosedAsync(1507, Session);
        var note = new string('ä', 256);
        (await PutAsync(rig, token, (await rig.ConnectionAsync()).Guid, note)).ToString().ShouldBe("200 ");
        (await rig.ConnectionAsync()).Note.ShouldBe(note);
        (await PutAsync(rig, token, Guid.NewGuid(), note)).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("")]
    [InlineData("id=771200345")]
    [InlineData("id=771200345&session_id=-1&conn_type=0")]
    [InlineData("id=771200345&session_id=99999999999999999999999")]
    [InlineData("id=&session_id=1")]
    [InlineData("id=a@b/c%20d&session_id=x&conn_type=y")]
    public async Task Questions_that_name_no_session_are_answered_with_null(string query)
    {
        await using var rig = await AuditRig.StartAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("mara"), Desk);
        (await rig.Api.GetAsync("/api/audit/conn/active?" + query, token)).ToString().ShouldBe("200 null");
    }

    [Fact]
    public async Task Both_questions_need_a_login()
    {
        await using var rig = await AuditRig.StartAsync();
        foreach (var token in new[] { null, "", "wrong" })
        {
            (await ActiveAsync(rig, token)).Text.ShouldBe("""{"error":"Invalid token"}""");
            (await PutAsync(rig, token, Guid.NewGuid(), "x")).Status.ShouldBe(401);
        }

        var script = await rig.Api.ApiTokenAsync(await rig.Api.AddUserAsync("root", admin: true), "device:rw audit:rw");
        (await ActiveAsync(rig, script)).Status.ShouldBe(403);
    }

    private static Task<Answer> ActiveAsync(AuditRig rig, string? token, int type = 0) => rig.Api.GetAsync(
        $"/api/audit/conn/active?id={rig.Device.Id}&session_id={Session}&conn_type={type}", token);

    private static Task<Answer> PutAsync(AuditRig rig, string? token, Guid guid, string note) => rig.Api.SendAsync(
        HttpMethod.Put, "/api/audit", $"{{\"guid\":\"{guid}\",\"note\":{ApiClient.Quote(note)}}}", token);
}
