using Hawser.Api.Http;
using Hawser.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>/api/notifications/deliveries</c>: what went through channels, and what did not. What was said is not told: once
/// it is sent it is forgotten. Ours.
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
        routes.MapPost(Path + "/{guid}/retry", RetryAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Tries again at once what waits or was given up.").ReadsNothing().AnswersNothing();
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

    private static async Task<IResult> RetryAsync(
        string guid, HawserDb db, Outbox outbox, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Guid.TryParse(guid, out var wanted)) return Problem.NotFound("delivery");
        var now = time.GetUtcNow().UtcDateTime;
        var until = now.AddDays(1);
        var found = await db.Outbox.Where(m => m.Guid == wanted && m.ChannelGuid != null && m.SentAt == null)
            .ExecuteUpdateAsync(
                // Who asks for it sits in front of it, quiet hours or not.
                s => s.SetProperty(m => m.NextAttemptAt, now).SetProperty(m => m.GiveUpAt, until)
                    .SetProperty(m => m.Urgent, true).SetProperty(m => m.FailedAt, (DateTime?)null),
                cancellationToken);
        if (found == 0) return Problem.NotFound("delivery that waits or was given up");
        outbox.Wake();
        return ClientResults.Empty;
    }
}
