using System.Text.Json;
using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Data.Jobs;

namespace Hawser.Api.Jobs;

/// <summary>What a job shall do, as it is stored.</summary>
internal sealed record JobRequest
{
    /// <summary>What is done to each.</summary>
    [JsonPropertyName("args")]
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();

    /// <summary>To what.</summary>
    [JsonPropertyName("items")]
    public IReadOnlyList<string> Items { get; init; } = [];
}

/// <summary>An item that could not be done.</summary>
/// <param name="Item">Which.</param>
/// <param name="Detail">Why.</param>
internal sealed record JobFailure(
    [property: JsonPropertyName("item")] string Item, [property: JsonPropertyName("detail")] string Detail);

/// <summary>A job as it is answered.</summary>
internal sealed record JobItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>waiting, running, done, cancelled or failed.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    [JsonPropertyName("total")]
    public required int Total { get; init; }

    /// <summary>Handled, failed ones included.</summary>
    [JsonPropertyName("done")]
    public required int Done { get; init; }

    [JsonPropertyName("failed")]
    public required int Failed { get; init; }

    [JsonPropertyName("user")]
    public required string User { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("started_at")]
    public long? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public long? EndedAt { get; init; }

    /// <summary>Why it could not go on; empty: it could.</summary>
    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    /// <summary>Somebody asked it to stop.</summary>
    [JsonPropertyName("cancel_asked")]
    public required bool CancelAsked { get; init; }

    /// <summary>Whether it can be taken back now.</summary>
    [JsonPropertyName("can_undo")]
    public required bool CanUndo { get; init; }

    /// <summary>Whether what failed can be tried again now.</summary>
    [JsonPropertyName("can_retry")]
    public required bool CanRetry { get; init; }

    /// <summary>The job that this one takes back.</summary>
    [JsonPropertyName("undo_of")]
    public Guid? UndoOf { get; init; }

    /// <summary>What came of it.</summary>
    [JsonPropertyName("result")]
    public JsonElement? Result { get; init; }

    /// <summary>The first items that could not be done; of one job only.</summary>
    [JsonPropertyName("failures")]
    public IReadOnlyList<JobFailure>? Failures { get; init; }

    public static JobItem Of(Job row, DateTime now, bool withFailures = false) => new()
    {
        Guid = row.Guid,
        Kind = row.Kind,
        State = row.State switch
        {
            JobState.Waiting => "waiting", JobState.Running => "running", JobState.Done => "done",
            JobState.Cancelled => "cancelled", _ => "failed",
        },
        Total = row.Total,
        Done = row.Done,
        Failed = row.Failed,
        User = row.UserName,
        CreatedAt = WireTime.Seconds(row.CreatedAt),
        StartedAt = WireTime.Seconds(row.StartedAt),
        EndedAt = WireTime.Seconds(row.EndedAt),
        Detail = row.Error,
        CancelAsked = row.CancelAsked,
        CanUndo = JobDesk.CanUndo(row, now),
        CanRetry = JobDesk.CanRetry(row, now),
        UndoOf = row.UndoOf,
        Result = row.Result.Length == 0 ? null : Parse(row.Result),
        Failures = !withFailures ? null : row.Failures.Length == 0 ? []
            : JsonSerializer.Deserialize(row.Failures, JobsJson.Default.IReadOnlyListJobFailure),
    };

    private static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}

/// <summary>What this slice reads and writes.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(IReadOnlyList<JobFailure>))]
[JsonSerializable(typeof(JobItem))]
[JsonSerializable(typeof(Page<JobItem>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class JobsJson : JsonSerializerContext;
