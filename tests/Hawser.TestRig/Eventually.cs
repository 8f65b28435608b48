namespace Hawser.TestRig;

/// <summary>Waits for something that another thread or process will bring about.</summary>
public static class Eventually
{
    /// <summary>Polls a condition until it holds.</summary>
    /// <param name="condition">What must become true.</param>
    /// <param name="what">Named in the failure.</param>
    /// <param name="seconds">The deadline.</param>
    /// <returns>When it holds.</returns>
    public static async Task HoldsAsync(Func<bool> condition, string what, int seconds = 10)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start).TotalSeconds > seconds) throw new TimeoutException($"never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
