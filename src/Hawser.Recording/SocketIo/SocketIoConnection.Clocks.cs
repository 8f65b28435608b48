using System.Net.WebSockets;

namespace Hawser.Recording.SocketIo;

/// <content>What time does to a connection (recorder.md §2.5, §2.10).</content>
internal sealed partial class SocketIoConnection
{
    private long _lastByte;
    private long _lastMessageByte;
    private long _lastPing;
    private long _lastPong;
    private long _firstUnanswered;
    private long _sendingSince;
    private long _notJoinedSince;
    private long _pausedSince;
    private long _waitingForMemorySince;
    private volatile bool _isInMessage;
    private volatile IncomingPacket? _pending;

    /// <summary>Called by the server's tick, on any thread.</summary>
    public void Tick(long now)
    {
        if (_isClosing)
        {
            if (Passed(_closingSince, now, _options.CloseTimeout)) Abort();
            return;
        }

        var sending = Volatile.Read(ref _sendingSince);
        if (sending != 0 && Passed(sending, now, _options.SendTimeout))
        {
            Close(WebSocketCloseStatus.PolicyViolation, "too slow", SocketIoEnd.SlowReader);
            Abort();
            return;
        }

        var memory = Volatile.Read(ref _waitingForMemorySince);
        if (memory != 0 && Passed(memory, now, _options.StallTimeout))
        {
            Close((WebSocketCloseStatus)1013, "overloaded", SocketIoEnd.Overloaded);
            return;
        }

        PingWhenDue(now);
        if (Volatile.Read(ref _pausedSince) == 0) CloseWhenSilent(now);
    }

    /// <summary>
    /// One interval after each pong; and one after each ping that waits for its pong behind an upload, for a client
    /// that hears none for interval + timeout gives the connection up.
    /// </summary>
    private void PingWhenDue(long now)
    {
        var last = Math.Max(Volatile.Read(ref _lastPong), Volatile.Read(ref _lastPing));
        if (!Passed(last, now, _options.PingInterval)) return;
        Volatile.Write(ref _lastPing, now);
        Interlocked.CompareExchange(ref _firstUnanswered, Math.Max(1, now), 0);
        Send(PacketText.Ping());
    }

    private void CloseWhenSilent(long now)
    {
        var asked = Volatile.Read(ref _firstUnanswered);
        var heard = Volatile.Read(ref _lastByte);
        if (asked != 0 && Passed(Math.Max(asked, heard), now, _options.PingTimeout))
        {
            Close(WebSocketCloseStatus.PolicyViolation, "ping timeout", SocketIoEnd.PingTimeout);
        }
        else if ((_isInMessage || _pending is not null)
            && Passed(Volatile.Read(ref _lastMessageByte), now, _options.StallTimeout))
        {
            Close(WebSocketCloseStatus.PolicyViolation, "stalled", SocketIoEnd.Stalled);
        }
        else if (Volatile.Read(ref _notJoinedSince) is not 0 and var since
            && _server.Parts.OnMessage is null && Passed(since, now, _options.ConnectTimeout))
        {
            Close(WebSocketCloseStatus.PolicyViolation, "no namespace was joined", SocketIoEnd.ConnectTimeout);
        }
    }

    private void Arrived(int count)
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _lastByte, now);
        _server.Parts.Metrics.Received(count);
        if (_stream.IsUnmasked && !_isClosing)
        {
            // .NET's WebSocket would wait for a mask for ever: nobody can throw to it from here.
            Violated("not masked");
            Close(WebSocketCloseStatus.ProtocolError, "not masked", SocketIoEnd.Violation);
        }

        if (!_isInMessage) return;
        Volatile.Write(ref _lastMessageByte, now);
        if (_pending is { Event: { } arriving, Client: { } client })
        {
            client.Namespace.BinaryArrives(client, arriving, count);
        }
    }

    private void Ponged()
    {
        Volatile.Write(ref _firstUnanswered, 0);
        Volatile.Write(ref _lastPong, _time.GetTimestamp());
    }

    /// <summary>This side does not read: the other cannot be blamed for silence.</summary>
    private void Pause() => Volatile.Write(ref _pausedSince, Math.Max(1, _time.GetTimestamp()));

    private void Resume()
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _lastByte, now);
        Volatile.Write(ref _lastMessageByte, now);
        Volatile.Write(ref _pausedSince, 0);
    }

    private bool Passed(long since, long now, TimeSpan time) => _time.GetElapsedTime(since, now) >= time;
}
