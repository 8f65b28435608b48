using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hawser.Api.Notifications.Wire.Smtp;

namespace Hawser.Api.Notifications;

/// <summary>
/// Access tokens for a mail server (OAuth2): by a refresh token when there is one, or else by client credentials. One
/// is kept until shortly before it expires.
/// </summary>
internal sealed class MailTokens(TimeProvider time) : IDisposable
{
    private const int MaximumAnswer = 64 << 10;
    private static readonly TimeSpan Early = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private readonly HttpClient _http = Client();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile Known? _known;

    /// <summary>A token that is valid for a while.</summary>
    /// <exception cref="SmtpFault">None was given.</exception>
    public async Task<string> GetAsync(
        MailSettings settings, MailDialogue dialogue, CancellationToken cancellationToken)
    {
        dialogue.Hide(settings.OauthClientSecret);
        dialogue.Hide(settings.OauthRefreshToken);
        var asked = (settings.OauthEndpoint, settings.OauthClientId, settings.OauthClientSecret, settings.OauthScope,
            settings.OauthRefreshToken).ToString();
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_known is { } known && known.Asked == asked && time.GetUtcNow() < known.Until) return known.Token;
            var fresh = await AskAsync(settings, asked, dialogue, cancellationToken);
            _known = fresh;
            return fresh.Token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Asks for another one the next time.</summary>
    public void Forget() => _known = null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turn.Dispose();
    }

    private async Task<Known> AskAsync(
        MailSettings settings, string asked, MailDialogue dialogue, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        dialogue.Add(MailDialogue.Note, $"Asking {settings.OauthEndpoint} for a token.");
        try
        {
            using var content = new FormUrlEncodedContent(Form(settings));
            using var response = await _http.PostAsync(settings.OauthEndpoint, content, cancellationToken);
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using var json = JsonDocument.Parse(bytes);
            if (Text(json, "access_token") is { Length: > 0 } token && response.IsSuccessStatusCode)
            {
                // It goes into one line of the mail server's.
                if (token.Any(c => char.IsControl(c))) throw new SmtpFault("The token is none that can be sent.");
                var life = Seconds(json) is { } seconds ? TimeSpan.FromSeconds(seconds) : Usual;
                return new Known(asked, token, now + (life < Longest ? life : Longest) - Early);
            }

            var why = $"{Text(json, "error")} {Text(json, "error_description")}".Trim();
            throw new SmtpFault(dialogue.Clean(string.Create(CultureInfo.InvariantCulture,
                $"The token endpoint gave no token, status {(int)response.StatusCode}: {why}")));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = e is JsonException ? "it did not answer with JSON" : e.Message;
            throw new SmtpFault(dialogue.Clean($"The token endpoint can't be asked: {why}"), e);
        }
    }

    private static Dictionary<string, string> Form(MailSettings settings)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = settings.OauthRefreshToken.Length > 0 ? "refresh_token" : "client_credentials",
            ["client_id"] = settings.OauthClientId,
        };
        if (settings.OauthClientSecret.Length > 0) form["client_secret"] = settings.OauthClientSecret;
        if (settings.OauthRefreshToken.Length > 0) form["refresh_token"] = settings.OauthRefreshToken;
        if (settings.OauthScope.Length > 0) form["scope"] = settings.OauthScope;
        return form;
    }

    private static string Text(JsonDocument json, string name) =>
        json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long? Seconds(JsonDocument json) =>
        json.RootElement.TryGetProperty("expires_in", out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out var seconds) && seconds is > 0 and < int.MaxValue ? seconds : null;

    private static HttpClient Client()
    {
        var client = new HttpClient(new SocketsHttpHandler
        {
            // A secret must not follow one.
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 32,
        })
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = MaximumAnswer,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Hawser", "1.0"));
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }

    private sealed record Known(string Asked, string Token, DateTimeOffset Until);
}
