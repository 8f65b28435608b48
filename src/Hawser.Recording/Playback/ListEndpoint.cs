using System.Globalization;
using System.Runtime.CompilerServices;
using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET /recordings</c> and <c>GET /api/recordings</c>: the caller's recordings, an administrator's everybody's;
/// newest first. As a file: all of them.
/// </summary>
internal static class ListEndpoint
{
    /// <summary>Of the file; as JSON calls them.</summary>
    private static readonly string[] Columns =
    [
        "recordId", "guid", "title", "status", "startedAt", "durationMs", "device", "peer", "direction", "user",
        "source", "codec", "size", "sha256", "held", "keptUntil", "incomplete", "reason", "note",
    ];

    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await AskedAsync(context, desk) is not var (visitor, query)) return;
        if (desk.FileOf(context, Columns, RowsAsync(desk, visitor, query, context.RequestAborted)) is { } file)
        {
            // Whoever takes the list along is in the log before the first row of it goes out.
            await desk.Audit.ExportedAsync(
                visitor, context.Request.QueryString.Value ?? "", context.Connection.RemoteIpAddress);
            await file.ExecuteAsync(context);
            return;
        }

        var asOf = desk.AsOf;
        var page = await desk.Library.ListAsync(visitor.Caller, query, context.RequestAborted);
        var items = await desk.ItemsAsync(page.Items, visitor, context.RequestAborted);
        await PlaybackAnswers.WriteAsync(
            context, new RecordingPage(page.Total, items, asOf), PlaybackJson.Default.RecordingPage);
    }

    /// <summary>Who asks for which recordings; null: refused, and answered.</summary>
    public static async Task<(Visitor Visitor, RecordQuery Query)?> AskedAsync(
        HttpContext context, RecordingsDesk desk)
    {
        if (await desk.KnownVisitorAsync(context) is not { } visitor) return null;
        if ((visitor.Caller.Rights & RecordRights.View) == RecordRights.None)
        {
            await PlaybackAnswers.RefuseAsync(context, 403, "The token has no right to see recordings.");
            return null;
        }

        if (ListQuery.TryRead(context.Request.Query, out var query, out var complaint)) return (visitor, query);
        await PlaybackAnswers.RefuseAsync(context, 400, complaint);
        return null;
    }

    private static async IAsyncEnumerable<string?[]> RowsAsync(
        RecordingsDesk desk, Visitor visitor, RecordQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var some in desk.Library.AllAsync(visitor.Caller, query, cancellationToken))
        {
            var names = await desk.Library.NamesAsync(some, cancellationToken);
            foreach (var view in some) yield return Cells(RecordingItems.Item(view, names));
        }
    }

    private static string?[] Cells(RecordingItem i) =>
    [
        i.RecordId, i.Guid.ToString(), i.Title, i.Status, Text(i.StartedAt ?? i.CreatedAt), Text(i.DurationMs),
        i.Device, i.Peer, i.Direction, i.User, i.Uploaded ? "upload" : "stream", i.Codec, Text(i.Size), i.Sha256,
        Text(i.Held), Text(i.KeptUntil), Text(i.Incomplete), i.Reason, i.Note,
    ];

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string Text(bool flag) => flag ? "1" : "0";

    private static string? Text(DateTime? time) =>
        time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
