using System.Runtime.InteropServices;

namespace Hawser.Session.Video.Native;

/// <summary>
/// libopenh264, for H.264. Its objects are C++ interfaces that are called by their places in the table of methods, and
/// its structures are filled in by offsets; both belong to the interface of version 2 (libopenh264.so.7), which is
/// asked for before anything else.
/// </summary>
internal sealed unsafe class OpenH264
{
    public const int ParametersSize = 1024;
    public const int PictureSize = 72;
    public const int FrameSize = 5144;
    public const int LayerSize = 40;
    public const int MostLayers = 128;
    public const int FormatPlanar420 = 23;
    public const int OptionFrameRate = 4;
    public const int OptionBitrate = 5;
    public const int OptionMostBitrate = 6;
    public const int EncoderTrace = 25;
    public const int DecoderTrace = 9;
    private const int VersionWanted = 2;
    private readonly delegate* unmanaged<nint**, int> _newEncoder;
    private readonly delegate* unmanaged<nint*, void> _endEncoder;
    private readonly delegate* unmanaged<nint**, nint> _newDecoder;
    private readonly delegate* unmanaged<nint*, void> _endDecoder;

    private OpenH264(nint handle)
    {
        _newEncoder = (delegate* unmanaged<nint**, int>)NativeLibrary.GetExport(handle, "WelsCreateSVCEncoder");
        _endEncoder = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(handle, "WelsDestroySVCEncoder");
        _newDecoder = (delegate* unmanaged<nint**, nint>)NativeLibrary.GetExport(handle, "WelsCreateDecoder");
        _endDecoder = (delegate* unmanaged<nint*, void>)NativeLibrary.GetExport(handle, "WelsDestroyDecoder");
    }

    /// <summary>The library; null when it is not there, or another one than is known here.</summary>
    public static OpenH264? Library { get; } = Load();

    public nint* NewEncoder()
    {
        nint* encoder;
        return _newEncoder(&encoder) == 0 && encoder is not null ? encoder
            : throw new IOException("libopenh264 gives no encoder");
    }

    public void EndEncoder(nint* encoder) => _endEncoder(encoder);

    public nint* NewDecoder()
    {
        nint* decoder;
        return _newDecoder(&decoder) == 0 && decoder is not null ? decoder
            : throw new IOException("libopenh264 gives no decoder");
    }

    public void EndDecoder(nint* decoder) => _endDecoder(decoder);

    public static int InitEncoder(nint* encoder, void* parameters) =>
        ((delegate* unmanaged<nint*, void*, int>)Method(encoder, 1))(encoder, parameters);

    public static int DefaultParameters(nint* encoder, void* parameters) =>
        ((delegate* unmanaged<nint*, void*, int>)Method(encoder, 2))(encoder, parameters);

    public static void UninitEncoder(nint* encoder) =>
        _ = ((delegate* unmanaged<nint*, int>)Method(encoder, 3))(encoder);

    public static int Encode(nint* encoder, void* picture, void* frame) =>
        ((delegate* unmanaged<nint*, void*, void*, int>)Method(encoder, 4))(encoder, picture, frame);

    public static int WantKey(nint* encoder) =>
        ((delegate* unmanaged<nint*, byte, int, int>)Method(encoder, 6))(encoder, 1, -1);

    public static int SetEncoder(nint* encoder, int option, void* value) =>
        ((delegate* unmanaged<nint*, int, void*, int>)Method(encoder, 7))(encoder, option, value);

    public static nint InitDecoder(nint* decoder, void* parameters) =>
        ((delegate* unmanaged<nint*, void*, nint>)Method(decoder, 0))(decoder, parameters);

    public static void UninitDecoder(nint* decoder) =>
        _ = ((delegate* unmanaged<nint*, nint>)Method(decoder, 1))(decoder);

    public static int Decode(nint* decoder, byte* data, int size, byte** planes, void* info) =>
        ((delegate* unmanaged<nint*, byte*, int, byte**, void*, int>)Method(decoder, 3))(
            decoder, data, size, planes, info);

    public static nint SetDecoder(nint* decoder, int option, void* value) =>
        ((delegate* unmanaged<nint*, int, void*, nint>)Method(decoder, 8))(decoder, option, value);

    private static nint Method(nint* instance, int place) => ((nint*)*instance)[place];

    private static OpenH264? Load()
    {
        if (!NativeLibrary.TryLoad("libopenh264.so.7", out var handle)) return null;
        var version = stackalloc uint[4];
        ((delegate* unmanaged<void*, void>)NativeLibrary.GetExport(handle, "WelsGetCodecVersionEx"))(version);
        return version[0] == VersionWanted ? new OpenH264(handle) : null;
    }
}
