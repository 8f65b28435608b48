using Hawser.Data;
using Hawser.Data.Settings;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>
/// Changes whenever the strategy in effect may have changed for any number of devices. Each device is looked at again
/// when it is heard of next, in batches, so that an edit costs one row however many devices it concerns. The epoch is
/// in the database, for the other nodes.
/// </summary>
internal sealed class StrategyEpoch(TimeProvider time)
{
    private const string Key = "strategies.epoch";
    private int _current = 1;
    private volatile string _seen = "";

    /// <summary>The epoch, in terms of this process.</summary>
    public int Current => Volatile.Read(ref _current);

    /// <summary>
    /// Something changed that decides which strategy is in effect: a strategy, an assignment, owners or groups of many
    /// devices. After it was committed.
    /// </summary>
    public async Task BumpAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var value = $"\"{Guid.CreateVersion7():N}\"";
        var now = time.GetUtcNow().UtcDateTime;
        var rows = await db.Settings.Where(s => s.Key == Key).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.Value, value).SetProperty(r => r.UpdatedAt, now), cancellationToken);
        if (rows == 0)
        {
            db.Settings.Add(new Setting { Key = Key, Value = value, UpdatedAt = now });
            await db.SaveChangesAsync(cancellationToken);
        }

        _seen = value;
        Interlocked.Increment(ref _current);
    }

    /// <summary>Finds out whether another node changed something.</summary>
    public async Task RefreshAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var value = await db.Settings.Where(s => s.Key == Key).Select(s => s.Value)
            .FirstOrDefaultAsync(cancellationToken);
        if (value is null || value == _seen) return;
        _seen = value;
        Interlocked.Increment(ref _current);
    }
}
