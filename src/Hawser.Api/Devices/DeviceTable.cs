using System.Runtime.CompilerServices;
using Hawser.Api.Strategies;
using Hawser.Data.Activity;

namespace Hawser.Api.Devices;

/// <summary>
/// The devices that this process has heard of by HTTP: who they are, when they were last heard of, and whether there is
/// anything to tell them. Filled from the database, one read a device; a heartbeat touches nothing else.
/// </summary>
internal sealed partial class DeviceTable
{
    private const int ShardCount = 64;

    /// <summary>The most devices that are kept; more push out the ones that were silent for longest.</summary>
    internal const int MaximumDevices = 4_000_000;

    /// <summary>How long a reading is believed when nobody says that anything changed.</summary>
    internal static readonly TimeSpan MaximumAge = TimeSpan.FromHours(1);

    // So that a device that was never heard of has a time before all others.
    private const long Origin = 1_000_000;

    private readonly DeviceShard[] _shards = new DeviceShard[ShardCount];
    private readonly StrategyEpoch _epoch;
    private readonly TimeProvider _time;
    private readonly long _start;
    private long _readAgainAt;
    private long _evictions;

    public DeviceTable(StrategyEpoch epoch, TimeProvider time)
    {
        _epoch = epoch;
        _time = time;
        _start = time.GetTimestamp();
        for (var i = 0; i < ShardCount; i++) _shards[i] = new DeviceShard();
    }

