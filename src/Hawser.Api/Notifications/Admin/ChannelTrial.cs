using Hawser.Api.Notifications.Wire;
using Hawser.Api.Notifications.Wire.Smtp;
using Hawser.Api.Settings;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications.Admin;

/// <summary>Sends through a channel at once, past the outbox and quiet hours: somebody sits in front of it.</summary>
internal static class ChannelTrial
{
    public static async Task<ChannelTest> RunAsync(
        NotificationChannel row, (HookSender Hooks, MailSender Mails) by, SettingsStore settings, TimeProvider time,
        HookBody hook, (string Subject, string Body) mail, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var detail = "";
        try
        {
            if (row.Kind == Outbox.Email) await MailAsync(row, by.Mails, settings, mail, cancellationToken);
            else detail = await PostAsync(row, by.Hooks, hook, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && OutboxSender.IsTransport(e))
        {
            detail = e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
        }

        return new ChannelTest
        {
            Ok = detail.Length == 0, Detail = detail.Length > 500 ? detail[..500] : detail,
            Took = (long)time.GetElapsedTime(began).TotalMilliseconds,
        };
    }

    private static async Task<string> PostAsync(
        NotificationChannel row, HookSender hooks, HookBody hook, CancellationToken cancellationToken)
    {
        var answer = await hooks.SendAsync(row, Guid.CreateVersion7(), hook.Event, hook.Json, cancellationToken);
        return answer.Complaint is { } complaint ? $"{complaint} {answer.Text}".Trim() : "";
    }

    private static async Task MailAsync(
        NotificationChannel row, MailSender mails, SettingsStore settings, (string Subject, string Body) mail,
        CancellationToken cancellationToken)
    {
        var how = settings.Get(NotificationSettings.Mail);
        if (!how.IsComplete) throw new SmtpFault("No mail server is configured; see the setting \"mail\".");
        foreach (var to in row.Recipients.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            await mails.SendAsync(how, Guid.CreateVersion7().ToString("N"), to, mail, cancellationToken);
        }
    }
}
