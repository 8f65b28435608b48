using System.Text.Json.Serialization;

namespace Hawser.Recording.Sockets;

/// <summary><c>started</c> (reference §1.2, §1.5).</summary>
internal sealed record StartedMessage(string RecordId)
{
    /// <summary>It was there already; nothing was reset.</summary>
    public bool? Resumed { get; init; }

    /// <summary>The index that the next chunk would get.</summary>
    public int? NextIndex { get; init; }

    /// <summary>The number after the highest that the client gave.</summary>
    public long? NextSeq { get; init; }
}

/// <summary><c>chunkSaved</c>: the bytes are durable.</summary>
internal sealed record ChunkSavedMessage(string RecordId, int Index)
{
    /// <summary>They were stored before, under this index.</summary>
    public bool? Duplicate { get; init; }
}

/// <summary><c>finished</c>: the final file can be fetched.</summary>
internal sealed record FinishedMessage(string RecordId)
{
    /// <summary>Where, signed for those who came with a token.</summary>
    public string? DownloadUrl { get; init; }

    /// <summary>Something may be missing.</summary>
    public bool? Incomplete { get; init; }
}

/// <summary><c>chunkError</c> and <c>recordingError</c> (reference §1.7).</summary>
internal sealed record ErrorMessage(string? RecordId, string Error, string Code, long Timestamp)
{
    /// <summary>Of a chunk: the number that the client gave it.</summary>
    public long? Seq { get; init; }

    /// <summary>What failed: start, stop or finalize.</summary>
    public string? Event { get; init; }
}

/// <summary>What an ack says of a failure.</summary>
internal sealed record FailedAck(string? RecordId, string Error, string Code);

/// <summary><c>recordingWarning</c>: nine tenths of a limit are used.</summary>
internal sealed record WarningMessage(string RecordId, string Warning, string Code, long Timestamp);

/// <summary>Writes without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StartedMessage))]
[JsonSerializable(typeof(ChunkSavedMessage))]
[JsonSerializable(typeof(FinishedMessage))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(FailedAck))]
[JsonSerializable(typeof(WarningMessage))]
internal sealed partial class RecorderJson : JsonSerializerContext;
