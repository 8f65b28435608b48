using System.Runtime.InteropServices;

namespace Hawser.Session.Audio.Native;

/// <summary>libopus.</summary>
internal static unsafe partial class Opus
{
    public const int RestrictedLowDelay = 2051;
    private const string Library = "libopus.so.0";

    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, out _);

    [LibraryImport(Library)]
    public static partial nint opus_encoder_create(int rate, int channels, int application, int* error);
    [LibraryImport(Library)]
    public static partial int opus_encode_float(nint encoder, float* samples, int each, byte* to, int room);
    [LibraryImport(Library)] public static partial void opus_encoder_destroy(nint encoder);
    [LibraryImport(Library)] public static partial nint opus_decoder_create(int rate, int channels, int* error);
    [LibraryImport(Library)]
    public static partial int opus_decode_float(nint decoder, byte* packet, int size, float* to, int each, int repair);
    [LibraryImport(Library)] public static partial void opus_decoder_destroy(nint decoder);
}
