using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hawser.Session.Connecting;

namespace Hawser.Controller.Calling;

/// <summary>Speaks to an API server as the field's clients do (http-api §4 to §7), with words for people.</summary>
internal sealed class ApiCaller : IDisposable
{
    private const int LongestAnswer = 16 * 1024 * 1024;
    private const int PageSize = 100;
    private const int MostPages = 1000;
    private readonly Uri _base;
    private readonly HttpClient _http;

    public ApiCaller(Uri api, ProxyServer? proxy, string? token)
    {
        _base = api;
        // A token follows no redirect.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        if (proxy is not null) handler.Proxy = proxy.ToWebProxy();
        _http = new HttpClient(handler)
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = LongestAnswer,
        };
        if (token is null) return;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The answer; null when it was no JSON.</returns>
    /// <exception cref="Failure">There was no answer, or it says what is wrong.</exception>
    public async Task<JsonNode?> SendAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        var (status, answer) = await TryAsync(method, path, body, cancellation);
        var error = answer is JsonObject known && known.ContainsKey("error") ? known["error"]?.ToString() ?? "" : null;
        if (status == 401)
        {
            throw new Failure(Exit.NotLetIn, $"{error ?? "Not logged in"}: hawser-connect login");
        }

        if (error is not null) throw new Failure(Exit.NotLetIn, Plain(error));
        return status is >= 200 and < 300 ? answer
            : throw new Failure(Exit.Failed, $"{_base} answers {status}: is it the API server? --api URL");
    }

    /// <summary>The same, whatever the answer says.</summary>
    public async Task<(int Status, JsonNode? Answer)> TryAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(_base, path));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            using var answer = await _http.SendAsync(request, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            return ((int)answer.StatusCode, Parse(text));
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new Failure(Exit.NotReachable, $"{_base} does not answer ({e.Message}): --api URL says where it is.");
        }
    }

    /// <summary>All rows of a list in pages (§2.5).</summary>
    public async Task<List<JsonNode>> ListAsync(
        HttpMethod method, string path, CancellationToken cancellation)
    {
        var all = new List<JsonNode>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (var page = 1; page <= MostPages; page++)
        {
            var address = string.Create(
                CultureInfo.InvariantCulture, $"{path}{separator}current={page}&pageSize={PageSize}");
            var answer = await SendAsync(method, address, null, cancellation);
            if (answer is not JsonObject { } found || found["data"] is not JsonArray data || data.Count == 0) break;
            foreach (var row in data)
            {
                if (row is not null) all.Add(row);
            }

            if (found["total"] is not JsonValue total || !total.TryGetValue<long>(out var count)
                || page * (long)PageSize >= count) break;
        }

        return all;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What a server says may hold anything.</summary>
    public static string Plain(string text) =>
        string.Concat(text.Take(1000).Select(c => char.IsControl(c) ? ' ' : c));

    private static JsonNode? Parse(string text)
    {
        try
        {
            return text.Length > 0 ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
