using Hawser.Cluster;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;

namespace Hawser.Rendezvous.Registering;

/// <summary>Every known peer in memory: who it is, where it is, and whether it is online. Thread-safe.</summary>
internal sealed class PeerRegistry
{
    public PeerRegistry(
        RendezvousOptions options,
        SourceBudgets budgets,
        RendezvousMetrics metrics,
        IPeerRouter router,
        ILiveFeed feed,
        TimeProvider time)
    {
    }

    /// <summary>Known peers, online or not.</summary>
    public int Count => 0;

    /// <summary>Whether the store was read, so that an unknown id really is unknown.</summary>
    public bool IsLoaded => false;

    /// <summary>Peers that are online now; exact to a few seconds.</summary>
    /// <returns>Their number.</returns>
    public int OnlineCount() => 0;

    /// <summary>Finds a peer, online or not.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="peer">The peer as it is now.</param>
    /// <returns>Whether it is known.</returns>
    public bool TryFind(string id, out PeerSnapshot peer)
    {
        peer = default;
        return false;
    }

    /// <summary>Whether a peer is online; allocates nothing.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>False for unknown ids.</returns>
    public bool IsOnline(string id) => false;

    /// <summary>A peer has registered its key on a connection: it is online as long as that lives. The newest one wins.</summary>
    /// <param name="id">The peer; its key was accepted before.</param>
    /// <param name="connection">The connection.</param>
    /// <returns>The connection whose place was taken, for the caller to close; null when there was none.</returns>
    public PeerConnection? Attach(string id, PeerConnection connection) => null;

    /// <summary>A connection has ended. The peer falls back to its registration by UDP, if that is fresh.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="connection">The connection; ignored when a newer one took its place.</param>
    public void Detach(string id, PeerConnection connection)
    {
    }

    /// <summary>
    /// Sends a message to a peer: over its connection, else by UDP to its last address and, for a minute after its port
    /// flipped, its former one. Does not wait, and says nothing about arrival.
    /// </summary>
    /// <param name="peer">A fresh snapshot.</param>
    /// <param name="message">The message; not kept.</param>
    /// <returns>False when the peer is offline, its budget is used up, or the message is too long for a datagram.</returns>
    public bool TryPush(in PeerSnapshot peer, RendezvousMessage message) => false;

    /// <summary>Once a second: peers that fell silent go offline.</summary>
    public void Sweep()
    {
    }

    /// <summary>Takes over changed options.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options)
    {
    }
}
