namespace Hawser.Api.AddressBooks;

/// <summary>Texts that people and clients wrote, before they are stored.</summary>
internal static class BookText
{
    /// <summary>Without zero characters, which PostgreSQL does not store.</summary>
    public static string Clean(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? text.Replace("\0", "", StringComparison.Ordinal) : text;

    /// <summary>The beginning of a text that is too long; no character is cut in two.</summary>
    public static string Cut(string text, int most)
    {
        text = Clean(text);
        if (text.Length <= most) return text;
        return text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
    }

    /// <summary>Whether it may be an id, a name or a tag: not empty, not too long, nothing invisible.</summary>
    public static bool IsWord(string text, int most) =>
        text.Length > 0 && text.Length <= most && !text.AsSpan().ContainsAnyInRange('\0', '\u001F')
            && !text.Contains('\u007F', StringComparison.Ordinal);

    /// <summary>Whether an id is an address or names another server, so that it need not exist here.</summary>
    public static bool IsElsewhere(string id) => id.AsSpan().ContainsAny('@', '.', ':');

    /// <summary>
    /// The platform as clients spell it, from the <c>os</c> text of a device (reference §6.5, §7.3); null when it tells
    /// none.
    /// </summary>
    public static string? PlatformOf(string os)
    {
        var slash = os.IndexOf(" / ", StringComparison.Ordinal);
        var first = (slash < 0 ? os : os[..slash]).Trim().ToLowerInvariant();
        return first switch
        {
            "windows" => "Windows",
            "linux" => "Linux",
            "macos" or "mac os" => "Mac OS",
            "android" => "Android",
            _ => os.Contains("linux", StringComparison.OrdinalIgnoreCase) ? "Linux" : null,
        };
    }
}
