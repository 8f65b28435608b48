using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Recording.Page;

/// <summary>The page /recorder: files of this assembly, and a policy that loads nothing from elsewhere.</summary>
internal static class RecorderPage
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self' blob:; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly (string File, string Type)[] Files =
    [
        ("recorder.css", "text/css"), ("recorder.js", "text/javascript"), ("recorder-socket.js", "text/javascript"),
        ("pattern.js", "text/javascript"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        Serve(routes, "/recorder", "recorder.html", "text/html")
            .Says("A page that records a screen or a test picture, and plays it.", "For anybody; it asks for a token.")
            .Answers("text/html");
        foreach (var (file, type) in Files)
        {
            Serve(routes, "/recorder/" + file, file, type).ExcludeFromDescription();
        }
    }

    private static IEndpointConventionBuilder Serve(IEndpointRouteBuilder routes, string path, string file, string type)
    {
        var content = new Lazy<(byte[] Bytes, string Tag)>(() => Read(file));
        return routes.MapMethods(path, ["GET", "HEAD"], (RequestDelegate)AnswerAsync).AllowAnonymous();

        Task AnswerAsync(HttpContext context)
        {
            var (bytes, tag) = content.Value;
            var headers = context.Response.Headers;
            headers.ETag = tag;
            headers.CacheControl = "no-cache";
            headers.XContentTypeOptions = "nosniff";
            headers.ContentSecurityPolicy = Policy;
            headers["Referrer-Policy"] = "no-referrer";
            headers["Permissions-Policy"] = "display-capture=(self)";
            if (context.Request.Headers.IfNoneMatch == tag)
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return Task.CompletedTask;
            }

            context.Response.ContentType = type + "; charset=utf-8";
            context.Response.ContentLength = bytes.Length;
            return HttpMethods.IsHead(context.Request.Method)
                ? Task.CompletedTask : context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
        }
    }

    private static (byte[] Bytes, string Tag) Read(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("recorder/" + file)
            ?? throw new InvalidOperationException($"{file} is not in the assembly");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return (bytes, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"");
    }
}
