using System.Collections.Concurrent;

namespace Hawser.Cluster.InProcess;

/// <summary>
/// Tickets that peers will present soon. Two generations: a ticket lives one to two periods, and both generations
/// together hold a bounded number; when one is full the older one goes early.
/// </summary>
internal sealed class ExpectedTickets(TimeProvider time)
{
    /// <summary>
    /// How long a ticket is remembered at least: longer than a relay's join and waiting times together.
    /// </summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(90);

    /// <summary>Tickets of one generation.</summary>
    internal const int Capacity = 100_000;

    /// <summary>Longer texts are not tickets.</summary>
    internal const int MaxLength = 128;

    private readonly Lock _gate = new();
    private ConcurrentDictionary<string, bool> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, bool> _old = new(StringComparer.Ordinal);
    private long _turned = time.GetTimestamp();
    private int _count;

    internal void Add(string ticket)
    {
        if (string.IsNullOrEmpty(ticket) || ticket.Length > MaxLength) return;
        if (!Volatile.Read(ref _young).TryAdd(ticket, true)) return;
        if (Interlocked.Increment(ref _count) < Capacity) return;
        lock (_gate)
        {
            if (_count >= Capacity) Turn();
        }
    }

    internal bool Contains(string ticket) =>
        !string.IsNullOrEmpty(ticket)
        && (Volatile.Read(ref _young).ContainsKey(ticket) || Volatile.Read(ref _old).ContainsKey(ticket));

    internal void Sweep()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_turned) >= Period) Turn();
        }
    }

    private void Turn()
    {
        Volatile.Write(ref _old, _young);
        Volatile.Write(ref _young, new ConcurrentDictionary<string, bool>(StringComparer.Ordinal));
        Interlocked.Exchange(ref _count, 0);
        _turned = time.GetTimestamp();
    }
}
