using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>Whom a ring holds: a share of the strategy's devices, those in a group, or all others.</summary>
internal sealed record RolloutRing
{
    /// <summary>Percent of all devices of the strategy; at least one device.</summary>
    [JsonPropertyName("percent")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Percent { get; init; }

    /// <summary>The name of a device group.</summary>
    [JsonPropertyName("device_group")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DeviceGroup { get; init; }
}

/// <summary>How many devices of a ring are how far.</summary>
/// <param name="Ring">The ring, from 0.</param>
/// <param name="Devices">How many it has.</param>
/// <param name="Told">How many were told.</param>
/// <param name="Delivered">How many said that they took it.</param>
/// <param name="Lost">How many fell silent while they were watched.</param>
internal sealed record RingCount(int Ring, int Devices, int Told, int Delivered, int Lost);

/// <summary>
/// Takes other options of a strategy to its devices ring by ring. A device in a ring that was reached has the new
/// options, all others the old ones; the strategy itself changes when the last ring is done, so that going back is
/// forgetting (admin reference §6.3: a device is told again whenever what is in effect changes).
/// </summary>
internal sealed class RolloutRules(StrategyEpoch epoch, StrategyRules strategies, ApiParts parts, TimeProvider time)
{
    /// <summary>How long a watched device may be silent; idle clients beat every 15 s (reference §8).</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const int Some = 500;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Whether one of a strategy is open.</summary>
    public static Task<bool> IsOpenAsync(HawserDb db, Guid strategy, CancellationToken cancellationToken) =>
        db.StrategyRollouts.AnyAsync(r => r.StrategyGuid == strategy && r.EndedAt == null, cancellationToken);

    /// <summary>The rings as they are stored; the last one is everybody else.</summary>
    public static IReadOnlyList<RolloutRing> RingsOf(StrategyRollout rollout)
    {
        try
        {
            return JsonSerializer.Deserialize(rollout.Rings, RolloutJson.Default.IReadOnlyListRolloutRing) ?? [];
        }
        catch (JsonException)
        {
            return [new RolloutRing()];
        }
    }

    /// <summary>Begins one with its first ring; the caller has checked everything, and adds nothing else.</summary>
    public async Task BeginAsync(
        HawserDb db, StrategyRollout rollout, IReadOnlyList<RolloutRing> rings, CancellationToken cancellationToken)
    {
        rollout.Rings = JsonSerializer.Serialize(rings, RolloutJson.Default.IReadOnlyListRolloutRing);
        // Before its first ring: if this is cut off, it stands there, and goes on to that ring as to any other.
        (rollout.CreatedAt, rollout.RingAt, rollout.Ring) = (Now, Now, -1);
        db.StrategyRollouts.Add(rollout);
        await db.SaveChangesAsync(cancellationToken);
        await GoOnAsync(db, rollout, "", cancellationToken);
    }

    /// <summary>
    /// Goes on to the next ring; after the last one the options become the strategy's. False when somebody else was
    /// faster, or it is not on its way.
    /// </summary>
    public async Task<bool> GoOnAsync(
        HawserDb db, StrategyRollout rollout, string by, CancellationToken cancellationToken)
    {
        var (guid, ring, now) = (rollout.Guid, rollout.Ring, Now);
        var mine = db.StrategyRollouts.Where(r => r.Guid == guid && r.Ring == ring && r.EndedAt == null
            && (r.State == RolloutState.Running || r.State == RolloutState.Paused));
        if (ring + 1 < RingsOf(rollout).Count)
        {
            if (!await mine.AnyAsync(cancellationToken)) return false;
            if (!await FillAsync(db, rollout, ring + 1, cancellationToken)) return false;
            var reachedAt = Now;
            var reached = await mine.ExecuteUpdateAsync(
                s => s.SetProperty(r => r.Ring, ring + 1).SetProperty(r => r.RingAt, reachedAt)
                    .SetProperty(r => r.State, RolloutState.Running),
                cancellationToken);
            if (reached == 0) return false;
            rollout.Ring = ring + 1;
            await ToldAsync(db, rollout, cancellationToken);
            return true;
        }

        // Both or neither, so that its devices keep what they have; and once, whoever else asks for it now.
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            var ended = await mine.ExecuteUpdateAsync(
                s => s.SetProperty(r => r.State, RolloutState.Done).SetProperty(r => r.EndedAt, now)
                    .SetProperty(r => r.EndedBy, by),
                cancellationToken);
            if (ended == 0) return false;
            await strategies.WriteOptionsAsync(
                db, rollout.StrategyGuid, rollout.Options, (by, rollout.Note), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await ToldAsync(db, rollout, cancellationToken);
        return true;
    }

    /// <summary>Gives its devices the options of before. False when it has ended already.</summary>
    public async Task<bool> RollBackAsync(
        HawserDb db, StrategyRollout rollout, string by, CancellationToken cancellationToken)
    {
        var (guid, now) = (rollout.Guid, Now);
        var ended = await db.StrategyRollouts.Where(r => r.Guid == guid && r.EndedAt == null).ExecuteUpdateAsync(
            s => s.SetProperty(r => r.State, RolloutState.RolledBack).SetProperty(r => r.EndedAt, now)
                .SetProperty(r => r.EndedBy, by),
            cancellationToken);
        if (ended == 0) return false;
        await ToldAsync(db, rollout, cancellationToken);
        return true;
    }

    /// <summary>Holds one that is on its way, or lets one go on that is held or stopped.</summary>
    public async Task<bool> SetStateAsync(
        HawserDb db, Guid guid, RolloutState from, (RolloutState State, string Reason) to,
        CancellationToken cancellationToken)
    {
        var changed = await db.StrategyRollouts
            .Where(r => r.Guid == guid && r.State == from && r.EndedAt == null)
            .ExecuteUpdateAsync(
                s => s.SetProperty(r => r.State, to.State).SetProperty(r => r.Reason, to.Reason), cancellationToken);
        if (changed > 0) Tell(guid);
        return changed > 0;
    }

    /// <summary>Counts those that are lost now no more.</summary>
    public Task<int> AcceptLossAsync(HawserDb db, Guid rollout, CancellationToken cancellationToken)
    {
        var silent = Now - Patience;
        return db.StrategyRolloutDevices
            .Where(r => r.RolloutGuid == rollout && r.SeenAt < silent && r.SeenAt < r.WatchedUntil)
            .ExecuteUpdateAsync(s => s.SetProperty(r => r.WatchedUntil, r => r.SeenAt), cancellationToken);
    }

    /// <summary>How far the rings are that were reached.</summary>
    public async Task<List<RingCount>> CountAsync(
        HawserDb db, StrategyRollout rollout, CancellationToken cancellationToken)
    {
        var (guid, silent, reached) = (rollout.Guid, (rollout.EndedAt ?? Now) - Patience, rollout.Ring);
        var rows = await db.StrategyRolloutDevices.AsNoTracking()
            .Where(r => r.RolloutGuid == guid && r.Ring <= reached)
            .GroupBy(r => r.Ring).Select(g => new
            {
                g.Key,
                All = g.Count(),
                Told = g.Count(r => r.ToldAt != null),
                Delivered = g.Count(r => r.DeliveredAt != null),
                Lost = g.Count(r => r.SeenAt != null && r.SeenAt < silent && r.SeenAt < r.WatchedUntil),
            }).ToListAsync(cancellationToken);
        return [.. rows.OrderBy(r => r.Key).Select(r => new RingCount(r.Key, r.All, r.Told, r.Delivered, r.Lost))];
    }

    // Devices are looked at again when they are heard of next.
    private async Task ToldAsync(HawserDb db, StrategyRollout rollout, CancellationToken cancellationToken)
    {
        await epoch.BumpAsync(db, cancellationToken);
        Tell(rollout.Guid);
    }

    private void Tell(Guid rollout) => parts.Feed.Publish(new LiveEvent("strategy", rollout.ToString()));

    /// <summary>
    /// Stores who is in a ring, some at a time before it is reached: nobody waits for a ring of a hundred thousand
    /// devices to be written, and one that was cut off goes on where it was. False when somebody else does the same.
    /// </summary>
    private static async Task<bool> FillAsync(
        HawserDb db, StrategyRollout rollout, int number, CancellationToken cancellationToken)
    {
        var guid = rollout.Guid;
        var governed = await GovernedAsync(db, rollout.StrategyGuid, cancellationToken);
        var rows = await db.StrategyRolloutDevices.AsNoTracking().Where(r => r.RolloutGuid == guid)
            .Select(r => new { r.DeviceGuid, r.Ring }).ToListAsync(cancellationToken);
        var taken = rows.Select(r => r.DeviceGuid).ToHashSet();
        var free = governed.FindAll(d => !taken.Contains(d));
        var ring = RingsOf(rollout)[number];
        if (ring.DeviceGroup is { } group)
        {
            var name = Http.NameText.Normalize(group);
            var members = (await (
                from m in db.DeviceGroupMembers.AsNoTracking()
                join g in db.DeviceGroups on m.GroupGuid equals g.Guid
                where g.NormalizedName == name
                select m.DeviceGuid).ToListAsync(cancellationToken)).ToHashSet();
            free.RemoveAll(d => !members.Contains(d));
        }
        else if (ring.Percent is { } percent)
        {
            var wanted = (int)Math.Ceiling(governed.Count * (percent / 100.0)) - rows.Count(r => r.Ring == number);
            free = [.. free.OrderBy(d => PlaceOf(guid, d)).ThenBy(d => d).Take(Math.Max(0, wanted))];
        }

        foreach (var some in free.Chunk(Some))
        {
            db.StrategyRolloutDevices.AddRange(some.Select(d => new StrategyRolloutDevice
            {
                RolloutGuid = guid, DeviceGuid = d, Ring = number,
            }));
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e.IsCollision())
            {
                return false;
            }
            finally
            {
                db.ChangeTracker.Clear();
            }
        }

        return true;
    }

    // Another order for each roll-out, so that not always the same devices come first.
    private static ulong PlaceOf(Guid rollout, Guid device)
    {
        Span<byte> both = stackalloc byte[32];
        rollout.TryWriteBytes(both);
        device.TryWriteBytes(both[16..]);
        return BitConverter.ToUInt64(SHA256.HashData(both));
    }

    private static async Task<List<Guid>> GovernedAsync(
        HawserDb db, Guid strategy, CancellationToken cancellationToken)
    {
        var winners = await StrategyWinners.ReadAsync(db, cancellationToken);
        return [.. winners.Where(w => w.Value == strategy).Select(w => w.Key)];
    }
}

/// <summary>The form in which rings are stored.</summary>
[JsonSerializable(typeof(IReadOnlyList<RolloutRing>))]
internal sealed partial class RolloutJson : JsonSerializerContext;
