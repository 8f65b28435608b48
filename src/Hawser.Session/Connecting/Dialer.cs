using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>
/// Opens sockets the way hole punching needs them: local ports can be used again at once, and by several sockets.
/// </summary>
internal static class Dialer
{
    private const int Backlog = 8;

    public static async Task<IPAddress[]> ResolveAsync(string host, IPAddress? local, CancellationToken cancellation)
    {
        IPAddress[] all;
        try
        {
            all = await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (ArgumentException)
        {
            // Names come from other ends too: one that can't be a name is one that is not found.
            throw new SocketException((int)SocketError.HostNotFound);
        }

        var usable = local is null ? all : Array.FindAll(all, a => a.AddressFamily == local.AddressFamily);
        return usable.Length > 0 ? usable : throw new SocketException((int)SocketError.HostNotFound);
    }

    /// <summary>Connects to the first address of a name that answers.</summary>
    public static async Task<Socket> ConnectAsync(ServerName server, IPAddress? local, CancellationToken cancellation)
    {
        var addresses = await ResolveAsync(server.Host, local, cancellation);
        for (var i = 0; ; i++)
        {
            try
            {
                var from = local is null ? null : new IPEndPoint(local, 0);
                return await ConnectAsync(new IPEndPoint(addresses[i], server.Port), from, cancellation);
            }
            catch (SocketException) when (i < addresses.Length - 1)
            {
                // The next address may be the one that works, for instance IPv4 behind a broken IPv6.
            }
        }
    }

    /// <summary>Connects, from a given local port if one is given.</summary>
    public static async Task<Socket> ConnectAsync(IPEndPoint remote, IPEndPoint? local, CancellationToken cancellation)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            Reuse(socket);
            socket.Bind(local ?? new IPEndPoint(Any(remote.AddressFamily), 0));
            await socket.ConnectAsync(remote, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Connects again and again until the time is over: the other end may open its port or NAT a little later.
    /// </summary>
    public static async Task<Socket> ConnectPatientlyAsync(
        IPEndPoint remote, IPEndPoint local, TimeSpan pause, TimeProvider time, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ConnectAsync(remote, local, cancellation);
            }
            catch (SocketException)
            {
                await Task.Delay(pause, time, cancellation);
            }
        }
    }

    /// <summary>Listens on a port that other sockets of this process may be bound to.</summary>
    public static Socket Listen(IPEndPoint local)
    {
        var socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Reuse(socket);
            socket.Bind(local);
            socket.Listen(Backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Opens a WebSocket.</summary>
    public static async Task<Wire> ConnectWebSocketAsync(
        Uri uri, ProxyServer? proxy, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        try
        {
            // Pings are for the server to send: some relays take anything but a binary first message as an error.
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            if (proxy is not null) socket.Options.Proxy = proxy.ToWebProxy();
            await socket.ConnectAsync(uri, cancellation);
            return new WebSocketWire(socket);
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw new IOException($"no WebSocket at {uri}: {e.InnerException?.Message ?? e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the first address of a name that answers, as a stream.</summary>
    public static async Task<Stream> ConnectStreamAsync(ServerName server, CancellationToken cancellation) =>
        new NetworkStream(await ConnectAsync(server, null, cancellation), ownsSocket: true);

    public static Wire ToWire(Socket socket)
    {
        socket.NoDelay = true;
        return new StreamWire(new NetworkStream(socket, ownsSocket: true));
    }

    private static IPAddress Any(AddressFamily family) =>
        family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;

    // On Unix the framework turns this into SO_REUSEADDR and SO_REUSEPORT, which is what the field's client sets too.
    private static void Reuse(Socket socket) =>
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
}
