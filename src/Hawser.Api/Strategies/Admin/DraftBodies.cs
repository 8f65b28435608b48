using System.Text.Json.Serialization;

namespace Hawser.Api.Strategies.Admin;

/// <summary>Options to try, and on what.</summary>
internal sealed record DraftBody
{
    internal const string Example = """
        {"config_options":{"enable-terminal":"N"},"group":"019a7c5e-0000-7000-8000-000000000001"}
        """;

    /// <summary>All options as they would be; missing: as they are.</summary>
    [JsonPropertyName("config_options")]
    public IReadOnlyDictionary<string, string?>? ConfigOptions { get; init; }

    /// <summary>A device; with group missing too: all devices.</summary>
    [JsonPropertyName("peer")]
    public Guid? Peer { get; init; }

    /// <summary>A device group.</summary>
    [JsonPropertyName("group")]
    public Guid? Group { get; init; }
}

/// <summary>An option before and after.</summary>
/// <param name="Key">The option.</param>
/// <param name="Before">Its value; null: not set.</param>
/// <param name="After">Its value then; null: not set, and taken back when it was.</param>
internal sealed record DraftOption(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("before")] string? Before,
    [property: JsonPropertyName("after")] string? After)
{
    /// <summary>All that are set before or after, by their names.</summary>
    public static IReadOnlyList<DraftOption> Of(
        SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(k => new DraftOption(k, before.GetValueOrDefault(k), after.GetValueOrDefault(k))),
    ];
}

/// <summary>A device that does not know all options.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Version">Its client's version.</param>
/// <param name="Keys">What it does not know.</param>
internal sealed record DraftOldDevice(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("keys")] IReadOnlyList<string> Keys);

/// <summary>A device that is given the strategy and is under a stronger one.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Strategy">The stronger one.</param>
/// <param name="StrategyName">Its name.</param>
/// <param name="Level">What that is given to: device, user or device_group.</param>
/// <param name="Target">The device's id, the owner's or the group's name.</param>
internal sealed record DraftShadow(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("strategy")] Guid Strategy,
    [property: JsonPropertyName("strategy_name")] string StrategyName,
    [property: JsonPropertyName("level")] string Level,
    [property: JsonPropertyName("target")] string Target);

/// <summary>What a draft would do.</summary>
internal sealed record DraftAnswer
{
    /// <summary>How many devices it was tried on.</summary>
    [JsonPropertyName("devices")]
    public required int Devices { get; init; }

    /// <summary>How many of them are under the strategy.</summary>
    [JsonPropertyName("governed")]
    public required int Governed { get; init; }

    /// <summary>How many are given it and are under a stronger one.</summary>
    [JsonPropertyName("shadowed_count")]
    public required int ShadowedCount { get; init; }

    /// <summary>How many of those under it are too old for an option.</summary>
    [JsonPropertyName("too_old_count")]
    public required int TooOldCount { get; init; }

    /// <summary>What is in effect before and after: on the device, or on those under the strategy.</summary>
    [JsonPropertyName("options")]
    public required IReadOnlyList<DraftOption> Options { get; init; }

    /// <summary>The first 50.</summary>
    [JsonPropertyName("too_old")]
    public required IReadOnlyList<DraftOldDevice> TooOld { get; init; }

    /// <summary>The first 50.</summary>
    [JsonPropertyName("shadowed")]
    public required IReadOnlyList<DraftShadow> Shadowed { get; init; }
}

/// <summary>How it is read and written.</summary>
[JsonSerializable(typeof(DraftBody))]
[JsonSerializable(typeof(DraftAnswer))]
internal sealed partial class DraftJson : JsonSerializerContext;
