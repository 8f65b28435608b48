using System.Collections.Immutable;

namespace Hawser.Cluster.InProcess;

/// <summary>
/// The roster inside one process. Changes make a new snapshot under a lock; <see cref="Choose"/> reads the snapshot and
/// never waits.
/// </summary>
public sealed class InProcessRelayRoster : IRelayRoster
{
    /// <summary>
    /// Silence after which an announced relay is dropped, and what a configured one said of itself is forgotten.
    /// </summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    /// <summary>Relays that may join by announcement, beside the configured ones.</summary>
    public const int MaxAnnounced = 256;

    private readonly TimeProvider _time;
    private readonly ExpectedTickets _tickets;
    private readonly Lock _gate = new();
    private ImmutableArray<Entry> _entries = [];
    private Snapshot _snapshot = Snapshot.Empty;
    private string[] _configured = [];
    private string[] _added = [];
    private HashSet<string> _disabled = new(StringComparer.OrdinalIgnoreCase);
    private uint _turn;

    /// <summary>An empty roster, swept by the heartbeat.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="heartbeat">The process's heartbeat; null when the caller sweeps.</param>
    public InProcessRelayRoster(TimeProvider time, NodeHeartbeat? heartbeat)
    {
        _time = time;
        _tickets = new ExpectedTickets(time);
        heartbeat?.Add(Sweep);
    }

    /// <inheritdoc/>
    public void Configure(IEnumerable<string> addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        lock (_gate)
        {
            _configured = [.. addresses];
            Merge();
        }
    }

    /// <inheritdoc/>
    public void Override(IEnumerable<string> added, IEnumerable<string> disabled)
    {
        ArgumentNullException.ThrowIfNull(added);
        lock (_gate)
        {
            _added = [.. added];
            _disabled = new HashSet<string>(disabled.Select(d => d.Trim()), StringComparer.OrdinalIgnoreCase);
            Merge();
        }
    }

