namespace Hawser.Relay;

/// <summary>Two legs with one ticket, and what is known of their traffic.</summary>
/// <remarks>
/// The byte counters are plain fields that only their carrier (a loop or a pump) writes; everything of the samples is
/// written by the heartbeat alone.
/// </remarks>
internal abstract class RelayPair
{
    protected RelayPair(RelayLeg first, RelayLeg second)
    {
        First = first;
        Second = second;
    }

    /// <summary>The leg that waited.</summary>
    public RelayLeg First { get; protected set; }

    /// <summary>The leg that came second; usage is listed under its address, as operators know it.</summary>
    public RelayLeg Second { get; protected set; }

    /// <summary>Bytes from the first leg to the second.</summary>
    public long ForwardBytes;

    /// <summary>Bytes from the second leg to the first.</summary>
    public long BackwardBytes;

    /// <summary>One leg has ended its stream; the other may finish, but not forever.</summary>
    public volatile bool HalfClosed;

    /// <summary>The pair's own limit; null when it has none.</summary>
    public volatile BandwidthMeter? Meter;

    /// <summary>When the legs met.</summary>
    public long Started { get; set; }

    /// <summary>The figures of the last sample.</summary>
    public RelayUsage Usage { get; } = new();

    /// <summary>All bytes so far.</summary>
    public long TotalBytes => Volatile.Read(ref ForwardBytes) + Volatile.Read(ref BackwardBytes);

    /// <summary>Asks the carrier to end the pair. Any thread; the first reason counts.</summary>
    public abstract void RequestEnd(RelayEnd end);
}

/// <summary>The figures of one pair, renewed by each heartbeat.</summary>
internal sealed class RelayUsage
{
    private long _counted;
    private long _seen;

    /// <summary>When the last sample was taken; 0 before the first.</summary>
    public long SampledAt { get; private set; }

    /// <summary>Bytes at the last sample.</summary>
    public long SampledBytes { get; private set; }

    /// <summary>When the last byte was seen to pass.</summary>
    public long ActiveAt { get; private set; }

    /// <summary>kbit/s of the last window.</summary>
    public double Current { get; private set; }

    /// <summary>kbit/s of the best window.</summary>
    public double Highest { get; private set; }

    /// <summary>Until when it stays at the low rate; 0 when it is not downgraded.</summary>
    public long DowngradedUntil { get; set; }

    /// <summary>Takes a sample.</summary>
    public void Sample(RelayPair pair, long now, TimeProvider time)
    {
        var from = SampledAt == 0 ? pair.Started : SampledAt;
        var milliseconds = time.GetElapsedTime(from, now).TotalMilliseconds;
        var total = pair.TotalBytes;
        if (total != _seen || ActiveAt == 0) ActiveAt = now;
        _seen = total;
        if (milliseconds < 1) return;
        Current = (total - SampledBytes) * 8 / milliseconds;
        Highest = Math.Max(Highest, Current);
        SampledBytes = total;
        SampledAt = now;
    }

    /// <summary>Bytes since this was last asked; each byte is given out once, whoever asks.</summary>
    public long TakeUncounted(RelayPair pair)
    {
        var total = pair.TotalBytes;
        return total - Interlocked.Exchange(ref _counted, total);
    }
}
