using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Registering;

/// <summary>What is counted per source.</summary>
internal enum BudgetKind : byte
{
    /// <summary>A RegisterPk of a device that is not known with this uuid and key.</summary>
    KeyRegistration,

    /// <summary>An id that nobody had before.</summary>
    NewId,

    /// <summary>An id that nobody had before, for all sources together.</summary>
    NewIdOfAll,

    /// <summary>A PunchHoleRequest or a RequestRelay.</summary>
    Introduction,

    /// <summary>An OnlineRequest.</summary>
    OnlineQuery,

    /// <summary>A TestNatRequest.</summary>
    NatTest,

    /// <summary>A ConfigUpdate by UDP, which is bigger than its question.</summary>
    ConfigUpdate,

    /// <summary>A datagram that a peer did not ask for; counted per destination.</summary>
    Push,

    /// <summary>A change of id.</summary>
    Rename,

    /// <summary>An HTTP request through the rendezvous port.</summary>
    Tunnel,

    /// <summary>A new TCP or WebSocket connection.</summary>
    Connection,

    /// <summary>A log line or live event about a source or id.</summary>
    Alert,
}

/// <summary>
/// How much each source may still ask for: token buckets per address (a /64 for IPv6) and kind, in a table of fixed
/// size, so that a flood of forged sources costs no memory. Thread-safe.
/// </summary>
internal sealed class SourceBudgets
{
    public SourceBudgets(RendezvousOptions options, TimeProvider time)
    {
    }

    /// <summary>Takes from a source's budget.</summary>
    /// <param name="source">The source; its port does not matter.</param>
    /// <param name="kind">What for.</param>
    /// <param name="count">How much.</param>
    /// <returns>False when it is used up; nothing is taken then.</returns>
    public bool TryTake(PeerAddress source, BudgetKind kind, int count = 1) => true;

    /// <summary>Takes over changed limits.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options)
    {
    }
}
