using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>Hashes of files that were finished without one.</summary>
internal sealed partial class LibrarySweeper
{
    private const long MostHashed = 2L << 30;

    /// <summary>Who finished it is about to compute it.</summary>
    private static readonly TimeSpan Own = TimeSpan.FromMinutes(10);

    /// <summary>Up to here all were tried since the start: what can't be read keeps nobody waiting.</summary>
    private DateTime _hashedTo = DateTime.MinValue;

    /// <summary>By one node, and only so many bytes in a round, which has more to do.</summary>
    private async Task HashAsync(CancellationToken cancellationToken)
    {
        var (after, before) = (_hashedTo, Now - Own);
        await using var db = parts.Store.CreateDb();
        var rows = await db.Recordings.AsNoTracking()
            .Where(r => r.Status == RecordingStatus.Ready && r.FileHash == "" && r.FinalName != ""
                && r.FinishedAt > after && r.FinishedAt < before)
            .OrderBy(r => r.FinishedAt).ThenBy(r => r.Guid).Take(Batch).ToListAsync(cancellationToken);
        var bytes = 0L;
        foreach (var row in rows)
        {
            if (bytes > 0 && bytes + row.FinalSize > MostHashed) return;
            await hashes.ComputeAsync(row, cancellationToken);
            (bytes, _hashedTo) = (bytes + row.FinalSize, row.FinishedAt!.Value);
        }
    }
}
