using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Hawser.Recording.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET|HEAD /recordings/download/{key}</c>, posters and previews: ranges, conditions and names of
/// reference §1.10.
/// </summary>
internal static class DownloadEndpoint
{
    public static Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (FileKey.TryRead(context, out var key))
        {
            var part = key.File == StoredNames.Copy ? RecordPart.Copy : RecordPart.Final;
            return SendAsync(context, desk, key.RecordId, key.File, part);
        }

        // A recording may be called "download".
        return context.Request.RouteValues["key"] is "status"
            ? StatusEndpoint.HandleAsync(context, desk, "download") : NotFoundAsync(context, null);
    }

    public static Task PosterAsync(HttpContext context, RecordingsDesk desk) =>
        SendAsync(context, desk, context.Request.RouteValues["recordId"] as string, "poster.jpg", RecordPart.Poster);

    public static Task PreviewAsync(HttpContext context, RecordingsDesk desk) =>
        SendAsync(context, desk, context.Request.RouteValues["recordId"] as string, "preview.webm", RecordPart.Preview);

    private static async Task SendAsync(
        HttpContext context, RecordingsDesk desk, string? recordId, string name, RecordPart part)
    {
        if (!RecordId.IsValid(recordId))
        {
            await NotFoundAsync(context, null);
            return;
        }

        var key = $"{recordId}/{name}";
        if (await CallerAsync(context, desk, key) is not { } visitor) return;
        if (part == RecordPart.Final && await IsSentOnAsync(context, desk, visitor, recordId, name)) return;
        var file = await desk.Library.OpenAsync(visitor.Caller, recordId, part, context.RequestAborted);
        if (file is null)
        {
            await NotFoundAsync(context, key);
            return;
        }

        await using var content = file.Content;
        if (part == RecordPart.Final && !file.Name.EndsWith(name, StringComparison.Ordinal))
        {
            // It is there in the other container; its address says so.
            await NotFoundAsync(context, key);
            return;
        }

        if (part is RecordPart.Final or RecordPart.Copy) await WriteDownAsync(context, desk, visitor, recordId);
        SetHeaders(context, file, part);
        await TypedResults.Stream(
            content, file.ContentType, fileDownloadName: null, file.LastModified,
            EntityTagHeaderValue.Parse(file.ETag), enableRangeProcessing: true).ExecuteAsync(context);
    }

    /// <summary>
    /// Who saves a file may fetch it where it is. Who plays it is served from here: the policy of a page lets it play
    /// only what comes from this server.
    /// </summary>
    private static async ValueTask<bool> IsSentOnAsync(
        HttpContext context, RecordingsDesk desk, Visitor visitor, string recordId, string name)
    {
        if (IsInline(context) || !HttpMethods.IsGet(context.Request.Method)) return false;
        var address = await desk.Library.AddressAsync(visitor.Caller, recordId, name, context.RequestAborted);
        if (address is null) return false;
        await WriteDownAsync(context, desk, visitor, recordId);
        var headers = context.Response.Headers;
        headers.Location = address.AbsoluteUri;
        headers.CacheControl = "no-store";
        // The link that led here is none of the storage's business.
        headers["Referrer-Policy"] = "no-referrer";
        context.Response.StatusCode = StatusCodes.Status302Found;
        return true;
    }

    // A link stands for itself; without one it is the caller who needs the right.
    private static async ValueTask<Visitor?> CallerAsync(HttpContext context, RecordingsDesk desk, string key)
    {
        var link = await desk.Signatures.CheckAsync(key, context.Request.Query, context.RequestAborted);
        switch (link.Verdict)
        {
            case LinkVerdict.Valid:
                return await desk.HolderAsync(context, link);
            case LinkVerdict.Void:
                await PlaybackAnswers.RefuseAsync(context, 403, "This link is no longer valid.");
                return null;
            default:
                return await desk.VisitorAsync(context);
        }
    }

    private static Task WriteDownAsync(HttpContext context, RecordingsDesk desk, Visitor visitor, string recordId)
    {
        var from = context.Connection.RemoteIpAddress;
        var deed = IsInline(context) ? RecordingDeed.Watched : RecordingDeed.Downloaded;
        var who = $"{visitor.Caller.Account} {from} {deed}";
        return HttpMethods.IsGet(context.Request.Method) && desk.Recent.IsNew(who, recordId)
            ? desk.Audit.WriteAsync(deed, visitor, AuditInfo.OfView(recordId, visitor.ByLink), from)
            : Task.CompletedTask;
    }

    private static bool IsInline(HttpContext context) => context.Request.Query["inline"] == "1";

    private static void SetHeaders(HttpContext context, RecordFile file, RecordPart part)
    {
        var headers = context.Response.Headers;
        var inline = part is not (RecordPart.Final or RecordPart.Copy) || IsInline(context);
        headers.ContentDisposition = $"{(inline ? "inline" : "attachment")}; filename=\"{file.Name}\"";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "private, no-cache";
        // What somebody recorded must not run as a page of ours, whatever a browser makes of it.
        headers.ContentSecurityPolicy = "default-src 'none'; media-src 'self'; sandbox";
    }

    // The key is told only when it is one: nothing that climbs is echoed.
    private static Task NotFoundAsync(HttpContext context, string? key) =>
        PlaybackAnswers.RefuseAsync(context, 404, key is null ? "Recording not found" : $"Recording not found: {key}");
}
