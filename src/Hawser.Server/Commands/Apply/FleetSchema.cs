using System.Collections.Frozen;

namespace Hawser.Server.Commands.Apply;

/// <summary>What a value of the file looks like.</summary>
internal enum FleetKind
{
    Text,
    Flag,
    Number,

    /// <summary>A list of texts, in which the order means nothing.</summary>
    Texts,

    /// <summary>Texts by name.</summary>
    TextMap,

    /// <summary>Colours by name.</summary>
    Colours,

    /// <summary>One end of an access rule.</summary>
    End,

    /// <summary>What is passed on as it is.</summary>
    Anything,

    /// <summary>Who may use an address book.</summary>
    Shares,

    /// <summary>The devices of an address book.</summary>
    Entries,
}

/// <summary>The sections of the file, and their keys.</summary>
internal static class FleetSchema
{
    /// <summary>In the order in which they are applied: what others name comes first.</summary>
    public static readonly string[] Order =
        ["control_roles", "strategies", "user_groups", "device_groups", "access_rules", "address_books"];

    /// <summary>What a share of an address book allows; at its number minus one.</summary>
    public static readonly string[] Permissions = ["read", "read_write", "full"];

    /// <summary>The keys of each section.</summary>
    public static readonly FrozenDictionary<string, IReadOnlyDictionary<string, FleetKind>> Sections =
        new Dictionary<string, IReadOnlyDictionary<string, FleetKind>>(StringComparer.Ordinal)
        {
            ["control_roles"] = Keys(("enabled", FleetKind.Flag), ("permissions", FleetKind.TextMap)),
            ["strategies"] = Keys(("enabled", FleetKind.Flag), ("options", FleetKind.TextMap)),
            ["user_groups"] = Keys(),
            ["device_groups"] = Keys(
                ("rank", FleetKind.Number), ("strategy", FleetKind.Text), ("devices", FleetKind.Texts)),
            ["access_rules"] = Keys(
                ("enabled", FleetKind.Flag), ("from", FleetKind.End), ("to", FleetKind.End),
                ("control_role", FleetKind.Text), ("schedule", FleetKind.Anything)),
            ["address_books"] = Keys(
                ("tags", FleetKind.Colours), ("shares", FleetKind.Shares),
                ("entries", FleetKind.Entries)),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Keys whose values are sets of parts: each part is added and changed by itself.</summary>
    public static bool IsSet(string key) => key is "devices" or "tags" or "shares" or "entries";

    private static Dictionary<string, FleetKind> Keys(params (string Key, FleetKind Kind)[] more)
    {
        var keys = new Dictionary<string, FleetKind>(StringComparer.Ordinal)
        {
            ["name"] = FleetKind.Text, ["note"] = FleetKind.Text,
        };
        foreach (var (key, kind) in more) keys[key] = kind;
        return keys;
    }
}
