using System.Buffers.Binary;

namespace Hawser.Session.Kcp;

/// <summary>What a datagram is for; the values are the wire's (§3.3 of the session reference).</summary>
[Flags]
internal enum KcpFlags : byte
{
    None = 0,
    Syn = 0x01,
    Ack = 0x02,
    Fin = 0x04,
    Data = 0x08,
    Reset = 0x10,
    Ping = 0x20,
    Pong = 0x40,
}

/// <summary>
/// The 14 bytes in front of every KCP datagram (§3.3): conversation u32le, two session ids of 0, flags, one byte of 0.
/// </summary>
/// <param name="Conversation">The number that the controller chose.</param>
/// <param name="Flags">What the datagram is for.</param>
internal readonly record struct KcpEnvelope(uint Conversation, KcpFlags Flags)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 14;

    private const int FlagsAt = 12;

    /// <summary>Reads the front of a datagram.</summary>
    /// <returns>False when it is too short for one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out KcpEnvelope envelope)
    {
        envelope = default;
        if (datagram.Length < Length) return false;
        envelope = new(BinaryPrimitives.ReadUInt32LittleEndian(datagram), (KcpFlags)datagram[FlagsAt]);
        return true;
    }

    /// <summary>Writes it into the first <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> datagram)
    {
        datagram[..Length].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(datagram, Conversation);
        datagram[FlagsAt] = (byte)Flags;
    }
}
