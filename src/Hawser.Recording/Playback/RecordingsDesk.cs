using Hawser.Recording.Copies;
using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Recording.Playback;

/// <summary>What the addresses of recordings are answered with.</summary>
internal sealed class RecordingsDesk(
    Recordings library, RecorderDesk desk, RecorderOrigins origins, DownloadLinks signatures, RecordingLinks links,
    RecordingAudit audit, RecentDownloads recent, CopyDesk copies, RecordingParts parts)
{
    /// <summary>The recordings.</summary>
    public Recordings Library { get; } = library;

    /// <summary>Recordings as MP4.</summary>
    public CopyDesk Copies { get; } = copies;

    /// <summary>Which pages may.</summary>
    public RecorderOrigins Origins { get; } = origins;

    /// <summary>Makes and checks signatures.</summary>
    public DownloadLinks Signatures { get; } = signatures;

    /// <summary>Makes addresses.</summary>
    public RecordingLinks Links { get; } = links;

    /// <summary>Who did what.</summary>
    public RecordingAudit Audit { get; } = audit;

    /// <summary>Which downloads were written down a moment ago.</summary>
    public RecentDownloads Recent { get; } = recent;

    /// <summary>A list as a file, where one is asked for.</summary>
    public Func<HttpContext, IReadOnlyList<string>, IAsyncEnumerable<string?[]>, IResult?> FileOf { get; } =
        parts.FileOf;

    /// <summary>
    /// The time of a reading that begins, in milliseconds: what is added later is later than this, on this clock.
    /// </summary>
    public long AsOf => parts.Time.GetUtcNow().ToUnixTimeMilliseconds() + 1;

    /// <summary>The log.</summary>
    public ILogger Log { get; } = parts.Logs.CreateLogger<RecordingsDesk>();

    /// <summary>
    /// Who makes a request; null after it was answered with 401. Somebody without credentials is a visitor with no
    /// right at all, who learns nothing.
    /// </summary>
    public async ValueTask<Visitor?> VisitorAsync(HttpContext context)
    {
        var (admission, visitor) = await desk.FindAsync(context);
        if (visitor is not null) return visitor;
        if (admission == Admission.NoCredentials) return Nobody;
        await RefuseTokenAsync(context);
        return null;
    }

    /// <summary>Who makes a request that makes no sense without an identity; null after 401 was answered.</summary>
    public async ValueTask<Visitor?> KnownVisitorAsync(HttpContext context)
    {
        var (_, visitor) = await desk.FindAsync(context);
        if (visitor is null) await RefuseTokenAsync(context);
        return visitor;
    }

    /// <summary>
    /// Who holds a link, for the audit: the console's player has one and is signed in; of others only the link's giver
    /// is known.
    /// </summary>
    public async ValueTask<Visitor> HolderAsync(HttpContext context, LinkCheck link)
    {
        var (_, visitor) = await desk.FindAsync(context);
        return visitor is { IsAnonymous: false }
            ? visitor with { Caller = RecordCaller.Link with { Account = visitor.Caller.Account } }
            : new Visitor(RecordCaller.Link with { Account = link.Account }, link.Name) { ByLink = true };
    }

    private static Visitor Nobody { get; } = new(new RecordCaller("nobody", RecordRights.None), "");

    private static Task RefuseTokenAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return PlaybackAnswers.RefuseAsync(context, 401, "A valid token is needed.");
    }
}

/// <summary>Makes the addresses that clients are told; signed for those who came with a token.</summary>
internal sealed class RecordingLinks(RecordingOptions options, DownloadLinks signatures)
{
    /// <summary>The final file's; null: there is none.</summary>
    public async ValueTask<string?> DownloadAsync(string? key, Visitor visitor, CancellationToken cancellationToken) =>
        key is null ? null
            : Absolute("/recordings/download/" + Uri.EscapeDataString(key))
                + await QueryAsync(key, visitor, cancellationToken);

    /// <summary>The poster's or the preview's.</summary>
    public async ValueTask<string> FileAsync(
        string recordId, string file, Visitor visitor, CancellationToken cancellationToken) =>
        Absolute($"/recordings/{Uri.EscapeDataString(recordId)}/{file}")
            + await QueryAsync($"{recordId}/{file}", visitor, cancellationToken);

    private string Absolute(string path) => options.PublicAddress.TrimEnd('/') + path;

    // Who needs no token needs no signature either.
    private ValueTask<string> QueryAsync(string file, Visitor visitor, CancellationToken cancellationToken) =>
        visitor.Caller.Account is { } account
            ? signatures.SignAsync(file, account, cancellationToken) : ValueTask.FromResult("");
}
