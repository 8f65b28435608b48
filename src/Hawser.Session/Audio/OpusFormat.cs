using System.Buffers.Binary;

namespace Hawser.Session.Audio;

/// <summary>What files say of Opus sound (RFC 6716, RFC 7845).</summary>
public static class OpusFormat
{
    private const int Rate = 48_000;

    /// <summary>An empty frame of 20 ms: what an encoder sends for silence.</summary>
    public static ReadOnlyMemory<byte> Quiet { get; } = new byte[] { 0xfc, 0xff, 0xfe };

    /// <summary>The header that files of Opus begin with, or keep beside the track.</summary>
    /// <returns>A stereo header of 48000 samples a second.</returns>
    public static byte[] Head()
    {
        var head = new byte[19];
        "OpusHead"u8.CopyTo(head);
        (head[8], head[9]) = (1, SoundSource.Channels);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), Rate);
        return head;
    }

    /// <summary>How long a packet lasts: its first byte says how long a frame is, and how many there are.</summary>
    /// <param name="packet">The packet.</param>
    /// <returns>Samples a channel at 48000 a second; 0 for an empty one.</returns>
    public static int SamplesOf(ReadOnlySpan<byte> packet)
    {
        if (packet.IsEmpty) return 0;
        // RFC 6716 §3.1.
        var config = packet[0] >> 3;
        var frame = config switch
        {
            >= 16 => Rate / 400 << (config & 3),
            >= 12 => Rate / 100 << (config & 1),
            _ => (config & 3) == 3 ? Rate * 60 / 1000 : Rate / 100 << (config & 3),
        };
        var count = (packet[0] & 3) switch
        {
            0 => 1,
            3 => packet.Length > 1 ? packet[1] & 0x3f : 0,
            _ => 2,
        };
        return frame * count;
    }
}
