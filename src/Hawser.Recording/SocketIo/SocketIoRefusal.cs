using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.SocketIo;

/// <summary>Why a request to the Socket.IO path gets no connection (recorder.md §2.1).</summary>
internal enum SocketIoRefusal
{
    /// <summary>Another transport than WebSocket, or none.</summary>
    TransportUnknown,

    /// <summary>A session of the past; there is no resumption here.</summary>
    SessionUnknown,

    /// <summary>WebSocket, but not by GET.</summary>
    BadMethod,

    /// <summary>WebSocket, but no upgrade.</summary>
    BadRequest,

    /// <summary>The origin may not.</summary>
    Forbidden,

    /// <summary>Another Engine.IO than 4.</summary>
    UnsupportedVersion,

    /// <summary>No room, or too many broken rules.</summary>
    Overloaded,
}

/// <summary>How refusals are told: as JSON, and so that a page of any origin can read it.</summary>
internal static class RefusalAnswers
{
    private const int RetryAfterSeconds = 10;

    public static Task AnswerAsync(HttpContext context, SocketIoRefusal refusal, bool originAllowed)
    {
        var (status, code, message) = refusal switch
        {
            SocketIoRefusal.TransportUnknown => (400, 0, "Transport unknown"),
            SocketIoRefusal.SessionUnknown => (400, 1, "Session ID unknown"),
            SocketIoRefusal.BadMethod => (400, 2, "Bad handshake method"),
            SocketIoRefusal.BadRequest => (400, 3, "Bad request"),
            SocketIoRefusal.Forbidden => (403, 4, "Forbidden"),
            SocketIoRefusal.UnsupportedVersion => (400, 5, "Unsupported protocol version"),
            _ => (503, 4, "Overloaded"),
        };
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        if (status == 503) response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        AddCors(context, originAllowed);
        var body = Encoding.UTF8.GetBytes($$"""{"code":{{code}},"message":"{{message}}"}""");
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static void AnswerPreflight(HttpContext context, bool originAllowed)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        AddCors(context, originAllowed);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET,HEAD,PUT,PATCH,POST,DELETE";
        headers.AccessControlAllowHeaders = "Authorization,Content-Type";
        headers.AccessControlMaxAge = "600";
    }

    /// <summary>The reason may be read by anyone, for it tells nothing; with credentials, by allowed origins.</summary>
    private static void AddCors(HttpContext context, bool originAllowed)
    {
        var headers = context.Response.Headers;
        var origin = context.Request.Headers.Origin.ToString();
        headers.Vary = "Origin";
        if (origin.Length == 0 || !origin.All(c => c is > ' ' and < '\x7f'))
        {
            headers.AccessControlAllowOrigin = "*";
            return;
        }

        headers.AccessControlAllowOrigin = origin;
        if (originAllowed) headers.AccessControlAllowCredentials = "true";
    }
}
