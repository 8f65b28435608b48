using System.Net.Sockets;
using System.Net.WebSockets;
using Hawser.Protocol;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous.Listening;

/// <summary>Which listener a connection came through.</summary>
internal enum Door : byte
{
    /// <summary>TCP P.</summary>
    Main,

    /// <summary>TCP P-1: NAT test and online queries.</summary>
    Side,

    /// <summary>WebSocket, on P+2 or on the HTTP port.</summary>
    WebSocket,
}

/// <summary>What a connection is kept open for.</summary>
internal enum ConnectionUse : byte
{
    /// <summary>Questions and answers; closed after a while of silence.</summary>
    Transient,

    /// <summary>A peer is registered by it; kept alive by heartbeats.</summary>
    Registration,

    /// <summary>A caller keeps it during a remote session; kept alive by heartbeats.</summary>
    HealthCheck,
}

/// <summary>What every connection works with.</summary>
internal sealed record ConnectionParts(
    MessageDispatcher Dispatcher, ConnectionTable Table, TimeProvider Time, RendezvousMetrics Metrics, ILogger Logger);

/// <summary>
/// One client's connection: a bounded queue of what is sent, deadlines for what is received, and the handling of one
/// message after the other. Has no timer; <see cref="ConnectionTable"/> looks at it once a second.
/// </summary>
internal abstract partial class ClientConnection(PeerAddress remote, Door door, ConnectionParts parts) : PeerConnection
{
    /// <summary>Bytes that may wait behind the frame that is being sent.</summary>
    internal const int MaxBacklog = 256 * 1024;

    /// <summary>How long a started frame may take to arrive whole (slow-loris).</summary>
    internal const int FrameMilliseconds = 15_000;

    /// <summary>How long one frame may take to be taken by the other end; a tunnelled response may be long.</summary>
    internal const int WriteMilliseconds = 60_000;

    /// <summary>How long the other end may take to close after we said our last word.</summary>
    internal const int LingerMilliseconds = 2_000;

    private const int MaxUnanswered = 2;
    private const int EntryOverhead = 32;

    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _backlog = new(0);
    private int _backlogBytes;
    private bool _writing;
    private Task _writer = Task.CompletedTask;
    private volatile State _state;
    private long _endingSince;
    private long _writingSince;
    private long _activeAt = Uptime.Milliseconds(parts.Time);
    private long _partialSince;
    private long _beatAt;
    private int _unanswered;
    private volatile bool _busy;
    private volatile bool _spoke;

    private enum State : byte
    {
        Open,

        /// <summary>The rest of the queue is sent, then the output is shut down; input is ignored.</summary>
        Finishing,

        /// <summary>Nothing can be sent any more; what was received is still handled.</summary>
        Mute,

        Closed,
    }

    /// <inheritdoc/>
    public override PeerAddress Remote { get; } = remote;

    /// <inheritdoc/>
    public override bool IsOpen => _state == State.Open;

    /// <summary>Which listener it came through.</summary>
    public Door Door { get; } = door;

    /// <summary>What it is kept open for.</summary>
    public ConnectionUse Use { get; set; }

    /// <summary>The id that is registered by it.</summary>
    public string? RegisteredId { get; set; }

    /// <summary>A caller's session that it stands for; disposed with it.</summary>
    public IDisposable? Session { get; set; }

    /// <summary>Whether a part of a message is here and the rest is awaited.</summary>
    public bool HasPartial => Volatile.Read(ref _partialSince) != 0;

    /// <summary>When it has ended and let go of everything.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Its parts.</summary>
    protected ConnectionParts Parts { get; } = parts;

    /// <summary>Guards the order of what is sent, also that of nonces.</summary>
    protected Lock Gate => _gate;

    /// <summary>True once <see cref="Finish"/> was called: what still comes in is thrown away.</summary>
    protected bool IsFinishing => _state == State.Finishing;

    /// <summary>Starts to serve it.</summary>
    /// <returns>When it has ended; never faults.</returns>
    public Task Start() => Completion = RunAsync();

