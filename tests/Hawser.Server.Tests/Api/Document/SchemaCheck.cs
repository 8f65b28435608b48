using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>Whether a value is what a schema of the document says: types, members that must be there, no others.</summary>
internal static class SchemaCheck
{
    /// <summary>What is wrong; null: nothing.</summary>
    public static string? Complaint(JsonNode document, JsonNode? schema, JsonNode? value, string path)
    {
        while ((string?)(schema as JsonObject)?["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![reference.Split('/')[^1]];
        }

        if (schema is not JsonObject rules) return null;
        if ((rules["anyOf"] ?? rules["oneOf"]) is JsonArray choices)
        {
            var all = choices.Select(c => Complaint(document, c, value, path)).ToList();
            return all.Contains(null) ? null : all[^1];
        }

        if (rules["type"] is { } type)
        {
            var allowed = type is JsonArray many ? many.Select(t => (string)t!).ToArray() : [(string)type!];
            if (!allowed.Any(t => Fits(t, value))) return $"{path} is {value?.ToJsonString() ?? "null"}, not {string.Join(" or ", allowed)}";
        }

        return value switch
        {
            JsonArray items => items.Select((item, i) => Complaint(document, rules["items"], item, $"{path}[{i}]"))
                .FirstOrDefault(c => c is not null),
            JsonObject members => OfMembers(document, rules, members, path),
            _ => null,
        };
    }

    private static string? OfMembers(JsonNode document, JsonObject rules, JsonObject members, string path)
    {
        foreach (var name in rules["required"] as JsonArray ?? [])
        {
            if (!members.ContainsKey((string)name!)) return $"{path}.{name} is missing";
        }

        foreach (var (name, member) in members)
        {
            var known = rules["properties"]?[name] ?? rules["additionalProperties"];
            if (known is null && rules["properties"] is not null) return $"{path}.{name} is not in the document";
            if (Complaint(document, known, member, $"{path}.{name}") is { } complaint) return complaint;
        }

        return null;
    }

    private static bool Fits(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) => true,
        ("array", JsonValueKind.Array) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer" or "number", JsonValueKind.Number) => true,
        _ => false,
    };
}
