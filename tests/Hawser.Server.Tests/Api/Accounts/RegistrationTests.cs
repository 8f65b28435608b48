using System.Text.RegularExpressions;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.Server.Tests.Api.Admin;
using Hawser.Server.Tests.Api.WebConsole;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>People who make accounts for themselves, where administrators let them.</summary>
public sealed partial class RegistrationTests
{
    private const string Path = "/api/console/sign-in/register";
    private const string Password = "Tulip#42 of spring";

    [Fact]
    public async Task Nobody_registers_unless_it_is_switched_on()
    {
        await using var rig = await AdminRig.StartAsync();
        using var browser = new Browser(rig.Server);
        (await StartAsync(browser)).ShouldBe("");
        (await browser.PostAsync(Path, """{"name":"new","password":"Tulip#42 of spring"}"""))
            .ShouldBeProblem(409, "registration_off");
        (await SetAsync(rig, """{"group":"Nowhere"}""")).ShouldBeProblem(422, "no_such_group");
        (await SetAsync(rig, """{"domains":["not a domain"]}""")).Status.ShouldBe(400);
        (await SetAsync(rig, """{"enabled":true,"domains":["example.com"]}""")).Status.ShouldBe(200);
        (await StartAsync(browser)).ShouldBe("", "without mails nobody proves a domain");
    }

    [Fact]
    public async Task Without_mails_a_name_and_a_password_make_an_account_that_waits()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Guests");
        await rig.Api.AddUserAsync("mara");
        (await SetAsync(rig, """{"enabled":true,"group":"Guests"}""")).Status.ShouldBe(200);
        using var browser = new Browser(rig.Server);
        (await StartAsync(browser)).ShouldBe("password");
        (await RegisterAsync(browser, name: "", password: Password)).ShouldBeProblem(422, "bad_name");
        (await RegisterAsync(browser, name: "nina", password: "short")).ShouldBeProblem(422, "bad_password");
        // The same for a name that is taken; and the password of its owner stays.
        var taken = await RegisterAsync(browser, name: "MARA", password: Password);
        var free = await RegisterAsync(browser, name: "nina", password: Password);
        (taken.Status, taken.Text).ShouldBe((free.Status, free.Text));
        await Eventually.HoldsAsync(() => Find(rig, "nina") is not null, "the account");
        (await browser.SignInAsync("mara", Password)).Status.ShouldBe(422);
        (await browser.SignInAsync("nina", Password)).ShouldBeProblem(422, "account_disabled");
        (await rig.NamesAsync("/api/users?state=waiting")).ShouldBe(["nina"]);
        (await rig.NamesAsync("/api/users?group_name=Guests")).ShouldBe(["nina"]);
        (await rig.GetAsync("/api/audits/console")).Text.ShouldContain("registered");

