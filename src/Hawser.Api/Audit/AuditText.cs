using System.Net;
using System.Text;

namespace Hawser.Api.Audit;

/// <summary>Makes texts of devices fit for a row: cut to length, without what a database chokes on.</summary>
internal static class AuditText
{
    /// <summary>A text without control characters and halves of characters, at most so long.</summary>
    public static string Clean(string? text, int most)
    {
        if (string.IsNullOrEmpty(text)) return "";
        if (text.Length <= most && !NeedsWork(text)) return text;
        var clean = new StringBuilder(Math.Min(text.Length, most));
        foreach (var rune in text.EnumerateRunes())
        {
            // Lone surrogates were replaced by the enumeration.
            if (Rune.IsControl(rune) && rune.Value is not ('\n' or '\t')) continue;
            if (clean.Length + rune.Utf16SequenceLength > most) break;
            clean.Append(rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>An address as it is stored: IPv4 is IPv4, also on a dual-stack port.</summary>
    public static string Of(IPAddress? address) =>
        address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();

    private static bool NeedsWork(string text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) return true;
        }

        return false;
    }
}
