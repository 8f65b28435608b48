using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hawser.Api.Http;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications.Wire;

/// <summary>
/// Posts to the web addresses of channels: no redirects, no proxy of the environment, short deadlines, and, unless the
/// channel allows it, no address of the own network: the one that is connected to is checked, not a name.
/// </summary>
internal sealed class HookSender(Secrets secrets, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);
    private readonly HttpClient _public = Client(guarded: true);
    private readonly HttpClient _any = Client(guarded: false);

    /// <summary>Posts a body, signed when the channel has a secret.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="id">The delivery; the same on every attempt, so that a receiver can tell a repeat.</param>
    /// <param name="what">alarm or test.</param>
    /// <param name="json">The body.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; taken when its status is of the two hundreds.</returns>
    /// <exception cref="HttpRequestException">Nobody answered.</exception>
    public async Task<HookAnswer> SendAsync(
        NotificationChannel channel, Guid id, string what, string json, CancellationToken cancellationToken)
    {
        var url = secrets.Unprotect(channel.Url);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw new HttpRequestException("The channel's address can't be read with this key ring.");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        var body = Encoding.UTF8.GetBytes(json);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        Decorate(request, channel, id, what, body);
        try
        {
            using var response = await (channel.AllowPrivate ? _any : _public).SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var text = await BeginningAsync(response, deadline.Token);
            return new HookAnswer((int)response.StatusCode, Masked(channel, text));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"It did not answer within {Deadline.TotalSeconds} seconds.", e);
        }
    }

    /// <summary>The headers that a channel's own people gave.</summary>
    public Dictionary<string, string> HeadersOf(NotificationChannel channel) =>
        secrets.Unprotect(channel.Headers) is { Length: > 0 } stored
            ? JsonSerializer.Deserialize(stored, HookJson.Default.DictionaryStringString) ?? [] : [];

    /// <summary>The signature of a body: HMAC-SHA256 over the time, a dot and the body, in hex.</summary>
    public static string Sign(string secret, string timestamp, byte[] body) => "sha256=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.ASCII.GetBytes(timestamp + "."), .. body]));

    /// <inheritdoc/>
    public void Dispose()
    {
        _public.Dispose();
        _any.Dispose();
    }

    private void Decorate(
        HttpRequestMessage request, NotificationChannel channel, Guid id, string what, byte[] body)
    {
        foreach (var (name, value) in HeadersOf(channel)) request.Headers.TryAddWithoutValidation(name, value);
        if (channel.Kind == Outbox.Slack) return;
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("X-Hawser-Event", what);
        request.Headers.TryAddWithoutValidation("X-Hawser-Delivery", id.ToString());
        request.Headers.TryAddWithoutValidation("X-Hawser-Timestamp", timestamp);
        if (secrets.Unprotect(channel.Secret) is { Length: > 0 } secret)
        {
            request.Headers.TryAddWithoutValidation("X-Hawser-Signature", Sign(secret, timestamp, body));
        }
    }

    // What is read beyond that which is kept: a secret that lies across the end is masked whole.
    private const int Beyond = 1024;

    // Enough to tell why; an error page has no end sometimes.
    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var some = new byte[HookAnswer.Kept + Beyond];
            var count = await body.ReadAtLeastAsync(some, some.Length, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(some, 0, count);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status says whether it was taken, also when the rest broke off or never came.
            return "";
        }
    }

    // An answer may repeat what it was asked with.
    private string Masked(NotificationChannel channel, string text)
    {
        foreach (var secret in HeadersOf(channel).Values.Append(secrets.Unprotect(channel.Secret) ?? ""))
        {
            if (secret.Length > 0) text = text.Replace(secret, "********", StringComparison.Ordinal);
        }

        if (text.Length > HookAnswer.Kept) text = text[..HookAnswer.Kept];
        return string.Concat(text.Select(c => char.IsControl(c) && c is not ('\n' or '\t') ? ' ' : c)).Trim();
    }

    private static HttpClient Client(bool guarded)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(8),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 32,
            MaxConnectionsPerServer = 4,
        };
        if (guarded) handler.ConnectCallback = ConnectAsync;
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Hawser", "1.0"));
        return client;
    }

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var known = await Dns.GetHostAddressesAsync(host, cancellationToken);
        var open = known.Where(AddressGuard.IsPublic).ToArray();
        if (open.Length == 0)
        {
            throw new HttpRequestException(
                $"{host} is not an address of the internet; allow_private of the channel lets it be used.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(open, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>What a web address answered.</summary>
/// <param name="Status">The status.</param>
/// <param name="Text">The beginning of the body.</param>
internal sealed record HookAnswer(int Status, string Text)
{
    /// <summary>How many bytes of a body are kept.</summary>
    internal const int Kept = 1024;

    /// <summary>What went wrong; null: it was taken.</summary>
    public string? Complaint => Status is >= 200 and < 300 ? null
        : string.Create(CultureInfo.InvariantCulture, $"It answered {Status}.");
}

/// <summary>How headers of channels are stored.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HookJson : System.Text.Json.Serialization.JsonSerializerContext;
