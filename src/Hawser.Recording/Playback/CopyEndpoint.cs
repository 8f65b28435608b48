using Hawser.Data.Recordings;
using Hawser.Recording.Copies;
using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Hawser.Recording.Storage;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>/recordings/{recordId}/copy</c>: a recording as MP4, for browsers that can't play its file. Who may watch it may
/// have one made, but for tokens that only read.
/// </summary>
internal static class CopyEndpoint
{
    /// <summary>GET.</summary>
    public static async Task ShowAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk, RecordRights.View) is not { } asked) return;
        await TellAsync(context, desk, asked, StatusCodes.Status200OK);
    }

    /// <summary>POST.</summary>
    public static async Task MakeAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk, RecordRights.Manage) is not { } asked) return;
        var (answer, isNew) = await desk.Copies.AskAsync(asked.View, context.RequestAborted);
        var (status, text) = answer switch
        {
            CopyAnswer.Nothing => (409, "There is no MP4 to make of this recording."),
            CopyAnswer.NoRoom => (409, "There is no room for another file of this recording."),
            CopyAnswer.Busy => (503, "Too many recordings wait for their MP4, please try again later."),
            _ => (0, ""),
        };
        if (status != 0)
        {
            if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "60";
            await PlaybackAnswers.RefuseAsync(context, status, text);
            return;
        }

        if (isNew)
        {
            await desk.Audit.WriteAsync(
                RecordingDeed.Copied, asked.Visitor, asked.View.RecordId, context.Connection.RemoteIpAddress);
        }

        await TellAsync(context, desk, asked, StatusCodes.Status202Accepted);
    }

    private static async ValueTask<Asked?> AskAsync(HttpContext context, RecordingsDesk desk, RecordRights right)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return null;
        if ((visitor.Caller.Rights & right) == RecordRights.None)
        {
            await PlaybackAnswers.RefuseAsync(context, 403, "You have no right to have files made.");
            return null;
        }

        var recordId = context.Request.RouteValues["recordId"] as string;
        if (!RecordId.IsValid(recordId))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, RecordCode.BadRecordId.Text());
            return null;
        }

        var view = await desk.Library.ViewAsync(visitor.Caller, recordId, context.RequestAborted);
        if (view.State != RecordState.NotFound) return new Asked(visitor, view);
        await PlaybackAnswers.RefuseAsync(context, 404, "Recording not found");
        return null;
    }

    private static async Task TellAsync(HttpContext context, RecordingsDesk desk, Asked asked, int status)
    {
        var copy = await desk.Copies.ViewAsync(asked.View, context.RequestAborted);
        var key = $"{asked.View.RecordId}/{StoredNames.Copy}";
        var isWaiting = copy.Status == RecordingCopyStatus.Waiting;
        var isReady = copy.Status == RecordingCopyStatus.Ready;
        var item = new RecordingCopyItem(NameOf(copy.Status), copy.CanMake)
        {
            Ahead = isWaiting ? copy.Ahead : null,
            Progress = copy.Status == RecordingCopyStatus.Making ? copy.Progress : null,
            Size = isReady ? copy.Size : null,
            Reason = copy.Reason.Length > 0 ? copy.Reason : null,
            DownloadUrl = isReady
                ? await desk.Links.DownloadAsync(key, asked.Visitor, context.RequestAborted) : null,
        };
        await PlaybackAnswers.WriteAsync(context, item, PlaybackJson.Default.RecordingCopyItem, status);
    }

    private static string NameOf(RecordingCopyStatus? status) => status switch
    {
        RecordingCopyStatus.Waiting => "waiting",
        RecordingCopyStatus.Making => "making",
        RecordingCopyStatus.Ready => "ready",
        RecordingCopyStatus.Failed => "failed",
        _ => "none",
    };

    private sealed record Asked(Visitor Visitor, RecordView View);
}
