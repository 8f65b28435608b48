using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.SocketIo;

/// <summary>What a Socket.IO server is made of.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Logs">Makes loggers.</param>
/// <param name="Metrics">Where is counted.</param>
/// <param name="Stopping">The process is shutting down: connections are closed with 1001.</param>
internal sealed record SocketIoParts(
    TimeProvider Time, ILoggerFactory Logs, SocketIoMetrics Metrics, CancellationToken Stopping)
{
    /// <summary>
    /// Whether the page that a request comes from may use this server (recorder.md §4.8): browsers hold nothing back
    /// from a WebSocket, so the server must. Asked for every request, also those without an origin.
    /// </summary>
    public Func<HttpContext, bool> IsOriginAllowed { get; init; } = static _ => true;

    /// <summary>
    /// Takes Engine.IO's messages as they are, in place of Socket.IO's packets: then there are no namespaces to join.
    /// Null: Socket.IO. What it is given is its own only until it returns.
    /// </summary>
    public Action<SocketIoConnection, ReadOnlyMemory<byte>, WebSocketMessageType>? OnMessage { get; init; }

    /// <summary>Where a client is; behind a trusted proxy another than the connection says.</summary>
    public Func<HttpContext, IPAddress?> RemoteOf { get; init; } = static c => c.Connection.RemoteIpAddress;
}