    private void Merge()
    {
        var known = _entries.ToDictionary(e => e.Status.Address, StringComparer.OrdinalIgnoreCase);
        var configured = _configured.Concat(_added).Select(a => a.Trim()).Where(a => a.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(a => known.Remove(a, out var entry)
                ? entry with { Configured = true, Status = entry.Status with { Address = a } }
                : new Entry(new RelayStatus(a, Healthy: true), Configured: true, LastHeard: null))
            .ToList();
        // Configured ones that are gone leave; announced ones stay as long as they go on announcing.
        Replace([.. configured, .. _entries.Where(e => !e.Configured && known.ContainsKey(e.Status.Address))]);
    }

    /// <inheritdoc/>
    public void Announce(RelayStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        lock (_gate)
        {
            var at = IndexOf(status.Address);
            if (at < 0)
            {
                // Only a living relay joins, and only so many.
                if (!status.Healthy || status.Address.Length == 0 || _entries.Count(e => !e.Configured) >= MaxAnnounced)
                {
                    return;
                }
                Replace(_entries.Add(new Entry(status, Configured: false, _time.GetTimestamp())));
                return;
            }

            var entry = _entries[at];
            // Who says of itself that it is not well gives no sign of life that would keep it in the list.
            var heard = status.Healthy ? _time.GetTimestamp() : entry.LastHeard;
            var own = status with { Address = entry.Status.Address };
            Replace(_entries.SetItem(at, entry with { Status = own, LastHeard = heard }));
        }
    }

    /// <inheritdoc/>
    public void Check(string address, bool answers)
    {
        ArgumentNullException.ThrowIfNull(address);
        lock (_gate)
        {
            var at = IndexOf(address);
            if (at < 0 || _entries[at].Status.Healthy == answers) return;
            var entry = _entries[at];
            Replace(_entries.SetItem(at, entry with { Status = entry.Status with { Healthy = answers } }));
        }
    }

    /// <inheritdoc/>
    public string Choose(RelayRequest request)
    {
        var usable = Volatile.Read(ref _snapshot).Usable;
        if (usable.Length <= 1) return usable.Length == 0 ? "" : usable[0].Address;
        return ByTurn(usable, Interlocked.Increment(ref _turn)).Relay.Address;
    }

    // Taken in turn; the one whose turn it is steps aside for its neighbour when that carries fewer pairs. Unlike
    // "always the idlest", this does not send everyone to one relay between two of its reports.
    private static (RelayStatus Relay, bool StepsIn) ByTurn(RelayStatus[] usable, uint turn)
    {
        var first = usable[(int)(turn % (uint)usable.Length)];
        var second = usable[(int)((turn + 1) % (uint)usable.Length)];
        return second.Pairs < first.Pairs ? (second, true) : (first, false);
    }

    /// <inheritdoc/>
    public RelayChoice Explain(RelayRequest request)
    {
        var usable = Volatile.Read(ref _snapshot).Usable;
        if (usable.Length == 0) return new RelayChoice("", RelayReason.None, []);
        var (relay, stepsIn) = usable.Length == 1 ? (usable[0], false)
            : ByTurn(usable, unchecked(Volatile.Read(ref _turn) + 1));
        var reason = !relay.Healthy || relay.Draining ? RelayReason.LastGood
            : usable.Length == 1 ? RelayReason.Only : stepsIn ? RelayReason.FewerPairs : RelayReason.Turn;
        return new RelayChoice(relay.Address, reason, [.. usable.Select(r => r.Address)]);
    }

    /// <inheritdoc/>
    public IReadOnlyList<RelayStatus> List() => Volatile.Read(ref _snapshot).All;

    /// <inheritdoc/>
    public void Expect(string ticket) => _tickets.Add(ticket);

    /// <inheritdoc/>
    public bool IsExpected(string ticket) => _tickets.Contains(ticket);

    /// <summary>Drops relays that fell silent, and old tickets. The heartbeat calls it.</summary>
    public void Sweep()
    {
        _tickets.Sweep();
        lock (_gate)
        {
            if (!_entries.Any(IsStale)) return;
            Replace([.. _entries.Where(e => e.Configured || !IsStale(e)).Select(e => IsStale(e) ? Forgotten(e) : e)]);
        }
    }

    // A configured relay was never heard of until it announces itself or is checked.
    private bool IsStale(Entry entry) => entry.LastHeard is { } heard && _time.GetElapsedTime(heard) > Silence;

    private static Entry Forgotten(Entry entry) =>
        entry with { Status = new RelayStatus(entry.Status.Address, entry.Status.Healthy), LastHeard = null };

    private int IndexOf(string address)
    {
        for (var i = 0; i < _entries.Length; i++)
        {
            if (string.Equals(_entries[i].Status.Address, address, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    private void Replace(ImmutableArray<Entry> entries)
    {
        _entries = entries;
        var all = entries.Select(e => e.Status with
        {
            Announced = !e.Configured, Disabled = _disabled.Contains(e.Status.Address),
        }).ToImmutableArray();
        Volatile.Write(ref _snapshot, Snapshot.After(_snapshot, all));
    }

    private sealed record Entry(RelayStatus Status, bool Configured, long? LastHeard);

    private sealed record Snapshot(ImmutableArray<RelayStatus> All, RelayStatus[] Usable)
    {
        internal static readonly Snapshot Empty = new([], []);

        internal static Snapshot After(Snapshot before, ImmutableArray<RelayStatus> all)
        {
            var usable = all.Where(r => r is { Healthy: true, Draining: false, Disabled: false }).ToArray();
            if (usable.Length > 0 || all.All(r => r.Disabled)) return new Snapshot(all, usable);

            // All fail: more likely our view than all of them. Go on with the last good ones that still belong to us;
            // a relay that drains is chosen only when there is no other.
            var last = before.Usable
                .Select(r => all.FirstOrDefault(a => a.Address == r.Address && !a.Disabled))
                .OfType<RelayStatus>().ToArray();
            if (last.Length == 0) last = [.. all.Where(r => !r.Disabled)];
            var open = last.Where(r => !r.Draining).ToArray();
            return new Snapshot(all, open.Length > 0 ? open : last);
        }
    }
}
