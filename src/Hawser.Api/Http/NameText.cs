namespace Hawser.Api.Http;

/// <summary>Names of groups, strategies and roles that people choose, and their notes.</summary>
internal static class NameText
{
    internal const int MaximumName = 128;
    internal const int MaximumNote = 1000;

    /// <summary>What is wrong with a name, as a sentence; null: nothing.</summary>
    public static string? Complaint(string? name)
    {
        if (string.IsNullOrWhiteSpace(name)) return "A name is missing.";
        if (name.Trim().Length > MaximumName) return $"A name has at most {MaximumName} characters.";
        if (name.Any(char.IsControl)) return "A name has no control characters.";
        // In filters it means "none" (admin reference §1.4).
        return name.Trim() == "-" ? "\"-\" stands for no name and can't be one." : null;
    }

    /// <summary>What is wrong with a note, as a sentence; null: nothing.</summary>
    public static string? NoteComplaint(string? note) =>
        note?.Length > MaximumNote ? $"A note has at most {MaximumNote} characters."
        : note?.Contains('\0', StringComparison.Ordinal) == true ? "A note has no NUL characters." : null;

    /// <summary>A name as names are compared.</summary>
    public static string Normalize(string name) => name.Trim().ToUpperInvariant();
}
