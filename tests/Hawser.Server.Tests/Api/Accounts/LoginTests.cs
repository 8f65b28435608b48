using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Hawser.Data.Accounts;
using Hawser.Data.Devices;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>Logging in with a password; cases 1 to 4 and 12 to 19 of the reference's checklist (§21).</summary>
public class LoginTests
{
    [Fact]
    public async Task C01_the_right_password_gives_a_token_and_the_user_with_info()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara", change: u => (u.DisplayName, u.Email) = ("Mara Lind", "mara@example.net"));
        var answer = await api.LoginAsync("Mara");
        answer.Status.ShouldBe(200);
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        answer.Member("type").ShouldBe("access_token");
        answer.Member("access_token")!.Length.ShouldBeGreaterThanOrEqualTo(43);
        answer.Json.TryGetProperty("error", out _).ShouldBeFalse();
        answer.Json.TryGetProperty("secret", out _).ShouldBeFalse();
        answer.Json.GetProperty("user").GetRawText().ShouldBe(
            """{"name":"mara","display_name":"Mara Lind","avatar":"","email":"mara@example.net","note":"","status":1,"is_admin":false,"info":{}}""");
        (await api.PostAsync("/api/currentUser", "{}", answer.Member("access_token"))).Status.ShouldBe(200);
        await using var db = api.OpenDb();
        var token = await db.AccessTokens.SingleAsync();
        (token.DeviceId, token.DeviceUuid, token.DeviceOs, token.DeviceType, token.DeviceName)
            .ShouldBe((TestDevice.Unregistered.Id, TestDevice.Unregistered.Uuid, "windows", "client", "PC-1"));
        Encoding.UTF8.GetString(token.Hash).ShouldNotContain(answer.Member("access_token")!);
        (await db.Users.SingleAsync()).LastLoginAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task C02_a_wrong_password_gives_the_error_that_clients_translate()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var answer = await api.LoginAsync("mara", "not hers");
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe("""{"error":"Wrong credentials"}""");
        (await api.LoginAsync("mara", "")).Error.ShouldBe("Wrong credentials");
        (await api.LoginAsync("mara", new string('x', 5000))).Error.ShouldBe("Wrong credentials");
    }

    [Fact]
    public async Task C03_an_unknown_user_gets_the_same_answer_after_the_same_work()
    {
        // The real cost, so that its absence would be seen.
        await using var server = await TestHawser.StartAsync(o => o.Api.PasswordMemory = 32);
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        await api.LoginAsync("mara", "wrong");
        await api.LoginAsync("nobody", "wrong");
        var known = await TimeAsync(api, "mara");
        var unknown = await TimeAsync(api, "nobody");
        known.Answer.ShouldBe(unknown.Answer);
        known.Answer.Text.ShouldBe("""{"error":"Wrong credentials"}""");
        unknown.Fastest.ShouldBeGreaterThan(known.Fastest / 3);
        known.Fastest.ShouldBeGreaterThan(unknown.Fastest / 3);

        static async Task<(Answer Answer, TimeSpan Fastest)> TimeAsync(ApiClient api, string name)
        {
            var fastest = TimeSpan.MaxValue;
            Answer? answer = null;
            for (var i = 0; i < 3; i++)
            {
                var start = Stopwatch.GetTimestamp();
                answer = await api.LoginAsync(name, "wrong");
                var took = Stopwatch.GetElapsedTime(start);
                if (took < fastest) fastest = took;
            }

            return (answer!, fastest);
        }
    }

    [Theory]
    [InlineData(UserStatus.Disabled)]
    [InlineData(UserStatus.Unverified)]
    public async Task C04_users_who_may_not_log_in_get_an_error_that_says_why_only_with_their_password(UserStatus status)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara", change: u => u.Status = status);
        var answer = await api.LoginAsync("mara");
        answer.Error.ShouldNotBeNullOrEmpty();
        answer.Error.ShouldNotBe("Wrong credentials");
        answer.Json.TryGetProperty("access_token", out _).ShouldBeFalse();
        (await api.LoginAsync("mara", "wrong")).Error.ShouldBe("Wrong credentials");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task C12_the_media_type_does_not_matter(string? type)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var answer = await api.SendAsync(HttpMethod.Post, "/api/login", Body(), change: r =>
            r.Content!.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type));
        answer.Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task C13_unknown_keys_and_a_missing_autoLogin_do_not_matter()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var answer = await api.PostAsync("/api/login", Body(
            ""","primary_auth":{"deep":[1,{"x":null}]},"nonce":18446744073709551615,"secret":null,"deviceInfo":null"""));
        answer.Member("type").ShouldBe("access_token");
    }

    [Theory]
    [InlineData("sms_code")]
    [InlineData("mobile")]
    [InlineData("webauth")]
    public async Task C14_other_ways_of_logging_in_get_an_error(string type)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var answer = await api.PostAsync("/api/login", Body().Replace("\"account\"", $"\"{type}\"", StringComparison.Ordinal));
        answer.Status.ShouldBe(400);
        answer.Error.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{\"username\":7}")]
    [InlineData("{\"username\":\"a\\u0000b\",\"password\":\"x\",\"id\":\"\\u0000\",\"uuid\":\"\\ud800\"}")]
    public async Task C15_bodies_that_are_none_get_a_4xx_or_an_error_never_a_5xx(string body)
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var answer = await api.PostAsync("/api/login", body);
        answer.Status.ShouldBeLessThan(500);
        answer.Error.ShouldNotBeNullOrEmpty();
        if (body.Length == 0) answer.Status.ShouldBe(400);
    }

    [Fact]
    public async Task C16_a_doubled_slash_is_the_same_address()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        using var answer = await api.Http.PostAsync(
            new Uri(server.Http.OriginalString.TrimEnd('/') + "//api/login"), new StringContent(Body()));
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("""{"type":"access_token",""");
    }

    [Fact]
    public async Task C17_C19_without_providers_the_options_are_an_empty_list_and_head_does_not_hang()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        (await api.GetAsync("/api/login-options")).Text.ShouldBe("[]");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        using var head = new HttpRequestMessage(HttpMethod.Head, "/api/login-options");
        using var answer = await api.Http.SendAsync(head, deadline.Token);
        ((int)answer.StatusCode).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task A_mail_address_is_a_name_too_as_long_as_it_is_one_persons()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara", change: u => u.Email = "m@example.net");
        (await api.LoginAsync("M@example.net")).Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara");
        await api.AddUserAsync("mira", change: u => u.Email = "m@example.net");
        (await api.LoginAsync("m@example.net")).Error.ShouldBe("Wrong credentials");
    }

    [Fact]
    public async Task The_device_that_logs_in_is_assigned_when_it_is_nobodys_and_has_the_same_uuid()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var (mara, otto) = (await api.AddUserAsync("mara"), await api.AddUserAsync("otto"));
        var free = await api.AddDeviceAsync("111111111");
        var owned = await api.AddDeviceAsync("222222222", otto);
        var unowned = await api.AddDeviceAsync("333333333");
        await using (var db = api.OpenDb())
        {
            db.DeviceDetails.Add(new DeviceDetails { DeviceGuid = unowned.Guid, Enabled = true });
            await db.SaveChangesAsync();
        }

        foreach (var device in new[] { free, owned, unowned }) await api.LoginAsync("mara", device: device);
        var other = await api.AddDeviceAsync("444444444");
        await api.LoginAsync("mara", device: other with { Uuid = free.Uuid });
        await using var after = api.OpenDb();
        var owners = await after.DeviceDetails.ToDictionaryAsync(d => d.DeviceGuid, d => d.OwnerGuid);
        owners[free.Guid].ShouldBe(mara.Guid);
        owners[owned.Guid].ShouldBe(otto.Guid);
        owners[unowned.Guid].ShouldBe(mara.Guid);
        owners.ShouldNotContainKey(other.Guid);
    }

    [Fact]
    public async Task A_device_keeps_ten_tokens_of_a_user()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("mara");
        var first = (await api.LoginAsync("mara")).Member("access_token");
        for (var i = 0; i < 10; i++) (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        await using var db = api.OpenDb();
        (await db.AccessTokens.CountAsync()).ShouldBe(10);
        await Eventually.HoldsAsync(
            () => api.PostAsync("/api/currentUser", "{}", first).GetAwaiter().GetResult().Status == 401, "the oldest has gone");
    }

    [Fact]
    public async Task A_password_hashed_with_other_costs_is_hashed_again()
    {
        await using var server = await TestHawser.StartAsync(o => o.Api.PasswordMemory = 2);
        using var api = new ApiClient(server);
        var cheap = Hawser.Protocol.Crypto.Sodium.HashPassword(Encoding.UTF8.GetBytes(ApiClient.Password), 1, 1 << 20);
        await api.AddUserAsync("mara", change: u => u.PasswordHash = cheap);
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        await using var db = api.OpenDb();
        (await db.Users.SingleAsync()).PasswordHash.ShouldNotBe(cheap);
        (await api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
    }

    private static string Body(string more = "") =>
        $$"""{"username":"mara","password":{{ApiClient.Quote(ApiClient.Password)}},"id":"1","uuid":"MQ==","type":"account"{{more}}}""";
}
