using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Retention;

/// <summary>How many days things are kept that nobody needs for ever; 0: for ever (admin reference §6).</summary>
internal sealed record RetentionSettings
{
    public static readonly SettingKey<RetentionSettings> Key =
        new("retention", RetentionJson.Default.RetentionSettings);

    /// <summary>Audit of connections.</summary>
    [JsonPropertyName("connection_days")]
    public int ConnectionDays { get; init; } = 365;

    /// <summary>Audit of file transfers.</summary>
    [JsonPropertyName("file_days")]
    public int FileDays { get; init; } = 365;

    /// <summary>Alarms.</summary>
    [JsonPropertyName("alarm_days")]
    public int AlarmDays { get; init; } = 365;

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
}

[JsonSerializable(typeof(RetentionSettings))]
internal sealed partial class RetentionJson : JsonSerializerContext;
