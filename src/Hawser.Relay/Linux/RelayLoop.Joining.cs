using System.Net.Sockets;
using System.Text;

namespace Hawser.Relay.Linux;

internal sealed unsafe partial class RelayLoop
{
    // Looks without taking, then takes exactly the frame: what follows belongs to the partner and stays in the kernel.
    private void ReadJoin(NativeLeg leg)
    {
        var count = Native.Receive(leg.Descriptor, _buffer, JoinFrame.MaxBytes, Native.Peek);
        if (count <= 0)
        {
            if (count < 0 && Native.WouldWait) return;
            Lose(leg, JoinOutcome.Vanished);
            return;
        }

        var seen = new ReadOnlySpan<byte>(_buffer, (int)count);
        if (_context.Policy.Options.TextConsole && leg.Remote.IsLoopback && JoinFrame.IsConsole(seen))
        {
            AnswerConsole(leg, seen.Length);
            return;
        }

        switch (JoinFrame.Find(seen, out var header, out var payload))
        {
            case null:
                Lose(leg, JoinOutcome.TooLong);
                break;
            case false:
                if (leg.HasHungUp) Lose(leg, JoinOutcome.Vanished);
                break;
            case true when Native.Receive(leg.Descriptor, _buffer, header + payload, 0) == header + payload:
                Join(leg, new ReadOnlySpan<byte>(_buffer + header, payload));
                break;
            default:
                Lose(leg, JoinOutcome.Vanished);
                break;
        }
    }

    private void Join(NativeLeg leg, ReadOnlySpan<byte> payload)
    {
        // Another loop may claim it as soon as it is in the lobby.
        leg.Stage = LegStage.Waiting;
        switch (_context.Join(leg, payload, out var pair))
        {
            case JoinOutcome.Waiting:
                if (leg.HasHungUp) LeaveLobby(leg);
                break;
            case JoinOutcome.Paired when pair is NativePair native:
                MeetNative(leg, native);
                break;
            case JoinOutcome.Paired:
                _context.Pumps.Own(_context.Pumps.CarryAsync((PumpPair)pair!, Detach(leg)));
                break;
            default:
                CloseLeg(leg);
                break;
        }
    }

    // Both legs live on the loop of the one that waited: only its own thread may touch it.
    private void MeetNative(NativeLeg leg, NativePair pair)
    {
        if (pair.Loop == this)
        {
            BeginPair(pair);
            return;
        }

        Forget(leg);
        if (pair.Loop.Post(new LoopRequest(LoopRequestKind.Carry, leg, pair))) return;
        CloseLeg(leg);
        _context.Ended(pair, RelayEnd.Shutdown);
    }

    private void LeaveLobby(NativeLeg leg)
    {
        // False: a partner has claimed it and will meet the end of its stream.
        if (_context.Lobby.TryLeave(leg)) Lose(leg, JoinOutcome.Vanished);
    }

    private void Lose(NativeLeg leg, JoinOutcome why)
    {
        _context.CountLost(leg, why);
        CloseLeg(leg);
    }

    /// <summary>Gives a leg's descriptor to a socket; the leg is gone for this loop.</summary>
    private SocketLeg Detach(NativeLeg leg)
    {
        Forget(leg);
        leg.Stage = LegStage.Gone;
        var socket = new Socket(new SafeSocketHandle(leg.Descriptor, ownsHandle: true));
        var detached = new SocketLeg(socket, leg.Remote, _context) { Ticket = leg.Ticket };
        RelayAdmission.Transfer(leg, detached);
        return detached;
    }

    private void AnswerConsole(NativeLeg leg, int length)
    {
        _ = Native.Receive(leg.Descriptor, _buffer, length, 0);
        var command = Encoding.ASCII.GetString(_buffer, length);
        _context.Pumps.Own(_context.Pumps.AnswerAsync(Detach(leg), command));
    }

    private void SweepJoining()
    {
        _pipes.Trim();
        var now = _context.Time.GetTimestamp();
        var options = _context.Policy.Options;
        // Deadlines were set for the full time; under pressure they count as so much nearer.
        var shortened = Math.Max(0, options.JoinSeconds - RelayAdmission.PressedJoinSeconds);
        var limit = now + (_context.Admission.IsUnderPressure ? shortened * _context.Time.TimestampFrequency : 0);
        foreach (var leg in _legs)
        {
            if (leg is { Stage: LegStage.Joining } && limit >= leg.Deadline) Lose(leg, JoinOutcome.TooSlow);
        }
    }

    private void DropUnpaired()
    {
        foreach (var leg in _legs)
        {
            if (leg is null || leg.Stage == LegStage.Paired) continue;
            if (leg.Stage == LegStage.Joining || _context.Lobby.TryLeave(leg)) Lose(leg, JoinOutcome.Draining);
        }
    }
}
