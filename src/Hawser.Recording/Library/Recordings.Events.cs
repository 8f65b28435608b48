using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>What the logs say of the time that a recording shows.</summary>
internal sealed partial class Recordings
{
    private const int MostEvents = 500;

    // Clocks of devices and of the server agree to about that.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    // What clients report as the path of what was printed; of the clipboard they report none.
    private const string Printing = "Remote print";

    /// <summary>
    /// What the recording's own two ends did meanwhile, and alarms of the device, in order; null: there is no such
    /// recording, or it is not the caller's.
    /// </summary>
    public async Task<IReadOnlyList<RecordEvent>?> EventsAsync(
        RecordCaller caller, string? recordId, CancellationToken cancellationToken)
    {
        if (await SeenAsync(caller, recordId, RecordRights.View, cancellationToken) is not { } row) return null;
        var (device, peer) = (row.DeviceId, row.PeerId);
        if (device.Length == 0 || peer.Length == 0) return [];
        var start = row.StartedAt ?? row.CreatedAt;
        var shown = new Shown(device, peer, start - Slack, EndOf(row, start) + Slack);
        await using var db = parts.Store.CreateDb();
        var events = await TransfersAsync(db, shown, cancellationToken);
        events.AddRange(await ConnectionsAsync(db, shown, cancellationToken));
        events.AddRange(await AlarmsAsync(db, shown, cancellationToken));
        return [.. events
            .Select(e => new RecordEvent(
                Math.Max(0, (long)(e.At - start).TotalMilliseconds), e.Kind, e.Text, e.Count))
            .OrderBy(e => e.AtMs).ThenBy(e => e.Kind, StringComparer.Ordinal).Take(MostEvents)];
    }

    private static DateTime EndOf(RecordingRow row, DateTime start) =>
        row.DurationMs is { } length ? start.AddMilliseconds(length) : row.StoppedAt ?? row.ActiveAt;

    private static async Task<List<Seen>> TransfersAsync(
        HawserDb db, Shown shown, CancellationToken cancellationToken)
    {
        var (device, peer, from, to) = shown;
        var rows = await db.FileAudits.AsNoTracking()
            // Logs are kept under the controlled end, whichever of the two recorded.
            .Where(f => (f.DeviceId == device && f.PeerId == peer) || (f.DeviceId == peer && f.PeerId == device))
            .Where(f => f.CreatedAt >= from && f.CreatedAt <= to)
            .OrderBy(f => f.CreatedAt).ThenBy(f => f.Guid).Take(MostEvents)
            .Select(f => new { f.CreatedAt, f.Direction, f.Path, f.FileCount }).ToListAsync(cancellationToken);
        return rows.ConvertAll(f => new Seen(
            f.CreatedAt,
            f.Path.Length == 0 ? "clipboard" : f.Path == Printing ? "print" : f.Direction == 0 ? "from" : "to",
            f.Path, f.FileCount));
    }

    private static async Task<List<Seen>> ConnectionsAsync(
        HawserDb db, Shown shown, CancellationToken cancellationToken)
    {
        var (device, peer, from, to) = shown;
        var rows = await db.ConnectionAudits.AsNoTracking()
            .Where(c => (c.DeviceId == device && c.PeerId == peer) || (c.DeviceId == peer && c.PeerId == device))
            .Where(c => c.CreatedAt <= to && (c.EndedAt == null || c.EndedAt >= from))
            .OrderBy(c => c.CreatedAt).ThenBy(c => c.Guid).Take(MostEvents)
            .Select(c => new { c.AuthorizedAt, c.EndedAt, c.Type, c.Note }).ToListAsync(cancellationToken);
        var seen = new List<Seen>();
        foreach (var c in rows)
        {
            var kind = c.Type ?? 0;
            if (c.AuthorizedAt is { } let && let >= from && let <= to) seen.Add(new Seen(let, "opened", "", kind));
            if (c.EndedAt is { } end && end >= from && end <= to) seen.Add(new Seen(end, "ended", c.Note, kind));
        }

        return seen;
    }

    private static async Task<List<Seen>> AlarmsAsync(HawserDb db, Shown shown, CancellationToken cancellationToken)
    {
        var (device, _, from, to) = shown;
        var rows = await db.AlarmAudits.AsNoTracking()
            .Where(a => a.DeviceId == device && a.CreatedAt >= from && a.CreatedAt <= to)
            .OrderBy(a => a.CreatedAt).ThenBy(a => a.Guid).Take(MostEvents)
            .Select(a => new { a.CreatedAt, a.Type }).ToListAsync(cancellationToken);
        return rows.ConvertAll(a => new Seen(a.CreatedAt, "alarm", "", a.Type));
    }

    private sealed record Shown(string Device, string Peer, DateTime From, DateTime To);

    private sealed record Seen(DateTime At, string Kind, string Text, int Count);
}

/// <summary>Something that the logs say of the time that a recording shows.</summary>
/// <param name="AtMs">When, in milliseconds from its beginning.</param>
/// <param name="Kind">from, to, clipboard, print, opened, ended or alarm.</param>
/// <param name="Text">The path; the note of a session that ended.</param>
/// <param name="Count">How many files; the kind of the session, or of the alarm.</param>
internal sealed record RecordEvent(long AtMs, string Kind, string Text, int Count);
