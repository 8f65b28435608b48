using System.Text.RegularExpressions;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>Passwords that were forgotten, and invitations that ended.</summary>
public partial class ForgottenPasswordTests
{
    private const string New = "Tulip#42 of tomorrow";

    [Fact]
    public async Task A_mailed_link_changes_the_password_once_and_ends_every_sign_in()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await OfferAsync(api);
        var mara = await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        var client = await api.TokenAsync(mara);
        using var browser = new Browser(hawser);
        await browser.SignInAsync("mara");
        (await AskAsync(browser, "mara@example.net")).ShouldBe((200, "{}"));
        var code = await LinkAsync(api, 1);

        (await browser.SendAsync(HttpMethod.Get, $"/forgotten?code={code}")).Text.ShouldContain("mara");
        (await browser.MeAsync()).Status.ShouldBe(200, "looking changes nothing");
        (await FormAsync(api, "/forgotten", code, New, "another one")).Status.ShouldBe(400);
        (await FormAsync(api, "/forgotten", code, "short", "short")).Status.ShouldBe(400);
        (await FormAsync(api, "/invite", code, New, New)).Status.ShouldBe(400, "it is no invitation");
        (await browser.PostAsync("/api/console/sign-in/code", $$"""{"handle":"{{code}}","code":"123456"}""")).Status
            .ShouldBe(410, "nor a second step");

