using System.Collections.Concurrent;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening;

namespace Hawser.Rendezvous.Introducing;

/// <summary>
/// Callers that wait for their target's answer, by address: one each, bounded, and forgotten after a while.
/// Thread-safe; of two simultaneous answers exactly one takes the caller.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class WaitingCallers(TimeProvider time)
{
    /// <summary>Callers that may wait at the same time.</summary>
    internal const int Capacity = 100_000;

    /// <summary>How long one waits: stock clients give up after 18 seconds.</summary>
    internal const int WaitMilliseconds = 30_000;

    private readonly ConcurrentDictionary<PeerAddress, WaitingCaller> _callers = new();
    private readonly Lock _gate = new();
    private int _count;
    private int _unfinished;
    private TaskCompletionSource? _whenEmpty;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Lets a caller wait. A newer request of the same address takes the older one's place.</summary>
    /// <param name="caller">The caller.</param>
    /// <returns>False when too many wait.</returns>
    public bool TryPark(WaitingCaller caller)
    {
        if (Volatile.Read(ref _count) >= Capacity) return false;
        caller.ExpiresAt = Uptime.Milliseconds(time) + WaitMilliseconds;
        while (true)
        {
            if (_callers.TryAdd(caller.Address, caller))
            {
                Interlocked.Increment(ref _count);
                Interlocked.Increment(ref _unfinished);
                return true;
            }

            if (_callers.TryGetValue(caller.Address, out var older)
                && _callers.TryUpdate(caller.Address, caller, older))
            {
                return true;
            }
        }
    }

    /// <summary>Gives a caller that asked again its full time.</summary>
    /// <param name="caller">The caller.</param>
    public void Renew(WaitingCaller caller) => caller.ExpiresAt = Uptime.Milliseconds(time) + WaitMilliseconds;

    /// <summary>Finds who waits at an address.</summary>
    /// <param name="address">The decoded address of an answer, or a connection's own.</param>
    /// <returns>The caller; null when nobody waits there.</returns>
    public WaitingCaller? Find(PeerAddress address) =>
        _callers.TryGetValue(address, out var caller) && caller.ExpiresAt > Uptime.Milliseconds(time) ? caller : null;

    /// <summary>Takes a caller out, to answer it. <see cref="Finish"/> must follow.</summary>
    /// <param name="caller">What <see cref="Find"/> found.</param>
    /// <returns>False when somebody else was faster: one answer a request.</returns>
    public bool TryTake(WaitingCaller caller)
    {
        if (!_callers.TryRemove(KeyValuePair.Create(caller.Address, caller))) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }

    /// <summary>A caller that was taken has its answer. Draining must not close it before.</summary>
    public void Finish()
    {
        if (Interlocked.Decrement(ref _unfinished) == 0) SignalEmpty();
    }

    /// <summary>Takes a caller out that gets no answer.</summary>
    /// <param name="caller">The caller.</param>
    /// <returns>False when it was taken already.</returns>
    public bool TryDrop(WaitingCaller caller)
    {
        if (!TryTake(caller)) return false;
        Finish();
        return true;
    }

    /// <summary>A connection has ended: nobody waits there any more.</summary>
    /// <param name="connection">The connection.</param>
    public void Forget(PeerConnection connection)
    {
        if (_callers.TryGetValue(connection.Remote, out var caller)
            && ReferenceEquals(caller.Connection, connection))
        {
            TryDrop(caller);
        }
    }

    /// <summary>Forgets who waited too long.</summary>
    /// <returns>How many.</returns>
    public int Sweep()
    {
        var now = Uptime.Milliseconds(time);
        var expired = 0;
        foreach (var (_, caller) in _callers)
        {
            if (caller.ExpiresAt <= now && TryDrop(caller)) expired++;
        }

        return expired;
    }

    /// <summary>For draining: waits until nobody waits.</summary>
    /// <returns>When the table is empty.</returns>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _unfinished) == 0) return Task.CompletedTask;
            _whenEmpty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _whenEmpty.Task;
        }
    }

    private void SignalEmpty()
    {
        lock (_gate)
        {
            if (Volatile.Read(ref _unfinished) != 0) return;
            _whenEmpty?.TrySetResult();
            _whenEmpty = null;
        }
    }
}
