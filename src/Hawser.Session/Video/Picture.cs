namespace Hawser.Session.Video;

/// <summary>
/// Pixels as screens have them: four bytes each, blue first, the fourth without meaning; rows from the top.
/// </summary>
public sealed unsafe class Picture
{
    private readonly byte[]? _own;

    /// <summary>A picture with pixels of its own, black.</summary>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public Picture(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        _own = GC.AllocateArray<byte>(checked(width * height * 4), pinned: true);
        fixed (byte* start = _own) Start = (nint)start;
        (Width, Height, Stride) = (width, height, width * 4);
    }

    /// <summary>A view on somebody else's pixels.</summary>
    /// <param name="start">The first pixel; stays valid as long as the picture is used.</param>
    /// <param name="stride">Bytes from row to row.</param>
    /// <param name="width">Pixels in a row.</param>
    /// <param name="height">Rows.</param>
    public Picture(nint start, int stride, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, width * 4);
        (Start, Stride, Width, Height) = (start, stride, width, height);
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from row to row.</summary>
    public int Stride { get; }

    internal nint Start { get; }

    /// <summary>The bytes of a row.</summary>
    /// <param name="y">Which, from the top.</param>
    /// <returns>Four bytes a pixel.</returns>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height, nameof(y));
        var row = new Span<byte>((byte*)Start + (long)y * Stride, Width * 4);
        GC.KeepAlive(_own);
        return row;
    }

    /// <summary>A copy with pixels of its own.</summary>
    /// <returns>The copy.</returns>
    public Picture Copy()
    {
        var copy = new Picture(Width, Height);
        for (var y = 0; y < Height; y++) Row(y).CopyTo(copy.Row(y));
        return copy;
    }
}
