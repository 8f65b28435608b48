namespace Hawser.Recording.SocketIo;

/// <summary>The kinds of Socket.IO packets; the digit on the wire.</summary>
internal enum PacketType
{
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
    BinaryEvent,
    BinaryAck,
}

/// <summary>
/// The text of a Socket.IO packet before its JSON (recorder.md §2.6):
/// <c>type [count "-"] [namespace ","] [ack id] [json]</c>.
/// </summary>
internal readonly struct PacketHeader
{
    /// <summary>The largest number that JavaScript counts to without a gap.</summary>
    public const long MaxAckId = (1L << 53) - 1;

    private PacketHeader(PacketType type, int attachments, Range name, long? ackId, int json)
    {
        (Type, Attachments, Namespace, AckId, Json) = (type, attachments, name, ackId, json);
    }

    /// <summary>The kind.</summary>
    public PacketType Type { get; }

    /// <summary>How many binary messages follow.</summary>
    public int Attachments { get; }

    /// <summary>Where the namespace's name stands; empty for <c>/</c>.</summary>
    public Range Namespace { get; }

    /// <summary>The number that the other side waits for.</summary>
    public long? AckId { get; }

    /// <summary>Where the JSON begins.</summary>
    public int Json { get; }

    /// <summary>Whether binary messages belong to the packet.</summary>
    public bool IsBinary => Type is PacketType.BinaryEvent or PacketType.BinaryAck;

    /// <summary>Reads a header.</summary>
    /// <param name="text">The packet without the Engine.IO type.</param>
    /// <param name="maxAttachments">More are refused.</param>
    /// <param name="header">The header.</param>
    /// <returns>Whether it is one; what follows it has not been looked at.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, int maxAttachments, out PacketHeader header)
    {
        header = default;
        if (text.IsEmpty || text[0] is < (byte)'0' or > (byte)'6') return false;
        var type = (PacketType)(text[0] - '0');
        var at = 1;
        var attachments = 0;
        if (type is PacketType.BinaryEvent or PacketType.BinaryAck
            && !TryReadCount(text, maxAttachments, ref at, out attachments)) return false;
        var name = new Range(at, at);
        if (at < text.Length && text[at] == '/')
        {
            var comma = text[at..].IndexOf((byte)',');
            name = comma < 0 ? at..text.Length : at..(at + comma);
            at = comma < 0 ? text.Length : at + comma + 1;
        }

        if (!TryReadAckId(text, ref at, out var ackId)) return false;
        header = new PacketHeader(type, attachments, name, ackId, at);
        return true;
    }

    private static bool TryReadCount(ReadOnlySpan<byte> text, int max, ref int at, out int count)
    {
        count = 0;
        var first = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]) && count <= max)
        {
            count = (count * 10) + text[at++] - '0';
        }

        return at > first && count >= 1 && count <= max && at < text.Length && text[at++] == '-';
    }

    private static bool TryReadAckId(ReadOnlySpan<byte> text, ref int at, out long? ackId)
    {
        ackId = null;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            var next = ((ackId ?? 0) * 10) + text[at++] - '0';
            if (next > MaxAckId) return false;
            ackId = next;
        }

        return true;
    }
}
