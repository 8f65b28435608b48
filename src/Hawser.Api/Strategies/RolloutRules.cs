using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Strategies.Admin;
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
        (rollout.CreatedAt, rollout.RingAt) = (Now, Now);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            db.StrategyRollouts.Add(rollout);
            await db.SaveChangesAsync(cancellationToken);
            await FillAsync(db, rollout, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await ToldAsync(db, rollout, cancellationToken);
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
            // Both or neither: a ring that a crash left empty would look like one without devices, and be gone past.
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                var reached = await mine.ExecuteUpdateAsync(
                    s => s.SetProperty(r => r.Ring, ring + 1).SetProperty(r => r.RingAt, now)
                        .SetProperty(r => r.State, RolloutState.Running),
                    cancellationToken);
                if (reached == 0) return false;
                rollout.Ring = ring + 1;
                await FillAsync(db, rollout, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

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
        var (guid, silent) = (rollout.Guid, (rollout.EndedAt ?? Now) - Patience);
        var rows = await db.StrategyRolloutDevices.AsNoTracking().Where(r => r.RolloutGuid == guid)
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

    private static async Task FillAsync(HawserDb db, StrategyRollout rollout, CancellationToken cancellationToken)
    {
        var governed = await GovernedAsync(db, rollout.StrategyGuid, cancellationToken);
        var guid = rollout.Guid;
        var reached = (await db.StrategyRolloutDevices.AsNoTracking().Where(r => r.RolloutGuid == guid)
            .Select(r => r.DeviceGuid).ToListAsync(cancellationToken)).ToHashSet();
        var free = governed.FindAll(d => !reached.Contains(d));
        var ring = RingsOf(rollout)[rollout.Ring];
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
            var wanted = (int)Math.Ceiling(governed.Count * (percent / 100.0));
            free = [.. free.OrderBy(d => PlaceOf(guid, d)).ThenBy(d => d).Take(wanted)];
        }

        foreach (var some in free.Chunk(Some))
        {
            db.StrategyRolloutDevices.AddRange(some.Select(d => new StrategyRolloutDevice
            {
                RolloutGuid = guid, DeviceGuid = d, Ring = rollout.Ring,
            }));
            await db.SaveChangesAsync(cancellationToken);
            db.ChangeTracker.Clear();
        }
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
        var governed = new List<Guid>();
        for (var last = ""; ;)
        {
            var page = await StrategyPreview.PageAsync(db, last, cancellationToken);
            var subjects = page.ConvertAll(d => new StrategySubject(d.Guid, d.Owner, null));
            var ladders = await StrategyLadder.ReadAsync(db, subjects, null, cancellationToken);
            governed.AddRange(page.Where(d => StrategyPreview.Leads(ladders, d.Guid, strategy)).Select(d => d.Guid));
            if (page.Count < StrategyPreview.AtOnce) return governed;
            last = page[^1].Id;
        }
    }
}

/// <summary>The form in which rings are stored.</summary>
[JsonSerializable(typeof(IReadOnlyList<RolloutRing>))]
internal sealed partial class RolloutJson : JsonSerializerContext;
