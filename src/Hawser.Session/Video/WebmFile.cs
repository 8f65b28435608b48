using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Hawser.Session.Audio;

namespace Hawser.Session.Video;

/// <summary>
/// A WebM file of one video track, and one of Opus sound if wanted (RFC 8794, RFC 9559): written as it comes, so that
/// what is there can be played even when the program is killed; length and duration are filled in at the end.
/// </summary>
public sealed class WebmFile : IDisposable
{
    /// <summary>What is filled in at the end lies within so many first bytes, when clusters are left open.</summary>
    public const int HeaderLength = 1024;

    private const int LongestCluster = 5_000;
    private const int UnknownSize = 8;
    private const byte PictureTrack = 1;
    private const byte SoundTrack = 2;
    private const ulong DecoderWarmUp = 80_000_000;
    private readonly Stream _file;
    private readonly bool _open;
    private readonly long _segment;
    private readonly long _duration;
    private long _cluster = -1;
    private long _clusterTime;
    private long _last;

    /// <summary>Begins a film.</summary>
    /// <param name="file">Where to; owned by the film.</param>
    /// <param name="codec">How its pictures are packed.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="program">Who made it.</param>
    /// <param name="openClusters">
    /// Leaves the length of clusters open, so that nothing behind the header is ever written twice.
    /// </param>
    /// <param name="sound">Whether it has a track of sound: stereo, 48000 samples a second.</param>
    /// <exception cref="ArgumentException">The container has no room for this codec.</exception>
    public WebmFile(
        Stream file, VideoCodec codec, int width, int height, string program = "hawser-connect",
        bool openClusters = false, bool sound = false)
    {
        ArgumentNullException.ThrowIfNull(file);
        _file = file;
        _open = openClusters;
        var name = codec switch
        {
            VideoCodec.Vp8 => "V_VP8",
            VideoCodec.Vp9 => "V_VP9",
            VideoCodec.Av1 => "V_AV1",
            _ => throw new ArgumentException($"WebM holds no {codec}", nameof(codec)),
        };
        Write(Element(0x1A45DFA3,
            Element(0x4286, 1), Element(0x42F7, 1), Element(0x42F2, 4), Element(0x42F3, 8), Text(0x4282, "webm"),
            Element(0x4287, 4), Element(0x4285, 2)));
        Write([0x18, 0x53, 0x80, 0x67]);
        _segment = file.Position;
        Write([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        var info = Element(0x1549A966, Element(0x2AD7B1, 1_000_000), Text(0x4D80, "hawser"),
            Text(0x5741, program), Element(0x4489, new byte[8]));
        Write(info);
        _duration = file.Position - 8;
        var pictures = Element(0xAE,
            Element(0xD7, PictureTrack), Element(0x73C5, 1), Element(0x83, 1), Element(0x9C, 0UL), Text(0x86, name),
            Element(0xE0, Element(0xB0, (ulong)width), Element(0xBA, (ulong)height)));
        Write(sound ? Element(0x1654AE6B, pictures, Sound()) : Element(0x1654AE6B, pictures));
        _file.Flush();
    }

    /// <summary>Whether the container has room for a codec.</summary>
    /// <param name="codec">The codec.</param>
    /// <returns>Whether it has.</returns>
    public static bool Holds(VideoCodec codec) => codec is VideoCodec.Vp8 or VideoCodec.Vp9 or VideoCodec.Av1;

    /// <summary>Appends a picture.</summary>
    /// <param name="data">The codec's bytes.</param>
    /// <param name="milliseconds">Since the beginning; never less than the one before.</param>
    /// <param name="isKey">Whether it stands alone.</param>
    public void Add(ReadOnlySpan<byte> data, long milliseconds, bool isKey)
    {
        if (isKey) Begin(milliseconds);
        Append(PictureTrack, data, milliseconds, isKey);
    }

    /// <summary>Appends an Opus packet.</summary>
    /// <param name="packet">The packet.</param>
    /// <param name="milliseconds">Since the beginning; never less than what was appended before.</param>
    public void AddSound(ReadOnlySpan<byte> packet, long milliseconds) =>
        Append(SoundTrack, packet, milliseconds, standsAlone: true);

    /// <summary>Says how long it was.</summary>
    /// <param name="milliseconds">Since the beginning.</param>
    public void End(long milliseconds)
    {
        EndCluster();
        if (!_file.CanSeek) return;
        var end = _file.Position;
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, Math.Max(milliseconds, _last));
        _file.Position = _duration;
        _file.Write(bytes);
        // What holds something of open length is open itself.
        if (!_open) Patch(_segment, end);
        _file.Position = end;
        _file.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // The mapping of Opus: its own header, and how long a decoder needs after a jump.
    private static byte[] Sound()
    {
        var rate = new byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(rate, SoundSource.Rate);
        return Element(0xAE,
            Element(0xD7, SoundTrack), Element(0x73C5, 2), Element(0x83, 2), Element(0x9C, 0UL), Text(0x86, "A_OPUS"),
            Element(0x63A2, OpusFormat.Head()), Element(0x56BB, DecoderWarmUp),
            Element(0xE1, Element(0xB5, rate), Element(0x9F, SoundSource.Channels)));
    }

    private static byte[] Element(uint id, params ReadOnlySpan<byte[]> children)
    {
        using var body = new MemoryStream();
        foreach (var child in children) body.Write(child);
        return [.. Id(id), .. Size(body.Length), .. body.ToArray()];
    }

    private static byte[] Element(uint id, byte[] content) => [.. Id(id), .. Size(content.Length), .. content];

    private static byte[] Element(uint id, ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        var empty = number == 0 ? 7 : BitOperations.LeadingZeroCount(number) / 8;
        return Element(id, bytes.AsSpan(empty).ToArray());
    }

    private static byte[] Text(uint id, string text) => Element(id, Encoding.ASCII.GetBytes(text));

    private static byte[] Id(uint id)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        return [.. bytes.AsSpan(BitOperations.LeadingZeroCount(id) / 8)];
    }

    // As short as it can be; all ones would mean that it is not known.
    private static byte[] Size(long size)
    {
        var length = 1;
        while (size >= (1L << (7 * length)) - 1) length++;
        var bytes = LongSize(size)[(8 - length)..];
        bytes[0] |= (byte)(0x80 >> (length - 1));
        return bytes;
    }

    private static byte[] LongSize(long size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, size);
        bytes[0] |= 0x01;
        return bytes;
    }

