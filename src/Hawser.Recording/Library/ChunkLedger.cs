using System.Data.Common;
using System.Threading.Channels;
using Hawser.Data;
using Hawser.Data.Recordings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>How the row of a chunk fared.</summary>
internal enum LedgerOutcome
{
    /// <summary>It is there.</summary>
    Stored,

    /// <summary>The recording takes no chunks any more.</summary>
    Closed,

    /// <summary>Its number, or the client's, is taken.</summary>
    Taken,
}

/// <summary>
/// Writes the rows of chunks: what came from all recordings meanwhile goes into one transaction, so that a database
/// with one writer keeps up with hundreds of recorders. The condition on the recording's row is what keeps late chunks
/// out, on whichever node they arrive.
/// </summary>
internal sealed class ChunkLedger : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int Attempts = 5;
    private readonly HawserStore _store;
    private readonly TimeProvider _time;
    private readonly Channel<Entry> _entries = Channel.CreateUnbounded<Entry>(new() { SingleReader = true });
    private readonly Task _writing;

    public ChunkLedger(HawserStore store, TimeProvider time)
    {
        (_store, _time) = (store, time);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Adds a chunk; cannot be given up, because the file is there already.</summary>
    public Task<LedgerOutcome> AddAsync(RecordingChunk chunk)
    {
        var entry = new Entry(chunk);
        return _entries.Writer.TryWrite(entry) ? entry.Done.Task
            : Task.FromException<LedgerOutcome>(new ObjectDisposedException(nameof(ChunkLedger)));
    }

    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        var batch = new List<Entry>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            while (batch.Count < MaxBatch && _entries.Reader.TryRead(out var entry)) batch.Add(entry);
            await StoreAsync(batch);
            batch.Clear();
        }
    }

    private async Task StoreAsync(List<Entry> batch)
    {
        try
        {
            for (var attempt = 1; !await TryCommitAsync(batch, attempt == Attempts); attempt++)
            {
                // Another node wrote the same rows in another order; this one gave way.
            }

            foreach (var entry in batch) entry.End();
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault() && batch.Count > 1)
        {
            // One of them is to blame; each on its own tells which.
            foreach (var entry in batch) await StoreAsync([entry]);
        }
        catch (DbUpdateException e) when (!e.IsPassingStoreFault())
        {
            batch[0].Outcome = LedgerOutcome.Taken;
            batch[0].End();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            foreach (var entry in batch) entry.Done.TrySetException(e);
        }
    }

    /// <returns>False when the database ended it for the sake of another transaction: try again.</returns>
    private async Task<bool> TryCommitAsync(List<Entry> batch, bool isLast)
    {
        try
        {
            await CommitAsync(batch);
            return true;
        }
        catch (Exception e) when (!isLast && GaveWay(e))
        {
            return false;
        }
    }

    private static bool GaveWay(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Deadlock, serialization failure: SQL states of the standard.
            if (e is DbException { SqlState: "40P01" or "40001" }) return true;
        }

        return false;
    }

    private async Task CommitAsync(List<Entry> batch)
    {
        await using var db = _store.CreateDb();
        await using var change = await db.Database.BeginTransactionAsync();
        var now = _time.GetUtcNow().UtcDateTime;
        // In one order on every node, so that two never wait for each other.
        foreach (var recording in batch.GroupBy(e => e.Chunk.RecordingGuid).OrderBy(g => g.Key))
        {
            var (guid, count) = (recording.Key, recording.Count());
            var bytes = recording.Sum(e => e.Chunk.Length);
            var next = recording.Max(e => e.Chunk.Index) + 1;
            var open = await db.Recordings
                .Where(r => r.Guid == guid
                    && (r.Status == RecordingStatus.Recording || r.Status == RecordingStatus.Stopping))
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.Chunks, r => r.Chunks + count)
                    .SetProperty(r => r.Size, r => r.Size + bytes)
                    .SetProperty(r => r.NextIndex, r => r.NextIndex < next ? next : r.NextIndex)
                    .SetProperty(r => r.ActiveAt, now).SetProperty(r => r.UpdatedAt, now));
            foreach (var entry in recording)
            {
                entry.Outcome = open > 0 ? LedgerOutcome.Stored : LedgerOutcome.Closed;
                entry.Chunk.StoredAt = now;
                if (open > 0) db.RecordingChunks.Add(entry.Chunk);
            }
        }

        await db.SaveChangesAsync();
        await change.CommitAsync();
    }

    private sealed class Entry(RecordingChunk chunk)
    {
        public RecordingChunk Chunk { get; } = chunk;

        public LedgerOutcome Outcome { get; set; }

        public TaskCompletionSource<LedgerOutcome> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void End() => Done.TrySetResult(Outcome);
    }
}
