namespace Hawser.Server.Hosting;

/// <summary>
/// <c>/docs</c>: the HTTP interface for people: one page of our own that shows <c>/openapi/v1.json</c>, from this
/// server only and with nothing inline, so that the strictest content policy holds.
/// </summary>
internal static class ApiReference
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "/docs", "reference.html", "text/html; charset=utf-8");
        Map(routes, "/docs/reference.js", "reference.js", "text/javascript; charset=utf-8");
        Map(routes, "/docs/reference.css", "reference.css", "text/css; charset=utf-8");
    }

    private static void Map(IEndpointRouteBuilder routes, string path, string resource, string type) =>
        routes.MapMethods(path, Methods, (RequestDelegate)(context => WriteAsync(context, resource, type)))
            .AllowAnonymous().ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context, string resource, string type)
    {
        await using var content = typeof(ApiReference).Assembly.GetManifestResourceStream(resource)!;
        var response = context.Response;
        response.ContentType = type;
        response.ContentLength = content.Length;
        response.Headers.CacheControl = "no-cache";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await content.CopyToAsync(response.Body, context.RequestAborted);
        }
    }
}
