using System.Net.WebSockets;

namespace Hawser.Recording.SocketIo;

/// <summary>The peer broke a rule; caught once, at the connection's edge, and told to it by a close code.</summary>
/// <param name="reason">Which rule.</param>
/// <param name="status">The code.</param>
internal sealed class SocketIoViolation(
    string reason, WebSocketCloseStatus status = WebSocketCloseStatus.ProtocolError) : Exception(reason)
{
    /// <summary>The code that the connection is closed with.</summary>
    public WebSocketCloseStatus Status { get; } = status;
}