    private void Append(byte track, ReadOnlySpan<byte> data, long milliseconds, bool standsAlone)
    {
        if (_cluster < 0 || milliseconds - _clusterTime > LongestCluster) Begin(milliseconds);
        Span<byte> head = stackalloc byte[4];
        head[0] = (byte)(0x80 | track);
        BinaryPrimitives.WriteInt16BigEndian(head[1..], (short)(milliseconds - _clusterTime));
        head[3] = (byte)(standsAlone ? 0x80 : 0);
        Write([0xA3, .. Size(head.Length + data.Length)]);
        _file.Write(head);
        _file.Write(data);
        _last = milliseconds;
    }

    private void Begin(long milliseconds)
    {
        EndCluster();
        Write([0x1F, 0x43, 0xB6, 0x75]);
        _cluster = _file.CanSeek ? _file.Position : 0;
        Write([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
        Write(Element(0xE7, (ulong)milliseconds));
        _clusterTime = milliseconds;
    }

    private void EndCluster()
    {
        if (_open || _cluster < 0 || !_file.CanSeek) return;
        var end = _file.Position;
        Patch(_cluster, end);
        _file.Position = end;
        _file.Flush();
        _cluster = -1;
    }

    private void Patch(long at, long end)
    {
        _file.Position = at;
        _file.Write(LongSize(end - at - UnknownSize));
    }

    private void Write(ReadOnlySpan<byte> bytes) => _file.Write(bytes);
}
