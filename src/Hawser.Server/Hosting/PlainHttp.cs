using System.Globalization;

namespace Hawser.Server.Hosting;

/// <summary>
/// What is around TLS: the second port that speaks plain HTTP, the answers that prove a name to a certificate
/// authority, and the header that makes browsers stay with HTTPS.
/// </summary>
internal static class PlainHttp
{
    private const string Challenge = "/.well-known/acme-challenge";
    private const int MaxAnswer = 4096;

    /// <summary>The folder with the answers for certificate authorities; see <c>--http-acme-webroot</c>.</summary>
    public static string WebRoot(HawserOptions options) =>
        options.Http.AcmeWebroot.Length > 0 ? options.Http.AcmeWebroot : Path.Combine(options.Data, "acme");

    /// <summary>Adds the header; only where this server speaks TLS itself, a proxy has its own.</summary>
    public static void Harden(HawserNode node, HttpContext context)
    {
        if (node.Certificate is null || !context.Request.IsHttps || node.Options.Http.HstsDays == 0) return;
        context.Response.Headers.StrictTransportSecurity = string.Create(
            CultureInfo.InvariantCulture, $"max-age={node.Options.Http.HstsDays * 86_400L}");
    }

    /// <summary>Whether a request is answered by <see cref="AnswerAsync"/>.</summary>
    public static bool Concerns(HawserNode node, HttpContext context)
    {
        var path = context.Request.Path;
        if (path.StartsWithSegments(Challenge, StringComparison.Ordinal)) return true;
        // Whoever watches over the machine asks on the plain port, too.
        return Listeners.Of(context) == Listener.Plain && node.Options.Http.Plain == PlainMode.Redirect
            && !path.StartsWithSegments("/health", StringComparison.Ordinal);
    }

    /// <summary>Answers what needs no TLS, and sends everything else to where it is spoken.</summary>
    public static Task AnswerAsync(HawserNode node, HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments(Challenge, StringComparison.Ordinal, out var rest))
        {
            return ProveAsync(node, context, rest.Value ?? "");
        }

        Redirect(node, context);
        return Task.CompletedTask;
    }

    // 308: a POST stays one (admin reference §1).
    private static void Redirect(HawserNode node, HttpContext context)
    {
        var request = context.Request;
        var host = request.Host.Host;
        // Without a name there is nowhere to send anybody. Names are checked, they become part of a header.
        if (Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var port = node.Options.Http.Port;
        var bare = host.Trim('[', ']');
        var target = port != 443 ? HostAndPort.Join(bare, port)
            : bare.Contains(':', StringComparison.Ordinal) ? $"[{bare}]" : bare;
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        context.Response.Headers.Location =
            $"https://{target}{request.PathBase.ToUriComponent()}{request.Path.ToUriComponent()}"
            + request.QueryString.ToUriComponent();
    }

    private static async Task ProveAsync(HawserNode node, HttpContext context, string rest)
    {
        var token = rest.TrimStart('/');
        var named = token.Length is > 0 and <= 128
            && token.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
        var response = context.Response;
        response.ContentType = "text/plain; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (named && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            var file = new FileInfo(Path.Combine(WebRoot(node.Options), ".well-known", "acme-challenge", token));
            try
            {
                if (file.Exists && file.Length <= MaxAnswer)
                {
                    var bytes = await File.ReadAllBytesAsync(file.FullName, context.RequestAborted);
                    response.ContentLength = bytes.Length;
                    if (HttpMethods.IsGet(context.Request.Method)) await response.Body.WriteAsync(bytes);
                    return;
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone meanwhile, or not ours to read: there is none.
            }
        }

        response.StatusCode = StatusCodes.Status404NotFound;
        await response.WriteAsync("not found\n", context.RequestAborted);
    }
}
