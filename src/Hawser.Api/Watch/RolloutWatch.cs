using Hawser.Api.Devices;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Leases;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Watch;

/// <summary>
/// Watches roll-outs of strategies. Every node notes which of their devices it hears of; one of them stops a roll-out
/// when too many fall silent, and takes it to the next ring where that was asked for.
/// </summary>
internal sealed partial class RolloutWatch(
    ApiParts parts, ApiGate gate, SettingsStore settings, JobLeases leases, RolloutRules rules, ServerAlarms alarms,
    DevicePresence presence, TimeProvider time, ILogger<RolloutWatch> log) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // A row is not written for every heartbeat, of a hundred thousand devices least of all; with a heartbeat of 15 s
    // and a look of 5 s what is stored is 45 s old at most, less than the patience.
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(25);
    private const int Some = 500;
    private readonly long _start = time.GetTimestamp();

    /// <summary>One look.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            List<StrategyRollout> open;
            await using (var db = parts.Store.CreateDb())
            {
                open = await db.StrategyRollouts.AsNoTracking().Where(r => r.EndedAt == null)
                    .OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).ToListAsync(cancellationToken);
            }

            if (open.Count == 0) return;
            foreach (var rollout in open) await SeeAsync(rollout.Guid, cancellationToken);
            // A node that has just started has heard of nobody.
            if (Time.GetElapsedTime(_start) <= RolloutRules.Patience) return;
            await leases.RunAsync("rollouts", Lease, token => DecideAsync(open, token), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            Log.Failed(log, e.Message);
        }
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    private async Task SeeAsync(Guid rollout, CancellationToken cancellationToken)
    {
        for (var last = ""; ;)
        {
            await using var db = parts.Store.CreateDb();
            var rows = await (
                from row in db.StrategyRolloutDevices
                where row.RolloutGuid == rollout && row.ToldAt != null
                    && (row.DeliveredAt == null || row.SeenAt < row.WatchedUntil)
                join device in db.Devices on row.DeviceGuid equals device.Guid
                where string.Compare(device.Id, last) > 0
                orderby device.Id
                select new { row, device.Id }).Take(Some).ToListAsync(cancellationToken);
            foreach (var found in rows)
            {
                if (presence.Find(found.Id) is not { } activity) continue;
                var row = found.row;
                if (row.DeliveredAt is null && activity.ModifiedAt == row.Stamp) row.DeliveredAt = activity.LastHeard;
                if (activity.LastHeard - row.SeenAt > Grain) row.SeenAt = activity.LastHeard;
            }

            await db.SaveChangesAsync(cancellationToken);
            if (rows.Count < Some) return;
            last = rows[^1].Id;
        }
    }

    private async Task DecideAsync(List<StrategyRollout> open, CancellationToken cancellationToken)
    {
        foreach (var rollout in open.Where(r => r.State is RolloutState.Running or RolloutState.Paused))
        {
            await using var db = parts.Store.CreateDb();
            var rings = await rules.CountAsync(db, rollout, cancellationToken);
            var (told, lost) = (rings.Sum(r => r.Told), rings.Sum(r => r.Lost));
            if ((long)lost * 100 > (long)rollout.LostPercent * told)
            {
                await StopAsync(db, rollout, (told, lost), cancellationToken);
                continue;
            }

            var now = Time.GetUtcNow().UtcDateTime;
            var ring = rings.Find(r => r.Ring == rollout.Ring);
            if (rollout is { State: RolloutState.Running, GoesOn: true }
                && now - rollout.RingAt >= TimeSpan.FromMinutes(rollout.WatchMinutes)
                && ring is null or { Delivered: > 0 })
            {
                await rules.GoOnAsync(db, rollout, "", cancellationToken);
            }
        }
    }

    private async Task StopAsync(
        HawserDb db, StrategyRollout rollout, (int Told, int Lost) count, CancellationToken cancellationToken)
    {
        if (!await rules.SetStateAsync(
            db, rollout.Guid, rollout.State, (RolloutState.Stopped, "lost_contact"), cancellationToken)) return;
        if (!settings.Get(WatchSettings.Key).RolloutStopped) return;
        var name = await db.Strategies.Where(s => s.Guid == rollout.StrategyGuid).Select(s => s.Name)
            .FirstOrDefaultAsync(cancellationToken) ?? "";
        await alarms.RaiseAsync(db, AlarmTexts.RolloutStopped, name, (null, "", null), cancellationToken,
            ("strategy", name), ("told", $"{count.Told}"), ("lost", $"{count.Lost}"));
    }

    private static partial class Log
    {
        [LoggerMessage(6711, LogLevel.Warning, "Roll-outs could not be watched: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
