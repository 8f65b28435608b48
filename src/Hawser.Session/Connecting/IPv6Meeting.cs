using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Session.Channel;
using Hawser.Session.Kcp;

namespace Hawser.Session.Connecting;

/// <summary>
/// A UDP socket at this machine's global IPv6 address. Both ends tell theirs through the server, punch, and speak KCP
/// (§3.4): no NAT stands between them, at most a firewall.
/// </summary>
internal sealed class IPv6Meeting : IDisposable
{
    // Nothing is sent there: connecting a UDP socket only asks the routing table which address would be used.
    private static readonly IPEndPoint Anywhere = new(IPAddress.Parse("2000::1"), 9);

    private readonly PeerOptions _options;
    private readonly IPEndPoint _own;
    private Socket? _socket;

    private IPv6Meeting(PeerOptions options, Socket socket)
    {
        (_options, _socket) = (options, socket);
        _own = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>The own address as <c>socket_addr_v6</c> carries it.</summary>
    public ByteString Address => ByteString.CopyFrom(MangledAddress.Encode(PeerAddress.From(_own)));

    /// <summary>Opens a socket, when this machine has an address to offer.</summary>
    /// <returns>Null when it has none, or when only relays can be used.</returns>
    public static IPv6Meeting? TryOpen(PeerOptions options)
    {
        if (options.RelayOnly) return null;
        if ((options.LocalIPv6 ?? FindGlobal()) is not { } own) return null;
        try
        {
            return new IPv6Meeting(options, UdpPunch.Open(AddressFamily.InterNetworkV6, own));
        }
        catch (SocketException)
        {
            // The address went away meanwhile.
            return null;
        }
    }

    /// <summary>Punches towards the other end's address and agrees on a conversation.</summary>
    /// <param name="theirs">The other end's <c>socket_addr_v6</c>.</param>
    /// <param name="dials">True for the controller, who speaks first on KCP.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The path; null when the other end can't be met.</returns>
    public async Task<OpenedPath?> MeetAsync(ByteString theirs, bool dials, CancellationToken cancellation)
    {
        var announced = MangledAddress.Decode(theirs.Span);
        if (announced.IsIPv4 || announced.Port == 0) return null;
        var remote = announced.ToIPEndPoint();
        // A server could name anything in the own network; only the open internet is punched towards.
        if (!IsGlobal(remote.Address) && IsGlobal(_own.Address)) return null;
        using var limit = new Deadline(_options.Timings.Punch, _options.Time, cancellation);
        try
        {
            var met = await UdpPunch.OpenAsync(_socket!, remote, _options.Time, limit.Token);
            var timings = new KcpTimings { Handshake = _options.Timings.Answer };
            var handshake = new KcpHandshake(_socket!, met, _options.Time, timings);
            var stream = dials ? await handshake.DialAsync(limit.Token) : await handshake.AcceptAsync(limit.Token);
            _socket = null;
            return new OpenedPath(new StreamWire(stream), true, ReachedBy.IPv6);
        }
        catch (Exception e) when ((e is OperationCanceledException && limit.Expired) || e is IOException)
        {
            return null;
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static IPAddress? FindGlobal()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(Anywhere);
            var own = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return IsGlobal(own) ? own : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // 2000::/3
    private static bool IsGlobal(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var length) && length == 16 && (bytes[0] & 0xe0) == 0x20;
    }
}
