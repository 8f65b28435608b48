using Google.Protobuf;

namespace Hawser.Protocol.Framing;

/// <summary>Makes frames: header and payload in one array, ready for a single send.</summary>
public static class FrameWriter
{
    /// <summary>The heartbeat: a frame of length zero. It is never encrypted and advances no counter (§2.4,
    /// §6.14).</summary>
    public static ReadOnlyMemory<byte> Heartbeat { get; } = new byte[] { 0 };

    /// <summary>A frame around bytes.</summary>
    /// <param name="payload">The payload as it goes on the wire.</param>
    /// <returns>Header and payload.</returns>
    public static byte[] Frame(ReadOnlySpan<byte> payload)
    {
        var header = FrameHeader.LengthFor(payload.Length);
        var frame = new byte[header + payload.Length];
        FrameHeader.Write(frame, payload.Length);
        payload.CopyTo(frame.AsSpan(header));
        return frame;
    }

    /// <summary>A frame around a message, sealed when the connection is secured.</summary>
    /// <param name="message">The message.</param>
    /// <param name="stream">The connection's secret stream, or null while it is in clear.</param>
    /// <returns>Header and payload.</returns>
    public static byte[] Frame(IMessage message, Crypto.SecretStream? stream = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        var size = message.CalculateSize();
        // An empty message is an empty frame, and empty frames are never sealed (§2.4).
        var sealing = stream is not null && size > 0;
        var length = sealing ? size + Crypto.SecretStream.Overhead : size;
        var header = FrameHeader.LengthFor(length);
        var frame = new byte[header + length];
        FrameHeader.Write(frame, length);
        if (sealing)
        {
            var plain = frame.AsSpan(header + Crypto.SecretStream.Overhead, size);
            message.WriteTo(plain);
            stream!.SealInPlace(frame.AsSpan(header, length));
        }
        else
        {
            message.WriteTo(frame.AsSpan(header, size));
        }

        return frame;
    }
}
