using System.Text.Json.Serialization;
using Hawser.Api.Access;
using Hawser.Api.Http;

namespace Hawser.Api.Groups.Admin;

/// <summary>
/// A group as scripts write it (admin reference §4.2, §4.3): a missing key, and null, keep what is stored; an empty
/// text or list clears.
/// </summary>
internal sealed record GroupBody
{
    internal const string Example =
        """{"name":"Branch offices","note":"all shops","allowed_incomings":[{"type":0,"name":"Help desk"}]}""";

    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("note")]
    public string? Note { get; init; }

    /// <summary>Who may reach the devices of the group: user groups (0) and users (2).</summary>
    [JsonPropertyName("allowed_incomings")]
    public IReadOnlyList<PeerBody?>? AllowedIncomings { get; init; }

    /// <summary>For user groups, what its users may reach: user groups (0) and device groups (1).</summary>
    [JsonPropertyName("allowed_outgoings")]
    public IReadOnlyList<PeerBody?>? AllowedOutgoings { get; init; }

    /// <summary>For device groups: a device in several is shown in the one with the lowest rank. Ours.</summary>
    [JsonPropertyName("rank")]
    public int? Rank { get; init; }

    /// <summary>What is wrong beside references that can't be found; null: nothing.</summary>
    public string? Complaint(bool isNew) =>
        isNew || Name is not null ? NameText.Complaint(Name) ?? NameText.NoteComplaint(Note)
        : NameText.NoteComplaint(Note);

    /// <summary>One end of a relation for the rules; null: it was not given.</summary>
    public static List<GroupPeer>? Peers(IReadOnlyList<PeerBody?>? sent) =>
        sent?.Select(p => new GroupPeer(p?.Type ?? -1, p?.Name ?? "")).ToList();
}

/// <summary>One end of a relation.</summary>
/// <param name="Type">0 user group, 1 device group, 2 user.</param>
/// <param name="Name">Its name.</param>
internal sealed record PeerBody(
    [property: JsonPropertyName("type")] int? Type, [property: JsonPropertyName("name")] string? Name)
{
    public static IReadOnlyList<PeerBody> Of(IEnumerable<GroupPeer> peers) =>
        [.. peers.Select(p => new PeerBody(p.Type, p.Name))];
}

/// <summary>A user group in a list (admin reference §4.8).</summary>
internal sealed record UserGroupItem
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("allowed_incomings")]
    public required IReadOnlyList<PeerBody> AllowedIncomings { get; init; }

    [JsonPropertyName("allowed_outgoings")]
    public required IReadOnlyList<PeerBody> AllowedOutgoings { get; init; }

    [JsonPropertyName("user_count")]
    public required int UserCount { get; init; }

    /// <summary>The group of users for whom none was chosen; it can't be deleted.</summary>
    [JsonPropertyName("is_default")]
    public required bool IsDefault { get; init; }

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(Name, Note, AllowedIncomings, AllowedOutgoings);
}

/// <summary>A device group in a list (admin reference §4.8).</summary>
internal sealed record DeviceGroupRow
{
    [JsonPropertyName("guid")]
    public required string Guid { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("note")]
    public required string Note { get; init; }

    [JsonPropertyName("created_at")]
    public required long CreatedAt { get; init; }

    [JsonPropertyName("allowed_incomings")]
    public required IReadOnlyList<PeerBody> AllowedIncomings { get; init; }

    [JsonPropertyName("strategy_name")]
    public required string StrategyName { get; init; }

    [JsonPropertyName("device_count")]
    public required int DeviceCount { get; init; }

    [JsonPropertyName("rank")]
    public required int Rank { get; init; }

    /// <summary>Moves with every change of what is edited; see <see cref="EditVersion"/>.</summary>
    [JsonPropertyName("version")]
    public string Version => EditVersion.Of(Name, Note, AllowedIncomings, Rank);
}

/// <summary>What was made.</summary>
/// <param name="Guid">Its identity.</param>
internal sealed record MadeGroup([property: JsonPropertyName("guid")] string Guid);

/// <summary>What this slice reads and writes for administrators. Numbers may come as text.</summary>
[JsonSourceGenerationOptions(
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GroupBody))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(UserGroupItem))]
[JsonSerializable(typeof(DeviceGroupRow))]
[JsonSerializable(typeof(Page<UserGroupItem>))]
[JsonSerializable(typeof(Page<DeviceGroupRow>))]
[JsonSerializable(typeof(MadeGroup))]
internal sealed partial class GroupsAdminJson : JsonSerializerContext;
