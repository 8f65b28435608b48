using System.Runtime.CompilerServices;

namespace Hawser.Rendezvous.Listening;

/// <summary>What became of a datagram.</summary>
internal enum DatagramCount
{
    /// <summary>RegisterPeer of a peer that is online now.</summary>
    Registered,

    /// <summary>RegisterPeer of an unknown id, or from elsewhere: the key was asked for.</summary>
    KeyWanted,

    /// <summary>RegisterPeer that was not answered, because the devices are still being loaded.</summary>
    NotLoaded,

    /// <summary>RegisterPk that was queued.</summary>
    KeyQueued,

    /// <summary>RegisterPk while the queue was full.</summary>
    KeyQueueFull,

    /// <summary>TestNatRequest that was answered.</summary>
    NatTest,

    /// <summary>PunchHoleSent that was handed on.</summary>
    PunchHoleSent,

    /// <summary>A newer configuration from this machine.</summary>
    Configured,

    /// <summary>A ConfigUpdate that went out.</summary>
    ConfigUpdateSent,

    /// <summary>Refused because the source asks too often.</summary>
    OverBudget,

    /// <summary>Nothing in it.</summary>
    Empty,

    /// <summary>Not a message.</summary>
    Malformed,

    /// <summary>Longer than any message that is meant for UDP.</summary>
    TooLong,

    /// <summary>A message that is not served by UDP.</summary>
    NotForUdp,

    /// <summary>Nothing can be sent back to port 0.</summary>
    NoReturnPort,

    /// <summary>An answer that the system refused to send.</summary>
    SendError,

    /// <summary>The system refused to receive.</summary>
    ReceiveError,

    /// <summary>A fault of this program, caught at the edge.</summary>
    Fault,
}

/// <summary>One receiving thread's counters: written by that thread only, read by anyone.</summary>
internal sealed class DatagramCounters
{
    private Values _values;

    public void Count(DatagramCount counter) => _values[(int)counter]++;

    public void Count(DatagramCount counter, int many) => _values[(int)counter] += many;

    public long Read(DatagramCount counter) => Volatile.Read(ref _values[(int)counter]);

    // Longer than needed, so that two threads' counters never share a cache line.
    [InlineArray(40)]
    private struct Values
    {
        private long _first;
    }
}
