using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// RegisterPk (§6.2) and change of id (§6.12): decided and stored by one worker in batches, away from the threads that
/// receive datagrams. What was answered OK survives a killed process.
/// </summary>
internal sealed class KeyRegistration
{
    /// <summary>Registers a key that came over TCP or WebSocket.</summary>
    /// <param name="message">The message.</param>
    /// <param name="source">The connection's remote end.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The answer; null when none is to be given, the client will repeat.</returns>
    public ValueTask<RegisterPkResponse.Types.Result?> RegisterAsync(
        RegisterPk message, PeerAddress source, CancellationToken cancellationToken) => default;

    /// <summary>Queues a key that came by UDP.</summary>
    /// <param name="message">The message.</param>
    /// <param name="source">Where it came from.</param>
    /// <returns>False when the queue is full; the client will repeat.</returns>
    public bool TryEnqueue(RegisterPk message, PeerAddress source) => false;

    /// <summary>Gives a device another id.</summary>
    /// <param name="message">The message; <c>old_id</c> is set.</param>
    /// <param name="source">The connection's remote end.</param>
    /// <param name="cancellationToken">The connection's end.</param>
    /// <returns>The answer.</returns>
    public ValueTask<RegisterPkResponse.Types.Result> RenameAsync(
        RegisterPk message, PeerAddress source, CancellationToken cancellationToken) => default;

    /// <summary>Starts the worker.</summary>
    public void Start()
    {
    }

    /// <summary>Answers what is queued, then stops.</summary>
    /// <returns>When the worker has ended.</returns>
    public Task StopAsync() => Task.CompletedTask;
}
