using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Hawser.Protocol.Identity;

/// <summary>
/// The obfuscated form of an address in <c>socket_addr</c>, <c>local_addr</c> and <c>socket_addr_v6</c>: it keeps NAT
/// devices from rewriting payloads. It hides nothing. For IPv4 its 32-bit <c>tm</c> is free, which makes room for a
/// random ticket that stock clients echo unchanged.
/// </summary>
/// <remarks>Wire fact: rendezvous reference §4.</remarks>
public static class MangledAddress
{
    /// <summary>The longest encoding, in bytes: IPv6 and port.</summary>
    public const int MaxLength = 18;

    /// <summary>Encodes with a random <c>tm</c>, so that the bytes of an IPv4 address can't be guessed.</summary>
    /// <param name="address">The address.</param>
    /// <returns>10 to 11 bytes for IPv4, 18 for IPv6.</returns>
    public static byte[] Encode(PeerAddress address)
    {
        Span<byte> random = stackalloc byte[4];
        RandomNumberGenerator.Fill(random);
        return Encode(address, BinaryPrimitives.ReadUInt32LittleEndian(random));
    }

    /// <summary>Encodes with a given <c>tm</c>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="tm">Any 32 bits; the original uses microseconds of the clock.</param>
    /// <returns>The bytes, trailing zeros removed.</returns>
    public static byte[] Encode(PeerAddress address, uint tm)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        if (!address.IsIPv4)
        {
            address.WriteBytes(bytes);
            BinaryPrimitives.WriteUInt16LittleEndian(bytes[16..], address.Port);
            return bytes.ToArray();
        }

        // The octets count little-endian: the first octet is the least significant.
        var ip = (UInt128)BinaryPrimitives.ReverseEndianness((uint)address.Low);
        var value = ((ip + tm) << 49) | ((UInt128)tm << 17) | (address.Port + (tm & 0xFFFF));
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, value);
        return bytes[..16].TrimEnd((byte)0).ToArray();
    }

    /// <summary>Decodes; hostile bytes give some address, never an error.</summary>
    /// <param name="bytes">What was received.</param>
    /// <returns>The address; 0.0.0.0:0 for empty input, which means "absent".</returns>
    public static PeerAddress Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == MaxLength)
        {
            return PeerAddress.FromBytes(bytes, BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]));
        }

        if (bytes.Length > 16) return PeerAddress.FromIPv4(0, 0);
        Span<byte> padded = stackalloc byte[16];
        padded.Clear();
        bytes.CopyTo(padded);
        var n = BinaryPrimitives.ReadUInt128LittleEndian(padded);
        unchecked
        {
            var tm = (uint)(n >> 17);
            var ip = (uint)(n >> 49) - tm;
            var port = (ushort)((uint)n - (tm & 0xFFFF));
            return PeerAddress.FromIPv4(BinaryPrimitives.ReverseEndianness(ip), port);
        }
    }
}
