using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Connecting;

/// <summary>
/// Opens a path for datagrams through two NATs: both ends send empty datagrams until something arrives (§3.3 of the
/// session reference).
/// </summary>
internal static class UdpPunch
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    public static Socket Open(AddressFamily family, IPAddress? local)
    {
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        var any = family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        socket.Bind(new IPEndPoint(local ?? any, 0));
        return socket;
    }

    /// <summary>
    /// Punches towards an address until a datagram from that host arrives. The port may differ from the announced one,
    /// when a NAT chose another for this destination; what arrives shows the right one.
    /// </summary>
    /// <returns>The other end, as datagrams really come from it.</returns>
    public static async Task<IPEndPoint> OpenAsync(
        Socket socket, IPEndPoint announced, TimeProvider time, CancellationToken cancellation)
    {
        var remote = announced;
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var punching = RepeatAsync(socket, ReadOnlyMemory<byte>.Empty, () => remote, time, done.Token);
        try
        {
            var buffer = new byte[1];
            while (true)
            {
                var got = await PeekAsync(socket, buffer, cancellation);
                var from = (IPEndPoint)got.RemoteEndPoint;
                if (!from.Address.Equals(announced.Address))
                {
                    await ReceiveAsync(socket, new byte[1500], cancellation);
                    continue;
                }

                remote = from;
                if (got.ReceivedBytes == 0) await ReceiveAsync(socket, buffer, cancellation);
                // One more after the first arrival: the other end may not have seen any of ours yet.
                await SendAsync(socket, ReadOnlyMemory<byte>.Empty, remote, cancellation);
                return remote;
            }
        }
        finally
        {
            await done.CancelAsync();
            await punching;
        }
    }

    /// <summary>Sends at once, then after 20 ms, growing by half up to every 200 ms, until cancelled.</summary>
    public static async Task RepeatAsync(
        Socket socket, ReadOnlyMemory<byte> payload, Func<IPEndPoint> remote, TimeProvider time,
            CancellationToken cancellation)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                await SendAsync(socket, payload, remote(), cancellation);
                await Task.Delay(pause, time, cancellation);
                pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
            }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
        catch (ObjectDisposedException)
        {
            // The owner of the socket has given up.
        }
    }

    public static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> payload, IPEndPoint to,
        CancellationToken cancellation)
    {
        try
        {
            await socket.SendToAsync(payload, SocketFlags.None, to, cancellation);
        }
        catch (SocketException)
        {
            // An ICMP answer to an earlier datagram; the next one may get through.
        }
    }

    public static async Task<SocketReceiveFromResult> ReceiveAsync(Socket socket, Memory<byte> buffer,
        CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await socket.ReceiveFromAsync(buffer, SocketFlags.None, AnyEnd(socket), cancellation);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
            {
                // Longer than anything we expect: not for us.
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset
                or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                // ICMP about an earlier datagram, reported here.
            }
        }
    }

    // The first real datagram belongs to whoever uses the path next, so it is looked at and left in the queue.
    private static async Task<SocketReceiveFromResult> PeekAsync(Socket socket, Memory<byte> buffer,
        CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await socket.ReceiveFromAsync(buffer, SocketFlags.Peek, AnyEnd(socket), cancellation);
            }
            catch (SocketException e) when (
                e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.ConnectionReset
                or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.MessageSize)
            {
                // As above.
            }
        }
    }

    private static IPEndPoint AnyEnd(Socket socket) =>
        new(socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
}
