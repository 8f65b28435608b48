using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Audit.Admin;

/// <summary>
/// <c>/api/alarms/mutes</c>: alarms that are kept and not told. They hold for everybody, so that they need the right
/// to all logs. Ours.
/// </summary>
internal static class AlarmMutesAdmin
{
    private const string Root = "/api/alarms/mutes";
    private const int MostMutes = 1000;
    private const int MostHours = 8760;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Root, ListAsync).ForAdmins(Area.Audit, write: false, AdminRight.AuditView)
            .WithSummary("What is muted now; not paged.").Answers<IReadOnlyList<MuteItem>>();
        routes.MapPost("/api/alarms/{guid}/mute", AddAsync).ForAdmins(Area.Audit, write: true, AdminRight.AuditEdit)
            .WithSummary("Tells no more alarms of this kind about this device or thing, and resolves those there are.")
            .Reads<MuteBody>("""{"hours":24,"any_source":false}""").Answers<MuteItem>();
        routes.MapDelete(Root + "/{guid}", DeleteAsync).ForAdmins(Area.Audit, write: true, AdminRight.AuditEdit)
            .WithSummary("Tells them again.").ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> ListAsync(
        CurrentUser user, HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!user.MayEverywhere(AdminRight.AuditView)) return Problem.Forbidden;
        var now = time.GetUtcNow().UtcDateTime;
        var rows = await db.AlarmMutes.AsNoTracking().Where(m => m.Until == null || m.Until > now)
            .OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid).Take(MostMutes)
            .ToListAsync(cancellationToken);
        IReadOnlyList<MuteItem> items = rows.ConvertAll(MuteItem.Of);
        return ClientResults.Json(items, AlarmMutesJson.Default.IReadOnlyListMuteItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ApiParts parts, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        if (!user.MayEverywhere(AdminRight.AuditEdit)) return Problem.Forbidden;
        var (body, error) = await OwnBody.ReadAsync(context, AlarmMutesJson.Default.MuteBody);
        if (body is null) return error!;
        if (body.Hours is < 1 or > MostHours) return Problem.Invalid($"hours is from 1 to {MostHours}.", "hours");
        var alarm = Guid.TryParse(guid, out var wanted) ? await db.AlarmAudits.AsNoTracking()
            .FirstOrDefaultAsync(a => a.Guid == wanted, cancellationToken) : null;
        if (alarm is null) return Problem.NotFound("alarm");
        var now = time.GetUtcNow().UtcDateTime;
        await db.AlarmMutes.Where(m => m.Until != null && m.Until <= now).ExecuteDeleteAsync(cancellationToken);
        var source = body.AnySource ? "" : alarm.Source;
        var same = db.AlarmMutes.Where(
            m => m.Type == alarm.Type && m.DeviceId == alarm.DeviceId && m.Source == source);
        if (await db.AlarmMutes.CountAsync(cancellationToken) >= MostMutes && !await same.AnyAsync(cancellationToken))
        {
            return Problem.Conflict($"There are {MostMutes} mutes; take some back first.", "full");
        }

        // Muting it again moves the end.
        await same.ExecuteDeleteAsync(cancellationToken);
        var mute = new AlarmMute
        {
            Type = alarm.Type, DeviceId = alarm.DeviceId, Source = source, CreatedBy = user.Name, CreatedAt = now,
            Until = body.Hours is { } hours ? now.AddHours(hours) : null,
        };
        db.AlarmMutes.Add(mute);
        log.Add(db, context, ConsoleOperation.MuteAlarm, mute.Guid.ToString(), ("type", $"{mute.Type}"),
            ("device", mute.DeviceId), ("source", mute.Source), ("hours", body.Hours?.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        await ResolveAsync(db, mute, now, cancellationToken);
        parts.Feed.Publish(new LiveEvent("alarm", "*"));
        return ClientResults.Json(MuteItem.Of(mute), AlarmMutesJson.Default.MuteItem);
    }

    // What came from elsewhere stays.
    private static Task<int> ResolveAsync(
        HawserDb db, AlarmMute mute, DateTime now, CancellationToken cancellationToken) =>
        db.AlarmAudits
            .Where(a => a.Type == mute.Type && a.DeviceId == mute.DeviceId && a.State != AlarmState.Resolved
                && (mute.Source == "" || a.Source == mute.Source))
            .ExecuteUpdateAsync(
                set => set.SetProperty(a => a.State, AlarmState.Resolved).SetProperty(a => a.HandledAt, now)
                    .SetProperty(a => a.HandledBy, mute.CreatedBy),
                cancellationToken);

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ApiParts parts, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        if (!user.MayEverywhere(AdminRight.AuditEdit)) return Problem.Forbidden;
        var row = Guid.TryParse(guid, out var wanted)
            ? await db.AlarmMutes.FirstOrDefaultAsync(m => m.Guid == wanted, cancellationToken) : null;
        if (row is null) return Problem.NotFound("mute");
        log.Add(db, context, ConsoleOperation.UnmuteAlarm, row.Guid.ToString(), ("type", $"{row.Type}"),
            ("device", row.DeviceId), ("source", row.Source));
        db.AlarmMutes.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        parts.Feed.Publish(new LiveEvent("alarm", "*"));
        return ClientResults.Empty;
    }
}

/// <summary>How long, and how wide.</summary>
internal sealed record MuteBody
{
    /// <summary>For how many hours; missing: until it is taken back.</summary>
    [JsonPropertyName("hours")]
    public int? Hours { get; init; }

    /// <summary>Wherever it comes from, not only from where this one came from.</summary>
    [JsonPropertyName("any_source")]
    public bool AnySource { get; init; }
}

/// <summary>Alarms that are kept and not told.</summary>
internal sealed record MuteItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("typ")]
    public required int Typ { get; init; }

    [JsonPropertyName("device")]
    public required string Device { get; init; }

    /// <summary>The address that they come from, or what they are about; empty: whatever.</summary>
    [JsonPropertyName("source")]
    public required string Source { get; init; }

    /// <summary>Null: until it is taken back.</summary>
    [JsonPropertyName("until")]
    public required long? Until { get; init; }

    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    public static MuteItem Of(AlarmMute row) => new()
    {
        Guid = row.Guid.ToString(),
        Typ = row.Type,
        Device = row.DeviceId,
        Source = row.Source,
        Until = WireTime.Seconds(row.Until),
        CreatedBy = row.CreatedBy,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
    };
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(MuteBody))]
[JsonSerializable(typeof(MuteItem))]
[JsonSerializable(typeof(IReadOnlyList<MuteItem>))]
internal sealed partial class AlarmMutesJson : JsonSerializerContext;
