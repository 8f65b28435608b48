using System.Net.Sockets;
using System.Threading.Channels;

namespace Hawser.Session.Kcp;

/// <summary>A byte stream over KCP on a punched path (§3.3). One reader, one writer at a time.</summary>
/// <remarks>
/// KCP does not tell that the other end has vanished: after 60 s of silence the stream is broken. Disposing it lets
/// what was written arrive first, for a short while.
/// </remarks>
internal sealed class KcpStream : Stream
{
    private const int LongestDatagram = 1500;
    private const int SocketBuffer = 2 * 1024 * 1024;

    /// <summary>Datagrams after which acknowledgements leave even though more is waiting.</summary>
    private const int AcknowledgeAfter = 32;

    private readonly Socket _socket;
    private readonly uint _conversation;
    private readonly TimeProvider _time;
    private readonly KcpTimings _timings;
    private readonly KcpEngine _engine;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<bool> _mayRead = Pulse();
    private readonly Channel<bool> _mayWrite = Pulse();
    private readonly Channel<bool> _work = Pulse();
    private readonly long _start;
    private readonly Task _receiving;
    private readonly Task _ticking;
    private long _lastArrival;
    private bool _isConfirmed;
    private bool _hasEnded;
    private string? _fault;
    private int _closed;

    /// <summary>Takes over a path whose ends have agreed on a conversation.</summary>
    /// <param name="socket">Connected to the other end; owned from now on.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="isDialled">Whether this is the controller's end, whose last word may have been lost.</param>
    /// <param name="first">Segments that came with the other end's last word.</param>
    /// <param name="time">The clock.</param>
    /// <param name="timings">How long things take.</param>
    public KcpStream(
        Socket socket, uint conversation, bool isDialled, byte[] first, TimeProvider time, KcpTimings timings)
    {
        (_socket, _conversation, _time, _timings) = (socket, conversation, time, timings);
        _isConfirmed = !isDialled;
        _start = _lastArrival = time.GetTimestamp();
        // A whole window may arrive at once; what does not fit is lost and has to come again.
        socket.ReceiveBufferSize = socket.SendBufferSize = SocketBuffer;
        _engine = new KcpEngine(conversation, Send);
        _engine.Take(first, 0);
        if (isDialled) SendControl(KcpFlags.Ack | KcpFlags.Data);
        _receiving = ReceiveLoopAsync();
        _ticking = TickLoopAsync();
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The conversation's number.</summary>
    internal uint Conversation => _conversation;

    /// <summary>Segments that had to be sent again.</summary>
    internal long Repeats
    {
        get
        {
            lock (_gate) return _engine.Repeats;
        }
    }

    /// <summary>Lets little be under way, so that what is urgent comes soon.</summary>
    internal void KeepShort()
    {
        lock (_gate) _engine.KeepShort();
    }

    private uint Now => (uint)(long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        while (true)
        {
            lock (_gate)
            {
                var count = _engine.Read(buffer.Span);
                if (count > 0)
                {
                    // Tells a writer that had to stop that there is room again.
                    _engine.Flush(Now);
                    return count;
                }

                if (_hasEnded || _closed != 0) return 0;
                if (_fault is { } fault) throw new IOException(fault);
            }

            await _mayRead.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closed != 0, this);
                if (_fault is { } fault) throw new IOException(fault);
                buffer = buffer[_engine.Write(buffer.Span)..];
                _engine.Flush(Now);
            }

            _work.Writer.TryWrite(true);
            if (buffer.IsEmpty) return;
            await _mayWrite.Reader.ReadAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        // Whatever may go has gone.
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        Wake();
        var start = _time.GetTimestamp();
        while (MustLinger() && _time.GetElapsedTime(start) < _timings.Linger)
        {
            await Task.Delay(_timings.Update, _time);
        }

        SendControl(KcpFlags.Fin);
        await Task.Delay(_timings.Leave, _time);
        // Only the own direction has ended by that. Who goes on sending would wait for a reader until it gives us up.
        if (IsSpokenTo()) SendControl(KcpFlags.Reset);
        await _stop.CancelAsync();
        await Task.WhenAll(_receiving, _ticking);
        _socket.Dispose();
        _stop.Dispose();
        await base.DisposeAsync();
    }

    private static Channel<bool> Pulse() => System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private bool MustLinger()
    {
        lock (_gate) return _engine.Waiting > 0 && _fault is null;
    }

