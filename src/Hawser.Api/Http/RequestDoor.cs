using Hawser.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Http;

/// <summary>
/// The first thing a request meets: doubled slashes of old clients (reference §1.1), the path a proxy publishes us
/// under, CORS for web clients (§14.6), and an answer in the field's shape when something breaks.
/// </summary>
internal sealed partial class RequestDoor(RequestDelegate next, ApiOptions options, ILogger<RequestDoor> log)
{
    private const string Methods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
    private const string Headers = "authorization, content-type";

    public Task InvokeAsync(HttpContext context)
    {
        Straighten(context.Request);
        // Only the API is answered in the API's shape; health, metrics and pages have their own.
        if (!context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)) return next(context);
        AllowOrigin(context);
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }

        return GuardAsync(context);
    }

    private void Straighten(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (path.StartsWith("//", StringComparison.Ordinal)) request.Path = "/" + path.TrimStart('/');
        if (options.PathBase.Length == 0
            || !request.Path.StartsWithSegments(options.PathBase, StringComparison.Ordinal, out var rest)) return;
        request.PathBase = options.PathBase;
        request.Path = rest.HasValue ? "/" + rest.Value!.TrimStart('/') : "/";
    }

    // Also on errors, or the page can't read them. Credentials are never allowed: tokens come as a header.
    private void AllowOrigin(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0) return;
        var any = options.AllowedOrigins.Contains("*");
        if (!any && !options.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)) return;
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = any ? "*" : origin;
        if (!any) headers.Vary = "Origin";
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = "86400";
    }

    private async Task GuardAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone; nobody reads an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await AnswerAsync(context, e);
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception e)
    {
        var (status, text) = e switch
        {
            BadHttpRequestException bad => (bad.StatusCode, "The request could not be read."),
            _ when e.IsCollision() => (409, "Somebody else changed the same in this moment, please try again."),
            // A statement that the database refuses is a fault of ours; one that it could not hear is not.
            _ when e is StoreException || e.IsPassingStoreFault() =>
                (503, "The database is not available, please try again."),
            _ => (500, "Something went wrong on the server; its log says more."),
        };
        if (status == 503) Log.StoreFailed(log, e, context.Request.Method, context.Request.Path);
        else if (status == 409) Log.Collided(log, e, context.Request.Method, context.Request.Path);
        else if (status == 500) Log.Failed(log, e, context.Request.Method, context.Request.Path);
        context.Response.Headers.ContentEncoding = default;
        await ClientResults.Error(status, text).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(6000, LogLevel.Error, "{Method} {Path} failed")]
        internal static partial void Failed(ILogger logger, Exception exception, string method, string path);

        [LoggerMessage(6003, LogLevel.Warning, "{Method} {Path} met another change of the same")]
        internal static partial void Collided(ILogger logger, Exception exception, string method, string path);

        [LoggerMessage(6001, LogLevel.Warning, "{Method} {Path} needs the database, which did not answer")]
        internal static partial void StoreFailed(ILogger logger, Exception exception, string method, string path);
    }
}
