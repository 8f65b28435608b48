using System.Buffers;
using System.Net.WebSockets;

namespace Hawser.Recording.SocketIo;

/// <content>Messages as they come.</content>
internal sealed partial class SocketIoConnection
{
    private const int FirstText = 1024;
    private bool _hasCloseToWaitFor;

    private async Task ReadAsync()
    {
        try
        {
            while (await ReadMessageAsync().ConfigureAwait(false))
            {
            }
        }
        catch (SocketIoViolation e)
        {
            Violated(e.Message);
            _hasCloseToWaitFor = true;
            var end = e.Status == WebSocketCloseStatus.MessageTooBig ? SocketIoEnd.TooBig : SocketIoEnd.Violation;
            Close(e.Status, e.Message, end);
        }
        catch (WebSocketException e) when (_socket.CloseStatus is null && e.WebSocketErrorCode is WebSocketError.Faulted
            or WebSocketError.HeaderError or WebSocketError.InvalidMessageType)
        {
            // The WebSocket itself has told the peer why (1002, 1007).
            Violated("WebSocket");
            _hasCloseToWaitFor = true;
            Close(WebSocketCloseStatus.ProtocolError, "", SocketIoEnd.Violation);
        }
        catch (Exception e) when (IsLost(e))
        {
            _hasCloseToWaitFor = _isClosing && !_gone.IsCancellationRequested;
        }
    }

    /// <summary>Waits without a buffer, then reads one message and does what it says.</summary>
    /// <returns>Whether another may follow.</returns>
    private async ValueTask<bool> ReadMessageAsync()
    {
        var result = await _socket.ReceiveAsync(Memory<byte>.Empty, default).ConfigureAwait(false);
        if (result.MessageType == WebSocketMessageType.Close)
        {
            Close(WebSocketCloseStatus.NormalClosure, "", SocketIoEnd.ClientClosed);
            return false;
        }

        if (_isClosing && _end != SocketIoEnd.Shutdown)
        {
            _hasCloseToWaitFor = true;
            return false;
        }

        _server.Parts.Metrics.PacketIn();
        if (result.MessageType == WebSocketMessageType.Binary || _pending is null)
        {
            // A pong while attachments are due does not make them come.
            Volatile.Write(ref _lastMessageByte, _time.GetTimestamp());
            _isInMessage = true;
        }

        if (result.MessageType == WebSocketMessageType.Binary)
        {
            var reading = _server.Parts.OnMessage is { } hear
                ? ReadPlainAsync(hear, result.EndOfMessage) : ReadAttachmentAsync(result.EndOfMessage);
            await reading.ConfigureAwait(false);
        }
        else
        {
            await ReadTextAsync(result.EndOfMessage).ConfigureAwait(false);
        }

        return true;
    }

    private async ValueTask ReadTextAsync(bool isEnd)
    {
        var max = _clients.Count == 0 ? _options.MaxTextBeforeConnect : _options.MaxText;
        var text = ArrayPool<byte>.Shared.Rent(FirstText);
        try
        {
            var length = 0;
            while (!isEnd)
            {
                if (length == text.Length) text = Larger(text, Math.Min(length * 2, max + 1));
                var room = text.AsMemory(length, Math.Min(text.Length, max + 1) - length);
                var result = await _socket.ReceiveAsync(room, default).ConfigureAwait(false);
                length += result.Count;
                isEnd = result.EndOfMessage;
                if (length > max) throw new SocketIoViolation("text too long", WebSocketCloseStatus.MessageTooBig);
            }

            _isInMessage = false;
            if (await HandleTextAsync(text, length).ConfigureAwait(false)) text = null;
        }
        finally
        {
            if (text is not null) ArrayPool<byte>.Shared.Return(text);
        }
    }

    private static byte[] Larger(byte[] text, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        text.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(text);
        return larger;
    }

    private async ValueTask ReadAttachmentAsync(bool isEnd)
    {
        if (_pending is not { } packet) throw new SocketIoViolation("binary without header");
        byte[]? scratch = null;
        try
        {
            while (!isEnd)
            {
                if (packet.NeedsBlock) packet.Add(await RentBlockAsync().ConfigureAwait(false));
                var room = packet.IsDiscarded
                    ? scratch ??= ArrayPool<byte>.Shared.Rent(BlockBudget.BlockSize) : packet.Room;
                var result = await _socket.ReceiveAsync(room, default).ConfigureAwait(false);
                packet.Advance(result.Count);
                isEnd = result.EndOfMessage;
                if (packet.Total > _options.MaxPayload * _options.DiscardFactor)
                {
                    throw new SocketIoViolation("attachments too long", WebSocketCloseStatus.MessageTooBig);
                }
            }
        }
        finally
        {
            if (scratch is not null) ArrayPool<byte>.Shared.Return(scratch);
        }

        _isInMessage = false;
        packet.EndAttachment();
        if (packet.Due == 0) await CompleteAsync(packet).ConfigureAwait(false);
    }

    /// <summary>Where there is no memory the peer is made to wait; by the tick's word, not for ever.</summary>
    private async ValueTask<byte[]> RentBlockAsync()
    {
        var rent = _server.Blocks.RentAsync(_closed);
        if (rent.IsCompletedSuccessfully) return await rent.ConfigureAwait(false);
        Pause();
        Volatile.Write(ref _waitingForMemorySince, Math.Max(1, _time.GetTimestamp()));
        try
        {
            return await rent.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _waitingForMemorySince, 0);
            Resume();
        }
    }

    /// <summary>
    /// Reads and forgets until the peer has closed too: an unread byte would make the system answer with a reset, and
    /// the peer might never see the code. The tick ends it.
    /// </summary>
    private async Task DrainAsync()
    {
        var scratch = ArrayPool<byte>.Shared.Rent(BlockBudget.BlockSize);
        try
        {
            while (_socket.State == WebSocketState.CloseSent)
            {
                await _socket.ReceiveAsync(scratch.AsMemory(), default).ConfigureAwait(false);
            }

            // After a fault of its own the WebSocket reads no more; the bytes still come.
            while (_socket.State == WebSocketState.Aborted && !_gone.IsCancellationRequested
                && await _stream.ReadAsync(scratch.AsMemory(), default).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception e) when (IsLost(e))
        {
            // It has gone, which is what was waited for.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private void Violated(string reason)
    {
        Log.Violation(_log, Handshake.Remote, reason);
        _server.Violations.Count(Handshake.Remote);
    }
}
