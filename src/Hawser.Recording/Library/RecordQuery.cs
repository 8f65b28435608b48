using Hawser.Data.Recordings;

namespace Hawser.Recording.Library;

/// <summary>Which recordings, in which order, and which page of them. What is null or empty asks for nothing.</summary>
internal sealed record RecordQuery
{
    /// <summary>From 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most 100.</summary>
    public int PageSize { get; init; } = 20;

    /// <summary>In this state; stopping counts as finalising.</summary>
    public RecordState? State { get; init; }

    /// <summary>Kept under this principal.</summary>
    public string? Owner { get; init; }

    /// <summary>Recorded by this account.</summary>
    public Guid? Account { get; init; }

    /// <summary>Recorded by an account with this in its name, whatever its case.</summary>
    public string? Operator { get; init; }

    /// <summary>With transfers of its two ends or alarms of its device in the logs of its time, or without.</summary>
    public bool? Events { get; init; }

    /// <summary>Of the device with this id.</summary>
    public string? Device { get; init; }

    /// <summary>Of a device in this group.</summary>
    public Guid? Group { get; init; }

    /// <summary>With this id at the other end.</summary>
    public string? Peer { get; init; }

    /// <summary>incoming or outgoing.</summary>
    public string? Direction { get; init; }

    /// <summary>In this video codec.</summary>
    public string? Codec { get; init; }

    /// <summary>By this door.</summary>
    public RecordingDoor? Door { get; init; }

    /// <summary>Begun then or later, UTC.</summary>
    public DateTime? From { get; init; }

    /// <summary>Begun before, UTC.</summary>
    public DateTime? To { get; init; }

    /// <summary>Playing at least so long.</summary>
    public long? LongerThanMs { get; init; }

    /// <summary>Held, or not.</summary>
    public bool? Held { get; init; }

    /// <summary>With something that may be missing, or without.</summary>
    public bool? Incomplete { get; init; }

    /// <summary>With this in id, title, note, device or other end, whatever its case.</summary>
    public string? Text { get; init; }

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
