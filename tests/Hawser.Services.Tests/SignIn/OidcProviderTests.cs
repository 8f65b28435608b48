using System.Text.RegularExpressions;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Settings;
using Hawser.Services.Tests.NatLab;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.SignIn;

/// <summary>The whole flow against npm's oidc-provider, with its own login and consent pages.</summary>
public sealed partial class OidcProviderTests
{
    [Theory]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("EdDSA")]
    public async Task C26_to_C30_A_person_signs_in_at_a_real_issuer(string algorithm)
    {
        await using var server = await TestHawser.StartAsync();
        var port = FreePorts.Block(1);
        await using var issuer = await StartIssuerAsync(server, port, algorithm);
        using var client = new ApiClient(server);
        await SetAsync(client, port);
        using var browser = new SignInBrowser(client);
        (await browser.AskAsync("corp")).Error.ShouldBeNull();
        (await browser.PollAsync()).Error.ShouldBe("No authed oidc is found");

        var page = await SignInAsync(browser, "mara");
        page.Text.ShouldContain("return to the app", Case.Insensitive, server.Log);
        var result = (await browser.PollAsync()).Json;
        result.GetProperty("type").GetString().ShouldBe("access_token");
        var user = result.GetProperty("user");
        user.GetProperty("name").GetString().ShouldBe("mara");
        user.GetProperty("display_name").GetString().ShouldBe("Mara Lind");
        // Mail and groups are only in the user information of this issuer.
        user.GetProperty("email").GetString().ShouldBe("mara@example.net");
        user.GetProperty("is_admin").GetBoolean().ShouldBeTrue();
        (await browser.PollAsync()).Json.GetProperty("access_token").GetString()
            .ShouldBe(result.GetProperty("access_token").GetString());
    }

    [Fact]
    public async Task C32_Cancelling_at_the_issuer_ends_the_polling_and_a_stranger_is_refused_in_words()
    {
        await using var server = await TestHawser.StartAsync();
        var port = FreePorts.Block(1);
        await using var issuer = await StartIssuerAsync(server, port, "RS256");
        using var client = new ApiClient(server);
        await SetAsync(client, port, p => p.AllowedGroups = ["staff"]);
        using (var browser = new SignInBrowser(client))
        {
            await browser.AskAsync("corp");
            var page = await FollowAsync(browser, await browser.ConfirmAsync());
            var abort = Abort().Match(page.Text).Groups[1].Value;
            await FollowAsync(browser, await browser.OpenAsync(page.Resolve(abort)));
            (await browser.PollAsync()).Error.ShouldBe("The sign-in was cancelled.");
        }

        using var other = new SignInBrowser(client);
        await other.AskAsync("corp");
        (await SignInAsync(other, "otto")).Status.ShouldBe(403);
        (await other.PollAsync()).Error!.ShouldContain("group");
    }

    private static Task SetAsync(ApiClient client, int port, Action<ProviderSettings>? change = null)
    {
        var provider = new ProviderSettings
        {
            Name = "corp", Issuer = $"http://127.0.0.1:{port}", ClientId = "hawser", ClientSecret = OidcIssuer.Secret,
            Scopes = "openid email profile groups", CreateUsers = true, AdminGroups = ["support"],
        };
        change?.Invoke(provider);
        return client.Services.GetRequiredService<SettingsStore>()
            .SetAsync(SignInSettings.Key, new SignInSettings { Providers = [provider] }, default);
    }

    private static async Task<SignInBrowser.BrowserPage> SignInAsync(SignInBrowser browser, string name)
    {
        var page = await FollowAsync(browser, await browser.ConfirmAsync());
        page = await browser.SubmitAsync(Form(page), ("prompt", "login"), ("login", name), ("password", "any"));
        page = await FollowAsync(browser, page);
        page = await browser.SubmitAsync(Form(page), ("prompt", "consent"));
        return await FollowAsync(browser, page);
    }

    private static async Task<SignInBrowser.BrowserPage> FollowAsync(SignInBrowser browser, SignInBrowser.BrowserPage page)
    {
        for (var i = 0; i < 10 && page.Location is { } next; i++) page = await browser.OpenAsync(page.Resolve(next));
        return page;
    }

    private static string Form(SignInBrowser.BrowserPage page) => FormAction().Match(page.Text).Groups[1].Value is { Length: > 0 } at
        ? page.Resolve(at) : throw new InvalidOperationException(page.ToString());

    private static Task<LabProcess> StartIssuerAsync(TestHawser server, int port, string algorithm) =>
        OidcIssuer.StartAsync(port, $"{server.Http}api/oidc/callback", algorithm);

    [GeneratedRegex("<form[^>]*action=\"([^\"]+)\"", RegexOptions.None, 1000)]
    private static partial Regex FormAction();

    [GeneratedRegex("href=\"([^\"]+/abort)\"", RegexOptions.None, 1000)]
    private static partial Regex Abort();
}
