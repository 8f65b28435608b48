using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Hawser.Session.Video.Native;

/// <summary>Where things are in a library's structures; they differ between releases.</summary>
internal sealed record CodecLayout
{
    public required int EncoderAbi { get; init; }

    public required int DecoderAbi { get; init; }

    public required int ConfigTimeBase { get; init; }

    public required int ConfigLag { get; init; }

    public required int ConfigDropFrames { get; init; }

    public required int ConfigEndUsage { get; init; }

    /// <summary>
    /// Followed by the least and the most quantizer, under- and overshoot, and three sizes of the buffer.
    /// </summary>
    public required int ConfigBitrate { get; init; }

    public required int ConfigKeyMode { get; init; }

    public required int ImageShownWidth { get; init; }

    public required int ImageChromaShift { get; init; }

    public required int ImagePlanes { get; init; }

    public required int ImageStrides { get; init; }
}

/// <summary>
/// libvpx and libaom: two libraries with one way of being called. Their structures are filled in by offsets, because
/// there is nothing else to go by without their headers; each library checks the number of its interface, so that
/// another release is refused instead of misread.
/// </summary>
internal sealed unsafe class CodecLibrary
{
    public const int ContextSize = 128;
    public const int ConfigSize = 2048;
    private const int FormatPlanar420 = 0x102;
    private const int FormatPlanar444 = 0x106;
    private const int Realtime = 1;
    private readonly delegate* unmanaged<void*, void*, void*, nint, int, int> _encoderInit;
    private readonly delegate* unmanaged<void*, void*, uint, int> _configDefault;
    private readonly delegate* unmanaged<void*, void*, int> _configSet;
    private readonly delegate* unmanaged<void*, void*, long, nuint, nint, nuint, int> _encode;
    private readonly delegate* unmanaged<void*, void**, byte*> _packet;
    private readonly delegate* unmanaged<void*, void*, void*, nint, int, int> _decoderInit;
    private readonly delegate* unmanaged<void*, byte*, nuint, void*, nint, int> _decode;
    private readonly delegate* unmanaged<void*, void**, byte*> _frame;
    private readonly delegate* unmanaged<void*, byte*, nuint, uint*, int> _peek;
    private readonly delegate* unmanaged<void*, int> _destroy;
    private readonly delegate* unmanaged<void*, int, int, int> _control;
    private readonly delegate* unmanaged<void*, int, uint, uint, uint, byte*> _imageAlloc;
    private readonly delegate* unmanaged<void*, void> _imageFree;
    private readonly delegate* unmanaged<int, byte*> _errorText;
    private readonly nint _handle;
    private readonly bool _isAom;

    private CodecLibrary(nint handle, string name, CodecLayout layout)
    {
        _handle = handle;
        _isAom = name == "aom";
        Layout = layout;
        nint Find(string symbol) => NativeLibrary.GetExport(handle, $"{name}_{symbol}");
        _encoderInit = (delegate* unmanaged<void*, void*, void*, nint, int, int>)Find("codec_enc_init_ver");
        _configDefault = (delegate* unmanaged<void*, void*, uint, int>)Find("codec_enc_config_default");
        _configSet = (delegate* unmanaged<void*, void*, int>)Find("codec_enc_config_set");
        _encode = (delegate* unmanaged<void*, void*, long, nuint, nint, nuint, int>)Find("codec_encode");
        _packet = (delegate* unmanaged<void*, void**, byte*>)Find("codec_get_cx_data");
        _decoderInit = (delegate* unmanaged<void*, void*, void*, nint, int, int>)Find("codec_dec_init_ver");
        _decode = (delegate* unmanaged<void*, byte*, nuint, void*, nint, int>)Find("codec_decode");
        _frame = (delegate* unmanaged<void*, void**, byte*>)Find("codec_get_frame");
        _peek = (delegate* unmanaged<void*, byte*, nuint, uint*, int>)Find("codec_peek_stream_info");
        _destroy = (delegate* unmanaged<void*, int>)Find("codec_destroy");
        _control = (delegate* unmanaged<void*, int, int, int>)Find(_isAom ? "codec_control" : "codec_control_");
        _imageAlloc = (delegate* unmanaged<void*, int, uint, uint, uint, byte*>)Find("img_alloc");
        _imageFree = (delegate* unmanaged<void*, void>)Find("img_free");
        _errorText = (delegate* unmanaged<int, byte*>)Find("codec_err_to_string");
    }

