using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// One Engine.IO connection: this task reads, one other writes, events are handled in the order they came, and while
/// one is handled nothing is read. Its clocks are looked at by the server's tick.
/// </summary>
internal sealed partial class SocketIoConnection : IDisposable
{
    private readonly SocketIoServer _server;
    private readonly SocketIoOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly OutgoingQueue _outgoing;
    private readonly CancellationTokenSource _gone = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private readonly Lock _gate = new();
    private readonly Action _abort;
    private readonly CountedStream _stream;
    private readonly WebSocket _socket;
    private WebSocketCloseStatus _closeStatus = WebSocketCloseStatus.NormalClosure;
    private string _closeReason = "";
    private SocketIoEnd _end = SocketIoEnd.ConnectionLost;
    private long _closingSince;
    private volatile bool _isClosing;
    private bool _isOver;

    public SocketIoConnection(SocketIoServer server, SocketIoHandshake handshake, Stream upgraded, Action abort)
    {
        _server = server;
        Handshake = handshake;
        _options = server.Options;
        _time = server.Parts.Time;
        _log = server.Log;
        _abort = abort;
        (Gone, _closed) = (_gone.Token, _closing.Token);
        _outgoing = new OutgoingQueue(_options.MaxQueuedPackets, _options.MaxQueuedBytes);
        _stream = new CountedStream(upgraded, Arrived);
        _socket = WebSocket.CreateFromStream(
            _stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        _lastByte = _lastPing = _lastPong = _notJoinedSince = _time.GetTimestamp();
    }

    public SocketIoHandshake Handshake { get; }

    /// <summary>Cancelled when nothing can be sent or received any more.</summary>
    public CancellationToken Gone { get; }

    /// <summary>Nothing more is sent.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>Serves until both sides have closed, or the connection has gone.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<SocketIoEnd> RunAsync()
    {
        Send(PacketText.Open(SocketIoIds.Next(), _options));
        var writing = WriteAsync();
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        finally
        {
            // Whatever was not closed by anyone was lost.
            Close(WebSocketCloseStatus.NormalClosure, "", SocketIoEnd.ConnectionLost);
            await writing.ConfigureAwait(false);
            if (_hasCloseToWaitFor) await DrainAsync().ConfigureAwait(false);
            LeaveAll();
            _outgoing.Clear();
        }

        return _end;
    }

    /// <summary>Queues a packet; a peer that does not take what is queued is cut off.</summary>
    public bool Send(OutgoingPacket packet)
    {
        if (_outgoing.TryAdd(packet, out var isFull)) return true;
        if (isFull && !_isClosing)
        {
            Close(WebSocketCloseStatus.PolicyViolation, "too slow", SocketIoEnd.SlowReader);
            Abort();
        }

        return false;
    }

    /// <summary>Closes after what is queued; the first reason counts.</summary>
    public void Close(WebSocketCloseStatus status, string reason, SocketIoEnd end)
    {
        lock (_gate)
        {
            if (_isClosing) return;
            (_closeStatus, _closeReason, _end) = (status, reason, end);
            Volatile.Write(ref _closingSince, _time.GetTimestamp());
            _isClosing = true;
        }

        _outgoing.Complete();
        Cancel(_closing);
    }

    /// <summary>Cuts the connection.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            // The request belongs to someone else once this is over.
            if (_isOver) return;
            _isOver = true;
            _abort();
        }

        Cancel(_gone);
    }

    /// <summary>The request is about to end.</summary>
    public void Dispose()
    {
        lock (_gate) _isOver = true;
        Cancel(_gone);
        _socket.Dispose();
        _gone.Dispose();
        _closing.Dispose();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (await _outgoing.WaitAsync().ConfigureAwait(false))
            {
                while (_outgoing.TryTake(out var packet)) await SendNowAsync(packet).ConfigureAwait(false);
            }

            if (_end != SocketIoEnd.ConnectionLost
                && _socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(_closeStatus, _closeReason, default).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsLost(e))
        {
            Close(WebSocketCloseStatus.NormalClosure, "", SocketIoEnd.ConnectionLost);
            Abort();
        }
    }

    private async ValueTask SendNowAsync(OutgoingPacket packet)
    {
        try
        {
            Volatile.Write(ref _sendingSince, Math.Max(1, _time.GetTimestamp()));
            if (packet.Text.Length > 0)
            {
                await _socket.SendAsync(packet.Text, WebSocketMessageType.Text, true, default).ConfigureAwait(false);
            }

            foreach (var attachment in packet.Attachments)
            {
                await _socket.SendAsync(attachment, WebSocketMessageType.Binary, true, default).ConfigureAwait(false);
            }

            _server.Parts.Metrics.PacketOut();
        }
        finally
        {
            Volatile.Write(ref _sendingSince, 0);
            _outgoing.Forget(packet);
        }
    }

    /// <summary>The tick may come a moment after the end.</summary>
    private static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Then nobody waits for it.
        }
    }

    private static bool IsLost(Exception e) => e is IOException or WebSocketException or OperationCanceledException
        or ObjectDisposedException or InvalidOperationException;

    private static partial class Log
    {
        [LoggerMessage(7100, LogLevel.Debug, "Socket.IO peer {Remote} broke a rule: {Reason}")]
        internal static partial void Violation(ILogger logger, System.Net.IPAddress remote, string reason);

        [LoggerMessage(7101, LogLevel.Error, "A Socket.IO handler of {Namespace} failed")]
        internal static partial void Failed(ILogger logger, Exception error, string @namespace);
    }
}
