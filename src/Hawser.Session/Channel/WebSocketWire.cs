using System.Net.WebSockets;
using Hawser.Protocol;

namespace Hawser.Session.Channel;

/// <summary>
/// A wire over a WebSocket: one binary message is one payload, without a length header (§2.3). Text is ignored.
/// </summary>
/// <param name="socket">The open socket; owned by the wire.</param>
/// <param name="maxPayload">The longest payload to accept.</param>
public sealed class WebSocketWire(WebSocket socket, int maxPayload = StreamWire.HandshakePayload) : Wire
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);
    private byte[] _buffer = new byte[4096];
    private Task<Memory<byte>?>? _receiving;
    private Memory<byte> _rest;

    /// <inheritdoc/>
    public override int MaxPayload { get; set; } = maxPayload;

    /// <inheritdoc/>
    protected override async ValueTask WriteAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            await socket.SendAsync(buffer[HeaderRoom..], WebSocketMessageType.Binary, true, cancellation);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("the WebSocket is closed", e);
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask<Memory<byte>?> ReadAsync(CancellationToken cancellation)
    {
        // A cancelled receive would abort the socket: it goes on, and the next call waits for the same one.
        _receiving ??= ReceiveAsync();
        var payload = await _receiving.WaitAsync(cancellation);
        _receiving = null;
        return payload;
    }

    /// <inheritdoc/>
    protected internal override async ValueTask<int> ReadRawAsync(
        Memory<byte> buffer, CancellationToken cancellation)
    {
        while (_rest.IsEmpty)
        {
            if (await ReadAsync(cancellation) is not { } payload) return 0;
            _rest = payload;
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    /// <inheritdoc/>
    protected internal override async ValueTask WriteRawAsync(
        ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, cancellation);
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException("the WebSocket is closed", e);
        }
    }

    private async Task<Memory<byte>?> ReceiveAsync()
    {
        var length = 0;
        while (true)
        {
            ValueWebSocketReceiveResult got;
            try
            {
                got = await socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
            }
            catch (Exception e) when (e is WebSocketException or ObjectDisposedException or InvalidOperationException)
            {
                return null;
            }

            if (got.MessageType == WebSocketMessageType.Close) return null;
            length += got.Count;
            if (length > MaxPayload) throw new ProtocolViolation("WebSocket message too long");
            if (!got.EndOfMessage)
            {
                // Grows with what really arrived.
                if (length == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
                continue;
            }

            if (got.MessageType == WebSocketMessageType.Binary) return _buffer.AsMemory(0, length);
            length = 0;
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var limit = new CancellationTokenSource(CloseLimit);
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
            catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Gone already: that is what was wanted.
            }
        }

        socket.Dispose();
    }
}
