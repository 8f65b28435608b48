using Hawser.Api.Http;
using Hawser.Api.Notifications.Wire;
using Hawser.Api.Notifications.Wire.Smtp;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Notifications;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Notifications;

/// <summary>
/// Sends what is in the outbox, oldest first, and tries again with growing pauses until a message is of no use any
/// more. Any number of nodes may run it: a message is claimed by moving its next attempt.
/// </summary>
internal sealed partial class OutboxSender(
    ApiParts parts, ApiGate gate, Outbox outbox, SettingsStore settings, Secrets secrets, HookSender hooks,
    MailSender mails, TimeProvider time, ILogger<OutboxSender> log)
    : BackgroundService
{
    /// <summary>How often the table is read although nobody woke us: other nodes add, and attempts come due.</summary>
    internal static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);

    // What waited for a restart can wait until the first requests are answered.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Claim = TimeSpan.FromMinutes(2);
    private const int Batch = 20;
    private readonly SmsSender _sms = new();

    /// <summary>Sends what is due.</summary>
    /// <returns>How many messages were handled.</returns>
    public async Task<int> SendDueAsync(CancellationToken cancellationToken) =>
        await SendDueAsync(ofChannels: false, cancellationToken)
            + await SendDueAsync(ofChannels: true, cancellationToken);

    private async Task<int> SendDueAsync(bool ofChannels, CancellationToken cancellationToken)
    {
        var now = Now;
        List<OutboxMessage> due;
        await using (var db = parts.Store.CreateDb())
        {
            due = await db.Outbox.AsNoTracking()
                .Where(m => m.SentAt == null && m.FailedAt == null && m.NextAttemptAt <= now
                    && (m.ChannelGuid != null) == ofChannels)
                .OrderBy(m => m.NextAttemptAt).ThenBy(m => m.Guid).Take(Batch).ToListAsync(cancellationToken);
        }

        // One channel that does not answer holds up neither the others nor the codes that people wait for.
        await Task.WhenAll(due.GroupBy(m => m.ChannelGuid).Select(async some =>
        {
            var messages = await SpokenAsync(some.Key, some.ToList(), cancellationToken);
            for (var i = 0; i < messages.Count; i++)
            {
                if (await HandleAsync(messages[i], cancellationToken) || some.Key is null) continue;
                await PostponeAsync(messages[(i + 1)..], cancellationToken);
                return;
            }
        }));
        return due.Count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await gate.OpenedAsync(stoppingToken);
        await Task.WhenAll(
            SendAsync(ofChannels: false, stoppingToken), SendAsync(ofChannels: true, stoppingToken));
    }

    private async Task SendAsync(bool ofChannels, CancellationToken stoppingToken)
    {
        await ((Task)outbox.WaitAsync(ofChannels, Grace, stoppingToken))
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await SendDueAsync(ofChannels, stoppingToken) == Batch) continue;
                await outbox.WaitAsync(ofChannels, Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e.IsStoreFault())
            {
                Log.StoreFailed(log, e);
                await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override void Dispose()
    {
        _sms.Dispose();
        base.Dispose();
    }

    // What came before the quiet hours and was not taken is not tried again in them.
    private async Task<List<OutboxMessage>> SpokenAsync(
        Guid? channel, List<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        if (channel is null || messages.TrueForAll(m => m.Urgent)) return messages;
        await using var db = parts.Store.CreateDb();
        var row = await db.NotificationChannels.AsNoTracking()
            .FirstOrDefaultAsync(c => c.Guid == channel, cancellationToken);
        var now = Now;
        if (row is null || ChannelTimes.Of(row).QuietUntil(now) is not { } end) return messages;
        var giveUp = end + NoticeTexts.UsefulFor(Notice.Alarm);
        await db.Outbox.Where(m => m.ChannelGuid == channel && m.SentAt == null && m.FailedAt == null && !m.Urgent
                && m.NextAttemptAt <= now)
            .ExecuteUpdateAsync(
                s => s.SetProperty(m => m.NextAttemptAt, end).SetProperty(m => m.GiveUpAt, giveUp), cancellationToken);
        return messages.FindAll(m => m.Urgent);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    // Where one was not taken just now, the next would not be either.
    private async Task PostponeAsync(List<OutboxMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0) return;
        var guids = messages.ConvertAll(m => m.Guid);
        var (now, next) = (Now, Now + Pause(1));
        await using var db = parts.Store.CreateDb();
        await db.Outbox.Where(m => guids.Contains(m.Guid) && m.SentAt == null && m.NextAttemptAt <= now)
            .ExecuteUpdateAsync(s => s.SetProperty(m => m.NextAttemptAt, next), cancellationToken);
    }

    /// <returns>False when it was not taken.</returns>
    private async Task<bool> HandleAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var row = db.Outbox.Where(m => m.Guid == message.Guid && m.NextAttemptAt == message.NextAttemptAt);
        var until = Now + Claim;
        var claimed = await row.ExecuteUpdateAsync(s => s.SetProperty(m => m.NextAttemptAt, until), cancellationToken);
        if (claimed == 0) return true;
        var (error, answer) = await TrySendAsync(message, cancellationToken);
        var mine = db.Outbox.Where(m => m.Guid == message.Guid && m.NextAttemptAt == until);
        var now = Now;
        int? status = answer?.Status;
        var said = secrets.Protect(answer?.Text ?? "");
        if (error is null)
        {
            // What was said to people is nobody's business any more; a hook may be asked for again.
            var kept = IsHook(message) ? message.Body : "";
            await mine.ExecuteUpdateAsync(
                s => s.SetProperty(m => m.SentAt, now).SetProperty(m => m.Body, kept).SetProperty(m => m.LastError, "")
                    .SetProperty(m => m.ResponseStatus, status).SetProperty(m => m.Response, said),
                cancellationToken);
            Log.Sent(log, message.Channel, message.Guid);
            return true;
        }

        var attempts = message.Attempts + 1;
        var next = now + Pause(attempts);
        var over = next >= message.GiveUpAt;
        await mine.ExecuteUpdateAsync(
            s => s.SetProperty(m => m.Attempts, attempts).SetProperty(m => m.NextAttemptAt, next)
                .SetProperty(m => m.LastError, error).SetProperty(m => m.FailedAt, over ? now : null)
                .SetProperty(m => m.ResponseStatus, status).SetProperty(m => m.Response, said),
            cancellationToken);
        if (over) Log.GivenUp(log, message.Channel, message.Guid, attempts, error);
        else Log.NotSent(log, message.Channel, message.Guid, attempts, error);
        return false;
    }

    internal static bool IsHook(OutboxMessage message) => message.Channel is Outbox.Webhook or Outbox.Slack;

    private async Task<(string? Error, HookAnswer? Answer)> TrySendAsync(
        OutboxMessage message, CancellationToken cancellationToken)
    {
        var isHook = IsHook(message);
        if (!isHook && !outbox.CanSend(message.Channel))
        {
            return ("No server is configured for this kind of message.", null);
        }

        if (secrets.Unprotect(message.Body) is not { } body)
        {
            return ("The text can't be decrypted with this key ring.", null);
        }

        try
        {
            if (isHook)
            {
                await using var db = parts.Store.CreateDb();
                var channel = await db.NotificationChannels.AsNoTracking()
                    .FirstOrDefaultAsync(c => c.Guid == message.ChannelGuid, cancellationToken);
                if (channel is not { Enabled: true }) return ("The channel is gone or switched off.", null);
                var answer = await hooks.SendAsync(
                    channel, message.Guid, HookBodies.EventOf(body), body, cancellationToken);
                return (answer.Complaint, answer);
            }

            if (message.Channel == Outbox.Email)
            {
                await mails.SendAsync(
                    settings.Get(NotificationSettings.Mail), message.Guid.ToString("N"), message.Recipient,
                    (message.Subject, body), cancellationToken);
            }
            else
            {
                var text = message.Subject;
                await _sms.SendAsync(
                    settings.Get(NotificationSettings.Sms), message.Recipient, text, cancellationToken);
            }

            return (null, null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && IsTransport(e))
        {
            var text = e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            return (text.Length > 500 ? text[..500] : text, null);
        }
    }

    internal static bool IsTransport(Exception e) =>
        e is SmtpFault or HttpRequestException or FormatException or IOException or OperationCanceledException
            or InvalidOperationException or System.Security.Authentication.AuthenticationException;

    private static TimeSpan Pause(int attempts) => attempts switch
    {
        1 => TimeSpan.FromSeconds(10),
        2 => TimeSpan.FromMinutes(1),
        3 => TimeSpan.FromMinutes(5),
        _ => TimeSpan.FromMinutes(30),
    };

    private static partial class Log
    {
        [LoggerMessage(6130, LogLevel.Information, "Sent {Channel} message {Message}")]
        internal static partial void Sent(ILogger logger, string channel, Guid message);

        [LoggerMessage(6131, LogLevel.Warning, "{Channel} message {Message} was not taken, attempt {Attempt}: {Error}")]
        internal static partial void NotSent(ILogger logger, string channel, Guid message, int attempt, string error);

        [LoggerMessage(6132, LogLevel.Error, "Gave up {Channel} message {Message} after {Attempts} attempts: {Error}")]
        internal static partial void GivenUp(ILogger logger, string channel, Guid message, int attempts, string error);

        [LoggerMessage(6133, LogLevel.Warning, "The outbox can't be read; trying again")]
        internal static partial void StoreFailed(ILogger logger, Exception exception);
    }
}
