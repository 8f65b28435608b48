using Hawser.Cluster;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// Who was refused an id, for the people who decide about it: collected in memory and written behind, in batches. Held
/// against floods of made-up ids: each address brings as many as it may bring new devices, the queue and the memory of
/// what was written are bounded, and what is over is dropped and counted. Machines ask every 30 seconds, so one that is
/// dropped gets another turn.
/// </summary>
internal sealed partial class ClaimLog : IAsyncDisposable
{
    private const int QueueLength = 2000;
    private const int BatchSize = 500;
    private const int MaxKnown = 20_000;

    // A machine that waits costs a write in so long, not one each time it asks.
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, DeviceClaim> _queue = [];
    private readonly Dictionary<Guid, long> _written = [];
    private readonly SourceBudgets _budgets;
    private readonly RendezvousMetrics _metrics;
    private readonly ILiveFeed _feed;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private volatile int _most;
    private Task _round = Task.CompletedTask;
    private long _failedAt;
    private bool _isFailing;
    private bool _isStopped;

    public ClaimLog(
        RendezvousOptions options, SourceBudgets budgets, RendezvousMetrics metrics, ILiveFeed feed, TimeProvider time,
        ILoggerFactory logs)
    {
        (_budgets, _metrics, _feed, _time) = (budgets, metrics, feed, time);
        _log = logs.CreateLogger<ClaimLog>();
        Reload(options);
    }

    /// <summary>Where claims are stored; null: nobody wants to know, and nothing is kept.</summary>
    public Func<IReadOnlyList<DeviceClaim>, int, CancellationToken, Task<ClaimsSaved>>? Store { get; init; }

    /// <summary>Takes over changed options.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options) => _most = options.MaxClaims;

    /// <summary>Notes that a machine was refused; never waits.</summary>
    /// <param name="message">What it sent; its sizes were looked at.</param>
    /// <param name="source">From where.</param>
    /// <param name="state">Waiting, or refused because the id is another's.</param>
    public void Note(RegisterPk message, PeerAddress source, ClaimState state)
    {
        if (Store is null || !PeerId.IsRegistrable(message.Id)) return;
        var guid = DeviceClaim.GuidOf(message.Id, message.Uuid.Span, message.Pk.Span);
        var stamp = _time.GetTimestamp();
        lock (_gate)
        {
            var isKnown = _written.TryGetValue(guid, out var at);
            if ((isKnown && _time.GetElapsedTime(at, stamp) < Grain) || _queue.ContainsKey(guid)) return;
            if (_queue.Count >= QueueLength) _metrics.ClaimDropped(ClaimDrop.QueueFull);
            else if (!isKnown && !_budgets.TryTake(source, BudgetKind.Claim)) _metrics.ClaimDropped(ClaimDrop.Address);
            else _queue[guid] = ToClaim(guid, message, source, state);
        }
    }

    /// <summary>Writes what waits, when there is something and no other round runs. Once a second; never
    /// waits.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            if (_isStopped || _queue.Count == 0 || !_round.IsCompleted) return;
            if (_isFailing && _time.GetElapsedTime(_failedAt) < Pause) return;
            _round = Task.Run(() => WriteAsync(CancellationToken.None));
        }
    }

    /// <summary>Writes what waits, and ends.</summary>
    /// <param name="cancellationToken">The deadline; what is not written then is lost, and asks again.</param>
    /// <returns>When done.</returns>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        Task round;
        lock (_gate) (_isStopped, round) = (true, _round);
        await round.WaitAsync(cancellationToken);
        await WriteAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isStopped = true;
        await _round;
    }

    /// <summary>For tests in this solution: when no round runs.</summary>
    internal Task IdleAsync()
    {
        lock (_gate) return _round;
    }

    private DeviceClaim ToClaim(Guid guid, RegisterPk message, PeerAddress source, ClaimState state)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return new DeviceClaim
        {
            Guid = guid,
            DeviceId = message.Id,
            Uuid = message.Uuid.ToByteArray(),
            PublicKey = message.Pk.ToByteArray(),
            Address = source.Host.ToString(),
            FirstSeenAt = now,
            LastSeenAt = now,
            State = state,
        };
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        while (Take() is { Count: > 0 } batch && Store is { } store)
        {
            try
            {
                var saved = await store(batch, _most, cancellationToken);
                _isFailing = false;
                _metrics.ClaimDropped(ClaimDrop.TableFull, saved.Dropped);
                foreach (var id in saved.Added.Take(20)) _feed.Publish(new LiveEvent("device-claim", id));
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                Forget(batch);
                _metrics.ClaimDropped(ClaimDrop.StoreFailed, batch.Count);
                if (!_isFailing) Log.NotStored(_log, e.Message);
                (_isFailing, _failedAt) = (true, _time.GetTimestamp());
                return;
            }
        }
    }

    private List<DeviceClaim> Take()
    {
        var stamp = _time.GetTimestamp();
        lock (_gate)
        {
            List<DeviceClaim> batch = [.. _queue.Values.Take(BatchSize)];
            foreach (var claim in batch) _queue.Remove(claim.Guid);
            if (_written.Count + batch.Count > MaxKnown) Prune(stamp);
            foreach (var claim in batch) _written[claim.Guid] = stamp;
            return batch;
        }
    }

    // Of a flood nothing comes a second time. Without room the memory begins anew: what waits is written once more.
    private void Prune(long stamp)
    {
        foreach (var (guid, at) in _written)
        {
            if (_time.GetElapsedTime(at, stamp) >= Grain) _written.Remove(guid);
        }

        if (_written.Count > MaxKnown - BatchSize) _written.Clear();
    }

    private void Forget(List<DeviceClaim> batch)
    {
        lock (_gate)
        {
            foreach (var claim in batch) _written.Remove(claim.Guid);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1105, LogLevel.Warning, "Who waits for approval can't be stored for now: {Reason}")]
        public static partial void NotStored(ILogger log, string reason);
    }
}

/// <summary>Why somebody who was refused is not kept.</summary>
internal enum ClaimDrop
{
    /// <summary>Its address brought too many already.</summary>
    Address,

    /// <summary>Too many wait to be written.</summary>
    QueueFull,

    /// <summary>There are too many rows, and none that may go; see <c>Rendezvous:MaxClaims</c>.</summary>
    TableFull,

    /// <summary>The database refused.</summary>
    StoreFailed,
}
