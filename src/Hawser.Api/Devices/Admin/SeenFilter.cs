using System.Globalization;
using Hawser.Api.Http;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>seen=&gt;30d</c>: not seen for longer than 30 days; <c>seen=&lt;7d</c>: seen within 7 days; <c>seen=-</c>: never
/// seen. Hours (h), days (d) and weeks (w); times are kept to the hour. <c>seen=2026-03-01</c>: last seen on that day
/// of UTC, <c>2026-03-01..2026-03-31</c> on one of those, <c>..2026-03-01</c> not after it, <c>2026-03-01..</c> not
/// before it.
/// </summary>
internal static class SeenFilter
{
    /// <summary>Narrows devices to it; what can't be read matches none, so that nothing is done to all by mistake.
    /// </summary>
    public static IQueryable<DeviceRow> Apply(IQueryable<DeviceRow> rows, string asked, DateTime now)
    {
        if (asked.Length == 0) return rows;
        if (asked == "-") return rows.Where(r => r.LastSeenAt == null);
        if (TryParse(asked, out var first, out var end))
        {
            if (first is { } from) rows = rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) >= from);
            return end is { } to ? rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) < to) : rows;
        }

        if (!AgeText.TryParse(asked, out var isLonger, out var hours)) return rows.Where(r => false);
        var since = now.AddHours(-hours);
        return isLonger ? rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) < since)
            : rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) >= since);
    }

    // A day, or two with dots between, one of which may be left out; the end is the day after the last.
    private static bool TryParse(string asked, out DateTime? first, out DateTime? end)
    {
        var dots = asked.IndexOf("..", StringComparison.Ordinal);
        var (from, to) = dots < 0 ? (asked, asked) : (asked[..dots], asked[(dots + 2)..]);
        (first, end) = (DayOf(from), DayOf(to)?.AddDays(1));
        return (first is not null || from.Length == 0) && (end is not null || to.Length == 0)
            && (first is not null || end is not null);
    }

    private static DateTime? DayOf(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day < DateOnly.MaxValue ? day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc) : null;
}
