using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>One of a pair's two connections: an epoll loop's, a socket's or a WebSocket's.</summary>
internal abstract class RelayLeg(PeerAddress remote)
{
    /// <summary>The other end; port 0 when a trusted proxy told it.</summary>
    public PeerAddress Remote { get; } = remote;

    /// <summary>The uuid it presented; empty until it joined.</summary>
    public string Ticket { get; set; } = "";

    /// <summary>The timestamp at which the present stage (joining, waiting) is over.</summary>
    public long Deadline { get; set; }

    /// <summary>It is counted for its address. Kept by <see cref="RelayAdmission"/>.</summary>
    public bool CountsForAddress { get; set; }

    /// <summary>It is counted among those without a partner. Kept by <see cref="RelayAdmission"/>.</summary>
    public bool CountsAsUnpaired { get; set; }

    /// <summary>Makes the pair of a waiting leg and this one, which came second.</summary>
    public abstract RelayPair PairWith(RelayLeg waiting);

    /// <summary>Gives the connection to a pump. Called once, by the one who claimed this leg.</summary>
    public abstract ValueTask<PumpLeg> ReleaseAsync();

    /// <summary>Whether the other end is known to have gone while this leg waits.</summary>
    public abstract bool HasVanished();

    /// <summary>Closes a waiting leg that the caller has just taken out of the lobby. Any thread.</summary>
    public abstract void Dismiss();
}
