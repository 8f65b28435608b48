using System.Runtime.InteropServices;
using Hawser.Data;
using Hawser.Data.Access;
using Hawser.Data.Audit;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit;

/// <summary>
/// Some reports in one transaction: what they need is read in a handful of queries however many they are, and their
/// marks are stored with them, so that a mark is never kept for a report that was not (reference §10.2).
/// </summary>
internal sealed class AuditBatch(HawserDb db, AuditBudgets budgets, Alarms alarms, SessionRates rates)
{
    /// <summary>How long an introduction may lie back.</summary>
    private static readonly TimeSpan IntroductionAge = TimeSpan.FromHours(1);

    // How long after a session its note may still come without a login.
    private static readonly TimeSpan NoteAge = TimeSpan.FromDays(1);

    private readonly Dictionary<string, (Guid Guid, byte[] Uuid)> _devices = new(StringComparer.Ordinal);
    private readonly Dictionary<(Guid Device, int ConnId), List<ConnectionAudit>> _rows = [];
    private readonly Dictionary<string, Introduction> _introductions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _marks = new(StringComparer.Ordinal);
    private readonly List<Action> _whenStored = [];

    /// <summary>Rows of connections that this batch changed.</summary>
    public HashSet<ConnectionAudit> Changed { get; } = [];

    /// <summary>Stores what can be stored.</summary>
    /// <returns>An outcome for each report, valid because everything is committed.</returns>
    public async Task<AuditOutcome[]> StoreAsync(
        IReadOnlyList<AuditReport> reports, CancellationToken cancellationToken)
    {
        await ReadMarksAsync(reports, cancellationToken);
        await ReadDevicesAsync(reports, cancellationToken);
        await ReadConnectionsAsync(reports, cancellationToken);
        await ReadIntroductionsAsync(reports, cancellationToken);
        var outcomes = new AuditOutcome[reports.Count];
        for (var i = 0; i < reports.Count; i++) outcomes[i] = await ApplyAsync(reports[i], cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var action in _whenStored) action();
        return outcomes;
    }

    private async Task ReadMarksAsync(IReadOnlyList<AuditReport> reports, CancellationToken cancellationToken)
    {
        var marks = reports.Select(r => r.Head.Mark).Where(m => m.Length > 0)
            .Distinct(StringComparer.Ordinal).ToArray();
        if (marks.Length == 0) return;
        var known = db.AuditNonces.AsNoTracking().Where(n => marks.Contains(n.Nonce)).Select(n => n.Nonce);
        _marks.UnionWith(await known.ToListAsync(cancellationToken));
    }

    private async Task ReadDevicesAsync(IReadOnlyList<AuditReport> reports, CancellationToken cancellationToken)
    {
        var ids = reports.Where(r => r is not LostReport).Select(r => r.Head.DeviceId)
            .Distinct(StringComparer.Ordinal).ToArray();
        if (ids.Length == 0) return;
        var devices = await db.Devices.AsNoTracking().Where(d => ids.Contains(d.Id))
            .Select(d => new { d.Id, d.Guid, d.Uuid }).ToListAsync(cancellationToken);
        foreach (var device in devices) _devices[device.Id] = (device.Guid, device.Uuid);
    }

