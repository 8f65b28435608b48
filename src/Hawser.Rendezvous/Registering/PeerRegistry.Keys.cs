using System.Runtime.CompilerServices;
using System.Text;
using Hawser.Data.Activity;
using Hawser.Data.Devices;
using Hawser.Protocol.Identity;

namespace Hawser.Rendezvous.Registering;

/// <summary>What the registry knows of a peer's key.</summary>
/// <param name="Uuid">The device it belongs to.</param>
/// <param name="PublicKey">The key.</param>
/// <param name="Host">The address that it was last registered from, with its last port.</param>
/// <param name="Limit">How often the key was registered lately.</param>
/// <param name="HostUnsaved">Whether the store still lacks the address.</param>
internal readonly record struct KnownKey(
    UuidHash Uuid, DeviceKey PublicKey, PeerAddress Host, KeyLimit Limit, bool HostUnsaved);

/// <summary>The side of the registry that loading and key registration use: who may claim an id.</summary>
internal sealed partial class PeerRegistry
{
    /// <summary>Reads every device of the store. Peers that are loaded already are answered meanwhile.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <param name="loaded">Told how many there are, when unknown ids are answered.</param>
    /// <returns>How many there are.</returns>
    // No awaits: a state machine costs a dozen methods to compile before the first datagram is answered.
    public Task<int> LoadAsync(DeviceStore store, CancellationToken cancellationToken, Action<int>? loaded = null) =>
        store.LoadRowsAsync(
            row => Load(row.Utf8Id, row.Uuid, row.PublicKey, row.LastHost),
            cancellationToken,
            count =>
            {
                MarkLoaded();
                loaded?.Invoke(count);
            });

    /// <summary>Reads every device of the store, and adds those that are not here.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>How many there are in the store.</returns>
    public Task<int> LoadMissingAsync(DeviceStore store, CancellationToken cancellationToken) =>
        store.LoadRowsAsync(
            row =>
            {
                // What is here may be newer than what was read.
                if (!Has(row.Utf8Id)) Load(row.Utf8Id, row.Uuid, row.PublicKey, row.LastHost);
            },
            cancellationToken);

    private bool Has(ReadOnlySpan<byte> utf8Id)
    {
        if (utf8Id.Length is 0 or > IdKey.MaxLength) return false;
        var id = new IdKey(utf8Id);
        var shard = ShardOf(id);
        lock (shard.Gate) return !Unsafe.IsNullRef(ref shard.Find(id));
    }

    /// <summary>Adds or replaces a device as the store has it. It is offline until it is heard of.</summary>
    /// <param name="utf8Id">Its id.</param>
    /// <param name="uuid">Its uuid.</param>
    /// <param name="publicKey">Its key.</param>
    /// <param name="host">Where it was last.</param>
    public void Load(
        ReadOnlySpan<byte> utf8Id, ReadOnlySpan<byte> uuid, ReadOnlySpan<byte> publicKey, PeerAddress host)
    {
        if (publicKey.Length != DeviceKey.Length || utf8Id.Length is 0 or > IdKey.MaxLength) return;
        var device = UuidHash.Of(uuid);
        var id = new IdKey(utf8Id);
        var shard = ShardOf(id);
        lock (shard.Gate)
        {
            ref var record = ref FindOrAdd(shard, id);
            record.Uuid = device;
            record.PublicKey = DeviceKey.From(publicKey);
            if (record.LastSeen == 0) (record.HostHigh, record.HostLow) = (host.High, host.Low);
        }
    }

    /// <summary>From now on an id that is not here is unknown.</summary>
    public void MarkLoaded() => _isLoaded = true;

