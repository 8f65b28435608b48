using System.Buffers.Binary;
using System.Security.Cryptography;
using Hawser.Session.Audio;
using Hawser.Session.Controller;

namespace Hawser.Controller.Saving;

/// <summary>An Ogg file of one Opus stream (RFC 3533, RFC 7845): the host's packets as they are.</summary>
internal sealed class OggFile : SoundFile
{
    private const byte First = 2;
    private const byte Last = 4;
    private const int MostPackets = 50;
    private const int MostSegments = 200;
    private const int Quiet = Rate / 50;

    private static readonly uint[] Table = MakeTable();
    private readonly Stream _file;
    private readonly uint _serial = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(4));
    private readonly List<ReadOnlyMemory<byte>> _page = [];
    private int _segments;
    private uint _number;
    private long _position;

    public OggFile(Stream file)
    {
        _file = file;
        WritePage(First, 0, [OpusFormat.Head()]);
        WritePage(0, 0, [Tags()]);
    }

    protected override void Dispose(bool disposing) => _file.Dispose();

    protected override int Put(SoundPacket packet)
    {
        var samples = OpusFormat.SamplesOf(packet.Data.Span);
        Append(packet.Data, samples);
        return samples;
    }

    protected override void Rest(long samples)
    {
        for (var left = samples; left >= Quiet; left -= Quiet) Append(OpusFormat.Quiet, Quiet);
    }

    protected override void Finish()
    {
        WritePage(Last, _position, _page);
        _file.Flush();
    }

    private void Append(ReadOnlyMemory<byte> packet, int samples)
    {
        var segments = packet.Length / 255 + 1;
        if (_page.Count >= MostPackets || _segments + segments > MostSegments)
        {
            WritePage(0, _position, _page);
            _page.Clear();
            _segments = 0;
        }

        _page.Add(packet);
        _segments += segments;
        _position += samples;
    }

    private static byte[] Tags()
    {
        var vendor = "hawser-connect"u8;
        var tags = new byte[8 + 4 + vendor.Length + 4];
        "OpusTags"u8.CopyTo(tags);
        BinaryPrimitives.WriteInt32LittleEndian(tags.AsSpan(8), vendor.Length);
        vendor.CopyTo(tags.AsSpan(12));
        return tags;
    }

    private void WritePage(byte flags, long position, IReadOnlyCollection<ReadOnlyMemory<byte>> packets)
    {
        List<byte> lacing = [];
        foreach (var packet in packets)
        {
            for (var left = packet.Length; left >= 0; left -= 255) lacing.Add((byte)Math.Min(left, 255));
        }

        using var page = new MemoryStream();
        Span<byte> header = stackalloc byte[27];
        "OggS"u8.CopyTo(header);
        header[5] = flags;
        BinaryPrimitives.WriteInt64LittleEndian(header[6..], position);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], _serial);
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], _number++);
        header[26] = (byte)lacing.Count;
        page.Write(header);
        page.Write(lacing.ToArray());
        foreach (var packet in packets) page.Write(packet.Span);
        var bytes = page.ToArray();
        var crc = 0u;
        foreach (var one in bytes) crc = (crc << 8) ^ Table[(crc >> 24) ^ one];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(22), crc);
        _file.Write(bytes);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var n = 0u; n < 256; n++)
        {
            var c = n << 24;
            for (var bit = 0; bit < 8; bit++) c = (c & 0x80000000) != 0 ? (c << 1) ^ 0x04c11db7 : c << 1;
            table[n] = c;
        }

        return table;
    }
}
