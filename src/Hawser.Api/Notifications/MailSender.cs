using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;

namespace Hawser.Api.Notifications;

/// <summary>Sends a mail by SMTP, with STARTTLS unless that is switched off.</summary>
internal static class MailSender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <exception cref="SmtpException">It was not taken.</exception>
    /// <exception cref="FormatException">An address is none.</exception>
    public static async Task SendAsync(
        MailSettings settings, string id, string to, string subject, string body, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var message = new MailMessage(
            new MailAddress(settings.From, settings.FromName, Encoding.UTF8), new MailAddress(to));
        message.Subject = subject;
        message.SubjectEncoding = Encoding.UTF8;
        message.Body = body.ReplaceLineEndings("\r\n");
        message.BodyEncoding = Encoding.UTF8;
        message.HeadersEncoding = Encoding.UTF8;
        // The same on every attempt, so that a receiver can tell a repeat.
        var domain = settings.From[(settings.From.IndexOf('@', StringComparison.Ordinal) + 1)..];
        message.Headers.Add("Message-ID", string.Create(CultureInfo.InvariantCulture, $"<{id}@{domain}>"));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var client = new SmtpClient(settings.Host, settings.Port);
        client.EnableSsl = settings.StartTls;
        client.UseDefaultCredentials = false;
        if (settings.Username.Length > 0)
        {
            client.Credentials = new NetworkCredential(settings.Username, settings.Password);
        }

        await client.SendMailAsync(message, deadline.Token);
    }
}
