using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// The first thing a request meets: doubled slashes of old clients (reference §1.1), the path a proxy publishes us
/// under, CORS for web clients (§14.6), and an answer in the field's shape when something breaks.
/// </summary>
internal sealed class RequestDoor(RequestDelegate next, ApiOptions options)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value ?? "";
        if (path.StartsWith("//", StringComparison.Ordinal)) request.Path = path = "/" + path.TrimStart('/');
        if (options.PathBase.Length > 0
            && request.Path.StartsWithSegments(options.PathBase, StringComparison.Ordinal, out var rest))
        {
            request.PathBase = options.PathBase;
            request.Path = rest.HasValue ? "/" + rest.Value!.TrimStart('/') : "/";
        }

        return next(context);
    }
}
