using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Audit;

public class AuditListTests
{
    [Fact]
    public async Task Lists_are_newest_first_paged_and_filtered()
    {
        await using var rig = await AuditRig.StartAsync();
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        await using var db = rig.Api.OpenDb();
        for (var i = 0; i < 25; i++)
        {
            // Two at each moment: the order must be stable all the same.
            var at = start.AddMinutes(i / 2);
            db.Add(new ConnectionAudit { DeviceId = $"10{i % 5}", PeerId = $"p_{i}", PeerName = "100%", Type = i % 3, CreatedAt = at });
            db.Add(new FileAudit { DeviceId = $"10{i % 5}", Direction = i % 2, CreatedAt = at });
            db.Add(new AlarmAudit { DeviceId = $"10{i % 5}", Type = i % 3, CreatedAt = at });
            db.Add(new ConsoleAudit { Operator = "root", Area = i % 3, CreatedAt = at });
        }

        await db.SaveChangesAsync();
        var (lists, admin) = (new AuditLists(), User(Guid.NewGuid(), admin: true));
        var seen = new List<Guid>();
        for (var page = 1; page <= 3; page++)
        {
            var rows = await lists.ConnectionsAsync(db, admin, new(), new PageQuery(page, 10), default);
            rows.Total.ShouldBe(25);
            seen.AddRange(rows.Data.Select(r => r.Guid));
            rows.Data.Select(r => r.CreatedAt).ShouldBe(rows.Data.Select(r => r.CreatedAt).OrderDescending());
        }

        seen.Distinct().Count().ShouldBe(25);
        async Task<int> CountAsync(AuditFilter filter) => (await lists.ConnectionsAsync(db, admin, filter, new(1, 5), default)).Total;
        (await CountAsync(new() { Device = "%10%" })).ShouldBe(25);
        (await CountAsync(new() { Device = "104" })).ShouldBe(5);
        (await CountAsync(new() { Device = "%%" })).ShouldBe(25);
        (await CountAsync(new() { Operator = "p_3" })).ShouldBe(1, "an underscore that somebody types is one");
        (await CountAsync(new() { Operator = "P_3" })).ShouldBe(1);
        (await CountAsync(new() { Operator = "\\" })).ShouldBe(0);
        (await CountAsync(new() { Operator = "' OR 1=1 --" })).ShouldBe(0);
        (await CountAsync(new() { Types = [2] })).ShouldBe(8);
        (await CountAsync(new() { Since = start.AddMinutes(10), Until = start.AddMinutes(11) })).ShouldBe(2);
        (await CountAsync(new() { Open = false })).ShouldBe(0);
        (await lists.FilesAsync(db, admin, new() { Types = [1], Device = "101" }, new(1, 100), default)).Total.ShouldBe(3);
        (await lists.AlarmsAsync(db, admin, new() { Types = [1] }, new(1, 100), default)).Total.ShouldBe(8);
        (await lists.ConsoleAsync(db, admin, new() { Operator = "oo", Types = [0] }, new(1, 100), default)).Total.ShouldBe(9);
    }

    [Fact]
    public async Task Who_is_no_administrator_sees_what_is_his()
    {
        await using var rig = await AuditRig.StartAsync();
        var mara = await rig.Api.AddUserAsync("mara");
        var own = await rig.Api.AddDeviceAsync("200", mara);
        await using var db = rig.Api.OpenDb();
        db.Add(new ConnectionAudit { DeviceId = "200", DeviceGuid = own.Guid, PeerId = "1" });
        db.Add(new ConnectionAudit { DeviceId = "300", PeerId = "200" });
        db.Add(new ConnectionAudit { DeviceId = "300", PeerId = "1", UserGuid = mara.Guid });
        db.Add(new ConnectionAudit { DeviceId = "300", PeerId = "1" });
        db.Add(new FileAudit { DeviceId = "200", DeviceGuid = own.Guid });
        db.Add(new FileAudit { DeviceId = "300" });
        db.Add(new AlarmAudit { DeviceId = "300", UserGuid = mara.Guid });
        db.Add(new AlarmAudit { DeviceId = "300" });
        db.Add(new ConsoleAudit { OperatorGuid = mara.Guid });
        db.Add(new ConsoleAudit { Operator = "root" });
        await db.SaveChangesAsync();
        var (lists, user, page) = (new AuditLists(), User(mara.Guid, admin: false), new PageQuery(1, 100));
        (await lists.ConnectionsAsync(db, user, new(), page, default)).Total.ShouldBe(3);
        (await lists.FilesAsync(db, user, new(), page, default)).Total.ShouldBe(1);
        (await lists.AlarmsAsync(db, user, new(), page, default)).Total.ShouldBe(1);
        (await lists.ConsoleAsync(db, user, new(), page, default)).Total.ShouldBe(1);
    }

    private static CurrentUser User(Guid guid, bool admin) =>
        new(guid, "u", admin, Guid.Empty, Guid.Empty, TokenKind.Console, Scopes.None, "");
}
