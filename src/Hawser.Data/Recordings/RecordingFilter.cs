using Microsoft.EntityFrameworkCore;

namespace Hawser.Data.Recordings;

/// <summary>
/// Which recordings are listed, and worked on together. What is null or empty asks for nothing.
/// </summary>
public sealed record RecordingFilter
{
    private const string Escape = "\\";

    /// <summary>In this state; stopping counts as finalising.</summary>
    public RecordingStatus? Status { get; init; }

    /// <summary>Kept under this principal.</summary>
    public string? Owner { get; init; }

    /// <summary>Recorded by this account.</summary>
    public Guid? Account { get; init; }

    /// <summary>Recorded by an account with this in its name, whatever its case.</summary>
    public string? Operator { get; init; }

    /// <summary>With transfers of its two ends or alarms of its device in the logs of its time, or without.</summary>
    public bool? Events { get; init; }

    /// <summary>Of the device with this id.</summary>
    public string? Device { get; init; }

    /// <summary>Of a device in this group.</summary>
    public Guid? Group { get; init; }

    /// <summary>With this id at the other end.</summary>
    public string? Peer { get; init; }

    /// <summary>incoming or outgoing.</summary>
    public string? Direction { get; init; }

    /// <summary>In this video codec.</summary>
    public string? Codec { get; init; }

    /// <summary>By this door.</summary>
    public RecordingDoor? Door { get; init; }

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
        if (Device is { } device) rows = rows.Where(r => r.DeviceId == device);
        if (Peer is { } peer) rows = rows.Where(r => r.PeerId == peer);
        if (Group is { } group)
        {
            rows = rows.Where(r => db.DeviceGroupMembers.Any(
                m => m.DeviceGuid == r.DeviceGuid && m.GroupGuid == group));
        }

        if (Operator is { } name)
        {
            var like = $"%{Literal(name.ToUpperInvariant())}%";
            rows = rows.Where(r => db.Users.Any(
                u => u.Guid == r.OwnerGuid && EF.Functions.Like(u.NormalizedName, like, Escape)));
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
        if (Direction is { } direction) rows = rows.Where(r => r.Direction == direction);
        if (Codec is { } codec) rows = rows.Where(r => r.Codec == codec);
        if (Door is { } door) rows = rows.Where(r => r.Door == door);
        if (From is { } from) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) >= from);
        if (To is { } to) rows = rows.Where(r => (r.StartedAt ?? r.CreatedAt) < to);
        if (LongerThanMs is { } least) rows = rows.Where(r => r.DurationMs >= least);
        return rows;
    }

    private IQueryable<RecordingRow> Matching(IQueryable<RecordingRow> rows)
    {
        if (Held is { } held) rows = rows.Where(r => (r.HeldAt != null) == held);
        if (Incomplete is { } incomplete) rows = rows.Where(r => r.Incomplete == incomplete);
        if (Status is { } status)
        {
            var other = status == RecordingStatus.Finalising ? RecordingStatus.Stopping : status;
            rows = rows.Where(r => r.Status == status || r.Status == other);
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

    private static string Literal(string text) => text
        .Replace(Escape, Escape + Escape, StringComparison.Ordinal)
        .Replace("%", Escape + "%", StringComparison.Ordinal).Replace("_", Escape + "_", StringComparison.Ordinal);
}
