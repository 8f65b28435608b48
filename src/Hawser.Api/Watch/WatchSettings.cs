using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Watch;

/// <summary>What the server raises alarms about by itself.</summary>
internal sealed record WatchSettings
{
    public static readonly SettingKey<WatchSettings> Key = new(
        "watch", WatchSettingsJson.Default.WatchSettings, Check: Complaints);

    /// <summary>Somebody became an administrator.</summary>
    [JsonPropertyName("new_administrator")]
    public bool NewAdministrator { get; init; } = true;

    /// <summary>An account signed in from a network that it never used before.</summary>
    [JsonPropertyName("new_place")]
    public bool NewPlace { get; init; } = true;

    /// <summary>A relay does not answer.</summary>
    [JsonPropertyName("relay_down")]
    public bool RelayDown { get; init; } = true;

    /// <summary>The certificate of the HTTP port expires within two weeks.</summary>
    [JsonPropertyName("certificate_expires")]
    public bool CertificateExpires { get; init; } = true;

    /// <summary>A backup by schedule was not made.</summary>
    [JsonPropertyName("backup_failed")]
    public bool BackupFailed { get; init; } = true;

    /// <summary>A roll-out of a strategy stopped by itself.</summary>
    [JsonPropertyName("rollout_stopped")]
    public bool RolloutStopped { get; init; } = true;

    /// <summary>Two machines claim one id.</summary>
    [JsonPropertyName("identity_conflict")]
    public bool IdentityConflict { get; init; } = true;

    /// <summary>Percent of the data folder's disk that must be free; 0: whatever.</summary>
    [JsonPropertyName("disk_free_percent")]
    public int DiskFreePercent { get; init; } = 10;

    /// <summary>Devices that must be there.</summary>
    [JsonPropertyName("devices")]
    public IReadOnlyList<DeviceWatch> Devices { get; init; } = [];

    private static List<string> Complaints(WatchSettings value)
    {
        var wrong = new List<string>();
        if (value.DiskFreePercent is < 0 or > 90) wrong.Add("disk_free_percent is between 0 and 90.");
        if (value.Devices.Count > 50) wrong.Add("At most 50 groups of devices are watched.");
        if (value.Devices.Any(d => d.Minutes is < 2 or > 43_200)) wrong.Add("minutes is between 2 and 43200.");
        if (value.Devices.Any(d => d.DeviceGroup.Length > 128)) wrong.Add("A device group's name is too long.");
        if (value.Devices.Any(d => d.DeviceGroup.Trim().Length == 0)) wrong.Add("A device group is missing.");
        return wrong;
    }
}

/// <summary>Devices of a group that must be there.</summary>
internal sealed record DeviceWatch
{
    /// <summary>The group's name.</summary>
    [JsonPropertyName("device_group")]
    public string DeviceGroup { get; init; } = "";

    /// <summary>They are not watched for now.</summary>
    [JsonPropertyName("disabled")]
    public bool Disabled { get; init; }

    /// <summary>How long one may be away.</summary>
    [JsonPropertyName("minutes")]
    public int Minutes { get; init; } = 10;
}

/// <summary>The form in which the settings are stored.</summary>
[JsonSerializable(typeof(WatchSettings))]
internal sealed partial class WatchSettingsJson : JsonSerializerContext;
