using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit.Admin;

/// <summary>
/// <c>/api/alarms</c>: how many alarms wait, and that somebody saw or resolved them; of what <c>/api/audits/alarm</c>
/// lists for the caller. Ours.
/// </summary>
internal static class AlarmsAdmin
{
    private const int MostGuids = 10_000;
    private const int MostGroups = 500;
    private const int Some = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/alarms/summary", SummaryAsync).ForUsersOrScope(Area.Audit, write: false)
            .WithSummary("How many alarms are new, and how many are seen.").Answers<AlarmSummary>();
        routes.MapPatch("/api/alarms/{guid}", ChangeAsync).ForUsersOrScope(Area.Audit, write: true)
            .WithSummary("Says that an alarm was seen or resolved, or is new again.")
            .Reads<AlarmPatch>("""{"state":"resolved","note":"a wrong password manager"}""").Answers<AlarmItem>();
        routes.MapPost("/api/alarms/state", ChangeManyAsync).ForUsersOrScope(Area.Audit, write: true)
            .WithSummary("The same for many: those named, or all that match the query.")
            .Query("device", "A part of the device's id.").Query("typ", "The kind.")
            .Query("created_at", "Only at this time or later.").Query("until", "Only before this time.")
            .Reads<AlarmsPatch>("""{"state":"seen","guids":["019a7c5e-0000-7000-8000-000000000000"]}""")
            .Answers<ChangedAlarms>();
        AlarmGroups.Map(routes);
        AlarmMutesAdmin.Map(routes);
    }

    private static async Task<IResult> SummaryAsync(
        HttpContext context, CurrentUser user, HawserDb db, SettingsStore settings, CancellationToken cancellationToken)
    {
        var (filter, refusal) = AuditsAdmin.Filter(context, user, settings);
        if (filter is null) return refusal!;
        var rows = AuditLists.Alarms(db, user, new AuditFilter());
        return ClientResults.Json(
            new AlarmSummary(
                await rows.CountAsync(r => r.State == AlarmState.New, cancellationToken),
                await rows.CountAsync(r => r.State == AlarmState.Seen, cancellationToken)),
            AlarmsAdminJson.Default.AlarmSummary);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ApiParts parts, SettingsStore settings,
        ConsoleLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AlarmsAdminJson.Default.AlarmPatch);
        if (body is null) return error!;
        var (filter, refusal) = AuditsAdmin.Filter(context, user, settings);
        if (filter is null) return refusal!;
        if (AlarmStates.Parse(body.State) is null && body.State is not null) return BadState();
        if (NameText.NoteComplaint(body.Note) is { } noted) return Problem.Invalid(noted, "note");
        var row = Guid.TryParse(guid, out var wanted) ? await AuditLists.Alarms(db, user, new AuditFilter())
            .AsTracking().FirstOrDefaultAsync(r => r.Guid == wanted, cancellationToken) : null;
        if (row is null) return Problem.NotFound("alarm");
        if (body.AssignedTo is { Length: > 0 } name)
        {
            var normalized = NameText.Normalize(name);
            var assigned = await db.Users.Where(u => u.NormalizedName == normalized).Select(u => u.Name)
                .FirstOrDefaultAsync(cancellationToken);
            if (assigned is null) return Problem.Invalid("There is no user of this name.", "assigned_to");
            body = body with { AssignedTo = assigned };
        }

        row.AssignedTo = body.AssignedTo ?? row.AssignedTo;
        row.State = AlarmStates.Parse(body.State) ?? row.State;
        row.Note = body.Note ?? row.Note;
        (row.HandledBy, row.HandledAt) = (user.Name, time.GetUtcNow().UtcDateTime);
        log.Add(db, context, ConsoleOperation.HandleAlarm, row.Guid.ToString(), ("state", body.State),
            ("device", row.DeviceId), ("note", body.Note), ("assigned_to", body.AssignedTo));
        await db.SaveChangesAsync(cancellationToken);
        parts.Feed.Publish(new LiveEvent("alarm", row.Guid.ToString()));
        return ClientResults.Json(AlarmItem.Of(row), AlarmsAdminJson.Default.AlarmItem);
    }

    // Repeating it changes nothing more: rows that are in the state already are passed over.
    private static async Task<IResult> ChangeManyAsync(
        HttpContext context, CurrentUser user, HawserDb db, ApiParts parts, SettingsStore settings, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, AlarmsAdminJson.Default.AlarmsPatch, 1 << 20);
        if (body is null) return error!;
        if (AlarmStates.Parse(body.State) is not { } state) return BadState();
        if (NameText.NoteComplaint(body.Note) is { } noted) return Problem.Invalid(noted, "note");
        var (filter, refusal) = AuditsAdmin.Filter(context, user, settings);
        if (filter is null) return refusal!;
        var most = body.Repeats ? MostGroups : MostGuids;
        if (body.Guids?.Count > most) return Problem.Invalid($"At most {most} at once.", "guids");
        log.Add(db, context, ConsoleOperation.HandleAlarm, [.. (body.Guids ?? []).Select(g => g.ToString())],
            ("state", body.State), ("query", context.Request.QueryString.Value), ("note", body.Note),
            ("repeats", body.Repeats ? "1" : null));
        await db.SaveChangesAsync(cancellationToken);
        var rows = AuditLists.Alarms(db, user, filter).Where(r => r.State != state);
        var (now, who) = (time.GetUtcNow().UtcDateTime, user.Name);
        var changed = 0;
        if (body.Guids is null) changed = await SetAsync(rows);
        foreach (var some in (body.Guids ?? []).Distinct().Chunk(Some))
        {
            if (!body.Repeats) changed += await SetAsync(rows.Where(r => some.Contains(r.Guid)));
            else
            {
                var named = await rows.Where(r => some.Contains(r.Guid)).ToListAsync(cancellationToken);
                foreach (var one in named) changed += await SetAsync(AlarmGroups.Repeats(rows, one));
            }
        }

        if (changed > 0) parts.Feed.Publish(new LiveEvent("alarm", "*"));
        return ClientResults.Json(new ChangedAlarms(changed), AlarmsAdminJson.Default.ChangedAlarms);

        Task<int> SetAsync(IQueryable<AlarmAudit> which) => which.ExecuteUpdateAsync(
            s => s.SetProperty(r => r.State, state).SetProperty(r => r.HandledBy, who)
                .SetProperty(r => r.HandledAt, now)
                .SetProperty(r => r.Note, r => body.Note ?? r.Note),
            cancellationToken);
    }

    private static Problem BadState() => Problem.Invalid("state is new, seen or resolved.", "state");
}

