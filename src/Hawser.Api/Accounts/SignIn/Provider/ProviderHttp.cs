using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// Requests to providers: ten seconds, no redirects (a token must not follow one), answers capped, JSON of limited
/// depth.
/// </summary>
internal sealed class ProviderHttp : IDisposable
{
    /// <summary>More than any provider's answer; the rest is not read.</summary>
    internal const int MaximumAnswer = 1 << 20;

    private static readonly JsonDocumentOptions Depth = new() { MaxDepth = 32 };
    private readonly HttpClient _client;

    public ProviderHttp()
    {
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 32,
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = MaximumAnswer,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Hawser", "1.0"));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
    }

    /// <summary>Gets JSON; with a token when there is one.</summary>
    public async Task<JsonElement> GetAsync(string url, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(request, acceptRefusal: false, cancellationToken);
    }

    /// <summary>Sends a form and reads JSON; also of a refusal, whose reason is in it.</summary>
    public async Task<JsonElement> PostAsync(
        string url, IEnumerable<KeyValuePair<string, string>> form, AuthenticationHeaderValue? authorization,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = authorization;
        return await SendAsync(request, acceptRefusal: true, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<JsonElement> SendAsync(
        HttpRequestMessage request, bool acceptRefusal, CancellationToken cancellationToken)
    {
        var where = request.RequestUri!.GetLeftPart(UriPartial.Path);
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode && !(acceptRefusal && (int)response.StatusCode is >= 400 and < 500))
            {
                throw new ProviderFault($"{where} answered {(int)response.StatusCode}");
            }

            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using var document = JsonDocument.Parse(bytes, Depth);
            return document.RootElement.Clone();
        }
        catch (HttpRequestException e)
        {
            throw new ProviderFault($"{where} can't be asked: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new ProviderFault($"{where} did not answer with JSON", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProviderFault($"{where} did not answer in time", e);
        }
    }
}
