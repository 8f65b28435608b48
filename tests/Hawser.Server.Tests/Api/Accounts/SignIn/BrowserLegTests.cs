using System.Text;
using Hawser.Api.Accounts.SignIn;
using Hawser.Rendezvous;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>The pages: nobody signs in somebody else's device without seeing it.</summary>
public class BrowserLegTests
{
    [Fact]
    public async Task The_page_names_the_device_and_asks_and_escapes_what_the_device_said()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.Browser.AskAsync("corp");
        var page = await rig.Browser.OpenAsync(rig.Browser.Url);
        page.Text.ShouldContain(TestDevice.Unregistered.Id);
        page.Text.ShouldContain("PC &lt;b&gt;1&lt;/b&gt;");
        page.Text.ShouldNotContain("<b>");
        page.Text.ShouldContain("Continue with corp");
        page.Headers.ShouldContain("default-src 'none'");
        page.Headers.ShouldContain("Cache-Control: no-store");
        page.Headers.ShouldContain("Referrer-Policy: no-referrer");
        page.Headers.ShouldContain("httponly");
        page.Headers.ShouldContain("samesite=lax");
        using var chinese = new SignInBrowser(rig.Client, "zh-CN,zh;q=0.9");
        (await chinese.OpenAsync(rig.Browser.Url)).Text.ShouldContain("取消");
    }

    [Fact]
    public async Task A_page_elsewhere_can_t_confirm_for_the_person()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.Browser.AskAsync("corp");
        using var victim = new SignInBrowser(rig.Client);
        // No cookie: what a browser sends with a form of another site.
        (await victim.SubmitAsync(rig.Browser.Url, ("c", rig.Browser.State), ("do", "continue"))).Status.ShouldBe(403);
        // A cookie, but the proof of another browser.
        var stolen = (await rig.Browser.OpenAsync(rig.Browser.Url)).Field("proof");
        await victim.OpenAsync(rig.Browser.Url);
        (await victim.SubmitAsync(rig.Browser.Url, ("c", rig.Browser.State), ("proof", stolen), ("do", "continue")))
            .Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_provider_s_address_that_was_confirmed_in_one_browser_is_of_no_use_in_another()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        using var victim = new SignInBrowser(rig.Client);
        var page = await victim.OpenAsync($"/api/oidc/callback?code=c0de&state={rig.Away.Parameter("state")}");
        page.Status.ShouldBe(403);
        rig.Issuer.TokenForm.ShouldBeEmpty();
        (await rig.Browser.PollAsync()).Error.ShouldBe("No authed oidc is found");
    }

    [Fact]
    public async Task A_state_works_once_and_an_unknown_one_never()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        (await rig.Browser.OpenAsync("/api/oidc/callback?code=c0de&state=unknown")).Status.ShouldBe(410);
        (await rig.Browser.OpenAsync("/api/oidc/callback")).Status.ShouldBe(410);
        rig.Issuer.IdToken = () => "broken";
        (await rig.ReturnAsync()).Status.ShouldBe(502);
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        (await rig.ReturnAsync()).Status.ShouldBe(410);
        (await rig.Browser.OpenAsync(rig.Browser.Url)).Status.ShouldBe(410);
    }

    [Fact]
    public async Task A_reloaded_last_page_still_says_that_it_worked()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.LeaveAsync();
        (await rig.ReturnAsync()).Status.ShouldBe(200);
        (await rig.ReturnAsync()).Text.ShouldContain("return to the app");
    }

    [Fact]
    public async Task A_provider_that_posts_is_answered_by_a_redirect_that_carries_cookies()
    {
        await using var rig = await SignInRig.StartAsync(p => p.ResponseMode = "form_post");
        await rig.LeaveAsync();
        rig.Away.Parameter("response_mode").ShouldBe("form_post");
        var forward = await rig.Browser.SubmitAsync(
            "/api/oidc/callback", ("code", "c0de"), ("state", rig.Away.Parameter("state")), ("user", "{}"));
        forward.Status.ShouldBe(303);
        forward.Location.ShouldStartWith("callback?");
        (await rig.Browser.OpenAsync("/api/oidc/" + forward.Location)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Without_asking_only_a_browser_at_the_device_s_own_address_goes_on()
    {
        await using var rig = await SignInRig.StartAsync(settings: s => s.ConfirmDevice = DeviceConfirmation.OtherAddress);
        await rig.Browser.AskAsync("corp");
        (await rig.Browser.OpenAsync(rig.Browser.Url)).Status.ShouldBe(303);
    }

    [Fact]
    public async Task Callbacks_go_only_to_addresses_that_are_configured()
    {
        await using var rig = await SignInRig.StartAsync(
            settings: s => s.PublicUrls = ["https://desk.example/rd/", "https://other.example"]);
        foreach (var (domain, expected) in new[]
        {
            ("https://evil.example", "https://desk.example/rd"), ("https://other.example/", "https://other.example"),
            ("https://desk.example/rd", "https://desk.example/rd"), ("https://desk.example", "https://desk.example/rd"),
            ("javascript:alert(1)", "https://desk.example/rd"),
        })
        {
            await rig.Browser.AskAsync("corp", $",\"apiDomain\":\"{domain}\"");
            rig.Browser.Url.ShouldStartWith(expected + "/api/oidc/start?c=");
        }

        await rig.SetAsync();
        await rig.Browser.AskAsync("corp", ",\"apiDomain\":\"https://evil.example\"");
        rig.Browser.Url.ShouldStartWith(rig.Server.Http + "api/oidc/start");
        await rig.Browser.AskAsync("corp", $",\"apiDomain\":\"https://127.0.0.1/rd\"");
        rig.Browser.Url.ShouldStartWith("https://127.0.0.1/rd/api/oidc/start");
    }

    [Fact]
    public async Task Through_the_rendezvous_port_the_address_must_be_configured()
    {
        await using var rig = await SignInRig.StartAsync();
        var body = Encoding.UTF8.GetBytes("{\"op\":\"corp\",\"id\":\"1\",\"uuid\":\"AAAA\"}");
        var request = new TunnelRequest("POST", "/api/oidc/auth", [], body, default);
        Text(await rig.Server.Node.Tunnel.SendAsync(request, default)).ShouldContain("publicUrls");
        await rig.SetAsync(settings: s => s.PublicUrls = ["https://desk.example"]);
        Text(await rig.Server.Node.Tunnel.SendAsync(request, default)).ShouldContain("https://desk.example/api/oidc/start");

        static string Text(TunnelResponse response) => Encoding.UTF8.GetString(response.Body.Span);
    }
}
