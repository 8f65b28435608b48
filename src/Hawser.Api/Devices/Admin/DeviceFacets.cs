using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>GET /api/devices/facets</c>: how many devices of a list have what, for the chips of its filters. A few counts by
/// column, whatever the number of rows; only who is online is counted in memory. Ours.
/// </summary>
internal static class DeviceFacets
{
    private const int Most = 100;

    // Os is "Platform / details" (admin reference §4.8); there are as many texts as versions of systems.
    private const int MostSystems = 5000;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/devices/facets", HandleAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("How many devices have what, of those that the list shows for the same query.")
            .Query("q", "And all other filters of the list.").Answers<DeviceFacetsReply>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, DeviceReach reach, DevicePresence presence,
        CancellationToken cancellationToken)
    {
        var shown = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var isFiltered = context.Request.Query.Keys.Any(IsFilter);
        var isAll = !isFiltered && user.MayEverywhere(AdminRight.DevicesView);
        var devices = isFiltered
            ? DeviceRow.Filter(DeviceRow.Of(db, user, shown), context).Select(r => r.Guid) : shown.Select(d => d.Guid);
        var details = isAll ? db.DeviceDetails.AsNoTracking()
            : db.DeviceDetails.AsNoTracking().Where(x => devices.Contains(x.DeviceGuid));
        var total = await devices.CountAsync(cancellationToken);
        var disabled = await details.CountAsync(x => !x.Enabled, cancellationToken);
        var systems = await details.Where(x => x.Os != "").GroupBy(x => x.Os)
            .Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key)
            .Take(MostSystems).ToListAsync(cancellationToken);
        var versions = await details.Where(x => x.Version != "").GroupBy(x => x.Version)
            .Select(g => new { g.Key, Count = g.Count() }).OrderByDescending(g => g.Count).ThenBy(g => g.Key)
            .Take(Most).ToListAsync(cancellationToken);
        var reply = new DeviceFacetsReply
        {
            Total = total,
            Online = isAll ? presence.Online : await OnlineAsync(db, devices, presence, cancellationToken),
            Enabled = total - disabled,
            Disabled = disabled,
            Platforms = [.. systems.GroupBy(s => s.Key.Split('/')[0].Trim())
                .Select(g => new Facet(g.Key, g.Sum(s => s.Count)))
                .OrderByDescending(f => f.Count).ThenBy(f => f.Value, StringComparer.Ordinal).Take(Most)],
            Versions = versions.ConvertAll(g => new Facet(g.Key, g.Count)),
            Groups = await GroupsAsync(db, isAll ? null : devices, cancellationToken),
            Strategies = user.MayEverywhere(AdminRight.DevicesView)
                ? await StrategiesAsync(db, isAll ? null : devices, cancellationToken) : [],
        };
        return ClientResults.Json(reply, DeviceFacetsJson.Default.DeviceFacetsReply);
    }

    private static bool IsFilter(string key) =>
        key is not ("current" or "pageSize" or "sort" or "format" or "ab" or "guid" or "user" or "device");

    // Presence is in memory, not in the table: the ids come past once.
    private static async Task<int> OnlineAsync(
        HawserDb db, IQueryable<Guid> devices, DevicePresence presence, CancellationToken cancellationToken)
    {
        var online = 0;
        if (presence.Online == 0) return online;
        var ids = db.Devices.AsNoTracking().Where(d => devices.Contains(d.Guid)).Select(d => d.Id);
        await foreach (var id in ids.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (presence.IsOnline(id)) online++;
        }

        return online;
    }

    private static async Task<List<Facet>> GroupsAsync(
        HawserDb db, IQueryable<Guid>? devices, CancellationToken cancellationToken)
    {
        var members = db.DeviceGroupMembers.AsNoTracking();
        if (devices is not null) members = members.Where(m => devices.Contains(m.DeviceGuid));
        var counts = await members.GroupBy(m => m.GroupGuid).Select(g => new { g.Key, Count = g.Count() })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(Most).ToListAsync(cancellationToken);
        var guids = counts.ConvertAll(c => c.Key);
        var names = await db.DeviceGroups.AsNoTracking().Where(g => guids.Contains(g.Guid))
            .ToDictionaryAsync(g => g.Guid, g => g.Name, cancellationToken);
        return [.. counts.Where(c => names.ContainsKey(c.Key)).Select(c => new Facet(names[c.Key], c.Count))];
    }

    private static async Task<List<Facet>> StrategiesAsync(
        HawserDb db, IQueryable<Guid>? devices, CancellationToken cancellationToken)
    {
        var given = db.StrategyAssignments.AsNoTracking().Where(a => a.TargetKind == StrategyTarget.Device);
        if (devices is not null) given = given.Where(a => devices.Contains(a.TargetGuid));
        var counts = await given.GroupBy(a => a.StrategyGuid).Select(g => new { g.Key, Count = g.Count() })
            .OrderByDescending(g => g.Count).ThenBy(g => g.Key).Take(Most).ToListAsync(cancellationToken);
        var guids = counts.ConvertAll(c => c.Key);
        var names = await db.Strategies.AsNoTracking().Where(s => guids.Contains(s.Guid))
            .ToDictionaryAsync(s => s.Guid, s => s.Name, cancellationToken);
        return [.. counts.Where(c => names.ContainsKey(c.Key)).Select(c => new Facet(names[c.Key], c.Count))];
    }
}

/// <summary>A value and how many devices have it.</summary>
internal sealed record Facet(
    [property: JsonPropertyName("value")] string Value, [property: JsonPropertyName("count")] int Count);

/// <summary>How many devices have what; of each, the hundred values that most have.</summary>
internal sealed record DeviceFacetsReply
{
    [JsonPropertyName("total")]
    public required int Total { get; init; }

    [JsonPropertyName("online")]
    public required int Online { get; init; }

    [JsonPropertyName("enabled")]
    public required int Enabled { get; init; }

    [JsonPropertyName("disabled")]
    public required int Disabled { get; init; }

    /// <summary>The first word of the system: Windows, Linux, macOS, Android; as a filter: os=Windows%.</summary>
    [JsonPropertyName("platforms")]
    public required IReadOnlyList<Facet> Platforms { get; init; }

    [JsonPropertyName("versions")]
    public required IReadOnlyList<Facet> Versions { get; init; }

    /// <summary>Device groups; a device in several counts in each.</summary>
    [JsonPropertyName("device_groups")]
    public required IReadOnlyList<Facet> Groups { get; init; }

    /// <summary>Strategies of devices' own; empty for who administers only some devices.</summary>
    [JsonPropertyName("strategies")]
    public required IReadOnlyList<Facet> Strategies { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(DeviceFacetsReply))]
internal sealed partial class DeviceFacetsJson : JsonSerializerContext;
