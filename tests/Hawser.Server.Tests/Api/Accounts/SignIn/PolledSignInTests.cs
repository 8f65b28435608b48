using System.Net;
using System.Text.Json;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Accounts.SignIn.Provider;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>The flow as the client sees it (reference §4.4, §5, cases 17–19 and 26–33).</summary>
public class PolledSignInTests
{
    private const string Pending = "No authed oidc is found";

    [Fact]
    public async Task C17_C19_Without_providers_the_options_are_an_empty_list_also_for_HEAD()
    {
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        var answer = await client.GetAsync("/api/login-options");
        answer.Text.ShouldBe("[]");
        answer.Type!.CharSet.ShouldBe("utf-8");
        var head = await client.SendAsync(HttpMethod.Head, "/api/login-options");
        head.Status.ShouldBe(200);
        head.Text.ShouldBeEmpty();
    }

    [Fact]
    public async Task C18_Options_come_in_both_forms_and_in_the_administrators_order()
    {
        await using var rig = await SignInRig.StartAsync(settings: s => s.Providers =
        [
            new() { Name = "Corp", Issuer = "https://id.example", ClientId = "x", Icon = "<svg viewBox=\"0 0 1 1\"/>" },
            new() { Name = "hidden", Issuer = "https://id.example", ClientId = "x", Enabled = false },
            new() { Name = "github", ClientId = "y" },
        ]);
        var all = (await rig.Client.GetAsync("/api/login-options")).Json.EnumerateArray().Select(e => e.GetString()!).ToArray();
        all[1..].ShouldBe(["oidc/Corp", "oidc/github"]);
        all[0].ShouldStartWith("common-oidc/");
        var buttons = JsonSerializer.Deserialize<JsonElement>(all[0]["common-oidc/".Length..]);
        buttons[0].GetProperty("name").GetString().ShouldBe("Corp");
        buttons[0].GetProperty("icon").GetString().ShouldBe("<svg viewBox=\"0 0 1 1\"/>");
        buttons[1].GetProperty("icon").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task C26_C28_C29_C30_A_person_signs_in_and_the_client_gets_a_token_twice()
    {
        await using var rig = await SignInRig.StartAsync();
        var asked = await rig.Browser.AskAsync("corp");
        asked.Member("code").ShouldNotBeNullOrEmpty();
        Uri.IsWellFormedUriString(asked.Member("url"), UriKind.Absolute).ShouldBeTrue();
        rig.Browser.Url.ShouldNotContain(rig.Browser.Code);
        var early = await rig.Browser.PollAsync();
        (early.Status, early.Error).ShouldBe((200, Pending));

        await rig.LeaveAsync();
        rig.Away.Location.ShouldStartWith(rig.Issuer.Address + "/authorize?keep=1&response_type=code");
        rig.Away.Parameter("code_challenge_method").ShouldBe("S256");
        rig.Away.Parameter("scope").ShouldBe("openid email profile");
        rig.Away.Parameter("redirect_uri").ShouldBe(rig.Server.Http + "api/oidc/callback");
        var done = await rig.ReturnAsync();
        done.Status.ShouldBe(200);
        done.Text.ShouldContain("return to the app");
        done.Headers.ShouldContain("frame-ancestors 'none'");
        rig.Issuer.TokenForm["code"].ShouldBe("c0de");
        rig.Issuer.TokenForm["code_verifier"].Length.ShouldBe(43);
        rig.Issuer.TokenAuthorization.ShouldStartWith("Basic ");

        var first = await rig.Browser.PollAsync();
        CheckStrictly(first.Json);
        (await rig.Browser.PollAsync()).Text.ShouldBe(first.Text);
        var me = await rig.Client.PostAsync("/api/currentUser", "{}", first.Member("access_token"));
        me.Member("name").ShouldBe("mara");
        me.Member("third_auth_type").ShouldBe("oidc/corp");
        await using var db = rig.Client.OpenDb();
        (await db.AccessTokens.CountAsync()).ShouldBe(1);
        (await db.AccessTokens.SingleAsync()).DeviceId.ShouldBe(TestDevice.Unregistered.Id);
    }

    [Fact]
    public async Task A_result_is_repeated_for_seconds_only()
    {
        var time = new ManualTime();
        await using var rig = await SignInRig.StartAsync(time: time);
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        time.Advance(TimeSpan.FromSeconds(10));
        (await rig.Browser.PollAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        time.Advance(TimeSpan.FromSeconds(10));
        var late = await rig.Browser.PollAsync();
        late.Error.ShouldNotBeNull();
        late.Error.ShouldNotContain(Pending);
    }

    [Fact]
    public async Task A_code_lives_longer_than_clients_poll_and_not_for_ever()
    {
        var time = new ManualTime();
        await using var rig = await SignInRig.StartAsync(time: time);
        await rig.Browser.AskAsync("corp");
        time.Advance(TimeSpan.FromSeconds(181));
        (await rig.Browser.PollAsync()).Error.ShouldBe(Pending);
        time.Advance(TimeSpan.FromSeconds(181));
        (await rig.Browser.PollAsync()).Error!.ShouldNotContain(Pending);
        (await rig.Browser.OpenAsync(rig.Browser.Url)).Status.ShouldBe(410);
    }

    [Fact]
    public async Task C27_An_unknown_or_disabled_provider_is_an_error_text()
    {
        await using var rig = await SignInRig.StartAsync();
        (await rig.Browser.AskAsync("nobody")).Error.ShouldNotBeNullOrEmpty();
        await rig.SetAsync(p => p.Enabled = false);
        (await rig.Browser.AskAsync("corp")).Error.ShouldNotBeNullOrEmpty();
        var empty = await rig.Client.PostAsync("/api/oidc/auth");
        (empty.Status, empty.Error is not null).ShouldBe((400, true));
    }

    [Theory]
    [InlineData("console")]
    [InlineData("trial")]
    public async Task No_device_says_that_it_is_what_only_this_server_says(string type)
    {
        await using var rig = await SignInRig.StartAsync();
        var body = new { op = "corp", id = "123456789", uuid = "AAAA", deviceInfo = new { os = "linux", type, name = "pc" } };
        var answer = await rig.Client.PostAsync("/api/oidc/auth", JsonSerializer.Serialize(body));
        (answer.Status, answer.Error is not null).ShouldBe((400, true));
        var right = JsonSerializer.Serialize(body).Replace(type, "client", StringComparison.Ordinal);
        (await rig.Client.PostAsync("/api/oidc/auth", right)).Member("code").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task C31_Only_the_device_that_asked_gets_the_token()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        await rig.ReturnAsync();
        foreach (var other in new[]
        {
            rig.Browser.Device with { Id = "111" }, rig.Browser.Device with { Uuid = "AAAA" },
            rig.Browser.Device with { Id = "", Uuid = "" },
        })
        {
            var refused = await rig.Browser.PollAsync(other);
            refused.Error.ShouldNotBeNullOrEmpty();
            refused.Error.ShouldNotContain(Pending);
            refused.Text.ShouldNotContain("access_token");
        }

        (await rig.Browser.PollAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("access_denied")]
    [InlineData("server_error")]
    public async Task C32_What_the_provider_refused_ends_the_polling(string error)
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        var page = await rig.Browser.OpenAsync($"/api/oidc/callback?error={error}&state={rig.Away.Parameter("state")}");
        page.Text.ShouldContain("Sign-in failed");
        var answer = await rig.Browser.PollAsync();
        (answer.Status, answer.Error is null).ShouldBe((200, false));
        answer.Error!.ShouldNotContain(Pending);
    }

    [Fact]
    public async Task C32_Cancel_on_our_own_page_ends_the_polling()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.Browser.AskAsync("corp");
        (await rig.Browser.ConfirmAsync("cancel")).Text.ShouldContain("cancelled");
        (await rig.Browser.PollAsync()).Error.ShouldBe("The sign-in was cancelled.");
    }

    [Fact]
    public async Task C33_A_uuid_with_every_sign_of_base64_is_the_same_after_encoding()
    {
        await using var rig = await SignInRig.StartAsync();
        rig.Browser.Device = rig.Browser.Device with { Uuid = "a+b/c+d/ef==" };
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        var raw = await rig.Client.GetAsync(
            $"/api/oidc/auth-query?code={rig.Browser.Code}&id={rig.Browser.Device.Id}&uuid=a%2Bb%2Fc%2Bd%2Fef%3D%3D");
        raw.Member("access_token").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Polls_at_the_same_moment_get_one_token()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        await rig.ReturnAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => rig.Browser.PollAsync()));
        answers.Select(a => a.Text).Distinct().Count().ShouldBe(1);
        await using var db = rig.Client.OpenDb();
        (await db.AccessTokens.CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_device_that_asks_again_and_again_keeps_only_its_last_sign_ins()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.Browser.AskAsync("corp");
        var oldest = await rig.Browser.PollAsync();
        oldest.Error.ShouldBe(Pending);
        var (code, device) = (rig.Browser.Code, rig.Browser.Device);
        for (var i = 0; i < 5; i++) await rig.Browser.AskAsync("corp");
        await using var db = rig.Client.OpenDb();
        (await db.BrowserSignIns.CountAsync()).ShouldBe(5);
        (await rig.Client.GetAsync($"/api/oidc/auth-query?code={code}&id={device.Id}&uuid={Uri.EscapeDataString(device.Uuid)}"))
            .Error!.ShouldNotContain(Pending);
    }

