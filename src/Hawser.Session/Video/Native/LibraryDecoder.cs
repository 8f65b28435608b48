using System.Runtime.InteropServices;

namespace Hawser.Session.Video.Native;

/// <summary>VP8, VP9 and AV1 back to pixels.</summary>
internal sealed unsafe class LibraryDecoder : VideoDecoder
{
    private readonly CodecLibrary _library;
    private readonly byte* _context;
    private readonly void* _interface;
    private bool _initialised;
    private Picture? _picture;

    public LibraryDecoder(CodecLibrary library, VideoCodec codec)
    {
        _library = library;
        _interface = library.Interface(codec, encoder: false);
        _context = (byte*)NativeMemory.AllocZeroed(CodecLibrary.ContextSize);
        try
        {
            // Threads, width, height, and for AV1 whether eight bits may stay eight.
            var config = stackalloc uint[4] { (uint)Math.Min(4, Environment.ProcessorCount), 0, 0, 1 };
            library.InitDecoder(_context, _interface, config);
            _initialised = true;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Picture? Decode(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) throw new InvalidDataException("an empty picture");
        fixed (byte* start = data)
        {
            // Before the library allocates for it.
            if (_library.TryPeek(_interface, start, data.Length, out var width, out var height)
                && (long)width * height > MostPixels) throw new InvalidDataException("a picture beyond every screen");
            if (!_library.TryDecode(_context, start, data.Length)) throw new InvalidDataException("a broken picture");
        }

        void* at = null;
        byte* shown = null;
        for (var image = _library.NextFrame(_context, &at); image is not null;
            image = _library.NextFrame(_context, &at)) shown = image;
        return shown is null ? null : Show(shown);
    }

    protected override void Dispose(bool disposing)
    {
        if (_initialised) _library.Destroy(_context);
        _initialised = false;
        NativeMemory.Free(_context);
    }

    private Picture Show(byte* image)
    {
        var layout = _library.Layout;
        var width = *(int*)(image + layout.ImageShownWidth);
        var height = *(int*)(image + layout.ImageShownWidth + 4);
        var format = *(int*)image;
        var full = *(int*)(image + layout.ImageChromaShift) == 0;
        // Eight bits a colour is all that the protocol has (§7.2).
        if ((format & 0x800) != 0 || width < 1 || height < 1 || (long)width * height > MostPixels)
        {
            throw new InvalidDataException("a picture of another kind");
        }

        if (_picture?.Width != width || _picture.Height != height) _picture = new Picture(width, height);
        Yuv.To(_library.PlanesOf(image), _picture, full);
        return _picture;
    }
}
