using Hawser.Protocol.Messages;

namespace Hawser.Cluster;

/// <summary>
/// Which node holds a peer, and how to reach it there. The node's own registry is always asked first: a peer that is
/// registered here never leads to a call of this seam.
/// </summary>
public interface IPeerRouter
{
    /// <summary>This node's name, which goes with routed messages so that answers find their way back.</summary>
    string Node { get; }

    /// <summary>Says that this node holds a peer now; the newest claim wins. Does not wait for other nodes.</summary>
    /// <param name="peerId">The peer.</param>
    void Claim(string peerId);

    /// <summary>Says that this node no longer holds a peer.</summary>
    /// <param name="peerId">The peer.</param>
    void Release(string peerId);

    /// <summary>Hands a push to the node that holds the peer.</summary>
    /// <param name="peerId">The peer.</param>
    /// <param name="message">What the peer shall receive.</param>
    /// <param name="cancellationToken">The caller's deadline.</param>
    /// <returns>False when no other node holds the peer, or it can't be reached in time.</returns>
    ValueTask<bool> TryDeliverAsync(string peerId, RendezvousMessage message, CancellationToken cancellationToken);

    /// <summary>Hands a peer's answer to the node where its caller waits.</summary>
    /// <param name="node">The node named in the routed message.</param>
    /// <param name="message">The answer.</param>
    /// <param name="cancellationToken">The caller's deadline.</param>
    /// <returns>False when that node is not there.</returns>
    ValueTask<bool> ReplyAsync(string node, RendezvousMessage message, CancellationToken cancellationToken);
}
