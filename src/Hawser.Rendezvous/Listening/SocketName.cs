using System.Buffers.Binary;
using System.Net.Sockets;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// Reads and writes the system's socket addresses (sockaddr_in, sockaddr_in6) without objects. Port and address lie at
/// the same places on every system; only the family differs.
/// </summary>
internal static class SocketName
{
    public const int IPv4Length = 16;
    public const int IPv6Length = 28;

    private const int PortAt = 2;
    private const int IPv4At = 4;
    private const int IPv6At = 8;

    public static PeerAddress ReadIPv4(ReadOnlySpan<byte> name) => PeerAddress.FromIPv4(
        BinaryPrimitives.ReadUInt32BigEndian(name[IPv4At..]), BinaryPrimitives.ReadUInt16BigEndian(name[PortAt..]));

    public static PeerAddress ReadIPv6(ReadOnlySpan<byte> name) =>
        PeerAddress.FromBytes(name.Slice(IPv6At, 16), BinaryPrimitives.ReadUInt16BigEndian(name[PortAt..]));

    /// <summary>Writes a destination for a socket of the given family.</summary>
    /// <param name="address">The destination.</param>
    /// <param name="family">The socket's family; an IPv6 socket reaches IPv4 by mapped addresses.</param>
    /// <param name="name">A zeroed socket address whose family is set.</param>
    /// <returns>False when a socket of this family can't reach it.</returns>
    public static bool TryWrite(PeerAddress address, AddressFamily family, Span<byte> name)
    {
        BinaryPrimitives.WriteUInt16BigEndian(name[PortAt..], address.Port);
        if (family == AddressFamily.InterNetworkV6)
        {
            address.WriteBytes(name.Slice(IPv6At, 16));
            return true;
        }

        if (!address.IsIPv4) return false;
        BinaryPrimitives.WriteUInt32BigEndian(name[IPv4At..], (uint)address.Low);
        return true;
    }
}