    /// <summary>What is known of a peer's key.</summary>
    /// <param name="id">The id.</param>
    /// <param name="known">The key and whose it is.</param>
    /// <returns>False when the id is free.</returns>
    public bool TryReadKey(string id, out KnownKey known)
    {
        known = default;
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return false;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            if (Unsafe.IsNullRef(ref record)) return false;
            var limit = new KeyLimit(record.KeyRequests, record.KeyRequestedAt);
            var isUnsaved = record.Has(PeerFlags.HostUnsaved);
            known = new KnownKey(record.Uuid, record.PublicKey, record.Address, limit, isUnsaved);
            return true;
        }
    }

    /// <summary>Takes over what a batch of key registrations led to, after the store has it.</summary>
    /// <param name="id">The id; added when it is new.</param>
    /// <param name="known">What is known of it now.</param>
    /// <param name="datagramSource">Where it registered from by UDP, if it did: it is online there.</param>
    public void WriteKey(string id, in KnownKey known, PeerAddress? datagramSource)
    {
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        var now = Clock.Milliseconds;
        var cameOnline = false;
        lock (shard.Gate)
        {
            ref var record = ref FindOrAdd(shard, key);
            (record.Uuid, record.PublicKey) = (known.Uuid, known.PublicKey);
            (record.KeyRequests, record.KeyRequestedAt) = (known.Limit.Count, known.Limit.At);
            record.Flags &= ~PeerFlags.HostUnsaved;
            if (known.HostUnsaved) record.Flags |= PeerFlags.HostUnsaved;
            if (datagramSource is { } source)
            {
                record.MoveTo(source, MonotonicClock.Tenths(now));
                record.LastSeen = now;
                cameOnline = MarkOnline(shard, ref record);
            }
            else if (!record.IsAt(known.Host))
            {
                // It moved and registered over a connection: what was known of its UDP socket is no longer true.
                (record.HostHigh, record.HostLow) = (known.Host.High, known.Host.Low);
                (record.Port, record.PreviousPort, record.LastSeen) = (0, 0, 0);
            }
        }

        if (cameOnline) AnnounceOnline(id);
    }

    /// <summary>Moves a peer to another id, after the store did. It is offline until it registers under the new
    /// one.</summary>
    /// <param name="oldId">The id it had.</param>
    /// <param name="newId">The id it has now; must be free.</param>
    public void Rename(string oldId, string newId)
    {
        if (!TryReadKey(oldId, out var known)) return;
        Remove(oldId);
        WriteKey(newId, known, null);
    }

    /// <summary>Tells when peers were last heard of, for the store. Its shape is that of a source of
    /// sightings.</summary>
    /// <param name="slice">Which part of all peers, and since when.</param>
    /// <param name="visit">Called with id and UTC time; may take its time.</param>
    public void Sightings(LastSeenSlice slice, Action<string, DateTime> visit)
    {
        var found = new List<(string Id, DateTime At)>();
        for (var i = slice.Index; i < ShardCount; i += slice.Count)
        {
            found.Clear();
            CollectSightings(_shards[i], slice.Since, found);
            foreach (var (id, at) in found) visit(id, at);
        }
    }

    private void CollectSightings(PeerShard shard, DateTime since, List<(string Id, DateTime At)> found)
    {
        Span<byte> buffer = stackalloc byte[IdKey.InlineLength];
        var utcNow = Clock.Provider.GetUtcNow().UtcDateTime;
        var now = Clock.Milliseconds;
        lock (shard.Gate)
        {
            for (var number = 0; number < shard.Used; number++)
            {
                ref readonly var record = ref shard.At(number);
                if (record.LastSeen == 0 && !record.Has(PeerFlags.Connected)) continue;
                var age = record.Has(PeerFlags.Connected) ? 0 : now - record.LastSeen;
                var at = utcNow - TimeSpan.FromMilliseconds(age);
                if (at >= since) found.Add((Encoding.UTF8.GetString(shard.IdOf(record, buffer)), at));
            }
        }
    }

    /// <summary>Tells which peers are online.</summary>
    /// <param name="visit">Called with each id; may take its time.</param>
    public void VisitOnline(Action<string> visit)
    {
        var found = new List<string>();
        foreach (var shard in _shards)
        {
            found.Clear();
            CollectOnline(shard, found);
            found.ForEach(visit);
        }
    }

    private void CollectOnline(PeerShard shard, List<string> found)
    {
        Span<byte> buffer = stackalloc byte[IdKey.InlineLength];
        var now = Clock.Milliseconds;
        lock (shard.Gate)
        {
            if (shard.Online == 0) return;
            for (var number = 0; number < shard.Used; number++)
            {
                ref readonly var record = ref shard.At(number);
                if (record.Has(PeerFlags.Online) && IsOnline(record, now))
                {
                    found.Add(Encoding.UTF8.GetString(shard.IdOf(record, buffer)));
                }
            }
        }
    }

    /// <summary>Forgets a peer.</summary>
    /// <param name="id">The peer.</param>
    public void Remove(string id)
    {
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        var wentOffline = false;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            if (Unsafe.IsNullRef(ref record)) return;
            if (record.Has(PeerFlags.Connected)) _connections.TryRemove(id, out _);
            wentOffline = MarkOffline(shard, ref record);
            shard.Remove(key);
            Interlocked.Decrement(ref _count);
        }

        if (wentOffline) AnnounceOffline(id);
    }

    private ref PeerRecord FindOrAdd(PeerShard shard, in IdKey id)
    {
        ref var record = ref shard.Find(id);
        if (!Unsafe.IsNullRef(ref record)) return ref record;
        Interlocked.Increment(ref _count);
        return ref shard.Add(id);
    }
}
