using System.Buffers;
using System.Net.WebSockets;

namespace Hawser.Recording.SocketIo;

/// <content>Engine.IO alone: messages without packets in them.</content>
internal sealed partial class SocketIoConnection
{
    /// <summary>Queues one message of Engine.IO.</summary>
    public bool SendMessage(ReadOnlyMemory<byte> bytes, WebSocketMessageType type)
    {
        var packet = new OutgoingPacket();
        if (type == WebSocketMessageType.Text)
        {
            packet.Write("4"u8);
            packet.Write(bytes.Span);
        }
        else
        {
            packet.Attach([bytes]);
        }

        return Send(packet);
    }

    private async ValueTask ReadPlainAsync(
        Action<SocketIoConnection, ReadOnlyMemory<byte>, WebSocketMessageType> hear, bool isEnd)
    {
        var bytes = new ArrayBufferWriter<byte>();
        while (!isEnd)
        {
            var result = await _socket.ReceiveAsync(bytes.GetMemory(FirstText), default).ConfigureAwait(false);
            bytes.Advance(result.Count);
            isEnd = result.EndOfMessage;
            if (bytes.WrittenCount > _options.MaxPayload)
            {
                throw new SocketIoViolation("message too long", WebSocketCloseStatus.MessageTooBig);
            }
        }

        _isInMessage = false;
        hear(this, bytes.WrittenMemory, WebSocketMessageType.Binary);
    }
}
