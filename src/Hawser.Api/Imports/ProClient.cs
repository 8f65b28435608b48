using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Hawser.Api.Imports;

/// <summary>
/// Asks another server's admin API, which is not believed: no redirects (the token must not follow one), answers and
/// lists capped, every answer and the whole within a time.
/// </summary>
/// <param name="http">The connections.</param>
/// <param name="address">Whom.</param>
/// <param name="tell">Told how many rows were read, of how many that were announced.</param>
internal sealed class ProClient(HttpClient http, ProAddress address, Func<int, int, Task> tell)
{
    /// <summary>More than a page of any list has; more is not read.</summary>
    internal const int MostBytes = 8 << 20;

    /// <summary>Rows of one list.</summary>
    internal const int MostRows = 200_000;

    private const int PageSize = 100;
    private const int MostRequests = 20_000;
    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 32 };
    private readonly Dictionary<string, int> _totals = new(StringComparer.Ordinal);
    private int _requests;
    private int _read;

    /// <summary>Connections as they are used for this.</summary>
    public static HttpClient Connections()
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 32,
            MaxConnectionsPerServer = 2,
        })
        {
            Timeout = TimeSpan.FromSeconds(30),
            MaxResponseContentBufferSize = MostBytes,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Hawser", "1.0"));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    /// <summary>Every row of a list that comes in pages; null: the token may not read it.</summary>
    public async Task<List<ProRow>?> ListAsync(string path, CancellationToken cancellationToken)
    {
        var rows = new List<ProRow>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        for (var page = 1; ; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"{separator}pageSize={PageSize}&current={page}");
            if (await GetAsync(path + query, cancellationToken) is not { } answer) return null;
            if (answer.ValueKind != JsonValueKind.Object) throw NotPro(path);
            // "data" is missing where there is nothing.
            var data = answer.TryGetProperty("data", out var some) && some.ValueKind == JsonValueKind.Array
                ? some.EnumerateArray().ToList() : [];
            rows.AddRange(data.Where(d => d.ValueKind == JsonValueKind.Object).Select(d => new ProRow(d)));
            var total = answer.TryGetProperty("total", out var all) && all.TryGetInt32(out var number) ? number : 0;
            if (rows.Count > MostRows) throw TooLarge(path);
            _totals[path] = Math.Clamp(total, rows.Count, MostRows);
            _read += data.Count;
            await tell(_read, Math.Max(_read, _totals.Values.Sum()));
            // Some hand out fewer rows than they were asked for.
            if (data.Count == 0 || rows.Count >= total) return rows;
        }
    }

    /// <summary>One answer; null: the token may not read it.</summary>
    public async Task<JsonElement?> GetAsync(string path, CancellationToken cancellationToken)
    {
        if (++_requests > MostRequests) throw TooLarge(path);
        using var request = new HttpRequestMessage(HttpMethod.Get, address.Root + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            switch ((int)response.StatusCode)
            {
                case 401:
                    throw new ProFault("unauthorized", "It does not know the token, or the token has expired.");
                case 403:
                    return null;
                case >= 300 and < 400:
                    throw new ProFault("redirected", $"It leads elsewhere: {Elsewhere(response)}.");
                case 404 or 405:
                    throw NotPro(path);
                case not 200:
                    throw new ProFault("refused", $"It answered {(int)response.StatusCode} to {Plain(path)}.");
            }

            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using var document = JsonDocument.Parse(bytes, Depth);
            var answer = document.RootElement.Clone();
            // A refusal in the field's own way.
            return answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out _) ? null : answer;
        }
        catch (JsonException e)
        {
            throw new ProFault("not_pro", NotPro(path).Message, e);
        }
        catch (HttpRequestException e)
        {
            throw FaultOf(e, path);
        }
        catch (Exception e) when (
            e is OperationCanceledException or IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new ProFault("timeout", "It did not answer in time.", e);
        }
    }

    private static ProFault FaultOf(HttpRequestException e, string path) => e.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => new ProFault(
            "tls", "No protected connection came about: its certificate is not trusted, or it speaks no TLS.", e),
        HttpRequestError.ConfigurationLimitExceeded => TooLarge(path),
        HttpRequestError.NameResolutionError => new ProFault("unreachable", "There is no server of that name.", e),
        HttpRequestError.InvalidResponse => NotPro(path),
        _ => new ProFault("unreachable", "The server can not be reached.", e),
    };

    private static ProFault NotPro(string path) =>
        new("not_pro", $"What answers {Plain(path)} is no admin API of a Pro server.");

    private static ProFault TooLarge(string path) => new("too_large", $"More comes from {Plain(path)} than is taken.");

    private static string Plain(string path) => path.Split('?', 2)[0];

    // What a stranger wrote; the name only.
    private static string Elsewhere(HttpResponseMessage response) =>
        response.Headers.Location is { IsAbsoluteUri: true } to ? to.GetLeftPart(UriPartial.Authority) : "another path";
}
