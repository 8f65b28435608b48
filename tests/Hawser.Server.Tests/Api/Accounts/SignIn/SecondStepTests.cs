using System.Text.Json;
using Hawser.Api.Accounts.Passwords;
using Hawser.Api.Http;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>People who come through a provider and have an authenticator here (case 34).</summary>
public class SecondStepTests
{
    private const string Secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

    [Fact]
    public async Task C34_An_authenticator_is_asked_for_in_the_shape_of_5_3_and_its_code_finishes()
    {
        var time = new ManualTime();
        await using var rig = await SignInRig.StartAsync(time: time);
        await AddAsync(rig);
        var challenge = await rig.SignInAsync();
        var json = challenge.Json;
        json.GetProperty("type").GetString().ShouldBe("email_check");
        json.GetProperty("tfa_type").GetString().ShouldBe("tfa_check");
        json.GetProperty("secret").GetString().ShouldNotBeNullOrEmpty();
        json.GetProperty("access_token").GetString().ShouldBeEmpty();
        json.TryGetProperty("error", out _).ShouldBeFalse();
        json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara");
        json.GetProperty("user").GetProperty("info").ValueKind.ShouldBe(JsonValueKind.Object);
        (await rig.Browser.PollAsync()).Text.ShouldBe(challenge.Text);

        var wrong = await StepAsync(rig, json, "000000");
        wrong.Error.ShouldNotBeNull();
        var done = await StepAsync(rig, json, AuthenticatorCode.At(Secret, time.GetUtcNow()));
        done.Member("type").ShouldBe("access_token");
        done.Member("access_token").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task C34_A_provider_with_its_own_second_factor_spares_ours_unless_it_is_enforced()
    {
        await using var rig = await SignInRig.StartAsync(p => p.HasSecondFactor = true);
        await AddAsync(rig, "otto", "otto@example.net");
        var mara = await AddAsync(rig);
        (await rig.SignInAsync()).Member("type").ShouldBe("access_token");
        await using (var db = rig.Client.OpenDb())
        {
            (await db.Users.FindAsync(mara.Guid))!.TotpEnforced = true;
            await db.SaveChangesAsync();
        }

        (await rig.SignInAsync()).Member("type").ShouldBe("email_check");
    }

    [Fact]
    public async Task Who_must_have_an_authenticator_and_has_none_is_told_so()
    {
        await using var rig = await SignInRig.StartAsync();
        await AddAsync(rig, change: u => (u.TotpEnabled, u.TotpSecret, u.TotpEnforced) = (false, null, true));
        var answer = await rig.SignInAsync();
        answer.Error!.ShouldContain("authenticator");
        answer.Text.ShouldNotContain("access_token");
    }

    private static Task<User> AddAsync(
        SignInRig rig, string name = "mara", string email = "mara@example.net", Action<User>? change = null) =>
        rig.Client.AddUserAsync(name, change: u =>
        {
            u.Email = email;
            u.TotpEnabled = true;
            u.TotpSecret = rig.Client.Services.GetRequiredService<Secrets>().Protect(Secret);
            change?.Invoke(u);
        });

    private static Task<Answer> StepAsync(SignInRig rig, JsonElement challenge, string code) => rig.Client.PostAsync(
        "/api/login", $$"""
        {"type":"email_code","username":"mara","verificationCode":"{{code}}","tfaCode":"{{code}}",
        "secret":{{ApiClient.Quote(challenge.GetProperty("secret").GetString()!)}},{{rig.Browser.Device.Members}},
        "autoLogin":true,"deviceInfo":{"os":"windows","type":"client","name":"PC-1"} }
        """);
}
