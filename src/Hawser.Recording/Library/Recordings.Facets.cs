using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How many recordings have what, for the filters of lists.</summary>
internal sealed partial class Recordings
{
    /// <summary>
    /// Of what the list shows: rows that are alike are counted together by the database, so that what comes back is a
    /// few dozen rows however many recordings there are.
    /// </summary>
    public async Task<IReadOnlyList<AlikeRecordings>> CountAsync(
        RecordCaller caller, RecordQuery query, CancellationToken cancellationToken)
    {
        if ((caller.Rights & (RecordRights.View | RecordRights.Manage)) == RecordRights.None) return [];
        await using var db = parts.Store.CreateDb();
        return await Asked(db, caller, query)
            .GroupBy(r => new { r.Status, r.Door, r.Direction, r.Codec, r.Incomplete, IsHeld = r.HeldAt != null })
            .Select(g => new AlikeRecordings(
                g.Key.Status, g.Key.Door, g.Key.Direction, g.Key.Codec, g.Key.Incomplete, g.Key.IsHeld, g.Count()))
            .ToListAsync(cancellationToken);
    }
}

/// <summary>Recordings that have the same of all that is counted.</summary>
internal sealed record AlikeRecordings(
    RecordingStatus Status, RecordingDoor Door, string Direction, string Codec, bool Incomplete, bool IsHeld,
    int Count);
