using System.Globalization;

namespace Hawser.Data.Sqlite;

/// <summary>Times as EF Core keeps them in SQLite: UTC text that sorts, the same form that hbbs wrote.</summary>
internal static class TimeText
{
    private const string Form = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    /// <summary>Writes a UTC time.</summary>
    internal static string Write(DateTime time) => time.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads a time that this class or EF wrote; anything else is the oldest time there is.</summary>
    internal static DateTime Read(string text) => TryRead(text, out var time) ? time : DateTime.MinValue;

    /// <summary>Reads a time, if it is one.</summary>
    internal static bool TryRead(ReadOnlySpan<char> text, out DateTime time)
    {
        // The usual form without fraction, by hand: a million of them are read at every start.
        if (text.Length == 19 && text[4] == '-' && text[10] == ' ' && text[13] == ':'
            && Number(text, 0, 4) is var y and > 0 && Number(text, 5, 2) is var mo and > 0 and < 13
            && Number(text, 8, 2) is var d and > 0 && Number(text, 11, 2) is var h and >= 0 and < 24
            && Number(text, 14, 2) is var mi and >= 0 and < 60 && Number(text, 17, 2) is var s and >= 0 and < 60
            && d <= DateTime.DaysInMonth(y, mo))
        {
            time = new DateTime(y, mo, d, h, mi, s, DateTimeKind.Utc);
            return true;
        }

        return DateTime.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    private static int Number(ReadOnlySpan<char> text, int start, int length)
    {
        var value = 0;
        foreach (var c in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit(c)) return -1;
            value = (value * 10) + (c - '0');
        }

        return value;
    }
}
