namespace Hawser.Recording.Library;

/// <summary>The answer to <c>start</c>.</summary>
/// <param name="Code">How it ended.</param>
internal readonly record struct StartAnswer(RecordCode Code)
{
    /// <summary>It was there already; nothing was reset.</summary>
    public bool Resumed { get; init; }

    /// <summary>The index that the next chunk would get.</summary>
    public int NextIndex { get; init; }

    /// <summary>The number after the highest that the client gave; null: it gives none.</summary>
    public long? NextSeq { get; init; }
}

/// <summary>The answer to <c>chunk</c>.</summary>
/// <param name="Code">How it ended; done means durable.</param>
internal readonly record struct AppendAnswer(RecordCode Code)
{
    /// <summary>Its number; only when it is stored.</summary>
    public int Index { get; init; } = -1;

    /// <summary>It was stored before; the index is that of then.</summary>
    public bool Duplicate { get; init; }

    /// <summary>The limit that nine tenths of are used, told once each; null: none.</summary>
    public RecordCode? Warning { get; init; }
}

/// <summary>How a recording ended.</summary>
/// <param name="RecordId">Which.</param>
/// <param name="Code">Done means ready.</param>
/// <param name="Text">For people, when it is not.</param>
internal sealed record RecordEnd(string RecordId, RecordCode Code, string Text)
{
    /// <summary>Of the final file: <c>abc123/final.webm</c>; null: there is none.</summary>
    public string? Key { get; init; }

    /// <summary>Bytes of the final file.</summary>
    public long Size { get; init; }

    /// <summary>How long it plays.</summary>
    public long? DurationMs { get; init; }

    /// <summary>Something may be missing.</summary>
    public bool Incomplete { get; init; }

    /// <summary>It ended because it was asked to, not by silence.</summary>
    public bool Stopped { get; init; }
}

/// <summary>How far a recording is (reference §1.10).</summary>
internal enum RecordState
{
    /// <summary>There is none, or it is not yours.</summary>
    NotFound,

    /// <summary>Chunks are taken.</summary>
    Recording,

    /// <summary>It was stopped; late chunks are taken.</summary>
    Stopping,

    /// <summary>It waits to be finished, or is being finished.</summary>
    Finalising,

    /// <summary>The final file is there.</summary>
    Ready,

    /// <summary>There is no final file and will be none.</summary>
    Failed,
}

/// <summary>What there is to say of a recording: status, metadata and lists.</summary>
internal sealed record RecordView(string RecordId, RecordState State)
{
    /// <summary>The row.</summary>
    public Guid Guid { get; init; }

    /// <summary>Whose: <c>account:…</c>, <c>device:…</c>, <c>anonymous</c>.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Of the final file: <c>abc123/final.webm</c>; null: there is none yet.</summary>
    public string? Key { get; init; }

    /// <summary>Bytes of the final file; of what arrived while there is none.</summary>
    public long Size { get; init; }

    /// <summary>Chunks stored.</summary>
    public int Chunks { get; init; }

    /// <summary>How long the final file plays.</summary>
    public long? DurationMs { get; init; }

    /// <summary>Of the final file.</summary>
    public string? MimeType { get; init; }

    /// <summary>SHA-256 of the final file in hexadecimals; empty: not computed yet.</summary>
    public string FileHash { get; init; } = "";

    /// <summary>Something may be missing.</summary>
    public bool Incomplete { get; init; }

    /// <summary>Hundredths of the finishing.</summary>
    public int Progress { get; init; }

    /// <summary>Why it failed.</summary>
    public RecordCode? Code { get; init; }

    /// <summary>The same for people.</summary>
    public string Reason { get; init; } = "";

    /// <summary>There is a <c>poster.jpg</c>.</summary>
    public bool HasPoster { get; init; }

    /// <summary>There is a <c>preview.webm</c>.</summary>
    public bool HasPreview { get; init; }

    /// <summary>Uploaded by a client (<c>/api/record</c>) and not streamed.</summary>
    public bool Uploaded { get; init; }

    /// <summary>The device's id; empty: not known.</summary>
    public string DeviceId { get; init; } = "";

    /// <summary>The other end's id; empty: not known.</summary>
    public string PeerId { get; init; } = "";

    /// <summary>incoming, outgoing; empty: not known.</summary>
    public string Direction { get; init; } = "";

    /// <summary>The video codec.</summary>
    public string Codec { get; init; } = "";

    /// <summary>The account of whoever recorded; null: nobody's.</summary>
    public Guid? Account { get; init; }

    /// <summary>The device; null: not known.</summary>
    public Guid? DeviceGuid { get; init; }

    /// <summary>The connection that was recorded; null: not known.</summary>
    public Guid? ConnectionGuid { get; init; }

    /// <summary>Which of the device's displays; empty: not known.</summary>
    public string Display { get; init; } = "";

    /// <summary>What people call it.</summary>
    public string Title { get; init; } = "";

    /// <summary>What people say of it.</summary>
    public string Note { get; init; } = "";

    /// <summary>Since when it must not be deleted, UTC; null: it may.</summary>
    public DateTime? HeldAt { get; init; }

    /// <summary>When it will be deleted, UTC; null: not by itself.</summary>
    public DateTime? KeptUntil { get; init; }

    /// <summary>It failed, and what it is made of is still there.</summary>
    public bool CanFinish { get; init; }

    /// <summary>When it was begun by the client's clock, UTC.</summary>
    public DateTime? StartedAt { get; init; }

    /// <summary>When it was begun here, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it became ready or failed, UTC.</summary>
    public DateTime? FinishedAt { get; init; }
}

/// <summary>A page of recordings.</summary>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Items">Those of this one.</param>
internal sealed record RecordPage(int Total, IReadOnlyList<RecordView> Items);

/// <summary>A file of a recording for who reads it.</summary>
/// <param name="Content">The bytes; can seek; to be disposed.</param>
/// <param name="Length">How many.</param>
/// <param name="ETag">Strong, with its quotes.</param>
/// <param name="LastModified">UTC.</param>
/// <param name="ContentType">By container.</param>
/// <param name="Name">To be saved as: <c>abc123-final.webm</c>.</param>
internal sealed record RecordFile(
    Stream Content, long Length, string ETag, DateTimeOffset LastModified, string ContentType, string Name);

/// <summary>Which file of a recording.</summary>
internal enum RecordPart
{
    /// <summary><c>final.webm</c> or <c>final.mp4</c>.</summary>
    Final,

    /// <summary><c>copy.mp4</c>.</summary>
    Copy,

    /// <summary><c>poster.jpg</c>.</summary>
    Poster,

    /// <summary><c>preview.webm</c>.</summary>
    Preview,
}