    /// <summary>libvpx, for VP8 and VP9; null when it is not there.</summary>
    public static CodecLibrary? Vpx { get; } = Load("libvpx.so.7", "vpx", new CodecLayout
    {
        EncoderAbi = 25,
        DecoderAbi = 12,
        ConfigTimeBase = 28,
        ConfigLag = 44,
        ConfigDropFrames = 48,
        ConfigEndUsage = 72,
        ConfigBitrate = 112,
        ConfigKeyMode = 160,
        ImageShownWidth = 24,
        ImageChromaShift = 40,
        ImagePlanes = 48,
        ImageStrides = 80,
    });

    /// <summary>libaom, for AV1; null when it is not there.</summary>
    public static CodecLibrary? Aom { get; } = Load("libaom.so.3", "aom", new CodecLayout
    {
        EncoderAbi = 29,
        DecoderAbi = 22,
        ConfigTimeBase = 40,
        ConfigLag = 56,
        ConfigDropFrames = 60,
        ConfigEndUsage = 96,
        ConfigBitrate = 136,
        ConfigKeyMode = 184,
        ImageShownWidth = 40,
        ImageChromaShift = 56,
        ImagePlanes = 64,
        ImageStrides = 88,
    });

    public CodecLayout Layout { get; }

    public static CodecLibrary? Of(VideoCodec codec) => codec switch
    {
        VideoCodec.Vp8 or VideoCodec.Vp9 => Vpx,
        VideoCodec.Av1 => Aom,
        _ => null,
    };

    public void* Interface(VideoCodec codec, bool encoder)
    {
        var name = codec switch
        {
            VideoCodec.Vp8 => "vpx_codec_vp8",
            VideoCodec.Vp9 => "vpx_codec_vp9",
            _ => "aom_codec_av1",
        };
        var get = (delegate* unmanaged<void*>)NativeLibrary.GetExport(_handle, name + (encoder ? "_cx" : "_dx"));
        return get();
    }

    public void DefaultConfig(void* iface, void* config) =>
        Check(_configDefault(iface, config, _isAom ? Realtime : 0u), "enc_config_default");

    public void InitEncoder(void* context, void* iface, void* config) =>
        Check(_encoderInit(context, iface, config, 0, Layout.EncoderAbi), "enc_init");

    public void Configure(void* context, void* config) => Check(_configSet(context, config), "enc_config_set");

    // A control that a release does not know is left at its default.
    public void Control(void* context, int id, int value) => _ = _control(context, id, value);

    public void Encode(void* context, void* image, long time, int duration, bool key) =>
        Check(_encode(context, image, time, (nuint)duration, key ? 1 : 0, Realtime), "encode");

    public byte* NextPacket(void* context, void** at) => _packet(context, at);

    public void InitDecoder(void* context, void* iface, void* config) =>
        Check(_decoderInit(context, iface, config, 0, Layout.DecoderAbi), "dec_init");

    public bool TryDecode(void* context, byte* data, int size) => _decode(context, data, (nuint)size, null, 0) == 0;

    public byte* NextFrame(void* context, void** at) => _frame(context, at);

    /// <summary>The size that the bytes of a key frame announce; false when they do not say.</summary>
    public bool TryPeek(void* iface, byte* data, int size, out uint width, out uint height)
    {
        // libvpx: size of the structure, width, height, is key; libaom: width and height first.
        var info = stackalloc uint[16];
        if (!_isAom) info[0] = 16;
        var known = _peek(iface, data, (nuint)size, info) == 0;
        (width, height) = _isAom ? (info[0], info[1]) : (info[1], info[2]);
        return known && width > 0 && height > 0;
    }

    public void Destroy(void* context) => _ = _destroy(context);

    public byte* NewImage(int width, int height, bool full)
    {
        var image = _imageAlloc(null, full ? FormatPlanar444 : FormatPlanar420, (uint)width, (uint)height, 32);
        return image is null ? throw new IOException("out of memory for a picture") : image;
    }

    public void FreeImage(void* image) => _imageFree(image);

    public Yuv.Planes PlanesOf(byte* image)
    {
        var planes = (byte**)(image + Layout.ImagePlanes);
        var strides = (int*)(image + Layout.ImageStrides);
        return new Yuv.Planes(planes[0], strides[0], planes[1], strides[1], planes[2], strides[2]);
    }

    private static CodecLibrary? Load(string file, string name, CodecLayout layout) =>
        NativeLibrary.TryLoad(file, out var handle) ? new CodecLibrary(handle, name, layout) : null;

    private void Check(int result, string call)
    {
        if (result == 0) return;
        var text = Utf8StringMarshaller.ConvertToManaged(_errorText(result));
        throw new IOException($"{(_isAom ? "libaom" : "libvpx")} {call}: {text}");
    }
}
