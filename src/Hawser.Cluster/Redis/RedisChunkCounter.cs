using StackExchange.Redis;

namespace Hawser.Cluster.Redis;

/// <summary>
/// Counters in Redis: <c>recording:{recordId}:chunk_index</c> holds how many numbers were handed out (recorder
/// reference §1.11). Made only when it is missing, never with an expiry; what another program would have read there is
/// the same.
/// </summary>
internal sealed class RedisChunkCounter(RedisServer server) : IChunkCounter
{
    /// <inheritdoc/>
    public Task OpenAsync(string recordId, CancellationToken cancellationToken) =>
        server.AskAsync(db => db.StringSetAsync(Key(recordId), 0, null, When.NotExists), cancellationToken);

    /// <inheritdoc/>
    public async Task<int> NextAsync(string recordId, CancellationToken cancellationToken)
    {
        var handedOut = await server.AskAsync(db => db.StringIncrementAsync(Key(recordId)), cancellationToken)
            .ConfigureAwait(false);
        return handedOut is > 0 and <= int.MaxValue ? (int)(handedOut - 1)
            : throw new ChunkCounterException("Redis: the counter is out of its range");
    }

    /// <inheritdoc/>
    public async Task RaiseAsync(string recordId, int next, CancellationToken cancellationToken)
    {
        var key = Key(recordId);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var known = await server.AskAsync(db => db.StringGetAsync(key), cancellationToken).ConfigureAwait(false);
            if (known.HasValue)
            {
                if (!known.TryParse(out long handedOut))
                {
                    throw new ChunkCounterException("Redis: the counter is no number");
                }

                if (handedOut >= next) return;
            }

            // Compare and set: another node may raise it, or go on counting, at the same time.
            var done = await server.AskAsync(db => SetAsync(db, key, known, next), cancellationToken)
                .ConfigureAwait(false);
            if (done) return;
        }
    }

    /// <inheritdoc/>
    public Task CloseAsync(string recordId, CancellationToken cancellationToken) =>
        server.AskAsync(db => db.KeyDeleteAsync(Key(recordId)), cancellationToken);

    private static Task<bool> SetAsync(IDatabase db, RedisKey key, RedisValue known, int next)
    {
        if (!known.HasValue) return db.StringSetAsync(key, next, null, When.NotExists);
        var change = db.CreateTransaction();
        change.AddCondition(Condition.StringEqual(key, known));
        _ = change.StringSetAsync(key, next);
        return change.ExecuteAsync();
    }

    private static RedisKey Key(string recordId) => $"recording:{recordId}:chunk_index";
}
