using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>
/// <c>GET /api/recordings/facets</c>: how many of the recordings that the same query lists have what, in the form of
/// the API's other lists.
/// </summary>
internal static class FacetsEndpoint
{
    // More values than this nobody chooses from.
    private const int Most = 100;

    public static async Task HandleAsync(HttpContext context, RecordingsDesk desk)
    {
        if (await ListEndpoint.AskedAsync(context, desk) is not var (visitor, query)) return;
        var found = await desk.Library.CountAsync(visitor.Caller, query, context.RequestAborted);
        var filters = new Dictionary<string, IReadOnlyList<RecordingFacet>>(StringComparer.Ordinal)
        {
            ["status"] = Of(found, a => WordOf(a.Status)),
            ["source"] = Of(found, a => a.Door == RecordingDoor.Upload ? "upload" : "stream"),
            ["direction"] = Of(found, a => a.Direction),
            ["codec"] = Of(found, a => a.Codec),
            ["held"] = Of(found, a => a.IsHeld ? "true" : "false"),
            ["incomplete"] = Of(found, a => a.Incomplete ? "true" : "false"),
        };
        await PlaybackAnswers.WriteAsync(
            context, new RecordingFacets(found.Sum(a => a.Count), filters), PlaybackJson.Default.RecordingFacets);
    }

    // As the filter says it.
    private static string WordOf(RecordingStatus status) => status switch
    {
        RecordingStatus.Recording => "recording",
        RecordingStatus.Ready => "ready",
        RecordingStatus.Failed => "error",
        _ => "processing",
    };

    private static List<RecordingFacet> Of(IReadOnlyList<AlikeRecordings> found, Func<AlikeRecordings, string> word) =>
    [
        .. found.GroupBy(word, StringComparer.Ordinal)
            .Select(g => new RecordingFacet(g.Key, g.Sum(a => a.Count))).OrderByDescending(f => f.Count)
            .ThenBy(f => f.Value, StringComparer.Ordinal).Take(Most),
    ];
}

/// <summary>How many recordings have what.</summary>
/// <param name="Total">How many there are.</param>
/// <param name="Filters">By the key of a filter: of its values, the hundred that most have.</param>
internal sealed record RecordingFacets(int Total, IReadOnlyDictionary<string, IReadOnlyList<RecordingFacet>> Filters);

/// <summary>A value and how many recordings have it; an empty one: none.</summary>
internal sealed record RecordingFacet(string Value, int Count);
