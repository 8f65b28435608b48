using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hawser.Recording.SocketIo;

/// <summary>Writes packets: the text, and the binary messages that follow it.</summary>
internal static class PacketText
{
    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    /// <summary>The first message of a connection (recorder.md §2.2): exactly these five keys.</summary>
    public static OutgoingPacket Open(string sid, SocketIoOptions options)
    {
        var packet = new OutgoingPacket();
        packet.Write("0"u8);
        var json = Begin(packet);
        json.WriteStartObject();
        json.WriteString("sid"u8, sid);
        json.WriteStartArray("upgrades"u8);
        json.WriteEndArray();
        json.WriteNumber("pingInterval"u8, (long)options.PingInterval.TotalMilliseconds);
        json.WriteNumber("pingTimeout"u8, (long)options.PingTimeout.TotalMilliseconds);
        json.WriteNumber("maxPayload"u8, options.MaxPayload);
        json.WriteEndObject();
        json.Flush();
        return packet;
    }

    /// <summary>The heartbeat.</summary>
    public static OutgoingPacket Ping()
    {
        var packet = new OutgoingPacket();
        packet.Write("2"u8);
        return packet;
    }

    /// <summary>A client has joined.</summary>
    public static OutgoingPacket Connected(ReadOnlySpan<byte> name, string sid)
    {
        var packet = Header("40"u8, name, null, 0);
        var json = Begin(packet);
        json.WriteStartObject();
        json.WriteString("sid"u8, sid);
        json.WriteEndObject();
        json.Flush();
        return packet;
    }

    /// <summary>A client may not join.</summary>
    public static OutgoingPacket Refused(ReadOnlySpan<byte> name, string message, string? code)
    {
        var packet = Header("44"u8, name, null, 0);
        var json = Begin(packet);
        json.WriteStartObject();
        json.WriteString("message"u8, message);
        if (code is not null)
        {
            json.WriteStartObject("data"u8);
            json.WriteString("code"u8, code);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return packet;
    }

    /// <summary>A client is put out.</summary>
    public static OutgoingPacket Disconnect(ReadOnlySpan<byte> name) => Header("41"u8, name, null, 0);

    /// <summary>An event with one argument.</summary>
    public static OutgoingPacket Event<T>(ReadOnlySpan<byte> name, string eventName, T payload, JsonTypeInfo<T> type)
    {
        var packet = Header("42"u8, name, null, 0);
        var json = Begin(packet);
        json.WriteStartArray();
        json.WriteStringValue(eventName);
        JsonSerializer.Serialize(json, payload, type);
        json.WriteEndArray();
        json.Flush();
        return packet;
    }

    /// <summary>An answer with one argument.</summary>
    public static OutgoingPacket Ack<T>(ReadOnlySpan<byte> name, long ackId, T payload, JsonTypeInfo<T> type)
    {
        var packet = Header("43"u8, name, ackId, 0);
        var json = Begin(packet);
        json.WriteStartArray();
        JsonSerializer.Serialize(json, payload, type);
        json.WriteEndArray();
        json.Flush();
        return packet;
    }

    /// <summary>An event (no ack id) or an answer, with arguments of any kind, in which placeholders stand for the
    /// attachments.</summary>
    public static OutgoingPacket Any(
        ReadOnlySpan<byte> name, string? eventName, long? ackId, Action<Utf8JsonWriter>? arguments,
        IReadOnlyList<ReadOnlyMemory<byte>> attachments)
    {
        var kind = (eventName is null, attachments.Count > 0) switch
        {
            (false, false) => "42"u8,
            (true, false) => "43"u8,
            (false, true) => "45"u8,
            (true, true) => "46"u8,
        };
        var packet = Header(kind, name, ackId, attachments.Count);
        var json = Begin(packet);
        json.WriteStartArray();
        if (eventName is not null) json.WriteStringValue(eventName);
        arguments?.Invoke(json);
        json.WriteEndArray();
        json.Flush();
        packet.Attach(attachments);
        return packet;
    }

    private static OutgoingPacket Header(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> name, long? ackId, int attachments)
    {
        var packet = new OutgoingPacket();
        packet.Write(kind);
        if (attachments > 0)
        {
            WriteNumber(packet, attachments);
            packet.Write("-"u8);
        }

        if (!name.IsEmpty && !name.SequenceEqual("/"u8))
        {
            packet.Write(name);
            packet.Write(","u8);
        }

        if (ackId is { } id) WriteNumber(packet, id);
        return packet;
    }

    private static void WriteNumber(OutgoingPacket packet, long number)
    {
        Utf8Formatter.TryFormat(number, packet.GetSpan(20), out var written);
        packet.Advance(written);
    }

    private static Utf8JsonWriter Begin(OutgoingPacket packet)
    {
        if (_writer is null) return _writer = new Utf8JsonWriter(packet);
        _writer.Reset(packet);
        return _writer;
    }
}
