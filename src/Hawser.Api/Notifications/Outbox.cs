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

    /// <summary>Posts to a web address, signed.</summary>
    internal const string Webhook = "webhook";

    /// <summary>Posts to a chat service that takes what Slack takes.</summary>
    internal const string Slack = "slack";

    private readonly SemaphoreSlim _people = new(0, 1);
    private readonly SemaphoreSlim _channels = new(0, 1);

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
        var text = NoticeTexts.Fill(notice, settings, values);
        Add(db, channel, recipient, text, NoticeTexts.UsefulFor(notice), null, urgent: false);
    }

    /// <summary>Adds the mails of a channel; the caller saves and wakes.</summary>
    /// <returns>How many.</returns>
    public int AddMails(
        HawserDb db, NotificationChannel channel, Notice notice, IReadOnlyDictionary<string, string> values,
        bool urgent)
    {
        if (!CanSend(Email)) return 0;
        var filled = NoticeTexts.Fill(notice, settings, values);
        var to = channel.Recipients.Split(',', StringSplitOptions.RemoveEmptyEntries);
        foreach (var address in to)
        {
            Add(db, Email, address, filled, NoticeTexts.UsefulFor(notice), channel.Guid, urgent);
        }

        return to.Length;
    }

    /// <summary>Adds what is posted to the web address of a channel; the caller saves and wakes.</summary>
    /// <returns>How many: one.</returns>
    public int AddHook(HawserDb db, NotificationChannel channel, HookBody body, bool urgent)
    {
        // The address itself may be a secret.
        Add(db, channel.Kind, channel.Name, (body.Title, body.Json), HookUsefulFor, channel.Guid, urgent);
        return 1;
    }

    private static readonly TimeSpan HookUsefulFor = TimeSpan.FromDays(1);

    private void Add(
        HawserDb db, string kind, string recipient, (string Subject, string Body) text, TimeSpan usefulFor,
        Guid? channel, bool urgent)
    {
        var now = time.GetUtcNow().UtcDateTime;
        db.Outbox.Add(new OutboxMessage
        {
            Channel = kind,
            ChannelGuid = channel,
            Recipient = recipient,
            Urgent = urgent,
            Subject = text.Subject.Length > 300 ? text.Subject[..300] : text.Subject,
            Body = secrets.Protect(text.Body),
            NextAttemptAt = now,
            GiveUpAt = now + usefulFor,
            CreatedAt = now,
        });
    }

    /// <summary>Tells the sender that there may be work; forgetting it costs some seconds.</summary>
    public void Wake()
    {
        foreach (var work in new[] { _people, _channels })
        {
            try
            {
                work.Release();
            }
            catch (SemaphoreFullException)
            {
                // It is awake already.
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _people.Dispose();
        _channels.Dispose();
    }

    /// <summary>Waits for work, or for a while.</summary>
    internal Task<bool> WaitAsync(bool ofChannels, TimeSpan atMost, CancellationToken cancellationToken) =>
        (ofChannels ? _channels : _people).WaitAsync(atMost, cancellationToken);
}
