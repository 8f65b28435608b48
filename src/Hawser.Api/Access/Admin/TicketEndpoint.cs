using System.Text.Json.Serialization;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Data;
using Hawser.Data.Access;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Access.Admin;

/// <summary>
/// <c>/api/remote/{id}/ticket</c>: a leave for the browser that asks to connect to one device. Decided as an
/// introduction is, and decided again when it is used. Ours.
/// </summary>
internal static class TicketEndpoint
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/remote/{id}/ticket", IssueAsync).ForUsers()
            .WithSummary("Gives a browser leave to connect to a device, by its id or guid: once, within a minute.")
            .Reads<TicketBody>(TicketBody.Example).Answers<TicketReply>();
        routes.MapDelete("/api/remote/tickets/{guid}", RevokeAsync).ForUsers()
            .WithSummary("Takes such a leave back; one's own, or anybody's as an administrator.").ReadsNothing()
            .AnswersNothing();
    }

    private static async Task<IResult> IssueAsync(
        HttpContext context, string id, CurrentUser user, HawserDb db, ApiParts parts, ConsoleLog log,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, TicketJson.Default.TicketBody);
        if (body is null) return error!;
        if (!ViewerTickets.Kinds.TryGetValue(body.Kind ?? "screen", out var connType))
        {
            return Problem.Invalid("kind is screen, files, camera or terminal.", "kind");
        }

        var now = time.GetUtcNow().UtcDateTime;
        var since = now - Minute;
        var lately = await db.ViewerTickets.CountAsync(
            t => t.UserGuid == user.Guid && t.CreatedAt > since, cancellationToken);
        if (lately >= ViewerTickets.MostInAMinute)
        {
            return new Problem(429, "slow_down", "Too many connections were prepared; please wait.")
            {
                RetryAfter = 60,
            };
        }

        var device = Guid.TryParse(id, out var guid)
            ? await db.Devices.Where(d => d.Guid == guid).Select(d => d.Id).FirstOrDefaultAsync(cancellationToken)
            : await db.Devices.Where(d => d.Id == id).Select(d => d.Id).FirstOrDefaultAsync(cancellationToken);
        if (device is null) return Problem.NotFound("device");
        var facts = await AccessReader.ReadFactsAsync(db, device, cancellationToken);
        var snapshot = new AccessSnapshot(await AccessReader.ReadAsync(db, parts.Pins, cancellationToken));
        var caller = new AccessCaller(user.Guid, user.Name, user.IsAdmin, user.UserGroup);
        var decision = AccessPolicy.Decide(snapshot, caller, facts, now);
        if (!decision.Allowed)
        {
            return new Problem(403, AccessExplainer.Words(decision.Reason), decision.Text);
        }

        var row = new ViewerTicket
        {
            UserGuid = user.Guid, SessionGuid = user.TokenGuid, DeviceId = device, ConnType = connType,
            ViewOnly = body.ViewOnly == true,
        };
        var text = ViewerTickets.Issue(db, row, now);
        log.Add(db, context, ConsoleOperation.AddTicket, device, ("kind", body.Kind ?? "screen"),
            ("view_only", row.ViewOnly ? "true" : null), ("ticket", row.Guid.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        var map = ViewerTickets.Narrow(decision.Role?.Map, row.ViewOnly);
        return ClientResults.Json(
            new TicketReply
            {
                Guid = row.Guid, Ticket = text, DeviceId = device, Kind = body.Kind ?? "screen",
                ViewOnly = row.ViewOnly, ExpiresAt = WireTime.Seconds(row.ExpiresAt),
                Permissions = map is { } known ? PermissionMap.Describe(known)
                    : new Dictionary<string, PermissionState>(),
            },
            TicketJson.Default.TicketReply);
    }

    private static async Task<IResult> RevokeAsync(
        HttpContext context, string guid, CurrentUser user, HawserDb db, ConsoleLog log,
        CancellationToken cancellationToken)
    {
        var all = user.IsAdmin;
        var row = Guid.TryParse(guid, out var wanted)
            ? await db.ViewerTickets.FirstOrDefaultAsync(
                t => t.Guid == wanted && (all || t.UserGuid == user.Guid), cancellationToken)
            : null;
        if (row is null) return Problem.NotFound("ticket");
        db.ViewerTickets.Remove(row);
        log.Add(db, context, ConsoleOperation.DeleteTicket, row.DeviceId, ("ticket", row.Guid.ToString()));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Empty;
    }
}

/// <summary>What a browser wants to open.</summary>
internal sealed record TicketBody
{
    internal const string Example = """{"kind":"screen","view_only":false}""";

    /// <summary>screen, files, camera or terminal; missing: screen.</summary>
    [JsonPropertyName("kind")]
    public string? Kind { get; init; }

    /// <summary>Looking on, without touching.</summary>
    [JsonPropertyName("view_only")]
    public bool? ViewOnly { get; init; }
}

/// <summary>The leave.</summary>
internal sealed record TicketReply
{
    /// <summary>For taking it back.</summary>
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    /// <summary>The token of the introduction; told once.</summary>
    [JsonPropertyName("ticket")]
    public required string Ticket { get; init; }

    [JsonPropertyName("device_id")]
    public required string DeviceId { get; init; }

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    [JsonPropertyName("view_only")]
    public required bool ViewOnly { get; init; }

    /// <summary>Unix seconds.</summary>
    [JsonPropertyName("expires_at")]
    public required long ExpiresAt { get; init; }

    /// <summary>What is imposed on the session; what is missing, the device decides.</summary>
    [JsonPropertyName("permissions")]
    public required IReadOnlyDictionary<string, PermissionState> Permissions { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(TicketBody))]
[JsonSerializable(typeof(TicketReply))]
internal sealed partial class TicketJson : JsonSerializerContext;
