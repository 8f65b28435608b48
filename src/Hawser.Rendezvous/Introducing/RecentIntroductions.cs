using System.Collections.Concurrent;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Introducing;

/// <summary>
/// Who was lately allowed to ask for whom: stock clients send no key with RequestRelay, so it is believed after a
/// PunchHoleRequest from the same host for the same id (S6). Two generations, each bounded.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RecentIntroductions(TimeProvider time)
{
    /// <summary>How long a pair is remembered at least; twice that at most.</summary>
    internal const int KeepMilliseconds = 180_000;

    /// <summary>Pairs of one generation; when it is full the older one goes early.</summary>
    internal const int Capacity = 100_000;

    private readonly Lock _gate = new();
    private ConcurrentDictionary<(PeerAddress Host, string Id), bool> _young = new();
    private ConcurrentDictionary<(PeerAddress Host, string Id), bool> _old = new();
    private long _turnedAt = Uptime.Milliseconds(time);
    private int _count;

    /// <summary>Pairs that are remembered.</summary>
    public int Count => Volatile.Read(ref _young).Count + Volatile.Read(ref _old).Count;

    /// <summary>A caller was allowed to ask for a target.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="targetId">The target.</param>
    public void Add(PeerAddress caller, string targetId)
    {
        if (!Volatile.Read(ref _young).TryAdd((caller.BudgetKey, targetId), true)) return;
        if (Interlocked.Increment(ref _count) < Capacity) return;
        lock (_gate)
        {
            if (_count >= Capacity) Turn();
        }
    }

    /// <summary>Whether it was.</summary>
    /// <param name="caller">The caller.</param>
    /// <param name="targetId">The target.</param>
    /// <returns>True within the time.</returns>
    public bool Contains(PeerAddress caller, string targetId)
    {
        var pair = (caller.BudgetKey, targetId);
        return Volatile.Read(ref _young).ContainsKey(pair) || Volatile.Read(ref _old).ContainsKey(pair);
    }

    /// <summary>Once a second: forgets what is too old.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            if (Uptime.Milliseconds(time) - _turnedAt >= KeepMilliseconds) Turn();
        }
    }

    private void Turn()
    {
        Volatile.Write(ref _old, _young);
        Volatile.Write(ref _young, new ConcurrentDictionary<(PeerAddress Host, string Id), bool>());
        Interlocked.Exchange(ref _count, 0);
        _turnedAt = Uptime.Milliseconds(time);
    }
}
