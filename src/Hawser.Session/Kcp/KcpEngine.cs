namespace Hawser.Session.Kcp;

/// <summary>Takes a datagram, envelope included; the bytes are valid during the call only.</summary>
internal delegate void KcpOutput(ReadOnlySpan<byte> datagram);

/// <summary>
/// One end of a KCP conversation as a byte stream: numbers, windows, acknowledgements, repeats. It knows neither
/// sockets nor clocks; whoever owns it calls it from one thread at a time and says what time it is.
/// </summary>
/// <remarks>
/// The parameters are the field's (§3.3): stream mode, no delay, 10 ms, repeat after two overtakings, no congestion
/// window, 1024 segments each way, 1200 bytes a datagram. This file sends; the other part takes in.
/// </remarks>
/// <param name="conversation">The conversation's number.</param>
/// <param name="output">Where datagrams go.</param>
internal sealed partial class KcpEngine(uint conversation, KcpOutput output)
{
    /// <summary>Segments on their way, and segments that may arrive before their turn.</summary>
    public const int Window = 1024;

    /// <summary>Segments that may wait unsent or unacknowledged before a writer has to wait.</summary>
    public const int WaitingLimit = 2 * Window;

    /// <summary>Bytes of segments in one datagram.</summary>
    public const int DatagramSize = 1200;

    /// <summary>The longest segment that is sent: 1176 bytes.</summary>
    public const int SegmentSize = DatagramSize - KcpHeader.Size;

    /// <summary>The longest segment that fits into the 1500 bytes that are received.</summary>
    public const int LongestSegment = 1500 - KcpEnvelope.Length - KcpHeader.Size;

    private const uint Interval = 10;
    private const uint LeastPatience = 30;
    private const uint MostPatience = 60_000;
    private const int OvertakingsToRepeat = 2;
    private const int QuickRepeats = 5;
    private const int AssumedWindow = 128;
    private const uint FirstAsk = 7_000;
    private const uint LongestAsk = 120_000;
    private const int PoolLimit = 256;

    private readonly KcpSegment?[] _flying = new KcpSegment?[Window];
    private readonly Queue<KcpSegment> _queued = new();
    private readonly List<(uint Number, uint Stamp)> _toAcknowledge = [];
    private readonly Stack<KcpSegment> _pool = new();
    private readonly byte[] _datagram = new byte[KcpEnvelope.Length + DatagramSize];
    private KcpSegment? _last;
    private int _filled;
    private uint _firstFlying;
    private uint _nextToSend;
    private int _flyingCount;
    private int _theirWindow = AssumedWindow;
    private int _smoothed;
    private int _variation;
    private uint _patience = 200;
    private uint _askAt;
    private uint _askAfter;

    /// <summary>Segments that are not sent or not acknowledged.</summary>
    public int Waiting => _queued.Count + _flyingCount;

    /// <summary>Whether a writer has to wait.</summary>
    public bool IsFull => Waiting >= _limit;

    /// <summary>Whether nothing is to be done until something is written or arrives.</summary>
    public bool IsIdle => Waiting == 0 && _toAcknowledge.Count == 0 && !_tellWindow;

    /// <summary>Segments that were sent more than once.</summary>
    public long Repeats { get; private set; }

    /// <summary>The measured round trip in milliseconds; 0 before the first.</summary>
    public int RoundTrip => _smoothed;

    /// <summary>Takes bytes for sending, as many as there is room for.</summary>
    /// <returns>How many were taken.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        // A stream has no messages: the last segment that has not left yet is filled first.
        if (_last is { } last) taken = Fill(last, bytes);
        while (taken < bytes.Length && Waiting < _limit)
        {
            var segment = Rent();
            taken += Fill(segment, bytes[taken..]);
            _queued.Enqueue(segment);
            _last = segment;
        }

