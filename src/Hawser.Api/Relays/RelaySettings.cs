using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.Relays;

/// <summary>Relays that administrators added or switched off, beside those of the options.</summary>
internal sealed record RelaySettings
{
    public static readonly SettingKey<RelaySettings> Key =
        new("relays", RelaySettingsJson.Default.RelaySettings, Check: RelayDesk.Complaints);

    /// <summary>More relays.</summary>
    [JsonPropertyName("added")]
    public IReadOnlyList<AddedRelay> Added { get; init; } = [];

    /// <summary>Addresses of relays that nobody is sent to, whoever named them.</summary>
    [JsonPropertyName("disabled")]
    public IReadOnlyList<string> Disabled { get; init; } = [];

    /// <summary>What relays are called in the console, by address.</summary>
    [JsonPropertyName("names")]
    public IReadOnlyDictionary<string, string> Names { get; init; } = new Dictionary<string, string>();
}

/// <summary>A relay that an administrator added.</summary>
internal sealed record AddedRelay
{
    /// <summary>host or host:port.</summary>
    [JsonPropertyName("address")]
    public string Address { get; init; } = "";
}

/// <summary>The form in which the settings are stored.</summary>
[JsonSerializable(typeof(RelaySettings))]
internal sealed partial class RelaySettingsJson : JsonSerializerContext;
