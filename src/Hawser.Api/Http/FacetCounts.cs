using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Hawser.Api.Http;

/// <summary>
/// How many rows of a list have which value, for the chips of its filters: counted as rows come past, or as the
/// database counted some together.
/// </summary>
internal sealed class FacetCounts
{
    // More values than this nobody chooses from.
    private const int Most = 100;

    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>The same, with other words for the values; those that become one are counted together.</summary>
    /// <param name="word">What a value is called.</param>
    public FacetCounts As(Func<string, string> word)
    {
        var others = new FacetCounts();
        foreach (var (value, count) in _counts) others.Add(word(value), count);
        return others;
    }

    /// <summary>Counts rows.</summary>
    /// <param name="value">What they have; empty: nothing.</param>
    /// <param name="count">How many rows.</param>
    public void Add(string value, int count = 1) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, value, out _) += count;

    /// <summary>Counts a row that has something, and leaves away one that has nothing.</summary>
    /// <param name="value">What it has; empty: nothing.</param>
    public void AddSome(string value)
    {
        if (value.Length > 0) Add(value);
    }

    /// <summary>The hundred values that most have.</summary>
    public IReadOnlyList<Facet> Top() =>
    [
        .. _counts.Select(c => new Facet(c.Key, c.Value)).OrderByDescending(f => f.Count)
            .ThenBy(f => f.Value, StringComparer.Ordinal).Take(Most),
    ];
}

/// <summary>A value and how many rows of a list have it; an empty one: none.</summary>
internal sealed record Facet(
    [property: JsonPropertyName("value")] string Value, [property: JsonPropertyName("count")] int Count);
