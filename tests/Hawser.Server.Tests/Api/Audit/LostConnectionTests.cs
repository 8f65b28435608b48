using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

/// <summary>Connections whose end nobody reports.</summary>
public class LostConnectionTests
{
    private const ulong Session = 15881720936643217731;

    [Fact]
    public async Task C76_two_heartbeats_without_a_connection_end_its_row_and_no_other()
    {
        await using var rig = await AuditRig.StartAsync();
        await BeatAsync(rig);
        await rig.OpenedAsync(1507);
        await rig.OpenedAsync(1508);
        await BeatAsync(rig, 1508);
        await BeatAsync(rig, 1507, 1508);
        await BeatAsync(rig, 1508);
        (await rig.ConnectionsAsync()).ShouldAllBe(r => r.EndedAt == null);
        await BeatAsync(rig, 1508);
        await EndsAsync(rig, 1507);
        var rows = await rig.ConnectionsAsync();
        rows.Single(r => r.ConnId == 1507).MissedBeats.ShouldBe(ConnectionAudit.LostAfter);
        rows.Single(r => r.ConnId == 1508).EndedAt.ShouldBeNull();
        await BeatAsync(rig);
        await BeatAsync(rig);
        await EndsAsync(rig, 1508);
    }

    [Fact]
    public async Task C76_what_was_open_when_the_server_was_restarted_is_ended_by_the_next_heartbeats()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            await using (var server = await TestHawser.StartAsync(folder: folder))
            {
                using var api = new ApiClient(server);
                var device = await api.AddDeviceAsync("771200345");
                await api.PostAsync("/api/audit/conn", $"{{{device.Members},\"action\":\"new\",\"conn_id\":1507,\"session_id\":0}}");
            }

            await using var again = await TestHawser.StartAsync(folder: folder);
            using var client = new ApiClient(again);
            var uuid = Convert.ToBase64String("machine-771200345"u8);
            for (var i = 0; i < 2; i++)
            {
                (await client.PostAsync("/api/heartbeat", $"{{\"id\":\"771200345\",\"uuid\":\"{uuid}\",\"ver\":1004090}}")).Status.ShouldBe(200);
            }

            await Eventually.HoldsAsync(
                () =>
                {
                    using var db = client.OpenDb();
                    return db.ConnectionAudits.Any(c => c.EndedAt != null);
                },
                "the row is ended");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_connection_that_was_given_up_too_early_and_is_then_authorised_is_open_again()
    {
        await using var rig = await AuditRig.StartAsync();
        await BeatAsync(rig);
        await rig.OpenedAsync(1507);
        await BeatAsync(rig);
        await BeatAsync(rig);
        await EndsAsync(rig, 1507);
        await rig.AuthorisedAsync(1507, Session);
        var row = await rig.ConnectionAsync();
        (row.EndedAt, row.MissedBeats, row.Type).ShouldBe((null, 0, 0));
    }

    [Fact]
    public async Task The_report_of_the_end_counts_also_when_heartbeats_came_first()
    {
        await using var rig = await AuditRig.StartAsync();
        await BeatAsync(rig);
        await rig.OpenedAsync(1507);
        await rig.AuthorisedAsync(1507, Session);
        await BeatAsync(rig);
        await BeatAsync(rig);
        await EndsAsync(rig, 1507);
        await rig.ClosedAsync(1507, Session);
        (await rig.ConnectionAsync()).MissedBeats.ShouldBe(0);
    }

    [Fact]
    public async Task The_rows_of_a_device_that_vanished_end_when_it_was_last_seen()
    {
        var time = new ManualTime();
        await using var rig = await AuditRig.StartAsync(time);
        await rig.OpenedAsync(1507);
        var begun = (await rig.ConnectionAsync()).CreatedAt;
        await using var db = rig.Api.OpenDb();
        var seen = begun.AddMinutes(30);
        await db.Devices.ExecuteUpdateAsync(s => s.SetProperty(d => d.LastSeenAt, seen));
        time.Advance(TimeSpan.FromMinutes(200));
        (await rig.ConnectionAsync()).EndedAt.ShouldBeNull();
        time.Advance(TimeSpan.FromMinutes(20));
        await EndsAsync(rig, 1507);
        var row = await rig.ConnectionAsync();
        (row.EndedAt, row.MissedBeats).ShouldBe((seen, ConnectionAudit.LostAfter));
    }

    private static async Task BeatAsync(AuditRig rig, params int[] conns)
    {
        var more = conns.Length == 0 ? "" : $",\"conns\":[{string.Join(',', conns)}]";
        (await rig.Api.PostAsync("/api/heartbeat", $"{{{rig.Device.Members},\"ver\":1004090,\"modified_at\":0{more}}}")).Status.ShouldBe(200);
    }

    private static Task EndsAsync(AuditRig rig, int conn) => Eventually.HoldsAsync(
        () => rig.ConnectionsAsync().GetAwaiter().GetResult().Any(r => r.ConnId == conn && r.EndedAt is not null), $"{conn} is ended");
}
