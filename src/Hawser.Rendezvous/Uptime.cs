namespace Hawser.Rendezvous;

/// <summary>Monotonic milliseconds, so that deadlines survive a change of the wall clock and never wrap
/// (C16).</summary>
internal static class Uptime
{
    /// <summary>Milliseconds since some fixed moment.</summary>
    /// <param name="time">The clock.</param>
    /// <returns>A number that only grows.</returns>
    public static long Milliseconds(TimeProvider time)
    {
        var frequency = time.TimestampFrequency;
        var stamp = time.GetTimestamp();
        return (stamp / frequency * 1000) + (stamp % frequency * 1000 / frequency);
    }
}
