using System.Text.Json.Serialization;
using Hawser.Api.Http;

namespace Hawser.Api.Devices.Admin;

/// <summary>A deployment token to be made.</summary>
internal sealed record DeployTokenWish
{
    internal const string Example = """
        {"name":"New tills","days":30,"maximum_uses":50,"user_name":"mara","device_group_name":"Tills","note":"2026"}
        """;

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    /// <summary>How long it lasts; 0: for ever. 30 when it is missing.</summary>
    [JsonPropertyName("days")]
    public int? Days { get; init; }

    /// <summary>Networks it may be used from; empty: any.</summary>
    [JsonPropertyName("allowed_from")]
    public string? AllowedFrom { get; init; }

    /// <summary>How many devices may come with it; 0 or missing: any number.</summary>
    [JsonPropertyName("maximum_uses")]
    public int? MaximumUses { get; init; }

    /// <summary>Who owns the devices.</summary>
    [JsonPropertyName("user_name")]
    public string? UserName { get; init; }

    [JsonPropertyName("device_group_name")]
    public string? DeviceGroupName { get; init; }

    [JsonPropertyName("strategy_name")]
    public string? StrategyName { get; init; }

    /// <summary>A shared book.</summary>
    [JsonPropertyName("address_book_name")]
    public string? AddressBookName { get; init; }

    [JsonPropertyName("address_book_tag")]
    public string? AddressBookTag { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }
}

/// <summary>A deployment token that was made; its text is told only here.</summary>
internal sealed record MadeDeployToken(
    [property: JsonPropertyName("guid")] Guid Guid,
    [property: JsonPropertyName("token")] string Token,
    [property: JsonPropertyName("expires_at")] long? ExpiresAt);

/// <summary>A deployment token in a list.</summary>
internal sealed record DeployTokenItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required long? ExpiresAt { get; init; }

    [JsonPropertyName("last_used_at")]
    public required long? LastUsedAt { get; init; }

    [JsonPropertyName("last_address")]
    public required string LastAddress { get; init; }

    [JsonPropertyName("allowed_from")]
    public required string AllowedFrom { get; init; }

    /// <summary>0: any number.</summary>
    [JsonPropertyName("maximum_uses")]
    public required int MaximumUses { get; init; }

    /// <summary>How many devices came with it.</summary>
    [JsonPropertyName("uses")]
    public required int Uses { get; init; }

    [JsonPropertyName("user_name")]
    public required string UserName { get; init; }

    [JsonPropertyName("device_group_name")]
    public required string DeviceGroupName { get; init; }

    [JsonPropertyName("strategy_name")]
    public required string StrategyName { get; init; }

    [JsonPropertyName("address_book_name")]
    public required string AddressBookName { get; init; }

    [JsonPropertyName("address_book_tag")]
    public required string AddressBookTag { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }
}

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeployTokenWish))]
[JsonSerializable(typeof(MadeDeployToken))]
[JsonSerializable(typeof(Page<DeployTokenItem>))]
internal sealed partial class DeployTokensJson : JsonSerializerContext;
