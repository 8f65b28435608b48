using System.Runtime.InteropServices;

namespace Hawser.Relay.Linux;

/// <summary>
/// One thread with its own edge-triggered epoll: reads first frames, holds waiting legs, and carries pairs whose two
/// legs both live here. A leg holds no buffer while nothing is pending on it; reads go into one buffer of the loop.
/// </summary>
/// <remarks>This file: the thread and its inbox. Joining and carrying are in the other parts.</remarks>
internal sealed partial class RelayLoop : IAsyncDisposable
{
    private const int BufferSize = 256 * 1024;
    private const ulong WakeData = ulong.MaxValue;
    private readonly RelayContext _context;
    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly PipePool _pipes;
    private readonly Queue<NativeLeg> _ready = new();
    private readonly PriorityQueue<NativeLeg, long> _paused = new();
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly unsafe byte* _buffer = (byte*)NativeMemory.AlignedAlloc(BufferSize, 4096);
    private List<LoopRequest> _inbox = [];
    private List<LoopRequest> _taken = [];
    private NativeLeg?[] _legs = new NativeLeg?[64];
    private uint _generation;
    private int _count;
    private bool _closed;
    private bool _stopping;

    public RelayLoop(RelayContext context, int number)
    {
        _context = context;
        _pipes = new PipePool(context.SmallestPipe);
        if (!_epoll.TryAdd(_wakeup.Descriptor, Native.EpollIn, WakeData))
        {
            throw new InvalidOperationException($"epoll_ctl failed with error {Native.LastError}.");
        }

        var thread = new Thread(Run, 512 * 1024) { IsBackground = true, Name = $"relay loop {number}" };
        thread.Start();
    }

    /// <summary>Pipes of this loop, for tests.</summary>
    internal int Pipes => _pipes.Open;

    /// <summary>Legs on this loop, for spreading new ones.</summary>
    public int Legs => Volatile.Read(ref _count);

    /// <summary>Closes everything and waits for the thread to end.</summary>
    public async ValueTask DisposeAsync()
    {
        Post(new LoopRequest(LoopRequestKind.Stop));
        await _ended.Task;
    }

    /// <summary>Puts a request into the inbox. Any thread.</summary>
    /// <returns>False when the loop has ended; then the caller keeps what it wanted to hand over.</returns>
    public bool Post(in LoopRequest request)
    {
        lock (_gate)
        {
            if (_closed) return false;
            _inbox.Add(request);
        }

        _wakeup.Raise();
        return true;
    }

    /// <summary>Gives a waiting leg that the caller has claimed to a pump.</summary>
    /// <exception cref="ObjectDisposedException">The loop has ended, and the leg with it.</exception>
    public async ValueTask<PumpLeg> ReleaseAsync(NativeLeg leg)
    {
        var released = new TaskCompletionSource<PumpLeg>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isOpen = Post(new LoopRequest(LoopRequestKind.Release, leg, Released: released));
        ObjectDisposedException.ThrowIf(!isOpen, this);
        return await released.Task;
    }

    private void Run()
    {
        try
        {
            while (!_stopping) Turn();
        }
        catch (Exception e)
        {
            // The loop itself is broken (its epoll or its memory): its pairs can't be saved, but the process can.
            RelayContext.Log.LoopFault(_context.Logger, e);
        }
        finally
        {
            Close();
            _ended.TrySetResult();
        }
    }

    private void Turn()
    {
        var count = _epoll.Wait(_ready.Count > 0 ? 0 : MillisecondsToNextResume());
        for (var i = 0; i < count; i++)
        {
            var data = _epoll.DataOf(i);
            if (data == WakeData) AnswerInbox();
            else if (Find(data) is { } leg) Guard(leg, _epoll.EventsAt(i));
        }

        if (_paused.Count > 0) ResumePaused();
        // Those that become ready meanwhile wait for the next turn, behind new events.
        for (var i = _ready.Count; i > 0; i--)
        {
            var leg = _ready.Dequeue();
            leg.IsQueued = false;
            if (leg.Stage == LegStage.Paired) Guard(leg, 0);
        }
    }

    // A fault of ours ends the connection that met it, not the others.
    private void Guard(NativeLeg leg, uint events)
    {
        try
        {
            if (events == 0) Carry(leg);
            else OnEvents(leg, events);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            RelayContext.Log.LegFault(_context.Logger, e, leg.Remote);
            if (leg.Ticket.Length > 0) _context.Lobby.TryLeave(leg);
            if (leg.Pair is { } pair) EndPair(pair, RelayEnd.Faulted);
            else CloseLeg(leg);
        }
    }

