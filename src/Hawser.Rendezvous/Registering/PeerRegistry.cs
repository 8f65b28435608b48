using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening;

namespace Hawser.Rendezvous.Registering;

/// <summary>
/// Every known peer in memory: who it is, where it is, and whether it is online. Thread-safe; sharded by the id's hash,
/// and allocates nothing for a peer that registers again.
/// </summary>
internal sealed partial class PeerRegistry
{
    private const int ShardCount = 64;
    private const int SweepAllUpTo = 100_000;

    // How long a former port still gets pushes, and how long a third one is not believed without the key (S3).
    private const uint PortMemoryTenths = 600;

    private readonly PeerShard[] _shards = new PeerShard[ShardCount];
    private readonly ConcurrentDictionary<string, PeerConnection> _connections = new(StringComparer.Ordinal);
    private readonly SourceBudgets _budgets;
    private readonly RendezvousMetrics _metrics;
    private readonly IPeerRouter _router;
    private readonly ILiveFeed _feed;
    private long _onlineMilliseconds;
    private int _maxPeers;
    private int _count;
    private int _sweepFrom;
    private volatile bool _isLoaded;

    public PeerRegistry(
        RendezvousOptions options,
        SourceBudgets budgets,
        RendezvousMetrics metrics,
        IPeerRouter router,
        ILiveFeed feed,
        TimeProvider time)
    {
        for (var i = 0; i < ShardCount; i++) _shards[i] = new PeerShard();
        (_budgets, _metrics, _router, _feed) = (budgets, metrics, router, feed);
        Clock = new MonotonicClock(time);
        Reload(options);
        metrics.Observe(this);
    }

    /// <summary>The clock of every time in here.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>Sends what is pushed by UDP; set by the listener.</summary>
    public SendDatagram? Datagrams { get; set; }

    /// <summary>Known peers, online or not.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether a new peer would be one too many.</summary>
    public bool IsFull => Count >= _maxPeers;

    /// <summary>Whether the store was read, so that an unknown id really is unknown.</summary>
    public bool IsLoaded => _isLoaded;

    /// <summary>Peers that are online now; exact to a few seconds.</summary>
    /// <returns>Their number.</returns>
    public int OnlineCount() => _shards.Sum(static shard => shard.Online);

    /// <summary>Takes over changed options.</summary>
    /// <param name="options">The new options.</param>
    public void Reload(RendezvousOptions options)
    {
        Volatile.Write(ref _onlineMilliseconds, options.OnlineSeconds * 1000L);
        _maxPeers = options.MaxPeers;
    }

    /// <summary>A peer says by UDP that it is there (§6.1).</summary>
    /// <param name="utf8Id">Its id as it came.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="now">Milliseconds of <see cref="Clock"/>.</param>
    /// <returns>What to answer.</returns>
    public RegisterOutcome Register(ReadOnlySpan<byte> utf8Id, PeerAddress source, long now)
    {
        if (utf8Id.Length is 0 or > IdKey.MaxLength) return RegisterOutcome.Invalid;
        var id = new IdKey(utf8Id);
        var shard = ShardOf(id);
        bool cameOnline;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(id);
            if (Unsafe.IsNullRef(ref record)) return _isLoaded ? RegisterOutcome.Unknown : RegisterOutcome.NotLoaded;
            if (!MayRefresh(record, source, now)) return RegisterOutcome.KeyWanted;
            record.MoveTo(source, MonotonicClock.Tenths(now));
            record.LastSeen = now;
            cameOnline = MarkOnline(shard, ref record);
        }

