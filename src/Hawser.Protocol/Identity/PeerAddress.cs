using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Hawser.Protocol.Identity;

/// <summary>
/// An address and port in the one form that is used everywhere: 16 bytes of IPv6 with IPv4 mapped into
/// <c>::ffff:0:0/96</c>. Made once at the socket, so that an IPv4 peer on a dual-stack socket is never two peers.
/// </summary>
/// <param name="High">The first eight bytes of the address, big-endian.</param>
/// <param name="Low">The last eight bytes of the address, big-endian.</param>
/// <param name="Port">0 to 65535; 0 when only the address is known.</param>
public readonly record struct PeerAddress(ulong High, ulong Low, ushort Port)
{
    private const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    /// <summary>The size of the address part, in bytes.</summary>
    public const int AddressLength = 16;

    /// <summary>True for an IPv4 address.</summary>
    public bool IsIPv4 => High == 0 && (Low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (byte)(Low >> 24) == 127 : High == 0 && Low == 1;

    /// <summary>True for the address 0.0.0.0 or ::, whatever the port.</summary>
    public bool IsUnspecified => High == 0 && Low is 0 or MappedPrefix;

    /// <summary>The same address with port 0: a key for what belongs to a host, not to a socket.</summary>
    public PeerAddress Host => this with { Port = 0 };

    /// <summary>The same address with another port.</summary>
    /// <param name="port">The port.</param>
    /// <returns>The new value.</returns>
    public PeerAddress WithPort(int port) => this with { Port = checked((ushort)port) };

    /// <summary>
    /// The network that budgets count for: the host for IPv4, the /64 for IPv6 (one subscriber owns at least that).
    /// </summary>
    public PeerAddress BudgetKey => IsIPv4 ? Host : new PeerAddress(High, 0, 0);

    /// <summary>True when both have the same address, whatever the ports.</summary>
    /// <param name="other">The other address.</param>
    /// <returns>Whether the hosts are equal.</returns>
    public bool SameHost(PeerAddress other) => High == other.High && Low == other.Low;

    /// <summary>Makes the normal form (§4.1: mapped and old-style compatible addresses become IPv4, :: becomes
    /// 0.0.0.0, ::1 stays).</summary>
    /// <param name="address">Any IP address.</param>
    /// <param name="port">The port.</param>
    /// <returns>The normal form.</returns>
    public static PeerAddress From(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes.Clear();
            bytes[10] = bytes[11] = 0xFF;
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return FromBytes(bytes, checked((ushort)port));
    }

    /// <summary>Makes the normal form of a socket's remote end.</summary>
    /// <param name="endPoint">An IP end point.</param>
    /// <returns>The normal form.</returns>
    public static PeerAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return From(endPoint.Address, endPoint.Port);
    }

    /// <summary>Makes the normal form of 16 address bytes in network order.</summary>
    /// <param name="address">16 bytes.</param>
    /// <param name="port">The port.</param>
    /// <returns>The normal form.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PeerAddress FromBytes(ReadOnlySpan<byte> address, ushort port)
    {
        var high = BinaryPrimitives.ReadUInt64BigEndian(address);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        // ::a.b.c.d (deprecated form) and :: become IPv4; ::1 is the loopback and stays what it is.
        if (high == 0 && low >> 32 == 0 && low != 1) low |= MappedPrefix;
        return new PeerAddress(high, low, port);
    }

    /// <summary>Makes an IPv4 address from its 32 bits, first octet most significant.</summary>
    /// <param name="address">The address in host order.</param>
    /// <param name="port">The port.</param>
    /// <returns>The normal form.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PeerAddress FromIPv4(uint address, ushort port) => new(0, MappedPrefix | address, port);

    /// <summary>Writes the 16 address bytes in network order.</summary>
    /// <param name="destination">16 bytes.</param>
    public void WriteBytes(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], Low);
    }

    /// <summary>The address as the framework's type: IPv4 for IPv4, else IPv6.</summary>
    /// <returns>The address.</returns>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteBytes(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>The address and port as the framework's type.</summary>
    /// <returns>The end point.</returns>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary>Reads <c>a.b.c.d:port</c>, <c>[v6]:port</c> or a bare address (port 0).</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">The normal form, when read.</param>
    /// <returns>Whether the text is an address.</returns>
    public static bool TryParse(string? text, out PeerAddress address)
    {
        address = default;
        if (!IPEndPoint.TryParse(text ?? "", out var endPoint)) return false;
        address = From(endPoint);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Port == 0 ? ToIPAddress().ToString() : ToIPEndPoint().ToString();
}
