using System.Runtime.InteropServices;

namespace Hawser.Session.Video.Native;

/// <summary>
/// H.264 by libopenh264: parameter sets in front of each key frame, start codes, no reordering (§7.2). Key frames only
/// when asked for.
/// </summary>
internal sealed unsafe class H264Encoder : VideoEncoder
{
    private const int ScreenContent = 1;
    private const int BitrateMode = 1;
    private const int KeyFrame = 1;
    private const int LeftOut = 4;
    private const int LeastQuantizer = 12;
    private const int MostQuantizer = 44;
    private readonly OpenH264 _library;
    private readonly byte* _frame;
    private readonly byte* _planes;
    private nint* _encoder;
    private bool _initialised;
    private int _kilobits;
    private int _fps;

    public H264Encoder(OpenH264 library, EncoderShape shape, int kilobits, int fps)
        : base(shape)
    {
        // The colours of two by two pixels belong together.
        if (shape.Width < 16 || shape.Height < 16) throw new IOException("a picture too small for H.264");
        _library = library;
        _frame = (byte*)NativeMemory.AllocZeroed(OpenH264.FrameSize);
        _planes = (byte*)NativeMemory.AlignedAlloc(
            (nuint)(Stride(shape) * Height(shape) + 2 * ChromaStride(shape) * (Height(shape) / 2)), 64);
        try
        {
            _encoder = library.NewEncoder();
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
        if (kilobits != _kilobits) SetBitrate(kilobits);
        if (fps == _fps) return;
        _fps = fps;
        float rate = fps;
        _ = OpenH264.SetEncoder(_encoder, OpenH264.OptionFrameRate, &rate);
    }

    public override EncodedPicture? Encode(Picture picture, long milliseconds, bool key)
    {
        if (picture.Width != Shape.Width || picture.Height != Shape.Height)
        {
            throw new ArgumentException("not the encoder's size", nameof(picture));
        }

        var planes = Planes();
        Yuv.From(picture, planes, full: false);
        if (key) _ = OpenH264.WantKey(_encoder);
        var source = stackalloc byte[OpenH264.PictureSize];
        new Span<byte>(source, OpenH264.PictureSize).Clear();
        *(int*)source = OpenH264.FormatPlanar420;
        (*(int*)(source + 4), *(int*)(source + 8), *(int*)(source + 12)) =
            (planes.YStride, planes.UStride, planes.VStride);
        *(byte**)(source + 24) = planes.Y;
        *(byte**)(source + 32) = planes.U;
        *(byte**)(source + 40) = planes.V;
        (*(int*)(source + 56), *(int*)(source + 60)) = (Even(Shape.Width), Even(Shape.Height));
        *(long*)(source + 64) = milliseconds;
        var failed = OpenH264.Encode(_encoder, source, _frame);
        if (failed != 0) throw new IOException($"libopenh264 can't pack: {failed}");
        var type = *(int*)(_frame + 5128);
        return type == LeftOut ? null : new EncodedPicture(Gather(), type == KeyFrame);
    }

    protected override void Dispose(bool disposing)
    {
        if (_initialised) OpenH264.UninitEncoder(_encoder);
        _initialised = false;
        if (_encoder is not null) _library.EndEncoder(_encoder);
        _encoder = null;
        NativeMemory.Free(_frame);
        NativeMemory.AlignedFree(_planes);
    }

    private static int Even(int size) => size & ~1;

    // Room for the odd row and column, which are converted and left out.
    private static int Stride(EncoderShape shape) => (shape.Width + 31) & ~31;

    private static int ChromaStride(EncoderShape shape) => Stride(shape) / 2;

    private static int Height(EncoderShape shape) => (shape.Height + 1) & ~1;

    private Yuv.Planes Planes()
    {
        var (stride, chroma, height) = (Stride(Shape), ChromaStride(Shape), Height(Shape));
        var u = _planes + stride * height;
        return new Yuv.Planes(_planes, stride, u, chroma, u + chroma * (height / 2), chroma);
    }

    private void Init(int kilobits, int fps)
    {
        var quiet = 0;
        _ = OpenH264.SetEncoder(_encoder, OpenH264.EncoderTrace, &quiet);
        var set = (byte*)NativeMemory.AllocZeroed(OpenH264.ParametersSize);
        try
        {
            if (OpenH264.DefaultParameters(_encoder, set) != 0) throw new IOException("libopenh264 has no defaults");
            var (width, height) = (Even(Shape.Width), Even(Shape.Height));
            *(int*)set = ScreenContent;
            (*(int*)(set + 4), *(int*)(set + 8), *(int*)(set + 12)) = (width, height, kilobits * 1000);
            (*(int*)(set + 16), *(float*)(set + 20)) = (BitrateMode, fps);
            // One layer in time and one in space, which repeats what was said.
            (*(int*)(set + 24), *(int*)(set + 28)) = (1, 1);
            (*(int*)(set + 32), *(int*)(set + 36), *(float*)(set + 40)) = (width, height, fps);
            *(int*)(set + 44) = kilobits * 1000;
            // Lowest complexity, no key frames by itself, parameter sets that do not change their number.
            (*(int*)(set + 832), *(uint*)(set + 836), *(int*)(set + 844)) = (0, 0, 0);
            // Pictures are never left out: whoever waits for one waits for that one.
            *(set + 860) = 0;
            (*(int*)(set + 868), *(int*)(set + 872)) = (MostQuantizer, LeastQuantizer);
            *(ushort*)(set + 892) = 1;
            // Neither noise reduction nor key frames for what looks like another scene.
            (*(set + 908), *(set + 912)) = (0, 0);
            var failed = OpenH264.InitEncoder(_encoder, set);
            if (failed != 0) throw new IOException($"libopenh264 refuses {width}x{height}: {failed}");
        }
        finally
        {
            NativeMemory.Free(set);
        }

        (_initialised, _kilobits, _fps) = (true, kilobits, fps);
    }

    private void SetBitrate(int kilobits)
    {
        _kilobits = kilobits;
        var value = stackalloc int[2] { 0, kilobits * 1000 };
        _ = OpenH264.SetEncoder(_encoder, OpenH264.OptionBitrate, value);
    }

    // All pieces of all layers, one after the other, as they belong on the wire.
    private byte[] Gather()
    {
        var data = new byte[Math.Max(0, *(int*)(_frame + 5132))];
        var at = 0;
        var layers = Math.Clamp(*(int*)_frame, 0, OpenH264.MostLayers);
        for (var i = 0; i < layers; i++)
        {
            var layer = _frame + 8 + i * OpenH264.LayerSize;
            var count = *(int*)(layer + 16);
            var lengths = *(int**)(layer + 24);
            var size = 0;
            for (var n = 0; n < count; n++) size += lengths[n];
            new ReadOnlySpan<byte>(*(byte**)(layer + 32), size).CopyTo(data.AsSpan(at));
            at += size;
        }

        return data;
    }
}
