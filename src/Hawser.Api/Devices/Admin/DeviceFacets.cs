using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Hawser.Api.Delegation;
using Hawser.Api.Groups;
using Hawser.Api.Http;
using Hawser.Api.Strategies;
using Hawser.Data;
using Hawser.Data.Strategies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>GET /api/devices/facets</c>: how many devices of a list have what, for the chips of its filters. The list's query
/// runs once, and its rows are counted as they come past: as one question for each column, it would be asked half a
/// dozen times over. Held are the devices' keys, 24 bytes each, for what is kept in other tables. Ours.
/// </summary>
internal static class DeviceFacets
{
    // So many keys are asked for by name; for more, the other table is read through.
    private const int Few = 500;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/devices/facets", HandleAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("How many devices have what, of those that the list shows for the same query.")
            .Query("q", "And all other filters of the list.").Answers<DeviceFacetsReply>();

    private static async Task<IResult> HandleAsync(
        HttpContext context, CurrentUser user, HawserDb db, DeviceReach reach, DevicePresence presence,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var shown = AdminScope.Shown(db, user, (await reach.OfAsync(db, user, cancellationToken)).Devices);
        var rows = await DeviceRow.FilterAsync(
            db, user, DeviceRow.Of(db, user, shown), context, (presence, time), cancellationToken);
        var there = presence.Ids();
        var isAny = there.Count > 0;
        var (online, disabled) = (0, 0);
        var systems = new FacetCounts();
        var versions = new FacetCounts();
        // And the place of its first group, where it has one.
        var devices = new Dictionary<Guid, int>();
        var facts = rows.Select(r => new
        {
            r.Guid, r.Enabled, Id = isAny ? r.Id : "", Os = r.Details == null ? "" : r.Details.Os,
            Version = r.Details == null ? "" : r.Details.Version,
        });
        await foreach (var row in facts.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            devices[row.Guid] = int.MaxValue;
            if (!row.Enabled) disabled++;
            if (isAny && there.Contains(row.Id)) online++;
            systems.AddSome(row.Os);
            versions.AddSome(row.Version);
        }

        var reply = new DeviceFacetsReply
        {
            Total = devices.Count,
            Online = online,
            Enabled = devices.Count - disabled,
            Disabled = disabled,
            Platforms = systems.As(os => os.Split('/')[0].Trim()).Top(),
            Versions = versions.Top(),
            Groups = await GroupsAsync(db, devices, cancellationToken),
            Strategies = user.MayEverywhere(AdminRight.DevicesView)
                ? await StrategiesAsync(db, devices, cancellationToken) : [],
            Effective = user.MayEverywhere(AdminRight.DevicesView)
                ? await EffectiveAsync(db, devices, cancellationToken) : [],
        };
        return ClientResults.Json(reply, DeviceFacetsJson.Default.DeviceFacetsReply);
    }

    // Of a device in several groups the first counts: it is what the list shows, and filters by.
    private static async Task<IReadOnlyList<Facet>> GroupsAsync(
        HawserDb db, Dictionary<Guid, int> devices, CancellationToken cancellationToken)
    {
        var groups = await db.DeviceGroups.AsNoTracking().OrderBy(g => g.Rank).ThenBy(g => g.NormalizedName)
            .Select(g => new { g.Guid, g.Name }).ToListAsync(cancellationToken);
        var places = groups.Index().ToDictionary(g => g.Item.Guid, g => g.Index);
        var members = db.DeviceGroupMembers.AsNoTracking();
        if (devices.Count <= Few)
        {
            var guids = devices.Keys.ToArray();
            members = members.Where(m => guids.Contains(m.DeviceGuid));
        }

        var counts = new int[groups.Count];
        await foreach (var member in members.Select(m => new { m.DeviceGuid, m.GroupGuid }).AsAsyncEnumerable()
            .WithCancellation(cancellationToken))
        {
            ref var first = ref CollectionsMarshal.GetValueRefOrNullRef(devices, member.DeviceGuid);
            if (Unsafe.IsNullRef(ref first) || !places.TryGetValue(member.GroupGuid, out var place)) continue;
            if (place >= first) continue;
            if (first != int.MaxValue) counts[first]--;
            first = place;
            counts[place]++;
        }

        var found = new FacetCounts();
        foreach (var (index, group) in groups.Index())
        {
            if (counts[index] > 0) found.Add(group.Name, counts[index]);
        }

        return found.Top();
    }

    private static async Task<IReadOnlyList<Facet>> StrategiesAsync(
        HawserDb db, Dictionary<Guid, int> devices, CancellationToken cancellationToken)
    {
        var names = await db.Strategies.AsNoTracking().ToDictionaryAsync(s => s.Guid, s => s.Name, cancellationToken);
        var given = db.StrategyAssignments.AsNoTracking().Where(a => a.TargetKind == StrategyTarget.Device);
        if (devices.Count <= Few)
        {
            var guids = devices.Keys.ToArray();
            given = given.Where(a => guids.Contains(a.TargetGuid));
        }

        var counts = new FacetCounts();
        await foreach (var one in given.Select(a => new { a.TargetGuid, a.StrategyGuid }).AsAsyncEnumerable()
            .WithCancellation(cancellationToken))
        {
            if (devices.ContainsKey(one.TargetGuid) && names.TryGetValue(one.StrategyGuid, out var name))
            {
                counts.Add(name);
            }
        }

        return counts.Top();
    }

    // A disabled strategy that decides is in effect nowhere.
    private static async Task<IReadOnlyList<Facet>> EffectiveAsync(
        HawserDb db, Dictionary<Guid, int> devices, CancellationToken cancellationToken)
    {
        var names = await db.Strategies.AsNoTracking().Where(s => s.Enabled)
            .ToDictionaryAsync(s => s.Guid, s => s.Name, cancellationToken);
        if (names.Count == 0) return [];
        var counts = new FacetCounts();
        foreach (var (device, strategy) in await StrategyWinners.ReadAsync(db, cancellationToken))
        {
            if (devices.ContainsKey(device) && names.TryGetValue(strategy, out var name)) counts.Add(name);
        }

        return counts.Top();
    }
}

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

    /// <summary>Device groups; a device in several counts in the first, as the list shows it.</summary>
    [JsonPropertyName("device_groups")]
    public required IReadOnlyList<Facet> Groups { get; init; }

    /// <summary>Strategies of devices' own; empty for who administers only some devices.</summary>
    [JsonPropertyName("strategies")]
    public required IReadOnlyList<Facet> Strategies { get; init; }

    /// <summary>Strategies in effect, wherever they come from; empty for who administers only some devices.</summary>
    [JsonPropertyName("effective_strategies")]
    public required IReadOnlyList<Facet> Effective { get; init; }
}

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(DeviceFacetsReply))]
internal sealed partial class DeviceFacetsJson : JsonSerializerContext;
