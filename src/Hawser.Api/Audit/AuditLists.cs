using System.Diagnostics.CodeAnalysis;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit;

/// <summary>What a list of audits is narrowed to; null and empty: not at all.</summary>
internal sealed record AuditFilter
{
    /// <summary>Part of the controlled device's id; a pattern as in LIKE when it has a <c>%</c>.</summary>
    public string Device { get; init; } = "";

    /// <summary>Part of the operator's id, name or account.</summary>
    public string Operator { get; init; } = "";

    /// <summary>Part of the id or name of either end, as scripts ask; <c>-</c>: the operator is not known.</summary>
    public string Remote { get; init; } = "";

    /// <summary>The number of a console operation; of these and what is many below, one must be it.</summary>
    public int[] Operations { get; init; } = [];

    /// <summary>The kind: of connection, of alarm, or the area of a console operation.</summary>
    public int[] Types { get; init; } = [];

    /// <summary>Only alarms in one of these states.</summary>
    public AlarmState[] States { get; init; } = [];

    /// <summary>Only at this time or later, UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Only before this time, UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Only connections that are open, or only those that ended.</summary>
    public bool? Open { get; init; }

    /// <summary>One row.</summary>
    public Guid? Guid { get; init; }

    /// <summary>A text anywhere in what people read of a row.</summary>
    public string Text { get; init; } = "";

    /// <summary>Part of the address that it came from.</summary>
    public string Address { get; init; } = "";

    /// <summary>Part of the note.</summary>
    public string Note { get; init; } = "";

    /// <summary>Only connections over a relay, only direct ones, or those of which it is not known.</summary>
    public (bool IsAsked, bool? Value) IsRelayed { get; init; }

    /// <summary>Part of the name of the relay.</summary>
    public string Relay { get; init; } = "";

    /// <summary>How a connection was authorised.</summary>
    public int[] Auths { get; init; } = [];

    /// <summary>The second factor of a connection.</summary>
    public int[] Factors { get; init; } = [];

    /// <summary>Only connections that lasted so many seconds, or do by now.</summary>
    public int? Longer { get; init; }

    /// <summary>When it is asked, UTC.</summary>
    public DateTime Now { get; init; }

    /// <summary>Part of the name of a group that the device is in.</summary>
    public string DeviceGroup { get; init; } = "";

    /// <summary>Part of the path of a transfer; for the clipboard and the printer <see cref="What"/>.</summary>
    public string Path { get; init; } = "";

    /// <summary>What was moved: <c>files</c>, <c>clipboard</c> or <c>print</c>.</summary>
    public string What { get; init; } = "";

    /// <summary>By what something was done in the console: <c>person</c>, <c>token</c> or <c>cli</c>.</summary>
    public string Via { get; init; } = "";
}

/// <summary>
/// Lists of audits, newest first and stable, for the console and for scripts: administrators see everything, others
/// what they did themselves and what was done to devices that are theirs now (admin reference §6.7).
/// </summary>
[SuppressMessage("Globalization", "CA1304", Justification = "The database does it.")]
[SuppressMessage("Globalization", "CA1311", Justification = "The database does it.")]
[SuppressMessage("Performance", "CA1862", Justification = "The database does it.")]
internal sealed class AuditLists
{
    /// <summary>Connections.</summary>
    public Task<Page<ConnectionAudit>> ConnectionsAsync(
        HawserDb db, CurrentUser user, AuditFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        var rows = AuditNarrowing.Connections(db, Visible(db, user, SeesAll(user)), filter);
        return PageAsync(rows, rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid), page,
            cancellationToken);
    }

    /// <summary>One connection, if the user may end it: seeing all of them is not enough.</summary>
    public Task<ConnectionAudit?> FindConnectionAsync(
        HawserDb db, CurrentUser user, Guid guid, CancellationToken cancellationToken) =>
        Visible(db, user, user.MayEverywhere(AdminRight.AuditEdit))
            .FirstOrDefaultAsync(r => r.Guid == guid, cancellationToken);

    /// <summary>Transfers of files.</summary>
    public Task<Page<FileAudit>> FilesAsync(
        HawserDb db, CurrentUser user, AuditFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        var rows = db.FileAudits.AsNoTracking();
        if (!SeesAll(user))
        {
            var me = user.Guid;
            rows = rows.Where(r => db.DeviceDetails.Any(d => d.OwnerGuid == me
                && (d.DeviceGuid == r.DeviceGuid || db.Devices.Any(v => v.Guid == d.DeviceGuid && v.Id == r.PeerId))));
        }

        rows = AuditNarrowing.Files(db, rows, filter);
        return PageAsync(rows, rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid), page,
            cancellationToken);
    }

    /// <summary>Alarms.</summary>
    public Task<Page<AlarmAudit>> AlarmsAsync(
        HawserDb db, CurrentUser user, AuditFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        var rows = Alarms(db, user, filter);
        return PageAsync(rows, rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid), page,
            cancellationToken);
    }

    /// <summary>The alarms that a user sees, narrowed.</summary>
    public static IQueryable<AlarmAudit> Alarms(HawserDb db, CurrentUser user, AuditFilter filter)
    {
        var rows = db.AlarmAudits.AsNoTracking();
        if (!SeesAll(user))
        {
            var me = user.Guid;
            rows = rows.Where(r =>
                r.UserGuid == me || db.DeviceDetails.Any(d => d.OwnerGuid == me && d.DeviceGuid == r.DeviceGuid));
        }

        if (filter.Device == AuditNarrowing.None) rows = rows.Where(r => r.DeviceId == "");
        else if (AuditNarrowing.Pattern(filter.Device) is { } device)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), device, AuditNarrowing.Escape));
        }

        if (filter.Types is { Length: > 0 } types) rows = rows.Where(r => types.Contains(r.Type));
        if (filter.States is { Length: > 0 } states) rows = rows.Where(r => states.Contains(r.State));
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
        return rows;
    }

    /// <summary>What was done in the console.</summary>
    public Task<Page<ConsoleAudit>> ConsoleAsync(
        HawserDb db, CurrentUser user, AuditFilter filter, PageQuery page, CancellationToken cancellationToken)
    {
        var rows = db.ConsoleAudits.AsNoTracking();
        if (!SeesAll(user)) rows = rows.Where(r => r.OperatorGuid == user.Guid);
        rows = AuditNarrowing.Console(rows, filter);
        return PageAsync(rows, rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid), page,
            cancellationToken);
    }

    private static IQueryable<ConnectionAudit> Visible(HawserDb db, CurrentUser user, bool all)
    {
        var rows = db.ConnectionAudits.AsNoTracking();
        if (all) return rows;
        var me = user.Guid;
        return rows.Where(r => r.UserGuid == me || db.DeviceDetails.Any(d => d.OwnerGuid == me
            && (d.DeviceGuid == r.DeviceGuid || db.Devices.Any(v => v.Guid == d.DeviceGuid && v.Id == r.PeerId))));
    }

    private static bool SeesAll(CurrentUser user) => user.MayEverywhere(AdminRight.AuditView);

    private static async Task<Page<T>> PageAsync<T>(
        IQueryable<T> all, IOrderedQueryable<T> sorted, PageQuery page, CancellationToken cancellationToken)
    {
        var total = await all.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return new Page<T>(total, rows);
    }
}
