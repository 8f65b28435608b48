using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// A live TCP or WebSocket connection, as the registry and the broker know it: something that a message can be put
/// into without waiting.
/// </summary>
internal abstract class PeerConnection
{
    private static long _lastId;

    /// <summary>Unique in this process; addresses are not, when several clients share a proxy.</summary>
    public long Id { get; } = Interlocked.Increment(ref _lastId);

    /// <summary>Where the other end is: its socket's address, or what a trusted proxy says.</summary>
    public abstract PeerAddress Remote { get; }

    /// <summary>Whether something could still be sent.</summary>
    public abstract bool IsOpen { get; }

    /// <summary>Queues a message; sealed when the connection is secured.</summary>
    /// <param name="message">The message; not kept.</param>
    /// <returns>False when the connection is closed, or closes now because its queue is full.</returns>
    public abstract bool TrySend(RendezvousMessage message);

    /// <summary>Ends the connection, for instance because a newer one took its place. Does not wait.</summary>
    public abstract void Close();
}
