using Hawser.Api.Notifications.Wire.Smtp;

namespace Hawser.Api.Notifications;

/// <summary>Sends mails as the settings say: where to, how encrypted, and as whom.</summary>
internal sealed class MailSender(TimeProvider time) : IDisposable
{
    // Less than a message is claimed for; one that was not handed over by then is tried again.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(75);
    private readonly MailTokens _tokens = new(time);

    /// <summary>Hands a mail to the mail server.</summary>
    /// <param name="settings">Which server.</param>
    /// <param name="id">What names the mail; the same on every attempt.</param>
    /// <param name="to">The recipient's address.</param>
    /// <param name="said">What it is about, and the text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="dialogue">Takes down what was said, for people.</param>
    /// <exception cref="SmtpFault">It was not taken.</exception>
    /// <exception cref="FormatException">An address is none.</exception>
    public async Task SendAsync(
        MailSettings settings, string id, string to, (string Subject, string Body) said,
        CancellationToken cancellationToken, MailDialogue? dialogue = null)
    {
        dialogue ??= new MailDialogue();
        using var late = new CancellationTokenSource(Deadline, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var mail = MailEnvelope.Of((settings.From, settings.FromName), to, id, said, time.GetUtcNow());
        try
        {
            var token = settings.IsOauth ? await _tokens.GetAsync(settings, dialogue, deadline.Token) : "";
            var login = new SmtpLogin(settings.Username, settings.Password, token);
            await SmtpSubmission.SendAsync(settings, login, mail, dialogue, time, deadline.Token);
        }
        catch (SmtpFault)
        {
            // A token may have been taken back before its time.
            if (settings.IsOauth) _tokens.Forget();
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SmtpFault($"The mail server did not take it within {Deadline.TotalSeconds} seconds.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _tokens.Dispose();
}
