namespace Hawser.Api;

/// <summary>
/// Background work of the role waits here until the database is open, the settings are read and the first rows exist.
/// </summary>
internal sealed class ApiGate
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits until the role is open.</summary>
    public Task OpenedAsync(CancellationToken cancellationToken) => _opened.Task.WaitAsync(cancellationToken);

    /// <summary>Lets everybody through.</summary>
    public void Open() => _opened.TrySetResult();
}