    /// <summary>How many devices there are.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var shard in _shards) count += shard.Count;
            return count;
        }
    }

    /// <summary>How many heartbeats there were.</summary>
    public long Beats
    {
        get
        {
            var beats = 0L;
            foreach (var shard in _shards) beats += shard.Beats;
            return beats;
        }
    }

    private long Now => Origin + (long)_time.GetElapsedTime(_start).TotalMilliseconds;

    /// <summary>Whether a device with this id and uuid is known here.</summary>
    public Recognition Recognize(DeviceHash name, DeviceHash uuid, out Guid device, out ulong sysinfo)
    {
        (device, sysinfo) = (default, 0);
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            if (Unsafe.IsNullRef(ref slot)) return Recognition.Unknown;
            if (slot.Uuid != uuid) return IsOld(slot, Now) ? Recognition.Unknown : Recognition.Stranger;
            (device, sysinfo) = (slot.Guid, slot.HasDetails ? slot.Sysinfo : 0);
            return Recognition.Known;
        }
    }

    /// <summary>Takes over what the database says.</summary>
    public void Put(DeviceReading reading)
    {
        var name = DeviceHash.Of(reading.Id);
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            if (Unsafe.IsNullRef(ref slot))
            {
                if (shard.Count >= MaximumDevices / ShardCount) shard.Evict((int)(_evictions++ & 0xFFFFFF));
                slot = ref shard.Add(name);
                slot.Id = reading.Id;
            }

            if (slot.Guid != reading.Guid) (slot.Guid, slot.Sysinfo, slot.Extra) = (reading.Guid, 0, null);
            slot.Uuid = reading.Uuid;
            slot.HasDetails |= reading.HasDetails;
            (slot.Stamp, slot.Strategy) = (reading.Stamp, reading.Strategy);
            (slot.Epoch, slot.ReadAt, slot.IsStale) = (reading.Epoch, Now, false);
            TakeOver(ref slot, reading);
        }
    }

    /// <summary>Forgets a device: there is none of this id.</summary>
    public void Remove(string id)
    {
        var name = DeviceHash.Of(id);
        var shard = ShardOf(name);
        lock (shard.Gate) shard.Remove(name);
    }

    /// <summary>Reads a device again when it is heard of next.</summary>
    public void MarkStale(string id) => Edit(id, static (ref DeviceSlot slot, int _) => slot.IsStale = true, 0);

    /// <summary>Notes what sysinfo is stored now; it need not be asked for any more.</summary>
    public void SysinfoStored(string id, ulong hash) => Edit(
        id,
        static (ref DeviceSlot slot, ulong stored) =>
        {
            (slot.Sysinfo, slot.HasDetails) = (stored, true);
            slot.Extra?.Commands.RemoveAll(c => c.Kind == Data.Devices.PendingCommandKind.Sysinfo);
        },
        hash);

    /// <summary>Whether a device is asked to send its sysinfo again.</summary>
    public bool IsSysinfoAsked(string id)
    {
        var name = DeviceHash.Of(id);
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            return !Unsafe.IsNullRef(ref slot) && slot.Extra is { } extra
                && extra.Commands.Exists(c => c.Kind == Data.Devices.PendingCommandKind.Sysinfo);
        }
    }

    /// <summary>The database can't be read now: nobody waits for it until some seconds have passed.</summary>
    public void ReadingFailed() => Volatile.Write(ref _readAgainAt, Now + 5000);

    /// <summary>What a device is doing; null when it was never heard of here.</summary>
    public DeviceActivity? Find(string id)
    {
        var name = DeviceHash.Of(id);
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            if (Unsafe.IsNullRef(ref slot) || slot.LastBeat == 0) return null;
            var age = TimeSpan.FromMilliseconds(Now - slot.LastBeat);
            return new DeviceActivity(
                slot.Id, slot.Guid, _time.GetUtcNow().UtcDateTime - age, age, slot.Extra?.Conns ?? [], slot.Version,
                slot.ModifiedAt);
        }
    }

    /// <summary>How many devices were heard of lately.</summary>
    public int CountOnline(TimeSpan within)
    {
        var since = Now - (long)within.TotalMilliseconds;
        var count = 0;
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (ref readonly var slot in shard.Slots)
                {
                    if (slot.Id is not null && slot.LastBeat > since) count++;
                }
            }
        }

        return count;
    }

    /// <summary>Tells the ids of the devices that were heard of lately.</summary>
    public void VisitOnline(TimeSpan within, Action<string> visit)
    {
        var since = Now - (long)within.TotalMilliseconds;
        foreach (var shard in _shards)
        {
            lock (shard.Gate)
            {
                foreach (ref readonly var slot in shard.Slots)
                {
                    if (slot.Id is not null && slot.LastBeat > since) visit(slot.Id);
                }
            }
        }
    }

    /// <summary>Tells when devices were last heard of; the shape of a source of sightings.</summary>
    public void Sightings(LastSeenSlice slice, Action<string, DateTime> visit)
    {
        var found = new List<(string Id, DateTime At)>();
        for (var i = slice.Index; i < ShardCount; i += slice.Count)
        {
            found.Clear();
            lock (_shards[i].Gate)
            {
                var (now, utc) = (Now, _time.GetUtcNow().UtcDateTime);
                foreach (ref readonly var slot in _shards[i].Slots)
                {
                    if (slot.Id is null || slot.LastBeat == 0) continue;
                    var at = utc - TimeSpan.FromMilliseconds(now - slot.LastBeat);
                    if (at >= slice.Since) found.Add((slot.Id, at));
                }
            }

            foreach (var (id, at) in found) visit(id, at);
        }
    }

    private delegate void SlotEdit<in T>(ref DeviceSlot slot, T argument);

    private void Edit<T>(string id, SlotEdit<T> edit, T argument)
    {
        var name = DeviceHash.Of(id);
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            if (!Unsafe.IsNullRef(ref slot)) edit(ref slot, argument);
        }
    }

    private DeviceShard ShardOf(DeviceHash name) => _shards[(int)name.High & (ShardCount - 1)];

    // A uuid may change in the database, but a stranger must not make us look again and again.
    private static bool IsOld(in DeviceSlot slot, long now) => now - slot.ReadAt > 60_000;
}

/// <summary>Whether a request comes from the device that it names.</summary>
internal enum Recognition
{
    /// <summary>The database must be asked.</summary>
    Unknown,

    /// <summary>It does.</summary>
    Known,

    /// <summary>The id is another device's.</summary>
    Stranger,
}

/// <summary>What a device is doing.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Guid">Its row.</param>
/// <param name="LastHeard">When it was last heard of, UTC.</param>
/// <param name="Silence">How long ago that is.</param>
/// <param name="Connections">Its open connections.</param>
/// <param name="Version">Its client's version, as a number; 0: not said.</param>
/// <param name="ModifiedAt">The stamp of the strategy that it says it has.</param>
internal sealed record DeviceActivity(
    string Id, Guid Guid, DateTime LastHeard, TimeSpan Silence, IReadOnlyList<int> Connections, int Version,
    long ModifiedAt);
