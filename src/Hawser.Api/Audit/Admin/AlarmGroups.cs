using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit.Admin;

/// <summary>
/// <c>GET /api/alarms/groups</c>: an alarm and its repeats as one. Repeats are of the same kind, from the same source,
/// about the same device and account, and in the same state: what comes after all was resolved begins anew. Ours.
/// </summary>
internal static class AlarmGroups
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/alarms/groups", ListAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("Alarms with their repeats as one: the newest of each, how many, since when.")
            .Query("device", "A part of the device's id.").Query("typ", "The kind.")
            .Query("state", "new, seen or resolved.").Query("created_at", "Only at this time or later.")
            .Query("until", "Only before this time.").Answers<Page<AlarmGroup>>();

    /// <summary>Those that repeat one of some alarms, themselves among them.</summary>
    /// <param name="rows">Where they are looked for.</param>
    /// <param name="of">What is repeated.</param>
    internal static IQueryable<AlarmAudit> Repeats(IQueryable<AlarmAudit> rows, AlarmAudit of) => rows.Where(
        r => r.Type == of.Type && r.DeviceId == of.DeviceId && r.Source == of.Source && r.UserGuid == of.UserGuid
            && r.State == of.State);

    private static async Task<IResult> ListAsync(
        HttpContext context, CurrentUser user, PageQuery page, HawserDb db, SettingsStore settings,
        CancellationToken cancellationToken)
    {
        var (filter, refusal) = AuditsAdmin.Filter(context, user, settings);
        if (filter is null) return refusal!;
        var rows = AuditLists.Alarms(db, user, filter);
        var groups = rows.GroupBy(r => new { r.Type, r.DeviceId, r.Source, r.UserGuid, r.State })
            .Select(g => new
            {
                g.Key, Count = g.Count(), First = g.Min(r => r.CreatedAt), Last = g.Max(r => r.CreatedAt),
            });
        var total = await groups.CountAsync(cancellationToken);
        var some = await groups.OrderByDescending(g => g.Last).ThenBy(g => g.Key.Type).ThenBy(g => g.Key.DeviceId)
            .ThenBy(g => g.Key.Source).ThenBy(g => g.Key.State).Skip(page.Skip).Take(page.Size)
            .ToListAsync(cancellationToken);
        var found = new List<AlarmGroup>(some.Count);
        // Each found by the index of times.
        foreach (var group in some)
        {
            var newest = await rows.Where(r => r.CreatedAt == group.Last && r.Type == group.Key.Type
                    && r.DeviceId == group.Key.DeviceId && r.Source == group.Key.Source
                    && r.UserGuid == group.Key.UserGuid && r.State == group.Key.State)
                .OrderByDescending(r => r.Guid).FirstOrDefaultAsync(cancellationToken);
            // Somebody may have handled it just now.
            if (newest is null) continue;
            found.Add(new AlarmGroup(AlarmItem.Of(newest), group.Count, WireTime.Seconds(group.First)));
        }

        return ClientResults.Json(new Page<AlarmGroup>(total, found), AlarmGroupsJson.Default.PageAlarmGroup);
    }
}

/// <summary>An alarm and its repeats.</summary>
/// <param name="Newest">The newest of them.</param>
/// <param name="Count">How many there are.</param>
/// <param name="FirstAt">When the first one was made, Unix seconds.</param>
internal sealed record AlarmGroup(
    [property: JsonPropertyName("newest")] AlarmItem Newest, [property: JsonPropertyName("count")] int Count,
    [property: JsonPropertyName("first_at")] long FirstAt);

/// <summary>How it is written.</summary>
[JsonSerializable(typeof(Page<AlarmGroup>))]
internal sealed partial class AlarmGroupsJson : JsonSerializerContext;
