using Hawser.Api.Accounts;
using Hawser.Api.Accounts.Passwords;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>Cookie sessions of the console: what they open, what they do not, and when they end.</summary>
public sealed class ConsoleSessionTests
{
    private const string Profile = "/api/console/account/profile";

    [Fact]
    public async Task A_sign_in_gives_a_cookie_that_no_script_reads_and_that_opens_what_a_token_opens()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", admin: true);
        using var browser = new Browser(hawser);

        (await browser.SignInAsync("mara", "wrong")).Member("code").ShouldBe("wrong_credentials");
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");

        var cookie = browser.SetCookies.Split('\n').Single(c => c.StartsWith("hawser_session=", StringComparison.Ordinal));
        cookie.ShouldContain("httponly", Case.Insensitive);
        cookie.ShouldContain("samesite=lax", Case.Insensitive);
        cookie.ShouldNotContain("secure", Case.Insensitive);
        (await browser.MeAsync()).Member("name").ShouldBe("mara");
        (await browser.SendAsync(HttpMethod.Get, "/api/users")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_change_needs_the_proof_and_a_page_of_this_server()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", admin: true);
        using var browser = new Browser(hawser);
        await browser.SignInAsync("mara");

        (await browser.SendAsync(HttpMethod.Patch, Profile, "{}")).Status.ShouldBe(401, "no proof");
        await browser.MeAsync();
        (await browser.SendAsync(HttpMethod.Patch, Profile, """{"display_name":"Mara"}""")).Status.ShouldBe(200);
        (await browser.SendAsync(HttpMethod.Patch, Profile, "{}", r =>
        {
            r.Headers.Remove("Sec-Fetch-Site");
            r.Headers.Add("Sec-Fetch-Site", "cross-site");
        })).Status.ShouldBe(401, "from elsewhere");
        (await browser.SendAsync(HttpMethod.Post, "/api/users", "{}", r =>
        {
            r.Headers.Remove("X-Hawser-Proof");
            r.Headers.Add("X-Hawser-Proof", new string('0', 64));
        })).Status.ShouldBe(401, "another's proof");
    }

    [Theory]
    [InlineData("X-Hawser-Console", "")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Nobody_is_signed_in_by_a_page_elsewhere(string header, string value)
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);

        var answer = await browser.SendAsync(
            HttpMethod.Post, "/api/console/sign-in", $$"""{"name":"mara","password":"{{ApiClient.Password}}"}""", r =>
            {
                r.Headers.Remove(header);
                if (value.Length > 0) r.Headers.Add(header, value);
            });

        answer.Status.ShouldBe(403);
        browser.Session.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_session_that_somebody_planted_is_not_the_one_after_the_sign_in_and_ends_with_it()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var thief = new Browser(hawser);
        await thief.SignInAsync("mara");
        var planted = thief.Session;
        using var browser = new Browser(hawser);
        browser.Plant(planted);

        await browser.SignInAsync("mara");

