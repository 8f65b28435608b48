using System.Text.Json;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// A namespace of a Socket.IO server: who may join it and what its events do. One object serves all clients; calls for
/// one client come one after the other, calls for different clients at the same time.
/// </summary>
internal abstract class SocketIoNamespace
{
    /// <summary>Its name, beginning with a slash.</summary>
    public abstract string Name { get; }

    /// <summary>Someone asks to join. Nothing can be emitted before the answer; see <see cref="Connected"/>.</summary>
    /// <param name="client">Who.</param>
    /// <param name="auth">The payload, an object; undefined when there was none. Not valid after the answer.</param>
    /// <param name="cancellationToken">The connection has gone.</param>
    /// <returns>Whether it may.</returns>
    public abstract ValueTask<ConnectAnswer> ConnectAsync(
        SocketIoClient client, JsonElement auth, CancellationToken cancellationToken);

    /// <summary>The client has joined and was told so.</summary>
    /// <param name="client">Who.</param>
    public virtual void Connected(SocketIoClient client)
    {
    }

    /// <summary>
    /// An event has arrived whole. Until this returns nothing more is read of this connection, which is the brake on a
    /// client that is faster than the disk; therefore what takes long (finishing a recording) is begun here, and
    /// answered later by the client's <c>Emit</c> and <c>Ack</c>.
    /// </summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="arrived">The event; it and its bytes are not valid after this has returned.</param>
    /// <param name="cancellationToken">The connection was cut. Finish what is half done all the same.</param>
    /// <returns>When the next one may come.</returns>
    public abstract ValueTask EventAsync(
        SocketIoClient client, SocketIoEvent arrived, CancellationToken cancellationToken);

    /// <summary>
    /// The header of a binary event has arrived; its attachments are on their way. Followed by either
    /// <see cref="EventAsync"/> or <see cref="BinaryAbandoned"/> with the same object. No place for long work.
    /// </summary>
    /// <param name="client">Who sends it.</param>
    /// <param name="arriving">The event; its arguments can be read, its attachments not yet.</param>
    public virtual void BinaryBegins(SocketIoClient client, SocketIoEvent arriving)
    {
    }

    /// <summary>Bytes of attachments came in. Called often: no work here but remembering the time.</summary>
    /// <param name="client">Who sends them.</param>
    /// <param name="arriving">The event they belong to.</param>
    /// <param name="count">How many, framing included.</param>
    public virtual void BinaryArrives(SocketIoClient client, SocketIoEvent arriving, int count)
    {
    }

    /// <summary>The connection ended before all attachments had arrived.</summary>
    /// <param name="client">Who sent it.</param>
    /// <param name="arriving">What will not come.</param>
    public virtual void BinaryAbandoned(SocketIoClient client, SocketIoEvent arriving)
    {
    }

    /// <summary>A client that had joined has left; once for each, after its last event.</summary>
    /// <param name="client">Who.</param>
    /// <param name="end">Why.</param>
    public virtual void Disconnected(SocketIoClient client, SocketIoEnd end)
    {
    }
}

/// <summary>Whether someone may join a namespace.</summary>
/// <param name="IsAccepted">Yes.</param>
/// <param name="Message">What the client's error says.</param>
/// <param name="Code">What the client's error has as <c>data.code</c>; null: no data.</param>
internal readonly record struct ConnectAnswer(bool IsAccepted, string? Message, string? Code)
{
    /// <summary>Welcome.</summary>
    public static ConnectAnswer Accept { get; } = new(true, null, null);

    /// <summary>No. The client does not try again by itself.</summary>
    /// <param name="message">Readable.</param>
    /// <param name="code">For programs.</param>
    /// <returns>The answer.</returns>
    public static ConnectAnswer Refuse(string message, string? code = null) => new(false, message, code);
}
