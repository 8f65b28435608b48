namespace Hawser.Session.Video.Native;

/// <summary>H.264 back to pixels, by libopenh264: the profiles that hosts send, not everything that H.264 is.</summary>
internal sealed unsafe class H264Decoder : VideoDecoder
{
    private const int ParametersSize = 32;
    private const int InfoSize = 72;
    private const int VideoPropertySize = 8;
    private const byte AllLayers = 0xff;
    private readonly OpenH264 _library;
    private nint* _decoder;
    private bool _initialised;
    private Picture? _picture;

    public H264Decoder(OpenH264 library)
    {
        _library = library;
        _decoder = library.NewDecoder();
        var quiet = 0;
        _ = OpenH264.SetDecoder(_decoder, OpenH264.DecoderTrace, &quiet);
        var set = stackalloc byte[ParametersSize];
        new Span<byte>(set, ParametersSize).Clear();
        // Nothing is made up for what is broken: another picture is asked for instead.
        set[12] = AllLayers;
        *(int*)(set + 24) = VideoPropertySize;
        if (OpenH264.InitDecoder(_decoder, set) != 0)
        {
            Dispose();
            throw new IOException("libopenh264 refuses to unpack");
        }

        _initialised = true;
    }

    public override Picture? Decode(ReadOnlySpan<byte> data)
    {
        ObjectDisposedException.ThrowIf(_decoder is null, this);
        if (data.IsEmpty) throw new InvalidDataException("an empty picture");
        var planes = stackalloc byte*[3];
        planes[0] = planes[1] = planes[2] = null;
        var info = stackalloc byte[InfoSize];
        new Span<byte>(info, InfoSize).Clear();
        fixed (byte* start = data)
        {
            var failed = OpenH264.Decode(_decoder, start, data.Length, planes, info);
            if (failed != 0) throw new InvalidDataException($"a broken picture: {failed}");
        }

        var shown = *(int*)info == 1 && planes[0] is not null;
        return shown ? Show(planes, info + 24) : null;
    }

    protected override void Dispose(bool disposing)
    {
        if (_initialised) OpenH264.UninitDecoder(_decoder);
        _initialised = false;
        if (_decoder is not null) _library.EndDecoder(_decoder);
        _decoder = null;
    }

    private Picture Show(byte** planes, byte* shape)
    {
        var (width, height, format) = (*(int*)shape, *(int*)(shape + 4), *(int*)(shape + 8));
        var (stride, chroma) = (*(int*)(shape + 12), *(int*)(shape + 16));
        if (format != OpenH264.FormatPlanar420 || width < 1 || height < 1 || (long)width * height > MostPixels)
        {
            throw new InvalidDataException("a picture of another kind");
        }

        if (_picture?.Width != width || _picture.Height != height) _picture = new Picture(width, height);
        Yuv.To(new Yuv.Planes(planes[0], stride, planes[1], chroma, planes[2], chroma), _picture, full: false);
        return _picture;
    }
}
