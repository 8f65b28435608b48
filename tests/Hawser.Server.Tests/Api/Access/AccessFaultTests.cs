using Hawser.Api.Access;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Protocol.Identity;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>What happens while the database can't be asked, and what is read at all.</summary>
public class AccessFaultTests
{
    private static readonly PeerAddress Caller = PeerAddress.FromIPv4(0xC0000201, 5);

    [Fact]
    public async Task With_the_open_policy_callers_without_an_account_cost_no_read_and_need_no_database()
    {
        await using var rig = await AccessRig.StartAsync();
        var reads = 0;
        var down = false;
        var time = new ManualTime();
        var watch = new AccessWatch(
            () =>
            {
                reads++;
                return down ? throw new StoreException(StoreFault.NotADatabase, "away") : rig.Api.OpenDb();
            },
            [], time, NullLogger.Instance);
        (await watch.LookAsync(CancellationToken.None)).ShouldBeTrue();
        var before = reads;
        for (var i = 0; i < 1000; i++)
        {
            AccessPolicy.NeedsFacts(watch.Current!, null).ShouldBeFalse();
            AccessPolicy.Decide(watch.Current!, null, null, DateTime.UnixEpoch).Allowed.ShouldBeTrue();
        }

        reads.ShouldBe(before);
        down = true;
        (await watch.LookAsync(CancellationToken.None)).ShouldBeFalse();
        watch.IsStale.ShouldBeFalse();
        time.Advance(AccessWatch.Patience + TimeSpan.FromSeconds(1));
        watch.IsStale.ShouldBeTrue();
        down = false;
        (await watch.LookAsync(CancellationToken.None)).ShouldBeTrue();
        watch.IsStale.ShouldBeFalse();
        watch.Dispose();
    }

    [Fact]
    public async Task While_the_database_is_away_logins_are_refused_with_a_text_and_the_open_policy_goes_on()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        await rig.LookAsync();
        (await AskAsync(rig, token)).Allowed.ShouldBeTrue();
        // A table that is gone is an error of the database like any other, and can be brought back.
        await ExecuteAsync(rig, "ALTER TABLE access_tokens RENAME TO gone_tokens");
        await Task.Delay(TimeSpan.FromSeconds(1.1));
        var refused = await AskAsync(rig, token);
        refused.Allowed.ShouldBeFalse();
        refused.Reason.ShouldStartWith("The server can't check your access right now.");
        (await AskAsync(rig, "")).Allowed.ShouldBeTrue();
        (await rig.RefusalAsync(target, rig.Ask(token))).ShouldStartWith("The server can't check");
        await ExecuteAsync(rig, "ALTER TABLE gone_tokens RENAME TO access_tokens");
        (await AskAsync(rig, token)).Allowed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_setting_that_cannot_be_read_closes_and_does_not_open()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        await rig.Api.AddUserAsync("anna");
        await rig.EditAsync(db =>
        {
            db.Settings.Add(new Hawser.Data.Settings.Setting { Key = "access", Value = """{"default_policy":"later"}""" });
            return Task.CompletedTask;
        });
        (await rig.RefusalAsync(target, rig.Ask())).ShouldStartWith("You are not logged in.");
    }

    [Fact]
    public async Task Every_change_that_counts_moves_the_stamp_and_others_do_not()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var anna = await rig.Api.AddUserAsync("anna");
        var token = await rig.Api.TokenAsync(anna);
        var device = await rig.DeviceAsync();
        await MovesAsync(rig, ChangeStamp.Access, true, "UPDATE users SET status = 0");
        await MovesAsync(rig, ChangeStamp.Tokens, true, "UPDATE users SET status = 1");
        await MovesAsync(rig, ChangeStamp.Access, false, "UPDATE users SET status = 1, last_login_at = '2026-01-01'");
        await MovesAsync(rig, ChangeStamp.Access, true, "UPDATE users SET is_admin = NOT is_admin");
        await MovesAsync(rig, ChangeStamp.Access, false, "UPDATE access_tokens SET last_used_at = '2026-01-01'");
        await MovesAsync(rig, ChangeStamp.Tokens, true, "DELETE FROM access_tokens");
        await rig.OwnAsync(anna);
        await MovesAsync(rig, ChangeStamp.Access, false, "UPDATE device_details SET cpu = 'x', enabled = (1 = 1)");
        await MovesAsync(rig, ChangeStamp.Access, true, "UPDATE device_details SET enabled = (1 = 0)");
        await MovesAsync(rig, ChangeStamp.Access, false, "UPDATE devices SET last_seen_at = '2026-01-01'");
        await MovesAsync(rig, ChangeStamp.Access, true, "UPDATE devices SET id = 'other-name'");
        await MovesAsync(rig, ChangeStamp.Access, true, "UPDATE control_roles SET enabled = (1 = 0)");
        await MovesAsync(rig, ChangeStamp.Access, false,
            "INSERT INTO settings (key, value, is_secret, updated_at) VALUES ('mail', '1', (1 = 0), '2026-01-01')");
        await MovesAsync(rig, ChangeStamp.Access, true, "DELETE FROM devices");
        token.ShouldNotBeEmpty();
        device.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task Disabled_devices_are_found_by_their_own_index()
    {
        await using var rig = await AccessRig.StartAsync();
        await using var db = rig.Api.OpenDb();
        if (!db.Database.IsSqlite()) return;
        var sql = (from details in db.DeviceDetails where !details.Enabled select details.DeviceGuid).ToQueryString();
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        await using var reader = await command.ExecuteReaderAsync();
        var plan = "";
        while (await reader.ReadAsync()) plan += reader.GetString(3) + "\n";
        plan.ShouldContain("ix_device_details_disabled");
    }

    private static ValueTask<AccessVerdict> AskAsync(AccessRig rig, string token) => rig.Desk.DecideAsync(
        new AccessRequest(AccessKind.Punch, Caller, AccessRig.Id, token), CancellationToken.None);

    private static async Task MovesAsync(AccessRig rig, string stamp, bool moves, string sql)
    {
        var before = await StampAsync(rig, stamp);
        await ExecuteAsync(rig, sql);
        (await StampAsync(rig, stamp) != before).ShouldBe(moves, sql);
    }

    private static async Task<long> StampAsync(AccessRig rig, string name)
    {
        await using var db = rig.Api.OpenDb();
        return (await db.ChangeStamps.SingleOrDefaultAsync(s => s.Name == name))?.Value ?? 0;
    }

    private static async Task ExecuteAsync(AccessRig rig, string sql)
    {
        await using var db = rig.Api.OpenDb();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
