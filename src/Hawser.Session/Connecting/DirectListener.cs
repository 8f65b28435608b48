using System.Net;
using System.Net.Sockets;
using Hawser.Session.Channel;

namespace Hawser.Session.Connecting;

/// <summary>
/// Direct access by address (§3.1, §3.7): no server and no handshake, so the session is in clear. Only for those who
/// switch it on.
/// </summary>
public sealed class DirectListener : IDisposable
{
    /// <summary>The field's port.</summary>
    public const int DefaultPort = 21118;

    private readonly Socket _socket;

    /// <summary>Listens.</summary>
    /// <param name="local">Where; port 0 for any.</param>
    public DirectListener(IPEndPoint local) => _socket = Dialer.Listen(local);

    /// <summary>Where it listens.</summary>
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Waits for the next controller.</summary>
    /// <param name="hostId">The host's id.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The channel, owned by the taker, and where the controller is.</returns>
    public async Task<(SecureChannel Channel, IPAddress Remote)> AcceptAsync(
        string hostId, CancellationToken cancellation)
    {
        var socket = await _socket.AcceptAsync(cancellation);
        var remote = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        return (SecureChannel.InClear(Dialer.ToWire(socket), hostId, isHost: true), remote);
    }

    /// <summary>Calls a host by its address.</summary>
    /// <param name="host">Name or address, and port.</param>
    /// <param name="limit">How long to try.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The channel, in clear; owned by the caller.</returns>
    /// <exception cref="IOException">Nobody answers there.</exception>
    public static async Task<SecureChannel> CallAsync(
        ServerName host, TimeSpan limit, CancellationToken cancellation)
    {
        using var deadline = new Deadline(limit, TimeProvider.System, cancellation);
        try
        {
            var socket = await Dialer.ConnectAsync(host, null, deadline.Token);
            return SecureChannel.InClear(Dialer.ToWire(socket), host.ToString(), isHost: false);
        }
        catch (SocketException e)
        {
            throw new IOException($"can't connect to {host}: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (deadline.Expired)
        {
            throw new IOException($"can't connect to {host}: no answer", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
