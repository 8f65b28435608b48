using Hawser.Api.Http;
using Hawser.Api.Settings;
using Hawser.Data;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications;

/// <summary>
/// Takes messages to people. A message is a row of the caller's transaction, so that it is sent exactly when what it
/// tells of has happened, and survives a restart; <see cref="OutboxSender"/> does the sending.
/// </summary>
internal sealed class Outbox(SettingsStore settings, Secrets secrets, TimeProvider time) : IDisposable
{
    /// <summary>The channel of mails.</summary>
    internal const string Email = "email";

    /// <summary>The channel of short messages.</summary>
    internal const string Sms = "sms";

    private readonly SemaphoreSlim _work = new(0, 1);

    /// <summary>Whether messages of a channel can be sent at all, so that nobody is asked for a code in vain.</summary>
    public bool CanSend(string channel) => channel == Email
        ? settings.Get(NotificationSettings.Mail).IsComplete
        : settings.Get(NotificationSettings.Sms).IsComplete;

    /// <summary>Adds a message; the caller saves, and then calls <see cref="Wake"/>.</summary>
    /// <param name="db">Where the row is added.</param>
    /// <param name="channel"><see cref="Email"/> or <see cref="Sms"/>.</param>
    /// <param name="recipient">The address or number.</param>
    /// <param name="notice">What is said.</param>
    /// <param name="values">What stands in the template's braces.</param>
    public void Add(
        HawserDb db, string channel, string recipient, Notice notice, IReadOnlyDictionary<string, string> values)
    {
        var language = settings.Get(NotificationSettings.Mail).Language;
        var (subject, body) = NoticeTexts.Fill(notice, language, values);
        var now = time.GetUtcNow().UtcDateTime;
        db.Outbox.Add(new OutboxMessage
        {
            Channel = channel,
            Recipient = recipient,
            Subject = subject,
            Body = secrets.Protect(body),
            NextAttemptAt = now,
            GiveUpAt = now + NoticeTexts.UsefulFor(notice),
            CreatedAt = now,
        });
    }

    /// <summary>Tells the sender that there may be work; forgetting it costs some seconds.</summary>
    public void Wake()
    {
        try
        {
            _work.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    /// <summary>Waits for work, or for a while.</summary>
    internal Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        _work.WaitAsync(atMost, cancellationToken);
}
