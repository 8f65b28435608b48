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

    /// <summary>The number of a console operation.</summary>
    public int? Operation { get; init; }

    /// <summary>The kind: of connection, of alarm, or the area of a console operation.</summary>
    public int? Type { get; init; }

    /// <summary>Only alarms in this state.</summary>
    public AlarmState? State { get; init; }

    /// <summary>Only at this time or later, UTC.</summary>
    public DateTime? Since { get; init; }

    /// <summary>Only before this time, UTC.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Only connections that are open, or only those that ended.</summary>
    public bool? Open { get; init; }
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
        var rows = Visible(db, user, SeesAll(user));
        if (filter.Remote == None) rows = rows.Where(r => r.PeerId == "");
        else if (Pattern(filter.Remote) is { } remote)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), remote, Escape));
        }

        if (Pattern(filter.Device) is { } device)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), device, Escape));
        }

        if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r => EF.Functions.Like(r.PeerId.ToLower(), who, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), who, Escape)
                || EF.Functions.Like(r.UserName.ToLower(), who, Escape));
        }

        if (filter.Type is { } type) rows = rows.Where(r => r.Type == type);
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
        if (filter.Open is { } open) rows = rows.Where(r => (r.EndedAt == null) == open);
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

        if (filter.Remote == None) rows = rows.Where(r => r.PeerId == "");
        else if (Pattern(filter.Remote) is { } remote)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerId.ToLower(), remote, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), remote, Escape));
        }

        if (Pattern(filter.Device) is { } device)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), device, Escape));
        }

        if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r =>
                EF.Functions.Like(r.PeerId.ToLower(), who, Escape)
                || EF.Functions.Like(r.PeerName.ToLower(), who, Escape));
        }

        if (filter.Type is { } type) rows = rows.Where(r => r.Direction == type);
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
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

        if (filter.Device == None) rows = rows.Where(r => r.DeviceId == "");
        else if (Pattern(filter.Device) is { } device)
        {
            rows = rows.Where(r => EF.Functions.Like(r.DeviceId.ToLower(), device, Escape));
        }

        if (filter.Type is { } type) rows = rows.Where(r => r.Type == type);
        if (filter.State is { } state) rows = rows.Where(r => r.State == state);
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
        if (Pattern(filter.Operator) is { } who)
        {
            rows = rows.Where(r => EF.Functions.Like(r.Operator.ToLower(), who, Escape));
        }

        if (filter.Type is { } type) rows = rows.Where(r => r.Area == type);
        if (filter.Operation is { } operation) rows = rows.Where(r => r.Operation == operation);
        if (filter.Since is { } since) rows = rows.Where(r => r.CreatedAt >= since);
        if (filter.Until is { } until) rows = rows.Where(r => r.CreatedAt < until);
        return PageAsync(rows, rows.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Guid), page,
            cancellationToken);
    }

    private const string Escape = "\\";

    // How scripts ask for "none" (admin reference §1.4).
    private const string None = "-";

    private static IQueryable<ConnectionAudit> Visible(HawserDb db, CurrentUser user, bool all)
    {
        var rows = db.ConnectionAudits.AsNoTracking();
        if (all) return rows;
        var me = user.Guid;
        return rows.Where(r => r.UserGuid == me || db.DeviceDetails.Any(d => d.OwnerGuid == me
            && (d.DeviceGuid == r.DeviceGuid || db.Devices.Any(v => v.Guid == d.DeviceGuid && v.Id == r.PeerId))));
    }

    private static bool SeesAll(CurrentUser user) => user.MayEverywhere(AdminRight.AuditView);

    /// <summary>
    /// Scripts wrap their filters in <c>%</c> (admin reference §4.7); what people type is escaped. Lower case on both
    /// sides, because one engine minds it and the other does not.
    /// </summary>
    private static string? Pattern(string text)
    {
        if (text.Length == 0 || text.AsSpan().Trim('%').IsEmpty) return null;
        var plain = text.ToLowerInvariant().Replace("\0", "", StringComparison.Ordinal)
            .Replace(Escape, @"\\", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
        return text.Contains('%', StringComparison.Ordinal) ? plain : $"%{plain}%";
    }

    private static async Task<Page<T>> PageAsync<T>(
        IQueryable<T> all, IOrderedQueryable<T> sorted, PageQuery page, CancellationToken cancellationToken)
    {
        var total = await all.CountAsync(cancellationToken);
        var rows = await sorted.Skip(page.Skip).Take(page.Size).ToListAsync(cancellationToken);
        return new Page<T>(total, rows);
    }
}
