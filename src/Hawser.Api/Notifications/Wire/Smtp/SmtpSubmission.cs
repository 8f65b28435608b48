using System.Text;
using System.Text.Json;

namespace Hawser.Api.Notifications.Wire.Smtp;

/// <summary>How a person proves to a mail server who he is.</summary>
/// <param name="User">The name there; empty: not at all.</param>
/// <param name="Password">The password; of no use when there is a token.</param>
/// <param name="Token">An access token; empty: the password counts.</param>
internal sealed record SmtpLogin(string User, string Password, string Token);

/// <summary>
/// Hands one mail to a mail server (RFC 5321, 3207, 4954): EHLO, encryption, login, sender, recipient, text. Any answer
/// but the one that is hoped for ends it.
/// </summary>
internal sealed class SmtpSubmission
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);
    // A server may look through a mail before it takes it.
    private static readonly TimeSpan LastStep = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    private readonly SmtpLine _line;
    private readonly MailDialogue _dialogue;
    private Dictionary<string, string> _offers = new(StringComparer.OrdinalIgnoreCase);

    private SmtpSubmission(SmtpLine line, MailDialogue dialogue) => (_line, _dialogue) = (line, dialogue);

    /// <summary>Hands a mail over.</summary>
    /// <param name="settings">Where to, and how encrypted.</param>
    /// <param name="login">As whom.</param>
    /// <param name="mail">What.</param>
    /// <param name="dialogue">Takes down what is said.</param>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SmtpFault">It was not taken.</exception>
    public static async Task SendAsync(
        MailSettings settings, SmtpLogin login, MailEnvelope mail, MailDialogue dialogue,
        TimeProvider time, CancellationToken cancellationToken)
    {
        dialogue.Hide(login.Password);
        dialogue.Hide(login.Token);
        await using var line = await SmtpLine.ConnectAsync(
            settings.Host.Trim(), settings.Port, dialogue, time, cancellationToken);
        var submission = new SmtpSubmission(line, dialogue);
        await submission.GreetAsync(settings.Security, cancellationToken);
        if (login.User.Length > 0) await submission.LogInAsync(settings.Security, login, cancellationToken);
        await submission.HandOverAsync(mail, cancellationToken);
        await submission.LeaveAsync(cancellationToken);
    }

    private async Task GreetAsync(string security, CancellationToken cancellationToken)
    {
        if (security == MailSettings.Tls) await _line.EncryptAsync(Step, cancellationToken);
        Expect(await _line.ReadAsync(Step, "with a greeting", cancellationToken), 2, "The mail server refuses to talk");
        await SayHelloAsync(cancellationToken);
        if (security is not (MailSettings.StartTls or MailSettings.Optional)) return;
        if (!_offers.ContainsKey("STARTTLS"))
        {
            if (security == MailSettings.Optional) return;
            throw new SmtpFault("The mail server offers no encryption (STARTTLS).");
        }

        Expect(await AskAsync("STARTTLS", null, cancellationToken), 2, "The mail server refuses STARTTLS");
        await _line.EncryptAsync(Step, cancellationToken);
        // What it offered before could be anybody's words.
        await SayHelloAsync(cancellationToken);
    }

    private async Task SayHelloAsync(CancellationToken cancellationToken)
    {
        _offers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var reply = await AskAsync("EHLO " + _line.OwnName, null, cancellationToken);
        if (!reply.Is(2))
        {
            Expect(
                await AskAsync("HELO " + _line.OwnName, null, cancellationToken), 2, "The mail server refuses to talk");
            return;
        }

        foreach (var offer in reply.Lines.Skip(1))
        {
            // Some write AUTH=, as it was before it was a standard.
            var parts = offer.Split([' ', '='], 2);
            _offers[parts[0]] = parts.Length > 1 ? $"{_offers.GetValueOrDefault(parts[0])} {parts[1]}" : "";
        }
    }

    private Task LogInAsync(string security, SmtpLogin login, CancellationToken cancellationToken)
    {
        if (!_line.IsEncrypted && security != MailSettings.None)
        {
            throw new SmtpFault("The connection is not encrypted, so no password is sent over it.");
        }

        var offered = _offers.GetValueOrDefault("AUTH", "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool Has(string way) => offered.Contains(way, StringComparer.OrdinalIgnoreCase);
        if (login.Token.Length > 0)
        {
            return Has("XOAUTH2") ? LogInByTokenAsync(login, cancellationToken)
                : throw new SmtpFault($"The mail server takes no OAuth2 (XOAUTH2); it offers: {Listed(offered)}.");
        }

        if (Has("PLAIN")) return LogInPlainAsync(login, cancellationToken);
        if (Has("LOGIN")) return LogInStepwiseAsync(login, cancellationToken);
        throw new SmtpFault($"The mail server takes no password (PLAIN, LOGIN); it offers: {Listed(offered)}.");

        string Listed(string[] words) => words.Length == 0 ? "nothing" : _dialogue.Clean(string.Join(' ', words));
    }

    private async Task LogInPlainAsync(SmtpLogin login, CancellationToken cancellationToken)
    {
        var proof = Base64($"\0{login.User}\0{login.Password}");
        Expect(await AskAsync("AUTH PLAIN " + proof, "AUTH PLAIN ********", cancellationToken), 2, Refused);
    }

    private async Task LogInStepwiseAsync(SmtpLogin login, CancellationToken cancellationToken)
    {
        Expect(await AskAsync("AUTH LOGIN", null, cancellationToken), 3, Refused);
        Expect(await AskAsync(Base64(login.User), "********", cancellationToken), 3, Refused);
        Expect(await AskAsync(Base64(login.Password), "********", cancellationToken), 2, Refused);
    }

    private async Task LogInByTokenAsync(SmtpLogin login, CancellationToken cancellationToken)
    {
        var proof = Base64($"user={login.User}\u0001auth=Bearer {login.Token}\u0001\u0001");
        var reply = await AskAsync("AUTH XOAUTH2 " + proof, "AUTH XOAUTH2 ********", cancellationToken);
        if (!reply.Is(3))
        {
            Expect(reply, 2, Refused);
            return;
        }

        // Why not comes as a question; the refusal follows an empty answer.
        var why = Unpacked(reply.Lines[0]);
        var last = await AskAsync("", "(empty)", cancellationToken);
        throw new SmtpFault(_dialogue.Clean($"{Refused}: {last} {why}"));
    }

    private async Task HandOverAsync(MailEnvelope mail, CancellationToken cancellationToken)
    {
        var options = "";
        if (mail.From.NeedsUtf8 || mail.To.NeedsUtf8)
        {
            if (!_offers.ContainsKey("SMTPUTF8"))
            {
                throw new SmtpFault("The mail server takes no addresses with letters beyond ASCII (SMTPUTF8).");
            }

            options = " BODY=8BITMIME SMTPUTF8";
        }

        if (_offers.ContainsKey("SIZE")) options += $" SIZE={mail.Text.Length}";
        Expect(
            await AskAsync($"MAIL FROM:<{mail.From.Address}>{options}", null, cancellationToken), 2,
            "The sender was refused");
        Expect(
            await AskAsync($"RCPT TO:<{mail.To.Address}>", null, cancellationToken), 2,
            "The recipient was refused");
        Expect(await AskAsync("DATA", null, cancellationToken), 3, "The mail was refused");
        _dialogue.Add(MailDialogue.Us, $"(the mail, {mail.Text.Length} bytes)");
        await _line.SendAsync(mail.Stuffed(), cancellationToken);
        Expect(await _line.ReadAsync(LastStep, "the mail", cancellationToken), 2, "The mail was refused");
    }

    // The mail is theirs already; how they say good-bye changes nothing.
    private async Task LeaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _line.SayAsync("QUIT", null, cancellationToken);
            await _line.ReadAsync(Farewell, "QUIT", cancellationToken);
        }
        catch (SmtpFault e)
        {
            _dialogue.Add(MailDialogue.Note, e.Message);
        }
    }

    private const string Refused = "The mail server refuses the login";

    private async Task<SmtpReply> AskAsync(string line, string? shown, CancellationToken cancellationToken)
    {
        await _line.SayAsync(line, shown, cancellationToken);
        return await _line.ReadAsync(Step, shown ?? line, cancellationToken);
    }

    private void Expect(SmtpReply reply, int hundred, string otherwise)
    {
        if (!reply.Is(hundred)) throw new SmtpFault(_dialogue.Clean($"{otherwise}: {reply}"));
    }

    private static string Unpacked(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(Convert.FromBase64String(text.Trim()));
            return json.RootElement.GetRawText();
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return "";
        }
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
