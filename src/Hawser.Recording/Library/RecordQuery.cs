using Hawser.Data.Recordings;

namespace Hawser.Recording.Library;

/// <summary>Which recordings, in which order, and which page of them.</summary>
internal sealed record RecordQuery
{
    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most 100.</summary>
    public int PageSize { get; init; } = 20;

    /// <summary>Which of them.</summary>
    public RecordingFilter Filter { get; init; } = new();

    /// <summary>By what they are sorted.</summary>
    public RecordOrder Order { get; init; } = RecordOrder.Created;

    /// <summary>From the largest to the smallest.</summary>
    public bool Descending { get; init; } = true;
}

/// <summary>By what a list is sorted; what is equal is sorted by the row's identity.</summary>
internal enum RecordOrder
{
    /// <summary>When it was begun here.</summary>
    Created,

    /// <summary>When it was begun by the client's clock.</summary>
    Started,

    /// <summary>How long it plays.</summary>
    Duration,

    /// <summary>Bytes.</summary>
    Size,

    /// <summary>The device's id.</summary>
    Device,

    /// <summary>Its title, then its id.</summary>
    Title,

    /// <summary>How far it is.</summary>
    Status,
}
