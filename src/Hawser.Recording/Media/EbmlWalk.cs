using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Hawser.Recording.Media;

/// <summary>
/// Walks over WebM and Matroska, also over streams whose Segment and Clusters have no size (reference §3.1). Elements
/// are told by their ids alone, which is enough, because ids are unique among what is looked into.
/// </summary>
internal sealed class EbmlWalk : MediaWalk
{
    private const long UnknownSize = -1;
    private const uint Cluster = 0x1f43b675, Segment = 0x18538067, Header = 0x1a45dfa3, Cues = 0x1c53bb6b;
    private const uint SimpleBlock = 0xa3, Block = 0xa1, BlockGroup = 0xa0;
    private const long LongestBlock = 256L << 20;
    private const long LongestRest = 1 << 20;
    private readonly byte[] _held = new byte[64];
    private int _heldLength;
    private uint _leaf;
    private int _leafSize;
    private long _leafRest;
    private bool _isLost;
    private uint _last4;
    private double _scaleMs = 1;
    private double? _rawDuration;
    private long _clusterTime;
    private TrackFacts? _track;

    protected override bool IsInside => _heldLength > 0 || _leafSize > 0;

    /// <summary>webm or matroska.</summary>
    public string DocType { get; private set; } = "";

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Skippable > 0)
            {
                var skipped = (int)Math.Min(Skippable, bytes.Length);
                Skippable -= skipped;
                bytes = bytes[skipped..];
            }
            else if (_isLost)
            {
                bytes = FindCluster(bytes);
            }
            else if (_leafSize > 0)
            {
                bytes = TakeLeaf(bytes);
            }
            else
            {
                bytes = TakeHead(bytes);
            }
        }
    }

    /// <summary>Reads a number of EBML's variable length; false: there are too few bytes or they are none.</summary>
    internal static bool TryVint(ReadOnlySpan<byte> bytes, out long value, out int used)
    {
        (value, used) = (0, 0);
        if (bytes.IsEmpty || bytes[0] == 0) return false;
        used = BitOperations.LeadingZeroCount((uint)bytes[0]) - 23;
        if (bytes.Length < used) return false;
        long all = bytes[0] & ((1 << (8 - used)) - 1);
        var ones = all == (1 << (8 - used)) - 1;
        for (var i = 1; i < used; i++)
        {
            all = (all << 8) | bytes[i];
            ones &= bytes[i] == 0xff;
        }

        value = ones ? UnknownSize : all;
        return true;
    }

    /// <summary>Gathers an id and a size, which may come in pieces, and enters the element.</summary>
    private ReadOnlySpan<byte> TakeHead(ReadOnlySpan<byte> bytes)
    {
        _held[_heldLength++] = bytes[0];
        bytes = bytes[1..];
        var first = _held[0];
        var idLength = first == 0 ? 9 : BitOperations.LeadingZeroCount((uint)first) - 23;
        if (idLength > 4)
        {
            Lose();
            return bytes;
        }

        if (_heldLength <= idLength) return bytes;
        var sizeLength = _held[idLength] == 0 ? 9 : BitOperations.LeadingZeroCount((uint)_held[idLength]) - 23;
        if (sizeLength > 8)
        {
            Lose();
            return bytes;
        }

        if (_heldLength < idLength + sizeLength) return bytes;
        uint id = 0;
        for (var i = 0; i < idLength; i++) id = (id << 8) | _held[i];
        TryVint(_held.AsSpan(idLength, sizeLength), out var size, out _);
        _heldLength = 0;
        Enter(id, size);
        return bytes;
    }

    private void Enter(uint id, long size)
    {
        switch (id)
        {
            case Header or Segment or 0x1549a966 or 0x1654ae6b or 0xe0 or BlockGroup:
                return;
            case 0xae:
                Tracks.Add(_track = new TrackFacts(0));
                return;
            case Cluster:
                HasBegun = true;
                return;
            case SimpleBlock or Block when size is > 3 and < LongestBlock:
                Leaf(id, size, (int)Math.Min(size, 16));
                return;
            // DocType, scale, duration, track number, track type, codec, width, height, cluster time.
            case 0x4282 or 0x2ad7b1 or 0x4489 or 0xd7 or 0x83 or 0x86 or 0xb0 or 0xba or 0xe7
                when size is > 0 and <= 64:
                Leaf(id, size, (int)size);
                return;
            case Cues:
                HasIndex = true;
                break;
        }

        if (size == UnknownSize || size < 0 || (HasBegun && !MayFollow(id, size)) || id is SimpleBlock or Block) Lose();
        else Skippable = size;
    }

    private void Leaf(uint id, long size, int wanted) =>
        (_leaf, _leafSize, _leafRest, _heldLength) = (id, wanted, size - wanted, 0);

    private ReadOnlySpan<byte> TakeLeaf(ReadOnlySpan<byte> bytes)
    {
        var take = Math.Min(_leafSize - _heldLength, bytes.Length);
        bytes[..take].CopyTo(_held.AsSpan(_heldLength));
        _heldLength += take;
        if (_heldLength < _leafSize) return bytes[take..];
        var value = _held.AsSpan(0, _leafSize);
        Skippable = _leafRest;
        (_leafSize, _heldLength) = (0, 0);
        if (_leaf is SimpleBlock or Block) OnBlock(value);
        else OnValue(value);
        return bytes[take..];
    }

    private void OnValue(ReadOnlySpan<byte> value)
    {
        switch (_leaf)
        {
            case 0x4282: DocType = Text(value); break;
            case 0x2ad7b1: SetScale(Number(value)); break;
            case 0x4489: SetDuration(value); break;
            case 0xe7: _clusterTime = Number(value); break;
            case 0xd7 when _track is not null: Renumber(Number(value)); break;
            case 0x83 when _track is not null:
                _track.Kind = Number(value) switch { 1 => TrackKind.Video, 2 => TrackKind.Audio, _ => TrackKind.Other };
                break;
            case 0x86 when _track is not null: _track.Codec = Text(value); break;
            case 0xb0 when _track is not null: _track.Width = (int)Number(value); break;
            case 0xba when _track is not null: _track.Height = (int)Number(value); break;
        }
    }

    private void Renumber(long number)
    {
        var known = _track!;
        Tracks[^1] = _track = new TrackFacts(number)
        {
            Kind = known.Kind, Codec = known.Codec, Width = known.Width, Height = known.Height,
        };
    }

    private void SetScale(long nanoseconds)
    {
        if (nanoseconds > 0) _scaleMs = nanoseconds / 1e6;
        if (_rawDuration is { } raw) DurationMs = raw * _scaleMs;
    }

    private void SetDuration(ReadOnlySpan<byte> value)
    {
        _rawDuration = value.Length switch
        {
            4 => BinaryPrimitives.ReadSingleBigEndian(value),
            8 => BinaryPrimitives.ReadDoubleBigEndian(value),
            _ => null,
        };
        DurationMs = _rawDuration * _scaleMs;
    }

    private void OnBlock(ReadOnlySpan<byte> head)
    {
        if (!TryVint(head, out var number, out var used) || head.Length < used + 3
            || Tracks.Find(t => t.Number == number) is not { } track)
        {
            Skippable = 0;
            Lose();
            return;
        }

        var time = _clusterTime + BinaryPrimitives.ReadInt16BigEndian(head[used..]);
        var isLaced = (head[used + 2] & 0x06) != 0;
        var packets = isLaced && head.Length > used + 3 ? head[used + 3] + 1 : 1;
        track.Add(time * _scaleMs, packets);
        if (track.Kind == TrackKind.Video) Line?.Add(time * _scaleMs, head.Length + _leafRest);
    }

    /// <summary>What is known to be in, or after, Clusters; anything else there means that bytes are missing.</summary>
    private static bool MayFollow(uint id, long size) => id switch
    {
        0xa7 or 0xab or 0x9b or 0xfb or 0x75a2 or 0xfa => size <= 8,
        0xbf => size == 4,
        0x5854 or 0xa4 or 0x8e or 0xec => size <= LongestRest,
        0x75a1 => size < LongestBlock,
        _ => id is Cues or 0x114d9b74 or 0x1254c367 or 0x1043a770 or 0x1941a469,
    };

    private void Lose()
    {
        Breaks++;
        (_isLost, _heldLength, _leafSize, _last4) = (true, 0, 0, 0);
    }

    private ReadOnlySpan<byte> FindCluster(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            _last4 = (_last4 << 8) | bytes[i];
            if (_last4 != Cluster) continue;
            _isLost = false;
            BinaryPrimitives.WriteUInt32BigEndian(_held, Cluster);
            _heldLength = 4;
            return bytes[(i + 1)..];
        }

        return [];
    }

    private static long Number(ReadOnlySpan<byte> value)
    {
        long number = 0;
        foreach (var b in value[..Math.Min(8, value.Length)]) number = (number << 8) | b;
        return number;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.ASCII.GetString(value.TrimEnd((byte)0));
}
