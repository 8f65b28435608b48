namespace Hawser.Recording;

/// <summary>How a step of an upload ended.</summary>
internal enum UploadOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>The request is not one of the four, or its numbers are none.</summary>
    BadRequest,

    /// <summary>The name is not a recording's.</summary>
    BadName,

    /// <summary>This device may not upload, or not from there.</summary>
    NotAllowed,

    /// <summary>Nobody began this recording.</summary>
    NotStarted,

    /// <summary>The recording has ended; it is not changed any more.</summary>
    Finished,

    /// <summary>Bytes before the part are missing.</summary>
    Gap,

    /// <summary>There are not as many bytes as were announced.</summary>
    WrongLength,

    /// <summary>The bytes came so slowly that the server gave up.</summary>
    TooSlow,

    /// <summary>The recording would be longer than allowed.</summary>
    TooLong,

    /// <summary>The device has uploaded enough today.</summary>
    DayIsFull,

    /// <summary>All recordings together take what they may.</summary>
    StoreIsFull,

    /// <summary>The disk is full.</summary>
    DiskIsFull,

    /// <summary>Too many recordings arrive already.</summary>
    TooMany,

    /// <summary>The disk or the database failed.</summary>
    Failed,
}

/// <summary>What clients are told.</summary>
internal static class UploadOutcomes
{
    /// <summary>Below 500 for whatever would fail again (reference §1.6).</summary>
    public static int Status(this UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.Done => 200,
        UploadOutcome.NotAllowed => 403,
        UploadOutcome.NotStarted => 404,
        UploadOutcome.TooSlow => 408,
        UploadOutcome.Finished or UploadOutcome.Gap => 409,
        UploadOutcome.TooLong or UploadOutcome.DayIsFull or UploadOutcome.StoreIsFull
            or UploadOutcome.DiskIsFull => 413,
        UploadOutcome.TooMany => 429,
        UploadOutcome.Failed => 500,
        _ => 400,
    };

    /// <summary>The sentence.</summary>
    public static string Text(this UploadOutcome outcome) => outcome switch
    {
        UploadOutcome.BadName => "This is not the name of a recording.",
        UploadOutcome.NotAllowed => "This server does not accept recordings of this device from here.",
        UploadOutcome.NotStarted => "This recording was not started.",
        UploadOutcome.Finished => "This recording has ended and is not changed any more.",
        UploadOutcome.Gap => "A part before this one is missing.",
        UploadOutcome.WrongLength => "The part is not as long as announced.",
        UploadOutcome.TooSlow => "The part came too slowly; send it again.",
        UploadOutcome.TooLong => "The recording is too long.",
        UploadOutcome.DayIsFull => "This device has uploaded as much as it may in a day.",
        UploadOutcome.StoreIsFull => "The server's room for recordings is used up.",
        UploadOutcome.DiskIsFull => "The server's disk is full.",
        UploadOutcome.TooMany => "Too many recordings arrive at the moment.",
        UploadOutcome.Failed => "The recording could not be stored.",
        _ => "The request can't be understood.",
    };
}
