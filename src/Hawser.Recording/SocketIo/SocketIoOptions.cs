namespace Hawser.Recording.SocketIo;

/// <summary>What a Socket.IO server obeys; by itself the numbers of the reference (recorder.md §2).</summary>
internal sealed record SocketIoOptions
{
    /// <summary>Where the server answers; the client's default.</summary>
    public string Path { get; init; } = "/socket.io/";

    /// <summary>A ping this long after the open packet and after each pong.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromMilliseconds(25_000);

    /// <summary>Without a byte for this long after a ping, the connection ends.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromMilliseconds(20_000);

    /// <summary>Who has joined no namespace by then is sent away.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A message that has begun, or an attachment that is due, may pause for so long.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the peer's close, or a message that does not go out, is waited for.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A peer that takes nothing for this long is cut off.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>All attachments of one packet together; what is longer is read and thrown away.</summary>
    public long MaxPayload { get; init; } = 16L << 20;

    /// <summary>How many times <see cref="MaxPayload"/> is thrown away before the connection ends with 1009.</summary>
    public int DiscardFactor { get; init; } = 4;

    /// <summary>The longest text message.</summary>
    public int MaxText { get; init; } = 64 << 10;

    /// <summary>The longest text message of a peer that has joined nothing yet.</summary>
    public int MaxTextBeforeConnect { get; init; } = 16 << 10;

    /// <summary>The most attachments of one packet.</summary>
    public int MaxAttachments { get; init; } = 10;

    /// <summary>Packets that wait to be sent to one peer; one more, and it is cut off.</summary>
    public int MaxQueuedPackets { get; init; } = 1024;

    /// <summary>Bytes that wait to be sent to one peer; more, and it is cut off.</summary>
    public long MaxQueuedBytes { get; init; } = 32L << 20;

    /// <summary>Bytes of attachments that are held for all peers together; who needs more waits.</summary>
    public long MaxHeldBytes { get; init; } = 1L << 30;

    /// <summary>All connections.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Connections of one address (IPv6: of one /64).</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>Broken rules of one address within <see cref="ViolationWindow"/>; more, and it is refused.</summary>
    public int MaxViolations { get; init; } = 60;

    /// <summary>How long broken rules are remembered.</summary>
    public TimeSpan ViolationWindow { get; init; } = TimeSpan.FromMinutes(1);
}
