using System.Buffers;
using System.Net.WebSockets;
using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;

namespace Hawser.Rendezvous.Listening;

/// <summary>
/// A WebSocket connection: one binary message is one payload, an empty one is a heartbeat, text is ignored, and no key
/// exchange is offered (wss does that job).
/// </summary>
internal sealed class WebSocketConnection : ClientConnection
{
    /// <summary>The longest message: address books with thousands of ids ask for them in one.</summary>
    internal const int Cap = TcpConnection.LargeCap;

    private const int FirstBuffer = 2048;

    private readonly WebSocket _socket;
    private readonly Action _abort;
    private byte[] _buffer = [];
    private int _length;

    public WebSocketConnection(WatchedStream stream, Action abort, PeerAddress remote, ConnectionParts parts)
        : base(remote, Door.WebSocket, parts)
    {
        // Any byte shows that the other end lives, also the pings that the WebSocket answers by itself.
        stream.Arrived = Touch;
        _abort = abort;
        _socket = WebSocket.CreateFromStream(
            stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
    }

    /// <inheritdoc/>
    protected override async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                // An empty buffer waits for a message's start, so that idle connections hold none.
                var got = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
                if (got.MessageType == WebSocketMessageType.Close) break;
                MarkPartial(!got.EndOfMessage, fresh: true);
                if (!got.EndOfMessage) await ReceiveRestAsync();
                MarkPartial(false, fresh: false);
                if (got.MessageType == WebSocketMessageType.Binary && !await HandleMessageAsync()) Finish();
                Release();
            }

            if (_socket.State == WebSocketState.CloseReceived) Finish();
        }
        finally
        {
            Release();
            _socket.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override ReadOnlyMemory<byte> Encode(RendezvousMessage? message) => message?.ToByteArray();

    /// <inheritdoc/>
    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> frame) =>
        _socket.SendAsync(frame, WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);

    /// <inheritdoc/>
    protected override async ValueTask ShutDownOutputAsync()
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    protected override void Abort()
    {
        _socket.Abort();
        _abort();
    }

    private async ValueTask ReceiveRestAsync()
    {
        while (true)
        {
            if (_length == _buffer.Length) Grow();
            var got = await _socket.ReceiveAsync(_buffer.AsMemory(_length), CancellationToken.None);
            _length += got.Count;
            if (_length > Cap) throw new ProtocolViolation("message too long");
            if (got.EndOfMessage) return;
        }
    }

    private async ValueTask<bool> HandleMessageAsync()
    {
        if (_length == 0 || IsFinishing) return true;
        var message = WireMessages.ReadRendezvous(_buffer.AsSpan(0, _length));
        return await HandleAsync(message);
    }

    private void Grow()
    {
        // Doubles what really arrived; nothing is announced in advance.
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, _buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }
}
