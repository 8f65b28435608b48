using System.Net;
using System.Text.RegularExpressions;

namespace Hawser.TestRig;

/// <summary>
/// Both halves of a browser sign-in (reference §5): the client that asks and polls, and a browser with its own cookies
/// that follows nothing by itself.
/// </summary>
public sealed partial class SignInBrowser : IDisposable
{
    private readonly ApiClient _client;
    private readonly HttpClient _browser;

    /// <summary>A client and a new browser.</summary>
    /// <param name="client">Calls the server.</param>
    /// <param name="language">What the browser accepts.</param>
    public SignInBrowser(ApiClient client, string language = "en")
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        var handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies };
        _browser = new HttpClient(handler, disposeHandler: true) { BaseAddress = client.Http.BaseAddress };
        _browser.DefaultRequestHeaders.Add("Accept-Language", language);
    }

    /// <summary>The browser's cookies.</summary>
    public CookieContainer Cookies { get; } = new();

    /// <summary>The device that signs in.</summary>
    public TestDevice Device { get; set; } = TestDevice.Unregistered;

    /// <summary>What the client polls with.</summary>
    public string Code { get; private set; } = "";

    /// <summary>The page that the client opens.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The handle in it.</summary>
    public string State => Url[(Url.IndexOf("?c=", StringComparison.Ordinal) + 3)..];

    /// <summary>The client asks.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="more">More members, starting with a comma.</param>
    /// <returns>The answer.</returns>
    public async Task<Answer> AskAsync(string provider, string more = "")
    {
        var answer = await _client.PostAsync("/api/oidc/auth", $$"""
            {"op":{{ApiClient.Quote(provider)}},{{Device.Members}},
            "deviceInfo":{"os":"windows","type":"client","name":"PC <b>1</b>"}{{more}}}
            """);
        if (answer.Error is null)
        {
            Code = answer.Member("code")!;
            Url = answer.Member("url")!;
        }

        return answer;
    }

    /// <summary>Another client has asked, and its person opens the page here.</summary>
    /// <param name="url">The page.</param>
    public void Take(string url) => Url = url;

    /// <summary>The client polls.</summary>
    /// <param name="device">As another device.</param>
    /// <returns>The answer.</returns>
    public Task<Answer> PollAsync(TestDevice? device = null)
    {
        device ??= Device;
        return _client.GetAsync($"/api/oidc/auth-query?code={Uri.EscapeDataString(Code)}"
            + $"&id={Uri.EscapeDataString(device.Id)}&uuid={Uri.EscapeDataString(device.Uuid)}");
    }

    /// <summary>The browser opens an address.</summary>
    /// <param name="url">Absolute, or a path on the server.</param>
    /// <returns>What it sees.</returns>
    public async Task<BrowserPage> OpenAsync(string url) => await BrowserPage.ReadAsync(await _browser.GetAsync(url));

    /// <summary>The browser sends a form.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="fields">Names and values.</param>
    /// <returns>What it sees.</returns>
    public async Task<BrowserPage> SubmitAsync(string url, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await BrowserPage.ReadAsync(await _browser.PostAsync(url, form));
    }

    /// <summary>The browser of somebody who is signed in posts without a body.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="token">Who it is.</param>
    /// <returns>What comes back.</returns>
    public async Task<BrowserPage> PostAsync(string url, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url);
        request.Headers.Authorization = new("Bearer", token);
        return await BrowserPage.ReadAsync(await _browser.SendAsync(request));
    }

    /// <summary>Opens the page of the sign-in and presses a button.</summary>
    /// <param name="choice">continue or cancel.</param>
    /// <returns>What comes then: the way to the provider.</returns>
    public async Task<BrowserPage> ConfirmAsync(string choice = "continue")
    {
        var page = await OpenAsync(Url);
        return page.Location is not null ? page
            : await SubmitAsync(Url, ("c", State), ("proof", page.Field("proof")), ("do", choice));
    }

    /// <inheritdoc/>
    public void Dispose() => _browser.Dispose();

    /// <summary>A page, or a redirect.</summary>
    /// <param name="Status">The status.</param>
    /// <param name="Text">The HTML.</param>
    /// <param name="Location">Where to go on; null: nowhere.</param>
    /// <param name="Headers">All headers, one a line.</param>
    /// <param name="Address">Where it is.</param>
    public sealed partial record BrowserPage(int Status, string Text, string? Location, string Headers, Uri Address)
    {
        /// <summary>An address on this page, made absolute.</summary>
        /// <param name="url">Absolute or relative.</param>
        /// <returns>Absolute.</returns>
        public string Resolve(string url) => new Uri(Address, WebUtility.HtmlDecode(url)).AbsoluteUri;

        /// <summary>A parameter of <see cref="Location"/>.</summary>
        /// <param name="name">Which.</param>
        /// <returns>Its value; empty when it is missing.</returns>
        public string Parameter(string name) => Location is null ? "" : Uri.UnescapeDataString(
            Regex.Match(Location, $"[?&]{name}=([^&]*)", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value
                .Replace('+', ' '));

        /// <summary>A field of the page's form.</summary>
        /// <param name="name">Which.</param>
        /// <returns>Its value; empty when it is missing.</returns>
        public string Field(string name) => WebUtility.HtmlDecode(Inputs().Matches(Text)
            .FirstOrDefault(m => m.Groups[1].Value == name)?.Groups[2].Value ?? "");

        internal static async Task<BrowserPage> ReadAsync(HttpResponseMessage response)
        {
            using (response)
            {
                var headers = string.Join('\n', response.Headers.Select(h => $"{h.Key}: {string.Join(", ", h.Value)}"));
                return new BrowserPage(
                    (int)response.StatusCode, await response.Content.ReadAsStringAsync(),
                    response.Headers.Location?.OriginalString, headers, response.RequestMessage!.RequestUri!);
            }
        }

        [GeneratedRegex("<input[^>]*name=\"([^\"]*)\"[^>]*value=\"([^\"]*)\"", RegexOptions.None, 1000)]
        private static partial Regex Inputs();
    }
}
