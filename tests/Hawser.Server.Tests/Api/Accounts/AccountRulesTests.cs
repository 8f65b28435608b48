using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Identity;
using Hawser.Api.Accounts.Passwords;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

public class AccountRulesTests
{
    [Fact]
    public async Task A_user_is_made_in_the_default_group_and_names_are_unique_without_regard_to_case()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await using var scope = api.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
        (await rules.CreateAsync(new NewUser("王小明", "a good password") { Email = "w@example.net" }, default)).Error.ShouldBe("");
        (await rules.CreateAsync(new NewUser("Mara", "a good password"), default)).Error.ShouldBe("");
        (await rules.CreateAsync(new NewUser("mARA", "a good password"), default)).Error.ShouldContain("has that name");
        (await rules.CreateAsync(new NewUser("otto", "Otto"), default)).Error.ShouldContain("8 characters");
        (await rules.CreateAsync(new NewUser("ottootto", "OttoOtto"), default)).Error.ShouldBe("The password is the name.");
        (await rules.CreateAsync(new NewUser(" otto", "a good password"), default)).Error.ShouldContain("blank");
        (await rules.CreateAsync(new NewUser("ot\nto", "a good password"), default)).Error.ShouldContain("control");
        (await api.LoginAsync("王小明", "a good password")).Member("type").ShouldBe("access_token");
        await using var db = api.OpenDb();
        (await db.Users.Select(u => u.UserGroupGuid).Distinct().SingleAsync())
            .ShouldBe((await db.UserGroups.SingleAsync(g => g.IsDefault)).Guid);
    }

    [Fact]
    public async Task A_new_password_ends_every_login_but_the_one_that_set_it()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        var (kept, ended) = (await api.TokenAsync(user, kind: TokenKind.Console), await api.TokenAsync(user));
        await using var db = api.OpenDb();
        var keep = await db.AccessTokens.Where(t => t.Kind == TokenKind.Console).Select(t => t.Guid).SingleAsync();
        await using var scope = api.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
        (await rules.SetPasswordAsync(user.Guid, "password", keep, default)).Error.ShouldContain("tried first");
        (await rules.SetPasswordAsync(user.Guid, "another good one", keep, default)).Error.ShouldBe("");
        (await api.PostAsync("/api/currentUser", "{}", kept)).Status.ShouldBe(200);
        (await api.PostAsync("/api/currentUser", "{}", ended)).Status.ShouldBe(401);
        (await api.LoginAsync("mara", "another good one")).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task An_authenticator_counts_after_its_first_code_and_can_be_taken_away()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        await using var scope = api.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
        var offer = rules.OfferTotp(user, "Desk & Co");
        offer.Uri.ShouldStartWith($"otpauth://totp/Desk%20%26%20Co:mara?secret={offer.Secret}&issuer=Desk%20%26%20Co");
        offer.Offer.ShouldNotContain(offer.Secret);
        (await rules.ConfirmTotpAsync(user.Guid, offer.Offer, "000000", default)).Codes.ShouldBeEmpty();
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        var code = AuthenticatorCode.At(offer.Secret, time.GetUtcNow());
        var done = await rules.ConfirmTotpAsync(user.Guid, offer.Offer, code, default);
        done.Error.ShouldBe("");
        done.Codes.Distinct().Count().ShouldBe(10);
        (await api.LoginAsync("mara")).Member("tfa_type").ShouldBe("tfa_check");
        var renewed = await rules.RenewRecoveryCodesAsync(user.Guid, default);
        renewed.Codes.ShouldNotContain(done.Codes[0]);
        (await rules.ResetTwoFactorAsync(user.Guid, default)).Error.ShouldBe("");
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task The_last_administrator_can_not_be_lost()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var (chief, second) = (await api.AddUserAsync("chief", admin: true), await api.AddUserAsync("second"));
        await using var scope = api.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
        (await rules.SetStatusAsync(chief.Guid, UserStatus.Disabled, default)).Error.ShouldContain("last administrator");
        (await rules.SetAdminAsync(chief.Guid, false, default)).Error.ShouldContain("last administrator");
        (await rules.DeleteAsync(chief.Guid, default)).Error.ShouldContain("last administrator");
        (await rules.SetAdminAsync(second.Guid, true, default)).Error.ShouldBe("");
        var token = await api.TokenAsync(chief);
        (await rules.DeleteAsync(chief.Guid, default)).Error.ShouldBe("");
        (await api.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(401);
        (await rules.DeleteAsync(chief.Guid, default)).Error.ShouldContain("no such user");
    }

    [Fact]
    public async Task Identity_checks_passwords_codes_and_passkeys_of_our_users()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        var guid = (await api.AddUserAsync("mara")).Guid;
        await using var scope = api.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserDesk>();
        var user = (await users.FindByNameAsync("MARA"))!;
        user.Guid.ShouldBe(guid);
        (await users.CheckPasswordAsync(user, ApiClient.Password)).ShouldBeTrue();
        (await users.CheckPasswordAsync(user, "wrong")).ShouldBeFalse();
        scope.ServiceProvider.GetRequiredService<IPasskeyHandler<User>>().ShouldNotBeNull();

        var secret = AuthenticatorCode.NewSecret();
        await scope.ServiceProvider.GetRequiredService<IUserStore<User>>().ShouldBeOfType<UserStore>()
            .SetAuthenticatorKeyAsync(user, secret, default);
        user.TotpSecret!.ShouldNotContain(secret);
        var provider = users.Options.Tokens.AuthenticatorTokenProvider;
        var code = AuthenticatorCode.At(secret, time.GetUtcNow());
        (await users.VerifyTwoFactorTokenAsync(user, provider, code)).ShouldBeTrue();
        (await users.VerifyTwoFactorTokenAsync(user, provider, code)).ShouldBeFalse("a code works once");

        var key = new UserPasskeyInfo(
            [1, 2, 3], [4, 5], time.GetUtcNow(), 7, ["internal"], true, true, false, [8], [9]) { Name = "laptop" };
        (await users.AddOrUpdatePasskeyAsync(user, key)).Succeeded.ShouldBeTrue();
        key.SignCount = 8;
        (await users.AddOrUpdatePasskeyAsync(user, key)).Succeeded.ShouldBeTrue();
        (await users.FindByPasskeyIdAsync([1, 2, 3]))!.Guid.ShouldBe(guid);
        var stored = (await users.GetPasskeysAsync(user)).ShouldHaveSingleItem();
        (stored.Name, stored.SignCount, stored.IsUserVerified, stored.IsBackedUp).ShouldBe(("laptop", 8u, true, false));
        await users.RemovePasskeyAsync(user, [1, 2, 3]);
        (await users.GetPasskeysAsync(user)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1234567890, "005924")]
    [InlineData(20000000000, "353130")]
    public void Authenticator_codes_are_those_of_the_standard(long seconds, string code)
    {
        // RFC 6238, appendix B, cut to six digits; the secret is "12345678901234567890".
        const string Rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        AuthenticatorCode.At(Rfc, time).ShouldBe(code);
        AuthenticatorCode.FindStep(Rfc, code, time.AddSeconds(60), 0).ShouldBe(seconds / 30);
        AuthenticatorCode.FindStep(Rfc, code, time.AddSeconds(60), seconds / 30).ShouldBeNull();
        AuthenticatorCode.FindStep(Rfc, code, time.AddSeconds(121), 0).ShouldBeNull();
    }

    [Fact]
    public async Task Guesses_at_the_same_moment_are_not_free()
    {
        await using var server = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => api.LoginAsync("mara", $"guess {i}")));
        answers.Count(a => a.Error == "Wrong credentials").ShouldBe(5);
        answers.Count(a => a.Status == 429).ShouldBe(15);
    }

    [Fact]
    public async Task More_passwords_than_can_be_checked_are_refused_and_not_queued_for_ever()
    {
        using var work = new PasswordWork(new Hawser.Api.ApiOptions { PasswordMemory = 16 }, TimeProvider.System);
        var hash = await work.HashAsync("right", default);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 150).Select(async i =>
        {
            try
            {
                return await work.VerifyAsync(hash, i % 2 == 0 ? "right" : "wrong", default) == (i % 2 == 0);
            }
            catch (PasswordBusyException)
            {
                return (bool?)null;
            }
        }));
        outcomes.ShouldNotContain(false);
        outcomes.Count(o => o is null).ShouldBeInRange(1, 90);
        (await work.VerifyAsync(hash, "right", default)).ShouldBeTrue();
    }
}
