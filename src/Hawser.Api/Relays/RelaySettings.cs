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

    /// <summary>Other limits than the options' for the relays of nodes that read these settings.</summary>
    [JsonPropertyName("limits")]
    public LimitSettings Limits { get; init; } = new();
}

/// <summary>What pairs may use, in Mb/s; null: as the options say; 0: no limit.</summary>
internal sealed record LimitSettings
{
    internal const string Example = """{"single":64,"total":500,"slowed":null}""";

    /// <summary>One pair.</summary>
    [JsonPropertyName("single")]
    public double? Single { get; init; }

    /// <summary>All pairs together.</summary>
    [JsonPropertyName("total")]
    public double? Total { get; init; }

    /// <summary>A pair that ran long while the relay was busy, or one of a listed address; never 0.</summary>
    [JsonPropertyName("slowed")]
    public double? Slowed { get; init; }
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
