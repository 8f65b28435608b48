namespace Hawser.Rendezvous.Registering;

/// <summary>Time that never jumps, in 64 bits. Starts high, so that 0 is always "long ago".</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private const long Origin = 1_000_000_000;

    private readonly long _start = time.GetTimestamp();

    /// <summary>The wall clock that belongs to it.</summary>
    public TimeProvider Provider => time;

    /// <summary>Milliseconds since some moment in the past.</summary>
    public long Milliseconds => Origin + (time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMillisecond);

    /// <summary>Microseconds since some moment in the past.</summary>
    public long Microseconds => (Origin * 1000) + (time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>A time in tenths of a second, for records: 32 bits of them last 13 years, and only differences are
    /// used.</summary>
    /// <param name="milliseconds">A time of this clock.</param>
    /// <returns>The tenths.</returns>
    public static uint Tenths(long milliseconds) => unchecked((uint)(milliseconds / 100));
}
