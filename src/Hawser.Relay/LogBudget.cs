namespace Hawser.Relay;

/// <summary>How many lines a stranger can cause: some a second; the counters carry the rest.</summary>
internal sealed class LogBudget(TimeProvider time, int perSecond)
{
    private long _window = long.MinValue;
    private int _used;

    /// <summary>Whether one more line may be written now.</summary>
    public bool TryTake()
    {
        var second = time.GetTimestamp() / time.TimestampFrequency;
        if (Interlocked.Exchange(ref _window, second) != second) Volatile.Write(ref _used, 0);
        return Interlocked.Increment(ref _used) <= perSecond;
    }
}
