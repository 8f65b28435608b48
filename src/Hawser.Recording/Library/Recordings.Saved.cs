using Hawser.Data.Recordings;
using Hawser.Recording.Storage;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>What is saved so far of a recording that is being made.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="At">When the last of them were saved, UTC.</param>
/// <param name="MimeType">By container.</param>
/// <param name="CopyAsync">Writes so many bytes, from a place on.</param>
internal sealed record SavedBytes(
    long Size, DateTime At, string MimeType, Func<long, long, Stream, CancellationToken, Task> CopyAsync);

/// <summary>Recordings that are watched while they are being made.</summary>
internal sealed partial class Recordings
{
    private const int ChunksAtOnce = 500;

    /// <summary>
    /// What is saved so far: chunks as they came, without the index and the length that finishing adds, so a player
    /// can't be given it as a file.
    /// </summary>
    /// <returns>
    /// Done; not started (there is none, or it is not the caller's); finished (it is made no more); not available here
    /// (the bytes are on the node that the client sends them to).
    /// </returns>
    public async Task<(RecordCode Code, SavedBytes? Saved)> SavedAsync(
        RecordCaller caller, string recordId, CancellationToken cancellationToken)
    {
        if (await SeenAsync(caller, recordId, RecordRights.View, cancellationToken) is not { } row)
        {
            return (RecordCode.NotStarted, null);
        }

        if (row.Status is not (RecordingStatus.Recording or RecordingStatus.Stopping or RecordingStatus.Finalising))
        {
            return (RecordCode.Finished, null);
        }

        var saved = row.Door == RecordingDoor.Upload ? uploads.Saved(row) : await ChunksAsync(row, cancellationToken);
        return saved is null ? (RecordCode.MissingChunks, null) : (RecordCode.Ok, saved);
    }

    private async Task<SavedBytes?> ChunksAsync(RecordingRow row, CancellationToken cancellationToken)
    {
        var guid = row.Guid;
        await using var db = parts.Store.CreateDb();
        var all = await db.RecordingChunks.Where(c => c.RecordingGuid == guid).GroupBy(c => c.RecordingGuid)
            .Select(g => new { Size = g.Sum(c => c.Length), Last = g.Max(c => c.Index), At = g.Max(c => c.StoredAt) })
            .FirstOrDefaultAsync(cancellationToken);
        if (all is null) return null;
        return new SavedBytes(all.Size, all.At, "video/webm", async (from, length, output, token) =>
        {
            foreach (var piece in await PiecesAsync(guid, (all.Last, all.Size), (from, from + length), token))
            {
                await CopyAsync(row.RecordId, piece, (from, from + length), output, token);
            }
        });
    }

    /// <summary>The chunks of a stretch; looked for from the end, where who watches is.</summary>
    private async Task<List<ChunkPlace>> PiecesAsync(
        Guid guid, (int Last, long Size) all, (long From, long To) wanted, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var pieces = new List<ChunkPlace>();
        var (start, below) = (all.Size, all.Last + 1L);
        while (start > wanted.From)
        {
            var some = await db.RecordingChunks.AsNoTracking().Where(c => c.RecordingGuid == guid && c.Index < below)
                .OrderByDescending(c => c.Index).Take(ChunksAtOnce).Select(c => new { c.Index, c.Length })
                .ToListAsync(cancellationToken);
            if (some.Count == 0) break;
            foreach (var chunk in some.TakeWhile(_ => start > wanted.From))
            {
                start -= chunk.Length;
                if (start < wanted.To) pieces.Add(new ChunkPlace(chunk.Index, start));
            }

            below = some[^1].Index;
        }

        pieces.Reverse();
        return pieces;
    }

    private async Task CopyAsync(
        string recordId, ChunkPlace piece, (long From, long To) wanted, Stream output,
        CancellationToken cancellationToken)
    {
        await using var chunk = await storage.OpenChunkAsync(recordId, piece.Index, cancellationToken)
            ?? throw new StorageException("A chunk is gone.", isFull: false);
        await SavedCopy.RunAsync(
            chunk, Math.Max(0, wanted.From - piece.Start), wanted.To - Math.Max(piece.Start, wanted.From), output,
            cancellationToken);
    }

    /// <summary>A chunk, and where it begins.</summary>
    private readonly record struct ChunkPlace(int Index, long Start);
}
