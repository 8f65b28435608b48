using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Recordings;

/// <summary>
/// Which recordings are listed, and worked on together. What is null or empty asks for nothing.
/// </summary>
public sealed record RecordingFilter
{
    private const string Escape = "\\";

    /// <summary>In one of these states; stopping counts as finalising.</summary>
    public IReadOnlyList<RecordingStatus> Statuses { get; init; } = [];

    /// <summary>Kept under this principal.</summary>
    public string? Owner { get; init; }

    /// <summary>Recorded by this account.</summary>
    public Guid? Account { get; init; }

    /// <summary>Recorded by an account with one of these in its name, whatever its case.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>With transfers of its two ends or alarms of its device in the logs of its time, or without.</summary>
    public bool? Events { get; init; }

    /// <summary>Of a device with one of these ids; with a <c>%</c> it is a pattern.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Of a device in one of these groups.</summary>
    public IReadOnlyList<Guid> Groups { get; init; } = [];

    /// <summary>With one of these ids at the other end; with a <c>%</c> it is a pattern.</summary>
    public IReadOnlyList<string> Peers { get; init; } = [];

    /// <summary>incoming or outgoing.</summary>
    public IReadOnlyList<string> Directions { get; init; } = [];

    /// <summary>In one of these video codecs.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = [];

    /// <summary>By one of these doors.</summary>
    public IReadOnlyList<RecordingDoor> Doors { get; init; } = [];

    /// <summary>Begun then or later, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Begun before, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Playing at least so long.</summary>
    public long? LongerThanMs { get; init; }

    /// <summary>Held, or not.</summary>
    public bool? Held { get; init; }

    /// <summary>With something that may be missing, or without.</summary>
    public bool? Incomplete { get; init; }

    /// <summary>With this in id, title, note, device or other end, whatever its case.</summary>
    public string? Text { get; init; }

    /// <summary>Those of some recordings that are asked for.</summary>
    /// <param name="db">Where what they are filtered by is.</param>
    /// <param name="rows">Which they are chosen from.</param>
    public IQueryable<RecordingRow> Of(HawserDb db, IQueryable<RecordingRow> rows)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(rows);
        return Matching(OfMeans(OfPeople(rows, db)));
    }

    private IQueryable<RecordingRow> OfPeople(IQueryable<RecordingRow> rows, HawserDb db)
    {
        if (Owner is { } owner) rows = rows.Where(r => r.Owner == owner);
        if (Account is { } account) rows = rows.Where(r => r.OwnerGuid == account);
        if (Devices.Count > 0)
        {
            var (ids, likes) = Ids(Devices);
            rows = rows.Where(r => ids.Contains(r.DeviceId)
                || likes.Any(like => EF.Functions.Like(r.DeviceId, like, Escape)));
        }

        if (Peers.Count > 0)
        {
            var (ids, likes) = Ids(Peers);
            rows = rows.Where(r => ids.Contains(r.PeerId)
                || likes.Any(like => EF.Functions.Like(r.PeerId, like, Escape)));
        }

        if (Groups.Count > 0)
        {
            var groups = Groups.ToArray();
            rows = rows.Where(r => db.DeviceGroupMembers.Any(
                m => m.DeviceGuid == r.DeviceGuid && groups.Contains(m.GroupGuid)));
        }

        if (Operators.Count > 0)
        {
            var likes = Operators.Select(name => $"%{Literal(name.ToUpperInvariant())}%").ToArray();
            rows = rows.Where(r => db.Users.Any(u => u.Guid == r.OwnerGuid
                && likes.Any(like => EF.Functions.Like(u.NormalizedName, like, Escape))));
        }

        return Events is { } hasEvents ? WithEvents(rows, hasEvents, db) : rows;
    }

    // Of the same ends as what is listed beside a recording; sessions that begin and end there are part of each.
    private static IQueryable<RecordingRow> WithEvents(IQueryable<RecordingRow> rows, bool wanted, HawserDb db) =>
        rows.Where(r => wanted == (r.DeviceId != "" && r.PeerId != ""
            && (db.FileAudits.Any(f => ((f.DeviceId == r.DeviceId && f.PeerId == r.PeerId)
                    || (f.DeviceId == r.PeerId && f.PeerId == r.DeviceId))
                && f.CreatedAt >= (r.StartedAt ?? r.CreatedAt) && f.CreatedAt <= (r.StoppedAt ?? r.ActiveAt))
            || db.AlarmAudits.Any(a => a.DeviceId == r.DeviceId
                && a.CreatedAt >= (r.StartedAt ?? r.CreatedAt) && a.CreatedAt <= (r.StoppedAt ?? r.ActiveAt)))));

    private IQueryable<RecordingRow> OfMeans(IQueryable<RecordingRow> rows)
    {
        var (directions, codecs, doors) = (Directions.ToArray(), Codecs.ToArray(), Doors.ToArray());
        if (directions.Length > 0) rows = rows.Where(r => directions.Contains(r.Direction));
        if (codecs.Length > 0) rows = rows.Where(r => codecs.Contains(r.Codec));
        if (doors.Length > 0) rows = rows.Where(r => doors.Contains(r.Door));
        if (From is { } from) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) >= from);
        if (To is { } to) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) < to);
        if (LongerThanMs is { } least) rows = rows.Where(r => r.DurationMs >= least);
        return rows;
    }

    private IQueryable<RecordingRow> Matching(IQueryable<RecordingRow> rows)
    {
        if (Held is { } held) rows = rows.Where(r => (r.HeldAt != null) == held);
        if (Incomplete is { } incomplete) rows = rows.Where(r => r.Incomplete == incomplete);
        if (Statuses.Count > 0)
        {
            RecordingStatus[] also = Statuses.Contains(RecordingStatus.Finalising) ? [RecordingStatus.Stopping] : [];
            RecordingStatus[] wanted = [.. Statuses, .. also];
            rows = rows.Where(r => wanted.Contains(r.Status));
        }

        if (Text is not { Length: > 0 } text) return rows;
        var like = $"%{Literal(text.ToLowerInvariant())}%";
#pragma warning disable CA1304, CA1311, MA0011 // Translated to SQL: PostgreSQL minds the case, SQLite does not.
        return rows.Where(r => EF.Functions.Like(r.RecordId.ToLower(), like, Escape)
            || EF.Functions.Like(r.Title.ToLower(), like, Escape)
            || EF.Functions.Like(r.Note.ToLower(), like, Escape)
            || EF.Functions.Like(r.DeviceId.ToLower(), like, Escape)
            || EF.Functions.Like(r.PeerId.ToLower(), like, Escape));
#pragma warning restore CA1304, CA1311, MA0011
    }

    // Those that are compared, and those that are patterns.
    private static (string[] Ids, string[] Likes) Ids(IReadOnlyList<string> asked) =>
    (
        [.. asked.Where(one => !IsPattern(one))],
        [.. asked.Where(IsPattern).Select(one => Literal(one).Replace(Escape + "%", "%", StringComparison.Ordinal))]);

    private static bool IsPattern(string asked) => asked.Contains('%', StringComparison.Ordinal);

    private static string Literal(string text) => text
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
        .Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal);
}
