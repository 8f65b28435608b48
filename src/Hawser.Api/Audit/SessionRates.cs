using System.Collections.Concurrent;
using Hawser.Cluster;
using Hawser.Data.Audit;

namespace Hawser.Api.Audit;

/// <summary>
/// How fast relayed connections are that go on: which ticket a connection's ends presented is known from its
/// introduction, and this node's relay knows the pair. Elsewhere it is not known.
/// </summary>
internal sealed class SessionRates(ApiParts parts)
{
    /// <summary>Connections whose tickets are kept at most.</summary>
    internal const int Capacity = 20_000;

    private readonly ConcurrentDictionary<Guid, IReadOnlyList<string>> _tickets = new();

    /// <summary>How many are kept.</summary>
    public int Count => _tickets.Count;

    /// <summary>Finds out over which path a connection goes, when its device reports it.</summary>
    /// <returns>What is to be done once its row is stored; null: nothing.</returns>
    public Action? Place(ConnectionAudit row)
    {
        if (row.IsRelayed is not null || row.EndedAt is not null) return null;
        if (parts.Introduced?.Find(row.Reference, row.DeviceId, row.Address) is not { } fact) return null;
        (row.IsRelayed, row.Relay) = (fact.IsRelayed, fact.Relay);
        return fact.Tickets.Count == 0 || parts.PairRate is null ? null : () => Hold(row.Guid, fact);
    }

    /// <summary>A connection has ended.</summary>
    public void Release(Guid connection) => _tickets.TryRemove(connection, out _);

    /// <summary>Bytes per second of a connection; null: not known.</summary>
    public long? Of(Guid connection)
    {
        if (!_tickets.TryGetValue(connection, out var tickets)) return null;
        foreach (var ticket in tickets)
        {
            if (parts.PairRate?.Invoke(ticket) is { } rate) return rate;
        }

        return null;
    }

    private void Hold(Guid connection, PathFact fact)
    {
        if (_tickets.Count >= Capacity) Forget();
        if (_tickets.Count < Capacity) _tickets[connection] = fact.Tickets;
    }

    // Rows that are ended by a sweep of the database are not told of; their pairs are gone.
    private void Forget()
    {
        foreach (var (connection, _) in _tickets)
        {
            if (Of(connection) is null) Release(connection);
        }
    }
}