    private bool IsSpokenTo()
    {
        lock (_gate) return _engine.IsReadable && !_hasEnded && _fault is null;
    }

    private void Wake()
    {
        _mayRead.Writer.TryWrite(true);
        _mayWrite.Writer.TryWrite(true);
    }

    private async Task ReceiveLoopAsync()
    {
        var buffer = new byte[LongestDatagram];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var count = await _socket.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                Arrived(buffer.AsSpan(0, count));
            }
            catch (SocketException)
            {
                // ICMP about an earlier datagram, which anybody can forge; silence is what ends a stream.
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Arrived(ReadOnlySpan<byte> datagram)
    {
        if (!KcpEnvelope.TryRead(datagram, out var envelope)) return;
        if (envelope.Conversation != _conversation)
        {
            // Somebody still holds a conversation that is over here.
            if (envelope.Flags == KcpFlags.Ping) SendControl(KcpFlags.Reset, envelope.Conversation);
            return;
        }

        Volatile.Write(ref _lastArrival, _time.GetTimestamp());
        switch (envelope.Flags)
        {
            case KcpFlags.Ping:
                SendControl(KcpFlags.Ping | KcpFlags.Pong);
                break;
            case KcpFlags.Reset:
                Break("the other end has closed the conversation");
                break;
            case KcpFlags.Fin:
                lock (_gate) _hasEnded = true;
                Wake();
                break;
            case KcpFlags.Ack | KcpFlags.Data:
                TakeIn(datagram[KcpEnvelope.Length..]);
                break;
        }
    }

    private void TakeIn(ReadOnlySpan<byte> segments)
    {
        bool readable, writable, idle;
        lock (_gate)
        {
            _isConfirmed = true;
            _engine.Take(segments, Now);
            // One datagram of acknowledgements for all that is waiting in the socket.
            if (_engine.Unacknowledged >= AcknowledgeAfter || _socket.Available == 0) _engine.Flush(Now);
            readable = _engine.IsReadable;
            writable = !_engine.IsFull;
            idle = _engine.IsIdle;
        }

        if (readable) _mayRead.Writer.TryWrite(true);
        if (writable) _mayWrite.Writer.TryWrite(true);
        if (!idle) _work.Writer.TryWrite(true);
    }

    private async Task TickLoopAsync()
    {
        var pinged = _start;
        var confirmed = _start;
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                var pause = Tick(ref pinged, ref confirmed);
                if (pause <= _timings.Update) await Task.Delay(pause, _time, _stop.Token);
                else await RestAsync(pause);
            }
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    // Nothing to repeat: sleep until something is written or arrives, or a ping is due.
    private async Task RestAsync(TimeSpan pause)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(
            _work.Reader.WaitToReadAsync(awake.Token).AsTask(), Task.Delay(pause, _time, awake.Token));
        await awake.CancelAsync();
        _work.Reader.TryRead(out _);
    }

    private TimeSpan Tick(ref long pinged, ref long confirmed)
    {
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(Volatile.Read(ref _lastArrival), now) >= _timings.Dead) Break("the other end is gone");
        if (_time.GetElapsedTime(pinged, now) >= _timings.Ping)
        {
            pinged = now;
            SendControl(KcpFlags.Ping);
        }

        bool isIdle, isConfirmed;
        lock (_gate)
        {
            _engine.Update(Now);
            (isIdle, isConfirmed) = (_engine.IsIdle, _isConfirmed);
        }

        if (!isConfirmed && _time.GetElapsedTime(confirmed, now) >= _timings.Repeat)
        {
            confirmed = now;
            SendControl(KcpFlags.Ack | KcpFlags.Data);
        }

        if (!isIdle) return _timings.Update;
        return isConfirmed ? _timings.Ping - _time.GetElapsedTime(pinged, now) : _timings.Repeat;
    }

    private void Break(string fault)
    {
        lock (_gate) _fault ??= fault;
        Wake();
    }

    private void SendControl(KcpFlags flags) => SendControl(flags, _conversation);

    private void SendControl(KcpFlags flags, uint conversation)
    {
        Span<byte> datagram = stackalloc byte[KcpEnvelope.Length];
        new KcpEnvelope(conversation, flags).Write(datagram);
        Send(datagram);
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.Send(datagram, SocketFlags.None);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // As good as lost on the way.
        }
    }
}
