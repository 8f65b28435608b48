using System.Globalization;
using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET /recordings</c> and <c>GET /api/recordings</c>: the caller's recordings, an administrator's everybody's;
/// newest first, paged as every list of the API is (<c>current</c>, <c>pageSize</c>).
/// </summary>
internal static class ListEndpoint
{
    private const int MostOnAPage = 100;

    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return;
        if ((visitor.Caller.Rights & RecordRights.View) == RecordRights.None)
        {
            await PlaybackAnswers.RefuseAsync(context, 403, "The token has no right to see recordings.");
            return;
        }

        var query = context.Request.Query;
        var state = query["status"].ToString();
        if (!TryState(state, out var wanted))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, "status is one of recording, processing, ready, error.");
            return;
        }

        var page = await desk.Library.ListAsync(visitor.Caller, new RecordQuery
        {
            Page = Number(query["current"], 1, int.MaxValue),
            PageSize = Number(query["pageSize"], 20, MostOnAPage),
            State = wanted,
            Owner = query["owner"].ToString() is { Length: > 0 and <= 64 } owner ? owner : null,
            Text = query["text"].ToString() is { Length: > 0 and <= 128 } text ? text : null,
        }, context.RequestAborted);
        var items = new List<RecordingItem>(page.Items.Count);
        foreach (var view in page.Items) items.Add(await ItemAsync(view, visitor, desk, context.RequestAborted));
        await PlaybackAnswers.WriteAsync(
            context, new RecordingPage(page.Total, items), PlaybackJson.Default.RecordingPage);
    }

    /// <summary>A recording with the addresses of its files.</summary>
    public static async ValueTask<RecordingItem> ItemAsync(
        RecordView view, Visitor visitor, RecordingsDesk desk, CancellationToken cancellationToken)
    {
        var isReady = view.State == RecordState.Ready;
        return new RecordingItem(view.RecordId, StatusEndpoint.NameOf(view.State))
        {
            Owner = view.Owner, Uploaded = view.Uploaded, Device = view.DeviceId, Peer = view.PeerId,
            Direction = view.Direction, Codec = view.Codec, Size = view.Size, Chunks = view.Chunks,
            DurationMs = view.DurationMs, MimeType = view.MimeType, Incomplete = view.Incomplete,
            Progress = view.State is RecordState.Stopping or RecordState.Finalising ? view.Progress : null,
            Code = view.Code?.Name(), Reason = view.Reason.Length > 0 ? view.Reason : null,
            StartedAt = view.StartedAt, CreatedAt = view.CreatedAt, FinishedAt = view.FinishedAt,
            DownloadUrl = isReady ? await desk.Links.DownloadAsync(view.Key, visitor, cancellationToken) : null,
            PosterUrl = isReady && view.HasPoster
                ? await desk.Links.FileAsync(view.RecordId, "poster.jpg", visitor, cancellationToken) : null,
            PreviewUrl = isReady && view.HasPreview
                ? await desk.Links.FileAsync(view.RecordId, "preview.webm", visitor, cancellationToken) : null,
        };
    }

    private static bool TryState(string text, out RecordState? state)
    {
        state = text switch
        {
            "recording" => RecordState.Recording,
            "processing" => RecordState.Finalising,
            "ready" => RecordState.Ready,
            "error" => RecordState.Failed,
            _ => null,
        };
        return state is not null || text.Length == 0;
    }

    private static int Number(string? text, int missing, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? Math.Min(number, most) : missing;
}
