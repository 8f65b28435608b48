namespace Hawser.Server.Hosting;

/// <summary>
/// Requests of the API that come before its settings and first rows are known wait here: clients that meet a server in
/// its first moment get their answer, only later. As many wait as there may be connections.
/// </summary>
/// <param name="isOpen">Whether nothing has to be waited for.</param>
/// <param name="time">The clock.</param>
internal sealed class ApiEntrance(bool isOpen, TimeProvider time)
{
    /// <summary>Less than the 12 seconds after which stock clients give up (http-api reference §1.3).</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(9);

    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether requests go through.</summary>
    public bool IsOpen { get; private set; } = isOpen;

    /// <summary>Lets everybody through.</summary>
    public void Open()
    {
        IsOpen = true;
        _open.TrySetResult();
    }

    /// <summary>It will not open any more: who waits is sent away.</summary>
    public void Close() => _open.TrySetCanceled();

    /// <summary>Waits until requests go through.</summary>
    /// <param name="aborted">When the caller has gone.</param>
    /// <returns>False when it took too long, or does not happen any more.</returns>
    public async Task<bool> WaitAsync(CancellationToken aborted)
    {
        try
        {
            await _open.Task.WaitAsync(Patience, time, aborted);
            return true;
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
