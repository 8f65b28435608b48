using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Api.Settings;

/// <summary>
/// Settings as people see and write them: secrets are stars, and stars that come back change nothing.
/// </summary>
internal static class SettingText
{
    private const string Stars = "********";

    private static readonly string[] SecretWords =
        ["password", "secret", "token", "authorization", "apikey", "api_key", "api-key"];

    /// <summary>A copy without secrets.</summary>
    public static JsonNode? Masked(JsonNode? value) => Copy(value, null, mask: true);

    /// <summary>A copy in which stars have been replaced by what was there before.</summary>
    public static JsonNode? Unmasked(JsonNode? value, JsonNode? before) => Copy(value, before, mask: false);

    /// <summary>A copy in which members that are missing are as they usually are, also within members.</summary>
    public static JsonObject Completed(JsonObject given, JsonObject usual)
    {
        var all = (JsonObject)given.DeepClone();
        foreach (var (name, member) in usual)
        {
            if (!all.TryGetPropertyValue(name, out var own)) all[name] = member?.DeepClone();
            else if (own is JsonObject more && member is JsonObject { Count: > 0 } known)
            {
                all[name] = Completed(more, known);
            }
        }

        return all;
    }

    /// <summary>Complains about members that the stored form does not have.</summary>
    /// <exception cref="JsonException">There is one; the message names it.</exception>
    public static void RefuseUnknown(string path, JsonNode? given, JsonNode? known)
    {
        switch (given)
        {
            case JsonObject given1 when known is JsonObject known1:
                foreach (var (name, member) in given1)
                {
                    if (!known1.TryGetPropertyValue(name, out var other))
                    {
                        throw new JsonException($"{path} has no member {name}; it has {Names(known1)}");
                    }

                    RefuseUnknown($"{path}.{name}", member, other);
                }

                break;
            case JsonArray given2 when known is JsonArray known2 && given2.Count == known2.Count:
                for (var i = 0; i < given2.Count; i++) RefuseUnknown($"{path}[{i}]", given2[i], known2[i]);
                break;
        }
    }

    /// <summary>
    /// The members that differ, as they were and as they become, without secrets; null where they are too long to be
    /// kept whole in the log.
    /// </summary>
    public static (string? Before, string? After) Differences(JsonObject before, JsonObject after)
    {
        var (old, now) = ((JsonObject)Masked(before)!, (JsonObject)Masked(after)!);
        foreach (var name in old.Select(m => m.Key).ToArray())
        {
            if (now.TryGetPropertyValue(name, out var other) && !JsonNode.DeepEquals(old[name], other)) continue;
            old.Remove(name);
            now.Remove(name);
        }

        var (was, becomes) = (old.ToJsonString(Plain), now.ToJsonString(Plain));
        return was.Length > LongestKept || becomes.Length > LongestKept || old.Count == 0 ? (null, null)
            : (was, becomes);
    }

    // What the log keeps of a detail.
    private const int LongestKept = 1000;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static string Names(JsonObject known) => string.Join(", ", known.Select(m => m.Key));

    private static JsonNode? Copy(JsonNode? value, JsonNode? before, bool mask) => value switch
    {
        JsonObject members => CopyMembers(members, before as JsonObject, mask),
        JsonArray items => new JsonArray([.. items.Select((item, i) => Copy(item, Same(item, i, before), mask))]),
        _ => value?.DeepClone(),
    };

    private static JsonObject CopyMembers(JsonObject members, JsonObject? before, bool mask)
    {
        var copy = new JsonObject();
        foreach (var (name, member) in members)
        {
            var secret = IsSecret(name) && member is JsonValue text && text.GetValueKind() == JsonValueKind.String;
            if (secret && mask) copy[name] = member!.GetValue<string>().Length == 0 ? "" : Stars;
            else if (secret && member!.GetValue<string>() == Stars) copy[name] = before?[name]?.DeepClone() ?? "";
            else copy[name] = Copy(member, before?[name], mask);
        }

        return copy;
    }

    // An item of a list is known again by its name, or else by its place.
    private static JsonNode? Same(JsonNode? item, int index, JsonNode? before)
    {
        if (before is not JsonArray old) return null;
        var name = (item as JsonObject)?["name"]?.ToString();
        if (name is not null) return old.FirstOrDefault(o => (o as JsonObject)?["name"]?.ToString() == name);
        return index < old.Count ? old[index] : null;
    }

    private static bool IsSecret(string name) =>
        SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
