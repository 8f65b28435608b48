using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// An id prepared for look-up: its bytes, their first 16 by value, and a hash with a seed of this process, so that
/// nobody outside can choose ids that collide.
/// </summary>
internal readonly ref struct IdKey
{
    /// <summary>Ids up to this length are stored inside the record.</summary>
    public const int InlineLength = 16;

    /// <summary>The longest id, in bytes.</summary>
    public const int MaxLength = 255;

    private static readonly ulong Seed0 = RandomSeed();
    private static readonly ulong Seed1 = RandomSeed();
    private static readonly ulong Seed2 = RandomSeed();

    [SkipLocalsInit]
    public IdKey(ReadOnlySpan<byte> id)
    {
        Bytes = id;
        if (id.Length <= InlineLength)
        {
            (Id0, Id1) = Pad(id);
            Hash = Finish(Mix(Id0 ^ Seed0, Id1 ^ Seed1), id.Length);
            return;
        }

        Hash = HashLong(id);
        Id0 = Hash;
    }

    /// <summary>The id of a record whose id is inside it.</summary>
    /// <param name="id0">Its first half.</param>
    /// <param name="id1">Its second half.</param>
    /// <param name="length">Its length.</param>
    /// <returns>Its hash.</returns>
    public static ulong HashInline(ulong id0, ulong id1, int length) => Finish(Mix(id0 ^ Seed0, id1 ^ Seed1), length);

    public ReadOnlySpan<byte> Bytes { get; }

    public ulong Id0 { get; }

    public ulong Id1 { get; }

    public ulong Hash { get; }

    public bool IsLong => Bytes.Length > InlineLength;

    private static ulong HashLong(ReadOnlySpan<byte> id)
    {
        ulong hash = 0;
        var rest = id;
        while (!rest.IsEmpty)
        {
            var (a, b) = Pad(rest[..Math.Min(InlineLength, rest.Length)]);
            hash = Mix(a ^ Seed0 ^ hash, b ^ Seed1);
            rest = rest[Math.Min(InlineLength, rest.Length)..];
        }

        return Finish(hash, id.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong First, ulong Second) Pad(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length >= 8)
        {
            // The last eight bytes overlap the first; shifted, they are the rest, zero-padded.
            var shift = (InlineLength - bytes.Length) * 8;
            var tail = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^8..]);
            return (BinaryPrimitives.ReadUInt64LittleEndian(bytes), shift == 64 ? 0 : tail >> shift);
        }

        ulong first = 0;
        bytes.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref first)));
        return (BitConverter.IsLittleEndian ? first : BinaryPrimitives.ReverseEndianness(first), 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static ulong Finish(ulong hash, int length) => Mix(hash ^ (uint)length, Seed2);

    // Odd, so that a multiplication by it loses nothing.
    private static ulong RandomSeed()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes) | 1;
    }
}
