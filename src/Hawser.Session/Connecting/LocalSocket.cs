using System.Net.Sockets;

namespace Hawser.Session.Connecting;

/// <summary>Connects to a socket in the file system, such as a running server's control socket.</summary>
public static class LocalSocket
{
    /// <summary>Connects.</summary>
    /// <param name="path">The socket's file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection; its owner disposes it.</returns>
    /// <exception cref="SocketException">Nobody listens there, or this user may not connect.</exception>
    public static async Task<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
