using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Access;

/// <summary>When a rule holds, as it is stored: JSON of an <see cref="AccessSchedule"/> (docs/access.md).</summary>
internal sealed record ScheduleText
{
    [JsonPropertyName("time_zone")]
    public string TimeZone { get; set; } = "UTC";

    [JsonPropertyName("windows")]
    public List<WindowText> Windows { get; set; } = [];

    [JsonPropertyName("from_date")]
    public string? FromDate { get; set; }

    [JsonPropertyName("to_date")]
    public string? ToDate { get; set; }
}

/// <summary>A window of a schedule, as it is stored.</summary>
internal sealed record WindowText
{
    [JsonPropertyName("days")]
    public List<string> Days { get; set; } = [];

    [JsonPropertyName("from")]
    public string From { get; set; } = "00:00";

    [JsonPropertyName("to")]
    public string To { get; set; } = "24:00";
}

/// <summary>
/// When a rule holds: hours of weekdays in a time zone, within a range of dates. A window whose end is before its
/// beginning goes over midnight and belongs to the day on which it begins.
/// </summary>
internal sealed class AccessSchedule
{
    private const int MaxWindows = 50;
    private const int MinutesOfDay = 24 * 60;
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] ShortDays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    // From Monday, as people list them.
    private static readonly int[] Week = [1, 2, 3, 4, 5, 6, 0];

    private readonly TimeZoneInfo _zone;
    private readonly ImmutableArray<Window> _windows;
    private readonly DateOnly _first;
    private readonly DateOnly _last;

    private AccessSchedule(TimeZoneInfo zone, ImmutableArray<Window> windows, DateOnly first, DateOnly last)
    {
        _zone = zone;
        _windows = windows;
        _first = first;
        _last = last;
    }

    /// <summary>Reads the stored form.</summary>
    /// <param name="json">The JSON; empty: always.</param>
    /// <param name="schedule">The schedule; null for always.</param>
    /// <param name="error">What is wrong, for the one who wrote it.</param>
    public static bool TryParse(string json, out AccessSchedule? schedule, out string error)
    {
        schedule = null;
        error = "";
        if (json.Length == 0) return true;
        try
        {
            var text = JsonSerializer.Deserialize(json, AccessJson.Default.ScheduleText);
            if (text is null) return Fail("The schedule is not an object.", out error);
            return TryRead(text, out schedule, out error);
        }
        catch (JsonException)
        {
            return Fail("The schedule is not valid JSON of the expected shape.", out error);
        }
    }

    /// <summary>Whether it holds at a moment.</summary>
    public bool IsOpenAt(DateTime utc)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), _zone);
        var day = DateOnly.FromDateTime(local);
        var minute = (local.Hour * 60) + local.Minute;
        foreach (var window in _windows)
        {
            if (IsIn(window, day, minute)) return true;
            // The part of yesterday's window that is after midnight.
            if (window.To > MinutesOfDay && day > DateOnly.MinValue
                && IsIn(window, day.AddDays(-1), minute + MinutesOfDay)) return true;
        }

        return false;
    }

    /// <summary>Short words for a dialog: <c>Mon–Fri 08:00–18:00 Europe/Berlin</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var window in _windows.Take(3))
        {
            if (text.Length > 0) text.Append(", ");
            var days = Days(window.Days);
            text.Append(days);
            if (window.To - window.From == MinutesOfDay) continue;
            if (days.Length > 0) text.Append(' ');
            text.Append(Clock(window.From)).Append('–').Append(Clock(window.To));
        }

        if (_windows.Length > 3) text.Append(", …");
        if (text.Length > 0) text.Append(' ');
        text.Append(_zone.Id);
        if (_first > DateOnly.MinValue) text.Append(CultureInfo.InvariantCulture, $", from {_first:yyyy-MM-dd}");
        if (_last < DateOnly.MaxValue) text.Append(CultureInfo.InvariantCulture, $", until {_last:yyyy-MM-dd}");
        return text.ToString();
    }

    private static bool TryRead(ScheduleText text, out AccessSchedule? schedule, out string error)
    {
        schedule = null;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(text.TimeZone ?? "", out var zone))
        {
            return Fail($"\"{text.TimeZone}\" is no time zone; use a name like Europe/Berlin.", out error);
        }

        var first = DateOnly.MinValue;
        var last = DateOnly.MaxValue;
        if (!string.IsNullOrEmpty(text.FromDate) && !TryDate(text.FromDate, out first))
        {
            return Fail($"\"{text.FromDate}\" is no date; use YYYY-MM-DD.", out error);
        }

        if (!string.IsNullOrEmpty(text.ToDate) && !TryDate(text.ToDate, out last))
        {
            return Fail($"\"{text.ToDate}\" is no date; use YYYY-MM-DD.", out error);
        }

        if (last < first) return Fail("The schedule ends before it begins.", out error);
        if (text.Windows is not { Count: <= MaxWindows })
        {
            return Fail($"A schedule has at most {MaxWindows} windows.", out error);
        }

        var windows = ImmutableArray.CreateBuilder<Window>();
        foreach (var window in text.Windows)
        {
            if (!TryWindow(window, out var read, out error)) return false;
            windows.Add(read);
        }

        // Dates alone: every hour between them.
        if (windows.Count == 0) windows.Add(new Window(0x7F, 0, MinutesOfDay));
        schedule = new AccessSchedule(zone, windows.ToImmutable(), first, last);
        error = "";
        return true;
    }

    private static bool TryWindow(WindowText? text, out Window window, out string error)
    {
        window = default;
        if (text is null) return Fail("A window of the schedule is not an object.", out error);
        byte days = 0;
        foreach (var name in text.Days ?? [])
        {
            var day = Array.IndexOf(DayNames, name?.ToLowerInvariant());
            if (day < 0) return Fail($"\"{name}\" is no day; use mon, tue, wed, thu, fri, sat, sun.", out error);
            days |= (byte)(1 << day);
        }

        if (!TryClock(text.From, out var from) || from == MinutesOfDay)
        {
            return Fail($"\"{text.From}\" is no time of day; use HH:MM.", out error);
        }

        if (!TryClock(text.To, out var to)) return Fail($"\"{text.To}\" is no time of day; use HH:MM.", out error);
        if (from == to) return Fail("A window ends when it begins; 00:00 to 24:00 is the whole day.", out error);
        window = new Window(days == 0 ? (byte)0x7F : days, from, to > from ? to : to + MinutesOfDay);
        error = "";
        return true;
    }

    private static bool TryClock(string? text, out int minutes)
    {
        minutes = 0;
        if (text is not { Length: 5 } || text[2] != ':') return false;
        if (!int.TryParse(text.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(text.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minute))
        {
            return false;
        }
        minutes = (hour * 60) + minute;
        return minute < 60 && minutes <= MinutesOfDay;
    }

    private static bool TryDate(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    private static bool Fail(string sentence, out string error)
    {
        error = sentence;
        return false;
    }

    private static string Clock(int minutes)
    {
        var clock = minutes > MinutesOfDay ? minutes - MinutesOfDay : minutes;
        return string.Create(CultureInfo.InvariantCulture, $"{clock / 60:00}:{clock % 60:00}");
    }

    private static string Days(byte days)
    {
        if (days == 0x7F) return "";
        var text = new StringBuilder();
        for (var i = 0; i < 7; i++)
        {
            if ((days & (1 << Week[i])) == 0) continue;
            var end = i;
            while (end < 6 && (days & (1 << Week[end + 1])) != 0) end++;
            if (text.Length > 0) text.Append(',');
            text.Append(ShortDays[Week[i]]);
            if (end > i) text.Append(end == i + 1 ? ',' : '–').Append(ShortDays[Week[end]]);
            i = end;
        }

        return text.ToString();
    }

    private bool IsIn(Window window, DateOnly day, int minute) =>
        day >= _first && day <= _last && (window.Days & (1 << (int)day.DayOfWeek)) != 0
        && minute >= window.From && minute < window.To;

    private readonly record struct Window(byte Days, int From, int To);
}
