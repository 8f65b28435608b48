using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Strategies.Admin;

/// <summary><c>GET /api/strategies/{guid}/targets</c>: what a strategy is given to. Ours.</summary>
internal static class StrategyTargetsEndpoint
{
    private const int Most = 500;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/strategies/{guid}/targets", HandleAsync)
            .ForAdmins(Area.Strategy, write: false, AdminRight.StrategiesView)
            .WithSummary("The devices, users and device groups that a strategy is given to; the first 500 of each.")
            .Answers<StrategyTargetsReply>();

    // Seeing a strategy is not seeing what it is given to (admin reference §6.4): each as far as one may see it.
    private static async Task<IResult> HandleAsync(
        string guid, CurrentUser user, HawserDb db, CancellationToken cancellationToken)
    {
        var (seen, people) = (
            AdminScope.Devices(db, user, AdminRight.DevicesView), AdminScope.Users(db, user, AdminRight.UsersView));
        var seesGroups = user.MayEverywhere(AdminRight.DeviceGroupsView);
        if (await StrategiesAdmin.FindAsync(db, guid, cancellationToken) is not { } strategy)
        {
            return Problem.NotFound("strategy");
        }

        var given = db.StrategyAssignments.AsNoTracking().Where(a => a.StrategyGuid == strategy.Guid);
        var devices = await (
            from a in given.Where(a => a.TargetKind == StrategyTarget.Device)
            join device in seen on a.TargetGuid equals device.Guid
            join known in db.DeviceDetails on device.Guid equals known.DeviceGuid into all
            from details in all.DefaultIfEmpty()
            orderby device.Id
            select new
            {
                device.Guid, device.Id, Name = (string?)details.NameOverride, Host = (string?)details.Hostname,
            }).Take(Most).ToListAsync(cancellationToken);
        var users = await given.Where(a => a.TargetKind == StrategyTarget.User)
            .Join(people, a => a.TargetGuid, u => u.Guid, (a, u) => u).OrderBy(u => u.NormalizedName)
            .Select(u => new StrategyTargetItem(u.Guid, u.Name, u.DisplayName)).Take(Most)
            .ToListAsync(cancellationToken);
        var groups = await given.Where(a => seesGroups && a.TargetKind == StrategyTarget.DeviceGroup)
            .Join(db.DeviceGroups, a => a.TargetGuid, g => g.Guid, (a, g) => g).OrderBy(g => g.NormalizedName)
            .Select(g => new StrategyTargetItem(g.Guid, g.Name, "")).Take(Most).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new StrategyTargetsReply(
                devices.ConvertAll(d => new StrategyTargetItem(
                    d.Guid, d.Id, string.IsNullOrEmpty(d.Name) ? d.Host ?? "" : d.Name)),
                users, groups),
            StrategyTargetsJson.Default.StrategyTargetsReply);
    }
}

/// <summary>What a strategy is given to.</summary>
/// <param name="Devices">Devices.</param>
/// <param name="Users">Users, for their devices.</param>
/// <param name="DeviceGroups">Groups, for their devices.</param>
internal sealed record StrategyTargetsReply(
    [property: JsonPropertyName("devices")] IReadOnlyList<StrategyTargetItem> Devices,
    [property: JsonPropertyName("users")] IReadOnlyList<StrategyTargetItem> Users,
    [property: JsonPropertyName("device_groups")] IReadOnlyList<StrategyTargetItem> DeviceGroups);

/// <summary>One of them.</summary>
/// <param name="Guid">Its row.</param>
/// <param name="Name">Its name; of a device, its id.</param>
/// <param name="Label">What people call it, when that is something else.</param>
internal sealed record StrategyTargetItem(
    [property: JsonPropertyName("guid")] Guid Guid,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("label")] string Label);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(StrategyTargetsReply))]
internal sealed partial class StrategyTargetsJson : JsonSerializerContext;
