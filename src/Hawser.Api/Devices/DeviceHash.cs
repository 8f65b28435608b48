using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Hawser.Api.Devices;

/// <summary>
/// 128 bits of a text, mixed with secrets of this process, so that nobody outside can choose texts that collide. Ids
/// and uuids are known by it: it is compared instead of them, at a fixed size.
/// </summary>
/// <param name="High">The first half.</param>
/// <param name="Low">The second half.</param>
internal readonly record struct DeviceHash(ulong High, ulong Low)
{
    private static readonly ulong Seed0 = RandomSeed();
    private static readonly ulong Seed1 = RandomSeed();
    private static readonly ulong Seed2 = RandomSeed();
    private static readonly ulong Seed3 = RandomSeed();

    public static DeviceHash Of(ReadOnlySpan<byte> utf8)
    {
        var (a, b) = (Seed0 ^ (ulong)utf8.Length, Seed1);
        while (utf8.Length >= 16)
        {
            (a, b) = Absorb(a, b, utf8);
            utf8 = utf8[16..];
        }

        Span<byte> rest = stackalloc byte[16];
        rest.Clear();
        utf8.CopyTo(rest);
        (a, b) = Absorb(a, b, rest);
        return new DeviceHash(Mix(a ^ Seed2, b ^ Seed0), Mix(b ^ Seed3, a ^ Seed1));
    }

    public static DeviceHash Of(string text)
    {
        Span<byte> utf8 = stackalloc byte[1024];
        return System.Text.Encoding.UTF8.TryGetBytes(text, utf8, out var length)
            ? Of(utf8[..length]) : Of(System.Text.Encoding.UTF8.GetBytes(text));
    }

    private static (ulong A, ulong B) Absorb(ulong a, ulong b, ReadOnlySpan<byte> block)
    {
        var x = BinaryPrimitives.ReadUInt64LittleEndian(block);
        var y = BinaryPrimitives.ReadUInt64LittleEndian(block[8..]);
        return (Mix(a ^ x ^ Seed2, y ^ Seed3) + b, Mix(BitOperations.RotateLeft(b, 23) ^ y ^ Seed0, x ^ Seed1) ^ a);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    private static ulong RandomSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;
}
