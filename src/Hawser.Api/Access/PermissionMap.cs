using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Hawser.Api.Access;

/// <summary>What a control role says of one permission.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PermissionState>))]
internal enum PermissionState
{
    /// <summary>The device's own setting holds.</summary>
    [JsonStringEnumMemberName("unset")]
    Unset = 0,

    /// <summary>Forbidden, whatever the device says.</summary>
    [JsonStringEnumMemberName("deny")]
    Deny = 1,

    /// <summary>Allowed, whatever the device says.</summary>
    [JsonStringEnumMemberName("allow")]
    Allow = 2,
}

/// <summary>
/// The map of permissions that is imposed on a controlled device: two bits each, at 2 × index; the fourth value means
/// unset (reference §16.4).
/// </summary>
internal static class PermissionMap
{
    /// <summary>The permissions, at their index on the wire.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "keyboard", "remote_printer", "clipboard", "file", "audio", "camera", "terminal", "tunnel", "restart",
        "recording", "block_input", "remote_modify", "privacy_mode",
    ];

    /// <summary>The stored map without unknown permissions and with the invalid fourth state made "unset".</summary>
    public static ulong Clean(long stored)
    {
        var map = 0UL;
        for (var i = 0; i < Names.Length; i++)
        {
            var state = ((ulong)stored >> (2 * i)) & 3;
            if (state != 3) map |= state << (2 * i);
        }

        return map;
    }

    /// <summary>The state of one permission.</summary>
    public static PermissionState Of(ulong map, int index) => (PermissionState)((map >> (2 * index)) & 3);

    /// <summary>Makes a map of names and states.</summary>
    /// <param name="states">Which permission has which state.</param>
    /// <param name="map">The map.</param>
    /// <param name="unknown">The first name that is no permission, or has no such state.</param>
    public static bool TryBuild(IReadOnlyDictionary<string, PermissionState> states, out ulong map, out string unknown)
    {
        map = 0;
        unknown = "";
        foreach (var (name, state) in states)
        {
            var index = Names.IndexOf(name);
            if (index < 0 || !Enum.IsDefined(state))
            {
                unknown = name;
                return false;
            }

            map |= (ulong)state << (2 * index);
        }

        return true;
    }

    /// <summary>The permissions that are set, by name.</summary>
    public static IReadOnlyDictionary<string, PermissionState> Describe(ulong map) =>
        Enumerable.Range(0, Names.Length).Where(i => Of(map, i) is PermissionState.Allow or PermissionState.Deny)
            .ToDictionary(i => Names[i], i => Of(map, i), StringComparer.Ordinal);
}
