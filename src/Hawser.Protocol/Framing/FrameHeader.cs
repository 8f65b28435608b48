namespace Hawser.Protocol.Framing;

/// <summary>
/// The length prefix of a TCP frame: one to four bytes, little-endian. The two low bits of the first byte are the
/// header's length minus one; the rest, shifted right by two, is the payload's length.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §2.1. Senders pick the shortest form; receivers take every form.</remarks>
public static class FrameHeader
{
    /// <summary>The longest header, in bytes.</summary>
    public const int MaxLength = 4;

    /// <summary>The longest payload that a header can announce: 2^30 - 1 bytes.</summary>
    public const int MaxPayload = (1 << 30) - 1;

    /// <summary>The length of the shortest header for a payload.</summary>
    /// <param name="payloadLength">0 to <see cref="MaxPayload"/>.</param>
    /// <returns>1 to 4.</returns>
    public static int LengthFor(int payloadLength) => payloadLength switch
    {
        < 0 or > MaxPayload => throw new ArgumentOutOfRangeException(nameof(payloadLength)),
        < 1 << 6 => 1,
        < 1 << 14 => 2,
        < 1 << 22 => 3,
        _ => 4,
    };

    /// <summary>Writes the shortest header for a payload.</summary>
    /// <param name="destination">At least <see cref="MaxLength"/> bytes, or exactly enough.</param>
    /// <param name="payloadLength">0 to <see cref="MaxPayload"/>.</param>
    /// <returns>The number of bytes written.</returns>
    public static int Write(Span<byte> destination, int payloadLength)
    {
        var length = LengthFor(payloadLength);
        var value = ((uint)payloadLength << 2) | (uint)(length - 1);
        for (var i = 0; i < length; i++)
        {
            destination[i] = (byte)(value >> (8 * i));
        }

        return length;
    }

    /// <summary>Reads a header, if all of it is there.</summary>
    /// <param name="source">The bytes received so far, starting at a header.</param>
    /// <param name="headerLength">1 to 4, when read.</param>
    /// <param name="payloadLength">The announced length, when read. Check it against a cap before believing it.</param>
    /// <returns>False when more bytes are needed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out int headerLength, out int payloadLength)
    {
        headerLength = source.IsEmpty ? 0 : (source[0] & 3) + 1;
        payloadLength = 0;
        if (source.IsEmpty || source.Length < headerLength) return false;
        uint value = 0;
        for (var i = 0; i < headerLength; i++)
        {
            value |= (uint)source[i] << (8 * i);
        }

        payloadLength = (int)(value >> 2);
        return true;
    }
}