/// <summary>How many alarms wait for somebody.</summary>
internal sealed record AlarmSummary(
    [property: JsonPropertyName("new")] int New, [property: JsonPropertyName("seen")] int Seen);

/// <summary>What is said of an alarm; what is missing stays.</summary>
internal sealed record AlarmPatch
{
    /// <summary>new, seen or resolved.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>The name of who shall look into it; empty: nobody.</summary>
    [JsonPropertyName("assigned_to")]
    public string? AssignedTo { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }
}

/// <summary>What is said of many alarms.</summary>
internal sealed record AlarmsPatch
{
    /// <summary>new, seen or resolved.</summary>
    [JsonPropertyName("state")]
    public string? State { get; init; }

    /// <summary>Which; missing: all that match the query.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Also those that repeat a named one.</summary>
    [JsonPropertyName("repeats")]
    public bool Repeats { get; init; }

    /// <summary>Missing: their notes stay.</summary>
    [JsonPropertyName("note")]
    public string? Note { get; init; }
}

/// <summary>How many alarms have another state now.</summary>
internal sealed record ChangedAlarms([property: JsonPropertyName("changed")] int Changed);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AlarmSummary))]
[JsonSerializable(typeof(AlarmPatch))]
[JsonSerializable(typeof(AlarmsPatch))]
[JsonSerializable(typeof(ChangedAlarms))]
[JsonSerializable(typeof(AlarmItem))]
internal sealed partial class AlarmsAdminJson : JsonSerializerContext;
