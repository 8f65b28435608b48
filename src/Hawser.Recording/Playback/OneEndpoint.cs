using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>One recording: what there is to say of it, and its end.</summary>
internal static class OneEndpoint
{
    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        var recordId = context.Request.RouteValues["recordId"] as string;
        if (!RecordId.IsValid(recordId))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, RecordCode.BadRecordId.Text());
            return;
        }

        if (await desk.KnownVisitorAsync(context) is not { } visitor) return;
        if (HttpMethods.IsDelete(context.Request.Method)) await DeleteAsync(context, desk, visitor, recordId);
        else await ShowAsync(context, desk, visitor, recordId);
    }

    private static async Task ShowAsync(HttpContext context, RecordingsDesk desk, Visitor visitor, string recordId)
    {
        var view = await desk.Library.ViewAsync(visitor.Caller, recordId, context.RequestAborted);
        if (view.State == RecordState.NotFound)
        {
            await PlaybackAnswers.RefuseAsync(context, 404, "Recording not found");
            return;
        }

        var item = await ListEndpoint.ItemAsync(view, visitor, desk, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(context, item, PlaybackJson.Default.RecordingItem);
    }

    private static async Task DeleteAsync(HttpContext context, RecordingsDesk desk, Visitor visitor, string recordId)
    {
        var code = await desk.Library.DeleteAsync(visitor.Caller, recordId, context.RequestAborted);
        switch (code)
        {
            case RecordCode.Ok:
                await desk.Audit.WriteAsync(
                    RecordingDeed.Deleted, visitor, recordId, context.Connection.RemoteIpAddress);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case RecordCode.Forbidden:
                await PlaybackAnswers.RefuseAsync(context, 403, "You have no right to delete this recording.");
                break;
            case RecordCode.Busy:
                await PlaybackAnswers.RefuseAsync(context, 409, code.Text());
                break;
            case RecordCode.NotStarted:
                await PlaybackAnswers.RefuseAsync(context, 404, "Recording not found");
                break;
            default:
                await PlaybackAnswers.RefuseAsync(context, 503, code.Text());
                break;
        }
    }
}
