using System.Text.Json.Serialization;
using Hawser.Data.Accounts;

namespace Hawser.Api.Delegation.Admin;

/// <summary>An admin role as it is written; in a change what is missing stays, lists are replaced as a whole.</summary>
internal record AdminRoleBody
{
    internal const string Example = """
        {"name":"Branch north","type":"group","rights":["users.view","devices.enable"],"user_groups":["Shops"],
        "device_groups":["Tills"],"unassigned":false,"users":["mara"]}
        """;

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>global, individual or group; it is chosen once.</summary>
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    /// <summary>As the list of rights names them.</summary>
    [JsonPropertyName("rights")]
    public IReadOnlyList<string?>? Rights { get; init; }

    /// <summary>For a role of groups: whose users, and whose users' devices, by the groups' names.</summary>
    [JsonPropertyName("user_groups")]
    public IReadOnlyList<string?>? UserGroups { get; init; }

    /// <summary>For a role of groups: whose devices, by the groups' names.</summary>
    [JsonPropertyName("device_groups")]
    public IReadOnlyList<string?>? DeviceGroups { get; init; }

    /// <summary>For a role of groups: devices of nobody and of no group, too.</summary>
    [JsonPropertyName("unassigned")]
    public bool? Unassigned { get; init; }

    /// <summary>Who holds it, by name.</summary>
    [JsonPropertyName("users")]
    public IReadOnlyList<string?>? Users { get; init; }

    internal static AdminRoleKind? KindOf(string? text) => text switch
    {
        "global" => AdminRoleKind.Global, "individual" => AdminRoleKind.Individual, "group" => AdminRoleKind.Group,
        _ => null,
    };
}

/// <summary>An admin role in a list.</summary>
internal sealed record AdminRoleItem
{
    [JsonPropertyName("guid")]
    public required Guid Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    /// <summary>global, individual or group.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>With what they include.</summary>
    [JsonPropertyName("rights")]
    public required IReadOnlyList<string> Rights { get; init; }

    [JsonPropertyName("user_groups")]
    public required IReadOnlyList<string> UserGroups { get; init; }

    [JsonPropertyName("device_groups")]
    public required IReadOnlyList<string> DeviceGroups { get; init; }

    [JsonPropertyName("unassigned")]
    public required bool Unassigned { get; init; }

    /// <summary>The first thousand of those who hold it.</summary>
    [JsonPropertyName("users")]
    public required IReadOnlyList<string> Users { get; init; }

    /// <summary>
    /// Of those, who holds it by a group elsewhere; taken away here it comes back with the next sign-in.
    /// </summary>
    [JsonPropertyName("by_sources")]
    public required IReadOnlyList<RoleOfSource> BySources { get; init; }

    [JsonPropertyName("user_count")]
    public required int UserCount { get; init; }
}

/// <summary>That somebody holds a role by a group of a provider or directory.</summary>
/// <param name="User">The holder's name.</param>
/// <param name="Source">ldap or oidc/NAME.</param>
internal sealed record RoleOfSource(
    [property: JsonPropertyName("user")] string User, [property: JsonPropertyName("source")] string Source);

/// <summary>What a provider or directory has given.</summary>
/// <param name="Source">ldap or oidc/NAME.</param>
/// <param name="People">How many people hold roles by it.</param>
/// <param name="Roles">How many roles they hold by it, all together.</param>
internal sealed record RoleSourceItem(
    [property: JsonPropertyName("source")] string Source, [property: JsonPropertyName("people")] int People,
    [property: JsonPropertyName("roles")] int Roles);

/// <summary>A right that a role can have.</summary>
/// <param name="Name">As roles name it: subject.right.</param>
/// <param name="Includes">The right to see that comes with it.</param>
/// <param name="Types">Which kinds of roles may have it.</param>
/// <param name="About">What it allows, for people.</param>
internal sealed record AdminRightItem(
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("includes")] string Includes,
    [property: JsonPropertyName("types")] IReadOnlyList<string> Types,
    [property: JsonPropertyName("about")] string About);

/// <summary>What these routes read and write.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RolePreviewBody))]
[JsonSerializable(typeof(RolePreview))]
[JsonSerializable(typeof(AdminRoleBody))]
[JsonSerializable(typeof(AdminRoleItem))]
[JsonSerializable(typeof(IReadOnlyList<AdminRoleItem>))]
[JsonSerializable(typeof(IReadOnlyList<AdminRightItem>))]
[JsonSerializable(typeof(IReadOnlyList<RoleSourceItem>))]
internal sealed partial class DelegationJson : JsonSerializerContext;
