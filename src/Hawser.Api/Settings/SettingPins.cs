using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api.Http;

namespace Hawser.Api.Settings;

/// <summary>Lays the members that the server was started with over what is stored.</summary>
internal static class SettingPins
{
    /// <summary>The code of the refusal to change one.</summary>
    internal const string Code = "setting_pinned";

    /// <summary>The pins of a setting.</summary>
    public static IEnumerable<SettingPin> Of(this IReadOnlyList<SettingPin> pins, string setting) =>
        pins.Where(p => p.Setting == setting);

    /// <summary>A value with the pins over it.</summary>
    public static T Over<T>(this IReadOnlyList<SettingPin> pins, string setting, JsonTypeInfo<T> type, T value)
        where T : class
    {
        var own = pins.Of(setting).ToList();
        if (own.Count == 0) return value;
        var tree = (JsonObject)JsonSerializer.SerializeToNode(value, type)!;
        foreach (var pin in own) Put(tree, pin.Member, pin.Value);
        return tree.Deserialize(type)!;
    }

    /// <summary>The member at a path; null also when there is none.</summary>
    public static JsonNode? At(JsonObject tree, string path) =>
        path.Split('.').Aggregate((JsonNode?)tree, (node, part) => (node as JsonObject)?[part]);

    /// <summary>Puts a copy of a node at a path whose upper members are there.</summary>
    public static void Put(JsonObject tree, string path, JsonNode? node)
    {
        var parts = path.Split('.');
        var owner = parts[..^1].Aggregate(tree, (inner, part) => (JsonObject)inner[part]!);
        owner[parts[^1]] = node?.DeepClone();
    }

    /// <summary>The refusal to change a member that is pinned.</summary>
    public static Problem Refusal(SettingPin pin) => Problem.Conflict(Sentence(pin), Code);

    /// <summary>Why it can't be changed, for people.</summary>
    public static string Sentence(SettingPin pin) =>
        $"{pin.Setting}.{pin.Member} is set by {pin.Origin}; it is changed there, not here.";
}

/// <summary>Somebody would have changed a member that the server was started with.</summary>
internal sealed class PinnedSettingException(SettingPin pin) : InvalidOperationException(SettingPins.Sentence(pin));
