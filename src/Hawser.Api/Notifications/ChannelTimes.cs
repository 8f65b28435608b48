using System.Globalization;
using Hawser.Data.Notifications;

namespace Hawser.Api.Notifications;

/// <summary>
/// When a channel keeps quiet, and when it tells what it collected, by the clock of its time zone. An hour that a
/// change of the clock leaves out is over when the clock has jumped; of one that comes twice the later end counts.
/// </summary>
internal sealed class ChannelTimes
{
    /// <summary>Collects for an hour.</summary>
    internal const string Hour = "hour";

    /// <summary>Collects for a day.</summary>
    internal const string Day = "day";

    /// <summary>The minutes of a day.</summary>
    internal const int MinutesOfDay = 24 * 60;

    private static readonly TimeSpan Jump = TimeSpan.FromMinutes(15);
    private readonly NotificationChannel _channel;
    private readonly TimeZoneInfo _zone;

    private ChannelTimes(NotificationChannel channel, TimeZoneInfo zone) => (_channel, _zone) = (channel, zone);

    /// <summary>Those of a channel.</summary>
    public static ChannelTimes Of(NotificationChannel channel) =>
        // A zone that was known when it was stored may be missing on another machine.
        new(channel, TimeZoneInfo.TryFindSystemTimeZoneById(channel.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc);

    /// <summary>Hours of the day, of no channel.</summary>
    public static ChannelTimes Of(int from, int until, string zone) =>
        Of(new NotificationChannel { QuietFrom = from, QuietUntil = until, TimeZone = zone });

    /// <summary>The minute of the day that a text like 22:00 names; null: none.</summary>
    public static int? MinuteOf(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? (time.Hour * 60) + time.Minute : null;

    /// <summary>The end of the quiet hours that a moment is in; null: it is in none.</summary>
    public DateTime? QuietUntil(DateTime utc)
    {
        if (_channel.QuietFrom is not { } from || _channel.QuietUntil is not { } until || from == until) return null;
        var (date, minute) = Local(utc);
        var isQuiet = from < until ? minute >= from && minute < until : minute >= from || minute < until;
        if (!isQuiet) return null;
        return Utc(minute < until ? date : date.AddDays(1), until);
    }

    /// <summary>When what is raised at a moment is told; null: at once.</summary>
    public DateTime? HeldUntil(DateTime utc)
    {
        DateTime? due = _channel.Digest switch
        {
            Hour => utc.AddTicks(TimeSpan.TicksPerHour - (utc.Ticks % TimeSpan.TicksPerHour)),
            Day => NextDay(utc),
            _ => null,
        };
        return QuietUntil(due ?? utc) ?? due;
    }

    private DateTime NextDay(DateTime utc)
    {
        var (date, _) = Local(utc);
        var today = Utc(date, _channel.DigestAt);
        return today > utc ? today : Utc(date.AddDays(1), _channel.DigestAt);
    }

    private (DateTime Date, int Minute) Local(DateTime utc)
    {
        var local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), _zone);
        return (local.Date, (local.Hour * 60) + local.Minute);
    }

    private DateTime Utc(DateTime date, int minute)
    {
        var local = date.AddMinutes(minute);
        while (_zone.IsInvalidTime(local)) local += Jump;
        return TimeZoneInfo.ConvertTimeToUtc(local, _zone);
    }
}
