using System.Text.Json.Serialization;
using Hawser.Api.Settings;

namespace Hawser.Api.AddressBooks;

/// <summary>What an administrator decides about address books.</summary>
internal sealed record AddressBookSettings
{
    /// <summary>The setting.</summary>
    internal static readonly SettingKey<AddressBookSettings> Key =
        new("address_books", AddressBookSettingsJson.Default.AddressBookSettings);

    /// <summary>Only the old single book: clients are told that there are no shared ones (reference §6.2).</summary>
    [JsonPropertyName("legacy_only")]
    public bool LegacyOnly { get; init; }

    /// <summary>Devices in one book; 0: only the server's own limit.</summary>
    [JsonPropertyName("max_peer_one_ab")]
    public int MaxEntries { get; init; }

    /// <summary>An id that is no address and names no other server must exist here (reference §6.6).</summary>
    [JsonPropertyName("id_must_exist")]
    public bool IdMustExist { get; init; }

    /// <summary>Users who are no administrators may share books with others than those of their own user group (admin
    /// reference §6.5).</summary>
    [JsonPropertyName("share_to_other_groups")]
    public bool ShareToOtherGroups { get; init; } = true;
}

/// <summary>How the setting is written.</summary>
[JsonSerializable(typeof(AddressBookSettings))]
internal sealed partial class AddressBookSettingsJson : JsonSerializerContext;
