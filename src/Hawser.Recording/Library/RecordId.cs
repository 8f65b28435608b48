using System.Diagnostics.CodeAnalysis;

namespace Hawser.Recording.Library;

/// <summary>
/// A recording's id (reference §1.3): it becomes the name of a folder, a part of a key and of an address, so it is made
/// of nothing that means something there. Compared byte for byte.
/// </summary>
internal static class RecordId
{
    /// <summary>The longest.</summary>
    public const int MaxLength = 128;

    /// <summary>What stands in addresses where an id does, and so is none.</summary>
    public const string Facets = "facets";

    /// <summary>Whether a text is one.</summary>
    public static bool IsValid([NotNullWhen(true)] string? text)
    {
        if (text == Facets) return false;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength || text[0] == '.' || text[^1] == '.') return false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '.' ? text[i - 1] == '.' : !(char.IsAsciiLetterOrDigit(c) || c is '_' or '-')) return false;
        }

        return true;
    }
}
