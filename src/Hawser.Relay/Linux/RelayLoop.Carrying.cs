using System.Buffers;

namespace Hawser.Relay.Linux;

internal sealed unsafe partial class RelayLoop
{
    /// <summary>What one direction may move before the others have their turn.</summary>
    private const int TurnBudget = 512 * 1024;

    /// <summary>
    /// A mean read from which on splicing is cheaper than copying, and the one below which it is not.
    /// </summary>
    private const int SpliceFrom = 32 * 1024;
    private const int CopyBelow = 16 * 1024;

    private const int SpliceSize = 1024 * 1024;
    private const uint SpliceFlags = Native.SpliceMove | Native.SpliceNonBlocking;

    private void BeginPair(NativePair pair)
    {
        var (first, second) = (pair.FirstLeg, pair.SecondLeg);
        first.Pair = second.Pair = pair;
        first.Other = second;
        second.Other = first;
        if (first.Stage == LegStage.Gone || (second.Loop != this && !Register(second)))
        {
            EndPair(pair, RelayEnd.Faulted);
            return;
        }

        first.Stage = second.Stage = LegStage.Paired;
        if (pair.Requested != RelayEnd.None)
        {
            EndPair(pair, pair.Requested);
            return;
        }

        // Their edges may be long past: what arrived before is in the kernel and raises no new one.
        Enqueue(first);
        Enqueue(second);
    }

    private void EndPair(NativePair pair, RelayEnd end)
    {
        if (pair.IsOver) return;
        pair.IsOver = true;
        CloseLeg(pair.FirstLeg);
        CloseLeg(pair.SecondLeg);
        _context.Ended(pair, end);
    }

    private static RelayEnd ClosedBy(NativeLeg leg) =>
        leg.Pair!.First == leg ? RelayEnd.ClosedByFirst : RelayEnd.ClosedBySecond;

    private void Enqueue(NativeLeg leg)
    {
        if (leg.IsQueued || leg.IsBlocked || leg.IsPaused || leg.IsEnded) return;
        leg.IsQueued = true;
        _ready.Enqueue(leg);
    }

    private void Carry(NativeLeg leg)
    {
        if (leg.IsBlocked || leg.IsPaused || leg.IsEnded) return;
        if (leg.Tail is { } tail && !TrySendTail(leg, tail)) return;
        if (leg.Pipe is { } held)
        {
            if (!TryEmptyPipe(leg, held)) return;
            leg.Pipe = null;
            _pipes.Return(held);
        }

        if (leg.ResumeAt != 0 && !MayResume(leg)) return;
        if (leg.IsSplicing && _pipes.TryTake() is { } pipe) Splice(leg, pipe);
        else Copy(leg);
    }

    private void Copy(NativeLeg leg)
    {
        var pair = leg.Pair!;
        var from = leg.Descriptor;
        var to = leg.Other!.Descriptor;
        for (var budget = Budget(); budget > 0;)
        {
            var room = Room(pair, BufferSize);
            var count = (int)Native.Receive(from, _buffer, room, 0);
            if (count <= 0)
            {
                EndOrWait(leg, count);
                return;
            }

            budget -= count;
            Count(leg, pair, count);
            var sent = (int)Native.Send(to, _buffer, count, Native.NoSignal);
            if (sent < count)
            {
                KeepTail(leg, sent, count);
                return;
            }

            if (leg.ResumeAt != 0 && !MayResume(leg)) return;
            if (leg.MeanRead >= SpliceFrom && !leg.IsSplicing)
            {
                leg.IsSplicing = true;
                break;
            }

            // On an edge-triggered stream a short read means drained, unless the end is already known to be behind it.
            if (count < room && !leg.HasHungUp) return;
        }

        Enqueue(leg);
    }

    private void Splice(NativeLeg leg, SplicePipe pipe)
    {
        var pair = leg.Pair!;
        for (var budget = Budget(); budget > 0 && leg.IsSplicing;)
        {
            var room = Room(pair, SpliceSize);
            var count = (int)Native.Splice(leg.Descriptor, null, pipe.WriteEnd, null, room, SpliceFlags);
            if (count <= 0)
            {
                _pipes.Return(pipe);
                EndOrWait(leg, count);
                return;
            }

            budget -= count;
            pipe.Held = count;
            Count(leg, pair, count);
            if (leg.MeanRead < CopyBelow) leg.IsSplicing = false;
            if (!TryEmptyPipe(leg, pipe)) return;
            if (leg.ResumeAt != 0 && !MayResume(leg))
            {
                _pipes.Return(pipe);
                return;
            }
        }

        _pipes.Return(pipe);
        Enqueue(leg);
    }

    /// <summary>
    /// Moves what is in the pipe to the partner. When not all of it can go, the pipe stays with the leg.
    /// </summary>
    private bool TryEmptyPipe(NativeLeg leg, SplicePipe pipe)
    {
        while (pipe.Held > 0)
        {
            var count = (int)Native.Splice(pipe.ReadEnd, null, leg.Other!.Descriptor, null, pipe.Held, SpliceFlags);
            if (count > 0)
            {
                pipe.Held -= count;
                continue;
            }

            if (count < 0 && Native.LastError == Native.Interrupted) continue;
            leg.Pipe = pipe;
            if (count < 0 && Native.WouldWait) leg.IsBlocked = true;
            else FailWriting(leg);
            return false;
        }

        return true;
    }

