namespace Hawser.Protocol.Identity;

/// <summary>What counts as an id on the wire (§6.2, §6.12).</summary>
public static class PeerId
{
    /// <summary>The shortest id that may register. Shorter ones are answered UUID_MISMATCH, which makes the client
    /// choose another.</summary>
    public const int MinLength = 6;

    /// <summary>The longest id that stock clients treat as valid.</summary>
    public const int MaxLength = 253;

    /// <summary>The id that the original server's self test uses; it is answered and never stored.</summary>
    public const string SelfTest = "(:test_hbbs:)";

    /// <summary>Whether an id may register: 6 to 253 characters, no control characters, white space or
    /// <c>"&lt;&gt;/\|?*</c>.</summary>
    /// <param name="id">The id.</param>
    /// <returns>True when it may.</returns>
    public static bool IsRegistrable(ReadOnlySpan<char> id)
    {
        if (id.Length is < MinLength or > MaxLength) return false;
        foreach (var c in id)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c) || c is '"' or '<' or '>' or '/' or '\\' or '|' or '?' or '*')
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether an id may be chosen by a person: a letter, then 5 to 15 letters, digits, <c>_</c> or
    /// <c>-</c>.</summary>
    /// <param name="id">The wanted id.</param>
    /// <returns>True when it may.</returns>
    public static bool IsCustom(ReadOnlySpan<char> id)
    {
        if (id.Length is < 6 or > 16 || !char.IsAsciiLetter(id[0])) return false;
        foreach (var c in id[1..])
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        }

        return true;
    }
}
