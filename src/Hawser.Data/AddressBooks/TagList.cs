namespace Hawser.Data.AddressBooks;

/// <summary>
/// How an entry keeps its tags: each between line breaks, <c>\na\nb\n</c>, nothing for none. So a tag is found, renamed
/// and removed in all entries of a book by one statement.
/// </summary>
public static class TagList
{
    /// <summary>The stored form; empty names and repetitions are left out.</summary>
    /// <param name="names">The tags; none contains a line break.</param>
    /// <returns>The text of <see cref="AddressBookEntry.Tags"/>.</returns>
    public static string Write(IEnumerable<string> names)
    {
        var kept = names.Where(n => n.Length > 0).Distinct(StringComparer.Ordinal).ToArray();
        return kept.Length == 0 ? "" : "\n" + string.Join('\n', kept) + "\n";
    }

    /// <summary>The names in a stored form, in order.</summary>
    /// <param name="stored">The text of <see cref="AddressBookEntry.Tags"/>.</param>
    /// <returns>The tags, each once.</returns>
    public static IReadOnlyList<string> Read(string stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Length < 2 ? []
            : [.. stored.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>What stands for one tag in a stored form.</summary>
    /// <param name="name">The tag.</param>
    /// <returns>The text to look for, or to put in its place.</returns>
    public static string Mark(string name) => "\n" + name + "\n";
}
