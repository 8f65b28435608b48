using System.Net.Http.Headers;
using System.Text.Json;
using Hawser.Agent.Filming;
using Hawser.Session.Connecting;

namespace Hawser.Agent.Serving;

/// <summary>How a post ended.</summary>
internal enum PostOutcome
{
    /// <summary>The server has it.</summary>
    Done,

    /// <summary>It may have it later.</summary>
    Later,

    /// <summary>It will never have it.</summary>
    Never,
}

/// <summary>Posts to the API server: one at a time, with a limit, answers capped.</summary>
/// <param name="proxy">The proxy to it; null for what the environment says.</param>
internal sealed class ApiClient(ProxyServer? proxy) : IDisposable
{
    private const int LongestAnswer = 1024 * 1024;
    private readonly HttpClient _http = new(
        proxy is null ? new SocketsHttpHandler() : new SocketsHttpHandler { Proxy = proxy.ToWebProxy() })
    {
        Timeout = TimeSpan.FromSeconds(12),
        MaxResponseContentBufferSize = LongestAnswer,
    };

    /// <summary>Posts JSON and gives the answer's text; null when there was none.</summary>
    public async Task<string?> PostAsync(Uri uri, object body, CancellationToken cancellation)
    {
        try
        {
            using var content = Content(JsonSerializer.SerializeToUtf8Bytes(body));
            using var answer = await _http.PostAsync(uri, content, cancellation);
            return await answer.Content.ReadAsStringAsync(cancellation);
        }
        catch (Exception e) when (IsTransport(e, cancellation))
        {
            return null;
        }
    }

    /// <summary>Posts a record (http-api §10.2).</summary>
    public async Task<PostOutcome> RecordAsync(Uri uri, byte[] json, CancellationToken cancellation)
    {
        try
        {
            using var content = Content(json);
            using var answer = await _http.PostAsync(uri, content, cancellation);
            var status = (int)answer.StatusCode;
            if (status is >= 500 or 408 or 429) return PostOutcome.Later;
            return status < 300 ? PostOutcome.Done : PostOutcome.Never;
        }
        catch (Exception e) when (IsTransport(e, cancellation))
        {
            return PostOutcome.Later;
        }
    }

    /// <summary>A step of a recording's upload (http-api §11).</summary>
    public async Task<UploadAnswer> UploadAsync(Uri uri, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            using var content = new ReadOnlyMemoryContent(bytes);
            using var answer = await _http.PostAsync(uri, content, cancellation);
            var text = await answer.Content.ReadAsStringAsync(cancellation);
            // Any body with an error stops an upload, whatever its status.
            var isDone = answer.IsSuccessStatusCode && !HasError(text);
            return new UploadAnswer((int)answer.StatusCode, isDone, Short(text));
        }
        catch (Exception e) when (IsTransport(e, cancellation))
        {
            return new UploadAnswer(0, false, e.Message);
        }
    }

    /// <summary>Posts JSON in somebody's name (http-api §12).</summary>
    /// <returns>Status and text; null when there was no answer.</returns>
    public async Task<(int Status, string Text)?> PostAsync(
        Uri uri, string token, object body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, uri);
            request.Content = Content(JsonSerializer.SerializeToUtf8Bytes(body));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await _http.SendAsync(request, cancellation);
            return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception e) when (IsTransport(e, cancellation))
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsTransport(Exception e, CancellationToken cancellation) => e is HttpRequestException
        || (e is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static string Short(string text) => text.Length > 200 ? text[..200] : text;

    private static bool HasError(string text)
    {
        if (text.Length == 0) return false;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("error", out _);
        }
        catch (JsonException)
        {
            // Not from this API: a proxy's page.
            return true;
        }
    }

    private static ByteArrayContent Content(byte[] json)
    {
        var content = new ByteArrayContent(json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
