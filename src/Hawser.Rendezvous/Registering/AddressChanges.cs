using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Registering;

/// <summary>One id whose address changed, for the console.</summary>
/// <param name="Id">The id.</param>
/// <param name="Age">Since its first change of this window.</param>
/// <param name="Hosts">The addresses it came to, and how often.</param>
internal sealed record AddressChange(string Id, TimeSpan Age, IReadOnlyList<KeyValuePair<PeerAddress, int>> Hosts);

/// <summary>Which ids change their address often: roaming devices, or two that share an id. Bounded and
/// expiring.</summary>
internal sealed class AddressChanges(TimeProvider time)
{
    private const int MaxIds = 10_000;
    private const int MaxHosts = 32;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(360);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly MonotonicClock _clock = new(time);

    /// <summary>An id registered from another address than before.</summary>
    /// <param name="id">The id.</param>
    /// <param name="source">Where it is now.</param>
    public void Record(string id, PeerAddress source)
    {
        var host = source.Host;
        var now = _clock.Milliseconds;
        lock (_gate)
        {
            if (!_entries.TryGetValue(id, out var entry) || now - entry.Since > Window.TotalMilliseconds)
            {
                if (entry is null && _entries.Count >= MaxIds && !TryMakeRoom(now)) return;
                _entries[id] = entry = new Entry(now);
            }

            if (entry.Hosts.Count < MaxHosts || entry.Hosts.ContainsKey(host))
            {
                entry.Hosts[host] = entry.Hosts.GetValueOrDefault(host) + 1;
            }
        }
    }

    /// <summary>The ids that came to more than one address lately.</summary>
    /// <returns>Ordered by id.</returns>
    public IReadOnlyList<AddressChange> List()
    {
        var now = _clock.Milliseconds;
        lock (_gate)
        {
            Prune(now, alsoSingle: true);
            return [.. _entries.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => View(e.Key, e.Value, now))];
        }
    }

    /// <summary>One id's changes, also when it came to one address only.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Null when there is none.</returns>
    public AddressChange? Find(string id)
    {
        var now = _clock.Milliseconds;
        lock (_gate) return _entries.TryGetValue(id, out var entry) ? View(id, entry, now) : null;
    }

    /// <summary>Forgets one id's changes.</summary>
    /// <param name="id">The id.</param>
    /// <returns>Whether there were some.</returns>
    public bool Forget(string id)
    {
        lock (_gate) return _entries.Remove(id);
    }

    /// <summary>Once a second: forgets what is old.</summary>
    public void Sweep()
    {
        lock (_gate) Prune(_clock.Milliseconds, alsoSingle: false);
    }

    private static AddressChange View(string id, Entry entry, long now) =>
        new(id, TimeSpan.FromMilliseconds(now - entry.Since), [.. entry.Hosts]);

    private bool TryMakeRoom(long now)
    {
        Prune(now, alsoSingle: true);
        return _entries.Count < MaxIds;
    }

    private void Prune(long now, bool alsoSingle)
    {
        foreach (var (id, entry) in _entries)
        {
            var isOld = now - entry.Since > Kept.TotalMilliseconds;
            if (isOld || (alsoSingle && entry.Hosts.Count < 2)) _entries.Remove(id);
        }
    }

    private sealed class Entry(long since)
    {
        public long Since { get; } = since;

        public Dictionary<PeerAddress, int> Hosts { get; } = [];
    }
}
