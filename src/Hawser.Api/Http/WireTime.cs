using System.Globalization;

namespace Hawser.Api.Http;

/// <summary>Times as the vendor's scripts read and write them (admin reference §1.5).</summary>
internal static class WireTime
{
    private static readonly string[] Forms =
    [
        "yyyy-MM-dd HH:mm:ss.FFF", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ];

    /// <summary>Unix seconds.</summary>
    public static long Seconds(DateTime time) => (long)(time - DateTime.UnixEpoch).TotalSeconds;

    /// <summary>Unix seconds; null for never.</summary>
    public static long? Seconds(DateTime? time) => time is { } known ? Seconds(known) : null;

    /// <summary>UTC without zone: scripts fail on a trailing <c>Z</c>.</summary>
    public static string Text(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Reads what a person or a script wrote: UTC unless it names a zone, or Unix seconds.</summary>
    public static bool TryParse(string text, out DateTime time)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, Utc, out time)) return true;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds < 10_000_000_000)
        {
            time = DateTime.UnixEpoch.AddSeconds(seconds);
            return true;
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out time);
    }
}
