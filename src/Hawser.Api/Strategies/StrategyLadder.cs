using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>A strategy that is given to a device, to its owner or to one of its groups.</summary>
/// <param name="Level">To which of them.</param>
/// <param name="Target">To which one.</param>
/// <param name="Group">The group's name; empty: it is no group.</param>
/// <param name="Rank">The group's rank; smaller ones come first.</param>
/// <param name="Strategy">The strategy.</param>
internal readonly record struct StrategyRung(StrategyTarget Level, Guid Target, string Group, int Rank, Guid Strategy);

/// <summary>
/// All that is given to a device, in the order that decides: its own, its owner's, those of its groups by rank. The
/// first one is in effect, and no other, also when it is disabled (admin reference §6.3).
/// </summary>
internal static class StrategyLadder
{
    /// <summary>Reads what is given to devices.</summary>
    /// <param name="db">The database.</param>
    /// <param name="devices">The devices.</param>
    /// <param name="instead">What would be given, over what is; null: taken away.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rungs of those that have any.</returns>
    public static async Task<Dictionary<Guid, List<StrategyRung>>> ReadAsync(
        HawserDb db, IReadOnlyList<StrategySubject> devices,
        IReadOnlyDictionary<(StrategyTarget, Guid), Guid?>? instead, CancellationToken cancellationToken)
    {
        var guids = devices.Select(d => d.Device).ToList();
        var owners = devices.Where(d => d.Owner is not null).Select(d => d.Owner!.Value).Distinct().ToList();
        var given = await db.StrategyAssignments.AsNoTracking()
            .Where(a => a.TargetKind == StrategyTarget.DeviceGroup
                || (a.TargetKind == StrategyTarget.Device && guids.Contains(a.TargetGuid))
                || (a.TargetKind == StrategyTarget.User && owners.Contains(a.TargetGuid)))
            .ToDictionaryAsync(a => (a.TargetKind, a.TargetGuid), a => (Guid?)a.StrategyGuid, cancellationToken);
        foreach (var (target, strategy) in instead ?? new Dictionary<(StrategyTarget, Guid), Guid?>())
        {
            given[target] = strategy;
        }

        var groups = given.Where(g => g.Key.TargetKind == StrategyTarget.DeviceGroup && g.Value is not null)
            .Select(g => g.Key.TargetGuid).ToHashSet();
        var members = groups.Count == 0 ? [] : await (
            from member in db.DeviceGroupMembers.AsNoTracking()
            where guids.Contains(member.DeviceGuid)
            join its in db.DeviceGroups on member.GroupGuid equals its.Guid
            select new { member.DeviceGuid, its.Guid, its.Name, its.Rank, its.NormalizedName })
            .ToListAsync(cancellationToken);
        var ranked = members.Where(m => groups.Contains(m.Guid)).OrderBy(m => m.Rank)
            .ThenBy(m => m.NormalizedName, StringComparer.Ordinal).ToLookup(m => m.DeviceGuid);
        var ladders = new Dictionary<Guid, List<StrategyRung>>();
        foreach (var device in devices)
        {
            var rungs = new List<StrategyRung>();
            Add(rungs, StrategyTarget.Device, device.Device);
            if (device.Owner is { } owner) Add(rungs, StrategyTarget.User, owner);
            foreach (var m in ranked[device.Device]) Add(rungs, StrategyTarget.DeviceGroup, m.Guid, m.Name, m.Rank);
            if (rungs.Count > 0) ladders[device.Device] = rungs;
        }

        return ladders;

        void Add(List<StrategyRung> rungs, StrategyTarget level, Guid target, string group = "", int rank = 0)
        {
            if (given.TryGetValue((level, target), out var found) && found is { } strategy)
            {
                rungs.Add(new StrategyRung(level, target, group, rank, strategy));
            }
        }
    }
}
