using Hawser.Recording.Library;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hawser.Recording.Rights;
using Microsoft.AspNetCore.Http;

namespace Hawser.Recording.Playback;

/// <summary>What status tells (reference §1.10).</summary>
internal sealed record StatusAnswer(string RecordId, string Status)
{
    /// <summary>Where the final file is.</summary>
    public string? DownloadUrl { get; init; }

    /// <summary>For people, while there is no file.</summary>
    public string? Message { get; init; }

    /// <summary>Why it failed, for programs.</summary>
    public string? Code { get; init; }

    /// <summary>Bytes of the final file.</summary>
    public long? Size { get; init; }

    /// <summary>How long it plays.</summary>
    public long? DurationMs { get; init; }

    /// <summary>By container.</summary>
    public string? MimeType { get; init; }

    /// <summary>Something may be missing.</summary>
    public bool? Incomplete { get; init; }

    /// <summary>Chunks stored so far.</summary>
    public int? Chunks { get; init; }

    /// <summary>Hundredths of the finishing.</summary>
    public int? Progress { get; init; }

    /// <summary>A picture of it.</summary>
    public string? PosterUrl { get; init; }

    /// <summary>A small version of it.</summary>
    public string? PreviewUrl { get; init; }
}

/// <summary>A recording as lists and its own address tell it.</summary>
internal sealed record RecordingItem(string RecordId, string Status)
{
    /// <summary>Its identity, also in the audit and in live hints.</summary>
    public Guid Guid { get; init; }

    /// <summary>What people call it; empty: nothing.</summary>
    public string Title { get; init; } = "";

    /// <summary>What people say of it.</summary>
    public string Note { get; init; } = "";

    /// <summary>It can't be deleted, by nobody.</summary>
    public bool Held { get; init; }

    /// <summary>Since when, UTC.</summary>
    public DateTime? HeldAt { get; init; }

    /// <summary>When it will be deleted, UTC; missing: not by itself.</summary>
    public DateTime? KeptUntil { get; init; }

    /// <summary>Whose: <c>account:…</c>, <c>device:…</c>, <c>anonymous</c>.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The account of whoever recorded; missing: nobody's.</summary>
    public Guid? UserGuid { get; init; }

    /// <summary>Its name.</summary>
    public string? User { get; init; }

    /// <summary>Sent by a client (<c>/api/record</c>), not streamed.</summary>
    public bool Uploaded { get; init; }

    /// <summary>The device; empty: not known.</summary>
    public string Device { get; init; } = "";

    /// <summary>Its identity.</summary>
    public Guid? DeviceGuid { get; init; }

    /// <summary>Which of its displays; empty: not known.</summary>
    public string Display { get; init; } = "";

    /// <summary>The other end; empty: not known.</summary>
    public string Peer { get; init; } = "";

    /// <summary>The connection in the audit that was recorded.</summary>
    public Guid? ConnectionGuid { get; init; }

    /// <summary>incoming, outgoing; empty: not known.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The video codec; empty: not known.</summary>
    public string Codec { get; init; } = "";

    /// <summary>Bytes.</summary>
    public long Size { get; init; }

    /// <summary>Chunks stored.</summary>
    public int Chunks { get; init; }

    /// <summary>How long the final file plays.</summary>
    public long? DurationMs { get; init; }

    /// <summary>Of the final file.</summary>
    public string? MimeType { get; init; }

    /// <summary>SHA-256 of the final file, in hexadecimals; missing: not computed yet.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Something may be missing.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Hundredths of the finishing.</summary>
    public int? Progress { get; init; }

    /// <summary>Why it failed, for programs.</summary>
    public string? Code { get; init; }

    /// <summary>The same for people.</summary>
    public string? Reason { get; init; }

    /// <summary>It failed, but what it is made of is there: <c>POST …/finish</c> tries again.</summary>
    public bool CanFinish { get; init; }

    /// <summary>By the client's clock, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it was begun here, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it became ready or failed, UTC.</summary>
    public DateTime? FinishedAt { get; init; }

    /// <summary>Where the final file is.</summary>
    public string? DownloadUrl { get; init; }

    /// <summary>A picture of it.</summary>
    public string? PosterUrl { get; init; }

    /// <summary>A small version of it.</summary>
    public string? PreviewUrl { get; init; }
}

/// <summary>A page of them.</summary>
/// <param name="Total">How many match.</param>
/// <param name="Data">Those of the page.</param>
/// <param name="AsOf">When it was read, in milliseconds: work on all that match leaves out what came later.</param>
internal sealed record RecordingPage(
    int Total, IReadOnlyList<RecordingItem> Data, [property: JsonPropertyName("as_of")] long AsOf);

/// <summary>Who watched or fetched a recording, the last ones first.</summary>
internal sealed record RecordingViews(int Total, IReadOnlyList<RecordingSeen> Data);

/// <summary>What the logs say of the time that a recording shows.</summary>
internal sealed record RecordingEvents(int Total, IReadOnlyList<RecordEvent> Data);

/// <summary>How much moves in a recording, 0 to 9, second by second; empty: that is not known.</summary>
internal sealed record RecordingActivity(IReadOnlyList<int> Levels);

/// <summary>How far a recording's MP4 is.</summary>
/// <param name="Status">none, waiting, making, ready or failed.</param>
/// <param name="CanMake">It may be asked for: there is none, and the file is no MP4 with H.264 itself.</param>
internal sealed record RecordingCopyItem(string Status, bool CanMake)
{
    /// <summary>How many are made before it.</summary>
    public int? Ahead { get; init; }

    /// <summary>Hundredths that are made.</summary>
    public int? Progress { get; init; }

    /// <summary>Bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Where it is.</summary>
    public string? DownloadUrl { get; init; }
}

/// <summary>A refusal in the shape of the original backend; clients of the API read its <c>error</c>.</summary>
internal sealed record RecordingRefusal(string Message, string Error, int StatusCode)
{
    /// <summary>For programs, where the status does not tell enough.</summary>
    public string? Code { get; init; }
}

/// <summary>Writes without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(RecordingPage))]
[JsonSerializable(typeof(RecordingFacets))]
[JsonSerializable(typeof(RecordingItem))]
[JsonSerializable(typeof(RecordingViews))]
[JsonSerializable(typeof(RecordingEvents))]
[JsonSerializable(typeof(RecordingActivity))]
[JsonSerializable(typeof(RecordingCopyItem))]
[JsonSerializable(typeof(RecordingEdit))]
[JsonSerializable(typeof(RecordingRefusal))]
internal sealed partial class PlaybackJson : JsonSerializerContext;

/// <summary>How answers are written.</summary>
internal static class PlaybackAnswers
{
    public static Task WriteAsync<T>(HttpContext context, T answer, JsonTypeInfo<T> type, int status = 200)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        var body = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static Task RefuseAsync(HttpContext context, int status, string message, string? code = null)
    {
        // Under /api, error is the sentence, as in every refusal there.
        var isApi = context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
        var refusal = new RecordingRefusal(message, isApi ? message : NameOf(status), status) { Code = code };
        return WriteAsync(context, refusal, PlaybackJson.Default.RecordingRefusal, status);
    }

    private static string NameOf(int status) => status switch
    {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        409 => "Conflict",
        413 => "Payload Too Large",
        503 => "Service Unavailable",
        _ => "Internal Server Error",
    };
}
