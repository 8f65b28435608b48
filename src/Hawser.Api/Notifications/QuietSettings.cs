using System.Text.Json.Serialization;

namespace Hawser.Api.Notifications;

/// <summary>
/// When kinds of alarms keep quiet, whatever channel tells them. Channels tell them when the hours are over; mails to
/// owners are not sent, the inbox has them.
/// </summary>
internal sealed record QuietSettings
{
    private const int MostRules = 50;

    [JsonPropertyName("rules")]
    public IReadOnlyList<QuietRule> Rules { get; init => field = value ?? []; } = [];

    /// <summary>The end of the hours that a kind keeps quiet in; null: it is told.</summary>
    public DateTime? UntilOf(int type, DateTime utc)
    {
        DateTime? last = null;
        foreach (var rule in Rules)
        {
            if (!rule.Types.Contains(type) || rule.Times()?.QuietUntil(utc) is not { } end) continue;
            if (last is null || end > last) last = end;
        }

        return last;
    }

    internal static IReadOnlyList<string> Complaints(QuietSettings value)
    {
        var wrong = new List<string>();
        if (value.Rules.Count > MostRules) wrong.Add($"There are at most {MostRules} rules.");
        if (value.Rules.Any(r => r is null || r.Types.Count is 0 or > 100))
        {
            wrong.Add("A rule names 1 to 100 kinds of alarms in types.");
        }

        foreach (var rule in value.Rules.Where(r => r is not null))
        {
            if (rule.Times() is null) wrong.Add("from and until are times of day like 22:00, and not the same.");
            if (!TimeZoneInfo.TryFindSystemTimeZoneById(rule.TimeZone, out _))
            {
                wrong.Add($"\"{rule.TimeZone}\" is no time zone; use a name like Europe/Berlin.");
            }
        }

        return wrong;
    }
}

/// <summary>When some kinds of alarms keep quiet.</summary>
internal sealed record QuietRule
{
    /// <summary>The kinds, as <c>typ</c> of the alarms.</summary>
    [JsonPropertyName("types")]
    public IReadOnlyList<int> Types { get; init => field = value ?? []; } = [];

    /// <summary>The beginning, a time of day.</summary>
    [JsonPropertyName("from")]
    public string From { get; init => field = value ?? ""; } = "22:00";

    /// <summary>The end; on the next day when it is not later.</summary>
    [JsonPropertyName("until")]
    public string Until { get; init => field = value ?? ""; } = "07:00";

    /// <summary>Where it is that time of day.</summary>
    [JsonPropertyName("time_zone")]
    public string TimeZone { get; init => field = value ?? ""; } = "UTC";

    /// <summary>The hours; null: they can't be read.</summary>
    internal ChannelTimes? Times() =>
        ChannelTimes.MinuteOf(From) is { } from && ChannelTimes.MinuteOf(Until) is { } until && from != until
            ? ChannelTimes.Of(from, until, TimeZone) : null;
}
