using System.Collections.Immutable;

namespace Hawser.Cluster;

/// <summary>
/// The one clock of a process: ticks each second and calls every role's sweeper (expiry, idle checks, sampling). No
/// peer
/// and no connection has a timer of its own.
/// </summary>
public sealed class NodeHeartbeat
{
    /// <summary>The period of the heartbeat.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly Action<Exception> _onFault;
    private ImmutableArray<Action> _sweepers = [];
    private long _lateTicks;

    /// <summary>A heartbeat that is not running yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="onFault">Told when a sweeper threw; the others still run.</param>
    public NodeHeartbeat(TimeProvider time, Action<Exception> onFault)
    {
        _time = time;
        _onFault = onFault;
    }

    /// <summary>How often a tick started more than a period late: the process was starved.</summary>
    public long LateTicks => Volatile.Read(ref _lateTicks);

    /// <summary>Adds a sweeper, at any time: parts of the API role are made when they are first needed.</summary>
    /// <param name="sweeper">Short, not blocking.</param>
    public void Add(Action sweeper) => ImmutableInterlocked.Update(ref _sweepers, all => all.Add(sweeper));

    /// <summary>Calls every sweeper once. Tests call it themselves.</summary>
    public void Tick()
    {
        foreach (var sweeper in _sweepers)
        {
            try
            {
                sweeper();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                _onFault(e);
            }
        }
    }

    /// <summary>Ticks until stopped.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>When it has stopped.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, _time);
        var last = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                if (_time.GetElapsedTime(last) > Period * 2) Interlocked.Increment(ref _lateTicks);
                last = _time.GetTimestamp();
                Tick();
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping is the normal end.
        }
    }
}
