using Hawser.Protocol.Identity;

namespace Hawser.Cluster;

/// <summary>Over which path an attempt to connect was sent last.</summary>
/// <param name="IsRelayed">Over a relay, or directly; null: two attempts of one host went different ways.</param>
/// <param name="Relay">The relay as its clients were told of it; empty: directly, or the ID server's own host.</param>
/// <param name="Tickets">What the two ends present to the relay, the newest last.</param>
public sealed record PathFact(bool? IsRelayed, string Relay, IReadOnlyList<string> Tickets);

/// <summary>
/// Over which path callers were sent to devices lately, so that a device's report of a connection can be told its path:
/// only the rendezvous role knows it, and only until the device reports. Two generations, each bounded.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class SessionPaths(TimeProvider time)
{
    /// <summary>How long an attempt is remembered at least; twice that at most.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromMinutes(3);

    /// <summary>Entries of one generation; when it is full the older one goes early.</summary>
    public const int Capacity = 20_000;

    // A client asks twice at once, so a pair may meet under either ticket.
    private const int MaxTickets = 4;

    private readonly Lock _gate = new();
    private Dictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _old = new(StringComparer.Ordinal);
    private long _turnedAt = time.GetTimestamp();

    /// <summary>Attempts that are remembered; each may have two entries.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _young.Count + _old.Count;
        }
    }

    /// <summary>A caller was told a device's own address: it goes there, or comes back for a relay.</summary>
    /// <param name="reference">What the device was handed for its reports; may be empty.</param>
    /// <param name="target">The device.</param>
    /// <param name="caller">Where the caller is.</param>
    public void Direct(string reference, string target, PeerAddress caller) =>
        Note(reference, target, caller, new PathFact(false, "", []));

    /// <summary>A caller and a device were sent to a relay.</summary>
    /// <param name="reference">What the device was handed for its reports; may be empty.</param>
    /// <param name="target">The device.</param>
    /// <param name="caller">Where the caller is.</param>
    /// <param name="relay">The relay; empty: the ID server's own host.</param>
    /// <param name="ticket">What both will present there.</param>
    public void Relayed(string reference, string target, PeerAddress caller, string relay, string ticket) =>
        Note(reference, target, caller, new PathFact(true, relay, ticket.Length > 0 ? [ticket] : []));

    /// <summary>Which path a connection took that a device reports.</summary>
    /// <param name="reference">What the device repeats of its introduction; empty: nothing.</param>
    /// <param name="target">The device.</param>
    /// <param name="address">Where the device says that the caller is.</param>
    /// <returns>The path; null: no such attempt is remembered here.</returns>
    public PathFact? Find(string reference, string target, string address)
    {
        // Who repeats a reference that is not known here was introduced elsewhere, whoever else called from there.
        var key = reference.Length > 0 ? OfReference(reference, target)
            : PeerAddress.TryParse(address, out var host) ? OfHost(host, target) : "";
        lock (_gate)
        {
            if (!_young.TryGetValue(key, out var found) && !_old.TryGetValue(key, out found)) return null;
            return IsOver(found) || found.Fact.IsRelayed is null ? null : found.Fact;
        }
    }

    private void Note(string reference, string target, PeerAddress caller, PathFact fact)
    {
        lock (_gate)
        {
            if (_young.Count >= Capacity || time.GetElapsedTime(_turnedAt) >= Keep) Turn();
            if (reference.Length > 0) Put(OfReference(reference, target), reference, fact);
            Put(OfHost(caller, target), reference, fact);
        }
    }

    private void Put(string key, string reference, PathFact fact)
    {
        if ((_young.TryGetValue(key, out var before) || _old.TryGetValue(key, out before)) && !IsOver(before))
        {
            // Somebody else behind the same address: unless both go the same way, nobody can tell whose is whose.
            if (before.Fact.IsRelayed is null || (before.Reference != reference && !IsSameWay(before.Fact, fact)))
            {
                fact = new PathFact(null, "", []);
            }
            else if (fact.IsRelayed == true && before.Fact.Tickets.Count > 0)
            {
                fact = fact with { Tickets = [.. before.Fact.Tickets.Concat(fact.Tickets).TakeLast(MaxTickets)] };
            }
        }

        _young[key] = new Entry(reference, fact, time.GetTimestamp());
    }

    private static bool IsSameWay(PathFact one, PathFact other) =>
        one.IsRelayed == other.IsRelayed && string.Equals(one.Relay, other.Relay, StringComparison.Ordinal);

    private void Turn()
    {
        (_old, _young) = (_young, new Dictionary<string, Entry>(StringComparer.Ordinal));
        _turnedAt = time.GetTimestamp();
    }

    private bool IsOver(Entry entry) => time.GetElapsedTime(entry.At) > Keep;

    private static string OfReference(string reference, string target) => $"r {target} {reference}";

    private static string OfHost(PeerAddress caller, string target) => $"h {target} {caller.Host}";

    private sealed record Entry(string Reference, PathFact Fact, long At);
}
