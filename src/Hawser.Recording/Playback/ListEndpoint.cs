using Hawser.Recording.Library;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET /recordings</c> and <c>GET /api/recordings</c>: the caller's recordings, an administrator's everybody's;
/// newest first.
/// </summary>
internal static class ListEndpoint
{
    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return;
        if ((visitor.Caller.Rights & RecordRights.View) == RecordRights.None)
        {
            await PlaybackAnswers.RefuseAsync(context, 403, "The token has no right to see recordings.");
            return;
        }

        if (!ListQuery.TryRead(context.Request.Query, out var query, out var complaint))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, complaint);
            return;
        }

        var page = await desk.Library.ListAsync(visitor.Caller, query, context.RequestAborted);
        var items = await desk.ItemsAsync(page.Items, visitor, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(
            context, new RecordingPage(page.Total, items), PlaybackJson.Default.RecordingPage);
    }
}
