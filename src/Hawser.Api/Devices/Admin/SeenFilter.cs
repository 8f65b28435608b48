using Hawser.Api.Http;

namespace Hawser.Api.Devices.Admin;

/// <summary>
/// <c>seen=&gt;30d</c>: not seen for longer than 30 days; <c>seen=&lt;7d</c>: seen within 7 days; <c>seen=-</c>: never
/// seen. Hours (h), days (d) and weeks (w); times are kept to the hour.
/// </summary>
internal static class SeenFilter
{
    /// <summary>Narrows devices to it; what can't be read matches none, so that nothing is done to all by mistake.
    /// </summary>
    public static IQueryable<DeviceRow> Apply(IQueryable<DeviceRow> rows, string asked, DateTime now)
    {
        if (asked.Length == 0) return rows;
        if (asked == "-") return rows.Where(r => r.LastSeenAt == null);
        if (!AgeText.TryParse(asked, out var isLonger, out var hours)) return rows.Where(r => false);
        var since = now.AddHours(-hours);
        return isLonger ? rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) < since)
            : rows.Where(r => (r.LastSeenAt ?? r.CreatedAt) >= since);
    }
}
