using Hawser.Protocol.Identity;

namespace Hawser.Relay.Linux;

/// <summary>Where a leg of an epoll loop stands.</summary>
internal enum LegStage : byte
{
    /// <summary>Its first frame is not complete.</summary>
    Joining,

    /// <summary>It is in the lobby, or claimed by a partner who is on the way.</summary>
    Waiting,

    /// <summary>It is one of a pair that this loop carries.</summary>
    Paired,

    /// <summary>It is closed, or belongs to someone else.</summary>
    Gone,
}

/// <summary>
/// A leg on an epoll loop: a descriptor, and the state of the direction that reads from it and writes to
/// <see cref="Other"/>. Only its loop's thread touches it, except for what a claimant does through the loop's inbox.
/// </summary>
internal sealed class NativeLeg(int descriptor, PeerAddress remote, RelayLoop loop) : RelayLeg(remote)
{
    public int Descriptor { get; } = descriptor;

    public RelayLoop Loop { get; set; } = loop;

    /// <summary>Tells events of this leg from late ones of an earlier owner of the number.</summary>
    public uint Generation;

    public LegStage Stage;

    /// <summary>The direction waits until <see cref="Other"/> can take more.</summary>
    public bool IsBlocked;

    /// <summary>The direction waits for <see cref="ResumeAt"/>.</summary>
    public bool IsPaused;

    /// <summary>The direction is in the ready queue.</summary>
    public bool IsQueued;

    /// <summary>The end of the stream was read and passed on.</summary>
    public bool IsEnded;

    /// <summary>The other end has closed or failed; there may be bytes before that.</summary>
    public volatile bool HasHungUp;

    /// <summary>Large reads: the bytes are spliced through a pipe instead of copied.</summary>
    public bool IsSplicing;

    /// <summary>A running mean of what a read gets.</summary>
    public int MeanRead;

    /// <summary>Until when the limits forbid to read; 0 when they do not.</summary>
    public long ResumeAt;

    /// <summary>What <see cref="Other"/> has not taken yet, in a rented buffer; null otherwise.</summary>
    public byte[]? Tail;

    public int TailStart;

    public int TailEnd;

    /// <summary>The pipe, while it holds bytes that <see cref="Other"/> has not taken yet.</summary>
    public SplicePipe? Pipe;

    /// <summary>The partner; null until paired.</summary>
    public NativeLeg? Other;

    public NativePair? Pair;

    public override RelayPair PairWith(RelayLeg waiting) =>
        waiting is NativeLeg native ? new NativePair(native, this) : new PumpPair(waiting, this);

    public override ValueTask<PumpLeg> ReleaseAsync() => Loop.ReleaseAsync(this);

    public override bool HasVanished() => HasHungUp;

    public override void Dismiss() => Loop.Post(new LoopRequest(LoopRequestKind.Drop, this));
}

/// <summary>A pair of two legs on one epoll loop.</summary>
internal sealed class NativePair(NativeLeg first, NativeLeg second) : RelayPair(first, second)
{
    private int _requested;

    /// <summary>The loop that carries it: that of the leg that waited.</summary>
    public RelayLoop Loop { get; } = first.Loop;

    public NativeLeg FirstLeg => (NativeLeg)First;

    public NativeLeg SecondLeg => (NativeLeg)Second;

    /// <summary>Who ended it, once one leg has.</summary>
    public RelayEnd Cause { get; set; }

    /// <summary>Its loop has closed it.</summary>
    public bool IsOver { get; set; }

    /// <summary>Why it shall end; None while it may go on.</summary>
    public RelayEnd Requested => (RelayEnd)Volatile.Read(ref _requested);

    public override void RequestEnd(RelayEnd end)
    {
        if (Interlocked.CompareExchange(ref _requested, (int)end, (int)RelayEnd.None) != (int)RelayEnd.None) return;
        Loop.Post(new LoopRequest(LoopRequestKind.End, FirstLeg, this));
    }
}

/// <summary>What another thread can ask of a loop.</summary>
internal enum LoopRequestKind
{
    /// <summary>Take a new connection.</summary>
    Adopt,

    /// <summary>Carry a pair whose first leg is here.</summary>
    Carry,

    /// <summary>Close a leg that was taken out of the lobby.</summary>
    Drop,

    /// <summary>Give a claimed leg's connection away.</summary>
    Release,

    /// <summary>End a pair.</summary>
    End,

    /// <summary>Close joining legs whose time is over.</summary>
    Sweep,

    /// <summary>Close everything and end the thread.</summary>
    Stop,

    /// <summary>Close legs that are not paired: no one is let in any more.</summary>
    Drain,
}

/// <summary>A request in a loop's inbox.</summary>
internal readonly record struct LoopRequest(
    LoopRequestKind Kind,
    NativeLeg? Leg = null,
    NativePair? Pair = null,
    TaskCompletionSource<PumpLeg>? Released = null);
