namespace Hawser.Recording.Library;

/// <summary>
/// Wakes a background task that looks from time to time: once, however often it was rung while the task was at work.
/// </summary>
internal sealed class Bell : IDisposable
{
    private readonly SemaphoreSlim _rung = new(0, 1);

    /// <summary>There may be something to do.</summary>
    public void Ring()
    {
        try
        {
            if (_rung.CurrentCount == 0) _rung.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or stopped.
        }
    }

    /// <summary>Waits until it is rung, or for a while.</summary>
    /// <param name="atMost">How long.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When one of both has come.</returns>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var woken = _rung.WaitAsync(either.Token);
        await Task.WhenAny(woken, Task.Delay(atMost, time, either.Token));
        await either.CancelAsync();
        try
        {
            await woken;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The while is over.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rung.Dispose();
}
