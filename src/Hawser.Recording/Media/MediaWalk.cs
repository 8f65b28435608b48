namespace Hawser.Recording.Media;

/// <summary>What kind of track it is.</summary>
internal enum TrackKind
{
    /// <summary>Subtitles and whatever else.</summary>
    Other,

    /// <summary>Pictures.</summary>
    Video,

    /// <summary>Sound.</summary>
    Audio,
}

/// <summary>What a walk found of one track.</summary>
internal sealed class TrackFacts(long number)
{
    /// <summary>Gaps inside chunks from which on a gap between chunks can be judged.</summary>
    private const int Known = 10;

    private const double LeastGap = 400;
    private bool _atBoundary;
    private double _innerGap;
    private double _boundaryGap;
    private int _inner;

    /// <summary>Its number.</summary>
    public long Number { get; } = number;

    /// <summary>Its kind.</summary>
    public TrackKind Kind { get; set; }

    /// <summary>As the container names it: <c>V_VP9</c>, <c>avc1</c>.</summary>
    public string Codec { get; set; } = "";

    /// <summary>Pixels.</summary>
    public int Width { get; set; }

    /// <summary>Pixels.</summary>
    public int Height { get; set; }

    /// <summary>How many packets.</summary>
    public long Packets { get; private set; }

    /// <summary>The first packet's time; null: times are not known.</summary>
    public double? FirstMs { get; private set; }

    /// <summary>The latest packet's time.</summary>
    public double LastMs { get; private set; }

    /// <summary>How often time went back.</summary>
    public int Backwards { get; private set; }

    /// <summary>
    /// Between two chunks more time passes than ever inside one: what was between them was lost with its connection.
    /// </summary>
    public bool HasHole => _inner >= Known && _boundaryGap > LeastGap && _boundaryGap > 3 * _innerGap;

    /// <summary>A chunk ends here.</summary>
    public void Boundary() => _atBoundary = Packets > 0;

    /// <summary>Packets without times.</summary>
    public void Add(long packets) => Packets += packets;

    /// <summary>A packet, or several in one block.</summary>
    public void Add(double ms, int packets)
    {
        Packets += packets;
        if (FirstMs is null)
        {
            (FirstMs, LastMs) = (ms, ms);
            return;
        }

        var gap = ms - LastMs;
        if (gap < 0) Backwards++;
        if (_atBoundary) _boundaryGap = Math.Max(_boundaryGap, gap);
        else
        {
            _innerGap = Math.Max(_innerGap, gap);
            _inner++;
        }

        _atBoundary = false;
        LastMs = Math.Max(LastMs, ms);
    }
}

/// <summary>
/// Walks over a container's bytes as they come, in pieces of any size, and counts packets; payload is never looked at
/// (reference §3.5). What is broken is noted and walked around.
/// </summary>
internal abstract class MediaWalk
{
    /// <summary>The tracks by their order.</summary>
    public List<TrackFacts> Tracks { get; } = [];

    /// <summary>Is told of each picture with its time, when somebody wants to know.</summary>
    public ActivityLine? Line { get; set; }

    /// <summary>Whether the head is complete: tracks are known, media has begun.</summary>
    public bool HasBegun { get; protected set; }

    /// <summary>Places where the bytes made no sense.</summary>
    public int Breaks { get; protected set; }

    /// <summary>As the head says; not to be believed of a stream.</summary>
    public double? DurationMs { get; protected set; }

    /// <summary>There is an index to seek by.</summary>
    public bool HasIndex { get; protected set; }

    /// <summary>Bytes that come next and are of no interest: a reader of a file may leave them out.</summary>
    public long Skippable { get; protected set; }

    /// <summary>Packets of all tracks that are kept.</summary>
    public long Packets => Tracks.Sum(t => t.Packets);

    /// <summary>The latest time.</summary>
    public double LastMs => Tracks.Count == 0 ? 0 : Tracks.Max(t => t.LastMs);

    /// <summary>From the first packet to the last.</summary>
    public double SpanMs => LastMs - (Tracks.Min(t => t.FirstMs) ?? 0);

    /// <summary>The bytes end in the middle of something.</summary>
    public bool IsCutOff => IsInside || Skippable is > 0 and < ToTheEnd;

    /// <summary>Something is missing or in the wrong place.</summary>
    public bool IsDamaged =>
        Breaks > 0 || IsCutOff || Tracks.Exists(t => t.HasHole || (t.Backwards > 0 && !MayGoBack(t)));

