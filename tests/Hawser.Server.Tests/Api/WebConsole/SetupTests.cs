using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>The first run.</summary>
public sealed class SetupTests
{
    [Fact]
    public async Task S1_only_the_printed_code_makes_the_first_administrator_and_only_once()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        using var browser = new Browser(hawser);
        (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Member("setup").ShouldBe("True");

        (await MakeAsync(browser, "AAAA-BBBB-CCCC-DDDD")).Member("code").ShouldBe("wrong_setup_code");
        var code = CodeOf(hawser);
        (await MakeAsync(browser, code, password: "short")).Member("code").ShouldBe("bad_password");
        (await MakeAsync(browser, code.ToLowerInvariant())).Member("step").ShouldBe("done");

        (await browser.MeAsync()).Member("is_admin").ShouldBe("True");
        (await MakeAsync(browser, code, "eve")).Status.ShouldBe(404);
        (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Member("setup").ShouldBe("False");
    }

    [Fact]
    public async Task Of_many_at_once_with_the_code_one_becomes_administrator()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var code = CodeOf(hawser);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var browser = new Browser(hawser);
            return await MakeAsync(browser, code, $"admin{i}");
        }));

        answers.Count(a => a.Status == 200).ShouldBe(1);
        await using var db = api.OpenDb();
        (await db.Users.CountAsync(u => u.IsAdmin)).ShouldBe(1);
    }

    [Fact]
    public async Task S2_another_browser_goes_on_where_the_first_one_stopped()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        using var first = new Browser(hawser);
        await MakeAsync(first, CodeOf(hawser));
        await first.MeAsync();
        (await first.SendAsync(HttpMethod.Put, "/api/console/setup/address",
            """{"server_name":"Office","public_host":"no host/"}""")).Status.ShouldBe(422);
        (await first.SendAsync(HttpMethod.Put, "/api/console/setup/address",
            """{"server_name":"Office","public_host":"id.example.com","api_url":"https://rd.example.com"}""")).Status
            .ShouldBe(200);
        await first.PostAsync("/api/console/setup/step", """{"step":2,"skip":false}""");
        await first.SendAsync(HttpMethod.Put, "/api/console/setup/access", """{"login_required":true}""");
        await first.PostAsync("/api/console/setup/step", """{"step":3,"skip":false}""");

        using var second = new Browser(hawser);
        await second.SignInAsync("admin", Password);
        await second.MeAsync();
        var state = (await second.SendAsync(HttpMethod.Get, "/api/console/setup")).Json;
        state.GetProperty("step").GetInt32().ShouldBe(4);
        state.GetProperty("address").GetProperty("public_host").GetString().ShouldBe("id.example.com");
        state.GetProperty("access").GetProperty("login_required").GetBoolean().ShouldBeTrue();
        await second.PostAsync("/api/console/setup/step", """{"step":4,"skip":true}""");
        await second.PostAsync("/api/console/setup/step", """{"step":5,"skip":false}""");
        await second.PostAsync("/api/console/setup/step", """{"step":6,"skip":false}""");
        await second.PostAsync("/api/console/setup/step", """{"step":7,"skip":false}""");

        var me = (await second.MeAsync()).Json;
        me.GetProperty("setup_step").GetInt32().ShouldBe(0);
        me.GetProperty("setup_skipped").EnumerateArray().Single().GetInt32().ShouldBe(4);
        var setup = await second.SendAsync(HttpMethod.Get, "/api/console/client-setup");
        setup.Member("host").ShouldStartWith("id.example.com");
        setup.Member("api").ShouldBe("https://rd.example.com");
        setup.Member("key").ShouldBe(hawser.RequiredKey);
    }

    [Fact]
    public async Task A_proxy_that_the_setup_names_is_believed_at_once_and_nobody_can_be_everybody()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var browser = new Browser(hawser);
        await MakeAsync(browser, CodeOf(hawser));
        await browser.MeAsync();
        (await ArrivalAsync(browser)).ShouldBe((true, false, "127.0.0.1", "127.0.0.1"));

        foreach (var wrong in new[] { "*", "0.0.0.0/0", "::/0", "proxy.example.com", "\\u0007" })
        {
            (await NameAsync(browser, wrong)).Member("code").ShouldBe("bad_proxies");
        }

        (await NameAsync(browser, [.. Enumerable.Range(0, 33).Select(i => $"10.0.0.{i}")])).Status.ShouldBe(422);
        (await NameAsync(browser, "127.0.0.1", " 10.1.0.0/16 ")).Status.ShouldBe(200);
        (await ArrivalAsync(browser)).ShouldBe((true, true, "127.0.0.1", "203.0.113.7"));

        // Who does not mention them leaves them; the page of settings takes them away.
        await browser.SendAsync(
            HttpMethod.Put, "/api/console/setup/address", """{"public_host":"id.example.com"}""");
        (await ArrivalAsync(browser)).Client.ShouldBe("203.0.113.7");
        (await browser.SendAsync(HttpMethod.Patch, "/api/settings/console", """{"trusted_proxies":["0.0.0.0/0"]}"""))
            .Status.ShouldBe(400);
        (await browser.SendAsync(HttpMethod.Patch, "/api/settings/console", """{"trusted_proxies":[]}""")).Status
            .ShouldBe(200);
        (await ArrivalAsync(browser)).Client.ShouldBe("127.0.0.1");
        var log = await browser.SendAsync(HttpMethod.Get, "/api/audits/console?pageSize=100");
        log.Text.ShouldContain("10.1.0.0/16");
    }

    private static Task<Answer> NameAsync(Browser browser, params string[] proxies) => browser.SendAsync(
        HttpMethod.Put, "/api/console/setup/address",
        $$"""{"trusted_proxies":{{System.Text.Json.JsonSerializer.Serialize(proxies)}}}""");

    private static async Task<(bool Forwarded, bool Believed, string Sender, string Client)> ArrivalAsync(
        Browser browser)
    {
        var answer = await browser.SendAsync(
            HttpMethod.Get, "/api/console/address", change: r => r.Headers.Add("X-Forwarded-For", "203.0.113.7"));
        var arrival = answer.Json.GetProperty("arrival");
        return (
            arrival.GetProperty("forwarded").GetBoolean(), arrival.GetProperty("believed").GetBoolean(),
            arrival.GetProperty("sender").GetString()!, arrival.GetProperty("client").GetString()!);
    }

    private const string Password = "Tulip#42 of Mara";

    private static string CodeOf(TestHawser hawser) =>
        hawser.Node.Announcements.Single().Split("only now: ")[1].Split('\n')[0];

    private static Task<Answer> MakeAsync(
        Browser browser, string code, string name = "admin", string password = Password) => browser.PostAsync(
        "/api/console/setup/administrator",
        $$"""{"code":"{{code}}","name":"{{name}}","password":"{{password}}","email":""}""");
}
