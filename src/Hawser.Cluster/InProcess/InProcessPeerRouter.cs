using Hawser.Protocol.Messages;

namespace Hawser.Cluster.InProcess;

/// <summary>The router of a node that is alone: its own registry was asked first, and there is nobody else.</summary>
/// <param name="node">This node's name.</param>
public sealed class InProcessPeerRouter(string node) : IPeerRouter
{
    /// <inheritdoc/>
    public string Node { get; } = node;

    /// <inheritdoc/>
    public void Claim(string peerId)
    {
        // No other node could ask.
    }

    /// <inheritdoc/>
    public void Release(string peerId)
    {
        // No other node could ask.
    }

    /// <inheritdoc/>
    public ValueTask<bool> TryDeliverAsync(
        string peerId, RendezvousMessage message, CancellationToken cancellationToken) => ValueTask.FromResult(false);

    /// <inheritdoc/>
    public ValueTask<bool> ReplyAsync(
        string node, RendezvousMessage message, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}