    private async Task ReadConnectionsAsync(IReadOnlyList<AuditReport> reports, CancellationToken cancellationToken)
    {
        var wanted = new HashSet<(Guid Device, int ConnId)>();
        foreach (var report in reports)
        {
            if (report is LostReport lost) wanted.Add((lost.Device, lost.ConnId));
            else if (ConnIdOf(report) is { } conn && IsKnown(report.Head, out var guid)) wanted.Add((guid, conn));
        }

        if (wanted.Count == 0) return;
        Guid?[] guids = [.. wanted.Select(w => (Guid?)w.Device).Distinct()];
        int[] conns = [.. wanted.Select(w => w.ConnId).Distinct()];
        var since = reports.Min(r => r.Head.At) - ConnectionEvents.Disorder;
        var rows = await db.ConnectionAudits
            .Where(c => guids.Contains(c.DeviceGuid) && conns.Contains(c.ConnId)
                && (c.EndedAt == null || c.EndedAt >= since || c.MissedBeats >= ConnectionAudit.LostAfter))
            .OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Guid).ToListAsync(cancellationToken);
        foreach (var row in rows) RowsOf(row.DeviceGuid!.Value, row.ConnId).Add(row);
    }

    private async Task ReadIntroductionsAsync(IReadOnlyList<AuditReport> reports, CancellationToken cancellationToken)
    {
        var references = new HashSet<string>(StringComparer.Ordinal);
        foreach (var report in reports)
        {
            references.Add(report is ConnectionReport c ? c.Reference : report is AlarmReport a ? a.Row.Reference : "");
        }

        references.UnionWith(
            _rows.Values.SelectMany(r => r).Where(r => r.UserGuid is null).Select(r => r.Reference));
        references.Remove("");
        if (references.Count == 0) return;
        var all = references.ToArray();
        var found = db.Introductions.AsNoTracking().Where(i => all.Contains(i.Reference));
        foreach (var one in await found.ToListAsync(cancellationToken)) _introductions[one.Reference] = one;
    }

    private async ValueTask<AuditOutcome> ApplyAsync(AuditReport report, CancellationToken cancellationToken)
    {
        if (report is LostReport lost) return Lose(lost);
        var mark = report.Head.Mark;
        if (mark.Length > 0 && _marks.Contains(mark)) return AuditOutcome.Repeated;
        if (report is NoteReport note) return await NoteAsync(note, cancellationToken);
        if (!IsKnown(report.Head, out var device)) return AuditOutcome.Unknown;
        if (!budgets.TryTake(device, report)) return AuditOutcome.TooMany;
        if (mark.Length > 0)
        {
            _marks.Add(mark);
            db.AuditNonces.Add(new AuditNonce { Nonce = mark, AtUtc = report.Head.At });
        }

        switch (report)
        {
            case ConnectionReport connection:
                Connect(connection, device);
                return AuditOutcome.Stored;
            case FileReport file:
                file.Row.DeviceGuid = device;
                db.FileAudits.Add(file.Row);
                return AuditOutcome.Stored;
            case AlarmReport alarm:
                return await RaiseAsync(alarm, device, cancellationToken);
            default:
                return AuditOutcome.Ignored;
        }
    }

    private void Connect(ConnectionReport report, Guid device)
    {
        var rows = RowsOf(device, report.ConnId);
        var row = ConnectionEvents.Apply(report, device, rows);
        if (db.Entry(row).State == EntityState.Detached) db.ConnectionAudits.Add(row);
        Name(row);
        if (rates.Place(row) is { } held) _whenStored.Add(held);
        Changed.Add(row);
        // An event may have ended the row of an earlier run of the client.
        Changed.UnionWith(rows.Where(r => r != row && db.Entry(r).State == EntityState.Modified));
    }

    // The introduction knows which account asked; the device can only repeat what it was handed.
    private void Name(ConnectionAudit row)
    {
        if (row.UserGuid is not null) return;
        if (IntroductionOf(row.Reference, row.DeviceId, row.CreatedAt) is not { } found) return;
        (row.UserGuid, row.UserName) = (found.UserGuid, found.UserName);
    }

    private Introduction? IntroductionOf(string reference, string deviceId, DateTime at) =>
        reference.Length > 0 && _introductions.TryGetValue(reference, out var found) && found.DeviceId == deviceId
            && at - found.AtUtc < IntroductionAge ? found : null;

    private AuditOutcome Lose(LostReport lost)
    {
        foreach (var row in RowsOf(lost.Device, lost.ConnId).Where(r => r.EndedAt is null))
        {
            ConnectionEvents.Lose(row, lost.Head.At);
            Changed.Add(row);
        }

        return AuditOutcome.Stored;
    }

    private async ValueTask<AuditOutcome> RaiseAsync(
        AlarmReport report, Guid device, CancellationToken cancellationToken)
    {
        var alarm = report.Row;
        alarm.DeviceGuid = device;
        var open = alarm.ConnId is { } conn ? RowsOf(device, conn).Find(r => r.EndedAt is null) : null;
        alarm.UserGuid = IntroductionOf(alarm.Reference, alarm.DeviceId, alarm.CreatedAt)?.UserGuid ?? open?.UserGuid;
        db.AlarmAudits.Add(alarm);
        await alarms.AddingAsync(db, alarm, _whenStored, cancellationToken);
        return AuditOutcome.Stored;
    }

    private async ValueTask<AuditOutcome> NoteAsync(NoteReport note, CancellationToken cancellationToken)
    {
        if (!_devices.TryGetValue(note.Head.DeviceId, out var device)) return AuditOutcome.Unknown;
        if (!budgets.TryTake(device.Guid, note)) return AuditOutcome.TooMany;
        var (id, session, since) = (note.Head.DeviceId, note.SessionId, note.Head.At - NoteAge);
        var row = _rows.Values.SelectMany(r => r).FirstOrDefault(r => r.DeviceId == id && r.SessionId == session)
            ?? await db.ConnectionAudits
                .Where(c => c.DeviceId == id && c.SessionId == session && (c.EndedAt == null || c.EndedAt >= since))
                .OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Guid)
                .FirstOrDefaultAsync(cancellationToken);
        if (row is null) return AuditOutcome.Ignored;
        row.Note = note.Note;
        Changed.Add(row);
        return AuditOutcome.Stored;
    }

    private bool IsKnown(ReportHead head, out Guid guid)
    {
        guid = default;
        if (!_devices.TryGetValue(head.DeviceId, out var device)) return false;
        if (head.Uuid.Length == 0 || !head.Uuid.AsSpan().SequenceEqual(device.Uuid)) return false;
        guid = device.Guid;
        return true;
    }

    private static int? ConnIdOf(AuditReport report) => report switch
    {
        ConnectionReport connection => connection.ConnId,
        AlarmReport alarm => alarm.Row.ConnId,
        _ => null,
    };

    private List<ConnectionAudit> RowsOf(Guid device, int connId) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_rows, (device, connId), out _) ??= [];
}
