using System.Text.Json;
using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
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

/// <summary>Factors that administrators switch off one by one, addresses of sign-ins, and the numbers of pauses.</summary>
public sealed class FactorSwitchTests
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    private const string Account = "/api/console/account";

    [Fact]
    public async Task An_authenticator_that_is_switched_off_is_neither_asked_nor_set_up()
    {
        await using var rig = await AdminRig.StartAsync();
        await TotpUserAsync(rig, "mara");
        using var browser = new Browser(rig.Server);
        var asked = await browser.SignInAsync("mara");
        asked.Member("step").ShouldBe("totp");

        (await SetAsync(rig, """{"allow_authenticator":false}""")).Status.ShouldBe(200);
        var code = await browser.PostAsync("/api/console/sign-in/code", JsonSerializer.Serialize(new
        {
            handle = asked.Member("handle"), code = AuthenticatorCode.At(Secret, TimeProvider.System.GetUtcNow()),
        }));
        code.Status.ShouldBe(422, "it was switched off meanwhile");
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");
        (await rig.Api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        var me = await browser.MeAsync();
        me.Json.GetProperty("factors").EnumerateArray().Select(f => f.GetString()).ShouldBe(["email", "sms", "passkey"]);
        (await browser.PostAsync(Account + "/totp/offer")).ShouldBeProblem(409, "factor_off");
        (await browser.PostAsync(Account + "/totp", """{"offer":"x","code":"123456"}""")).ShouldBeProblem(409, "factor_off");
        (await browser.PostAsync(Account + "/totp/codes")).ShouldBeProblem(409, "factor_off");
        (await SetAsync(rig, """{"second_factor":"everybody"}""")).Status.ShouldBe(400, "nobody could set one up");
        var some = await rig.PutAsync("/api/users/tfa/totp/enforce", JsonSerializer.Serialize(new
        {
            user_guids = new[] { rig.Root.Guid }, enforce = true,
        }));
        some.Text.ShouldContain("switched off");

        (await SetAsync(rig, """{"allow_authenticator":true}""")).Status.ShouldBe(200);
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("totp", "it was kept");
    }

    [Fact]
    public async Task Recovery_codes_mailed_codes_and_passkeys_are_switched_off_by_themselves()
    {
        await using var rig = await AdminRig.StartAsync();
        var codes = RecoveryCodes.Make();
        var mara = await TotpUserAsync(rig, "mara", u => u.RecoveryCodes = RecoveryCodes.Store(codes));
        await rig.Api.AddUserAsync("otto", change: u => (u.Email, u.EmailLogin) = ("otto@example.net", true));
        await using (var db = rig.Db())
        {
            db.Passkeys.Add(new Passkey { CredentialId = [1, 2, 3], UserGuid = mara.Guid, Name = "key", Data = "{}" });
            await db.SaveChangesAsync();
        }

        await SetAsync(
            rig, """{"allow_recovery_codes":false,"allow_email_codes":false,"allow_passkeys":false}""");
        using var browser = new Browser(rig.Server);
        var asked = await browser.SignInAsync("mara");
        asked.Json.GetProperty("ways").EnumerateArray().Select(w => w.GetString()).ShouldBe(["totp"]);
        var used = await browser.PostAsync("/api/console/sign-in/code", JsonSerializer.Serialize(new
        {
            handle = asked.Member("handle"), code = codes[0],
        }));
        used.ShouldBeProblem(422, "wrong_code");
        (await browser.PostAsync("/api/console/sign-in/passkey/question")).ShouldBeProblem(409, "factor_off");
        (await browser.PostAsync("/api/console/sign-in/passkey", """{"state":"x","credential":{}}"""))
            .ShouldBeProblem(409, "factor_off");
        (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Member("passkeys").ShouldBe("False");

        using var other = new Browser(rig.Server);
        (await other.SignInAsync("otto")).Member("step").ShouldBe("done");
        await other.MeAsync();
        (await other.PostAsync(Account + "/passkeys/question")).ShouldBeProblem(409, "factor_off");
        (await other.PostAsync(Account + "/passkeys", """{"state":"x","credential":{},"name":"x"}"""))
            .ShouldBeProblem(409, "factor_off");
        (await other.SendAsync(HttpMethod.Put, Account + "/email-codes", """{"on":true,"handle":"x","code":"1"}"""))
            .ShouldBeProblem(409, "factor_off");
    }

    [Fact]
    public async Task The_last_administrator_is_not_locked_out_by_a_switch()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.Api.AddUserAsync("chief", admin: true, change: u => u.TotpEnforced = true);
        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.IsAdmin).ExecuteUpdateAsync(s => s.SetProperty(u => u.TotpEnforced, true));
        }

        (await SetAsync(rig, """{"allow_authenticator":false}""")).ShouldBeProblem(409, "no_admin_left");
        var boss = await rig.Api.AddUserAsync("boss", admin: true, change: u => u.PasswordHash = null);
        await using (var db = rig.Db())
        {
            db.Passkeys.Add(new Passkey { CredentialId = [1, 2], UserGuid = boss.Guid, Name = "key", Data = "{}" });
            await db.SaveChangesAsync();
        }

        (await SetAsync(rig, """{"allow_authenticator":false,"allow_passkeys":false}"""))
            .ShouldBeProblem(409, "no_admin_left");
        (await SetAsync(rig, """{"allow_authenticator":false}""")).Status.ShouldBe(200, "the boss has a passkey");
        (await SetAsync(rig, """{"allow_passkeys":false}""")).ShouldBeProblem(409, "no_admin_left");
    }

    [Fact]
    public async Task People_sign_in_only_from_the_addresses_that_are_set_and_nobody_leaves_the_own_one_out()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.Api.AddUserAsync("mara");
        var shut = await SetAsync(rig, """{"sign_in_addresses":["192.0.2.0/24"]}""");
        shut.ShouldBeProblem(422, "own_address_out");
        shut.Text.ShouldContain("127.0.0.1");
        (await SetAsync(rig, """{"sign_in_addresses":["192.0.2.0/33"]}""")).Status.ShouldBe(400);
        (await SetAsync(rig, """{"sign_in_addresses":["10.0.0.1 10.0.0.2"]}""")).Status.ShouldBe(400);
        (await SetAsync(rig, """{"sign_in_addresses":["192.0.2.0/24","127.0.0.0/8"]}""")).Status.ShouldBe(200);
        using var browser = new Browser(rig.Server);
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");

        await rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AccountSettings.Key, new AccountSettings { SignInAddresses = ["192.0.2.0/24"] }, default);
        (await browser.MeAsync()).Status.ShouldBe(200, "what has begun goes on");
        (await browser.SignInAsync("mara")).ShouldBeProblem(403, "address_not_allowed");
        (await browser.PostAsync("/api/console/sign-in/passkey/question")).ShouldBeProblem(403, "address_not_allowed");
        (await browser.PostAsync("/api/console/sign-in/provider", """{"provider":"x"}"""))
            .ShouldBeProblem(403, "address_not_allowed");
        (await rig.Api.LoginAsync("mara")).Error.ShouldBe("Signing in is not allowed from your address.");
        var oidc = await rig.Api.PostAsync("/api/oidc/auth", """{"op":"oidc/x","id":"1","uuid":"AA=="}""");
        oidc.Error.ShouldBe("Signing in is not allowed from your address.");
        (await rig.GetAsync("/api/audits/console")).Text.ShouldContain("address_not_allowed");
        // Other members are changed from where one is.
        (await SetAsync(rig, """{"issuer":"Office"}""")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Attempts_wait_and_window_of_the_pauses_are_set()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await rig.Api.AddUserAsync("mara");
        const string Numbers = """
            {"throttle_attempts":3,"throttle_wait_seconds":120,"throttle_longest_minutes":5,"throttle_window_minutes":10}
            """;
        (await SetAsync(rig, Numbers)).Status.ShouldBe(200);
        for (var i = 0; i < 3; i++) (await rig.Api.LoginAsync("mara", "guess")).Error.ShouldBe("Wrong credentials");
        (await rig.Api.LoginAsync("mara")).Error.ShouldBe("Too many attempts, please try again in 120 seconds.");
        time.Advance(TimeSpan.FromMinutes(11));
        (await rig.Api.LoginAsync("mara", "guess")).Error.ShouldBe("Wrong credentials", "forgotten");
        (await rig.Api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        foreach (var bad in new[]
        {
            """{"throttle_attempts":2}""", """{"throttle_wait_seconds":0}""", """{"throttle_window_minutes":4}""",
            """{"throttle_longest_minutes":60}""", """{"throttle_wait_seconds":900}""",
        })
        {
            (await SetAsync(rig, bad)).Status.ShouldBe(400, bad);
        }
    }

    private static Task<Answer> SetAsync(AdminRig rig, string json) => rig.PatchAsync("/api/settings/accounts", json);

    private static Task<User> TotpUserAsync(AdminRig rig, string name, Action<User>? change = null) =>
        rig.Api.AddUserAsync(name, change: u =>
        {
            (u.TotpEnabled, u.TotpSecret) = (true, rig.Api.Services.GetRequiredService<Secrets>().Protect(Secret));
            change?.Invoke(u);
        });
}
