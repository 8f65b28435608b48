using Hawser.Protocol.Identity;

namespace Hawser.Relay;

/// <summary>A block or black list that can change while it is read: readers see one immutable snapshot.</summary>
internal sealed class ListedAddresses
{
    private readonly Lock _gate = new();
    private readonly SortedSet<string> _entries = new(StringComparer.Ordinal);
    private volatile AddressList _snapshot = AddressList.Empty;

    /// <summary>The list as it is now; another object after each change.</summary>
    public AddressList Snapshot => _snapshot;

    /// <summary>Replaces everything.</summary>
    /// <returns>The entries that are neither an address nor a network.</returns>
    public IReadOnlyList<string> Replace(IEnumerable<string> entries)
    {
        lock (_gate)
        {
            _entries.Clear();
            return AddCore(entries);
        }
    }

    /// <summary>Adds entries; what can't be read is left out.</summary>
    public void Add(IEnumerable<string> entries)
    {
        lock (_gate) AddCore(entries);
    }

    /// <summary>Removes entries, or everything for the entry <c>all</c>.</summary>
    public void Remove(IEnumerable<string> entries)
    {
        lock (_gate)
        {
            foreach (var entry in entries)
            {
                if (entry == "all") _entries.Clear();
                else if (Normal(entry) is { } normal) _entries.Remove(normal);
            }

            Publish();
        }
    }

    /// <summary>
    /// Reads a list file: each line's text up to the first space; blank lines and comments are skipped.
    /// </summary>
    public static IEnumerable<string> ReadFile(string path)
    {
        if (!File.Exists(path)) yield break;
        foreach (var line in File.ReadLines(path))
        {
            var text = line.Trim().Split([' ', '\t'], 2)[0];
            if (text.Length > 0 && text[0] != '#') yield return text;
        }
    }

    private static string? Normal(string entry) =>
        AddressList.TryParse([entry], out var one, out _) && one.Entries.Count == 1 ? one.Entries[0] : null;

    private List<string> AddCore(IEnumerable<string> entries)
    {
        var bad = new List<string>();
        foreach (var entry in entries)
        {
            if (Normal(entry) is { } normal) _entries.Add(normal);
            else if (!string.IsNullOrWhiteSpace(entry)) bad.Add(entry);
        }

        Publish();
        return bad;
    }

    private void Publish()
    {
        if (AddressList.TryParse(_entries, out var list, out _)) _snapshot = list;
    }
}
