using System.Text.RegularExpressions;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Audit;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>What somebody does with the own account: preferences, second factors, tokens, the own data.</summary>
public sealed partial class OwnAccountTests
{
    private const string Account = "/api/console/account";

    [Fact]
    public async Task Preferences_are_kept_with_the_person_and_what_is_not_named_stays()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        using var first = await SignedInAsync(hawser, "mara");
        using var second = await SignedInAsync(hawser, "mara");
        using var other = await SignedInAsync(hawser, "otto");

        (await PreferAsync(first, """{"time_zone":"Asia/Tokyo","hours":"24","keys":{"c":"o","g d":"o"},"recent":["device|1|pc","page|/users|用户"]}""")).Status.ShouldBe(200);
        var kept = await PreferAsync(second, """{"theme":"dark"}""");

        kept.Member("time_zone").ShouldBe("Asia/Tokyo");
        var said = (await first.MeAsync()).Json.GetProperty("preferences");
        said.GetProperty("theme").GetString().ShouldBe("dark");
        said.GetProperty("hours").GetString().ShouldBe("24");
        said.GetProperty("keys").GetProperty("g d").GetString().ShouldBe("o");
        said.GetProperty("recent")[1].GetString().ShouldBe("page|/users|用户");
        said.GetProperty("keys_off").GetBoolean().ShouldBeFalse();
        (await other.MeAsync()).Json.GetProperty("preferences").GetProperty("theme").GetString().ShouldBe("");
    }

    [Fact]
    public async Task What_is_no_preference_is_refused_with_its_field()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = await SignedInAsync(hawser, "mara");
        foreach (var (field, value) in new[]
        {
            ("language", "\"tlh\""), ("time_zone", "\"<script>\""), ("hours", "\"13\""), ("theme", "\"pink\""),
            ("density", "\"none\""), ("keys", """{"ctrl":"o"}"""), ("keys", """{"c":"oo"}"""), ("keys", """{"c":"o","e":"o"}"""),
            ("keys", """{"c":null}"""), ("keys", """{"c":" "}"""), ("recent", "[null]"),
            ("recent", $"[\"{new string('x', 121)}\"]"), ("recent", $"[{string.Join(',', Enumerable.Repeat("\"x\"", 13))}]"),
        })
        {
            var answer = await PreferAsync(browser, $$"""{"{{field}}":{{value}}}""");
            answer.Status.ShouldBe(422, value);
            answer.Json.GetProperty("fields")[0].GetProperty("field").GetString().ShouldBe(field);
        }

        (await PreferAsync(browser, """{"keys":["c"]}""")).Status.ShouldBe(400);
        (await browser.MeAsync()).Json.GetProperty("preferences").GetProperty("keys").EnumerateObject().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_passkey_is_renamed_by_its_owner_and_by_nobody_else()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        await using (var db = hawser.Node.Store!.CreateDb())
        {
            db.Passkeys.Add(new() { CredentialId = [1, 2, 3, 4], UserGuid = mara.Guid, Name = "Laptop", Data = "{}", CreatedAt = DateTime.UtcNow });
            await db.SaveChangesAsync();
        }

        using var hers = await SignedInAsync(hawser, "mara");
        using var other = await SignedInAsync(hawser, "otto");
        (await RenameAsync(other, "AQIDBA", "mine")).Status.ShouldBe(404);
        (await RenameAsync(hers, "AQIDBA", " \n ")).Status.ShouldBe(422);
        (await RenameAsync(hers, "not base64!", "x")).Status.ShouldBe(404);
        (await NameAsync()).ShouldBe("Laptop");
        (await RenameAsync(hers, "AQIDBA", " 工作笔记本 ")).Status.ShouldBe(200);
        (await NameAsync()).ShouldBe("工作笔记本");

        Task<Answer> RenameAsync(Browser who, string id, string name) => who.SendAsync(
            HttpMethod.Patch, $"{Account}/passkeys/{Uri.EscapeDataString(id)}", System.Text.Json.JsonSerializer.Serialize(new { name }));

        async Task<string> NameAsync()
        {
            await using var db = hawser.Node.Store!.CreateDb();
            return (await db.Passkeys.SingleAsync()).Name;
        }
    }

    [Fact]
    public async Task Many_changes_of_preferences_at_once_are_all_kept()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = await SignedInAsync(hawser, "mara");
        var answers = await Task.WhenAll(
            PreferAsync(browser, """{"hours":"12"}"""), PreferAsync(browser, """{"theme":"light"}"""),
            PreferAsync(browser, """{"density":"compact"}"""), PreferAsync(browser, """{"language":"zh-CN"}"""));

        answers.ShouldAllBe(a => a.Status == 200);
        var said = (await browser.MeAsync()).Json.GetProperty("preferences");
        string.Join(' ', new[] { "hours", "theme", "density", "language" }.Select(n => said.GetProperty(n).GetString()))
            .ShouldBe("12 light compact zh-CN");
    }

    [Fact]
    public async Task An_authenticator_is_turned_off_against_its_own_code_only()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = await SignedInAsync(hawser, "mara");
        var offer = await browser.PostAsync($"{Account}/totp/offer");
        string Code() => AuthenticatorCode.At(offer.Member("secret")!, time.GetUtcNow());
        (await browser.PostAsync(
            $"{Account}/totp", $$"""{"offer":{{ApiClient.Quote(offer.Member("offer")!)}},"code":"{{Code()}}"}""")).Status.ShouldBe(200);
        await browser.MeAsync();

        foreach (var wrong in new[] { "{}", """{"code":"000000"}""", $$"""{"code":"{{Code()}}"}""" })
        {
            (await browser.SendAsync(HttpMethod.Delete, $"{Account}/totp", wrong)).Member("code").ShouldBe("wrong_code", wrong);
        }

        (await browser.MeAsync()).Member("has_authenticator").ShouldBe("True");
        time.Advance(TimeSpan.FromMinutes(1));
        (await browser.SendAsync(HttpMethod.Delete, $"{Account}/totp", $$"""{"code":"{{Code()}}"}""")).Status.ShouldBe(200);
        (await browser.MeAsync()).Member("has_authenticator").ShouldBe("False");
    }

    [Fact]
    public async Task Codes_by_mail_are_switched_against_a_mailed_code_that_works_once_and_signs_nobody_in()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", change: u => u.Email = "mara@example.net");
        using var browser = await SignedInAsync(hawser, "mara");
        (await browser.PostAsync($"{Account}/email-codes/question")).Member("code").ShouldBe("mail_not_set_up");
        await AllowMailAsync(api);
        var asked = await browser.PostAsync($"{Account}/email-codes/question");
        asked.Member("address").ShouldBe("m***@example.net");
        var (handle, code) = (asked.Member("handle")!, await MailedCodeAsync(api));
        Task<Answer> SwitchAsync(string on, string with) => browser.SendAsync(
            HttpMethod.Put, $"{Account}/email-codes", $$"""{"on":{{on}},"handle":"{{handle}}","code":"{{with}}"}""");

        (await browser.PostAsync("/api/console/sign-in/code", $$"""{"handle":"{{handle}}","code":"{{code}}"}""")).Status
            .ShouldNotBe(200, "it is no login");
        (await SwitchAsync("true", code == "000000" ? "111111" : "000000")).Member("code").ShouldBe("wrong_code");
        (await SwitchAsync("null", code)).Status.ShouldBe(422);
        (await SwitchAsync("true", code)).Status.ShouldBe(200);
        (await SwitchAsync("false", code)).Member("code").ShouldBe("wrong_code", "used");
        (await browser.MeAsync()).Member("email_codes").ShouldBe("True");
    }

    [Fact]
    public async Task A_trusted_browser_is_listed_and_ended_by_its_owner_only()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        var row = new TrustedDevice
        {
            UserGuid = mara.Guid, DeviceUuid = "b", Type = "console", Name = "Firefox", Os = "Linux", CreatedAt = now,
            ExpiresAt = now.AddDays(3),
        };
        await using (var db = api.OpenDb())
        {
            db.TrustedDevices.Add(row);
            await db.SaveChangesAsync();
        }

        using var own = await SignedInAsync(hawser, "mara");
        using var other = await SignedInAsync(hawser, "otto");
        var listed = (await own.SendAsync(HttpMethod.Get, $"{Account}/security")).Json.GetProperty("trusted");
        listed[0].GetProperty("device").GetString().ShouldBe("Firefox");
        listed[0].GetProperty("kind").GetString().ShouldBe("console");
        (await other.SendAsync(HttpMethod.Delete, $"{Account}/trusted/{row.Guid}")).Status.ShouldBe(404);
        (await own.SendAsync(HttpMethod.Delete, $"{Account}/trusted/{row.Guid}")).Status.ShouldBe(200);
        (await own.SendAsync(HttpMethod.Get, $"{Account}/security")).Json.GetProperty("trusted").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Own_tokens_are_for_whom_the_setting_allows_and_no_wider_than_their_maker()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("otto");
        using var browser = await SignedInAsync(hawser, "mara");
        var wish = """{"name":"book","scopes":"address_book:rw","days":7}""";

        (await browser.MeAsync()).Text.ShouldNotContain("tokens.own");
        (await browser.PostAsync($"{Account}/tokens", wish)).Status.ShouldBe(403);
        await AllowTokensAsync(api, true);
        (await browser.MeAsync()).Text.ShouldContain("tokens.own");
        (await browser.PostAsync($"{Account}/tokens", """{"name":"x","scopes":"address_book:r setting:r"}""")).Member("code")
            .ShouldBe("too_wide");
        (await browser.PostAsync($"{Account}/tokens", """{"name":"x","scopes":"address_book:r","days":0}""")).Status.ShouldBe(422);
        (await browser.PostAsync($"{Account}/tokens", """{"name":"x","scopes":""}""")).Status.ShouldBe(400);
        var scopes = (await browser.SendAsync(HttpMethod.Get, $"{Account}/tokens")).Json.GetProperty("scopes").EnumerateArray()
            .ToDictionary(s => s.GetProperty("area").GetString()!, s => s.GetProperty("write").GetBoolean());
        scopes["address_book"].ShouldBeTrue();
        scopes.ShouldNotContainKey("setting");

        var made = await browser.PostAsync($"{Account}/tokens", wish);
        made.Status.ShouldBe(200, made.Text);
        (await api.GetAsync("/api/ab/personal", made.Member("token"))).Status.ShouldNotBe(401);
        (await api.GetAsync("/api/ab/personal", made.Member("token"))).Status.ShouldNotBe(403);
        (await api.PostAsync($"{Account}/tokens", wish, made.Member("token"))).Status.ShouldBe(403, "a token makes no tokens");

        // What one has goes on and can be ended, also when no more are allowed.
        await AllowTokensAsync(api, false);
        using var other = await SignedInAsync(hawser, "otto");
        (await other.SendAsync(HttpMethod.Delete, $"{Account}/tokens/{made.Member("guid")}")).Status.ShouldBe(404);
        (await browser.SendAsync(HttpMethod.Delete, $"{Account}/tokens/{made.Member("guid")}")).Status.ShouldBe(200);
        (await api.GetAsync("/api/ab/personal", made.Member("token"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_own_data_is_counted_and_downloaded_without_secrets_and_without_that_of_others()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara", change: u => u.Note = "likes tulips");
        var otto = await api.AddUserAsync("otto");
        var device = await api.AddDeviceAsync("482913377", mara);
        var now = hawser.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = api.OpenDb())
        {
            db.ConnectionAudits.AddRange(
                new ConnectionAudit { UserGuid = mara.Guid, DeviceId = "111222333", Note = "of mara", CreatedAt = now, ConnId = 1 },
                new ConnectionAudit { UserGuid = otto.Guid, DeviceId = "111222333", Note = "of otto", CreatedAt = now, ConnId = 2 },
                new ConnectionAudit { DeviceGuid = device.Guid, DeviceId = device.Id, UserName = "otto", CreatedAt = now, ConnId = 3 });
            await db.SaveChangesAsync();
        }

        using var browser = await SignedInAsync(hawser, "mara");
        var shown = await browser.SendAsync(HttpMethod.Get, $"{Account}/data");
        var kinds = shown.Json.GetProperty("kinds").EnumerateArray()
            .ToDictionary(k => k.GetProperty("kind").GetString()!, k => k.GetProperty("rows").GetInt32());
        (kinds["my_sessions"], kinds["sessions_on_my_devices"], kinds["devices"], kinds["account"]).ShouldBe((1, 1, 1, 1));

        var file = await browser.SendAsync(HttpMethod.Get, $"{Account}/data/file");
        file.Status.ShouldBe(200, file.Text);
        foreach (var (kind, rows) in kinds)
        {
            file.Json.GetProperty(kind).GetProperty("total").GetInt32().ShouldBe(rows, kind);
            file.Json.GetProperty(kind).GetProperty("rows").GetArrayLength().ShouldBe(rows, kind);
        }

        file.Text.ShouldContain("likes tulips");
        file.Text.ShouldContain("of mara");
        file.Text.ShouldNotContain("of otto");
        file.Text.ShouldNotContain("$argon2");
        file.Text.ShouldNotContain(browser.Session);

        await api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AuditSettings.Key, new AuditSettings { AdminsOnly = true }, CancellationToken.None);
        var without = (await browser.SendAsync(HttpMethod.Get, $"{Account}/data/file")).Json;
        without.TryGetProperty("my_sessions", out _).ShouldBeFalse("logs are for administrators only");
        without.TryGetProperty("devices", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task The_file_of_the_own_data_asks_again_who_it_is()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = await SignedInAsync(hawser, "mara");
        time.Advance(TimeSpan.FromMinutes(11));

        (await browser.PostAsync($"{Account}/data/ready")).Member("code").ShouldBe("step_up");
        (await browser.SendAsync(HttpMethod.Get, $"{Account}/data/file")).Member("code").ShouldBe("step_up");
    }

    private static Task<Answer> PreferAsync(Browser browser, string change) =>
        browser.SendAsync(HttpMethod.Patch, $"{Account}/preferences", change);

    private static async Task<Browser> SignedInAsync(TestHawser hawser, string name)
    {
        var browser = new Browser(hawser);
        await browser.SignInAsync(name);
        await browser.MeAsync();
        return browser;
    }

    private static Task AllowTokensAsync(ApiClient api, bool may) => api.Services.GetRequiredService<SettingsStore>().SetAsync(
        AccountSettings.Key, new AccountSettings { OwnTokens = may }, CancellationToken.None);

    private static Task AllowMailAsync(ApiClient api) => api.Services.GetRequiredService<SettingsStore>().SetAsync(
        NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 1, From = "desk@example.net" }, CancellationToken.None);

    private static async Task<string> MailedCodeAsync(ApiClient api)
    {
        await using var db = api.OpenDb();
        var message = await db.Outbox.OrderByDescending(m => m.CreatedAt).FirstAsync();
        return Code().Match(api.Services.GetRequiredService<Secrets>().Unprotect(message.Body)!).Value;
    }

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.None, 1000)]
    private static partial Regex Code();
}
