using System.Text.RegularExpressions;
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

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>The second step of a login; cases 5 to 11 of the reference's checklist (§21).</summary>
public partial class SecondFactorTests
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    [Fact]
    public async Task C05_C07_a_mailed_code_of_six_characters_completes_the_login_once()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await AllowMailAsync(api);
        await api.AddUserAsync("mara", change: u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        var challenge = await api.LoginAsync("mara");
        challenge.Member("type").ShouldBe("email_check");
        challenge.Member("tfa_type").ShouldBe("email_check");
        challenge.Json.TryGetProperty("access_token", out _).ShouldBeFalse();
        challenge.Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara");
        challenge.Json.GetProperty("user").GetProperty("email").GetString().ShouldBe("m***@example.net");
        var secret = challenge.Member("secret")!;
        var code = await MailedCodeAsync(api, "mara@example.net");
        code.Length.ShouldBe(6);
        var done = await StepTwoAsync(api, "mara", secret, code);
        done.Member("type").ShouldBe("access_token");
        done.Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara");
        done.Json.GetProperty("user").GetProperty("info").GetRawText().ShouldBe("{}");
        (await StepTwoAsync(api, "mara", secret, code)).Error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_device_on_which_a_mailed_code_was_right_is_not_asked_again_for_thirty_days()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        await AllowMailAsync(api);
        await api.AddUserAsync("mara", change: u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        var challenge = await api.LoginAsync("mara");
        await StepTwoAsync(api, "mara", challenge.Member("secret")!, await MailedCodeAsync(api, "mara@example.net"));
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        var other = TestDevice.Unregistered with { Id = "7", Uuid = "Nw==" };
        (await api.LoginAsync("mara", device: other)).Member("type").ShouldBe("email_check");
        await using (var db = api.OpenDb())
        {
            var days = (await db.TrustedDevices.SingleAsync()).ExpiresAt - time.GetUtcNow().UtcDateTime;
            days.ShouldBe(TimeSpan.FromDays(30));
            await db.TrustedDevices.ExecuteUpdateAsync(
                s => s.SetProperty(t => t.ExpiresAt, time.GetUtcNow().UtcDateTime.AddSeconds(10)));
        }

        time.Advance(TimeSpan.FromSeconds(10));
        (await api.LoginAsync("mara")).Member("type").ShouldBe("email_check");
    }

    [Fact]
    public async Task C06_C08_an_authenticator_is_asked_in_the_clients_form_and_its_code_works_once()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        await AddTotpUserAsync(api, "mara");
        var challenge = await api.LoginAsync("mara");
        challenge.Member("type").ShouldBe("email_check");
        challenge.Member("tfa_type").ShouldBe("tfa_check");
        var code = AuthenticatorCode.At(Secret, time.GetUtcNow());
        var done = await StepTwoAsync(api, "mara", challenge.Member("secret")!, code, tfa: true);
        done.Member("type").ShouldBe("access_token");
        done.Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara");
        var again = await api.LoginAsync("mara");
        (await StepTwoAsync(api, "mara", again.Member("secret")!, code, tfa: true)).Error.ShouldNotBeNull("it was used");
        time.Advance(TimeSpan.FromSeconds(30));
        var next = AuthenticatorCode.At(Secret, time.GetUtcNow());
        (await StepTwoAsync(api, "mara", again.Member("secret")!, next, type: "tfa_code")).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task C09_after_a_wrong_code_the_same_secret_takes_the_right_one_a_few_times()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        await AddTotpUserAsync(api, "mara");
        var secret = (await api.LoginAsync("mara")).Member("secret")!;
        var right = AuthenticatorCode.At(Secret, time.GetUtcNow());
        var wrong = right == "000000" ? "000001" : "000000";
        (await StepTwoAsync(api, "mara", secret, wrong, tfa: true)).Error.ShouldNotBeNullOrEmpty();
        (await StepTwoAsync(api, "mara", secret, right, tfa: true)).Member("type").ShouldBe("access_token");
        var second = (await api.LoginAsync("mara")).Member("secret")!;
        time.Advance(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 5; i++) await StepTwoAsync(api, "mara", second, wrong, tfa: true);
        time.Advance(TimeSpan.FromMinutes(1));
        var fresh = AuthenticatorCode.At(Secret, time.GetUtcNow());
        (await StepTwoAsync(api, "mara", second, fresh, tfa: true)).Error.ShouldNotBeNull("five wrong codes are enough");
    }

    [Fact]
    public async Task C10_an_expired_or_unknown_secret_is_an_error()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        await AddTotpUserAsync(api, "mara");
        var secret = (await api.LoginAsync("mara")).Member("secret")!;
        (await StepTwoAsync(api, "mara", "ch_7f21", "123456")).Error.ShouldNotBeNullOrEmpty();
        (await api.PostAsync("/api/login", """{"type":"email_code"}""")).Error.ShouldNotBeNullOrEmpty();
        time.Advance(TimeSpan.FromMinutes(11));
        var code = AuthenticatorCode.At(Secret, time.GetUtcNow());
        (await StepTwoAsync(api, "mara", secret, code, tfa: true)).Error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task C11_a_secret_is_for_its_own_user_and_machine()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        await AddTotpUserAsync(api, "mara");
        await AddTotpUserAsync(api, "otto");
        var secret = (await api.LoginAsync("mara")).Member("secret")!;
        var code = AuthenticatorCode.At(Secret, time.GetUtcNow());
        (await StepTwoAsync(api, "otto", secret, code, tfa: true)).Error.ShouldNotBeNullOrEmpty();
        (await StepTwoAsync(api, "mara", secret, code, tfa: true, uuid: "b3RoZXI=")).Error.ShouldNotBeNullOrEmpty();
        (await StepTwoAsync(api, "mara", secret, code, tfa: true)).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task A_recovery_code_replaces_the_authenticator_once()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var codes = RecoveryCodes.Make();
        await AddTotpUserAsync(api, "mara", u => u.RecoveryCodes = RecoveryCodes.Store(codes));
        var secret = (await api.LoginAsync("mara")).Member("secret")!;
        (await StepTwoAsync(api, "mara", secret, codes[3].ToLowerInvariant())).Member("type").ShouldBe("access_token");
        secret = (await api.LoginAsync("mara")).Member("secret")!;
        (await StepTwoAsync(api, "mara", secret, codes[3])).Error.ShouldNotBeNullOrEmpty();
        await using var db = api.OpenDb();
        RecoveryCodes.Left((await db.Users.SingleAsync()).RecoveryCodes).ShouldBe(9);
    }

    [Fact]
    public async Task A_texted_code_is_the_same_dialog_with_the_number_as_hint()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var settings = api.Services.GetRequiredService<SettingsStore>();
        await settings.SetAsync(NotificationSettings.Sms, new SmsSettings { Url = "https://127.0.0.1:1/" }, default);
        await api.AddUserAsync("mara", change: u => (u.Phone, u.SmsLogin) = ("+4915112345678", true));
        var challenge = await api.LoginAsync("mara");
        challenge.Member("tfa_type").ShouldBe("email_check");
        challenge.Json.GetProperty("user").GetProperty("email").GetString().ShouldBe("+49***78");
        await using var db = api.OpenDb();
        (await db.Outbox.SingleAsync()).Channel.ShouldBe("sms");
    }

    [Fact]
    public async Task Without_a_mail_server_nobody_is_asked_for_a_code_in_vain_and_a_mailbox_is_not_filled()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara", change: u => (u.Email, u.EmailLogin) = ("mara@example.net", true));
        (await api.LoginAsync("mara")).Error.ShouldNotBeNull().ShouldContain("administrator");
        await AllowMailAsync(api);
        for (var i = 0; i < 5; i++) (await api.LoginAsync("mara")).Member("type").ShouldBe("email_check");
        (await api.LoginAsync("mara")).Error.ShouldNotBeNull().ShouldContain("Too many codes");
    }

    [Fact]
    public async Task An_enforced_authenticator_that_is_not_set_up_stops_the_login_and_says_what_to_do()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara", change: u => u.TotpEnforced = true);
        (await api.LoginAsync("mara")).Error.ShouldNotBeNull().ShouldContain("console");
    }

    private static async Task AllowMailAsync(ApiClient api)
    {
        // Nobody listens there: the message stays in the outbox.
        var mail = new MailSettings { Host = "127.0.0.1", Port = 1, From = "hawser@example.net" };
        await api.Services.GetRequiredService<SettingsStore>().SetAsync(NotificationSettings.Mail, mail, default);
    }

    private static Task<User> AddTotpUserAsync(ApiClient api, string name, Action<User>? change = null) =>
        api.AddUserAsync(name, change: u =>
        {
            u.TotpEnabled = true;
            u.TotpSecret = api.Services.GetRequiredService<Secrets>().Protect(Secret);
            change?.Invoke(u);
        });

    private static async Task<string> MailedCodeAsync(ApiClient api, string recipient)
    {
        await using var db = api.OpenDb();
        var message = await db.Outbox.Where(m => m.Recipient == recipient).OrderByDescending(m => m.CreatedAt).FirstAsync();
        message.Body.ShouldNotContain("code");
        var text = api.Services.GetRequiredService<Secrets>().Unprotect(message.Body)!;
        return Code().Match(text).Value;
    }

    private static Task<Answer> StepTwoAsync(
        ApiClient api, string name, string secret, string code, bool tfa = false, string type = "email_code", string? uuid = null)
    {
        var more = tfa ? $",\"tfaCode\":{ApiClient.Quote(code)}" : ",\"tfaCode\":\"\"";
        return api.PostAsync("/api/login", $$"""
            {"type":"{{type}}","username":"{{name}}","verificationCode":{{ApiClient.Quote(code)}},"secret":"{{secret}}",
            "id":"{{TestDevice.Unregistered.Id}}","uuid":"{{uuid ?? TestDevice.Unregistered.Uuid}}","autoLogin":true{{more}}}
            """);
    }

    [GeneratedRegex(@"\b\d{6}\b")]
    private static partial Regex Code();
}
