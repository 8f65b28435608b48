using System.Text.Json.Serialization;
using Hawser.Api.Settings;
using Hawser.Data.Retention;

namespace Hawser.Api.Retention;

/// <summary>How many days things are kept that nobody needs for ever; 0: for ever (admin reference §6).</summary>
internal sealed record RetentionSettings
{
    public static readonly SettingKey<RetentionSettings> Key =
        new("retention", RetentionJson.Default.RetentionSettings, Check: Check);

    /// <summary>A hundred years: longer is for ever.</summary>
    internal const int MaximumDays = 36_500;

    private const int MaximumGroups = 50;

    /// <summary>Audit of connections.</summary>
    [JsonPropertyName("connection_days")]
    public int ConnectionDays { get; init; } = 365;

    /// <summary>Audit of file transfers.</summary>
    [JsonPropertyName("file_days")]
    public int FileDays { get; init; } = 365;

    /// <summary>Alarms.</summary>
    [JsonPropertyName("alarm_days")]
    public int AlarmDays { get; init; } = 365;

    /// <summary>Recordings since they were finished; what is held is kept whatever its age.</summary>
    [JsonPropertyName("recording_days")]
    public int RecordingDays { get; init; }

    /// <summary>What administrators did.</summary>
    [JsonPropertyName("console_days")]
    public int ConsoleDays { get; init; } = 730;

    /// <summary>Deleted devices and users, and entries in the recycle bins of address books.</summary>
    [JsonPropertyName("recycle_bin_days")]
    public int RecycleBinDays { get; init; } = 30;

    /// <summary>Mails and SMS after they were sent or given up.</summary>
    [JsonPropertyName("outbox_days")]
    public int OutboxDays { get; init; } = 14;

    /// <summary>Jobs after they ended.</summary>
    [JsonPropertyName("job_days")]
    public int JobDays { get; init; } = 30;

    /// <summary>Groups of devices whose evidence is kept for other times; among several the longest counts.</summary>
    [JsonPropertyName("groups")]
    public IReadOnlyList<GroupRetention> Groups { get; init; } = [];

    /// <summary>The days of one kind of evidence.</summary>
    public DaysByGroup DaysOf(int days, Func<GroupRetention, int?> own) =>
        new(days, [.. Groups.Where(g => own(g) is not null).Select(g => new GroupDays(g.Group, own(g)!.Value))]);

    /// <summary>The days of recordings.</summary>
    public DaysByGroup Recordings() => DaysOf(RecordingDays, g => g.RecordingDays);

    private static List<string> Check(RetentionSettings value)
    {
        var wrong = new List<string>();
        foreach (var (name, days) in (IEnumerable<(string, int)>)[
            ("connection_days", value.ConnectionDays), ("file_days", value.FileDays),
            ("alarm_days", value.AlarmDays), ("recording_days", value.RecordingDays),
            ("console_days", value.ConsoleDays), ("recycle_bin_days", value.RecycleBinDays),
            ("outbox_days", value.OutboxDays), ("job_days", value.JobDays)])
        {
            if (days is < 0 or > MaximumDays) wrong.Add($"{name} must be a number from 0 to {MaximumDays}");
        }

        if (value.Groups.Contains(null!)) return [.. wrong, "groups: null is no group of devices"];
        if (value.Groups.Count > MaximumGroups) wrong.Add($"groups: there may be {MaximumGroups} at most");
        if (value.Groups.DistinctBy(g => g.Group).Count() < value.Groups.Count)
        {
            wrong.Add("groups: a group of devices is named twice");
        }

        if (value.Groups.Any(g => g.Days().Any(d => d is < 0 or > MaximumDays)))
        {
            wrong.Add($"groups: days must be a number from 0 to {MaximumDays}");
        }

        if (value.Groups.Any(g => g.Days().All(d => d is null)))
        {
            wrong.Add("groups: a group has no days of its own");
        }

        return wrong;
    }
}

/// <summary>What is kept for other times of the devices of a group; what is missing is as for all.</summary>
internal sealed record GroupRetention
{
    /// <summary>The group of devices.</summary>
    [JsonPropertyName("group")]
    public Guid Group { get; init; }

    /// <summary>Audit of connections.</summary>
    [JsonPropertyName("connection_days")]
    public int? ConnectionDays { get; init; }

    /// <summary>Audit of file transfers.</summary>
    [JsonPropertyName("file_days")]
    public int? FileDays { get; init; }

    /// <summary>Alarms.</summary>
    [JsonPropertyName("alarm_days")]
    public int? AlarmDays { get; init; }

    /// <summary>Recordings.</summary>
    [JsonPropertyName("recording_days")]
    public int? RecordingDays { get; init; }

    /// <summary>All of them.</summary>
    public IEnumerable<int?> Days() => [ConnectionDays, FileDays, AlarmDays, RecordingDays];
}

[JsonSerializable(typeof(RetentionSettings))]
internal sealed partial class RetentionJson : JsonSerializerContext;