    /// <summary>Whether every codec may be in a WebM file (reference §3.3).</summary>
    public bool IsWebm => Tracks.TrueForAll(t => t.Kind == TrackKind.Other || t.Codec is "V_VP8" or "V_VP9" or "V_AV1"
        or "A_OPUS" or "A_VORBIS" or "vp08" or "vp09" or "av01" or "Opus");

    /// <summary>A number of bytes that stands for all that come.</summary>
    protected const long ToTheEnd = long.MaxValue / 2;

    /// <summary>Whether the head of something has come in part.</summary>
    protected abstract bool IsInside { get; }

    /// <summary>Makes the walk that suits the first bytes; null: they are no container that is known.</summary>
    public static MediaWalk? For(ReadOnlySpan<byte> head) => Container.Of(head) switch
    {
        ContainerKind.Ebml => new EbmlWalk(),
        ContainerKind.Mp4 => new Mp4Walk(),
        _ => null,
    };

    /// <summary>Goes on.</summary>
    public abstract void Feed(ReadOnlySpan<byte> bytes);

    /// <summary>Bytes that were <see cref="Skippable"/> were left out.</summary>
    public void Skipped(long bytes) => Skippable -= bytes;

    /// <summary>A chunk ends here.</summary>
    public void Boundary()
    {
        foreach (var track in Tracks) track.Boundary();
    }

    /// <summary>Pictures of these codecs may be stored in another order than they are shown in.</summary>
    private static bool MayGoBack(TrackFacts track) =>
        track.Codec.StartsWith("V_MPEG", StringComparison.Ordinal) || track.Codec is "avc1" or "hvc1" or "hev1";
}

/// <summary>What bytes begin with.</summary>
internal enum ContainerKind
{
    /// <summary>Too few to tell, but nothing speaks against them.</summary>
    Undecided,

    /// <summary>WebM or Matroska.</summary>
    Ebml,

    /// <summary>MP4.</summary>
    Mp4,

    /// <summary>None of these.</summary>
    Unknown,
}

/// <summary>Tells containers by their first bytes.</summary>
internal static class Container
{
    private static ReadOnlySpan<byte> EbmlMagic => [0x1a, 0x45, 0xdf, 0xa3];

    private static ReadOnlySpan<byte> DocType => [0x42, 0x82];

    /// <summary>By the first bytes of a recording.</summary>
    public static ContainerKind Of(ReadOnlySpan<byte> head)
    {
        if (head.Length < 4)
        {
            return EbmlMagic.StartsWith(head) || (head.Length > 0 && head[0] == 0) || head.IsEmpty
                ? ContainerKind.Undecided : ContainerKind.Unknown;
        }

        if (head.StartsWith(EbmlMagic)) return EbmlHeader(head);
        if (head[0] != 0) return ContainerKind.Unknown;
        if (head.Length < 8) return "ftyp"u8.StartsWith(head[4..]) ? ContainerKind.Undecided : ContainerKind.Unknown;
        return head[4..].StartsWith("ftyp"u8) ? ContainerKind.Mp4 : ContainerKind.Unknown;
    }

    /// <summary>Whether a later chunk begins a new file: a page was loaded again (reference §3.4).</summary>
    public static bool BeginsAnew(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && Of(head) is ContainerKind.Ebml or ContainerKind.Mp4;

    /// <summary>An EBML header that is plausible: short, and of a kind that is known as far as it is there.</summary>
    private static ContainerKind EbmlHeader(ReadOnlySpan<byte> head)
    {
        if (head.Length < 5) return ContainerKind.Undecided;
        if (!EbmlWalk.TryVint(head[4..], out var length, out var used)) return ContainerKind.Ebml;
        if (length is < 8 or > 1024) return ContainerKind.Unknown;
        var header = head[(4 + used)..Math.Min(head.Length, 4 + used + (int)length)];
        var at = header.IndexOf(DocType);
        if (at < 0) return header.Length == length ? ContainerKind.Unknown : ContainerKind.Ebml;
        var name = header[(at + 2)..];
        // As many bytes for a small number as the writer likes.
        if (!EbmlWalk.TryVint(name, out var size, out var sized)) return ContainerKind.Ebml;
        if (size is < 0 or > 64) return ContainerKind.Unknown;
        name = name[sized..Math.Min(name.Length, sized + (int)size)];
        return name.Length < size || name.SequenceEqual("webm"u8) || name.SequenceEqual("matroska"u8)
            ? ContainerKind.Ebml : ContainerKind.Unknown;
    }
}
