using System.Globalization;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hawser.Api.Files.Client;

/// <summary>
/// <c>HEAD</c> and <c>GET /downloads/…</c> (reference §14.3): length, ranges and a strong tag, so that an
/// interrupted download goes on where it was.
/// </summary>
internal static class DownloadEndpoint
{
    public static IResult Handle(HttpContext context, string? path, DownloadFolder folder)
    {
        if (folder.Find(path ?? "") is not { } file) return ClientResults.Error(404, "There is no such file.");
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "public, no-cache";
        var tag = string.Create(CultureInfo.InvariantCulture, $"\"{file.LastWriteTimeUtc.Ticks:x}-{file.Length:x}\"");
        return Results.File(
            file.FullName, "application/octet-stream", file.Name, new DateTimeOffset(file.LastWriteTimeUtc),
            new EntityTagHeaderValue(tag),
            enableRangeProcessing: true);
    }
}
