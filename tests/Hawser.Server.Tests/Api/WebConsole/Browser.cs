using System.Net;
using System.Text;
using Hawser.TestRig;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>Behaves like the console's page in one browser: keeps cookies, and sends the headers that a page sends.</summary>
internal sealed class Browser : IDisposable
{
    private readonly HttpClientHandler _handler = new() { UseCookies = true, AllowAutoRedirect = false };
    private readonly HttpClient _http;
    private readonly Uri _address;

    public Browser(TestHawser server)
    {
        _address = server.Http;
        _http = new HttpClient(_handler) { BaseAddress = server.Http, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>What `me` told.</summary>
    public string Proof { get; set; } = "";

    /// <summary>What the last answer said of its cookies.</summary>
    public string SetCookies { get; private set; } = "";

    /// <summary>The session's cookie.</summary>
    public string Session => _handler.CookieContainer.GetCookies(_address)["hawser_session"]?.Value ?? "";

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? json = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Hawser-Console", "1");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (Proof.Length > 0) request.Headers.Add("X-Hawser-Proof", Proof);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        change?.Invoke(request);
        using var response = await _http.SendAsync(request);
        SetCookies = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join('\n', cookies) : "";
        return new Answer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    public Task<Answer> PostAsync(string path, string? json = null) => SendAsync(HttpMethod.Post, path, json);

    public Task<Answer> SignInAsync(string name, string password = ApiClient.Password) => PostAsync(
        "/api/console/sign-in", $$"""{"name":{{ApiClient.Quote(name)}},"password":{{ApiClient.Quote(password)}}}""");

    public async Task<Answer> MeAsync()
    {
        var me = await SendAsync(HttpMethod.Get, "/api/console/me");
        if (me.Status == 200) Proof = me.Member("proof")!;
        return me;
    }

    /// <summary>A stream of events, read as it comes.</summary>
    public async Task<StreamReader> ListenAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/console/events");
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        return new StreamReader(await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Puts a cookie there as somebody would who wants it to be used.</summary>
    public void Plant(string token) => _handler.CookieContainer.Add(_address, new Cookie("hawser_session", token));

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }
}
