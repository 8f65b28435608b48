using System.Buffers.Binary;

namespace Hawser.Session.Kcp;

/// <summary>The command of a segment; the values are the wire's.</summary>
internal enum KcpCommand : byte
{
    /// <summary>Carries bytes.</summary>
    Push = 81,

    /// <summary>Says that one segment has arrived.</summary>
    Acknowledge = 82,

    /// <summary>Asks how much the other end can take.</summary>
    AskWindow = 83,

    /// <summary>Says how much this end can take.</summary>
    TellWindow = 84,
}

/// <summary>The header of a segment: 24 bytes, all numbers little-endian.</summary>
/// <param name="Conversation">The conversation it belongs to.</param>
/// <param name="Command">What it is.</param>
/// <param name="Window">Segments that the sender can still take.</param>
/// <param name="Stamp">The sender's clock in milliseconds; an acknowledgement gives it back.</param>
/// <param name="Number">The segment's number.</param>
/// <param name="Unacknowledged">All before this number have arrived.</param>
/// <param name="Length">Bytes behind the header.</param>
internal readonly record struct KcpHeader(
    uint Conversation, KcpCommand Command, ushort Window, uint Stamp, uint Number, uint Unacknowledged, int Length)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 24;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out KcpHeader header)
    {
        header = default;
        if (bytes.Length < Size) return false;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]);
        if (length > bytes.Length - Size) return false;
        header = new(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (KcpCommand)bytes[4],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            (int)length);
        return true;
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Conversation);
        bytes[4] = (byte)Command;
        // The number of fragments that follow: none, the stream has no messages.
        bytes[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Window);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], Stamp);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Unacknowledged);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], (uint)Length);
    }
}

/// <summary>A segment that waits: to be sent, to be acknowledged, for its turn, or to be read.</summary>
internal sealed class KcpSegment
{
    public byte[] Bytes { get; } = new byte[KcpEngine.LongestSegment];

    /// <summary>How many of <see cref="Bytes"/> are filled.</summary>
    public int Length { get; set; }

    /// <summary>How many of them have been read.</summary>
    public int Taken { get; set; }

    public uint Number { get; set; }

    /// <summary>When it is sent again unless it is acknowledged before, in milliseconds.</summary>
    public uint ResendAt { get; set; }

    /// <summary>How long the next wait is.</summary>
    public uint Patience { get; set; }

    /// <summary>How often later segments were acknowledged before this one.</summary>
    public int Overtaken { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Sends { get; set; }
}
