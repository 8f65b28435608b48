using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Devices;

/// <summary>What becomes of devices that nobody has seen for long. Nothing, until somebody says so.</summary>
internal sealed record StaleSettings
{
    internal const int MostDays = 3650;

    public static SettingKey<StaleSettings> Key { get; } = new(
        "stale_devices", StaleSettingsJson.Default.StaleSettings, Check: Complaints);

    /// <summary>After so many days without a sign of it a device is disabled; 0: never.</summary>
    [JsonPropertyName("disable_days")]
    public int DisableDays { get; init; }

    /// <summary>After so many it goes to the bin; 0: never. With days for disabling, only disabled ones go.</summary>
    [JsonPropertyName("bin_days")]
    public int BinDays { get; init; }

    /// <summary>What is wrong with a rule; empty: nothing.</summary>
    internal static IReadOnlyList<string> Complaints(StaleSettings value)
    {
        if (value.DisableDays is < 0 or > MostDays) return [$"disable_days: 0 to {MostDays}."];
        if (value.BinDays is < 0 or > MostDays) return [$"bin_days: 0 to {MostDays}."];
        return value is { DisableDays: > 0, BinDays: > 0 } && value.BinDays <= value.DisableDays
            ? ["bin_days: more days than disable_days, or 0: a device is disabled before it goes to the bin."] : [];
    }
}

/// <summary>The form in which the setting is stored.</summary>
[JsonSerializable(typeof(StaleSettings))]
internal sealed partial class StaleSettingsJson : JsonSerializerContext;
