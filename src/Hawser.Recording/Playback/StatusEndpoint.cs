using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary><c>GET /recordings/{recordId}/status</c>: what pollers of the original expect (reference §1.10).</summary>
internal static class StatusEndpoint
{
    private const string NotFound = "Recording not found or still processing";

    public static Task HandleAsync(HttpContext context, RecordingsDesk desk) =>
        HandleAsync(context, desk, context.Request.RouteValues["recordId"] as string);

    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk, string? recordId)
    {
        if (!RecordId.IsValid(recordId))
        {
            await PlaybackAnswers.RefuseAsync(context, 400, RecordCode.BadRecordId.Text());
            return;
        }

        if (await desk.VisitorAsync(context) is not { } visitor) return;
        var view = await desk.Library.ViewAsync(visitor.Caller, recordId, context.RequestAborted);
        var answer = await AnswerAsync(view, visitor, desk.Links, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(context, answer, PlaybackJson.Default.StatusAnswer);
    }

    /// <summary>The state in the words of the wire.</summary>
    public static string NameOf(RecordState state) => state switch
    {
        RecordState.Recording => "recording",
        RecordState.Stopping or RecordState.Finalising => "processing",
        RecordState.Ready => "ready",
        RecordState.Failed => "error",
        _ => "not_found",
    };

    private static async Task<StatusAnswer> AnswerAsync(
        RecordView view, Visitor visitor, RecordingLinks links, CancellationToken cancellationToken)
    {
        var answer = new StatusAnswer(view.RecordId, NameOf(view.State));
        switch (view.State)
        {
            case RecordState.Recording:
                return answer with { Message = "The recording is being made.", Chunks = view.Chunks };
            case RecordState.Stopping or RecordState.Finalising:
                return answer with
                {
                    Message = "The recording is being finished.", Chunks = view.Chunks, Progress = view.Progress,
                };
            case RecordState.Ready:
                return answer with
                {
                    DownloadUrl = await links.DownloadAsync(view.Key, visitor, cancellationToken),
                    Size = view.Size, DurationMs = view.DurationMs, MimeType = view.MimeType,
                    Incomplete = view.Incomplete,
                    PosterUrl = view.HasPoster
                        ? await links.FileAsync(view.RecordId, "poster.jpg", visitor, cancellationToken) : null,
                    PreviewUrl = view.HasPreview
                        ? await links.FileAsync(view.RecordId, "preview.webm", visitor, cancellationToken) : null,
                };
            case RecordState.Failed:
                var code = view.Code ?? RecordCode.FinalizeFailed;
                return answer with { Message = view.Reason.Length > 0 ? view.Reason : code.Text(), Code = code.Name() };
            default:
                return answer with { Message = NotFound };
        }
    }
}
