using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies;

/// <summary>
/// The strategy of every device, enabled or not: its own before its owner's before that of the first of its groups
/// (admin reference §6.3). Three passes over what is given, none of them device by device.
/// </summary>
internal static class StrategyWinners
{
    /// <summary>Reads it for all devices that are given any.</summary>
    public static async Task<Dictionary<Guid, Guid>> ReadAsync(HawserDb db, CancellationToken cancellationToken)
    {
        var winners = new Dictionary<Guid, Guid>();
        var groups = (
            from given in db.StrategyAssignments.AsNoTracking()
            where given.TargetKind == StrategyTarget.DeviceGroup
            join its in db.DeviceGroups on given.TargetGuid equals its.Guid
            join member in db.DeviceGroupMembers on its.Guid equals member.GroupGuid
            orderby its.Rank, its.NormalizedName
            select new { member.DeviceGuid, given.StrategyGuid }).AsAsyncEnumerable();
        await foreach (var row in groups.WithCancellation(cancellationToken))
        {
            winners.TryAdd(row.DeviceGuid, row.StrategyGuid);
        }

        var owners = (
            from given in db.StrategyAssignments.AsNoTracking()
            where given.TargetKind == StrategyTarget.User
            join details in db.DeviceDetails on given.TargetGuid equals details.OwnerGuid
            select new { details.DeviceGuid, given.StrategyGuid }).AsAsyncEnumerable();
        await foreach (var row in owners.WithCancellation(cancellationToken))
        {
            winners[row.DeviceGuid] = row.StrategyGuid;
        }

        var own = (
            from given in db.StrategyAssignments.AsNoTracking()
            where given.TargetKind == StrategyTarget.Device
            join device in db.Devices on given.TargetGuid equals device.Guid
            select new { device.Guid, given.StrategyGuid }).AsAsyncEnumerable();
        await foreach (var row in own.WithCancellation(cancellationToken)) winners[row.Guid] = row.StrategyGuid;
        return winners;
    }
}