        if (cameOnline) AnnounceOnline(Encoding.UTF8.GetString(utf8Id));
        return RegisterOutcome.Registered;
    }

    /// <summary>Finds a peer, online or not.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="peer">The peer as it is now.</param>
    /// <returns>Whether it is known.</returns>
    public bool TryFind(string id, out PeerSnapshot peer)
    {
        peer = default;
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return false;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        var now = Clock.Milliseconds;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            if (Unsafe.IsNullRef(ref record)) return false;
            peer = Snapshot(id, record, now);
            return true;
        }
    }

    /// <summary>Whether a peer is online; allocates nothing.</summary>
    /// <param name="id">Its id.</param>
    /// <returns>False for unknown ids.</returns>
    public bool IsOnline(string id)
    {
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return false;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        var now = Clock.Milliseconds;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            return !Unsafe.IsNullRef(ref record) && IsOnline(record, now);
        }
    }

    /// <summary>A peer has registered its key on a connection: it is online as long as that lives. The newest one
    /// wins.</summary>
    /// <param name="id">The peer; its key was accepted before.</param>
    /// <param name="connection">The connection.</param>
    /// <returns>The connection whose place was taken, for the caller to close; null when there was none.</returns>
    public PeerConnection? Attach(string id, PeerConnection connection)
    {
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return null;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        PeerConnection? replaced = null;
        bool cameOnline;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            if (Unsafe.IsNullRef(ref record)) return null;
            if (record.Has(PeerFlags.Connected)) _connections.TryGetValue(id, out replaced);
            _connections[id] = connection;
            record.Flags |= PeerFlags.Connected;
            cameOnline = MarkOnline(shard, ref record);
        }

        if (cameOnline) AnnounceOnline(id);
        return ReferenceEquals(replaced, connection) ? null : replaced;
    }

    /// <summary>A connection has ended. The peer falls back to its registration by UDP, if that is fresh.</summary>
    /// <param name="id">The peer.</param>
    /// <param name="connection">The connection; ignored when a newer one took its place.</param>
    public void Detach(string id, PeerConnection connection)
    {
        Span<byte> buffer = stackalloc byte[IdKey.MaxLength];
        if (!TryEncode(id, buffer, out var utf8)) return;
        var key = new IdKey(utf8);
        var shard = ShardOf(key);
        var now = Clock.Milliseconds;
        var wentOffline = false;
        lock (shard.Gate)
        {
            ref var record = ref shard.Find(key);
            if (Unsafe.IsNullRef(ref record) || !record.Has(PeerFlags.Connected)) return;
            if (!_connections.TryRemove(new KeyValuePair<string, PeerConnection>(id, connection))) return;
            record.Flags &= ~PeerFlags.Connected;
            if (!IsOnline(record, now)) wentOffline = MarkOffline(shard, ref record);
        }

        if (wentOffline) AnnounceOffline(id);
    }

    /// <summary>Once a second: peers that fell silent go offline. A large registry is looked through in a few
    /// seconds.</summary>
    public void Sweep()
    {
        var shards = Count <= SweepAllUpTo ? ShardCount : ShardCount / 4;
        var now = Clock.Milliseconds;
        var gone = new List<string>();
        for (var i = 0; i < shards; i++)
        {
            SweepShard(_shards[_sweepFrom], now, gone);
            _sweepFrom = (_sweepFrom + 1) % ShardCount;
        }

        foreach (var id in gone) AnnounceOffline(id);
    }

    private void SweepShard(PeerShard shard, long now, List<string> gone)
    {
        Span<byte> buffer = stackalloc byte[IdKey.InlineLength];
        lock (shard.Gate)
        {
            if (shard.Online == 0) return;
            for (var number = 0; number < shard.Used; number++)
            {
                ref var record = ref shard.At(number);
                if (!record.Has(PeerFlags.Online) || IsOnline(record, now)) continue;
                MarkOffline(shard, ref record);
                gone.Add(Encoding.UTF8.GetString(shard.IdOf(record, buffer)));
            }
        }
    }

    // Loopback is exempt from both rules: on this machine everybody may say who is where (§6.1).
    private static bool MayRefresh(in PeerRecord record, PeerAddress source, long now)
    {
        if (source.IsLoopback) return true;
        if (!record.IsAt(source)) return false;
        var isThirdPort = record.PreviousPort != 0 && source.Port != record.Port && source.Port != record.PreviousPort;
        return !isThirdPort || !IsPortRemembered(record, now);
    }

    private static bool IsPortRemembered(in PeerRecord record, long now) =>
        record.PreviousPort != 0 && MonotonicClock.Tenths(now) - record.PortChangedAt < PortMemoryTenths;

    private bool IsOnline(in PeerRecord record, long now) =>
        record.Has(PeerFlags.Connected) || now - record.LastSeen < Volatile.Read(ref _onlineMilliseconds);

    private PeerSnapshot Snapshot(string id, in PeerRecord record, long now)
    {
        var address = record.Address;
        var previous = IsPortRemembered(record, now) ? address.WithPort(record.PreviousPort) : default;
        PeerConnection? connection = null;
        if (record.Has(PeerFlags.Connected) && _connections.TryGetValue(id, out connection))
        {
            address = connection.Remote;
        }

        return new PeerSnapshot(id, record.PublicKey.ToArray(), address, previous, IsOnline(record, now), connection)
        {
            Silence = record.LastSeen == 0 ? null : now - record.LastSeen,
            DatagramAddress = now - record.LastSeen < Volatile.Read(ref _onlineMilliseconds) ? record.Address : default,
        };
    }

    private static bool MarkOnline(PeerShard shard, ref PeerRecord record)
    {
        if (record.Has(PeerFlags.Online)) return false;
        record.Flags |= PeerFlags.Online;
        shard.Online++;
        return true;
    }

    private static bool MarkOffline(PeerShard shard, ref PeerRecord record)
    {
        if (!record.Has(PeerFlags.Online)) return false;
        record.Flags &= ~PeerFlags.Online;
        shard.Online--;
        return true;
    }

    private void AnnounceOnline(string id)
    {
        _router.Claim(id);
        _feed.Publish(new LiveEvent("peer-online", id));
    }

    private void AnnounceOffline(string id)
    {
        _router.Release(id);
        _feed.Publish(new LiveEvent("peer-offline", id));
    }

    private PeerShard ShardOf(in IdKey id) => _shards[(id.Hash >> 40) & (ShardCount - 1)];

    private static bool TryEncode(string id, Span<byte> buffer, out ReadOnlySpan<byte> utf8)
    {
        var fits = Encoding.UTF8.TryGetBytes(id, buffer, out var length);
        utf8 = buffer[..length];
        return fits && length > 0;
    }
}
