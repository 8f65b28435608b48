using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Hawser.Api.Notifications;
using Hawser.Api.Notifications.Wire.Smtp;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Mail;

/// <summary>Handing mails over, to servers that behave and to some that don't.</summary>
public sealed class SmtpSubmissionTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MailSender _mails;

    public SmtpSubmissionTests() => _mails = new MailSender(_time);

    public void Dispose() => _mails.Dispose();

    [Fact]
    public async Task A_mail_is_handed_over_with_its_headers_and_a_dot_stays_a_dot()
    {
        using var server = PlayedMailServer.Polite();
        await SendAsync(server, said: ("Invitation", "First\n.\n..second\nThird"));
        server.Heard.ShouldBe([
            "EHLO [127.0.0.1]", $"AUTH PLAIN {Base64("\0mailer\0correct horse")}", "MAIL FROM:<desk@example.net> SIZE=298",
            "RCPT TO:<mara@example.net>", "DATA", "Date: Fri, 02 Jan 2026 03:04:05 +0000", "From: \"Hawser\" <desk@example.net>",
            "To: mara@example.net", "Subject: Invitation", "Message-ID: <7@example.net>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 7bit", "", "First", "..", "...second",
            "Third", ".", "QUIT",
        ]);
    }

    [Fact]
    public async Task Words_of_others_stay_in_the_header_that_they_are_for()
    {
        using var server = PlayedMailServer.Polite();
        await SendAsync(server, said: ("Alarm\r\nBcc: eve@example.net\r\n\r\n设备离线 " + new string('x', 200), "设备 PC-1"));
        var headers = server.Heard.SkipWhile(l => !l.StartsWith("Subject", StringComparison.Ordinal)).TakeWhile(l => l.Length > 0).ToList();
        headers.ShouldAllBe(l => l.Length <= 100 && !l.StartsWith("Bcc", StringComparison.Ordinal));
        var words = headers.TakeWhile(l => l.Contains("=?utf-8?B?", StringComparison.Ordinal)).Select(l => l[(l.IndexOf("?B?", StringComparison.Ordinal) + 3)..^2]);
        string.Concat(words.Select(w => Encoding.UTF8.GetString(Convert.FromBase64String(w)))).ShouldStartWith("Alarm  Bcc: eve@example.net    设备离线 xxx");
        Encoding.UTF8.GetString(Convert.FromBase64String(server.Heard.SkipWhile(l => l.Length > 0).ElementAt(1))).ShouldBe("设备 PC-1");
    }

    [Theory]
    [InlineData("mara@example.net\r\nRCPT TO:<eve@example.net>")]
    [InlineData("mara@example.net> NOTIFY=SUCCESS")]
    [InlineData("mara")]
    [InlineData("")]
    public async Task What_is_no_address_is_refused_before_anybody_is_asked(string to)
    {
        using var server = PlayedMailServer.Polite();
        await Should.ThrowAsync<FormatException>(() => SendAsync(server, to: to));
        server.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task Letters_beyond_ascii_need_a_server_that_takes_them_and_names_of_domains_do_not()
    {
        using var old = PlayedMailServer.Polite();
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(old, to: "mära@example.net"))).Message.ShouldContain("SMTPUTF8");
        using var newer = PlayedMailServer.Polite("SMTPUTF8");
        await SendAsync(newer, Settings(newer) with { Username = "" }, "mära@example.net");
        newer.Heard.ShouldContain("RCPT TO:<mära@example.net>");
        newer.Heard.ShouldContain(l => l.StartsWith("MAIL FROM:<desk@example.net> BODY=8BITMIME SMTPUTF8", StringComparison.Ordinal));
        await SendAsync(old, to: "mara@bücher.example");
        old.Heard.ShouldContain("RCPT TO:<mara@xn--bcher-kva.example>");
    }

    [Fact]
    public async Task The_dialogue_shows_what_was_said_but_no_secret_even_when_the_other_side_repeats_it()
    {
        var proof = Base64("\0mailer\0correct horse");
        using var server = PlayedMailServer.Polite(own: ("AUTH", $"535 5.7.8 correct horse? {Base64("correct horse")} no"));
        var dialogue = new MailDialogue();
        var fault = await Should.ThrowAsync<SmtpFault>(() => SendAsync(server, dialogue: dialogue));
        fault.Message.ShouldBe("The mail server refuses the login: 535 5.7.8 ********? ******** no");
        var text = string.Join('\n', dialogue.Turns.Select(t => $"{t.By} {t.Text}"));
        text.ShouldContain("server 220 mail.example ESMTP");
        text.ShouldContain("client AUTH PLAIN ********");
        text.ShouldNotContain("correct horse");
        text.ShouldNotContain(proof);
        text.ShouldNotContain(Base64("correct horse"));
    }

    [Theory]
    [InlineData("AUTH LOGIN", "AUTH LOGIN")]
    [InlineData("AUTH=LOGIN", "AUTH LOGIN")]
    [InlineData("AUTH LOGIN PLAIN", "AUTH PLAIN")]
    public async Task The_way_to_log_in_is_one_that_is_offered(string offers, string used)
    {
        using var server = PlayedMailServer.Polite(
            offers, ("AUTH LOGIN", "334 VXNlcm5hbWU6"), (Base64("mailer"), "334 UGFzc3dvcmQ6"), (Base64("correct horse"), "235 welcome"));
        await SendAsync(server);
        server.Heard.ShouldContain(l => l.StartsWith(used, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_password_is_not_sent_where_nothing_is_offered_for_it_or_nothing_is_encrypted()
    {
        using var server = PlayedMailServer.Polite("AUTH CRAM-MD5");
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server))).Message.ShouldContain("it offers: CRAM-MD5");
        var settings = Settings(server);
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server, settings with { Security = MailSettings.Optional })))
            .Message.ShouldContain("not encrypted");
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server, settings with { Security = MailSettings.StartTls })))
            .Message.ShouldContain("offers no encryption");
        server.Heard.ShouldNotContain(l => l.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MAIL", "550 5.7.1 not you", "The sender was refused: 550 5.7.1 not you")]
    [InlineData("RCPT", "550 5.1.1 no such mailbox", "The recipient was refused: 550 5.1.1 no such mailbox")]
    [InlineData("DATA", "451 later", "The mail was refused: 451 later")]
    [InlineData("EHLO", "250 ok\r\n", "This is no mail server; it said:")]
    public async Task A_refusal_is_told_as_it_was_given(string command, string answer, string told)
    {
        using var server = PlayedMailServer.Polite(own: (command, answer));
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server, Settings(server) with { Username = "" }))).Message.ShouldStartWith(told);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "This is no mail server; it said: HTTP/1.1 400 Bad Request")]
    [InlineData("220", "The mail server closed the connection.")]
    [InlineData("220-one\r\n250 two\r\n", "The mail server mixed two answers.")]
    [InlineData("554 no\u001b[2J\r\n", "The mail server refuses to talk: 554 no [2J")]
    public async Task Nonsense_ends_it(string greeting, string told)
    {
        using var server = new PlayedMailServer(line => line.SendAsync(greeting));
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server))).Message.ShouldBe(told);
    }

    [Theory]
    [InlineData("220 and on and on ", "The mail server's line does not end.")]
    [InlineData("220-again\r\n", "The mail server's answer does not end.")]
    public async Task What_does_not_end_is_not_read_to_the_end(string piece, string told)
    {
        using var server = new PlayedMailServer(async line =>
        {
            while (true) await line.SendAsync(piece);
        });
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server))).Message.ShouldBe(told);
    }

    [Fact]
    public async Task Who_never_answers_is_not_waited_for()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var server = new PlayedMailServer(async line =>
        {
            await line.SayAsync("220 mail.example");
            await line.HearAsync();
            asked.SetResult();
            await line.FreezeAsync();
        });
        var sending = SendAsync(server);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(5));
                return sending.IsCompleted;
            },
            "it gives up");
        (await Should.ThrowAsync<SmtpFault>(() => sending)).Message.ShouldContain("did not answer EHLO [127.0.0.1] within 15 seconds");
    }

    [Fact]
    public async Task Who_closes_half_way_has_not_taken_it_but_who_closes_after_it_has()
    {
        using var half = new PlayedMailServer(async line =>
        {
            await line.SayAsync("220 mail.example");
            await line.HearAsync();
        });
        await Should.ThrowAsync<SmtpFault>(() => SendAsync(half));
        using var after = PlayedMailServer.Polite(own: ("QUIT", "nonsense"));
        await SendAsync(after);
    }

    [Fact]
    public async Task What_is_said_before_the_encryption_does_not_count_after_it()
    {
        using var server = PlayedMailServer.Polite("STARTTLS", ("STARTTLS", "220 go\r\n250-mail.example\r\n250 AUTH PLAIN"));
        var settings = Settings(server) with { Security = MailSettings.StartTls };
        (await Should.ThrowAsync<SmtpFault>(() => SendAsync(server, settings))).Message.ShouldContain("more than it may before the encryption");
        server.Heard.ShouldNotContain(l => l.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_ends_it_with_words()
    {
        using var certificate = SelfSigned();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var ssl = new SslStream(client.GetStream());
            try
            {
                await ssl.AuthenticateAsServerAsync(certificate);
                await ssl.ReadExactlyAsync(new byte[1]);
            }
            catch (Exception e) when (e is AuthenticationException or IOException)
            {
                // It was turned down.
            }
        });
        var settings = new MailSettings
        {
            Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Security = MailSettings.Tls, From = "desk@example.net",
        };
        var fault = await Should.ThrowAsync<SmtpFault>(
            () => _mails.SendAsync(settings, "7", "mara@example.net", ("x", "y"), CancellationToken.None));
        fault.Message.ShouldContain("The certificate of 127.0.0.1 (CN=nobody) is not trusted here");
        await serving;
    }

    [Fact]
    public async Task Nobody_there_is_said_with_the_place()
    {
        var settings = new MailSettings { Host = "127.0.0.1", Port = FreePorts.Block(1), From = "desk@example.net" };
        (await Should.ThrowAsync<SmtpFault>(() => _mails.SendAsync(settings, "7", "mara@example.net", ("x", "y"), CancellationToken.None)))
            .Message.ShouldContain($"127.0.0.1:{settings.Port} can't be reached");
    }

    private Task SendAsync(
        PlayedMailServer server, MailSettings? settings = null, string to = "mara@example.net", (string, string)? said = null,
        MailDialogue? dialogue = null) =>
        _mails.SendAsync(settings ?? Settings(server), "7", to, said ?? ("Subject", "Text"), CancellationToken.None, dialogue);

    private static MailSettings Settings(PlayedMailServer server) => new()
    {
        Host = "127.0.0.1", Port = server.Port, Security = MailSettings.None, Username = "mailer", Password = "correct horse",
        From = "desk@example.net",
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=nobody", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
