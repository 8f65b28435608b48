using System.Collections.Concurrent;

namespace Hawser.Rendezvous.Introducing;

/// <summary>
/// Over which relay a device's last session went: only whoever introduced both sides knows that. Two generations, each
/// bounded; the older one goes when the younger is full.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class LatestRelays(TimeProvider time)
{
    /// <summary>Devices of one generation.</summary>
    internal const int Capacity = 20_000;

    private readonly Lock _gate = new();
    private ConcurrentDictionary<string, (DateTime At, string Relay)> _young = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, (DateTime At, string Relay)> _old = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>A session to a device goes over a relay.</summary>
    /// <param name="id">The device.</param>
    /// <param name="relay">The relay, as its clients were told of it.</param>
    public void Note(string id, string relay)
    {
        var young = Volatile.Read(ref _young);
        var isNew = !young.ContainsKey(id);
        young[id] = (time.GetUtcNow().UtcDateTime, relay);
        if (!isNew || Interlocked.Increment(ref _count) < Capacity) return;
        lock (_gate)
        {
            if (_count < Capacity) return;
            Volatile.Write(ref _old, _young);
            Volatile.Write(ref _young, new ConcurrentDictionary<string, (DateTime, string)>(StringComparer.Ordinal));
            Interlocked.Exchange(ref _count, 0);
        }
    }

    /// <summary>Which it was.</summary>
    /// <param name="id">The device.</param>
    /// <returns>When and which; null: none that is remembered.</returns>
    public (DateTime At, string Relay)? Find(string id) =>
        Volatile.Read(ref _young).TryGetValue(id, out var found) || Volatile.Read(ref _old).TryGetValue(id, out found)
            ? found : null;
}
