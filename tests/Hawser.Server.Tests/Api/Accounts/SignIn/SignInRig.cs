using System.Text.Json.Nodes;
using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Settings;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>A server, an issuer that it trusts, a client and a browser.</summary>
internal sealed class SignInRig : IAsyncDisposable
{
    public const string ClientId = "hawser-1";

    private SignInRig(TestHawser server, TestIssuer issuer, ManualTime? time)
    {
        Server = server;
        Issuer = issuer;
        Time = time;
        Client = new ApiClient(server);
        Browser = new SignInBrowser(Client);
        Key = new SigningKey("RS256");
        issuer.Keys = () => [Key.Jwk()];
        issuer.IdToken = () => Key.Token(Claims());
    }

    public TestHawser Server { get; }

    public TestIssuer Issuer { get; }

    public ManualTime? Time { get; }

    public ApiClient Client { get; }

    public SignInBrowser Browser { get; }

    public SigningKey Key { get; set; }

    /// <summary>Where the browser was last sent.</summary>
    public SignInBrowser.BrowserPage Away { get; private set; } = null!;

    public static async Task<SignInRig> StartAsync(
        Action<ProviderSettings>? change = null, ManualTime? time = null, Action<SignInSettings>? settings = null)
    {
        var server = await TestHawser.StartAsync(time: time);
        var rig = new SignInRig(server, await TestIssuer.StartAsync(), time);
        await rig.SetAsync(change, settings);
        return rig;
    }

    /// <summary>Stores settings with the one provider <c>corp</c>.</summary>
    public Task SetAsync(Action<ProviderSettings>? change = null, Action<SignInSettings>? settings = null)
    {
        var provider = new ProviderSettings
        {
            Name = "corp", Issuer = Issuer.Address, ClientId = ClientId, ClientSecret = "s3cret", CreateUsers = true,
        };
        change?.Invoke(provider);
        var all = new SignInSettings { Providers = [provider] };
        settings?.Invoke(all);
        return Client.Services.GetRequiredService<SettingsStore>().SetAsync(SignInSettings.Key, all, default);
    }

    /// <summary>Right claims, for the trip that is under way.</summary>
    public JsonObject Claims()
    {
        var now = (Time?.GetUtcNow() ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = Issuer.Address,
            ["aud"] = ClientId,
            ["sub"] = "subject-1",
            ["nonce"] = Away.Parameter("nonce"),
            ["iat"] = now,
            ["exp"] = now + 300,
            ["preferred_username"] = "mara",
            ["name"] = "Mara Lind",
            ["email"] = "mara@example.net",
            ["email_verified"] = true,
        };
    }

    /// <summary>Another client has asked; the browser confirms at its page and is sent to the issuer.</summary>
    public async Task LeaveFromAsync(string url)
    {
        Browser.Take(url);
        Away = await Browser.ConfirmAsync();
        if (Away.Location is null) throw new InvalidOperationException(Away.ToString());
    }

    /// <summary>The client asks, the browser confirms and is sent to the issuer.</summary>
    public async Task LeaveAsync(string provider = "corp")
    {
        var answer = await Browser.AskAsync(provider);
        if (answer.Error is not null) throw new InvalidOperationException(answer.ToString());
        Away = await Browser.ConfirmAsync();
        if (Away.Location is null) throw new InvalidOperationException(Away.ToString());
    }

    /// <summary>An administrator tries a provider; the browser is sent to the issuer.</summary>
    public async Task TryAsync(string token, string provider = "corp")
    {
        var answer = await Browser.PostAsync($"/api/oidc/providers/{provider}/try", token);
        if (answer.Status != 200) throw new InvalidOperationException(answer.ToString());
        Away = answer with { Location = JsonNode.Parse(answer.Text)!["url"]!.GetValue<string>() };
    }

    /// <summary>The browser comes back with a code.</summary>
    public Task<SignInBrowser.BrowserPage> ReturnAsync(string more = "") => Browser.OpenAsync(
        $"/api/oidc/callback?code=c0de&state={Uri.EscapeDataString(Away.Parameter("state"))}{more}");

    /// <summary>All of it, up to the poll.</summary>
    public async Task<Answer> SignInAsync(string provider = "corp")
    {
        await LeaveAsync(provider);
        await ReturnAsync();
        return await Browser.PollAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Client.Dispose();
        Key.Dispose();
        await Issuer.DisposeAsync();
        await Server.DisposeAsync();
    }
}
