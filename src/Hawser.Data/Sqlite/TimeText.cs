using System.Globalization;
using System.Text;

namespace Hawser.Data.Sqlite;

/// <summary>Times as EF Core keeps them in SQLite: UTC text that sorts, the same form that hbbs wrote.</summary>
internal static class TimeText
{
    private const string Form = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    private const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Writes a UTC time.</summary>
    internal static string Write(DateTime time) => time.ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads a time that this class or EF wrote; anything else is the oldest time there is.</summary>
    internal static DateTime Read(ReadOnlySpan<byte> utf8) =>
        TryReadUsual(utf8, out var time) || TryRead(Encoding.UTF8.GetString(utf8), out time) ? time : DateTime.MinValue;

    /// <summary>Reads a time, if it is one.</summary>
    internal static bool TryRead(ReadOnlySpan<char> text, out DateTime time) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, Universal, out time);

    // The form without fraction, by hand: a million of them may be read at a start.
    private static bool TryReadUsual(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text.Length != 19 || text[4] != '-' || text[7] != '-' || text[10] != ' ') return false;
        if (text[13] != ':' || text[16] != ':') return false;
        var (year, month, day) = (Number(text, 0, 4), Number(text, 5, 2), Number(text, 8, 2));
        var (hour, minute, second) = (Number(text, 11, 2), Number(text, 14, 2), Number(text, 17, 2));
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59) return false;
        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    private static int Number(ReadOnlySpan<byte> text, int start, int length)
    {
        var value = 0;
        foreach (var c in text.Slice(start, length))
        {
            if (!char.IsAsciiDigit((char)c)) return -1;
            value = (value * 10) + (c - '0');
        }

        return value;
    }
}
