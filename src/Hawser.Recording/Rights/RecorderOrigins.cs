using System.Net;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Rights;

/// <summary>
/// Which pages may use the recorder: those of the name that this server was called by, on whatever port, and those that
/// the operator listed. On this machine, its names are one (reference §4.8).
/// </summary>
internal sealed class RecorderOrigins(RecordingOptions options, RecordingParts parts)
{
    private const string Exposed = "Accept-Ranges, Content-Range, Content-Length, ETag, Content-Disposition";
    private const string Accepted = "Authorization, Content-Type, Range, If-Range, If-None-Match";

    private bool Any => options.AllowedOrigins.Contains("*");

    /// <summary>Whether the page that a request comes from may; programs that are no page say no origin.</summary>
    public bool IsAllowed(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || Any) return true;
        if (options.AllowedOrigins.Contains(origin.TrimEnd('/'), StringComparer.OrdinalIgnoreCase)) return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var page)) return false;
        if (string.Equals(page.Host, context.Request.Host.Host, StringComparison.OrdinalIgnoreCase)) return true;
        return parts.IsFromHere(context) && IsThisMachine(page.Host);
    }

    /// <summary>Lets a page of another origin read an answer; without credentials of the browser's own.</summary>
    public void Answer(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (!Any) headers.Append("Vary", "Origin");
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0 || !IsAllowed(context)) return;
        headers.AccessControlAllowOrigin = Any ? "*" : origin;
        headers.AccessControlExposeHeaders = Exposed;
        if (!HttpMethods.IsOptions(context.Request.Method)) return;
        headers.AccessControlAllowMethods = "GET, HEAD, POST, PATCH, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders = Accepted;
        headers.AccessControlMaxAge = "600";
    }

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
