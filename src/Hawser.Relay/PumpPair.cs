namespace Hawser.Relay;

/// <summary>A pair that a <see cref="RelayPump"/> carries.</summary>
internal sealed class PumpPair(RelayLeg first, RelayLeg second) : RelayPair(first, second)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _end;

    /// <summary>Done as soon as the pair shall end.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why it shall end; None while it may go on.</summary>
    public RelayEnd End => (RelayEnd)Volatile.Read(ref _end);

    /// <summary>The legs as the pump drives them; set by the pump.</summary>
    public void Take(PumpLeg first, PumpLeg second)
    {
        First = first;
        Second = second;
        // The request may have come before the legs were known.
        if (End != RelayEnd.None) AbortBoth();
    }

    public override void RequestEnd(RelayEnd end)
    {
        if (Interlocked.CompareExchange(ref _end, (int)end, (int)RelayEnd.None) != (int)RelayEnd.None) return;
        _ended.TrySetResult();
        AbortBoth();
    }

    private void AbortBoth()
    {
        (First as PumpLeg)?.Abort();
        (Second as PumpLeg)?.Abort();
    }
}
