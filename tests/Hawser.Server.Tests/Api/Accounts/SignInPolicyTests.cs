using Hawser.Api.Settings;
using Hawser.Api.Accounts;
using Hawser.Server.Tests.Api.Admin;
using Hawser.Server.Tests.Api.WebConsole;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

/// <summary>What the server demands of everybody who signs in, or of administrators.</summary>
public sealed class SignInPolicyTests
{
    [Fact]
    public async Task An_authenticator_can_be_demanded_of_administrators_and_of_everybody()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.Api.AddUserAsync("boss", admin: true);
        await rig.Api.AddUserAsync("mara");
        (await StepAsync(rig, "boss")).ShouldBe("done", "nobody demands anything by itself");

        (await SetAsync(rig, """{"second_factor":"administrators"}""")).Status.ShouldBe(200);
        (await StepAsync(rig, "boss")).ShouldBe("enrolment");
        (await StepAsync(rig, "mara")).ShouldBe("done");
        var refused = await rig.Api.LoginAsync("boss");
        refused.Error.ShouldNotBeNull().ShouldContain("set one up in the console");
        refused.Json.TryGetProperty("access_token", out _).ShouldBeFalse();
        (await rig.Api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        (await rig.NamesAsync("/api/users?tfa=enforced")).Order().ShouldBe(["boss", "root"]);
        (await rig.NamesAsync("/api/users?tfa=none")).ShouldBe(["mara"]);

        (await SetAsync(rig, """{"second_factor":"everybody"}""")).Status.ShouldBe(200);
        (await StepAsync(rig, "mara")).ShouldBe("enrolment");
        (await rig.NamesAsync("/api/users?tfa=none")).ShouldBeEmpty();
        (await SetAsync(rig, """{"second_factor":"some"}""")).Status.ShouldBe(400);
        (await SetAsync(rig, """{"grace_days":-1}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Days_of_grace_begin_with_the_demand_and_are_told_and_then_over()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        await rig.Api.AddUserAsync("mara");
        time.Advance(TimeSpan.FromDays(30));
        await SetAsync(rig, """{"second_factor":"everybody","grace_days":7}""");

        using var browser = new Browser(rig.Server);
        (await browser.SignInAsync("mara")).Member("step").ShouldBe("done");
        var due = (await browser.MeAsync()).Json.GetProperty("authenticator_due").GetInt64();
        due.ShouldBe(time.GetUtcNow().AddDays(7).ToUnixTimeSeconds());
        (await rig.Api.LoginAsync("mara")).Member("type").ShouldBe("access_token");
        time.Advance(TimeSpan.FromDays(2));
        // Another change does not begin them anew.
        await SetAsync(rig, """{"issuer":"Office","second_factor_since":0}""");
        time.Advance(TimeSpan.FromDays(4));
        (await StepAsync(rig, "mara")).ShouldBe("done");
        time.Advance(TimeSpan.FromDays(2));
        (await StepAsync(rig, "mara")).ShouldBe("enrolment");
        (await rig.Api.LoginAsync("mara")).Error.ShouldNotBeNull();
    }

    [Fact]
    public async Task Passwords_can_have_to_be_longer_and_without_some_words()
    {
        await using var rig = await AdminRig.StartAsync();
        (await SetAsync(rig, """{"password_length":12,"blocked_words":["Acme"]}""")).Status.ShouldBe(200);
        using var browser = new Browser(rig.Server);
        (await browser.SendAsync(HttpMethod.Get, "/api/console/start")).Member("password_length").ShouldBe("12");

        (await AddAsync(rig, "Tulip#42 of")).Text.ShouldContain("at least 12 characters");
        (await AddAsync(rig, "Tulips of aCmE 42")).Text.ShouldContain("not allowed here");
        (await AddAsync(rig, "Tulip#42 of Mara")).Status.ShouldBe(200);
        (await SetAsync(rig, """{"password_length":7}""")).Status.ShouldBe(400);
        (await SetAsync(rig, """{"blocked_words":["ab"]}""")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task The_settings_say_how_long_a_sign_in_to_the_console_lasts()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.Api.AddUserAsync("mara");
        using var browser = new Browser(rig.Server);
        await browser.SignInAsync("mara");
        var before = (await browser.MeAsync()).Member("sign_in_lasts");
        await SetAsync(rig, """{"console_hours":2}""");
        (await browser.MeAsync()).Member("sign_in_lasts").ShouldBe("7200");
        await SetAsync(rig, """{"console_hours":0}""");
        (await browser.MeAsync()).Member("sign_in_lasts").ShouldBe(before);
        rig.Api.Services.GetRequiredService<SettingsStore>().Get(AccountSettings.Key).ConsoleHours.ShouldBe(0);
    }

    private static Task<Answer> SetAsync(AdminRig rig, string json) => rig.PatchAsync("/api/settings/accounts", json);

    private static Task<Answer> AddAsync(AdminRig rig, string password) => rig.PostAsync(
        "/api/users", $$"""{"name":"new","password":{{ApiClient.Quote(password)}},"group_name":"Default"}""");

    private static async Task<string?> StepAsync(AdminRig rig, string name)
    {
        using var browser = new Browser(rig.Server);
        return (await browser.SignInAsync(name)).Member("step");
    }
}
