using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// One client in one namespace. Everything here may be called from any thread, also when the client has gone: then it
/// does nothing and says so. What is sent goes into the connection's bounded queue; a client that does not read is cut
/// off when that is full.
/// </summary>
internal sealed class SocketIoClient
{
    private readonly SocketIoConnection _connection;
    private readonly byte[] _name;
    private volatile bool _isJoined;

    internal SocketIoClient(SocketIoConnection connection, SocketIoNamespace @namespace, byte[] name)
    {
        _connection = connection;
        Namespace = @namespace;
        _name = name;
        Id = SocketIoIds.Next();
    }

    /// <summary>The Socket.IO id; new with each connection.</summary>
    public string Id { get; }

    /// <summary>What the request of its connection said.</summary>
    public SocketIoHandshake Handshake => _connection.Handshake;

    /// <summary>For the namespace.</summary>
    public object? State { get; set; }

    /// <summary>Cancelled when the connection has gone.</summary>
    public CancellationToken Gone => _connection.Gone;

    /// <summary>It has joined, not left, and its connection is open.</summary>
    public bool IsJoined => _isJoined && !_connection.IsClosing;

    internal bool HasLeft => !_isJoined;

    internal SocketIoNamespace Namespace { get; }

    /// <summary>Sends an event with one argument.</summary>
    /// <typeparam name="T">The argument's type.</typeparam>
    /// <param name="eventName">The event.</param>
    /// <param name="payload">The argument.</param>
    /// <param name="type">How it is written.</param>
    /// <returns>Whether it is on its way.</returns>
    public bool Emit<T>(string eventName, T payload, JsonTypeInfo<T> type) =>
        IsJoined && _connection.Send(PacketText.Event(_name, eventName, payload, type));

    /// <summary>Sends an event with arguments of any kind.</summary>
    /// <param name="eventName">The event.</param>
    /// <param name="arguments">Writes them, one value after the other; placeholders stand for attachments.</param>
    /// <param name="attachments">They are copied.</param>
    /// <returns>Whether it is on its way.</returns>
    public bool Emit(
        string eventName, Action<Utf8JsonWriter>? arguments, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null) =>
        IsJoined && _connection.Send(PacketText.Any(_name, eventName, null, arguments, attachments ?? []));

    /// <summary>Answers an event that carried an ack id; once.</summary>
    /// <typeparam name="T">The argument's type.</typeparam>
    /// <param name="ackId">The event's.</param>
    /// <param name="payload">The one argument.</param>
    /// <param name="type">How it is written.</param>
    /// <returns>Whether it is on its way.</returns>
    public bool Ack<T>(long ackId, T payload, JsonTypeInfo<T> type) =>
        IsJoined && _connection.Send(PacketText.Ack(_name, ackId, payload, type));

    /// <summary>Answers an event with arguments of any kind.</summary>
    /// <param name="ackId">The event's.</param>
    /// <param name="arguments">Writes them; placeholders stand for attachments.</param>
    /// <param name="attachments">They are copied.</param>
    /// <returns>Whether it is on its way.</returns>
    public bool Ack(
        long ackId, Action<Utf8JsonWriter>? arguments, IReadOnlyList<ReadOnlyMemory<byte>>? attachments = null) =>
        IsJoined && _connection.Send(PacketText.Any(_name, null, ackId, arguments, attachments ?? []));

    /// <summary>
    /// Puts the client out of the namespace for good: it does not come back by itself (recorder.md §2.7). For revoked
    /// rights only; its connection stays open.
    /// </summary>
    public void Kick() => _connection.Kick(this);

    /// <summary>Closes the client's connection; it will come back.</summary>
    /// <param name="status">Why, as the wire says it.</param>
    /// <param name="reason">Why, readable.</param>
    public void Close(WebSocketCloseStatus status, string reason) =>
        _connection.Close(status, reason, SocketIoEnd.ServerClosed);

    internal ReadOnlySpan<byte> Name => _name;

    internal void Join() => _isJoined = true;

    /// <summary>True for the first who says so.</summary>
    internal bool Leave()
    {
        lock (_name)
        {
            var was = _isJoined;
            _isJoined = false;
            return was;
        }
    }
}
