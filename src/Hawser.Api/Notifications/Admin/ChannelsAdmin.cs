using Hawser.Api.Audit;
using Hawser.Api.Console;
using Hawser.Api.Http;
using Hawser.Api.Notifications.Wire;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Notifications;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Notifications.Admin;

/// <summary>
/// <c>/api/notifications/channels</c>: where alarms are told: mail, web hooks, chat services. Secrets, addresses of
/// hooks and values of headers never come out again. Ours.
/// </summary>
internal static class ChannelsAdmin
{
    private const string Path = "/api/notifications/channels";
    private const int MostChannels = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync)
            .ForAdmins(Area.Setting, write: false, AdminRight.ChannelsView)
            .WithSummary("Where alarms are told, and how that goes; not paged.").Answers<IReadOnlyList<ChannelItem>>();
        routes.MapPost(Path, AddAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Adds a channel; the secret of a webhook is in this answer only.")
            .Reads<ChannelBody>(ChannelBody.Example).Answers<ChannelItem>();
        routes.MapPatch(Path + "/{guid}", ChangeAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Changes a channel; what is missing stays.").Reads<ChannelBody>("""{"enabled":false}""")
            .Answers<ChannelItem>();
        routes.MapDelete(Path + "/{guid}", DeleteAsync).AfterStepUp()
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Removes a channel; what waits for it is not sent.").ReadsNothing().AnswersNothing();
        routes.MapPost(Path + "/{guid}/test", TestAsync)
            .ForAdmins(Area.Setting, write: true, AdminRight.ChannelsEdit)
            .WithSummary("Sends a test through a channel at once, and says how that went.").ReadsNothing()
            .Answers<ChannelTest>();
    }

    private static async Task<IResult> ListAsync(
        HawserDb db, Secrets secrets, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var held = await db.HeldAlarms.GroupBy(h => h.ChannelGuid).Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(h => h.Key, h => h.Count, cancellationToken);
        var rows = await db.NotificationChannels.AsNoTracking().OrderBy(c => c.CreatedAt).ThenBy(c => c.Guid)
            .ToListAsync(cancellationToken);
        var counts = (await db.Outbox.AsNoTracking().Where(m => m.ChannelGuid != null).GroupBy(m => m.ChannelGuid)
            .Select(g => new
            {
                Guid = g.Key!.Value,
                Last = g.Max(m => m.SentAt),
                Waiting = g.Count(m => m.SentAt == null && m.FailedAt == null),
                Failed = g.Count(m => m.FailedAt != null),
            }).ToListAsync(cancellationToken)).ToDictionary(c => c.Guid);
        IReadOnlyList<ChannelItem> items = [.. rows.Select(row =>
        {
            var count = counts.GetValueOrDefault(row.Guid);
            return Item(row, secrets) with
            {
                Held = held.GetValueOrDefault(row.Guid), QuietNow = ChannelTimes.Of(row).QuietUntil(now) is not null,
                LastSentAt = WireTime.Seconds(count?.Last), Waiting = count?.Waiting ?? 0, Failed = count?.Failed ?? 0,
            };
        })];
        return ClientResults.Json(items, ChannelsJson.Default.IReadOnlyListChannelItem);
    }

    private static async Task<IResult> AddAsync(
        HttpContext context, CurrentUser user, HawserDb db, Secrets secrets, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ChannelsJson.Default.ChannelBody);
        if (body is null) return error!;
        if (body.Kind is not (Outbox.Email or Outbox.Webhook or Outbox.Slack))
        {
            return Problem.Invalid("kind is email, webhook or slack.", "kind");
        }

        if (await db.NotificationChannels.CountAsync(cancellationToken) >= MostChannels)
        {
            return Problem.Conflict($"There are at most {MostChannels} channels.", "full");
        }

        var now = time.GetUtcNow().UtcDateTime;
        var row = new NotificationChannel
        {
            Kind = body.Kind, CreatedBy = user.Name, CreatedAt = now, UpdatedAt = now,
        };
        var made = row.Kind == Outbox.Webhook && body.Secret is null ? Secrets.NewHandle() : null;
        if (ChannelRules.Apply(row, made is null ? body : body with { Secret = made }, secrets) is var (text, field))
        {
            return Problem.Invalid(text, field);
        }

        db.NotificationChannels.Add(row);
        log.Add(db, context, ConsoleOperation.AddChannel, row.Name, ("kind", row.Kind),
            ("allow_private", row.AllowPrivate ? "true" : null));
        await db.SaveChangesAsync(cancellationToken);
        context.Response.Headers.CacheControl = "no-store";
        return ClientResults.Json(Item(row, secrets) with { Secret = made }, ChannelsJson.Default.ChannelItem);
    }

    private static async Task<IResult> ChangeAsync(
        HttpContext context, string guid, HawserDb db, Secrets secrets, ConsoleLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (body, error) = await OwnBody.ReadAsync(context, ChannelsJson.Default.ChannelBody);
        if (body is null) return error!;
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("channel");
        if (body.Kind is not null && body.Kind != row.Kind)
        {
            return Problem.Invalid("The kind of a channel can't be changed.", "kind");
        }

        var before = row.Name;
        if (ChannelRules.Apply(row, body, secrets) is var (text, field)) return Problem.Invalid(text, field);
        row.UpdatedAt = time.GetUtcNow().UtcDateTime;
        log.Add(db, context, ConsoleOperation.UpdateChannel, before, ("name", body.Name),
            ("enabled", body.Enabled?.ToString()), ("allow_private", body.AllowPrivate?.ToString()),
            ("quiet", body.QuietFrom is null ? null : $"{body.QuietFrom}-{body.QuietUntil}"),
            ("digest", body.Digest),
            ("events", body.Events is null ? null : row.Events.Length == 0 ? HookEvents.Alarm : row.Events),
            ("headers", body.Headers is null ? null : string.Join(' ', body.Headers.Keys)),
            ("url", body.Url is null ? null : "changed"),
            ("secret", body.Secret is null ? null : "changed"));
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Json(Item(row, secrets), ChannelsJson.Default.ChannelItem);
    }

    private static async Task<IResult> DeleteAsync(
        HttpContext context, string guid, HawserDb db, ConsoleLog log, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("channel");
        log.Add(db, context, ConsoleOperation.DeleteChannel, row.Name);
        db.NotificationChannels.Remove(row);
        await db.SaveChangesAsync(cancellationToken);
        await db.HeldAlarms.Where(h => h.ChannelGuid == row.Guid).ExecuteDeleteAsync(cancellationToken);
        await db.Outbox.Where(m => m.ChannelGuid == row.Guid && m.SentAt == null)
            .ExecuteDeleteAsync(cancellationToken);
        return ClientResults.Empty;
    }

    // At once, past the outbox: somebody sits in front of it.
    private static async Task<IResult> TestAsync(
        HttpContext context, string guid, HawserDb db, HookSender hooks, MailSender mails, SettingsStore settings,
        ConsoleLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await FindAsync(db, guid, cancellationToken) is not { } row) return Problem.NotFound("channel");
        log.Add(db, context, ConsoleOperation.TestChannel, row.Name);
        await db.SaveChangesAsync(cancellationToken);
        return ClientResults.Json(
            await ChannelTrial.RunAsync(
                row, (hooks, mails), settings, time, HookBodies.Test(row.Kind, row.Name, time.GetUtcNow().UtcDateTime),
                NoticeTexts.Fill(Notice.Test, settings, new Dictionary<string, string>()),
                cancellationToken),
            ChannelsJson.Default.ChannelTest);
    }

    private static async Task<NotificationChannel?> FindAsync(
        HawserDb db, string guid, CancellationToken cancellationToken) =>
        Guid.TryParse(guid, out var wanted)
            ? await db.NotificationChannels.FindAsync([wanted], cancellationToken) : null;

    private static ChannelItem Item(NotificationChannel row, Secrets secrets) => ChannelItem.Of(
        row, Uri.TryCreate(secrets.Unprotect(row.Url), UriKind.Absolute, out var url) ? url.Host : "",
        [.. ChannelRules.Read(row, secrets).Keys.Order(StringComparer.Ordinal)]);
}
