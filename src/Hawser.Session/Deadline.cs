namespace Hawser.Session;

/// <summary>A token that is cancelled by its owner or by a clock, and knows which of the two it was.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _clock;
    private readonly CancellationTokenSource _both;
    private readonly CancellationToken _owner;

    public Deadline(TimeSpan limit, TimeProvider time, CancellationToken owner)
    {
        _owner = owner;
        _clock = new CancellationTokenSource(limit, time);
        _both = CancellationTokenSource.CreateLinkedTokenSource(_clock.Token, owner);
    }

    public CancellationToken Token => _both.Token;

    /// <summary>True when the clock ran out while the owner still wanted to wait.</summary>
    public bool Expired => _clock.IsCancellationRequested && !_owner.IsCancellationRequested;

    public void Dispose()
    {
        _both.Dispose();
        _clock.Dispose();
    }
}
