using Hawser.Api.Audit;
using Hawser.Data.Access;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

public class ConnectionAuditTests
{
    private const ulong Session = 15881720936643217731;

    [Fact]
    public async Task C77_three_events_in_order_make_one_complete_row()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.OpenedAsync(1507);
        var opened = await rig.ConnectionAsync();
        (opened.Address, opened.Type, opened.SessionId, opened.EndedAt).ShouldBe(("203.0.113.9", null, 0, null));
        (opened.DeviceGuid, opened.DeviceId, opened.ReportedFrom).ShouldBe((rig.Device.Guid, rig.Device.Id, "127.0.0.1"));
        await rig.AuthorisedAsync(1507, Session, ",\"two_factor\":1");
        await rig.ClosedAsync(1507, Session);
        ShouldBeComplete(await rig.ConnectionAsync());
    }

    [Theory]
    [InlineData("authorised,opened,closed")]
    [InlineData("opened,closed,authorised")]
    [InlineData("authorised,closed,opened")]
    [InlineData("closed,authorised,opened")]
    [InlineData("closed,opened,authorised")]
    public async Task C77_the_order_does_not_matter(string order)
    {
        await using var rig = await AuditRig.StartAsync();
        foreach (var what in order.Split(','))
        {
            await (what switch
            {
                "opened" => rig.OpenedAsync(1507),
                "authorised" => rig.AuthorisedAsync(1507, Session, ",\"two_factor\":1"),
                _ => rig.ClosedAsync(1507, Session),
            });
        }

        ShouldBeComplete(await rig.ConnectionAsync());
    }

    [Fact]
    public async Task A_connection_that_never_was_authorised_has_no_kind()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.OpenedAsync(1507);
        await rig.ClosedAsync(1507, 0);
        var row = await rig.ConnectionAsync();
        (row.Type, row.AuthorizedAt, row.MissedBeats).ShouldBe((null, null, 0));
        row.EndedAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task C78_the_largest_session_number_is_stored_exactly_and_found()
    {
        await using var rig = await AuditRig.StartAsync();
        var user = await rig.Api.AddUserAsync("mara");
        var token = await rig.Api.TokenAsync(user, new TestDevice(Guid.Empty, "482913377", "AAAA"));
        await rig.AuthorisedAsync(1507, ulong.MaxValue);
        (await rig.ConnectionAsync()).SessionId.ShouldBe(-1);
        var answer = await rig.Api.GetAsync($"/api/audit/conn/active?id={rig.Device.Id}&session_id=18446744073709551615&conn_type=0", token);
        answer.Text.ShouldBe($"\"{(await rig.ConnectionAsync()).Guid}\"");
    }

    [Fact]
    public async Task A_number_that_comes_again_after_the_client_was_restarted_is_another_connection()
    {
        var time = new ManualTime();
        await using var rig = await AuditRig.StartAsync(time);
        await rig.OpenedAsync(1507);
        await rig.AuthorisedAsync(1507, Session);
        time.Advance(TimeSpan.FromMinutes(5));
        await rig.OpenedAsync(1507);
        await rig.AuthorisedAsync(1507, 4711);
        await rig.ClosedAsync(1507, 4711);
        var rows = await rig.ConnectionsAsync();
        rows.Count.ShouldBe(2);
        rows[0].EndedAt.ShouldBe(rows[1].CreatedAt);
        (rows[0].MissedBeats, rows[1].MissedBeats).ShouldBe((ConnectionAudit.LostAfter, 0));
        rows.Select(r => unchecked((ulong)r.SessionId)).ShouldBe([Session, 4711ul]);
    }

    [Fact]
    public async Task C80_unknown_keys_are_ignored()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.OpenedAsync(1507, ",\"future\":{\"deep\":[1,2,{}]},\"peer\":null,\"type\":null");
        (await rig.ConnectionAsync()).Address.ShouldBe("203.0.113.9");
    }

    [Fact]
    public async Task A_kind_of_event_that_is_not_known_is_taken_and_dropped()
    {
        await using var rig = await AuditRig.StartAsync();
        await rig.ReportAsync("conn", "\"action\":\"paused\",\"conn_id\":3,\"session_id\":0");
        (await rig.ConnectionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stranger_who_knows_the_id_but_not_the_uuid_is_answered_and_dropped()
    {
        await using var rig = await AuditRig.StartAsync();
        foreach (var uuid in new[] { "b3RoZXI=", "", "not base64" })
        {
            await rig.ReportAsync("conn", "\"action\":\"new\",\"ip\":\"1.2.3.4\",\"conn_id\":1,\"session_id\":0", rig.Device with { Uuid = uuid });
        }

        await rig.ReportAsync("conn", "\"action\":\"new\",\"conn_id\":1,\"session_id\":0", rig.Device with { Id = "999" });
        (await rig.ConnectionsAsync()).ShouldBeEmpty();
        rig.Count(AuditOutcome.Unknown).ShouldBe(4);
    }

    [Fact]
    public async Task The_row_names_the_account_that_the_introduction_was_made_for()
    {
        await using var rig = await AuditRig.StartAsync();
        var user = await rig.Api.AddUserAsync("mara");
        await IntroduceAsync(rig, "r-55", rig.Device.Id, user.Guid);
        await rig.OpenedAsync(1507, ",\"conn_audit_ref\":\"r-55\"");
        var row = await rig.ConnectionAsync();
        (row.UserGuid, row.UserName, row.Reference).ShouldBe((user.Guid, "mara", "r-55"));
    }

    [Fact]
    public async Task An_introduction_that_is_written_late_is_found_with_the_next_event()
    {
        await using var rig = await AuditRig.StartAsync();
        var user = await rig.Api.AddUserAsync("mara");
        await rig.OpenedAsync(1507, ",\"conn_audit_ref\":\"r-56\"");
        await IntroduceAsync(rig, "r-56", rig.Device.Id, user.Guid);
        await rig.AuthorisedAsync(1507, Session);
        (await rig.ConnectionAsync()).UserGuid.ShouldBe(user.Guid);
    }

    [Fact]
    public async Task A_device_can_not_use_the_reference_of_an_introduction_to_another_one()
    {
        await using var rig = await AuditRig.StartAsync();
        var user = await rig.Api.AddUserAsync("mara");
        await IntroduceAsync(rig, "r-57", "100000001", user.Guid);
        await rig.OpenedAsync(1507, ",\"conn_audit_ref\":\"r-57\"");
        (await rig.ConnectionAsync()).UserGuid.ShouldBeNull();
    }

    [Fact]
    public async Task C79_the_same_mark_twice_is_stored_once()
    {
        await using var rig = await AuditRig.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await rig.ReportAsync("file", "\"peer_id\":\"1\",\"type\":1,\"path\":\"/a\",\"is_file\":true,\"info\":\"{}\",\"nonce\":\"9c1e\"");
        }

        await using var db = rig.Api.OpenDb();
        (await db.FileAudits.CountAsync()).ShouldBe(1);
        rig.Count(AuditOutcome.Repeated).ShouldBe(2);
    }

    [Fact]
    public async Task C79_repeats_that_come_at_the_same_moment_are_stored_once()
    {
        await using var rig = await AuditRig.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => rig.ReportAsync(
            "file", $"\"peer_id\":\"1\",\"type\":1,\"path\":\"/{i % 3}\",\"info\":\"{{}}\",\"nonce\":\"n-{i % 3}\"")));
        await using var db = rig.Api.OpenDb();
        (await db.FileAudits.CountAsync()).ShouldBe(3);
        (await db.AuditNonces.CountAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task C79_a_mark_of_one_device_does_not_hold_back_another_devices_report()
    {
        await using var rig = await AuditRig.StartAsync();
        var other = await rig.Api.AddDeviceAsync("771200346");
        await rig.OpenedAsync(1, ",\"nonce\":\"same\"");
        await rig.ReportAsync("conn", "\"action\":\"new\",\"conn_id\":1,\"session_id\":0,\"nonce\":\"same\"", other);
        (await rig.ConnectionsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Marks_are_forgotten_after_the_time_in_which_they_may_be_repeated()
    {
        var time = new ManualTime();
        await using var rig = await AuditRig.StartAsync(time);
        await rig.OpenedAsync(1, ",\"nonce\":\"a\"");
        time.Advance(TimeSpan.FromMinutes(6));
        await using var db = rig.Api.OpenDb();
        (await db.AuditNonces.CountAsync()).ShouldBe(1);
        time.Advance(TimeSpan.FromMinutes(10));
        await Eventually.HoldsAsync(() => !db.AuditNonces.Any(), "the mark is gone");
    }

    [Fact]
    public async Task A_device_that_reports_without_end_is_told_so_and_others_are_not_held_up()
    {
        var time = new ManualTime();
        await using var rig = await AuditRig.StartAsync(time);
        var other = await rig.Api.AddDeviceAsync("771200346");
        Answer answer;
        var sent = 0;
        do
        {
            answer = await rig.Api.PostAsync("/api/audit/alarm", $"{{{rig.Device.Members},\"typ\":1,\"info\":\"{{}}\"}}");
        }
        while (answer.Status == 200 && ++sent < 1000);
        (answer.Status, sent).ShouldBe((429, 60));
        answer.Error.ShouldNotBeNullOrEmpty();
        await rig.ReportAsync("alarm", "\"typ\":1,\"info\":\"{}\"", other);
        time.Advance(TimeSpan.FromSeconds(4));
        await rig.ReportAsync("alarm", "\"typ\":1,\"info\":\"{}\"");
    }

    [Fact]
    public async Task A_fleet_that_reports_at_once_is_stored_completely()
    {
        await using var rig = await AuditRig.StartAsync();
        var devices = new List<TestDevice>();
        for (var i = 0; i < 40; i++) devices.Add(await rig.Api.AddDeviceAsync($"80000{i:000}"));
        await Task.WhenAll(devices.SelectMany(d => Enumerable.Range(0, 10).Select(c => rig.ReportAsync(
            "conn", $"\"action\":\"new\",\"ip\":\"10.0.0.{c}\",\"conn_id\":{c},\"session_id\":0,\"nonce\":\"{d.Id}-{c}\"", d))));
        (await rig.ConnectionsAsync()).Select(r => (r.DeviceId, r.ConnId)).Distinct().Count().ShouldBe(400);
    }

    private static async Task IntroduceAsync(AuditRig rig, string reference, string device, Guid user)
    {
        await using var db = rig.Api.OpenDb();
        db.Introductions.Add(new Introduction
        {
            Reference = reference, DeviceId = device, UserGuid = user, UserName = "mara", AtUtc = DateTime.UtcNow,
        });
        await db.SaveChangesAsync();
    }

    private static void ShouldBeComplete(ConnectionAudit row)
    {
        (row.Address, row.PeerId, row.PeerName).ShouldBe(("203.0.113.9", "482913377", "Mara Lind"));
        (row.Type, row.PrimaryAuth, row.TwoFactor).ShouldBe((0, 3, 1));
        unchecked((ulong)row.SessionId).ShouldBe(Session);
        row.AuthorizedAt.ShouldNotBeNull();
        row.EndedAt.ShouldNotBeNull();
        row.MissedBeats.ShouldBe(0);
    }
}
