using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Hawser.Recording.SocketIo;

/// <content>What packets do: Engine.IO's types, joining and leaving, events.</content>
internal sealed partial class SocketIoConnection
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener",
    };

    private readonly List<SocketIoClient> _clients = [];
    private SocketIoClient? _handling;

    /// <summary>Does what a text message says.</summary>
    /// <returns>Whether the buffer is kept, because attachments are due.</returns>
    private ValueTask<bool> HandleTextAsync(byte[] text, int length)
    {
        if (length == 0) throw new SocketIoViolation("empty message");
        switch (text[0])
        {
            case (byte)'1':
                if (length > 1) break;
                Close(WebSocketCloseStatus.NormalClosure, "", SocketIoEnd.ClientClosed);
                return ValueTask.FromResult(false);
            case (byte)'3':
                Ponged();
                return ValueTask.FromResult(false);
            case (byte)'4':
                if (_server.Parts.OnMessage is not { } hear) return HandlePacketAsync(text, length);
                hear(this, text.AsMemory(1, length - 1), WebSocketMessageType.Text);
                return ValueTask.FromResult(false);
            case (byte)'5' or (byte)'6':
                return ValueTask.FromResult(false);
            case (byte)'2':
                throw new SocketIoViolation("invalid heartbeat direction");
        }

        throw new SocketIoViolation("not an Engine.IO packet");
    }

    private ValueTask<bool> HandlePacketAsync(byte[] text, int length)
    {
        if (_pending is not null) throw new SocketIoViolation("attachments are due");
        var packet = text.AsMemory(1, length - 1);
        if (!PacketHeader.TryRead(packet.Span, _options.MaxAttachments, out var header))
        {
            throw new SocketIoViolation("not a Socket.IO packet");
        }

        if (header.Type == PacketType.Connect) return JoinAsync(packet, header);
        if (FindClient(packet.Span[header.Namespace]) is not { } client)
        {
            throw new SocketIoViolation("namespace was not joined");
        }

        switch (header.Type)
        {
            case PacketType.Disconnect when header.AckId is null && header.Json == packet.Length:
                Leave(client, SocketIoEnd.ClientLeft);
                _clients.Remove(client);
                if (_clients.Count == 0) Volatile.Write(ref _notJoinedSince, _time.GetTimestamp());
                return ValueTask.FromResult(false);
            case PacketType.Event or PacketType.BinaryEvent or PacketType.Ack or PacketType.BinaryAck:
                return HandleEventAsync(client, header, text, packet);
            default:
                throw new SocketIoViolation("a client does not send that");
        }
    }

    private async ValueTask<bool> JoinAsync(ReadOnlyMemory<byte> packet, PacketHeader header)
    {
        if (header.AckId is not null) throw new SocketIoViolation("CONNECT with ack id");
        var name = packet.Span[header.Namespace].ToArray();
        if (name.Length == 0) name = "/"u8.ToArray();
        JsonDocument? document = null;
        if (header.Json < packet.Length)
        {
            var json = MemoryMarshal.AsMemory(packet)[header.Json..];
            if (!PacketArguments.TryParse(json, out document)
                || document!.RootElement.ValueKind != JsonValueKind.Object)
            {
                document?.Dispose();
                throw new SocketIoViolation("bad auth payload");
            }
        }

        using (document)
        {
            await JoinAsync(name, document?.RootElement ?? default).ConfigureAwait(false);
        }

        return false;
    }

    private async ValueTask JoinAsync(byte[] name, JsonElement auth)
    {
        if (FindClient(name) is { } joined)
        {
            if (!joined.HasLeft) throw new SocketIoViolation("joined already");
            _clients.Remove(joined);
        }

        if (_server.Find(name) is not { } room)
        {
            Send(PacketText.Refused(name, "Invalid namespace", null));
            return;
        }

        var client = new SocketIoClient(this, room, name);
        ConnectAnswer answer;
        Pause();
        try
        {
            answer = await room.ConnectAsync(client, auth, Gone).ConfigureAwait(false);
        }
        catch (Exception e) when (!Gone.IsCancellationRequested)
        {
            Fail(e, room);
            return;
        }
        finally
        {
            Resume();
        }

        if (!answer.IsAccepted)
        {
            Send(PacketText.Refused(name, answer.Message ?? "Forbidden", answer.Code));
            return;
        }

        Volatile.Write(ref _notJoinedSince, 0);
        if (_isClosing || !Send(PacketText.Connected(name, client.Id))) return;
        _clients.Add(client);
        client.Join();
        room.Connected(client);
    }

    private async ValueTask<bool> HandleEventAsync(
        SocketIoClient client, PacketHeader header, byte[] text, Memory<byte> packet)
    {
        if (!PacketArguments.TryParse(packet[header.Json..], out var document))
        {
            throw new SocketIoViolation("not JSON");
        }

        var keeps = false;
        try
        {
            var array = document!.RootElement;
            if (array.ValueKind != JsonValueKind.Array) throw new SocketIoViolation("arguments are no array");
            if (header.IsBinary && !PacketArguments.PlaceholdersFit(array, header.Attachments))
            {
                throw new SocketIoViolation("illegal attachments");
            }

            var isEvent = header.Type is PacketType.Event or PacketType.BinaryEvent;
            var arrived = isEvent ? ReadEvent(array, header) : null;
            // Told to come back elsewhere, a client repeats what waits for an answer, and nothing else.
            if (client.HasLeft || (_isClosing && header.AckId is not null)) arrived = null;
            if (header.IsBinary)
            {
                keeps = true;
                Expect(client, arrived, text, document, header.Attachments);
            }
            else if (arrived is not null)
            {
                await InvokeAsync(client, arrived).ConfigureAwait(false);
            }

            return keeps;
        }
        finally
        {
            if (!keeps) document!.Dispose();
        }
    }

    private static SocketIoEvent ReadEvent(JsonElement array, PacketHeader header)
    {
        if (array.GetArrayLength() == 0) throw new SocketIoViolation("event without name");
        var name = array[0];
        if (name.ValueKind is not (JsonValueKind.String or JsonValueKind.Number))
        {
            throw new SocketIoViolation("event name is no text");
        }

        var text = name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        if (Reserved.Contains(text)) throw new SocketIoViolation("reserved event name");
        return new SocketIoEvent(array, text, header.AckId, header.Attachments);
    }

    private void Expect(SocketIoClient client, SocketIoEvent? arrived, byte[] text, JsonDocument document, int due)
    {
        var packet = new IncomingPacket(client, arrived, text, document, due, _server.Blocks, _options.MaxPayload);
        Volatile.Write(ref _lastMessageByte, _time.GetTimestamp());
        _pending = packet;
        if (arrived is not null) client.Namespace.BinaryBegins(client, arrived);
    }

    private async ValueTask CompleteAsync(IncomingPacket packet)
    {
        _pending = null;
        using (packet)
        {
            packet.Complete();
            if (packet.IsTooLarge) _server.Parts.Metrics.ThrownAway();
            if (packet is { Event: { } arrived, Client: { } client })
            {
                await InvokeAsync(client, arrived).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask InvokeAsync(SocketIoClient client, SocketIoEvent arrived)
    {
        lock (_gate) _handling = client;
        Pause();
        try
        {
            await client.Namespace.EventAsync(client, arrived, Gone).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Gone.IsCancellationRequested)
        {
            // The connection went while the event was handled; the reader finds out by itself.
        }
        catch (Exception e) when (e is not SocketIoViolation)
        {
            Fail(e, client.Namespace);
        }
        finally
        {
            Resume();
            bool kicked;
            lock (_gate)
            {
                _handling = null;
                kicked = _kicked.Remove(client);
            }

            if (kicked) client.Namespace.Disconnected(client, SocketIoEnd.Kicked);
        }
    }

    private void Fail(Exception error, SocketIoNamespace room)
    {
        Log.Failed(_log, error, room.Name);
        Close(WebSocketCloseStatus.InternalServerError, "internal error", SocketIoEnd.Failed);
    }

    private SocketIoClient? FindClient(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) name = "/"u8;
        foreach (var client in _clients)
        {
            if (client.Name.SequenceEqual(name)) return client;
        }

        return null;
    }
}
