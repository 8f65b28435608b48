using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET /recordings/{recordId}/saved</c>: what is saved so far of a recording that is being made, by ranges whose end
/// nobody knows yet: <c>Content-Range: bytes 0-99/*</c>. <c>Last-Modified</c> says when the last of it was saved.
/// </summary>
internal static partial class SavedEndpoint
{
    /// <summary>A range is answered with at most so much; who watches asks for the next.</summary>
    private const long MostOfRange = 8 << 20;

    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return;
        var recordId = context.Request.RouteValues["recordId"] as string;
        if (!RecordId.IsValid(recordId))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, RecordCode.BadRecordId.Text());
            return;
        }

        var (code, saved) = await desk.Library.SavedAsync(visitor.Caller, recordId, context.RequestAborted);
        if (saved is null)
        {
            var (status, text) = code switch
            {
                RecordCode.NotStarted => (404, "Recording not found"),
                RecordCode.Finished => (409, "It is not being made any more; its file says all."),
                _ => (404, "There is nothing of it on this node yet."),
            };
            await PlaybackAnswers.RefuseAsync(context, status, text);
            return;
        }

        if (await RangeAsync(context, saved) is not { } range) return;
        var isRead = HttpMethods.IsGet(context.Request.Method);
        if (isRead) await WriteDownAsync(context, desk, visitor, recordId);
        if (isRead) await SendAsync(context, desk, saved, range);
    }

    // Sets status and headers; null after a range that is not there was refused.
    private static async ValueTask<(long From, long Length)?> RangeAsync(HttpContext context, SavedBytes saved)
    {
        var (response, headers) = (context.Response, context.Response.Headers);
        headers.AcceptRanges = "bytes";
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        // What somebody recorded must not run as a page of ours, whatever a browser makes of it.
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.LastModified = HeaderUtilities.FormatDate(new DateTimeOffset(saved.At, TimeSpan.Zero));
        var (from, length) = (0L, saved.Size);
        if (context.Request.GetTypedHeaders().Range is { Ranges.Count: 1 } asked && asked.Unit == "bytes")
        {
            var range = asked.Ranges.First();
            from = range.From ?? Math.Max(0, saved.Size - (range.To ?? 0));
            var end = Math.Min(saved.Size, range.From is null ? saved.Size : 1 + (range.To ?? (saved.Size - 1)));
            length = Math.Min(end - from, MostOfRange);
            if (length <= 0)
            {
                headers.ContentRange = $"bytes */{saved.Size}";
                await PlaybackAnswers.RefuseAsync(context, 416, "So much of it is not saved yet.");
                return null;
            }

            response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = $"bytes {from}-{from + length - 1}/*";
        }

        response.ContentType = saved.MimeType;
        response.ContentLength = length;
        return (from, length);
    }

    private static async Task SendAsync(
        HttpContext context, RecordingsDesk desk, SavedBytes saved, (long From, long Length) range)
    {
        try
        {
            await saved.CopyAsync(range.From, range.Length, context.Response.Body, context.RequestAborted);
        }
        catch (IOException e) when (context.Response.HasStarted)
        {
            // Deleted while it was read: less than was announced must not look like all of it.
            Log.BrokeOff(desk.Log, e.Message);
            context.Abort();
        }
    }

    private static Task WriteDownAsync(HttpContext context, RecordingsDesk desk, Visitor visitor, string recordId)
    {
        var from = context.Connection.RemoteIpAddress;
        var who = $"{visitor.Caller.Account} {from} {RecordingDeed.Watched}";
        return desk.Recent.IsNew(who, recordId)
            ? desk.Audit.WriteAsync(RecordingDeed.Watched, visitor, AuditInfo.OfView(recordId, visitor.ByLink), from)
            : Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(7182, LogLevel.Debug, "What is saved of a recording could not be read to its end: {Reason}")]
        internal static partial void BrokeOff(ILogger logger, string reason);
    }
}