        var nina = Find(rig, "nina");
        (await rig.PostAsync($"/api/users/{nina!.Guid}/enable")).Status.ShouldBe(200);
        (await browser.SignInAsync("nina", Password)).Member("step").ShouldBe("done");
    }

    [Fact]
    public async Task With_mails_the_link_chooses_the_password_and_works_once()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await MailAsync(rig);
        await rig.Api.AddUserAsync("mara", change: u => u.Email = "mara@example.com");
        await SetAsync(rig, """{"enabled":true,"approval":false,"domains":["example.com"]}""");
        using var browser = new Browser(rig.Server);
        (await StartAsync(browser)).ShouldBe("mail");
        (await RegisterAsync(browser, email: "nina@example.org")).ShouldBeProblem(422, "domain_not_taken");
        (await RegisterAsync(browser, email: "nina@example.com.evil.org")).ShouldBeProblem(422, "domain_not_taken");
        (await RegisterAsync(browser, email: "nina")).ShouldBeProblem(422, "bad_email");
        var taken = await RegisterAsync(browser, email: "mara@example.com", name: "x");
        var free = await RegisterAsync(browser, email: "nina@example.com", name: "Nina");
        (taken.Status, taken.Text).ShouldBe((free.Status, free.Text));
        var code = await LinkAsync(rig);
        (await browser.SignInAsync("nina@example.com", Password)).ShouldBeProblem(422, "wrong_credentials");
        (await AcceptAsync(rig, code)).ShouldContain("Your account is ready");
        (await browser.SignInAsync("nina@example.com", Password)).Member("step").ShouldBe("done");
        (await AcceptAsync(rig, code)).ShouldContain("create the account once more", Case.Sensitive, "nobody invited");
        Find(rig, "nina@example.com")!.DisplayName.ShouldBe("Nina");
        await using var db = rig.Db();
        (await db.Outbox.CountAsync()).ShouldBe(1, "whoever has an account is mailed nothing");
    }

    [Fact]
    public async Task An_account_that_needs_approval_stays_switched_off_after_the_link()
    {
        await using var rig = await AdminRig.StartAsync();
        await MailAsync(rig);
        await SetAsync(rig, """{"enabled":true}""");
        using var browser = new Browser(rig.Server);
        await RegisterAsync(browser, email: "nina@example.com");
        var code = await LinkAsync(rig);
        (await rig.AllAsync("/api/users?state=waiting")).ShouldBeEmpty("nobody has confirmed it");
        (await AcceptAsync(rig, code)).ShouldContain("An administrator switches your account on");
        (await browser.SignInAsync("nina@example.com", Password)).ShouldBeProblem(422, "account_disabled");
        (await rig.NamesAsync("/api/users?state=waiting")).ShouldBe(["nina@example.com"]);
    }

    [Fact]
    public async Task An_account_that_nobody_confirms_goes_away_and_many_wishes_wait()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await MailAsync(rig);
        await SetAsync(rig, """{"enabled":true}""");
        using var browser = new Browser(rig.Server);
        for (var i = 0; i < 5; i++) (await RegisterAsync(browser, email: $"n{i}@example.com")).Status.ShouldBe(200);
        (await RegisterAsync(browser, email: "n9@example.com")).ShouldBeProblem(429, "slow_down");
        var code = await LinkAsync(rig);
        await Eventually.HoldsAsync(() => Find(rig, "n4@example.com") is not null, "the last account");
        time.Advance(TimeSpan.FromHours(25));
        (await AcceptAsync(rig, code)).ShouldContain("create the account once more");
        (await AcceptAsync(rig, "made up")).ShouldContain("ask your administrator");
        time.Advance(TimeSpan.FromDays(3));
        await using var db = rig.Db();
        foreach (var rule in RetentionRules.Of(new RetentionSettings(), time.GetUtcNow().UtcDateTime)
            .Where(r => r.Name.Contains("registered", StringComparison.Ordinal)))
        {
            // The server itself may have been first.
            await rule.DeleteAsync(db, 100, default);
        }

        Find(rig, "n4@example.com").ShouldBeNull();
    }

    private static async Task<string?> StartAsync(Browser browser) =>
        (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Member("registration");

    private static Task<Answer> SetAsync(AdminRig rig, string json) =>
        rig.PatchAsync("/api/settings/registration", json);

    private static Task<Answer> RegisterAsync(
        Browser browser, string? name = null, string? email = null, string? password = null) =>
        browser.PostAsync(Path, System.Text.Json.JsonSerializer.Serialize(new { name, email, password }));

    private static User? Find(AdminRig rig, string name)
    {
        using var db = rig.Db();
        var normalized = name.ToUpperInvariant();
        return db.Users.AsNoTracking().FirstOrDefault(u => u.NormalizedName == normalized);
    }

    // Nobody listens there: what is sent stays in the outbox.
    private static async Task MailAsync(AdminRig rig)
    {
        var settings = rig.Api.Services.GetRequiredService<SettingsStore>();
        await settings.SetAsync(
            NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 1, From = "h@example.net" }, default);
        await settings.SetAsync(
            SignInSettings.Key, new SignInSettings { PublicUrls = ["https://hawser.example.net"] }, default);
    }

    private static async Task<string> LinkAsync(AdminRig rig)
    {
        var code = "";
        await Eventually.HoldsAsync(
            () =>
            {
                using var db = rig.Db();
                var mail = db.Outbox.OrderByDescending(m => m.CreatedAt).FirstOrDefault();
                if (mail is null) return false;
                code = Link().Match(rig.Api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!)
                    .Groups[1].Value;
                return code.Length > 0;
            },
            "the mail");
        return code;
    }

    private static async Task<string> AcceptAsync(AdminRig rig, string code)
    {
        using var http = new HttpClient { BaseAddress = rig.Server.Http };
        using var form = new FormUrlEncodedContent(
            [new("code", code), new("password", Password), new("again", Password)]);
        using var response = await http.PostAsync("/invite", form);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex(@"https://hawser\.example\.net/invite\?code=(\S+)")]
    private static partial Regex Link();
}