    private void OnEvents(NativeLeg leg, uint events)
    {
        const uint End = Native.EpollRdHup | Native.EpollHup | Native.EpollErr;
        if ((events & End) != 0) leg.HasHungUp = true;
        switch (leg.Stage)
        {
            case LegStage.Joining:
                ReadJoin(leg);
                break;
            case LegStage.Waiting:
                if (leg.HasHungUp) LeaveLobby(leg);
                break;
            case LegStage.Paired:
                if ((events & Native.EpollOut) != 0 && leg.Other!.IsBlocked)
                {
                    leg.Other.IsBlocked = false;
                    Enqueue(leg.Other);
                }

                if ((events & (Native.EpollIn | End)) != 0) Enqueue(leg);
                break;
        }
    }

    private void AnswerInbox()
    {
        _wakeup.Lower();
        lock (_gate) (_inbox, _taken) = (_taken, _inbox);
        foreach (var request in _taken) Answer(request);
        _taken.Clear();
        // A burst must not be remembered as capacity for ever.
        if (_taken.Capacity > 4096) _taken = [];
    }

    private void Answer(in LoopRequest request)
    {
        switch (request.Kind)
        {
            case LoopRequestKind.Adopt:
                Adopt(request.Leg!);
                break;
            case LoopRequestKind.Carry:
                BeginPair(request.Pair!);
                break;
            case LoopRequestKind.Drop:
                CloseLeg(request.Leg!);
                break;
            case LoopRequestKind.Release:
                request.Released!.TrySetResult(Detach(request.Leg!));
                break;
            case LoopRequestKind.End:
                if (request.Leg!.Pair == request.Pair) EndPair(request.Pair!, request.Pair!.Requested);
                break;
            case LoopRequestKind.Sweep:
                SweepJoining();
                break;
            case LoopRequestKind.Drain:
                DropUnpaired();
                break;
            case LoopRequestKind.Stop:
                _stopping = true;
                break;
        }
    }

    private void Adopt(NativeLeg leg)
    {
        if (!Register(leg)) CloseLeg(leg);
    }

    private bool Register(NativeLeg leg)
    {
        const uint Events = Native.EpollIn | Native.EpollOut | Native.EpollRdHup | Native.EpollEdge;
        if (leg.Descriptor >= _legs.Length)
        {
            Array.Resize(ref _legs, Math.Max(_legs.Length * 2, leg.Descriptor + 1));
        }

        leg.Loop = this;
        leg.Generation = ++_generation & int.MaxValue;
        _legs[leg.Descriptor] = leg;
        Volatile.Write(ref _count, _count + 1);
        return _epoll.TryAdd(leg.Descriptor, Events, ((ulong)leg.Generation << 32) | (uint)leg.Descriptor);
    }

    private NativeLeg? Find(ulong data)
    {
        var descriptor = (int)(uint)data;
        var leg = descriptor < _legs.Length ? _legs[descriptor] : null;
        return leg is not null && leg.Generation == (uint)(data >> 32) ? leg : null;
    }

    /// <summary>Forgets a leg whose descriptor stays open.</summary>
    private void Forget(NativeLeg leg)
    {
        if (leg.Descriptor >= _legs.Length || _legs[leg.Descriptor] != leg) return;
        _legs[leg.Descriptor] = null;
        Volatile.Write(ref _count, _count - 1);
        _epoll.Remove(leg.Descriptor);
    }

    private unsafe void CloseLeg(NativeLeg leg)
    {
        if (leg.Stage == LegStage.Gone) return;
        leg.Stage = LegStage.Gone;
        Forget(leg);
        if (leg.Tail is { } tail) ReturnTail(leg, tail);
        if (leg.Pipe is { } pipe) _pipes.Return(pipe);
        leg.Pipe = null;
        leg.Other = null;
        leg.Pair = null;
        // Unread bytes would turn the close into a reset, which may cost the other end what was sent last.
        _ = Native.Receive(leg.Descriptor, _buffer, BufferSize, Native.Truncate | Native.DontWait);
        _ = Native.Close(leg.Descriptor);
        _context.Admission.Leave(leg);
    }

    private unsafe void Close()
    {
        lock (_gate) _closed = true;
        foreach (var request in _inbox.Concat(_taken)) Reject(request);
        foreach (var leg in _legs)
        {
            if (leg is null) continue;
            if (leg.Ticket.Length > 0) _context.Lobby.TryLeave(leg);
            if (leg.Pair is not { } pair) CloseLeg(leg);
            else EndPair(pair, pair.Requested == RelayEnd.None ? RelayEnd.Shutdown : pair.Requested);
        }

        _pipes.CloseIdle();
        _epoll.Dispose();
        _wakeup.Dispose();
        NativeMemory.AlignedFree(_buffer);
    }

    private void Reject(in LoopRequest request)
    {
        request.Released?.TrySetException(new ObjectDisposedException("relay loop"));
        if (request.Kind == LoopRequestKind.Adopt) CloseLeg(request.Leg!);
        if (request.Kind == LoopRequestKind.Carry) EndPair(request.Pair!, RelayEnd.Shutdown);
    }
}
