using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Groups;

/// <summary>What an administrator decides about the list of accessible devices in clients.</summary>
internal sealed record GroupSettings
{
    /// <summary>The setting.</summary>
    internal static readonly SettingKey<GroupSettings> Key = new("groups", GroupSettingsJson.Default.GroupSettings);

    /// <summary>Clients get no list of accessible devices (reference §7).</summary>
    [JsonPropertyName("disabled")]
    public bool Disabled { get; init; }

    /// <summary>
    /// Under the open policy, devices without owner and group are listed for everybody, not only for administrators.
    /// </summary>
    [JsonPropertyName("unassigned_for_everybody")]
    public bool UnassignedForEverybody { get; init; }
}

/// <summary>How the setting is written.</summary>
[JsonSerializable(typeof(GroupSettings))]
internal sealed partial class GroupSettingsJson : JsonSerializerContext;
