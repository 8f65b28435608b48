using System.Text.Json.Serialization;
using Hawser.Api.Http;

namespace Hawser.Api.Devices.Admin;

/// <summary>A machine that waits to be let in. All of it was said by the machine itself.</summary>
internal sealed record PendingItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    /// <summary>The id that it wants.</summary>
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    /// <summary>What it calls itself; empty: it did not say.</summary>
    [JsonPropertyName("device_name")]
    public required string DeviceName { get; init; }

    /// <summary>From where it asked last.</summary>
    [JsonPropertyName("address")]
    public required string Address { get; init; }

    [JsonPropertyName("first_seen")]
    public required long FirstSeen { get; init; }

    /// <summary>To two minutes, while it goes on asking.</summary>
    [JsonPropertyName("last_seen")]
    public required long LastSeen { get; init; }

    /// <summary>waiting or rejected.</summary>
    [JsonPropertyName("state")]
    public required string State { get; init; }

    /// <summary>machine: the id is another machine's; key: the same machine, known by another key; rival: another
    /// machine waits for the same id; empty: nobody else has to do with it.</summary>
    [JsonPropertyName("clash")]
    public required string Clash { get; init; }

    /// <summary>SHA-256 of its key.</summary>
    [JsonPropertyName("key_fingerprint")]
    public required string Key { get; init; }
}

/// <summary>Which claims something is done to.</summary>
/// <param name="Guids">By name.</param>
/// <param name="Query">All that a list shows for it.</param>
/// <param name="Expected">How many the caller saw.</param>
internal sealed record WhichClaims(IReadOnlyList<Guid>? Guids, string? Query, int? Expected);

/// <summary>Which machines.</summary>
internal sealed record ClaimsBody
{
    internal const string Example = """{"guids":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"]}""";

    /// <summary>Which.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>How many the caller saw; when there are others by now, nothing is begun.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>Which of them.</summary>
    [JsonIgnore]
    public WhichClaims Which => new(Guids, Query, Expected);
}

/// <summary>Which machines are let in, and what they get.</summary>
internal sealed record ApproveBody
{
    internal const string Example =
        """{"guids":["0190f6a2-7c1e-7d53-9d52-3f0f4d1c9b11"],"device_groups":["Tills"],"user_name":"mara"}""";

    /// <summary>Which.</summary>
    [JsonPropertyName("guids")]
    public IReadOnlyList<Guid>? Guids { get; init; }

    /// <summary>Or all that the list shows for this query; an empty one: all.</summary>
    [JsonPropertyName("query")]
    public string? Query { get; init; }

    /// <summary>How many the caller saw; when there are others by now, nothing is begun.</summary>
    [JsonPropertyName("expected")]
    public int? Expected { get; init; }

    /// <summary>Device groups that they are put into.</summary>
    [JsonPropertyName("device_groups")]
    public IReadOnlyList<string?>? DeviceGroups { get; init; }

    /// <summary>Who owns them from now on.</summary>
    [JsonPropertyName("user_name")]
    public string? UserName { get; init; }

    /// <summary>A strategy of their own.</summary>
    [JsonPropertyName("strategy_name")]
    public string? StrategyName { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Which of them.</summary>
    [JsonIgnore]
    public WhichClaims Which => new(Guids, Query, Expected);

    /// <summary>The rights that it takes besides.</summary>
    public IEnumerable<AdminRight> Needs()
    {
        if (DeviceGroups is { Count: > 0 }) yield return AdminRight.DevicesGroup;
        if (!string.IsNullOrEmpty(UserName)) yield return AdminRight.DevicesOwner;
        if (!string.IsNullOrEmpty(StrategyName)) yield return AdminRight.DevicesStrategy;
        if (!string.IsNullOrEmpty(Note)) yield return AdminRight.DevicesInfo;
    }
}

/// <summary>What these routes read and write.</summary>
[JsonSerializable(typeof(Page<PendingItem>))]
[JsonSerializable(typeof(ApproveBody))]
[JsonSerializable(typeof(ClaimsBody))]
internal sealed partial class DevicesPendingJson : JsonSerializerContext;
