namespace Hawser.Api.Groups.Admin;

/// <summary>Relations in words, for the log.</summary>
internal static class GroupText
{
    /// <summary>The names in a list, with their kinds; null: none was given.</summary>
    public static string? Of(IReadOnlyList<PeerBody?>? peers) => peers is null ? null
        : peers.Count == 0 ? "none"
        : string.Join(", ", peers.Where(p => p is not null).Select(p => $"{Kind(p!.Type)} {p.Name}"));

    private static string Kind(int? type) => type switch
    {
        0 => "user group", 1 => "device group", 2 => "user", _ => "?",
    };
}