        var both = await Task.WhenAll(
            FormAsync(api, "/forgotten", code, New, New), FormAsync(api, "/forgotten", code, New + "!", New + "!"));
        both.Count(a => a.Status == 200).ShouldBe(1, "once, also when two arrive together");
        (await FormAsync(api, "/forgotten", code, New, New)).Status.ShouldBe(400);
        (await browser.MeAsync()).Status.ShouldBe(401);
        (await api.PostAsync("/api/currentUser", "{}", client)).Status.ShouldBe(401);
        (await browser.SignInAsync("mara")).Status.ShouldBe(422);
        var password = both[0].Status == 200 ? New : New + "!";
        (await browser.SignInAsync("mara", password)).Member("step").ShouldBe("done");
        await using var db = api.OpenDb();
        var log = await db.ConsoleAudits.AsNoTracking().OrderBy(a => a.CreatedAt).ThenBy(a => a.Guid).Select(a => a.Info).ToListAsync();
        log.Count(i => i.Contains("password_forgotten", StringComparison.Ordinal)).ShouldBe(1);
        log.Count(i => i.Contains("password_reset", StringComparison.Ordinal)).ShouldBe(1);
        log.ShouldAllBe(i => !i.Contains(code));
    }

    [Fact]
    public async Task Everybody_gets_the_same_answer_and_who_has_no_way_gets_no_mail()
    {
        await using var hawser = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(hawser);
        await OfferAsync(api);
        await api.AddUserAsync("nobox");
        await api.AddUserAsync("off", change: u => (u.Email, u.Status) = ("off@example.net", UserStatus.Disabled));
        await api.AddUserAsync("away", change: u => (u.Email, u.PasswordHash, u.Origin) = ("away@example.net", null, "ldap"));
        await api.AddUserAsync("twin1", change: u => u.Email = "twin@example.net");
        await api.AddUserAsync("twin2", change: u => u.Email = "twin@example.net");
        await api.AddUserAsync("last", change: u => u.Email = "last@example.net");
        using var browser = new Browser(hawser);
        foreach (var name in new[] { "nobox", "off", "away", "twin@example.net", "unknown", "", new string('x', 5000), "a\nb" })
        {
            (await AskAsync(browser, name)).ShouldBe((200, "{}"), name);
        }

        // They are taken one after the other: when this one is there, the others are through.
        (await AskAsync(browser, "last")).ShouldBe((200, "{}"));
        await LinkAsync(api, 1);
        await using var db = api.OpenDb();
        (await db.Outbox.SingleAsync()).Recipient.ShouldBe("last@example.net");
    }

    [Fact]
    public async Task Mails_to_one_account_and_questions_from_one_address_are_few()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await OfferAsync(api);
        await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        await api.AddUserAsync("last", change: u => u.Email = "last@example.net");
        using var browser = new Browser(hawser);
        for (var i = 0; i < 9; i++) (await AskAsync(browser, "mara")).Status.ShouldBe(200);
        (await AskAsync(browser, "last")).Status.ShouldBe(200);
        var slow = await browser.PostAsync("/api/console/sign-in/forgotten", """{"name":"unknown"}""");
        (slow.Status, slow.Member("code")).ShouldBe((429, "slow_down"), "whoever is asked for");
        await LinkAsync(api, 4);
        await using var db = api.OpenDb();
        (await db.Outbox.CountAsync(m => m.Recipient == "mara@example.net")).ShouldBe(3);
        (await db.LoginChallenges.CountAsync(c => c.Kind == ChallengeKind.Forgotten)).ShouldBe(2, "only the newest link works");
    }

    [Fact]
    public async Task A_link_ends_with_its_time_with_the_address_and_with_another_password()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await OfferAsync(api);
        var mara = await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        using var browser = new Browser(hawser);
        await AskAsync(browser, "mara");
        var first = await LinkAsync(api, 1);
        time.Advance(TimeSpan.FromMinutes(31));
        (await FormAsync(api, "/forgotten", first, New, New)).Status.ShouldBe(400);

        await AskAsync(browser, "mara");
        var second = await LinkAsync(api, 2);
        await using (var db = api.OpenDb())
        {
            await db.Users.Where(u => u.Guid == mara.Guid).ExecuteUpdateAsync(s => s
                .SetProperty(u => u.Email, "new@example.net").SetProperty(u => u.NormalizedEmail, "NEW@EXAMPLE.NET"));
        }

        (await FormAsync(api, "/forgotten", second, New, New)).Status.ShouldBe(400, "the mailbox is somebody else's now");
        foreach (var code in new[] { "", "nonsense", new string('x', 4000) })
        {
            (await FormAsync(api, "/forgotten", code, New, New)).Status.ShouldBe(400);
        }
    }

    [Fact]
    public async Task It_is_offered_only_where_mails_go_out_and_the_address_is_set_and_never_uses_the_requests()
    {
        await using var hawser = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        using var browser = new Browser(hawser);
        async Task<bool> IsOfferedAsync() =>
            (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Json.GetProperty("forgotten").GetBoolean();
        (await IsOfferedAsync()).ShouldBeFalse();
        (await AskAsync(browser, "mara")).Status.ShouldBe(409);
        var settings = api.Services.GetRequiredService<SettingsStore>();
        await MailAsync(settings);
        (await IsOfferedAsync()).ShouldBeFalse("whoever asks could say where the link leads");
        await OfferAsync(api);
        (await IsOfferedAsync()).ShouldBeTrue();
        (await browser.SendAsync(
            HttpMethod.Post, "/api/console/sign-in/forgotten", """{"name":"mara"}""", r => r.Headers.Host = "evil.example")).Status
            .ShouldBeOneOf(200, 403);
        await AskAsync(browser, "mara");
        await LinkAsync(api, 1);
        await using var db = api.OpenDb();
        foreach (var mail in await db.Outbox.ToListAsync())
        {
            api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!.ShouldContain("https://desk.example/forgotten?code=");
        }
    }

    [Fact]
    public async Task An_invitation_that_ended_can_be_asked_for_again_once()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await OfferAsync(api);
        await api.AddUserAsync("ann", change: u => (u.Email, u.Status, u.PasswordHash) = ("ann@example.net", UserStatus.Unverified, null));
        using var browser = new Browser(hawser);
        await AskAsync(browser, "ann");
        var old = await LinkAsync(api, 1, "invite");
        (await AgainAsync(api, old)).Status.ShouldBe(400, "it works still");
        time.Advance(TimeSpan.FromDays(8));
        var gone = await api.GetAsync($"/invite?code={old}");
        (gone.Status, gone.Text.Contains("Mail me another one", StringComparison.Ordinal)).ShouldBe((400, true));
        (await AgainAsync(api, old)).Status.ShouldBe(200);
        (await AgainAsync(api, old)).Status.ShouldBe(400, "once");
        (await AgainAsync(api, "nonsense")).Status.ShouldBe(400);
        var link = await LinkAsync(api, 2, "invite");
        (await FormAsync(api, "/invite", link, New, New)).Status.ShouldBe(200);
        (await browser.SignInAsync("ann", New)).Member("step").ShouldBe("done");
    }

    private static async Task<(int Status, string Text)> AskAsync(Browser browser, string name)
    {
        var answer = await browser.PostAsync(
            "/api/console/sign-in/forgotten", $$"""{"name":{{ApiClient.Quote(name)}}}""");
        return (answer.Status, answer.Text);
    }

    private static async Task<string> LinkAsync(ApiClient api, int mails, string page = "forgotten")
    {
        await Eventually.HoldsAsync(
            () =>
            {
                using var waiting = api.OpenDb();
                return waiting.Outbox.Count() >= mails;
            },
            "the mail is there");
        await using var db = api.OpenDb();
        var mail = await db.Outbox.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid).FirstAsync();
        var match = Link().Match(api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!);
        match.Groups[1].Value.ShouldBe(page);
        return match.Groups[2].Value;
    }

    private static Task<Answer> FormAsync(ApiClient api, string page, string code, string password, string again) =>
        PostAsync(api, page, new() { ["code"] = code, ["password"] = password, ["again"] = again });

    private static Task<Answer> AgainAsync(ApiClient api, string code) =>
        PostAsync(api, "/invite", new() { ["again_code"] = code });

    private static async Task<Answer> PostAsync(ApiClient api, string page, Dictionary<string, string> fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        using var response = await api.Http.PostAsync(new Uri(page, UriKind.Relative), form);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    private static async Task OfferAsync(ApiClient api)
    {
        var settings = api.Services.GetRequiredService<SettingsStore>();
        await MailAsync(settings);
        await settings.SetAsync(SignInSettings.Key, new SignInSettings { PublicUrls = ["https://desk.example/"] }, default);
    }

    // Nobody listens there: what is sent stays in the outbox.
    private static Task MailAsync(SettingsStore settings) => settings.SetAsync(
        NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 1, From = "h@example.net" }, default);

    [GeneratedRegex(@"/(forgotten|invite)\?code=([\w-]+)")]
    private static partial Regex Link();
}