        _wasFull |= taken < bytes.Length;
        return taken;
    }

    /// <summary>Sends what may go at once: acknowledgements, and what the window has room for.</summary>
    /// <param name="now">The time in milliseconds.</param>
    public void Flush(uint now)
    {
        foreach (var (number, stamp) in _toAcknowledge)
        {
            Put(Header(KcpCommand.Acknowledge, stamp, number), []);
        }

        _toAcknowledge.Clear();
        if (_tellWindow) Put(Header(KcpCommand.TellWindow, now, 0), []);
        _tellWindow = false;
        var window = Math.Min(Window, _theirWindow);
        while (_queued.Count > 0 && (int)(_nextToSend - _firstFlying) < window)
        {
            var segment = _queued.Dequeue();
            if (segment == _last) _last = null;
            segment.Number = _nextToSend++;
            segment.Patience = _patience;
            _flying[segment.Number % Window] = segment;
            _flyingCount++;
            Send(segment, now);
        }

        Emit();
    }

    /// <summary>Looks at what has waited too long; called every 10 ms while <see cref="IsIdle"/> is false.</summary>
    /// <param name="now">The time in milliseconds.</param>
    public void Update(uint now)
    {
        AskForWindow(now);
        MeasureRate(now);
        for (var number = _firstFlying; number != _nextToSend; number++)
        {
            if (_flying[number % Window] is not { } segment) continue;
            if (IsDue(segment.ResendAt, now))
            {
                segment.Patience = Math.Min(segment.Patience + (segment.Patience / 2), MostPatience);
            }
            else if (segment.Overtaken < OvertakingsToRepeat || segment.Sends > QuickRepeats)
            {
                continue;
            }

            Repeats++;
            Send(segment, now);
        }

        Flush(now);
    }

    private static bool IsDue(uint at, uint now) => (int)(now - at) >= 0;

    private static int Fill(KcpSegment segment, ReadOnlySpan<byte> bytes)
    {
        var count = Math.Min(SegmentSize - segment.Length, bytes.Length);
        bytes[..count].CopyTo(segment.Bytes.AsSpan(segment.Length));
        segment.Length += count;
        return count;
    }

    // A window of nothing is asked about: the word that it is open again may have been lost.
    private void AskForWindow(uint now)
    {
        if (_theirWindow > 0)
        {
            _askAfter = 0;
            return;
        }

        if (_askAfter == 0)
        {
            _askAfter = FirstAsk;
        }
        else if (IsDue(_askAt, now))
        {
            _askAfter = Math.Min(_askAfter + (_askAfter / 2), LongestAsk);
            Put(Header(KcpCommand.AskWindow, now, 0), []);
        }
        else
        {
            return;
        }

        _askAt = now + _askAfter;
    }

    private void Send(KcpSegment segment, uint now)
    {
        segment.Sends++;
        segment.Overtaken = 0;
        segment.ResendAt = now + segment.Patience;
        var header = Header(KcpCommand.Push, now, segment.Number) with { Length = segment.Length };
        Put(header, segment.Bytes.AsSpan(0, segment.Length));
    }

    private KcpHeader Header(KcpCommand command, uint stamp, uint number) =>
        new(conversation, command, OwnWindow, stamp, number, _nextToTake, 0);

    private void Put(in KcpHeader header, ReadOnlySpan<byte> bytes)
    {
        if (_filled + KcpHeader.Size + bytes.Length > DatagramSize) Emit();
        var place = _datagram.AsSpan(KcpEnvelope.Length + _filled);
        header.Write(place);
        bytes.CopyTo(place[KcpHeader.Size..]);
        _filled += KcpHeader.Size + bytes.Length;
    }

    private void Emit()
    {
        if (_filled == 0) return;
        new KcpEnvelope(conversation, KcpFlags.Ack | KcpFlags.Data).Write(_datagram);
        output(_datagram.AsSpan(0, KcpEnvelope.Length + _filled));
        _filled = 0;
    }

    private KcpSegment Rent() => _pool.TryPop(out var segment) ? segment : new KcpSegment();

    private void Return(KcpSegment segment)
    {
        if (_pool.Count >= PoolLimit) return;
        segment.Length = segment.Taken = segment.Overtaken = segment.Sends = 0;
        _pool.Push(segment);
    }
}
