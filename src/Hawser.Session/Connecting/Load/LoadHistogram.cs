using System.Numerics;

namespace Hawser.Session.Connecting.Load;

/// <summary>Counts durations in buckets of about 3 % width; safe to add to from many threads.</summary>
internal sealed class LoadHistogram
{
    private const int Fine = 5;
    private readonly long[] _buckets = new long[64 << Fine];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(TimeSpan duration)
    {
        var value = (ulong)Math.Max(0, (long)duration.TotalMicroseconds) + (1 << Fine);
        var high = BitOperations.Log2(value);
        var index = (high << Fine) | (int)((value >> (high - Fine)) & ((1 << Fine) - 1));
        Interlocked.Increment(ref _buckets[index]);
        Interlocked.Increment(ref _count);
    }

    /// <summary>The duration that this share of all is not above, in milliseconds.</summary>
    public double Quantile(double share)
    {
        var wanted = share * Count;
        var seen = 0L;
        for (var i = 0; i < _buckets.Length; i++)
        {
            seen += Volatile.Read(ref _buckets[i]);
            if (seen >= wanted && seen > 0) return Math.Round(UpperEnd(i) / 1000.0, 3);
        }

        return 0;
    }

    private static double UpperEnd(int index)
    {
        var high = index >> Fine;
        var low = (index & ((1 << Fine) - 1)) + 1;
        return Math.ScaleB((1 << Fine) + low, high - Fine) - (1 << Fine);
    }
}
