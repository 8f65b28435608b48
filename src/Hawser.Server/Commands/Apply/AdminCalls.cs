using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Server.Commands.Apply;

/// <summary>
/// Calls of the admin API: every refusal, in whatever shape the route has it, becomes one sentence.
/// </summary>
internal sealed class AdminCalls : IDisposable
{
    private const int PageSize = 1000;
    private const int MostPages = 2000;
    private readonly HttpClient _http;
    private readonly string _url;

    /// <summary>Calls a server.</summary>
    /// <param name="url">Its address; a path in it is kept.</param>
    /// <param name="token">The API token.</param>
    public AdminCalls(Uri url, string token)
    {
        ArgumentNullException.ThrowIfNull(url);
        _url = url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        // A redirect would turn a POST into a GET, or carry the token elsewhere.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }, disposeHandler: true)
        {
            Timeout = TimeSpan.FromMinutes(2),
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>All rows of a list that is paged, or of one that is not.</summary>
    public async Task<List<JsonObject>> AllAsync(string path, CancellationToken cancellationToken)
    {
        var rows = new List<JsonObject>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (var page = 1; page <= MostPages; page++)
        {
            var answer = await SendAsync(
                HttpMethod.Get, $"{path}{separator}current={page}&pageSize={PageSize}", null, cancellationToken);
            var data = answer as JsonArray ?? answer?["data"] as JsonArray;
            if (data is null) throw new StartupException($"{_url}{path} did not answer with a list.");
            rows.AddRange(data.OfType<JsonObject>());
            if (answer is JsonArray || data.Count < PageSize) return rows;
        }

        throw new StartupException($"{_url}{path} has no end.");
    }

    /// <summary>Calls a route.</summary>
    /// <returns>What it answered; null: nothing.</returns>
    /// <exception cref="StartupException">It refused, or can't be reached.</exception>
    public async Task<JsonNode?> SendAsync(
        HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _url + path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return Read(response.StatusCode, text);
        }
        catch (HttpRequestException e)
        {
            throw new StartupException($"--url {_url}: the server can't be reached: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StartupException($"--url {_url}: the server does not answer.", e);
        }
    }

    private JsonNode? Read(HttpStatusCode status, string text)
    {
        JsonNode? answer = null;
        try
        {
            answer = text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // A page of a proxy; the status says enough.
        }

        var error = answer is JsonObject said && said["error"] is JsonValue value ? value.ToString() : null;
        return status switch
        {
            HttpStatusCode.OK when error is null => answer,
            HttpStatusCode.OK => throw new StartupException(error!),
            HttpStatusCode.Unauthorized => throw new StartupException(
                "The token is not valid (any more): see hawser token add, --token-file and HAWSER_TOKEN."),
            HttpStatusCode.Forbidden => throw new StartupException(
                $"{error ?? "Not allowed."} The token lacks a scope, or its user the right."),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => throw new StartupException(
                $"--url {_url} sends elsewhere; use the address where it sends to (https?)."),
            _ => throw new StartupException(error ?? $"{_url} answered {(int)status}."),
        };
    }
}
