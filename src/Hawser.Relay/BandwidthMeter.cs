namespace Hawser.Relay;

/// <summary>
/// A token bucket kept as one number: the time at which everything charged so far has been paid for. Whoever charges is
/// told from when on it may read again, so that many chargers queue fairly: each holds one reservation at a time.
/// </summary>
internal sealed class BandwidthMeter
{
    /// <summary>Wire fact: rates are given in Mb/s of 1024 x 1024 bit.</summary>
    private const double BytesPerMegabit = 1024 * 1024 / 8.0;

    private const int LargestQuantum = 64 * 1024;
    private readonly TimeProvider _time;
    private readonly long _burst;
    private double _ticksPerByte;
    private long _paidUntil;
    private long _shortUntil = long.MinValue;

    /// <summary>A full bucket with a capacity of 0.1 s of the rate.</summary>
    public BandwidthMeter(double megabitsPerSecond, TimeProvider time)
    {
        _time = time;
        _burst = time.TimestampFrequency / 10;
        _paidUntil = time.GetTimestamp() - _burst;
        SetRate(megabitsPerSecond);
    }

    /// <summary>The rate, as it was set.</summary>
    public double MegabitsPerSecond { get; private set; }

    /// <summary>What to read at most before charging: 10 ms of the rate, within bounds.</summary>
    public int Quantum { get; private set; }

    /// <summary>Changes the rate; what was charged before stays charged.</summary>
    public void SetRate(double megabitsPerSecond)
    {
        if (megabitsPerSecond == MegabitsPerSecond) return;
        MegabitsPerSecond = megabitsPerSecond;
        var bytesPerSecond = megabitsPerSecond * BytesPerMegabit;
        Volatile.Write(ref _ticksPerByte, _time.TimestampFrequency / bytesPerSecond);
        Quantum = (int)Math.Clamp(bytesPerSecond / 100, 1024, LargestQuantum);
    }

    /// <summary>Charges bytes that were read.</summary>
    /// <returns>
    /// The timestamp from which the charger may read again: at once when it is not after <paramref name="now"/>.
    /// </returns>
    public long Charge(long bytes, long now)
    {
        var cost = (long)(bytes * Volatile.Read(ref _ticksPerByte));
        while (true)
        {
            var seen = Volatile.Read(ref _paidUntil);
            var next = Math.Max(seen, now - _burst) + cost;
            if (Interlocked.CompareExchange(ref _paidUntil, next, seen) != seen) continue;
            if (next > now) Volatile.Write(ref _shortUntil, next + _burst);
            return next;
        }
    }

    /// <summary>Whether someone has to wait, or had to a moment ago.</summary>
    public bool IsShort(long now) => Volatile.Read(ref _shortUntil) >= now;
}
