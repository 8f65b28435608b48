namespace Hawser.Recording.Library;

/// <summary>What is changed of a recording's metadata; what is null stays.</summary>
/// <param name="Title">What people call it.</param>
/// <param name="Note">What people say of it.</param>
/// <param name="Held">Whether it is kept from being deleted; for who manages everybody's recordings.</param>
internal sealed record RecordChange(string? Title, string? Note, bool? Held)
{
    /// <summary>Why it is held or released, for the log; null: nobody said.</summary>
    public string? Reason { get; init; }

    /// <summary>Nothing is changed.</summary>
    public bool IsEmpty => Title is null && Note is null && Held is null;
}
