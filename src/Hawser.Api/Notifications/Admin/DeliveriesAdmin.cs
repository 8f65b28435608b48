using Hawser.Api.Http;
using Hawser.Api.Notifications.Wire;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>/api/notifications/deliveries</c>: what went through channels, and what did not. What was posted to a web address
/// is told with the answer, secrets as stars; of a mail only that it was sent. Ours.
/// </summary>
internal static class DeliveriesAdmin
{
    private const string Path = "/api/notifications/deliveries";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync)
            .ForAdmins(Area.Setting, write: false, AdminRight.ChannelsView)
            .WithSummary("What went through channels, newest first.").Query("channel", "Only this channel's, by guid.")
            .Query("state", "waiting, sent or failed.").Answers<Page<DeliveryItem>>();
        routes.MapGet(Path + "/{guid}", GetAsync)
            .ForAdmins(Area.Setting, write: false, AdminRight.ChannelsView)
            .WithSummary("What was posted to a web address, and the beginning of its last answer.")
            .Answers<DeliveryDetail>();
        routes.MapPost(Path + "/{guid}/retry", RetryAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Tries again at once what waits or was given up, or a web hook that was taken.")
            .ReadsNothing().AnswersNothing();
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, PageQuery page, HawserDb db, CancellationToken cancellationToken)
    {
        var rows = db.Outbox.AsNoTracking().Where(m => m.ChannelGuid != null);
        var channel = context.Request.Query["channel"].ToString();
        if (channel.Length > 0)
        {
            if (!Guid.TryParse(channel, out var guid)) return Problem.Invalid("channel is not a guid.", "channel");
            rows = rows.Where(m => m.ChannelGuid == guid);
        }

        rows = context.Request.Query["state"].ToString() switch
        {
            "waiting" => rows.Where(m => m.SentAt == null && m.FailedAt == null),
            "sent" => rows.Where(m => m.SentAt != null),
            "failed" => rows.Where(m => m.FailedAt != null),
            _ => rows,
        };
        var total = await rows.CountAsync(cancellationToken);
        var some = await rows.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid).Skip(page.Skip)
            .Take(page.Size).ToListAsync(cancellationToken);
        return ClientResults.Json(
            new Page<DeliveryItem>(total, some.ConvertAll(DeliveryItem.Of)), ChannelsJson.Default.PageDeliveryItem);
    }

    private static async Task<IResult> GetAsync(
        string guid, HawserDb db, HookSender hooks, Secrets secrets, CancellationToken cancellationToken)
    {
        var row = Guid.TryParse(guid, out var wanted)
            ? await db.Outbox.AsNoTracking()
                .FirstOrDefaultAsync(m => m.Guid == wanted && m.ChannelGuid != null, cancellationToken)
            : null;
        if (row is null) return Problem.NotFound("delivery");
        var isHook = OutboxSender.IsHook(row);
        var channel = isHook ? await db.NotificationChannels.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Guid == row.ChannelGuid, cancellationToken) : null;
        var address = secrets.Unprotect(channel?.Url ?? "");
        var host = Uri.TryCreate(address, UriKind.Absolute, out var known) ? known.Host : "";
        return ClientResults.Json(
            new DeliveryDetail
            {
                Host = host,
                Headers = channel is null ? [] : [.. hooks.HeadersOf(channel).Keys.Order(StringComparer.Ordinal)],
                Body = isHook ? secrets.Unprotect(row.Body) ?? "" : "",
                Status = row.ResponseStatus,
                Answer = secrets.Unprotect(row.Response) ?? "",
            },
            ChannelsJson.Default.DeliveryDetail);
    }

    private static async Task<IResult> RetryAsync(
        string guid, HawserDb db, Outbox outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return Problem.NotFound("delivery");
        var now = time.GetUtcNow().UtcDateTime;
        var until = now.AddDays(1);
        var found = await db.Outbox
            .Where(m => m.Guid == wanted && m.ChannelGuid != null
                && (m.SentAt == null || (m.Channel != Outbox.Email && m.Body != "")))
            .ExecuteUpdateAsync(
                // Who asks for it sits in front of it, quiet hours or not.
                s => s.SetProperty(m => m.NextAttemptAt, now).SetProperty(m => m.GiveUpAt, until)
                    .SetProperty(m => m.SentAt, (DateTime?)null).SetProperty(m => m.Urgent, true)
                    .SetProperty(m => m.FailedAt, (DateTime?)null),
                cancellationToken);
        if (found == 0) return Problem.NotFound("delivery that can be tried again");
        outbox.Wake();
        return ClientResults.Empty;
    }
}
