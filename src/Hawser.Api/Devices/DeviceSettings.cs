using System.Text.Json.Serialization;
using Hawser.Api.Settings;
using Hawser.Protocol.Identity;

namespace Hawser.Api.Devices;

/// <summary>What an administrator decides about new devices.</summary>
internal sealed record DeviceSettings
{
    internal const int MostBlocked = 1000;

    public static SettingKey<DeviceSettings> Key { get; } = new(
        "devices", DeviceSettingsJson.Default.DeviceSettings, Check: Complaints);

    /// <summary>Unknown devices may register only after somebody deployed them with a token (§12.2), or approved them
    /// in the console.</summary>
    [JsonPropertyName("deployment_required")]
    public bool DeploymentRequired { get; set; }

    /// <summary>Addresses and networks from where no new device is taken; known ones go on.</summary>
    [JsonPropertyName("blocked_addresses")]
    public IReadOnlyList<string> BlockedAddresses { get; set => field = value ?? []; } = [];

    /// <summary>What devices may claim for themselves in their first sysinfo.</summary>
    [JsonPropertyName("presets")]
    public PresetSettings Presets { get; set => field = value ?? new(); } = new();

    private static IReadOnlyList<string> Complaints(DeviceSettings value)
    {
        if (value.BlockedAddresses.Count > MostBlocked)
        {
            return [$"blocked_addresses has at most {MostBlocked} entries."];
        }

        return AddressList.TryParse(value.BlockedAddresses.Select(a => a ?? ""), out _, out var bad) ? []
            : [$"blocked_addresses: \"{bad}\" is neither an address nor a network like 192.168.0.0/16."];
    }
}

/// <summary>
/// Which presets are applied. They come without any credentials (§9.5), so that each kind is off until somebody who
/// trusts the clients of this server turns it on.
/// </summary>
internal sealed record PresetSettings
{
    [JsonPropertyName("owner")]
    public bool Owner { get; set; }

    [JsonPropertyName("strategy")]
    public bool Strategy { get; set; }

    [JsonPropertyName("device_group")]
    public bool DeviceGroup { get; set; }

    [JsonPropertyName("address_book")]
    public bool AddressBook { get; set; }

    [JsonPropertyName("note")]
    public bool Note { get; set; }
}

/// <summary>The form in which the settings are stored.</summary>
[JsonSerializable(typeof(DeviceSettings))]
internal sealed partial class DeviceSettingsJson : JsonSerializerContext;
