using System.Buffers.Binary;
using System.Text;

namespace Hawser.Recording.Media;

/// <summary>Walks over MP4, whole or in fragments, and counts samples by the boxes that announce them.</summary>
internal sealed class Mp4Walk : MediaWalk
{
    private const int HeadOfLeaf = 64;
    private readonly byte[] _held = new byte[HeadOfLeaf + 16];
    private int _heldLength;
    private string _leaf = "";
    private int _leafSize;
    private long _leafRest;
    private TrackFacts? _track;
    private double _timescale = 1000;

    protected override bool IsInside => _heldLength > 0 || _leafSize > 0;

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (Skippable > 0)
            {
                var skipped = (int)Math.Min(Skippable, bytes.Length);
                Skippable -= skipped;
                bytes = bytes[skipped..];
                continue;
            }

            var wanted = _leafSize > 0 ? _leafSize : _heldLength < 8 ? 8 : 16;
            var take = Math.Min(wanted - _heldLength, bytes.Length);
            bytes[..take].CopyTo(_held.AsSpan(_heldLength));
            _heldLength += take;
            bytes = bytes[take..];
            if (_heldLength < wanted) return;
            if (_leafSize > 0) EndLeaf();
            else Enter();
        }
    }

    private void Enter()
    {
        long size = BinaryPrimitives.ReadUInt32BigEndian(_held);
        var name = Encoding.Latin1.GetString(_held, 4, 4);
        if (size == 1 && _heldLength < 16) return;
        var head = size == 1 ? 16 : 8;
        if (size == 1) size = BinaryPrimitives.ReadInt64BigEndian(_held.AsSpan(8));
        _heldLength = 0;
        if (size == 0)
        {
            // To the end of the file.
            Skippable = ToTheEnd;
            return;
        }

        if (size < head || !name.All(c => c is >= ' ' and <= '~' or '\u00a9'))
        {
            // Boxes say where the next one is; after nonsense there is none.
            Breaks++;
            Skippable = ToTheEnd;
            return;
        }

        size -= head;
        switch (name)
        {
            case "moov" or "trak" or "mdia" or "minf" or "stbl" or "traf" or "moof":
                if (name == "moof") HasBegun = true;
                return;
            case "tkhd" or "hdlr" or "stsd" or "stsz" or "tfhd" or "trun" or "mvhd" when size > 0:
                _leaf = name;
                _leafSize = (int)Math.Min(size, HeadOfLeaf);
                _leafRest = size - _leafSize;
                return;
            case "mdat":
                HasBegun = true;
                break;
        }

        Skippable = size;
    }

    private void EndLeaf()
    {
        var value = _held.AsSpan(0, _leafSize);
        Skippable = _leafRest;
        (_leafSize, _heldLength) = (0, 0);
        switch (_leaf)
        {
            case "mvhd" when value.Length >= 32: OnMovie(value); break;
            case "tkhd" when value.Length >= 24:
                var id = value[(value[0] == 1 ? 20 : 12)..];
                Tracks.Add(_track = new TrackFacts(BinaryPrimitives.ReadUInt32BigEndian(id)));
                break;
            case "hdlr" when value.Length >= 12 && _track is not null:
                var kind = value.Slice(8, 4);
                _track.Kind = kind.SequenceEqual("vide"u8) ? TrackKind.Video
                    : kind.SequenceEqual("soun"u8) ? TrackKind.Audio : TrackKind.Other;
                break;
            case "stsd" when value.Length >= 16 && _track is not null:
                _track.Codec = Encoding.Latin1.GetString(value.Slice(12, 4));
                break;
            case "stsz" when value.Length >= 12 && _track is not null:
                HasIndex |= BinaryPrimitives.ReadUInt32BigEndian(value[8..]) > 0;
                _track.Add(BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
                break;
            case "tfhd" when value.Length >= 8:
                var number = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
                _track = Tracks.Find(t => t.Number == number);
                if (_track is null) Breaks++;
                break;
            case "trun" when value.Length >= 8:
                _track?.Add(BinaryPrimitives.ReadUInt32BigEndian(value[4..]));
                break;
        }
    }

    private void OnMovie(ReadOnlySpan<byte> value)
    {
        var isLong = value[0] == 1;
        _timescale = Math.Max(1, BinaryPrimitives.ReadUInt32BigEndian(value[(isLong ? 20 : 12)..]));
        double duration = isLong ? BinaryPrimitives.ReadUInt64BigEndian(value[24..])
            : BinaryPrimitives.ReadUInt32BigEndian(value[16..]);
        if (duration > 0) DurationMs = duration * 1000 / _timescale;
    }
}
