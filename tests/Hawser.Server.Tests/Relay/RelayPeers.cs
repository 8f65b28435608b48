using System.Net.Sockets;
using System.Net.WebSockets;
using Hawser.Protocol.Framing;

namespace Hawser.Server.Tests.Relay;

/// <summary>
/// One end of a relayed connection, as a test drives it: payload in, payload out, whatever carries it.
/// </summary>
internal abstract class TestPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private byte[] _rest = [];

    /// <summary>Sends payload; where the transport has messages, as one.</summary>
    public abstract Task SendAsync(ReadOnlyMemory<byte> payload);

    /// <summary>Says that nothing more will be sent, as far as the transport knows such a thing.</summary>
    public abstract Task CloseAsync();

    /// <summary>The next piece of payload; empty at the end of the stream, however it came.</summary>
    protected abstract Task<byte[]> ReceiveSomeAsync(CancellationToken cancellationToken);

    public abstract void Dispose();

    /// <summary>Exactly so many bytes of payload; fewer at the end of the stream.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var all = new List<byte>(_rest);
        while (all.Count < count)
        {
            var some = await ReceiveSomeAsync(deadline.Token);
            if (some.Length == 0) break;
            all.AddRange(some);
        }

        var taken = Math.Min(count, all.Count);
        _rest = [.. all.Skip(taken)];
        return [.. all.Take(taken)];
    }

    /// <summary>Reads and forgets until so many bytes have come; hands each piece to <paramref name="see"/>.</summary>
    public async Task DrainAsync(long count, Action<ReadOnlySpan<byte>> see)
    {
        while (count > 0)
        {
            using var deadline = new CancellationTokenSource(Patience);
            var some = await ReceiveSomeAsync(deadline.Token);
            if (some.Length == 0) throw new InvalidOperationException($"the stream ended {count} bytes early");
            see(some);
            count -= some.Length;
        }
    }

    /// <summary>Whether the stream ends without more payload.</summary>
    public async Task<bool> IsClosedAsync() => (await ReceiveAsync(1)).Length == 0;

    /// <summary>Whether nothing arrives for a moment and the stream stays open.</summary>
    public abstract bool IsOpen();
}

internal sealed class TcpPeer(Socket socket, bool framed) : TestPeer
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private readonly FrameReader _frames = new(FrameHeader.MaxPayload);

    public Socket Socket { get; } = socket;

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    public override Task SendAsync(ReadOnlyMemory<byte> payload) =>
        SendRawAsync(framed ? FrameWriter.Frame(payload.Span) : payload);

    public override Task CloseAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }

    protected override async Task<byte[]> ReceiveSomeAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!framed) return _buffer[..await Socket.ReceiveAsync(_buffer, cancellationToken)];
            while (true)
            {
                if (_frames.TryRead(out var payload)) return payload.ToArray();
                var count = await Socket.ReceiveAsync(_frames.GetMemory(), cancellationToken);
                if (count == 0) return [];
                _frames.Advance(count);
            }
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return [];
        }
    }

    public override bool IsOpen() => !Socket.Poll(100_000, SelectMode.SelectRead);

    public override void Dispose()
    {
        Socket.Dispose();
        _frames.Dispose();
    }
}

internal sealed class WebSocketPeer(ClientWebSocket socket) : TestPeer
{
    private readonly byte[] _buffer = new byte[256 * 1024];

    public ClientWebSocket Socket { get; } = socket;

    public override async Task SendAsync(ReadOnlyMemory<byte> payload) =>
        await Socket.SendAsync(payload, WebSocketMessageType.Binary, true, CancellationToken.None);

    public override Task CloseAsync() =>
        Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

    public async Task<byte[]> ReceiveMessageAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var all = new List<byte>();
        while (true)
        {
            var result = await Socket.ReceiveAsync(_buffer.AsMemory(), deadline.Token);
            all.AddRange(_buffer[..result.Count]);
            if (result.EndOfMessage) return [.. all];
        }
    }

    protected override async Task<byte[]> ReceiveSomeAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var result = await Socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
                if (result.MessageType == WebSocketMessageType.Close) return [];
                if (result.Count > 0) return _buffer[..result.Count];
            }
        }
        catch (WebSocketException)
        {
            return [];
        }
    }

    public override bool IsOpen() => Socket.State == WebSocketState.Open;

    public override void Dispose() => Socket.Dispose();
}
