using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>The options of a roll-out for a device that it reached, in place of its strategy's.</summary>
internal sealed class StrategyDraft(Guid strategy, string options, int watchMinutes, StrategyRolloutDevice row)
{
    /// <summary>The strategy.</summary>
    public Guid Strategy => strategy;

    /// <summary>The strategy as it would be.</summary>
    public Strategy Instead() => new() { Guid = strategy, Options = options };

    /// <summary>The device is told with this stamp; stored with what the caller saves.</summary>
    public void Told(long stamp, DateTime now)
    {
        row.Stamp = stamp;
        if (row.ToldAt is not null) return;
        (row.ToldAt, row.SeenAt, row.WatchedUntil) = (now, now, now.AddMinutes(watchMinutes));
    }
}

/// <summary>Finds what roll-outs that are open say of devices.</summary>
internal static class StrategyDrafts
{
    /// <summary>Reads them; most of the time there are none.</summary>
    public static async Task<Dictionary<Guid, StrategyDraft>> ReadAsync(
        HawserDb db, IReadOnlyCollection<Guid> devices, CancellationToken cancellationToken)
    {
        var rows = await (
            from row in db.StrategyRolloutDevices
            where devices.Contains(row.DeviceGuid)
            join rollout in db.StrategyRollouts on row.RolloutGuid equals rollout.Guid
            // Rings are written before they are reached.
            where rollout.EndedAt == null && row.Ring <= rollout.Ring
            orderby rollout.CreatedAt
            select new { row, rollout.StrategyGuid, rollout.Options, rollout.WatchMinutes })
            .ToListAsync(cancellationToken);
        var drafts = new Dictionary<Guid, StrategyDraft>();
        foreach (var found in rows)
        {
            drafts[found.row.DeviceGuid] = new StrategyDraft(
                found.StrategyGuid, found.Options, found.WatchMinutes, found.row);
        }

        return drafts;
    }
}
