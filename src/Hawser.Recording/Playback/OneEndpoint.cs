using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>One recording: what there is to say of it, what people say of it, and its end.</summary>
internal static class OneEndpoint
{
    /// <summary>GET.</summary>
    public static async Task ShowAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is { } asked) await ShowAsync(context, desk, asked, StatusCodes.Status200OK);
    }

    /// <summary>PATCH.</summary>
    public static async Task ChangeAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        if (await RecordingEdit.ReadAsync(context) is not { } change) return;
        var code = await desk.Library.ChangeAsync(
            asked.Visitor.Caller, asked.RecordId, change, context.RequestAborted);
        if (await RefusedAsync(context, code, "You have no right to change this.")) return;
        await TellAsync(context, desk, asked, change);
        await ShowAsync(context, desk, asked, StatusCodes.Status200OK);
    }

    /// <summary>DELETE, with the reason in the query.</summary>
    public static async Task DeleteAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        if (asked.Visitor.NeedsProof)
        {
            await PlaybackAnswers.RefuseAsync(
                context, 403, "Please confirm that it is you, then try again.", "step_up");
            return;
        }

        var code = await desk.Library.DeleteAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (code == RecordCode.Busy)
        {
            await PlaybackAnswers.RefuseAsync(context, 409, "This recording is held; release it first.");
            return;
        }

        if (await RefusedAsync(context, code, "You have no right to delete this recording.")) return;
        var reason = context.Request.Query["reason"].ToString();
        await desk.Audit.WriteAsync(RecordingDeed.Deleted, asked.Visitor, new AuditInfo(asked.RecordId)
        {
            Reason = reason.Length == 0 ? null
                : reason.Length > RecordingEdit.LongestReason ? reason[..RecordingEdit.LongestReason] : reason,
        }, context.Connection.RemoteIpAddress);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>POST …/finish.</summary>
    public static async Task FinishAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        var code = await desk.Library.FinishAgainAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (code == RecordCode.Finished)
        {
            await PlaybackAnswers.RefuseAsync(
                context, 409, "Only a recording that failed, and whose parts are still there, can be finished again.");
            return;
        }

        if (await RefusedAsync(context, code, "You have no right to change this.")) return;
        await desk.Audit.WriteAsync(
            RecordingDeed.FinishedAgain, asked.Visitor, new AuditInfo(asked.RecordId),
            context.Connection.RemoteIpAddress);
        await ShowAsync(context, desk, asked, StatusCodes.Status202Accepted);
    }

    /// <summary>GET …/views: who watched or fetched it.</summary>
    public static async Task ViewsAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        var view = await desk.Library.ViewAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (view.State == RecordState.NotFound)
        {
            await RefusedAsync(context, RecordCode.NotStarted, "");
            return;
        }

        var views = await desk.Audit.ViewsAsync(asked.RecordId, view.CreatedAt, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(
            context, new RecordingViews(views.Count, views), PlaybackJson.Default.RecordingViews);
    }

    /// <summary>GET …/events: what the logs say of the time that it shows.</summary>
    public static async Task EventsAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        var events = await desk.Library.EventsAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (events is null)
        {
            await RefusedAsync(context, RecordCode.NotStarted, "");
            return;
        }

        await PlaybackAnswers.WriteAsync(
            context, new RecordingEvents(events.Count, events), PlaybackJson.Default.RecordingEvents);
    }

    /// <summary>GET …/sha256: the hash of its file, as programs that check files read it.</summary>
    public static async Task HashAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        var view = await desk.Library.ViewAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (view is not { FileHash.Length: > 0, Key: { } key })
        {
            await PlaybackAnswers.RefuseAsync(context, 404, "There is no such recording, or no hash of its file yet.");
            return;
        }

        var name = key.Replace('/', '-');
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}.sha256\"";
        context.Response.Headers.CacheControl = "no-store";
        await TypedResults.Text($"{view.FileHash}  {name}\n", "text/plain").ExecuteAsync(context);
    }

    /// <summary>GET …/activity: where in it something moves.</summary>
    public static async Task ActivityAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskAsync(context, desk) is not { } asked) return;
        var levels = await desk.Library.ActivityAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (levels is null)
        {
            await RefusedAsync(context, RecordCode.NotStarted, "");
            return;
        }

        await PlaybackAnswers.WriteAsync(
            context, new RecordingActivity(levels), PlaybackJson.Default.RecordingActivity);
    }

    // Who asks, and for what; null after it was refused.
    private static async ValueTask<Asked?> AskAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return null;
        var recordId = context.Request.RouteValues["recordId"] as string;
        if (RecordId.IsValid(recordId)) return new Asked(visitor, recordId);
        await PlaybackAnswers.RefuseAsync(context, 400, RecordCode.BadRecordId.Text());
        return null;
    }

    private static async Task ShowAsync(HttpContext context, RecordingsDesk desk, Asked asked, int status)
    {
        var view = await desk.Library.ViewAsync(asked.Visitor.Caller, asked.RecordId, context.RequestAborted);
        if (view.State == RecordState.NotFound)
        {
            await RefusedAsync(context, RecordCode.NotStarted, "");
            return;
        }

        var items = await desk.ItemsAsync([view], asked.Visitor, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(context, items[0], PlaybackJson.Default.RecordingItem, status);
    }

    private static async ValueTask<bool> RefusedAsync(HttpContext context, RecordCode code, string forbidden)
    {
        var (status, text) = code switch
        {
            RecordCode.Ok => (0, ""),
            RecordCode.Forbidden => (403, forbidden),
            RecordCode.NotStarted => (404, "Recording not found"),
            _ => (503, code.Text()),
        };
        if (status == 0) return false;
        await PlaybackAnswers.RefuseAsync(context, status, text);
        return true;
    }

    private static async Task TellAsync(HttpContext context, RecordingsDesk desk, Asked asked, RecordChange change)
    {
        var from = context.Connection.RemoteIpAddress;
        if (change.Title is not null || change.Note is not null)
        {
            await desk.Audit.WriteAsync(
                RecordingDeed.Changed, asked.Visitor,
                new AuditInfo(asked.RecordId) { Title = change.Title, Note = change.Note }, from);
        }

        if (change.Held is { } held)
        {
            await desk.Audit.WriteAsync(
                held ? RecordingDeed.Held : RecordingDeed.Released, asked.Visitor,
                new AuditInfo(asked.RecordId) { Reason = change.Reason }, from);
        }
    }

    private sealed record Asked(Visitor Visitor, string RecordId);
}
