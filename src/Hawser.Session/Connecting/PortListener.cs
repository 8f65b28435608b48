using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Connecting;

/// <summary>A local port whose connections go through tunnels.</summary>
public sealed class PortListener : IDisposable
{
    private readonly Socket _socket;

    /// <summary>Listens.</summary>
    /// <param name="local">Where; port 0 for any.</param>
    /// <exception cref="IOException">The port is taken, or not allowed.</exception>
    public PortListener(IPEndPoint local)
    {
        try
        {
            // Not Dialer.Listen: a port that somebody else has must be told, not shared.
            _socket = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _socket.Bind(local);
            _socket.Listen(16);
        }
        catch (SocketException e)
        {
            _socket?.Dispose();
            throw new IOException($"can't listen on {local}: {e.Message}", e);
        }
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Waits for the next connection.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its bytes; owned by the taker.</returns>
    public async Task<Stream> AcceptAsync(CancellationToken cancellation)
    {
        var socket = await _socket.AcceptAsync(cancellation);
        socket.NoDelay = true;
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
