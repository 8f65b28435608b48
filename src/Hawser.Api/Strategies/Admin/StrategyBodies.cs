using System.Text.Json.Serialization;
using Hawser.Api.Http;

namespace Hawser.Api.Strategies.Admin;

/// <summary>A strategy (admin reference §4.6, §4.8).</summary>
internal sealed record StrategyItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    /// <summary>1 enabled, 0 disabled.</summary>
    [JsonPropertyName("status")]
    public required int Status { get; init; }

    [JsonPropertyName("modified_at")]
    public required long ModifiedAt { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("config_options")]
    public required IReadOnlyDictionary<string, string> ConfigOptions { get; init; }

    [JsonPropertyName("device_count")]
    public required int DeviceCount { get; init; }

    [JsonPropertyName("user_count")]
    public required int UserCount { get; init; }

    [JsonPropertyName("device_group_count")]
    public required int DeviceGroupCount { get; init; }

    /// <summary>What an administrator should know of its options; for one strategy only.</summary>
    [JsonPropertyName("warnings")]
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(
        Name, Note, Enabled, ConfigOptions.OrderBy(o => o.Key, StringComparer.Ordinal));
}

/// <summary>A strategy as it is written; in a change a missing key, and null, keep what is stored.</summary>
internal sealed record StrategyBody
{
    internal const string Example =
        """{"name":"Shops","note":"tills","config_options":{"enable-file-transfer":"N","enable-audio":"N"}}""";

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    [JsonPropertyName("enabled")]
    public bool? Enabled { get; init; }

    /// <summary>Replaces all options.</summary>
    [JsonPropertyName("config_options")]
    public IReadOnlyDictionary<string, string?>? ConfigOptions { get; init; }

    /// <summary>Why the options change; stands in their history.</summary>
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }

    /// <summary>Whether somebody was asked if devices shall stop their service.</summary>
    [JsonPropertyName("stop_confirmed")]
    public bool StopConfirmed { get; init; }
}

/// <summary>What a strategy is given to, or taken from (admin reference §4.6).</summary>
internal sealed record StrategyAssignBody
{
    /// <summary>The strategy; missing: none any more.</summary>
    [JsonPropertyName("strategy")]
    public string? Strategy { get; init; }

    [JsonPropertyName("peers")]
    public IReadOnlyList<string?>? Peers { get; init; }

    [JsonPropertyName("users")]
    public IReadOnlyList<string?>? Users { get; init; }

    /// <summary>Device groups.</summary>
    [JsonPropertyName("groups")]
    public IReadOnlyList<string?>? Groups { get; init; }
}

/// <summary>An option that can be set.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Kind">What it takes, in one word.</param>
/// <param name="Default">What holds without it.</param>
/// <param name="Choices">For a choice, the words.</param>
/// <param name="Since">The client release that knows it; empty: all.</param>
/// <param name="Warning">What an administrator should know before using it; empty: nothing.</param>
internal sealed record OptionItem(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("default")] string Default,
    [property: JsonPropertyName("choices")] IReadOnlyList<string> Choices,
    [property: JsonPropertyName("since")] string Since,
    [property: JsonPropertyName("warning")] string Warning);

/// <summary>What this slice reads and writes for administrators.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyList<StrategyItem>))]
[JsonSerializable(typeof(IReadOnlyList<OptionItem>))]
[JsonSerializable(typeof(StrategyBody))]
[JsonSerializable(typeof(StrategyAssignBody))]
internal sealed partial class StrategiesAdminJson : JsonSerializerContext;
