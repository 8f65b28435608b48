using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// 128 bits of SHA-256 over a device's uuid: enough to tell devices apart, at a fixed 16 bytes a peer. The uuid itself
/// is in the store only.
/// </summary>
/// <param name="High">The first half.</param>
/// <param name="Low">The second half.</param>
internal readonly record struct UuidHash(ulong High, ulong Low)
{
    public static UuidHash Of(ReadOnlySpan<byte> uuid)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(uuid, hash);
        return new UuidHash(
            BinaryPrimitives.ReadUInt64LittleEndian(hash), BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]));
    }
}
