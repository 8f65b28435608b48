using Microsoft.Extensions.Logging;

namespace Hawser.Relay;

/// <summary>What every part of one relay role shares.</summary>
internal sealed partial class RelayContext
{
    private readonly LogBudget _keyLines;

    public RelayContext(RelayOptions options, RelayParts parts)
    {
        Time = parts.Time;
        Policy = new RelayPolicy(options, parts.DataFolder, parts.Time);
        Admission = new RelayAdmission(Policy, parts.RequiredKey, parts.Roster, parts.Time);
        Lobby = new RelayLobby(Policy, Admission, parts.Time);
        Metrics = new RelayMetrics(parts.Meters, Lobby, Admission);
        Logger = parts.Logs.CreateLogger("Hawser.Relay");
        Console = new RelayConsole(Policy, Lobby, parts.Time);
        Pumps = new RelayPumps(this);
        _keyLines = new LogBudget(parts.Time, perSecond: 20);
    }

    public TimeProvider Time { get; }

    public RelayPolicy Policy { get; }

    public RelayAdmission Admission { get; }

    public RelayLobby Lobby { get; }

    public RelayMetrics Metrics { get; }

    public RelayConsole Console { get; }

    public RelayPumps Pumps { get; }

    public ILogger Logger { get; }

    /// <summary>Loops splice through pipes of at least this size; tests ask for more than there is.</summary>
    public int SmallestPipe { get; set; } = Linux.PipePool.SmallestSize;

    /// <summary>Judges a first frame and, when it may, brings the leg to its ticket.</summary>
    public JoinOutcome Join(RelayLeg leg, ReadOnlySpan<byte> payload, out RelayPair? pair)
    {
        pair = null;
        var outcome = Admission.Check(payload, out var ticket);
        if (outcome == JoinOutcome.Waiting)
        {
            leg.Ticket = ticket;
            leg.Deadline = Policy.After(Policy.Options.WaitSeconds);
            outcome = Lobby.Join(leg, out pair);
        }

        Metrics.CountJoin(outcome);
        if (outcome == JoinOutcome.WrongKey && _keyLines.TryTake()) Log.WrongKey(Logger, leg.Remote);
        else if (outcome > JoinOutcome.Paired) Log.JoinRefused(Logger, leg.Remote, outcome);
        return outcome;
    }

    /// <summary>A connection ended before it was part of a pair.</summary>
    public void CountLost(RelayLeg leg, JoinOutcome why)
    {
        Metrics.CountJoin(why);
        Log.JoinRefused(Logger, leg.Remote, why);
    }

    /// <summary>A pair has ended and its connections are closed.</summary>
    public void Ended(RelayPair pair, RelayEnd end)
    {
        Lobby.Remove(pair);
        Metrics.CountEnd(end);
        Metrics.AddBytes(pair.Usage.TakeUncounted(pair));
        Log.PairEnded(Logger, pair.First.Remote, pair.Second.Remote, end, pair.TotalBytes);
    }
}
