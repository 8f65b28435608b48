using Hawser.Recording.Library;
using Hawser.Recording.Rights;

namespace Hawser.Recording.Playback;

/// <summary>Recordings as lists and their own addresses tell them.</summary>
internal static class RecordingItems
{
    /// <summary>Several of them.</summary>
    public static async Task<IReadOnlyList<RecordingItem>> ItemsAsync(
        this RecordingsDesk desk, IReadOnlyList<RecordView> views, Visitor visitor,
        CancellationToken cancellationToken)
    {
        var names = await desk.Library.NamesAsync(views, cancellationToken);
        var items = new List<RecordingItem>(views.Count);
        foreach (var view in views)
        {
            items.Add(await desk.WithFilesAsync(Item(view, names), view, visitor, cancellationToken));
        }

        return items;
    }

    /// <summary>One of them, without addresses.</summary>
    public static RecordingItem Item(RecordView view, IReadOnlyDictionary<Guid, string> names) =>
        new(view.RecordId, StatusEndpoint.NameOf(view.State))
    {
        User = view.Account is { } account ? names.GetValueOrDefault(account) : null,
        Guid = view.Guid,
        Title = view.Title,
        Note = view.Note,
        Held = view.HeldAt is not null,
        HeldAt = view.HeldAt,
        KeptUntil = view.KeptUntil,
        Owner = view.Owner,
        UserGuid = view.Account,
        Uploaded = view.Uploaded,
        Device = view.DeviceId,
        DeviceGuid = view.DeviceGuid,
        Display = view.Display,
        Peer = view.PeerId,
        ConnectionGuid = view.ConnectionGuid,
        Direction = view.Direction,
        Codec = view.Codec,
        Size = view.Size,
        Chunks = view.Chunks,
        DurationMs = view.DurationMs,
        MimeType = view.MimeType,
        Sha256 = view.FileHash.Length > 0 ? view.FileHash : null,
        Incomplete = view.Incomplete,
        Progress = view.State is RecordState.Stopping or RecordState.Finalising ? view.Progress : null,
        Code = view.Code?.Name(),
        Reason = view.Reason.Length > 0 ? view.Reason : null,
        CanFinish = view.CanFinish,
        StartedAt = view.StartedAt,
        CreatedAt = view.CreatedAt,
        FinishedAt = view.FinishedAt,
    };

    // Whoever gets an answer with addresses may open them; a player sends no header.
    private static async ValueTask<RecordingItem> WithFilesAsync(
        this RecordingsDesk desk, RecordingItem item, RecordView view, Visitor visitor,
        CancellationToken cancellationToken)
    {
        if (view.State != RecordState.Ready) return item;
        return item with
        {
            DownloadUrl = await desk.Links.DownloadAsync(view.Key, visitor, cancellationToken),
            PosterUrl = view.HasPoster
                ? await desk.Links.FileAsync(view.RecordId, "poster.jpg", visitor, cancellationToken) : null,
            PreviewUrl = view.HasPreview
                ? await desk.Links.FileAsync(view.RecordId, "preview.webm", visitor, cancellationToken) : null,
        };
    }
}
