using System.Net;
using System.Text;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Notifications;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Mail;

/// <summary>Messages to people, by a real mail server and a real gateway.</summary>
public sealed class OutboxTests
{
    private static readonly Dictionary<string, string> Values = new()
    {
        ["name"] = "Mara Lind",
        ["code"] = "4K7Q2M",
        ["device"] = "PC-MARA",
    };

    [Theory]
    [InlineData(MailSettings.StartTls, true)]
    [InlineData(MailSettings.Tls, true)]
    [InlineData(MailSettings.Optional, true)]
    [InlineData(MailSettings.None, false)]
    public async Task A_code_arrives_by_mail_encrypted_on_the_way_when_that_is_asked_for(string security, bool encrypted)
    {
        using var sink = await MailSink.StartAsync(security == MailSettings.Tls);
        await using var hawser = await TestHawser.StartAsync();
        await SetMailAsync(hawser, Mail(sink) with { Security = security });

        await AddAsync(hawser, Outbox.Email, "mara@example.net");

        await Eventually.HoldsAsync(() => sink.Taken.Count == 1, "the mail was taken");
        var mail = sink.Taken.Single();
        mail.GetProperty("secure").GetBoolean().ShouldBe(encrypted);
        mail.GetProperty("user").GetString().ShouldBe("mailer");
        mail.GetProperty("to")[0].GetString().ShouldBe("mara@example.net");
        Decoded(mail.GetProperty("text").GetString()!).ShouldContain("The code is 4K7Q2M.");
        await Eventually.HoldsAsync(() => Only(hawser).SentAt is not null, "it is noted");
        Only(hawser).Body.ShouldBeEmpty("a code that was sent is not kept");
        hawser.Log.ShouldNotContain("4K7Q2M");
        hawser.Log.ShouldNotContain("mara@example.net");
    }

    [Fact]
    public async Task A_token_of_OAuth2_logs_in_where_a_password_would()
    {
        using var sink = await MailSink.StartAsync();
        using var endpoint = new HttpListener();
        var port = FreePorts.Block(1);
        endpoint.Prefixes.Add($"http://127.0.0.1:{port}/");
        endpoint.Start();
        await using var hawser = await TestHawser.StartAsync();
        await SetMailAsync(hawser, Mail(sink) with
        {
            Auth = MailSettings.ByOauth, OauthEndpoint = $"http://127.0.0.1:{port}/token", OauthClientId = "app", OauthClientSecret = "s3cret",
        });

        await AddAsync(hawser, Outbox.Email, "mara@example.net");

        var asked = await endpoint.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await asked.Response.OutputStream.WriteAsync("""{"access_token":"good token","expires_in":600}"""u8.ToArray());
        asked.Response.Close();
        await Eventually.HoldsAsync(() => sink.Taken.Count == 1, "the mail was taken");
        sink.Taken.Single().GetProperty("method").GetString().ShouldBe("XOAUTH2");
    }

    [Fact]
    public async Task Chinese_texts_arrive_as_they_are()
    {
        using var sink = await MailSink.StartAsync();
        await using var hawser = await TestHawser.StartAsync();
        await SetMailAsync(hawser, Mail(sink) with { Language = "zh" });

        await AddAsync(hawser, Outbox.Email, "li@example.net");

        await Eventually.HoldsAsync(() => sink.Taken.Count == 1, "the mail was taken");
        Decoded(sink.Taken.Single().GetProperty("text").GetString()!).ShouldContain("验证码是 4K7Q2M");
    }

    [Fact]
    public async Task What_the_mail_server_refuses_is_noted_and_tried_again()
    {
        using var sink = await MailSink.StartAsync();
        await using var hawser = await TestHawser.StartAsync();
        await SetMailAsync(hawser, Mail(sink));

        await AddAsync(hawser, Outbox.Email, "refused@example.net");

        await Eventually.HoldsAsync(() => Only(hawser).Attempts == 1, "the attempt is noted");
        var row = Only(hawser);
        row.LastError.ShouldContain("no such mailbox");
        (row.SentAt, row.FailedAt).ShouldBe((null, null));
        (row.NextAttemptAt - row.CreatedAt).ShouldBeGreaterThan(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task A_server_that_offers_no_encryption_or_whose_certificate_is_nobodys_gets_no_password()
    {
        using var sink = await MailSink.StartAsync();
        await using var hawser = await TestHawser.StartAsync();
        // The certificate is for localhost and 127.0.0.1, not for this name.
        await SetMailAsync(hawser, Mail(sink) with { Host = "127.0.0.2" });

        await AddAsync(hawser, Outbox.Email, "mara@example.net");

        await Eventually.HoldsAsync(() => Only(hawser).Attempts == 1, "the attempt is noted");
        sink.Taken.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_code_goes_to_a_gateway_as_a_short_message()
    {
        using var gateway = new HttpListener();
        var port = FreePorts.Block(1);
        gateway.Prefixes.Add($"http://127.0.0.1:{port}/");
        gateway.Start();
        await using var hawser = await TestHawser.StartAsync();
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            NotificationSettings.Sms,
            new SmsSettings
            {
                Url = $"http://127.0.0.1:{port}/send",
                Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer gateway-token" },
            },
            CancellationToken.None);

        await AddAsync(hawser, Outbox.Sms, "+49301234567");

        var request = await gateway.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        request.Request.Headers["Authorization"].ShouldBe("Bearer gateway-token");
        using var reader = new StreamReader(request.Request.InputStream);
        (await reader.ReadToEndAsync()).ShouldBe("""{"to":"\u002B49301234567","text":"Your login code: 4K7Q2M"}""");
        request.Response.Close();
        await Eventually.HoldsAsync(() => Only(hawser).SentAt is not null, "it is noted");
    }

    private static MailSettings Mail(MailSink sink) => new()
    {
        Host = "127.0.0.1",
        Port = sink.Port,
        Username = "mailer",
        Password = "correct horse",
        From = "desk@example.net",
    };

    private static Task SetMailAsync(TestHawser hawser, MailSettings settings) =>
        hawser.Node.Services!.GetRequiredService<SettingsStore>()
            .SetAsync(NotificationSettings.Mail, settings, CancellationToken.None);

    private static async Task AddAsync(TestHawser hawser, string channel, string to)
    {
        var outbox = hawser.Node.Services!.GetRequiredService<Outbox>();
        await using var db = hawser.Node.Store!.CreateDb();
        outbox.Add(db, channel, to, Notice.LoginCode, Values);
        await db.SaveChangesAsync();
        outbox.Wake();
    }

    private static OutboxMessage Only(TestHawser hawser)
    {
        using var db = hawser.Node.Store!.CreateDb();
        return db.Outbox.AsNoTracking().Single();
    }

    private static string Decoded(string mail)
    {
        var body = mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return mail.Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body.ReplaceLineEndings("")))
            : body.Replace("=\r\n", "", StringComparison.Ordinal);
    }
}