    private void KeepTail(NativeLeg leg, int sent, int count)
    {
        if (sent < 0)
        {
            if (!Native.WouldWait)
            {
                FailWriting(leg);
                return;
            }

            sent = 0;
        }

        var tail = ArrayPool<byte>.Shared.Rent(count - sent);
        new ReadOnlySpan<byte>(_buffer + sent, count - sent).CopyTo(tail);
        (leg.Tail, leg.TailStart, leg.TailEnd) = (tail, 0, count - sent);
        leg.IsBlocked = true;
    }

    private bool TrySendTail(NativeLeg leg, byte[] tail)
    {
        nint sent;
        fixed (byte* start = tail)
        {
            var length = leg.TailEnd - leg.TailStart;
            sent = Native.Send(leg.Other!.Descriptor, start + leg.TailStart, length, Native.NoSignal);
        }

        if (sent < 0 && !Native.WouldWait)
        {
            FailWriting(leg);
            return false;
        }

        leg.TailStart += (int)Math.Max(0, sent);
        if (leg.TailStart < leg.TailEnd)
        {
            leg.IsBlocked = true;
            return false;
        }

        ReturnTail(leg, tail);
        return true;
    }

    private static void ReturnTail(NativeLeg leg, byte[] tail)
    {
        leg.Tail = null;
        ArrayPool<byte>.Shared.Return(tail);
    }

    private void EndOrWait(NativeLeg leg, int count)
    {
        if (count < 0 && Native.WouldWait)
        {
            // Nothing to read raises an edge when there is; an interrupted call does not.
            if (Native.LastError == Native.Interrupted) Enqueue(leg);
            return;
        }

        var pair = leg.Pair!;
        if (pair.Cause == RelayEnd.None) pair.Cause = ClosedBy(leg);
        leg.IsEnded = true;
        // After an error nothing can be delivered to it either; after a mere end the partner may still finish.
        if (count < 0 || leg.Other!.IsEnded)
        {
            EndPair(pair, pair.Cause);
            return;
        }

        pair.HalfClosed = true;
        _ = Native.Shutdown(leg.Other.Descriptor, Native.ShutdownWrite);
    }

    // The partner takes nothing more. What it sent before it went may still be on its way to this leg: read that first.
    private void FailWriting(NativeLeg leg)
    {
        var pair = leg.Pair!;
        var other = leg.Other!;
        if (pair.Cause == RelayEnd.None) pair.Cause = ClosedBy(other);
        leg.IsEnded = true;
        if (other.IsEnded)
        {
            EndPair(pair, pair.Cause);
            return;
        }

        pair.HalfClosed = true;
        other.HasHungUp = true;
        Enqueue(other);
    }

    private void Count(NativeLeg leg, NativePair pair, int count)
    {
        leg.MeanRead += (count - leg.MeanRead) / 4;
        if (pair.First == leg) Volatile.Write(ref pair.ForwardBytes, pair.ForwardBytes + count);
        else Volatile.Write(ref pair.BackwardBytes, pair.BackwardBytes + count);
        var meter = pair.Meter;
        var total = _context.Policy.Total;
        if (meter is null && total is null) return;
        var now = _context.Time.GetTimestamp();
        var due = Math.Max(meter?.Charge(count, now) ?? now, total?.Charge(count, now) ?? now);
        if (due > now) leg.ResumeAt = due;
    }

    // When all pairs together are short, one quantum a turn: otherwise whoever comes first takes all that was saved up.
    private int Budget() =>
        _context.Policy.Total is { } total && total.IsShort(_context.Time.GetTimestamp()) ? 1 : TurnBudget;

    private int Room(NativePair pair, int most)
    {
        var room = Math.Min(most, pair.Meter?.Quantum ?? most);
        return Math.Min(room, _context.Policy.Total?.Quantum ?? most);
    }

    private bool MayResume(NativeLeg leg)
    {
        if (_context.Time.GetTimestamp() >= leg.ResumeAt)
        {
            leg.ResumeAt = 0;
            return true;
        }

        leg.IsPaused = true;
        _paused.Enqueue(leg, leg.ResumeAt);
        return false;
    }

    private void ResumePaused()
    {
        var now = _context.Time.GetTimestamp();
        while (_paused.TryPeek(out var leg, out var due) && due <= now)
        {
            _paused.Dequeue();
            leg.IsPaused = false;
            Enqueue(leg);
        }
    }

    private int MillisecondsToNextResume()
    {
        if (!_paused.TryPeek(out _, out var due)) return -1;
        var left = _context.Time.GetElapsedTime(_context.Time.GetTimestamp(), due).TotalMilliseconds;
        return (int)Math.Clamp(Math.Ceiling(left), 0, 1000);
    }
}
