using System.Runtime.InteropServices;

namespace Hawser.Session.Video.Native;

/// <summary>VP8, VP9 and AV1 for pictures seen at once: no look-ahead, key frames only when asked for.</summary>
internal sealed unsafe class LibraryEncoder : VideoEncoder
{
    private const int ConstantRate = 1;
    private const int FramePacket = 0;
    private const int LeastQuantizer = 4;
    private const int MostQuantizer = 56;
    private readonly CodecLibrary _library;
    private readonly byte* _context;
    private readonly byte* _config;
    private byte* _image;
    private bool _initialised;
    private int _fps = 30;
    private int _kilobits;

    public LibraryEncoder(CodecLibrary library, EncoderShape shape, int kilobits, int fps)
        : base(shape)
    {
        _library = library;
        _context = (byte*)NativeMemory.AllocZeroed(CodecLibrary.ContextSize);
        _config = (byte*)NativeMemory.AllocZeroed(CodecLibrary.ConfigSize);
        try
        {
            Init(kilobits, fps);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Spend(int kilobits, int fps)
    {
        _fps = fps;
        if (kilobits == _kilobits) return;
        _kilobits = kilobits;
        *(int*)(_config + _library.Layout.ConfigBitrate) = kilobits;
        _library.Configure(_context, _config);
    }

    public override EncodedPicture? Encode(Picture picture, long milliseconds, bool key)
    {
        if (picture.Width != Shape.Width || picture.Height != Shape.Height)
        {
            throw new ArgumentException("not the encoder's size", nameof(picture));
        }

        Yuv.From(picture, _library.PlanesOf(_image), Shape.FullChroma);
        _library.Encode(_context, _image, milliseconds, Math.Max(1, 1000 / _fps), key);
        void* at = null;
        byte[]? data = null;
        var isKey = false;
        for (var packet = _library.NextPacket(_context, &at); packet is not null;
            packet = _library.NextPacket(_context, &at))
        {
            if (*(int*)packet != FramePacket) continue;
            var piece = new ReadOnlySpan<byte>(*(byte**)(packet + 8), (int)*(nuint*)(packet + 16));
            isKey |= (*(uint*)(packet + 40) & 1) != 0;
            // One element a picture is what every receiver reads; there is hardly ever a second packet.
            data = data is null ? piece.ToArray() : [.. data, .. piece];
        }

        return data is null ? null : new EncodedPicture(data, isKey);
    }

    protected override void Dispose(bool disposing)
    {
        if (_initialised) _library.Destroy(_context);
        _initialised = false;
        if (_image is not null) _library.FreeImage(_image);
        _image = null;
        NativeMemory.Free(_context);
        NativeMemory.Free(_config);
    }

    // VP8's threads wait for each other by turning round and round: on a busy machine that costs half a second a
    // picture, and one thread packs Full HD many times faster than it changes.
    private static int Threads(EncoderShape shape) => shape is { Codec: VideoCodec.Vp8, Width: <= 1920 } ? 1
        : Math.Min(Environment.ProcessorCount, shape.Width >= 1280 ? 4 : 2);

    private void Init(int kilobits, int fps)
    {
        var layout = _library.Layout;
        var iface = _library.Interface(Shape.Codec, encoder: true);
        _library.DefaultConfig(iface, _config);
        var threads = Threads(Shape);
        void Set(int offset, int value) => *(int*)(_config + offset) = value;
        Set(4, threads);
        Set(8, Shape.FullChroma ? 1 : 0);
        Set(12, Shape.Width);
        Set(16, Shape.Height);
        Set(layout.ConfigTimeBase, 1);
        Set(layout.ConfigTimeBase + 4, 1000);
        Set(layout.ConfigLag, 0);
        Set(layout.ConfigDropFrames, 0);
        Set(layout.ConfigEndUsage, ConstantRate);
        Set(layout.ConfigBitrate, kilobits);
        Set(layout.ConfigBitrate + 4, LeastQuantizer);
        Set(layout.ConfigBitrate + 8, MostQuantizer);
        // Milliseconds of the rate: a burst of changes may borrow from the quiet that follows it.
        Set(layout.ConfigBitrate + 20, 1000);
        Set(layout.ConfigBitrate + 24, 500);
        Set(layout.ConfigBitrate + 28, 600);
        Set(layout.ConfigKeyMode, 0);
        _library.InitEncoder(_context, iface, _config);
        _initialised = true;
        (_kilobits, _fps) = (kilobits, fps);
        Tune(threads);
        _image = _library.NewImage(Shape.Width, Shape.Height, Shape.FullChroma);
    }

    // The numbers are the libraries' control ids.
    private void Tune(int threads)
    {
        var columns = int.Log2(threads);
        (int Id, int Value)[] controls = Shape.Codec switch
        {
            // Speed, noise, static threshold, screen content.
            VideoCodec.Vp8 => [(13, -12), (15, 0), (17, 1), (18, columns), (31, 1)],
            // Speed, tile columns, adaptive quantizer, screen content, rows in parallel, no noise reduction.
            VideoCodec.Vp9 => [(13, 7), (33, columns), (35, 0), (36, 3), (43, 1), (55, 1), (38, 0)],
            // Speed, adaptive quantizer, tile columns, rows in parallel, screen content, probabilities each frame,
            // and without the tools that cost more than they bring at this speed.
            _ => [(13, 10), (40, 3), (33, columns), (32, 1), (43, 1), (44, 1), (61, 0), (96, 0), (95, 0), (35, 0),
                (107, 0), (79, 0), (126, 3), (127, 3), (128, 3), (101, 0), (99, 0), (106, 0), (98, 0), (121, 1)],
        };
        foreach (var (id, value) in controls) _library.Control(_context, id, value);
    }
}