    [Fact]
    public void One_address_can_t_fill_the_table_that_all_share()
    {
        var time = new ManualTime();
        var budget = new AskingBudget(time);
        var (one, other) = (IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8:0:1::1"));
        for (var i = 0; i < AskingBudget.PerAddress; i++) budget.TryTake(one).ShouldBeTrue();
        budget.TryTake(one).ShouldBeFalse();
        budget.TryTake(IPAddress.Parse("2001:db8::2")).ShouldBeFalse();
        budget.TryTake(other).ShouldBeTrue();
        time.Advance(TimeSpan.FromMinutes(5));
        budget.TryTake(one).ShouldBeTrue();
    }

    [Fact]
    public async Task People_who_are_new_in_the_same_moment_get_one_account_each()
    {
        await using var rig = await SignInRig.StartAsync();
        var accounts = rig.Client.Services.GetRequiredService<ExternalAccounts>();
        var source = ExternalSource.Of(ProviderProfile.Of(new ProviderSettings { Name = "corp", CreateUsers = true }));
        var admitted = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            await using var db = rig.Client.OpenDb();
            var person = new ExternalPerson { Subject = $"s{i / 4}", LoginName = "twin" };
            return (await accounts.AdmitAsync(db, source, person, default)).User!.Guid;
        }));
        admitted.Distinct().Count().ShouldBe(2);
        await using var check = rig.Client.OpenDb();
        (await check.Users.CountAsync(u => u.Name.StartsWith("twin"))).ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_that_opens_a_sign_in_is_stored_or_logged_in_the_clear()
    {
        await using var rig = await SignInRig.StartAsync();
        var answer = await rig.SignInAsync();
        var token = answer.Member("access_token")!;
        await using var db = rig.Client.OpenDb();
        var row = await db.BrowserSignIns.OrderByDescending(s => s.CreatedAt).FirstAsync();
        row.Result.ShouldNotContain(token);
        row.Secrets.ShouldBeEmpty();
        (await db.Settings.SingleAsync(s => s.Key == "signIn")).Value.ShouldNotContain("s3cret");
        rig.Server.Log.ShouldNotContain(token);
        rig.Server.Log.ShouldNotContain(rig.Browser.Code);
        rig.Server.Log.ShouldNotContain("s3cret");
    }

    private static void CheckStrictly(JsonElement result)
    {
        result.GetProperty("type").GetString().ShouldBe("access_token");
        result.GetProperty("access_token").GetString().ShouldNotBeNullOrEmpty();
        result.TryGetProperty("error", out _).ShouldBeFalse();
        result.TryGetProperty("tfa_type", out _).ShouldBeFalse();
        result.TryGetProperty("secret", out _).ShouldBeFalse();
        var user = result.GetProperty("user");
        user.GetProperty("name").GetString().ShouldBe("mara");
        user.GetProperty("info").ValueKind.ShouldBe(JsonValueKind.Object);
        user.GetProperty("status").GetInt32().ShouldBe(1);
        user.GetProperty("is_admin").ValueKind.ShouldBe(JsonValueKind.False);
        user.EnumerateObject().ShouldAllBe(p => p.Value.ValueKind != JsonValueKind.Null);
    }
}
