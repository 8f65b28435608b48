namespace Hawser.Server.Hosting;

/// <summary>
/// <c>/openapi/v1.json</c>: what the HTTP interface is, for anybody. The file of the repository, carried in the
/// program: nothing is generated at run time (ADR 0015).
/// </summary>
internal static class ApiDocument
{
    internal const string Path = "/openapi/v1.json";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path, Methods, (RequestDelegate)WriteAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task WriteAsync(HttpContext context)
    {
        await using var document = typeof(ApiDocument).Assembly.GetManifestResourceStream("openapi.json")!;
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = document.Length;
        response.Headers.CacheControl = "no-cache";
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await document.CopyToAsync(response.Body, context.RequestAborted);
        }
    }
}