    /// <inheritdoc/>
    public override bool TrySend(RendezvousMessage message) => TryQueue(message);

    /// <summary>Says the last word: the queue is sent, then the output closed. The input is drained for a moment,
    /// because closing over unread bytes would reset the connection under what was sent.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_state != State.Open) return;
            _state = State.Finishing;
            _endingSince = Uptime.Milliseconds(Parts.Time);
            if (!_writing) _writer = ShutDownAsync();
        }
    }

    /// <inheritdoc/>
    public override void Close() => Close(null);

    /// <summary>Ends it now.</summary>
    /// <param name="reason">Counted, when it is our decision.</param>
    public void Close(string? reason)
    {
        lock (_gate)
        {
            if (_state == State.Closed) return;
            _state = State.Closed;
            _backlog.Clear();
            _backlogBytes = 0;
        }

        if (reason is not null) Parts.Metrics.ConnectionClosed(reason);
        Abort();
    }

    /// <summary>Once a second: is it too slow, too silent, or due for a heartbeat?</summary>
    /// <param name="now">Uptime milliseconds.</param>
    /// <param name="options">The options as they are now.</param>
    /// <param name="silence">Milliseconds that it may be open without a word.</param>
    public void Sweep(long now, RendezvousOptions options, long silence)
    {
        var ending = Volatile.Read(ref _endingSince);
        var partial = Volatile.Read(ref _partialSince);
        var writing = Volatile.Read(ref _writingSince);
        if (ending != 0 && now - ending > LingerMilliseconds)
        {
            Close();
        }
        else if (partial != 0 && now - partial > FrameMilliseconds)
        {
            Close("slow_frame");
        }
        else if (writing != 0 && now - writing > WriteMilliseconds)
        {
            Close("slow_reader");
        }
        else if (Use != ConnectionUse.Transient)
        {
            Beat(now, options.HeartbeatSeconds * 1000L);
        }
        else if (!_busy && now - Volatile.Read(ref _activeAt) > (_spoke ? options.IdleSeconds * 1000L : silence))
        {
            Close("idle");
        }
    }

    /// <summary>Serves the transport until it ends.</summary>
    /// <returns>When it has ended; may throw what the transport throws.</returns>
    protected abstract Task ServeAsync();

    /// <summary>The bytes of a message on this transport; called under <see cref="Gate"/>, in sending order.</summary>
    /// <param name="message">The message; null is a heartbeat.</param>
    /// <returns>The bytes.</returns>
    protected abstract ReadOnlyMemory<byte> Encode(RendezvousMessage? message);

    /// <summary>Sends one encoded message, whole.</summary>
    /// <param name="frame">The bytes.</param>
    /// <returns>When the system has them.</returns>
    protected abstract ValueTask WriteAsync(ReadOnlyMemory<byte> frame);

    /// <summary>Closes the output only.</summary>
    /// <returns>When that is done.</returns>
    protected abstract ValueTask ShutDownOutputAsync();

    /// <summary>Closes everything at once; pending calls fail.</summary>
    protected abstract void Abort();

    /// <summary>Handles one whole message.</summary>
    /// <param name="message">The message.</param>
    /// <returns>False when the conversation is over.</returns>
    protected async ValueTask<bool> HandleAsync(RendezvousMessage message)
    {
        _busy = true;
        // Before the answer goes out: whoever has it may count on it.
        Touch();
        try
        {
            return await Parts.Dispatcher.HandleAsync(this, message);
        }
        finally
        {
            Volatile.Write(ref _activeAt, Uptime.Milliseconds(Parts.Time));
            _busy = false;
        }
    }

    /// <summary>The other end showed that it lives.</summary>
    protected void Touch()
    {
        _spoke = true;
        Volatile.Write(ref _activeAt, Uptime.Milliseconds(Parts.Time));
        Volatile.Write(ref _unanswered, 0);
    }

    /// <summary>Says whether a part of a message has been received and the rest is awaited.</summary>
    /// <param name="partial">True when it is.</param>
    /// <param name="fresh">A whole message came since the last call, so the part is new.</param>
    protected void MarkPartial(bool partial, bool fresh)
    {
        if (!partial)
        {
            Volatile.Write(ref _partialSince, 0);
        }
        else if (fresh || _partialSince == 0)
        {
            Volatile.Write(ref _partialSince, Uptime.Milliseconds(Parts.Time));
        }
    }

    /// <summary>Queues bytes that are encoded already; only before anything else is sent.</summary>
    /// <param name="frame">The bytes.</param>
    protected void SendFirst(ReadOnlyMemory<byte> frame)
    {
        lock (_gate)
        {
            if (_state == State.Open) Enqueue(frame);
        }
    }

    private void Beat(long now, long period)
    {
        if (_beatAt == 0) _beatAt = now;
        if (now - _beatAt < period) return;
        _beatAt = now;
        if (Interlocked.Increment(ref _unanswered) > MaxUnanswered)
        {
            Close("unanswered");
            return;
        }

        TryQueue(null);
    }

    private bool TryQueue(RendezvousMessage? message)
    {
        bool overflow;
        lock (_gate)
        {
            if (_state != State.Open) return false;
            overflow = _writing && _backlogBytes > MaxBacklog;
            if (!overflow)
            {
                Enqueue(Encode(message));
                return true;
            }
        }

        // The other end does not read. Dropping single messages would leave it waiting for them.
        Close("backlog");
        return false;
    }

    private void Enqueue(ReadOnlyMemory<byte> frame)
    {
        if (_writing)
        {
            _backlog.Enqueue(frame);
            _backlogBytes += frame.Length + EntryOverhead;
            return;
        }

        _writing = true;
        _writer = WriteAllAsync(frame);
    }

    private async Task WriteAllAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            while (true)
            {
                Volatile.Write(ref _writingSince, Uptime.Milliseconds(Parts.Time));
                await WriteAsync(frame);
                Volatile.Write(ref _writingSince, 0);
                lock (_gate)
                {
                    if (!_backlog.TryDequeue(out frame))
                    {
                        _writing = false;
                        if (_state != State.Finishing) return;
                        break;
                    }

                    _backlogBytes -= frame.Length + EntryOverhead;
                }
            }

            await ShutDownOutputAsync();
        }
        catch (Exception e) when (IsOfTransport(e))
        {
            // Only sending is over. What the other end wrote before it reset the connection is still to be read.
            Volatile.Write(ref _writingSince, 0);
            Mute();
        }
    }

    private async Task ShutDownAsync()
    {
        try
        {
            await ShutDownOutputAsync();
        }
        catch (Exception e) when (IsOfTransport(e))
        {
            Mute();
        }
    }

    private void Mute()
    {
        lock (_gate)
        {
            if (_state == State.Closed) return;
            _state = State.Mute;
            if (_endingSince == 0) _endingSince = Uptime.Milliseconds(Parts.Time);
            _backlog.Clear();
            _backlogBytes = 0;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            await ServeAsync();
        }
        catch (ProtocolViolation e)
        {
            Close("violation");
            Log.Violation(Parts.Logger, Remote, e.Message);
        }
        catch (Exception e) when (IsOfTransport(e))
        {
            // The other end went away, or we closed: both are normal ends.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(Parts.Logger, e, Remote);
        }
        finally
        {
            Close();
            Parts.Dispatcher.Ended(this);
            Parts.Table.Remove(this);
            Task writer;
            lock (_gate) writer = _writer;
            await writer;
        }
    }

    private static bool IsOfTransport(Exception e) => e is SocketException or IOException or WebSocketException
        or ObjectDisposedException or OperationCanceledException;

    private static partial class Log
    {
        [LoggerMessage(1100, LogLevel.Debug, "Connection from {Remote} broke the rules: {Reason}")]
        public static partial void Violation(ILogger logger, PeerAddress remote, string reason);

        [LoggerMessage(1101, LogLevel.Error, "Connection from {Remote} failed")]
        public static partial void Failed(ILogger logger, Exception e, PeerAddress remote);
    }
}
