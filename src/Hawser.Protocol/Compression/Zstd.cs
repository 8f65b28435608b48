using System.Buffers;
using System.Runtime.InteropServices;

namespace Hawser.Protocol.Compression;

/// <summary>
/// Zstandard frames inside peer messages (session reference §2.4), by the system's libzstd. Output is capped by the
/// caller and grows with what is really unpacked, so that a small frame can't ask for much memory.
/// </summary>
public static unsafe partial class Zstd
{
    private const int Level = 3;

    // The field packs with level 3, whose window is 2 MiB; more than this is not what a peer sends.
    private const int LargestWindowLog = 23;
    private const int WindowLogMax = 100;
    private const int FirstRoom = 16 * 1024;
    private const string Library = "libzstd.so.1";

    /// <summary>Packs.</summary>
    /// <param name="plain">What to pack.</param>
    /// <returns>One frame.</returns>
    public static byte[] Compress(ReadOnlySpan<byte> plain)
    {
        var room = ArrayPool<byte>.Shared.Rent((int)ZSTD_compressBound((nuint)plain.Length));
        try
        {
            nuint length;
            fixed (byte* to = room, from = plain)
            {
                length = ZSTD_compress(to, (nuint)room.Length, from, (nuint)plain.Length, Level);
            }

            if (ZSTD_isError(length) != 0) throw new InvalidOperationException("libzstd could not compress");
            return room.AsSpan(0, (int)length).ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>Packs, when that makes it smaller.</summary>
    /// <param name="plain">What to pack.</param>
    /// <param name="packed">One frame, when it is smaller.</param>
    /// <returns>Whether it is.</returns>
    public static bool TryShrink(ReadOnlySpan<byte> plain, out byte[] packed)
    {
        packed = Compress(plain);
        return packed.Length < plain.Length;
    }

    /// <summary>Unpacks.</summary>
    /// <param name="packed">One or more whole frames.</param>
    /// <param name="cap">The most that may come out, in bytes.</param>
    /// <param name="plain">What came out.</param>
    /// <returns>False when the bytes are no such frames, are cut short, or hold more than the cap.</returns>
    public static bool TryDecompress(ReadOnlySpan<byte> packed, int cap, out byte[] plain)
    {
        plain = [];
        var context = ZSTD_createDCtx();
        if (context == 0) throw new InvalidOperationException("libzstd gives no context");
        var room = ArrayPool<byte>.Shared.Rent(Math.Min(FirstRoom, Math.Max(cap, 1)));
        try
        {
            if (ZSTD_isError(ZSTD_DCtx_setParameter(context, WindowLogMax, LargestWindowLog)) != 0) return false;
            if (!TryUnpack(context, packed, cap, ref room, out var length)) return false;
            plain = room.AsSpan(0, length).ToArray();
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
            ZSTD_freeDCtx(context);
        }
    }

    private static bool TryUnpack(nint context, ReadOnlySpan<byte> packed, int cap, ref byte[] room, out int length)
    {
        length = 0;
        if (packed.IsEmpty) return false;
        nuint taken = 0;
        while (true)
        {
            nuint left;
            fixed (byte* from = packed, to = room)
            {
                var source = new Piece { Start = from, Size = (nuint)packed.Length, At = taken };
                // One byte beyond the cap tells "exactly the cap" from "more".
                var size = Math.Min(room.Length, (long)cap + 1);
                var target = new Piece { Start = to, Size = (nuint)size, At = (nuint)length };
                left = ZSTD_decompressStream(context, &target, &source);
                taken = source.At;
                length = (int)target.At;
            }

            if (ZSTD_isError(left) != 0 || length > cap) return false;
            // Everything is in and out, or nothing more can come out of what is there.
            if (taken == (nuint)packed.Length && (left == 0 || length < room.Length)) return left == 0;
            if (length == room.Length) Grow(ref room, length);
        }
    }

    private static void Grow(ref byte[] room, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(room.Length * 2);
        room.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(room);
        room = larger;
    }

    [LibraryImport(Library)] private static partial nuint ZSTD_compressBound(nuint size);
    [LibraryImport(Library)]
    private static partial nuint ZSTD_compress(byte* to, nuint room, byte* from, nuint size, int level);
    [LibraryImport(Library)] private static partial uint ZSTD_isError(nuint code);
    [LibraryImport(Library)] private static partial nint ZSTD_createDCtx();
    [LibraryImport(Library)] private static partial nuint ZSTD_freeDCtx(nint context);
    [LibraryImport(Library)] private static partial nuint ZSTD_DCtx_setParameter(nint context, int name, int value);
    [LibraryImport(Library)]
    private static partial nuint ZSTD_decompressStream(nint context, Piece* target, Piece* source);

    private struct Piece
    {
        public byte* Start;
        public nuint Size;
        public nuint At;
    }
}
