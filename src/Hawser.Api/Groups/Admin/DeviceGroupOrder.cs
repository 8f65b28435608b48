using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Groups.Admin;

/// <summary>
/// <c>POST /api/device-groups/{guid}/move</c>: the order of device groups, which decides which of several groups of a
/// device clients see and which strategy it gets. Ours.
/// </summary>
internal static class DeviceGroupOrder
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/device-groups/{guid}/move", MoveAsync)
            .ForAdmins(Area.DeviceGroup, write: true, AdminRight.DeviceGroupsEdit)
            .WithSummary("Puts a device group before another one, or last; all ranks are numbered anew.")
            .Reads<GroupMoveBody>(GroupMoveBody.Example).AnswersNothing();

    private static async Task<IResult> MoveAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, StrategyEpoch epoch,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, GroupOrderJson.Default.GroupMoveBody);
        if (body is null) return error!;
        var groups = await db.DeviceGroups.OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName)
            .ToListAsync(cancellationToken);
        var group = Guid.TryParse(guid, out var wanted) ? groups.Find(g => g.Guid == wanted) : null;
        if (group is null) return Problem.NotFound("device group");
        groups.Remove(group);
        var place = body.Before is { } before ? groups.FindIndex(g => g.Guid == before) : groups.Count;
        if (place < 0) return Problem.Invalid("before is another device group, or missing.", "before");
        groups.Insert(place, group);
        foreach (var (index, one) in groups.Index()) one.Rank = index;
        log.Add(db, context, ConsoleOperation.UpdateGroup, group.Name, ("kind", "device group"),
            ("rank", place.ToString(CultureInfo.InvariantCulture)));
        await db.SaveChangesAsync(cancellationToken);
        await epoch.BumpAsync(db, cancellationToken);
        return ClientResults.Empty;
    }
}

/// <summary>Where a device group goes.</summary>
internal sealed record GroupMoveBody
{
    internal const string Example = """{"before":"0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"}""";

    /// <summary>The group that comes after it; missing: it comes last.</summary>
    [JsonPropertyName("before")]
    public Guid? Before { get; init; }
}

/// <summary>How it is read.</summary>
[JsonSerializable(typeof(GroupMoveBody))]
internal sealed partial class GroupOrderJson : JsonSerializerContext;