        browser.Session.ShouldNotBe(planted);
        (await browser.MeAsync()).Status.ShouldBe(200);
        (await thief.MeAsync()).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Tokens_of_clients_and_scripts_are_no_cookies()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara", admin: true);
        foreach (var token in new[] { await api.TokenAsync(mara), await api.ApiTokenAsync(mara, "user:rw") })
        {
            using var browser = new Browser(hawser);
            browser.Plant(token);
            (await browser.SendAsync(HttpMethod.Get, "/api/users")).Status.ShouldBe(401);
        }
    }

    [Fact]
    public async Task S9_a_session_ends_at_once_when_it_is_signed_out_or_ended_elsewhere_or_the_user_is_disabled()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara");
        using var first = new Browser(hawser);
        using var second = new Browser(hawser);
        using var third = new Browser(hawser);
        foreach (var browser in new[] { first, second, third })
        {
            await browser.SignInAsync("mara");
            (await browser.MeAsync()).Status.ShouldBe(200);
        }

        (await first.PostAsync("/api/console/sign-out")).Status.ShouldBe(200);
        (await first.MeAsync()).Status.ShouldBe(401);

        var sessions = (await second.SendAsync(HttpMethod.Get, "/api/console/account/security")).Json
            .GetProperty("sessions").EnumerateArray().ToList();
        sessions.Count.ShouldBe(2);
        var other = sessions.Single(s => !s.GetProperty("current").GetBoolean()).GetProperty("guid").GetString();
        (await second.SendAsync(HttpMethod.Delete, $"/api/console/account/sessions/{other}")).Status.ShouldBe(200);
        (await third.MeAsync()).Status.ShouldBe(401);

        using (var scope = api.Services.CreateScope())
        {
            await scope.ServiceProvider.GetRequiredService<AccountRules>()
                .SetStatusAsync(mara.Guid, UserStatus.Disabled, default);
        }

        (await second.MeAsync()).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_session_that_nobody_uses_ends_by_itself()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(o => o.Api.ConsoleHours = 2, time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);
        await browser.SignInAsync("mara");

        time.Advance(TimeSpan.FromMinutes(110));
        (await browser.MeAsync()).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromMinutes(110));
        (await browser.MeAsync()).Status.ShouldBe(200, "it was used meanwhile");
        time.Advance(TimeSpan.FromMinutes(125));
        (await browser.MeAsync()).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Dangerous_changes_ask_again_after_ten_minutes_and_the_proof_makes_another_session()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);
        await browser.SignInAsync("mara");
        await browser.MeAsync();
        var before = browser.Session;

        time.Advance(TimeSpan.FromMinutes(11));
        var change = """{"password":"another Tulip 43"}""";
        (await browser.SendAsync(HttpMethod.Put, "/api/console/account/password", change)).Member("code")
            .ShouldBe("step_up");
        (await browser.PostAsync("/api/console/step-up", """{"password":"wrong"}""")).Status.ShouldBe(422);
        (await browser.PostAsync("/api/console/step-up", $$"""{"password":"{{ApiClient.Password}}"}""")).Status
            .ShouldBe(200);

        browser.Session.ShouldNotBe(before);
        await browser.MeAsync();
        (await browser.SendAsync(HttpMethod.Put, "/api/console/account/password", change)).Status.ShouldBe(200);
        (await browser.MeAsync()).Status.ShouldBe(200, "the session that set it goes on");
    }

    [Fact]
    public async Task S5_an_authenticator_and_a_recovery_code_each_sign_in_and_a_used_code_does_not()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);
        await browser.SignInAsync("mara");
        await browser.MeAsync();
        var offer = await browser.PostAsync("/api/console/account/totp/offer");
        var secret = offer.Member("secret")!;
        string Code() => AuthenticatorCode.At(secret, time.GetUtcNow());
        var made = await browser.PostAsync(
            "/api/console/account/totp", $$"""{"offer":{{ApiClient.Quote(offer.Member("offer")!)}},"code":"{{Code()}}"}""");
        var recovery = made.Json.GetProperty("recovery_codes")[0].GetString()!;

        time.Advance(TimeSpan.FromMinutes(2));
        (await SecondStepAsync(hawser, Code())).Status.ShouldBe(200);
        (await SecondStepAsync(hawser, recovery)).Status.ShouldBe(200);
        (await SecondStepAsync(hawser, recovery)).Member("code").ShouldBe("wrong_code");
    }

    [Fact]
    public async Task S8_who_must_have_an_authenticator_sets_it_up_before_anything_else()
    {
        var time = new ManualTime();
        await using var hawser = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara", change: u => u.TotpEnforced = true);
        using var browser = new Browser(hawser);

        var step = await browser.SignInAsync("mara");
        step.Member("step").ShouldBe("enrolment");
        (await browser.MeAsync()).Status.ShouldBe(401);
        var handle = ApiClient.Quote(step.Member("handle")!);
        (await browser.PostAsync("/api/console/sign-in/code", $$"""{"handle":{{handle}},"code":"123456"}""")).Status
            .ShouldBe(422, "there is nothing to read a code from");
        var offer = await browser.PostAsync("/api/console/sign-in/enrolment", $$"""{"handle":{{handle}}}""");
        var body = $$"""{"handle":{{handle}},"offer":{{ApiClient.Quote(offer.Member("offer")!)}},"code":"CODE"}""";
        (await browser.PostAsync("/api/console/sign-in/enrolment", body)).Member("code").ShouldBe("wrong_code");
        var code = AuthenticatorCode.At(offer.Member("secret")!, time.GetUtcNow());
        var done = await browser.PostAsync(
            "/api/console/sign-in/enrolment", body.Replace("CODE", code, StringComparison.Ordinal));

        done.Json.GetProperty("recovery_codes").GetArrayLength().ShouldBe(10);
        (await browser.MeAsync()).Member("has_authenticator").ShouldBe("True");
        (await browser.PostAsync("/api/console/sign-in/enrolment", body)).Status.ShouldBe(410, "used");
    }

    [Fact]
    public async Task One_person_can_not_end_or_see_what_is_anothers()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        await api.AddUserAsync("nils");
        using var mara = new Browser(hawser);
        using var nils = new Browser(hawser);
        await mara.SignInAsync("mara");
        await nils.SignInAsync("nils");
        await mara.MeAsync();
        await nils.MeAsync();
        await using var db = api.OpenDb();
        var others = await db.AccessTokens.Where(t => db.Users.Any(u => u.Guid == t.UserGuid && u.Name == "nils"))
            .Select(t => t.Guid).SingleAsync();

        (await mara.SendAsync(HttpMethod.Delete, $"/api/console/account/sessions/{others}")).Status.ShouldBe(404);
        (await mara.PostAsync("/api/console/account/sessions/end-others")).Status.ShouldBe(200);
        (await mara.SendAsync(HttpMethod.Get, "/api/console/health")).Status.ShouldBe(403);
        (await mara.SendAsync(HttpMethod.Get, "/api/console/setup")).Status.ShouldBe(403);
        (await nils.MeAsync()).Status.ShouldBe(200);
    }

    private static async Task<Answer> SecondStepAsync(TestHawser hawser, string code)
    {
        using var browser = new Browser(hawser);
        var step = await browser.SignInAsync("mara");
        step.Member("step").ShouldBe("totp");
        return await browser.PostAsync(
            "/api/console/sign-in/code",
            $$"""{"handle":{{ApiClient.Quote(step.Member("handle")!)}},"code":{{ApiClient.Quote(code)}}}""");
    }
}
