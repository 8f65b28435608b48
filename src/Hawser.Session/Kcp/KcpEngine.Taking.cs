namespace Hawser.Session.Kcp;

internal sealed partial class KcpEngine
{
    private readonly KcpSegment?[] _early = new KcpSegment?[Window];
    private readonly Queue<KcpSegment> _readable = new();
    private uint _nextToTake;
    private bool _tellWindow;

    /// <summary>Whether there is something to read.</summary>
    public bool IsReadable => _readable.Count > 0;

    /// <summary>Acknowledgements that wait for the next <see cref="Flush"/>.</summary>
    public int Unacknowledged => _toAcknowledge.Count;

    private ushort OwnWindow => (ushort)Math.Max(0, Window - _readable.Count);

    /// <summary>
    /// Takes in the segments of a datagram. What does not belong here, or does not make sense, is left out.
    /// </summary>
    /// <param name="segments">What stood behind the envelope.</param>
    /// <param name="now">The time in milliseconds.</param>
    public void Take(ReadOnlySpan<byte> segments, uint now)
    {
        uint? latest = null;
        while (KcpHeader.TryRead(segments, out var header) && header.Conversation == conversation)
        {
            var bytes = segments.Slice(KcpHeader.Size, header.Length);
            segments = segments[(KcpHeader.Size + header.Length)..];
            if (header.Command is < KcpCommand.Push or > KcpCommand.TellWindow) return;
            _theirWindow = header.Window;
            AcknowledgeBefore(header.Unacknowledged);
            switch (header.Command)
            {
                case KcpCommand.Push:
                    TakePush(header, bytes);
                    break;
                case KcpCommand.Acknowledge when Acknowledge(header, now):
                    if (latest is not { } number || (int)(header.Number - number) > 0) latest = header.Number;
                    break;
                case KcpCommand.AskWindow:
                    _tellWindow = true;
                    break;
            }
        }

        if (latest is { } last) Overtake(last);
    }

    /// <summary>Reads what has arrived in order.</summary>
    /// <returns>How many bytes; 0 when there is nothing.</returns>
    public int Read(Span<byte> bytes)
    {
        var wasFull = OwnWindow == 0;
        var count = 0;
        while (count < bytes.Length && _readable.TryPeek(out var segment))
        {
            var part = Math.Min(segment.Length - segment.Taken, bytes.Length - count);
            segment.Bytes.AsSpan(segment.Taken, part).CopyTo(bytes[count..]);
            segment.Taken += part;
            count += part;
            if (segment.Taken == segment.Length) Return(_readable.Dequeue());
        }

        MoveOn();
        if (wasFull && OwnWindow > 0) _tellWindow = true;
        return count;
    }

    private void TakePush(in KcpHeader header, ReadOnlySpan<byte> bytes)
    {
        var ahead = (int)(header.Number - _nextToTake);
        if (ahead >= Window || bytes.Length > LongestSegment) return;
        // One that came before is acknowledged again: the first word of it may have been lost.
        _toAcknowledge.Add((header.Number, header.Stamp));
        ref var place = ref _early[header.Number % Window];
        if (ahead < 0 || place is not null) return;
        place = Rent();
        bytes.CopyTo(place.Bytes);
        place.Length = bytes.Length;
        place.Number = header.Number;
        MoveOn();
    }

    // What is next in order becomes readable, as long as the reader keeps up.
    private void MoveOn()
    {
        while (_readable.Count < Window && _early[_nextToTake % Window] is { } next)
        {
            _early[_nextToTake % Window] = null;
            _nextToTake++;
            if (next.Length > 0) _readable.Enqueue(next);
            else Return(next);
        }
    }

    private void AcknowledgeBefore(uint number)
    {
        if ((int)(_nextToSend - number) < 0) return;
        while ((int)(number - _firstFlying) > 0) Land(_firstFlying++);
        SkipLanded();
    }

    private bool Acknowledge(in KcpHeader header, uint now)
    {
        var isOurs = (int)(header.Number - _firstFlying) >= 0 && (int)(_nextToSend - header.Number) > 0;
        if (!isOurs) return false;
        var trip = (int)(now - header.Stamp);
        if (trip is >= 0 and < (int)MostPatience) Measure(trip);
        Land(header.Number);
        SkipLanded();
        return true;
    }

    private void Land(uint number)
    {
        ref var place = ref _flying[number % Window];
        if (place is not { } segment) return;
        place = null;
        _flyingCount--;
        _landed++;
        Return(segment);
    }

    private void SkipLanded()
    {
        while (_firstFlying != _nextToSend && _flying[_firstFlying % Window] is null) _firstFlying++;
    }

    private void Overtake(uint latest)
    {
        for (var number = _firstFlying; (int)(latest - number) > 0; number++)
        {
            if (_flying[number % Window] is { } segment) segment.Overtaken++;
        }
    }

    // Jacobson's estimate: the smoothed round trip and four times its variation.
    private void Measure(int trip)
    {
        _leastTrip = Math.Min(_leastTrip, trip);
        if (_smoothed == 0)
        {
            (_smoothed, _variation) = (Math.Max(1, trip), trip / 2);
        }
        else
        {
            _variation = ((3 * _variation) + Math.Abs(trip - _smoothed)) / 4;
            _smoothed = Math.Max(1, ((7 * _smoothed) + trip) / 8);
        }

        var patience = (uint)_smoothed + Math.Max(Interval, (uint)(4 * _variation));
        _patience = Math.Clamp(patience, LeastPatience, MostPatience);
    }
}
