using System.Net.WebSockets;
using Hawser.Protocol;
using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>A WebSocket leg: one binary message is one payload.</summary>
internal sealed class WebSocketLeg(WebSocket socket, PeerAddress remote, RelayContext context)
    : PumpLeg(remote, context)
{
    private Task<ValueWebSocketReceiveResult>? _ahead;

    public WebSocket Socket { get; } = socket;

    public override async ValueTask<byte[]?> ReadJoinAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[JoinFrame.MaxPayload];
        var length = 0;
        while (true)
        {
            var result = await Socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close) return null;
            if (result.MessageType != WebSocketMessageType.Binary) throw new ProtocolViolation("join is not binary");
            length += result.Count;
            if (result.EndOfMessage) return buffer.AsSpan(0, length).ToArray();
            if (length == buffer.Length) throw new ProtocolViolation("first message too long");
        }
    }

    /// <summary>
    /// Starts to listen for the partner's first message or for the end, while this leg waits. Holds no buffer.
    /// </summary>
    public void ListenAhead() => _ahead = Socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).AsTask();

    /// <summary>Waits, without a buffer, until a frame's header has arrived.</summary>
    /// <returns>Its kind; an empty message is complete with it.</returns>
    public async ValueTask<ValueWebSocketReceiveResult> WaitReadableAsync()
    {
        if (_ahead is not { } ahead) return await Socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None);
        _ahead = null;
        return await ahead;
    }

    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> memory) =>
        Socket.ReceiveAsync(memory, CancellationToken.None);

    public ValueTask SendAsync(ReadOnlyMemory<byte> piece, bool isLast) =>
        Socket.SendAsync(piece, WebSocketMessageType.Binary, isLast, CancellationToken.None);

    public override async ValueTask EndWritingAsync(CancellationToken cancellationToken)
    {
        if (Socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
    }

    public override void Abort() => Socket.Abort();

    public override bool HasVanished() => _ahead is { IsCompleted: true } ahead
        && (!ahead.IsCompletedSuccessfully || ahead.GetAwaiter().GetResult().MessageType == WebSocketMessageType.Close
            || Socket.State is not WebSocketState.Open);
}
