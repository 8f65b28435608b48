using System.Collections.Concurrent;
using Hawser.Cluster;
using Hawser.Data;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Recording.Library;

/// <summary>
/// Counters without Redis (reference §4.2): in the recording's row where several nodes may share the database, in
/// memory and begun from the row where the database is this node's alone. What is asked for in the same moment is one
/// statement, so that hundreds of recorders do not wait for hundreds of commits.
/// </summary>
internal sealed class StoredChunkCounter : IChunkCounter, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Count> _counts = new(StringComparer.Ordinal);
    private readonly HawserStore _store;
    private readonly Batcher<string, int?>? _asking;

    public StoredChunkCounter(HawserStore store)
    {
        _store = store;
        if (store.Address.IsPostgres) _asking = new(ids => store.Chunks.TakeNumbersAsync(ids, CancellationToken.None));
    }

    public Task OpenAsync(string recordId, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<int> NextAsync(string recordId, CancellationToken cancellationToken)
    {
        try
        {
            if (_asking is not null) return await NextOfRowAsync(recordId, cancellationToken);
            if (!_counts.TryGetValue(recordId, out var count))
            {
                count = _counts.GetOrAdd(recordId, new Count(await ReadAsync(recordId, cancellationToken)));
            }

            return Interlocked.Increment(ref count.Next) - 1;
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            throw new ChunkCounterException(e.Message, e);
        }
    }

    public async Task RaiseAsync(string recordId, int next, CancellationToken cancellationToken)
    {
        try
        {
            await using var db = _store.CreateDb();
            await db.Recordings.Where(r => r.RecordId == recordId && r.NextIndex < next)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.NextIndex, next), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            throw new ChunkCounterException(e.Message, e);
        }

        if (!_counts.TryGetValue(recordId, out var count)) return;
        int known;
        while ((known = Volatile.Read(ref count.Next)) < next
            && Interlocked.CompareExchange(ref count.Next, next, known) != known)
        {
            // Somebody else counted; look again.
        }
    }

    public Task CloseAsync(string recordId, CancellationToken cancellationToken)
    {
        _counts.TryRemove(recordId, out _);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _asking?.DisposeAsync() ?? default;

    private async Task<int> ReadAsync(string recordId, CancellationToken cancellationToken)
    {
        await using var db = _store.CreateDb();
        return await db.Recordings.Where(r => r.RecordId == recordId).Select(r => r.NextIndex)
            .FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<int> NextOfRowAsync(string recordId, CancellationToken cancellationToken) =>
        await _asking!.AskAsync(recordId, cancellationToken)
            ?? throw new ChunkCounterException("there is no such recording");

    private sealed class Count(int next)
    {
        public int Next = next;
    }
}
