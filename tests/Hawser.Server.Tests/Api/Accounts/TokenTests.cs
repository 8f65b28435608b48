using System.Net;
using Hawser.Api.Accounts;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>Tokens, logging out, and who one is; cases 20 to 25 of the reference's checklist (§21).</summary>
public class TokenTests
{
    private const string Device = """{"id":"482913377","uuid":"OGY0ZTJiN2MtMTE="}""";

    [Fact]
    public async Task C20_C21_logging_out_ends_the_token_at_once_and_can_be_repeated()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var token = (await api.LoginAsync("mara")).Member("access_token");
        (await api.PostAsync("/api/currentUser", Device, token)).Status.ShouldBe(200);
        (await api.PostAsync("/api/logout", Device, token)).Status.ShouldBe(200);
        var after = await api.PostAsync("/api/currentUser", Device, token);
        after.Status.ShouldBe(401);
        after.Text.ShouldBe("""{"error":"Invalid token"}""");
        (await api.PostAsync("/api/logout", Device, token)).Status.ShouldBe(200);
        (await api.PostAsync("/api/logout")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task C22_current_user_is_the_user_itself_without_error()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var token = await api.TokenAsync(await api.AddUserAsync("mara", admin: true));
        (await api.PostAsync("/api/currentUser", Device, token)).Text.ShouldBe(
            """{"name":"mara","display_name":"","avatar":"","email":"","note":"","status":1,"is_admin":true,"info":{}}""");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task C23_without_a_token_clients_are_told_to_log_in_again(string? token)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var answer = await api.PostAsync("/api/currentUser", Device, token);
        answer.Status.ShouldBe(401);
        answer.Text.ShouldBe("""{"error":"Invalid token"}""");
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
    }

    [Fact]
    public async Task C24_a_disabled_user_is_out_at_once()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        var (token, script) = (await api.TokenAsync(user), await api.ApiTokenAsync(user, "device:r"));
        (await api.PostAsync("/api/currentUser", Device, token)).Status.ShouldBe(200);
        await using (var scope = api.Services.CreateAsyncScope())
        {
            var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
            (await rules.SetStatusAsync(user.Guid, UserStatus.Disabled, default)).Error.ShouldBe("");
        }

        (await api.PostAsync("/api/currentUser", Device, token)).Status.ShouldBe(401);
        (await FindAsync(api, script, null)).ShouldBeNull();
    }

    [Fact]
    public async Task C24_what_another_process_did_is_seen_within_a_second()
    {
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(time: time);
        using var api = new ApiClient(server);
        var token = await api.TokenAsync(await api.AddUserAsync("mara"));
        (await api.PostAsync("/api/currentUser", Device, token)).Status.ShouldBe(200);
        await using var db = api.OpenDb();
        await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled));
        time.Advance(TimeSpan.FromSeconds(1));
        (await api.PostAsync("/api/currentUser", Device, token)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task C25_a_login_ends_when_it_was_not_used_for_its_days_and_goes_on_when_it_was()
    {
        // In seconds instead of days: a day of the clock is many ticks.
        var time = new ManualTime();
        await using var server = await TestHawser.StartAsync(o => o.Api.LoginDays = 10, time);
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        var (used, unused) = (await api.TokenAsync(user), await api.TokenAsync(user));
        await using var db = api.OpenDb();
        await db.AccessTokens.ExecuteUpdateAsync(
            s => s.SetProperty(t => t.ExpiresAt, time.GetUtcNow().UtcDateTime.AddSeconds(90)));
        time.Advance(TimeSpan.FromSeconds(80));
        (await api.PostAsync("/api/currentUser", Device, used)).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(20));
        (await api.PostAsync("/api/currentUser", Device, used)).Status.ShouldBe(200);
        (await db.AccessTokens.MaxAsync(t => t.ExpiresAt)).ShouldBe(time.GetUtcNow().UtcDateTime.AddSeconds(-20).AddDays(10));
        var answer = await api.PostAsync("/api/currentUser", Device, unused);
        answer.Status.ShouldBe(401);
        answer.Text.ShouldBe("""{"error":"Invalid token"}""");
    }

    [Fact]
    public async Task A_token_for_some_networks_is_worth_nothing_elsewhere()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara", admin: true);
        await using var scope = api.Services.CreateAsyncScope();
        var rules = scope.ServiceProvider.GetRequiredService<AccountRules>();
        var made = await rules.MakeApiTokenAsync(
            user.Guid, new NewApiToken("backup", "device:r", 30, "10.0.0.0/8, 2001:db8::/32, 192.0.2.7"), "mara", default);
        made.Error.ShouldBe("");
        made.Text.ShouldStartWith("hwp_");
        (await FindAsync(api, made.Text, "10.9.8.7")).ShouldNotBeNull().Scopes.Allow(Area.Device, write: false).ShouldBeTrue();
        (await FindAsync(api, made.Text, "::ffff:10.9.8.7")).ShouldNotBeNull();
        (await FindAsync(api, made.Text, "192.0.2.7")).ShouldNotBeNull();
        (await FindAsync(api, made.Text, "2001:db8::5")).ShouldNotBeNull();
        (await FindAsync(api, made.Text, "192.0.2.8")).ShouldBeNull();
        (await FindAsync(api, made.Text, null)).ShouldBeNull();
        var page = await rules.TokensAsync(user.Guid, TokenKind.Api, new PageQuery(1, 10), default);
        page.Total.ShouldBe(1);
        (await rules.RevokeAsync(page.Data[0].Guid, null, default)).ShouldBeTrue();
        (await FindAsync(api, made.Text, "10.9.8.7")).ShouldBeNull();
    }

    [Theory]
    [InlineData("", 1, "", "scopes")]
    [InlineData("everything", 1, "", "no scope")]
    [InlineData("device:x", 1, "", "user_group")]
    [InlineData("device:r", -1, "", "days")]
    [InlineData("device:r", 1, "10.0.0.0/99", "network")]
    public async Task A_token_that_makes_no_sense_is_not_made(string scopes, int days, string networks, string sentence)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var user = await api.AddUserAsync("mara");
        await using var scope = api.Services.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<AccountRules>()
            .MakeApiTokenAsync(user.Guid, new NewApiToken("x", scopes, days, networks), "mara", default);
        made.Text.ShouldBe("");
        made.Error.ShouldContain(sentence);
    }

    private static ValueTask<CurrentUser?> FindAsync(ApiClient api, string token, string? from) =>
        api.Services.GetRequiredService<TokenDesk>().FindAsync(token, from is null ? null : IPAddress.Parse(from), default);
}
