using System.Collections.Concurrent;

namespace Hawser.Relay;

/// <summary>
/// Where legs meet: one entry a ticket, which is either the leg that waits or the pair that exists. Each step replaces
/// exactly the entry that was seen, so two first arrivals can't miss each other and no clean-up can take a later leg.
/// </summary>
internal sealed class RelayLobby(RelayPolicy policy, RelayAdmission admission, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, object> _entries = new(StringComparer.Ordinal);
    private int _pairs;

    /// <summary>Pairs that exist.</summary>
    public int Pairs => Volatile.Read(ref _pairs);

    /// <summary>Waiting legs (<see cref="RelayLeg"/>) and pairs (<see cref="RelayPair"/>), for the sweep.</summary>
    public IEnumerable<object> Entries
    {
        get
        {
            foreach (var entry in _entries) yield return entry.Value;
        }
    }

    /// <summary>Finds the pair that exists under a ticket.</summary>
    public RelayPair? Find(string ticket) => _entries.GetValueOrDefault(ticket) as RelayPair;

    /// <summary>Brings a leg to its ticket. Its ticket and waiting deadline are set.</summary>
    /// <param name="leg">The leg; it belongs to the lobby from now on when the outcome is Waiting.</param>
    /// <param name="pair">The new pair, when the outcome is Paired; the first leg is claimed for the caller.</param>
    public JoinOutcome Join(RelayLeg leg, out RelayPair? pair)
    {
        pair = null;
        while (!admission.IsDraining)
        {
            if (_entries.TryAdd(leg.Ticket, leg)) return Waiting(leg);
            if (!_entries.TryGetValue(leg.Ticket, out var found)) continue;
            if (found is not RelayLeg waiting) return JoinOutcome.InUse;
            if (!admission.MayPair(leg.Ticket)) return JoinOutcome.UnknownTicket;
            if (Interlocked.Increment(ref _pairs) > policy.Options.MaxPairs)
            {
                Interlocked.Decrement(ref _pairs);
                return JoinOutcome.Full;
            }

            pair = leg.PairWith(waiting);
            pair.Started = time.GetTimestamp();
            policy.ApplyRate(pair);
            if (_entries.TryUpdate(leg.Ticket, pair, waiting))
            {
                admission.MarkPaired(waiting);
                admission.MarkPaired(leg);
                // As with a waiting leg: the stop may have looked for pairs already.
                if (admission.IsDraining) pair.RequestEnd(RelayEnd.Shutdown);
                return JoinOutcome.Paired;
            }

            Interlocked.Decrement(ref _pairs);
            pair = null;
        }

        return JoinOutcome.Draining;
    }

    // A stop first says that it drains and then dismisses who waits. Who came in between was not seen by it and would
    // wait for ever, and the stop for its end.
    private JoinOutcome Waiting(RelayLeg leg) =>
        admission.IsDraining && TryLeave(leg) ? JoinOutcome.Draining : JoinOutcome.Waiting;

    /// <summary>Takes a waiting leg out.</summary>
    /// <returns>False when a partner has claimed it just now: then it belongs to the pair.</returns>
    public bool TryLeave(RelayLeg leg) => _entries.TryRemove(new KeyValuePair<string, object>(leg.Ticket, leg));

    /// <summary>Takes an ended pair out, so that its ticket may be used again.</summary>
    public void Remove(RelayPair pair)
    {
        var entry = new KeyValuePair<string, object>(pair.Second.Ticket, pair);
        if (_entries.TryRemove(entry)) Interlocked.Decrement(ref _pairs);
    }
}
