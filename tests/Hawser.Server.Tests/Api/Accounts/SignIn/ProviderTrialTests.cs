using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>Administrators try providers before people meet them; nobody is made or signed in by it.</summary>
public sealed class ProviderTrialTests
{
    private static async Task<string> AdminAsync(SignInRig rig, string scopes = "setting:rw")
    {
        var admin = await rig.Client.AddUserAsync("root", admin: true);
        return await rig.Client.ApiTokenAsync(admin, scopes);
    }

    [Fact]
    public async Task What_an_issuer_publishes_is_read_anew_each_time()
    {
        await using var rig = await SignInRig.StartAsync(p => p.Enabled = false);
        var token = await AdminAsync(rig);
        var fine = (await rig.Client.PostAsync("/api/oidc/providers/corp/test", "", token)).Json;
        fine.GetProperty("ok").GetBoolean().ShouldBeTrue(fine.ToString());
        fine.GetProperty("issuer").GetString().ShouldBe(rig.Issuer.Address);
        fine.GetProperty("keys").GetInt32().ShouldBe(1);
        rig.Issuer.Keys = () => [];
        var bare = (await rig.Client.PostAsync("/api/oidc/providers/corp/test", "", token)).Json;
        bare.GetProperty("ok").GetBoolean().ShouldBeFalse();
        bare.GetProperty("complaint").GetString().ShouldNotBeNullOrEmpty();
        (await rig.Client.PostAsync("/api/oidc/providers/nobody/test", "", token)).Status.ShouldBe(404);
        (await rig.Client.PostAsync("/api/oidc/providers/corp/test", "")).Status.ShouldBe(401);
        await rig.SetAsync(p => p.Issuer = "http://127.0.0.1:1");
        var away = (await rig.Client.PostAsync("/api/oidc/providers/corp/test", "", token)).Json;
        away.GetProperty("ok").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_try_shows_the_claims_and_makes_nobody()
    {
        await using var rig = await SignInRig.StartAsync(p =>
        {
            p.Enabled = false;
            p.AdminGroups = ["root"];
        });
        var token = await AdminAsync(rig);
        rig.Issuer.IdToken = () =>
        {
            var claims = rig.Claims();
            claims["groups"] = new System.Text.Json.Nodes.JsonArray("root", "<b>staff</b>");
            return rig.Key.Token(claims);
        };
        await rig.TryAsync(token);
        var page = await rig.ReturnAsync();
        page.Status.ShouldBe(200);
        page.Text.ShouldContain("The provider works");
        page.Text.ShouldContain("subject-1");
        page.Text.ShouldContain("mara@example.net (verified)");
        page.Text.ShouldContain("root, &lt;b&gt;staff&lt;/b&gt;");
        page.Text.ShouldContain("would be made");
        await using var db = rig.Client.OpenDb();
        (await db.Users.CountAsync(u => u.Name == "mara")).ShouldBe(0);
        (await db.ExternalLogins.CountAsync()).ShouldBe(0);
        // Once.
        (await rig.ReturnAsync()).Status.ShouldBe(410);
    }

    [Fact]
    public async Task A_try_that_fails_says_why_but_only_to_the_browser_that_began_it()
    {
        await using var rig = await SignInRig.StartAsync();
        var token = await AdminAsync(rig);
        await rig.TryAsync(token);
        using var other = new SignInBrowser(rig.Client);
        var back = $"/api/oidc/callback?code=c0de&state={Uri.EscapeDataString(rig.Away.Parameter("state"))}";
        (await other.OpenAsync(back)).Status.ShouldBe(403);
        rig.Issuer.IdToken = () =>
        {
            var claims = rig.Claims();
            claims["aud"] = "another client";
            return rig.Key.Token(claims);
        };
        var page = await rig.ReturnAsync();
        page.Text.ShouldContain("does not work yet");
        page.Text.ShouldNotContain("The provider works");

        await rig.TryAsync(token);
        page = await rig.Browser.OpenAsync("/api/oidc/callback?error=access_denied&error_description=<i>no</i>"
            + $"&state={Uri.EscapeDataString(rig.Away.Parameter("state"))}");
        page.Text.ShouldContain("access_denied &lt;i&gt;no&lt;/i&gt;");
    }

    [Fact]
    public async Task Who_may_only_read_settings_may_not_try()
    {
        await using var rig = await SignInRig.StartAsync();
        var token = await AdminAsync(rig, "setting:r");
        (await rig.Browser.PostAsync("/api/oidc/providers/corp/try", token)).Status.ShouldBe(403);
        (await rig.Browser.PostAsync("/api/oidc/providers/corp/test", token)).Status.ShouldBe(403);
    }
}
