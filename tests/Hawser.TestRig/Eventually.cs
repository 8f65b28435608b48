namespace Hawser.TestRig;

/// <summary>Waits for something that another thread or process will bring about.</summary>
public static class Eventually
{
    /// <summary>Polls a condition until it holds.</summary>
    /// <param name="condition">What must become true.</param>
    /// <param name="what">Named in the failure.</param>
    /// <param name="seconds">The deadline.</param>
    /// <returns>When it holds.</returns>
    public static async Task HoldsAsync(Func<bool> condition, string what, int seconds = 30)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start).TotalSeconds > seconds) throw new TimeoutException($"never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>Polls a value until it is what it should be; the failure says what it was at last.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="read">Reads it.</param>
    /// <param name="wanted">What it must become.</param>
    /// <param name="what">Named in the failure.</param>
    /// <param name="seconds">The deadline.</param>
    /// <returns>When it is.</returns>
    public static async Task IsAsync<T>(Func<T> read, T wanted, string what, int seconds = 30)
    {
        var last = read();
        try
        {
            await HoldsAsync(() => EqualityComparer<T>.Default.Equals(last = read(), wanted), what, seconds);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"never: {what} is {wanted}; it is {last}", e);
        }
    }
}
