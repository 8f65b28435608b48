using System.Runtime.CompilerServices;
using Hawser.Api.Devices.Heartbeats;
using Hawser.Data.Devices;

namespace Hawser.Api.Devices;

/// <summary>The side of the table that heartbeats use.</summary>
internal sealed partial class DeviceTable
{
    // One request each half second, twenty at once: a device in a session sends one in three seconds.
    private const long Interval = 500;
    private const int Burst = 20;

    // Old clients don't know the key; they are not asked for ever.
    private const int MostAsked = 3;
    private const int MostTold = 5;

    /// <summary>Told about a connection that the heartbeats lack, under a lock: must only queue it.</summary>
    public Action<GoneConnection>? ConnectionGone { get; set; }

    /// <summary>Told about a command that is done with, under a lock: must only queue it.</summary>
    public Action<Guid>? CommandDone { get; set; }

    /// <summary>Told the id of a device that was silent and is there again, under a lock: must only queue it.</summary>
    public Action<string>? CameOnline { get; set; }

    /// <summary>Takes a heartbeat.</summary>
    /// <param name="beat">It.</param>
    /// <param name="mayRead">Whether the caller can have the device read first when it was changed.</param>
    /// <param name="body">What to answer; null: nothing to say.</param>
    /// <returns>What to do.</returns>
    public BeatOutcome Beat(in Heartbeat beat, bool mayRead, out byte[]? body)
    {
        body = null;
        var name = DeviceHash.Of(beat.Id);
        var uuid = DeviceHash.Of(beat.Uuid);
        var shard = ShardOf(name);
        var now = Now;
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            if (Unsafe.IsNullRef(ref slot)) return BeatOutcome.Unknown;
            if (slot.Uuid != uuid)
            {
                return mayRead && IsOld(slot, now) && MayRead(now) ? BeatOutcome.Unknown : BeatOutcome.Stranger;
            }

            // The second look at the same heartbeat is not a second one.
            if (mayRead && !TryTake(ref slot, now)) return BeatOutcome.TooFrequent;
            if (slot.FirstBeat == 0) slot.FirstBeat = now;
            var wasSilent = slot.LastBeat == 0 || now - slot.LastBeat > DevicePresence.Patience.TotalMilliseconds;
            slot.LastBeat = now;
            if (wasSilent) CameOnline?.Invoke(slot.Id);
            shard.Beats++;
            slot.ModifiedAt = beat.ModifiedAt;
            slot.Version = beat.Version;
            if (mayRead && NeedsReading(slot, now)) return BeatOutcome.Unknown;
            if (slot.Extra is not null || beat.Conns.Length > 0) Reconcile(ref slot, beat.Conns);
            var mayHaveNews = slot.Extra is { Commands.Count: > 0 } || !slot.HasDetails || IsStrategyDue(slot);
            if (mayHaveNews) body = Answer(ref slot, now);
            return BeatOutcome.Taken;
        }
    }

    /// <summary>Takes from a device's budget of requests; unknown ones have none.</summary>
    public bool TryTake(DeviceHash name)
    {
        var shard = ShardOf(name);
        lock (shard.Gate)
        {
            ref var slot = ref shard.Find(name);
            return Unsafe.IsNullRef(ref slot) || TryTake(ref slot, Now);
        }
    }

    /// <summary>An audit row says that a connection is open.</summary>
    public void Watch(string id, int connId) => Edit(
        id,
        static (ref DeviceSlot slot, int conn) =>
        {
            var extra = slot.Extra ??= new DeviceExtra();
            if (!extra.Watched.Exists(w => w.ConnId == conn)) extra.Watched.Add(new WatchedConnection(conn, 0));
        },
        connId);

    /// <summary>An audit row was closed.</summary>
    public void Unwatch(string id, int connId) => Edit(
        id,
        static (ref DeviceSlot slot, int conn) => slot.Extra?.Watched.RemoveAll(w => w.ConnId == conn),
        connId);

    /// <summary>A device is to be told something.</summary>
    public void Command(string id, KnownCommand command) => Edit(
        id,
        static (ref DeviceSlot slot, KnownCommand added) => (slot.Extra ??= new DeviceExtra()).Commands.Add(added),
        command);

    private static bool IsStrategyDue(in DeviceSlot slot) => slot.Strategy is not null && slot.ModifiedAt != slot.Stamp;

    private static bool TryTake(ref DeviceSlot slot, long now)
    {
        var free = Math.Max(slot.FreeAt, now) + Interval;
        if (free - now > Interval * Burst) return false;
        slot.FreeAt = free;
        return true;
    }

    private bool NeedsReading(in DeviceSlot slot, long now)
    {
        // Spread, so that a fleet that came at once is not read again at once.
        var age = (long)MaximumAge.TotalMilliseconds + (long)(slot.Name.Low & 0xF_FFFF);
        return (slot.IsStale || slot.Epoch != _epoch.Current || now - slot.ReadAt > age) && MayRead(now);
    }

    private bool MayRead(long now) => now >= Volatile.Read(ref _readAgainAt);

    private static void TakeOver(ref DeviceSlot slot, DeviceReading reading)
    {
        if (slot.Extra is null && reading.Commands.Count == 0 && reading.OpenAudits.Count == 0) return;
        var extra = slot.Extra ??= new DeviceExtra();
        var told = extra.Commands.ToDictionary(c => c.Row, c => c.Told);
        extra.Commands.Clear();
        foreach (var command in reading.Commands)
        {
            command.Told = told.GetValueOrDefault(command.Row);
            extra.Commands.Add(command);
        }

        foreach (var conn in reading.OpenAudits)
        {
            if (!extra.Watched.Exists(w => w.ConnId == conn)) extra.Watched.Add(new WatchedConnection(conn, 0));
        }

        if (extra.IsEmpty) slot.Extra = null;
    }

    private void Reconcile(ref DeviceSlot slot, ReadOnlySpan<int> conns)
    {
        var extra = slot.Extra ??= new DeviceExtra();
        if (!conns.SequenceEqual(extra.Conns)) extra.Conns = conns.IsEmpty ? [] : conns.ToArray();
        for (var i = extra.Watched.Count - 1; i >= 0; i--)
        {
            var watched = extra.Watched[i];
            var missed = conns.Contains(watched.ConnId) ? 0 : watched.Missed + 1;
            extra.Watched[i] = watched with { Missed = missed };
            if (missed < 2) continue;
            // "close" events are not guaranteed; two heartbeats without it are proof (§8.3).
            extra.Watched.RemoveAt(i);
            ConnectionGone?.Invoke(new GoneConnection(slot.Guid, slot.Id, watched.ConnId));
        }

        if (extra.Commands.Count > 0) DropObeyed(extra, conns);
        if (extra.IsEmpty) slot.Extra = null;
    }

    private void DropObeyed(DeviceExtra extra, ReadOnlySpan<int> conns)
    {
        var utc = _time.GetUtcNow().UtcDateTime;
        for (var i = extra.Commands.Count - 1; i >= 0; i--)
        {
            var command = extra.Commands[i];
            var isDone = command.Kind == PendingCommandKind.Disconnect
                ? !conns.Contains(command.ConnId) : command.Told >= MostTold;
            if (!isDone && command.ExpiresAt > utc) continue;
            extra.Commands.RemoveAt(i);
            CommandDone?.Invoke(command.Row);
        }
    }

    private static byte[]? Answer(ref DeviceSlot slot, long now)
    {
        var disconnect = new List<int>();
        var sysinfo = false;
        foreach (var command in slot.Extra?.Commands ?? [])
        {
            command.Told++;
            if (command.Kind == PendingCommandKind.Sysinfo) sysinfo = true;
            else disconnect.Add(command.ConnId);
        }

        // Its sysinfo comes before its first heartbeat; who lacks it some time after sent it to another server.
        if (!slot.HasDetails && now - slot.FirstBeat > 10_000 && slot.Asked < MostAsked)
        {
            slot.Asked++;
            sysinfo = true;
        }

        var strategy = IsStrategyDue(slot) ? slot.Strategy : null;
        if (!sysinfo && disconnect.Count == 0 && strategy is null) return null;
        return HeartbeatReply.Write(sysinfo, disconnect, slot.Stamp, strategy);
    }
}

/// <summary>What becomes of a heartbeat.</summary>
internal enum BeatOutcome
{
    /// <summary>It was taken.</summary>
    Taken,

    /// <summary>The database must be asked first.</summary>
    Unknown,

    /// <summary>The id is another device's.</summary>
    Stranger,

    /// <summary>The device sends too many.</summary>
    TooFrequent,
}
