using System.Text.Json;
using System.Text.RegularExpressions;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Passwords;
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

/// <summary>The second step in the browser: other ways, the code once more, and browsers that are remembered.</summary>
public partial class SecondStepWaysTests
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    [Fact]
    public async Task Only_what_the_account_has_is_offered_and_a_demanded_authenticator_has_no_way_round()
    {
        await using var hawser = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(hawser);
        await MailAsync(api);
        var mara = await TotpUserAsync(api, "mara", u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        await TotpUserAsync(api, "otto", u => u.RecoveryCodes = RecoveryCodes.Store(RecoveryCodes.Make()));
        await TotpUserAsync(api, "vera", u => (u.Email, u.EmailLogin, u.TotpEnforced) = ("vera@example.net", true, true));
        await using (var db = api.OpenDb())
        {
            db.Passkeys.Add(new Passkey { CredentialId = [1, 2, 3], UserGuid = mara.Guid, Name = "key", Data = "{}" });
            await db.SaveChangesAsync();
        }

        using var browser = new Browser(hawser);
        Ways(await browser.SignInAsync("mara")).ShouldBe(["totp", "email", "passkey"]);
        Ways(await browser.SignInAsync("otto")).ShouldBe(["totp", "recovery"]);
        var demanded = await browser.SignInAsync("vera");
        Ways(demanded).ShouldBe(["totp"]);
        (await AnotherAsync(browser, demanded, "email")).Member("code").ShouldBe("no_such_way");
        foreach (var way in new[] { "sms", "totp", "recovery", "nonsense", "" })
        {
            (await AnotherAsync(browser, await browser.SignInAsync("mara"), way)).Status.ShouldBe(422, way);
        }

        await using var after = api.OpenDb();
        (await after.Outbox.AnyAsync()).ShouldBeFalse("nothing was sent to anybody");
    }

    [Fact]
    public async Task A_mailed_code_stands_for_the_authenticator_and_once_more_only_after_half_a_minute()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await MailAsync(api);
        await TotpUserAsync(api, "mara", u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        using var browser = new Browser(hawser);
        var first = await browser.SignInAsync("mara");
        first.Member("step").ShouldBe("totp");
        first.Json.TryGetProperty("remember_days", out _).ShouldBeFalse("an authenticator is asked each time");

        using (var elsewhere = new Browser(hawser))
        {
            (await AnotherAsync(elsewhere, first, "email")).Status.ShouldBe(410, "the handle belongs to a browser");
        }

        var mailed = await AnotherAsync(browser, first, "email");
        (mailed.Member("step"), mailed.Member("hint")).ShouldBe(("email", "m***@example.net"));
        mailed.Json.GetProperty("remember_days").GetInt32().ShouldBe(30);
        var old = await CodeAsync(api);
        foreach (var step in new[] { mailed, first })
        {
            var soon = await AnotherAsync(browser, step, "email");
            (soon.Status, soon.Member("code")).ShouldBe((429, "slow_down"));
            soon.Json.GetProperty("params").GetProperty("seconds").GetInt32().ShouldBeInRange(1, 30);
        }

        time.Advance(TimeSpan.FromSeconds(31));
        var again = await AnotherAsync(browser, mailed, "email");
        (await SendAsync(browser, mailed, old)).Member("code").ShouldBe("expired", "the newer code counts");
        var code = await CodeAsync(api);
        (await SendAsync(browser, again, code)).Member("step").ShouldBe("done");
        (await SendAsync(browser, again, code)).Member("code").ShouldBe("expired", "once");
    }

    [Fact]
    public async Task Codes_are_few_whatever_way_they_are_asked_for()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await MailAsync(api);
        await TotpUserAsync(api, "mara", u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        using var browser = new Browser(hawser);
        var step = await browser.SignInAsync("mara");
        for (var i = 0; i < 5; i++)
        {
            (await AnotherAsync(browser, step, "email")).Status.ShouldBe(200);
            time.Advance(TimeSpan.FromSeconds(31));
        }

        (await AnotherAsync(browser, step, "email")).Status.ShouldBe(429);
        await using var db = api.OpenDb();
        (await db.Outbox.CountAsync()).ShouldBe(5);
    }

    [Fact]
    public async Task A_browser_is_remembered_only_when_somebody_says_so_and_the_policy_allows()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await MailAsync(api);
        await api.AddUserAsync("mara", change: u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        using var browser = new Browser(hawser);
        (await SendAsync(browser, await browser.SignInAsync("mara"), await CodeAsync(api))).Member("step").ShouldBe("done");
        time.Advance(TimeSpan.FromMinutes(11));
        var second = await browser.SignInAsync("mara");
        second.Member("step").ShouldBe("email", "nobody asked to be remembered");
        (await SendAsync(browser, second, await CodeAsync(api), remember: true)).Member("step").ShouldBe("done");
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");

        await api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AccountSettings.Key, new AccountSettings { TrustedDeviceDays = 0 }, default);
        time.Advance(TimeSpan.FromMinutes(11));
        var third = await browser.SignInAsync("mara");
        third.Member("step").ShouldBe("email");
        third.Json.TryGetProperty("remember_days", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lock_says_for_how_long_and_only_to_who_knows_the_password()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", change: u => u.LockoutEnd = time.GetUtcNow().UtcDateTime.AddMinutes(10));
        using var browser = new Browser(hawser);
        (await browser.SignInAsync("mara", "wrong")).Member("code").ShouldBe("wrong_credentials");
        var locked = await browser.SignInAsync("mara");
        (locked.Status, locked.Member("code")).ShouldBe((422, "account_locked"));
        locked.Json.GetProperty("params").GetProperty("seconds").GetInt32().ShouldBe(600);
        time.Advance(TimeSpan.FromMinutes(10));
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");
    }

    private static string[] Ways(Answer step) =>
        [.. step.Json.GetProperty("ways").EnumerateArray().Select(w => w.GetString()!)];

    private static Task<Answer> AnotherAsync(Browser browser, Answer step, string way) => browser.PostAsync(
        "/api/console/sign-in/another", JsonSerializer.Serialize(new { handle = step.Member("handle"), way }));

    private static Task<Answer> SendAsync(Browser browser, Answer step, string code, bool? remember = null) =>
        browser.PostAsync(
            "/api/console/sign-in/code", JsonSerializer.Serialize(new { handle = step.Member("handle"), code, remember }));

    // Nobody listens there: what is sent stays in the outbox.
    private static Task MailAsync(ApiClient api) => api.Services.GetRequiredService<SettingsStore>().SetAsync(
        NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 1, From = "h@example.net" }, default);

    private static Task<User> TotpUserAsync(ApiClient api, string name, Action<User> change) =>
        api.AddUserAsync(name, change: u =>
        {
            (u.TotpEnabled, u.TotpSecret) = (true, api.Services.GetRequiredService<Secrets>().Protect(Secret));
            change(u);
        });

    private static async Task<string> CodeAsync(ApiClient api)
    {
        await using var db = api.OpenDb();
        var mail = await db.Outbox.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid).FirstAsync();
        return Code().Match(api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!).Value;
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Code();
}
