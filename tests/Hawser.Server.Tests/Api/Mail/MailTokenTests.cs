using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Hawser.Api.Notifications;
using Hawser.Api.Notifications.Wire.Smtp;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Mail;

/// <summary>Logging in to mail servers by tokens of OAuth2.</summary>
public sealed class MailTokenTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MailTokens _tokens;
    private readonly HttpListener _endpoint = new();
    private readonly string _address = $"http://127.0.0.1:{FreePorts.Block(1)}/token";
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly Task _serving;
    private Func<int, (int Status, string Body)> _answer = n => (200, $$"""{"access_token":"token-{{n}}","expires_in":3600}""");

    public MailTokenTests()
    {
        _tokens = new MailTokens(_time);
        _endpoint.Prefixes.Add(_address[..^"token".Length]);
        _endpoint.Start();
        _serving = ServeAsync();
    }

    [Fact]
    public async Task A_token_is_asked_for_once_and_again_shortly_before_it_expires()
    {
        (await GetAsync()).ShouldBe("token-1");
        _time.Advance(TimeSpan.FromMinutes(58));
        (await GetAsync()).ShouldBe("token-1");
        _time.Advance(TimeSpan.FromMinutes(1.5));
        (await GetAsync()).ShouldBe("token-2");
        _tokens.Forget();
        (await GetAsync()).ShouldBe("token-3", "a mail server turned it down");
        (await GetAsync(Settings() with { OauthScope = "other" })).ShouldBe("token-4", "it is for something else");
        _asked.First().ShouldBe("grant_type=client_credentials&client_id=app&client_secret=s3cret%26&scope=https%3A%2F%2Fmail.example%2F.default");
    }

    [Fact]
    public async Task A_refresh_token_is_used_when_there_is_one()
    {
        await GetAsync(Settings() with { OauthRefreshToken = "r3fresh", OauthScope = "" });
        _asked.ShouldHaveSingleItem().ShouldBe("grant_type=refresh_token&client_id=app&client_secret=s3cret%26&refresh_token=r3fresh");
    }

    [Theory]
    [InlineData(401, """{"error":"invalid_client","error_description":"s3cret& is wrong"}""", "gave no token, status 401: invalid_client ******** is wrong")]
    [InlineData(200, """{"token_type":"bearer"}""", "gave no token, status 200")]
    [InlineData(200, """{"access_token":"a\r\nb"}""", "none that can be sent")]
    [InlineData(302, """{"access_token":"stolen"}""", "gave no token, status 302")]
    [InlineData(200, "[]", "gave no token")]
    [InlineData(200, "<html>", "did not answer with JSON")]
    public async Task What_is_no_token_is_told_without_secrets(int status, string body, string told)
    {
        _answer = _ => (status, body);
        (await Should.ThrowAsync<SmtpFault>(() => GetAsync())).Message.ShouldContain(told);
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read_to_it()
    {
        _answer = _ => (200, new string('x', 1 << 20));
        (await Should.ThrowAsync<SmtpFault>(() => GetAsync())).Message.ShouldContain("can't be asked");
    }

    [Fact]
    public async Task The_mail_server_gets_the_token_and_a_refusal_is_told_with_its_reason()
    {
        using var mails = new MailSender(_time);
        var why = Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"status":"401","schemes":"bearer"}"""));
        using var stern = new PlayedMailServer(async line =>
        {
            await line.SayAsync("220 mail.example");
            foreach (var answer in new[] { "250-mail.example\r\n250 AUTH XOAUTH2", "334 " + why, "535 5.7.3 no" })
            {
                await line.HearAsync();
                await line.SayAsync(answer);
            }
        });
        using var kind = PlayedMailServer.Polite();
        MailSettings Of(PlayedMailServer of) => Settings() with
        {
            Host = "127.0.0.1", Port = of.Port, Security = MailSettings.None, From = "desk@example.net",
        };
        await mails.SendAsync(Of(kind), "7", "mara@example.net", ("x", "y"), CancellationToken.None);
        kind.Heard.ShouldContain("AUTH XOAUTH2 " + Convert.ToBase64String("user=desk@example.net\u0001auth=Bearer token-1\u0001\u0001"u8));
        kind.Heard.ShouldNotContain(l => l.Contains("PLAIN", StringComparison.Ordinal));
        (await Should.ThrowAsync<SmtpFault>(() => mails.SendAsync(Of(stern), "7", "mara@example.net", ("x", "y"), CancellationToken.None)))
            .Message.ShouldBe("""The mail server refuses the login: 535 5.7.3 no {"status":"401","schemes":"bearer"}""");
        stern.Heard.Last().ShouldBeEmpty();
        _asked.Count.ShouldBe(1);
        await mails.SendAsync(Of(kind), "8", "mara@example.net", ("x", "y"), CancellationToken.None);
        _asked.Count.ShouldBe(2, "a token that was turned down is not used again");
    }

    [Fact]
    public void Settings_that_can_not_work_are_refused()
    {
        MailSettings.Complaints(Settings() with { From = "desk@example.net" }).ShouldBeEmpty();
        var wrong = new[]
        {
            Settings() with { OauthEndpoint = "http://login.example/token" }, Settings() with { OauthEndpoint = "file:///token" },
            Settings() with { OauthClientId = "" }, Settings() with { Username = "" }, Settings() with { Security = "none" },
            Settings() with { Security = "ssl" }, Settings() with { Auth = "ntlm" }, Settings() with { Port = 0 },
            Settings() with { From = "desk" }, Settings() with { AlarmsTo = ["a@example.net\r\nBcc: b@example.net"] },
            Settings() with { Host = "mail.example\r\n" },
        };
        wrong.ShouldAllBe(s => MailSettings.Complaints(s).Count > 0);
    }

    public void Dispose()
    {
        _endpoint.Close();
        // Who begins to wait in the moment of the closing is never told: a listener loses it about once in a thousand.
        _serving.Wait(TimeSpan.FromSeconds(5));
        _tokens.Dispose();
    }

    private Task<string> GetAsync(MailSettings? settings = null) =>
        _tokens.GetAsync(settings ?? Settings(), new MailDialogue(), CancellationToken.None);

    private MailSettings Settings() => new()
    {
        Auth = MailSettings.ByOauth, Username = "desk@example.net", OauthEndpoint = _address, OauthClientId = "app",
        OauthClientSecret = "s3cret&", OauthScope = "https://mail.example/.default",
    };

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _endpoint.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            _asked.Enqueue(await reader.ReadToEndAsync());
            var (status, body) = _answer(_asked.Count);
            context.Response.StatusCode = status;
            if (status == 302) context.Response.RedirectLocation = _address;
            try
            {
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // Nobody reads that much.
            }
        }
    }
}
