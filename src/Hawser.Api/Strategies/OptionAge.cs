namespace Hawser.Api.Strategies;

/// <summary>
/// Which of some options a client is too old for; what it does not know it ignores (reference §9.3).
/// </summary>
/// <param name="options">The options; those that are only taken back need nothing.</param>
internal sealed class OptionAge(IReadOnlyDictionary<string, string> options)
{
    private readonly List<(string Key, Version Since)> _needs =
    [
        .. options.Where(o => o.Value.Length > 0).Select(o => StrategyCatalogue.All.GetValueOrDefault(o.Key))
            .Where(o => o is { Since.Length: > 0 }).Select(o => (o!.Key, Version.Parse(o.Since)))
            .OrderBy(n => n.Key, StringComparer.Ordinal),
    ];

    /// <summary>The options that a version does not know; one that is not said is not called old.</summary>
    public List<string> UnknownTo(string? version)
    {
        // Builds of one version: 1.4.2-1.
        var end = version?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        return Version.TryParse(end < 0 ? version : version![..end], out var has)
            ? _needs.FindAll(n => has < n.Since).ConvertAll(n => n.Key) : [];
    }
}
