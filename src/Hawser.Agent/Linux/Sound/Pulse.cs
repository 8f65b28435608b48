using System.Runtime.InteropServices;

namespace Hawser.Agent.Linux.Sound;

/// <summary>What listening and playing need of libpulse.</summary>
internal static unsafe partial class Pulse
{
    public const int ContextReady = 4;
    public const int ContextFailed = 5;
    public const int StreamReady = 2;
    public const int StreamFailed = 3;
    public const int NoAutospawn = 1;
    public const int AdjustLatency = 0x2000;
    public const uint Any = uint.MaxValue;
    private const string Library = "libpulse.so.0";

    /// <summary>Whether the client library is there.</summary>
    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>What went wrong.</summary>
    public static string Reason(nint context)
    {
        var error = pa_context_errno(context);
        return Marshal.PtrToStringUTF8((nint)pa_strerror(error)) ?? $"error {error}";
    }

    [LibraryImport(Library)] public static partial nint pa_mainloop_new();
    [LibraryImport(Library)] public static partial nint pa_mainloop_get_api(nint loop);
    [LibraryImport(Library)] public static partial int pa_mainloop_prepare(nint loop, int microseconds);
    [LibraryImport(Library)] public static partial int pa_mainloop_poll(nint loop);
    [LibraryImport(Library)] public static partial int pa_mainloop_dispatch(nint loop);
    [LibraryImport(Library)] public static partial int pa_mainloop_iterate(nint loop, int block, int* result);
    [LibraryImport(Library)] public static partial void pa_mainloop_free(nint loop);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint pa_context_new(nint api, string name);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pa_context_connect(nint context, string? server, int flags, nint spawn);
    [LibraryImport(Library)] public static partial int pa_context_get_state(nint context);
    [LibraryImport(Library)] public static partial void pa_context_disconnect(nint context);
    [LibraryImport(Library)] public static partial void pa_context_unref(nint context);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint pa_stream_new(nint context, string name, Format* format, nint map);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pa_stream_connect_record(nint stream, string device, Buffers* buffers, int flags);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int pa_stream_connect_playback(
        nint stream, string? device, Buffers* buffers, int flags, nint volume, nint beside);
    [LibraryImport(Library)] public static partial nuint pa_stream_writable_size(nint stream);
    [LibraryImport(Library)]
    public static partial int pa_stream_write(nint stream, void* data, nuint size, nint free, long at, int from);
    [LibraryImport(Library)] public static partial int pa_stream_get_state(nint stream);
    [LibraryImport(Library)] public static partial int pa_stream_peek(nint stream, byte** data, nuint* size);
    [LibraryImport(Library)] public static partial int pa_stream_drop(nint stream);
    [LibraryImport(Library)] public static partial int pa_stream_disconnect(nint stream);
    [LibraryImport(Library)] public static partial void pa_stream_unref(nint stream);
    [LibraryImport(Library)] private static partial int pa_context_errno(nint context);
    [LibraryImport(Library)] private static partial byte* pa_strerror(int error);

    public struct Format
    {
        public const int Float32 = 5;
        public int Kind;
        public uint Rate;
        public byte Channels;
    }

    public struct Buffers
    {
        public uint Most;
        public uint Target;
        public uint Ahead;
        public uint Least;
        public uint Piece;
    }
}
