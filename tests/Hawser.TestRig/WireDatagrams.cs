using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Messages;

namespace Hawser.TestRig;

/// <summary>A bare UDP socket: for tests that say exactly which datagrams cross the wire.</summary>
public sealed class WireDatagrams : IDisposable
{
    private readonly IPEndPoint _server;

    /// <summary>A socket that talks to a server on IPv4 loopback.</summary>
    /// <param name="serverPort">The server's port.</param>
    /// <param name="localAddress">The local address; any of 127.0.0.0/8 works.</param>
    public WireDatagrams(int serverPort, string localAddress = "127.0.0.1")
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Socket.Bind(new IPEndPoint(IPAddress.Parse(localAddress), 0));
    }

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>The local end.</summary>
    public IPEndPoint Local => (IPEndPoint)Socket.LocalEndPoint!;

    /// <summary>Sends the bytes of a hex text.</summary>
    public async Task SendHexAsync(string hex) => await Socket.SendToAsync(Convert.FromHexString(hex), _server);

    /// <summary>Sends bytes.</summary>
    public async Task SendRawAsync(byte[] bytes) => await Socket.SendToAsync(bytes, _server);

    /// <summary>Sends a message.</summary>
    public async Task SendAsync(RendezvousMessage message) => await Socket.SendToAsync(message.ToByteArray(), _server);

    /// <summary>Receives the next datagram; null when none comes in time.</summary>
    public async Task<byte[]?> ReceiveAsync(double seconds = 30)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var buffer = new byte[65536];
        try
        {
            var got = await Socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), deadline.Token);
            return buffer[..got.ReceivedBytes];
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Receives the next datagram as a message; null when none comes in time.</summary>
    public async Task<RendezvousMessage?> ReceiveMessageAsync(double seconds = 30) =>
        await ReceiveAsync(seconds) is { } bytes ? WireMessages.ReadRendezvous(bytes) : null;

    /// <inheritdoc/>
    public void Dispose() => Socket.Dispose();
}
