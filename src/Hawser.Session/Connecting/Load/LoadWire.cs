using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;

namespace Hawser.Session.Connecting.Load;

/// <summary>A framed TCP connection of a simulated peer; plain, as clients that are not logged in use it.</summary>
internal sealed class LoadWire : IDisposable
{
    private const int MaxFrame = 1 << 20;
    private readonly FrameReader _reader = new(MaxFrame);

    private LoadWire(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<LoadWire> DialAsync(IPAddress address, int port, CancellationToken ct)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), ct);
            return new LoadWire(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task SendAsync(RendezvousMessage message, CancellationToken ct) =>
        await SendAsync(FrameWriter.Frame(message), ct);

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, SocketFlags.None, ct)..];
        }
    }

    /// <summary>The next message; heartbeats are echoed as clients do. Null at the end of the stream.</summary>
    public async Task<RendezvousMessage?> ReceiveAsync(CancellationToken ct)
    {
        while (true)
        {
            while (_reader.TryRead(out var payload))
            {
                if (payload.Length > 0) return WireMessages.ReadRendezvous(payload.Span);
                await SendAsync(FrameWriter.Heartbeat, ct);
            }

            _reader.ReleaseIfEmpty();
            var count = await Socket.ReceiveAsync(_reader.GetMemory(), SocketFlags.None, ct);
            if (count == 0) return null;
            _reader.Advance(count);
        }
    }

    public void Dispose()
    {
        Socket.Dispose();
        _reader.Dispose();
    }
}
