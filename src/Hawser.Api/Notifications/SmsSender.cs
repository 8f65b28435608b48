using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Hawser.Api.Notifications;

/// <summary>Sends a short message by a request to a gateway.</summary>
internal sealed class SmsSender : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(20),
        MaxResponseContentBufferSize = 64 << 10,
    };

    /// <exception cref="HttpRequestException">It was not taken.</exception>
    public async Task SendAsync(SmsSettings settings, string to, string text, CancellationToken cancellationToken)
    {
        var body = settings.Body
            .Replace("{to}", JsonEncodedText.Encode(to).ToString(), StringComparison.Ordinal)
            .Replace("{text}", JsonEncodedText.Encode(text).ToString(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url);
        request.Content = new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse(settings.ContentType));
        foreach (var (name, value) in settings.Headers) request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();
}
