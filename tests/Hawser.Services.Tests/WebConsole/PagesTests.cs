using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Notifications;
using Hawser.Services.Tests.Mail;
using Hawser.Services.Tests.SignIn;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// Signing in, what staff and users see, and the server's upkeep, in a real Chromium (web/tests/browser/pages.mjs). The
/// numbers are those of the console's scenarios.
/// </summary>
public sealed partial class PagesTests
{
    [Fact]
    public async Task S5_an_authenticator_its_recovery_codes_a_mailed_code_and_a_forgotten_password()
    {
        BrowserRun.NeedsConsole();
        using var sink = await MailSink.StartAsync();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara", change: u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            NotificationSettings.Mail,
            new MailSettings
            {
                Host = "127.0.0.1", Port = sink.Port, Username = "mailer", Password = "correct horse", From = "desk@example.net",
            },
            CancellationToken.None);
        await hawser.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            SignInSettings.Key, new SignInSettings { PublicUrls = [$"http://localhost:{hawser.HttpPort}"] },
            CancellationToken.None);
        var path = Path.Combine(hawser.Folder, "mailed");
        using var over = new CancellationTokenSource();
        var passing = PassOnAsync(sink, path, over.Token);
        await BrowserRun.PlayAsync("pages", "factors", hawser, new { mail = path });
        await over.CancelAsync();
        await passing;
    }

    [Fact]
    public async Task S7_a_provider_signs_in_whom_it_may()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("known before", change: u => u.Email = "mara@example.net");
        var port = FreePorts.Block(1);
        var issuer = $"http://127.0.0.1:{port}";
        await using var process = await OidcIssuer.StartAsync(
            port, $"http://localhost:{hawser.HttpPort}/api/oidc/callback", "RS256");
        var provider = new ProviderSettings
        {
            Name = "corp", Issuer = issuer, ClientId = "hawser", ClientSecret = OidcIssuer.Secret,
            Scopes = "openid email profile groups", CreateUsers = true, AllowedGroups = ["staff"],
            Groups = [new GroupMapping { From = "support", To = "Field engineers" }],
            AdminRoles = [new GroupMapping { From = "support", To = "Field desk" }],
        };
        await AddRoleAsync(api, "Field desk");
        await hawser.Node.Services!.GetRequiredService<SettingsStore>()
            .SetAsync(SignInSettings.Key, new SignInSettings { Providers = [provider] }, CancellationToken.None);
        await BrowserRun.PlayAsync("pages", "provider", hawser, new { others = new[] { issuer } });
    }

    [Fact]
    public async Task S8_who_must_have_an_authenticator_sets_it_up_first()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara", change: u => u.TotpEnforced = true);
        await BrowserRun.PlayAsync("pages", "enforced", hawser);
    }

    [Fact]
    public async Task S26_a_role_shows_its_holder_what_it_reaches()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        await api.AddUserAsync("nina", change: u => (u.Status, u.AwaitsApproval) = (UserStatus.Disabled, true));
        await BrowserRun.PlayAsync("pages", "adminRoles", hawser);
    }

    [Fact]
    public async Task An_administrator_looks_after_everybodys_books()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        await BrowserRun.PlayAsync("pages", "allBooks", hawser);
    }

    [Fact]
    public async Task A_directory_that_is_away_is_told_in_words()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await AddRoleAsync(api, "Help desk");
        await BrowserRun.PlayAsync("pages", "directory", hawser, new { closed = "ldap://127.0.0.1:1" });
    }

    [Fact]
    public async Task Backups_retention_and_deliveries()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var admin = await api.AddUserAsync("admin", admin: true);
        var made = await api.PostAsync(
            "/api/notifications/channels",
            """{"name":"desk","kind":"webhook","url":"http://127.0.0.1:1/hook","allow_private":true}""",
            await api.TokenAsync(admin));
        made.Status.ShouldBe(200, made.Text);
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var secrets = api.Services.GetRequiredService<Hawser.Api.Http.Secrets>();
        await using (var db = api.OpenDb())
        {
            db.Outbox.Add(new OutboxMessage
            {
                Channel = "webhook", ChannelGuid = Guid.Parse(made.Member("guid")!), Recipient = "desk", Subject = "Relay is down",
                Attempts = 7, LastError = "connection refused", CreatedAt = now.AddDays(-1), NextAttemptAt = now,
                GiveUpAt = now, FailedAt = now, ResponseStatus = 503,
                Body = secrets.Protect("""{"event":"alarm","alarm":{"typ":"1003"}}"""), Response = secrets.Protect("busy just now"),
            });
            db.ConnectionAudits.AddRange(Enumerable.Range(1, 3).Select(i => new ConnectionAudit
            {
                DeviceId = "482913377", ConnId = i, CreatedAt = now.AddDays(-100), EndedAt = now.AddDays(-100),
            }));
            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("pages", "upkeep", hawser);
    }

    // The scenario waits for the file.
    private static async Task AddRoleAsync(ApiClient api, string name)
    {
        await using var db = api.OpenDb();
        db.AdminRoles.Add(new AdminRole { Name = name, NormalizedName = name.ToUpperInvariant(), Rights = "users.view" });
        await db.SaveChangesAsync();
    }

    private static async Task PassOnAsync(MailSink sink, string path, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Pass(sink, path, Code());
                Pass(sink, path + ".link", Link());
            }
        }
        catch (OperationCanceledException)
        {
            // The scenario is over.
        }
    }

    private static void Pass(MailSink sink, string path, Regex what)
    {
        if (File.Exists(path)) return;
        var found = sink.Taken.Select(m => what.Match(Body(m)).Value).FirstOrDefault(c => c.Length > 0);
        if (found is null) return;
        File.WriteAllText(path + ".part", found);
        File.Move(path + ".part", path);
    }

    private static string Body(JsonElement taken)
    {
        var mail = taken.GetProperty("text").GetString()!;
        var body = mail[(mail.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        return mail.Contains("base64", StringComparison.OrdinalIgnoreCase)
            ? Encoding.UTF8.GetString(Convert.FromBase64String(body.ReplaceLineEndings("")))
            : body.Replace("=\r\n", "", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"/forgotten\?code=[\w-]+", RegexOptions.None, 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
