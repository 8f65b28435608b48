using System.Globalization;

namespace Hawser.Api.Http;

/// <summary>
/// How long ago something may be, as lists are asked: <c>&gt;30d</c> longer ago than 30 days, <c>&lt;7d</c> within 7
/// days. Hours (h), days (d) and weeks (w).
/// </summary>
internal static class AgeText
{
    private const int MostHours = 24 * 366 * 20;

    /// <summary>Reads it; false: it is none.</summary>
    public static bool TryParse(string asked, out bool isLonger, out int hours)
    {
        (isLonger, hours) = (asked.StartsWith('>'), 0);
        if (asked.Length < 3 || asked[0] is not ('>' or '<')) return false;
        var unit = asked[^1] switch { 'h' => 1, 'd' => 24, 'w' => 168, _ => 0 };
        if (unit == 0 || !int.TryParse(asked.AsSpan(1, asked.Length - 2), NumberStyles.None,
            CultureInfo.InvariantCulture, out var count) || count > MostHours / unit) return false;
        hours = count * unit;
        return true;
    }
}
