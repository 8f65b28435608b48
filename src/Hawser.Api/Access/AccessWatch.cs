using Hawser.Data;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Access;

/// <summary>
/// Keeps the newest snapshot: compares the database's stamps twice a second, and reads again when they moved, whoever
/// moved them on whatever node.
/// </summary>
internal sealed partial class AccessWatch : IDisposable
{
    /// <summary>How often the stamps are looked at.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>Without a look at the stamps for so long, a snapshot allows only what everybody may.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // The first read starts EF Core, which takes a core for a third of a second; the first requests come first.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // In case somebody restored a database without its triggers.
    private static readonly TimeSpan Anyway = TimeSpan.FromMinutes(1);

    private readonly Func<HawserDb> _open;
    private readonly IReadOnlyList<SettingPin> _pins;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile AccessSnapshot? _current;
    private (long Access, long Tokens) _stamps;
    private long _triedAt;
    private long _lookedAt;
    private long _readAt;
    private bool _failing;

    public AccessWatch(Func<HawserDb> open, IReadOnlyList<SettingPin> pins, TimeProvider time, ILogger log)
    {
        _open = open;
        _pins = pins;
        _time = time;
        _log = log;
    }

    /// <summary>Called when tokens were revoked or users disabled.</summary>
    public Func<CancellationToken, Task>? TokensChanged { get; set; }

    /// <summary>The newest snapshot; null before the first.</summary>
    public AccessSnapshot? Current => _current;

    /// <summary>Whether the database could not be asked for a while.</summary>
    public bool IsStale => _time.GetElapsedTime(Volatile.Read(ref _lookedAt)) > Patience;

    /// <summary>The newest snapshot, as soon as there is one.</summary>
    public async ValueTask<AccessSnapshot> FirstAsync(CancellationToken cancellationToken)
    {
        _asked.TrySetResult();
        await _first.Task.WaitAsync(cancellationToken);
        return _current!;
    }

    /// <summary>Watches until stopped.</summary>
    /// <param name="opened">When the database can be used.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When it has stopped; never faults.</returns>
    public async Task RunAsync(Task opened, CancellationToken cancellationToken)
    {
        try
        {
            // A store that can't be opened ends the start; its error is told there.
            await opened.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!opened.IsCompletedSuccessfully) return;
            await _asked.Task.WaitAsync(Grace, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            while (true)
            {
                await LookAnywayAsync(cancellationToken);
                // Not a periodic timer: a clock that jumps over a week is one look, not a million.
                await Task.Delay(Period, _time, cancellationToken);
                // Nor may whoever moves the clock do the looking.
                await Task.Yield();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }

    /// <summary>Looks now: who changed something here need not wait for the next look.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when the database could not be asked.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        Volatile.Write(ref _triedAt, _time.GetTimestamp());
        try
        {
            await ReadIfMovedAsync(cancellationToken);
            if (_failing) Log.Again(_log);
            _failing = false;
            return true;
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            if (!_failing) Log.Failed(_log, e);
            _failing = true;
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Whether decisions can be made of the snapshot: it is fresh, or can be made so now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<bool> IsTrueAsync(CancellationToken cancellationToken) =>
        !IsStale || (_time.GetElapsedTime(Volatile.Read(ref _triedAt)) > Period && await LookAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    // This loop is an edge: whatever went wrong once, old rules must not stay for ever.
    private async Task LookAnywayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            Log.Failed(_log, e);
        }
    }

    private async Task ReadIfMovedAsync(CancellationToken cancellationToken)
    {
        var at = _time.GetTimestamp();
        await using var db = _open();
        var stamps = await AccessReader.ReadStampsAsync(db, cancellationToken);
        var last = _stamps;
        var anyway = _current is null || _time.GetElapsedTime(_readAt) > Anyway;
        if (anyway || stamps.Access != last.Access)
        {
            var snapshot = new AccessSnapshot(await AccessReader.ReadAsync(db, _pins, cancellationToken));
            foreach (var rule in snapshot.Rules)
            {
                if (rule.IsBroken) Log.Broken(_log, rule.Guid, rule.Problem);
            }

            _current = snapshot;
            _readAt = at;
            _first.TrySetResult();
        }

        // Logins that expire move no stamp.
        if ((anyway || stamps.Tokens != last.Tokens) && TokensChanged is { } tell) await tell(cancellationToken);
        // Only now: what failed in between is done again.
        _stamps = stamps;
        Volatile.Write(ref _lookedAt, at);
    }

    private static partial class Log
    {
        [LoggerMessage(6500, LogLevel.Error,
            "Access rules can't be read; only what everybody may is allowed meanwhile")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(6501, LogLevel.Information, "Access rules can be read again")]
        public static partial void Again(ILogger logger);

        [LoggerMessage(6502, LogLevel.Warning,
            "Access rule {Rule} allows nothing, its schedule can't be read: {Problem}")]
        public static partial void Broken(ILogger logger, Guid rule, string problem);
    }
}
