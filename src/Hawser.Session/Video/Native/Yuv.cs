using System.Runtime.InteropServices;

namespace Hawser.Session.Video.Native;

/// <summary>Colours as codecs want them and back, by libyuv (BT.601, as the field's peers have it).</summary>
internal static unsafe partial class Yuv
{
    private const string Library = "libyuv.so.0";

    public static bool IsThere { get; } = NativeLibrary.TryLoad(Library, out _);

    /// <summary>Three planes and their strides.</summary>
    public readonly struct Planes(byte* y, int yStride, byte* u, int uStride, byte* v, int vStride)
    {
        public byte* Y { get; } = y;

        public int YStride { get; } = yStride;

        public byte* U { get; } = u;

        public int UStride { get; } = uStride;

        public byte* V { get; } = v;

        public int VStride { get; } = vStride;
    }

    public static void From(Picture picture, Planes to, bool full)
    {
        var from = (byte*)picture.Start;
        var (width, height) = (picture.Width, picture.Height);
        _ = full
            ? ARGBToI444(from, picture.Stride, to.Y, to.YStride, to.U, to.UStride, to.V, to.VStride, width, height)
            : ARGBToI420(from, picture.Stride, to.Y, to.YStride, to.U, to.UStride, to.V, to.VStride, width, height);
        GC.KeepAlive(picture);
    }

    public static void To(Planes from, Picture picture, bool full)
    {
        var to = (byte*)picture.Start;
        var (width, height) = (picture.Width, picture.Height);
        _ = full
            ? I444ToARGB(from.Y, from.YStride, from.U, from.UStride, from.V, from.VStride, to, picture.Stride,
                width, height)
            : I420ToARGB(from.Y, from.YStride, from.U, from.UStride, from.V, from.VStride, to, picture.Stride,
                width, height);
        GC.KeepAlive(picture);
    }

    [LibraryImport(Library)]
    private static partial int ARGBToI420(byte* argb, int stride, byte* y, int ys, byte* u, int us, byte* v, int vs,
        int width, int height);
    [LibraryImport(Library)]
    private static partial int ARGBToI444(byte* argb, int stride, byte* y, int ys, byte* u, int us, byte* v, int vs,
        int width, int height);
    [LibraryImport(Library)]
    private static partial int I420ToARGB(byte* y, int ys, byte* u, int us, byte* v, int vs, byte* argb, int stride,
        int width, int height);
    [LibraryImport(Library)]
    private static partial int I444ToARGB(byte* y, int ys, byte* u, int us, byte* v, int vs, byte* argb, int stride,
        int width, int height);
}
