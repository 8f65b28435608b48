using System.Text;

namespace Hawser.Data.Postgres;

/// <summary>Texts as PostgreSQL can keep them: without NUL, and always valid Unicode.</summary>
internal static class PostgresText
{
    /// <summary>The same text, unless it has what can't be kept.</summary>
    internal static string Fit(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0 && !text.Contains('\0')) return text;
        var fit = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value != 0) fit.Append(rune);
        }

        return fit.Length == text.Length && text.AsSpan().SequenceEqual(fit.ToString()) ? text : fit.ToString();
    }

    /// <summary>The same for null.</summary>
    internal static string? FitOrNull(string? text) => text is null ? null : Fit(text);

    /// <summary>The same collection, unless one of its texts can't be kept.</summary>
    internal static object Fit(IReadOnlyCollection<string?> texts) =>
        texts.All(t => t is null || ReferenceEquals(Fit(t), t)) ? texts : texts.Select(FitOrNull).ToArray();
}
