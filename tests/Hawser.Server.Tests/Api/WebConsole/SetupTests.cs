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

        var me = (await second.MeAsync()).Json;
        me.GetProperty("setup_step").GetInt32().ShouldBe(0);
        me.GetProperty("setup_skipped").EnumerateArray().Single().GetInt32().ShouldBe(4);
        var setup = await second.SendAsync(HttpMethod.Get, "/api/console/client-setup");
        setup.Member("host").ShouldStartWith("id.example.com");
        setup.Member("api").ShouldBe("https://rd.example.com");
        setup.Member("key").ShouldBe(hawser.RequiredKey);
    }

    private const string Password = "Tulip#42 of Mara";

    private static string CodeOf(TestHawser hawser) =>
        hawser.Node.Announcements.Single().Split("only now: ")[1].Split('\n')[0];

    private static Task<Answer> MakeAsync(
        Browser browser, string code, string name = "admin", string password = Password) => browser.PostAsync(
        "/api/console/setup/administrator",
        $$"""{"code":"{{code}}","name":"{{name}}","password":"{{password}}","email":""}""");
}
