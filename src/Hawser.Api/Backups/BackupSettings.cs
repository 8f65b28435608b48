using System.Globalization;
using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Backups;

/// <summary>When backups are made without anybody asking.</summary>
internal sealed record BackupSettings
{
    public static readonly SettingKey<BackupSettings> Key = new(
        "backups", BackupSettingsJson.Default.BackupSettings, Check: Complaints);

    /// <summary>One is made every day.</summary>
    [JsonPropertyName("enabled")]
    public bool Enabled { get; init; }

    /// <summary>The time of day, UTC, for instance <c>03:00</c>.</summary>
    [JsonPropertyName("at")]
    public string At { get; init; } = "03:00";

    /// <summary>How many of those are kept.</summary>
    [JsonPropertyName("keep")]
    public int Keep { get; init; } = 7;

    /// <summary>With the recordings of sessions.</summary>
    [JsonPropertyName("recordings")]
    public bool Recordings { get; init; }

    /// <summary>The last time at or before a moment that one was due.</summary>
    internal DateTime DueBefore(DateTime now)
    {
        var today = now.Date + TimeOf(At)!.Value.ToTimeSpan();
        return today <= now ? today : today.AddDays(-1);
    }

    private static TimeOnly? TimeOf(string text) => TimeOnly.TryParseExact(
        text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static List<string> Complaints(BackupSettings value)
    {
        var wrong = new List<string>();
        if (TimeOf(value.At) is null) wrong.Add("at is a time of day like 03:00.");
        if (value.Keep is < 1 or > 90) wrong.Add("keep is between 1 and 90.");
        return wrong;
    }
}

/// <summary>The form in which the settings are stored.</summary>
[JsonSerializable(typeof(BackupSettings))]
internal sealed partial class BackupSettingsJson : JsonSerializerContext;
