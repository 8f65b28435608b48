namespace Hawser.Recording.Library;

/// <summary>How a step of a recording ended; the names are the codes of reference §1.7 in snake case.</summary>
internal enum RecordCode
{
    /// <summary>It is done.</summary>
    Ok,

    /// <summary>The request is not understood.</summary>
    BadRequest,

    /// <summary>The id is none (reference §1.3).</summary>
    BadRecordId,

    /// <summary>The chunk is no binary attachment.</summary>
    BadChunk,

    /// <summary>The bytes are not those of the checksum.</summary>
    BadChecksum,

    /// <summary>The chunk is longer than allowed.</summary>
    ChunkTooLarge,

    /// <summary>Nobody began this recording, or somebody else did.</summary>
    NotStarted,

    /// <summary>The recording has ended.</summary>
    Finished,

    /// <summary>The recording is being finished.</summary>
    Busy,

    /// <summary>It is somebody else's, or the right is missing.</summary>
    Forbidden,

    /// <summary>The number was used for other bytes.</summary>
    SeqConflict,

    /// <summary>The recording has as many chunks as it may.</summary>
    TooManyChunks,

    /// <summary>The recording has as many bytes as it may.</summary>
    RecordingTooLarge,

    /// <summary>The recording has lasted as long as it may.</summary>
    TooLong,

    /// <summary>The owner has recorded, or records, as much as allowed.</summary>
    QuotaExceeded,

    /// <summary>The disk is full.</summary>
    StorageFull,

    /// <summary>The disk, the object storage or the database failed.</summary>
    StorageError,

    /// <summary>The counter of chunks can't be reached.</summary>
    IndexUnavailable,

    /// <summary>The first bytes are no WebM, Matroska or MP4.</summary>
    UnsupportedMedia,

    /// <summary>It ended without a chunk.</summary>
    EmptyRecording,

    /// <summary>A chunk that was acknowledged is gone.</summary>
    MissingChunks,

    /// <summary>The final file could not be made.</summary>
    FinalizeFailed,

    /// <summary>Nobody knows this event.</summary>
    UnknownEvent,

    /// <summary>Our mistake.</summary>
    Internal,
}

/// <summary>What clients are told.</summary>
internal static class RecordCodes
{
    private static readonly string[] Names = [.. Enum.GetNames<RecordCode>().Select(SnakeCase)];

    /// <summary>The code on the wire.</summary>
    public static string Name(this RecordCode code) => Names[(int)code];

    /// <summary>The sentence; it tells no path and nobody's id.</summary>
    public static string Text(this RecordCode code) => code switch
    {
        RecordCode.Ok => "Done.",
        RecordCode.BadRecordId => "This is not the id of a recording.",
        RecordCode.BadChunk => "A chunk has to be binary.",
        RecordCode.BadChecksum => "The chunk's bytes are not those of its checksum.",
        RecordCode.ChunkTooLarge => "The chunk is too large (--recorder-max-chunk).",
        RecordCode.NotStarted => "This recording was not started.",
        RecordCode.Finished => "This recording has ended.",
        RecordCode.Busy => "This recording is being finished.",
        RecordCode.Forbidden => "This recording is not yours, or you may not record.",
        RecordCode.SeqConflict => "Another chunk has this number already.",
        RecordCode.TooManyChunks => "The recording has too many chunks (--recorder-max-chunks).",
        RecordCode.RecordingTooLarge => "The recording is too large (--recorder-max-recording).",
        RecordCode.TooLong => "The recording has lasted too long (--recorder-max-hours).",
        RecordCode.QuotaExceeded => "As much is recorded as allowed.",
        RecordCode.StorageFull => "The server's room for recordings is used up; try again later.",
        RecordCode.StorageError => "The recording could not be stored; try again later.",
        RecordCode.IndexUnavailable => "The chunk could not be numbered; try again later.",
        RecordCode.UnsupportedMedia => "A recording has to begin with WebM, Matroska or MP4.",
        RecordCode.EmptyRecording => "The recording has no chunk.",
        RecordCode.MissingChunks => "Chunks of the recording are missing.",
        RecordCode.FinalizeFailed => "The recording could not be finished.",
        RecordCode.UnknownEvent => "This event is not known here.",
        RecordCode.Internal => "Something went wrong here.",
        _ => "The request can't be understood.",
    };

    /// <summary>Reads what a row keeps.</summary>
    internal static RecordCode Parse(string name)
    {
        var at = Array.IndexOf(Names, name);
        return at < 0 ? RecordCode.FinalizeFailed : (RecordCode)at;
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
}
