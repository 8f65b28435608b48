using System.Text.Json;
using Hawser.Server.Tests.Api.Admin;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>Who signs in is written down, who guesses is slowed down, and dangerous routes ask twice.</summary>
public class SignInSafetyTests
{
    [Fact]
    public async Task Sign_ins_are_operations_of_the_console_with_the_fields_numbers()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        var mara = await api.AddUserAsync("mara");
        await api.AddUserAsync("otto", change: u => u.Status = Hawser.Data.Accounts.UserStatus.Disabled);
        using var browser = new Browser(hawser);
        (await browser.SignInAsync("mara", "wrong")).Status.ShouldBe(422);
        (await browser.SignInAsync("My password is 42", "wrong")).Status.ShouldBe(422);
        (await browser.SignInAsync("otto")).Status.ShouldBe(422);
        (await browser.SignInAsync("mara")).Status.ShouldBe(200);
        (await api.LoginAsync("mara")).Status.ShouldBe(200, "a client's login is no operation of the console");

        await using var db = api.OpenDb();
        var rows = (await db.ConsoleAudits.AsNoTracking().ToListAsync()).OrderBy(r => r.CreatedAt).ThenBy(r => r.Guid).ToList();
        rows.ShouldAllBe(r => r.Operation == 0 && r.Area == 1 && r.Address.Length > 0);
        rows.Select(r => (r.Operator, Of(r.Info, "result"), Of(r.Info, "reason"))).ShouldBe(
        [
            ("mara", "failed", "wrong_credentials"), ("(unknown)", "failed", "wrong_credentials"),
            ("otto", "failed", "account_disabled"), ("mara", "success", ""),
        ]);
        rows[3].OperatorGuid.ShouldBe(mara.Guid);
        rows.ShouldAllBe(r => !r.Info.Contains("42"), "people type passwords where names belong");
    }

    [Fact]
    public async Task Guessing_is_slowed_down_and_does_not_fill_the_log()
    {
        await using var hawser = await TestHawser.StartAsync(time: new ManualTime());
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);
        var answers = new List<Answer>();
        for (var i = 0; i < 40; i++) answers.Add(await browser.SignInAsync("mara", $"guess {i}"));

        var slow = answers.FindAll(a => a.Status == 429);
        slow.Count.ShouldBeGreaterThan(20);
        slow.ShouldAllBe(a => a.Member("code") == "slow_down");
        (await browser.SignInAsync("mara")).Status.ShouldBe(429, "also with the right password");
        await using var db = api.OpenDb();
        (await db.ConsoleAudits.CountAsync()).ShouldBe(answers.Count - slow.Count);
        (await db.AlarmAudits.CountAsync()).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_session_is_another_after_each_sign_in_and_each_proof_and_the_one_before_is_void()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("mara");
        using var browser = new Browser(hawser);
        var seen = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            (await browser.SignInAsync("mara")).Status.ShouldBe(200);
            seen.Add(browser.Session);
        }

        await browser.MeAsync();
        (await browser.PostAsync("/api/console/step-up", $$"""{"password":"{{ApiClient.Password}}"}""")).Status.ShouldBe(200);
        seen.Add(browser.Session);
        seen.Distinct().Count().ShouldBe(4);
        foreach (var old in seen.Take(3))
        {
            using var other = new Browser(hawser);
            other.Plant(old);
            (await other.MeAsync()).Status.ShouldBe(401);
        }

        (await browser.MeAsync()).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Dangerous_routes_ask_again_at_a_desk_and_never_ask_a_script()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        var admin = await rig.Api.AddUserAsync("desk", admin: true);
        var victim = await rig.UserAsync("victim");
        var device = (await rig.DevicesAsync(1))[0];
        using var browser = new Browser(rig.Server);
        (await browser.SignInAsync("desk")).Status.ShouldBe(200);
        await browser.MeAsync();
        time.Advance(TimeSpan.FromMinutes(11));
        (string Method, string Path, string Body)[] dangerous =
        [
            ("DELETE", $"/api/users/{victim.Guid}", "{}"), ("DELETE", $"/api/devices/{device.Guid}", "{}"),
            ("PATCH", $"/api/users/{victim.Guid}", """{"password":"Tulip#42 of Viktor"}"""),
            ("PATCH", $"/api/users/{victim.Guid}", """{"is_admin":true}"""),
            ("PATCH", $"/api/users/{victim.Guid}", """{"email":"mine@example.com"}"""),
            ("POST", "/api/users", """{"name":"second","password":"Tulip#42 of Second","is_admin":true}"""),
            ("PUT", "/api/users/tfa/totp/enforce", $$"""{"user_guids":["{{victim.Guid}}"],"enforce":false,"url":""}"""),
            ("PUT", "/api/users/disable_login_verification", $$"""{"user_guids":["{{victim.Guid}}"],"type":"2fa"}"""),
            ("POST", "/api/admin-roles", """{"name":"R","type":"global","rights":[]}"""),
            ("POST", "/api/tokens", """{"name":"t","scopes":"device:r"}"""),
            ("PUT", "/api/settings/access", """{"default_policy":"own"}"""),
            ("PUT", "/api/console/setup/access", "{}"), ("PUT", "/api/console/setup/mail", "{}"),
        ];
        foreach (var (method, path, body) in dangerous)
        {
            var answer = await browser.SendAsync(new HttpMethod(method), path, body);
            (answer.Status, answer.Member("code")).ShouldBe((403, "step_up"), $"{method} {path}");
        }

        // What is not dangerous is not asked for.
        (await browser.SendAsync(HttpMethod.Patch, $"/api/users/{victim.Guid}", """{"note":"n"}""")).Status.ShouldBe(200);
        (await browser.PostAsync("/api/console/step-up", $$"""{"password":"{{ApiClient.Password}}"}""")).Status.ShouldBe(200);
        await browser.MeAsync();
        (await browser.SendAsync(HttpMethod.Patch, $"/api/users/{victim.Guid}", """{"email":"new@example.com"}""")).Status.ShouldBe(200);
        var old = await rig.Api.ApiTokenAsync(admin, AdminRig.AllScopes);
        time.Advance(TimeSpan.FromHours(1));
        (await rig.DeleteAsync($"/api/users/{victim.Guid}", null, old)).ShouldBeDone();
    }

    private static string Of(string info, string name)
    {
        using var document = JsonDocument.Parse(info);
        return document.RootElement.TryGetProperty(name, out var value) ? value.GetString()! : "";
    }
}
