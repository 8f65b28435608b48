using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>A leg that a <see cref="RelayPump"/> can drive.</summary>
internal abstract class PumpLeg(PeerAddress remote, RelayContext context) : RelayLeg(remote), IAsyncDisposable
{
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _closed;

    /// <summary>Done when this leg's pair has ended, or the leg was dismissed while it waited.</summary>
    public Task Finished => _finished.Task;

    /// <summary>The first frame's payload; null when the other end left before it was complete.</summary>
    /// <exception cref="Protocol.ProtocolViolation">It is too long, or of a kind that can't be a join.</exception>
    public abstract ValueTask<byte[]?> ReadJoinAsync(CancellationToken cancellationToken);

    /// <summary>Says that nothing more will be written.</summary>
    public abstract ValueTask EndWritingAsync(CancellationToken cancellationToken);

    /// <summary>Ends the connection now; what is pending on it fails.</summary>
    public abstract void Abort();

    public override ValueTask<PumpLeg> ReleaseAsync() => ValueTask.FromResult(this);

    public override RelayPair PairWith(RelayLeg waiting) => new PumpPair(waiting, this);

    public override void Dismiss()
    {
        Abort();
        Finish();
    }

    /// <summary>Lets the one who waits for this leg go on.</summary>
    public void Finish() => _finished.TrySetResult();

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Abort();
            context.Admission.Leave(this);
        }

        return ValueTask.CompletedTask;
    }
}
