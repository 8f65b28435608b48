using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;

namespace Hawser.TestRig;

/// <summary>A bare TCP client that speaks frames: for tests that say exactly which bytes cross the wire.</summary>
public sealed class WireClient : IDisposable
{
    private readonly FrameReader _reader = new(FrameHeader.MaxPayload);

    private WireClient(Socket socket) => Socket = socket;

    /// <summary>The socket, for tests that break rules with it.</summary>
    public Socket Socket { get; }

    /// <summary>The local end.</summary>
    public IPEndPoint Local => (IPEndPoint)Socket.LocalEndPoint!;

    /// <summary>Set once the connection is secured.</summary>
    public SecretStream? Stream { get; set; }

    /// <summary>Connects over IPv4 loopback.</summary>
    /// <param name="port">The server's port.</param>
    /// <param name="from">The local address and port to use, if it matters.</param>
    /// <returns>The connected client.</returns>
    public static async Task<WireClient> ConnectAsync(int port, IPEndPoint? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        if (from is not null) socket.Bind(from);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new WireClient(socket);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    /// <summary>Sends one frame in clear around the bytes of a hex text.</summary>
    public Task SendHexAsync(string hex) => SendRawAsync(FrameWriter.Frame(Convert.FromHexString(hex)));

    /// <summary>Sends one frame around a message, sealed when the connection is secured.</summary>
    public Task SendAsync(IMessage message) => SendRawAsync(FrameWriter.Frame(message, Stream));

    /// <summary>Receives the next frame's payload, opened when the connection is secured; null at the end of the stream.</summary>
    public async Task<byte[]?> ReceiveAsync(double seconds = 30)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            if (_reader.TryRead(out var payload)) return (Stream?.OpenInPlace(payload) ?? payload).ToArray();
            int count;
            try
            {
                count = await Socket.ReceiveAsync(_reader.GetMemory(), deadline.Token);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
            {
                return null;
            }

            if (count == 0) return null;
            _reader.Advance(count);
        }
    }

    /// <summary>Receives the next frame as a rendezvous message; null at the end of the stream.</summary>
    public async Task<RendezvousMessage?> ReceiveMessageAsync(double seconds = 30) =>
        await ReceiveAsync(seconds) is { } payload ? WireMessages.ReadRendezvous(payload) : null;

    /// <summary>As <see cref="ReceiveMessageAsync"/>, but skips the KeyExchange that the server offers first on TCP P.</summary>
    public async Task<RendezvousMessage?> ReceiveAnswerAsync(double seconds = 30)
    {
        var message = await ReceiveMessageAsync(seconds);
        return message?.KeyExchange is null ? message : await ReceiveMessageAsync(seconds);
    }

    /// <summary>True when nothing arrives for the given time and the connection stays open.</summary>
    public async Task<bool> IsSilentAsync(double seconds = 0.3)
    {
        try
        {
            await ReceiveAsync(seconds);
            return false;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket.Dispose();
        _reader.Dispose();
    }
}
