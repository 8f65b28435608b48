using System.Text.Json.Nodes;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>Makes values of a schema of the document, and breaks them, the same way for the same seed.</summary>
internal sealed class SchemaSamples(JsonNode document, Random random)
{
    private const int MaxDepth = 6;

    /// <summary>What no member expects.</summary>
    private static readonly string[] Hostile =
    [
        "null", "true", "0", "-1", "17", "1e400", "99999999999999999999", "-9223372036854775809", "0.5", "\"\"", "\" \"",
        "\"\\u0000\"", "\"\\ud800\"", "\"a\\r\\nX: y\"", "\"' OR 1=1 --\"", "\"%\"", "\"../../etc/passwd\"", "\"\\u202e\\ufeff\"",
        "\"2026-13-45T99:99:99Z\"", "\"00000000-0000-0000-0000-000000000000\"", "[]", "{}", "[null]", "[[]]", "{\"\":null}",
        "[{\"a\":[{\"b\":{}}]}]", "\"9999-12-31T23:59:59.9999999Z\"", "\"0001-01-01T00:00:00Z\"", "2147483648", "4294967296",
    ];

    private static readonly Dictionary<string, string> Likely = new(StringComparer.Ordinal)
    {
        ["id"] = "482913377", ["uuid"] = "OGY0ZTJiN2MtMTE=", ["name"] = "office", ["username"] = "mara", ["password"] = "Tulip#42 of Mara",
        ["email"] = "mara@example.org", ["guid"] = "019a7c5e-0000-7000-8000-000000000000", ["type"] = "account", ["note"] = "a note",
    };

    /// <summary>A value that fits.</summary>
    public JsonNode? Valid(JsonNode? schema, string name = "", int depth = 0)
    {
        schema = Resolve(schema);
        if (schema is not JsonObject rules || depth > MaxDepth) return null;
        if (rules["enum"] is JsonArray { Count: > 0 } values) return values[random.Next(values.Count)]?.DeepClone();
        if ((rules["anyOf"] ?? rules["oneOf"]) is JsonArray choices)
        {
            return Valid(choices.FirstOrDefault(c => (string?)c!["type"] != "null"), name, depth);
        }

        var types = rules["type"] switch
        {
            JsonArray many => many.Select(t => (string)t!).Where(t => t != "null").ToArray(),
            { } one => [(string)one!],
            null => ["string"],
        };
        switch (types.Length == 0 ? "string" : types[^1])
        {
            case "object":
                var made = new JsonObject();
                if (rules["properties"] is JsonObject members)
                {
                    foreach (var (key, member) in members) made[key] = Valid(member, key, depth + 1);
                }

                if (rules["additionalProperties"] is JsonObject more) made["key"] = Valid(more, "key", depth + 1);
                return made;
            case "array":
                return new JsonArray(Valid(rules["items"], name.TrimEnd('s'), depth + 1));
            case "integer" or "number":
                return random.Next(3);
            case "boolean":
                return random.Next(2) == 0;
            default:
                var date = (string?)rules["format"] == "date-time";
                return date ? "2026-11-21T05:00:00Z" : Likely.GetValueOrDefault(name) ?? (name.Contains("guid") ? Likely["guid"] : "text");
        }
    }

    /// <summary>A body that was valid, broken somewhere, as text.</summary>
    public string Broken(JsonNode? valid)
    {
        var copy = valid?.DeepClone();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var places = Places(copy).ToList();
            if (places.Count == 0) break;
            copy = Break(copy!, places[random.Next(places.Count)]);
        }

        var text = copy is null ? Pick() : copy.ToJsonString();
        // What a tree can't hold: numbers out of range, halves of characters.
        text = text.Replace("\"@@\"", Pick(), StringComparison.Ordinal);
        return random.Next(12) switch
        {
            0 => text[..random.Next(text.Length + 1)],
            1 => text + text,
            2 => Pick(),
            3 => text.Replace(":", ":" + new string('[', 80), StringComparison.Ordinal),
            4 => text.Replace("\":\"", "\":\"" + new string('x', 70_000), StringComparison.Ordinal),
            _ => text,
        };
    }

    /// <summary>Something that no parameter expects, escaped for an address.</summary>
    public string Parameter()
    {
        string[] values = ["", "0", "-1", "99999999999999999999", "%00", "%ff%fe", "..%2f..%2fetc%2fpasswd", "%F0%9F%92%A5", "%27%20OR%201=1%20--",
            "%25%25%25", "1e9", "00000000-0000-0000-0000-000000000000", "019a7c5e-0000-7000-8000-000000000000", "482913377", "new", "part", "tail",
            "2026-11-21T05:00:00Z", "9999-12-31", "true", "null", "%5B%5D", new string('z', 900), "a%20b", "%0d%0aX:%20y", "2147483647", "2147483648"];
        return values[random.Next(values.Length)];
    }

    private string Pick() => Hostile[random.Next(Hostile.Length)];

    private JsonNode? Resolve(JsonNode? schema)
    {
        while ((string?)(schema as JsonObject)?["$ref"] is { } reference)
        {
            schema = document["components"]!["schemas"]![reference.Split('/')[^1]];
        }

        return schema;
    }

    private static IEnumerable<(JsonNode Parent, string? Key, int Index)> Places(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (key, member) in members)
                {
                    yield return (members, key, 0);
                    foreach (var place in Places(member)) yield return place;
                }

                break;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    yield return (items, null, i);
                    foreach (var place in Places(items[i])) yield return place;
                }

                break;
        }
    }

    private JsonNode Break(JsonNode root, (JsonNode Parent, string? Key, int Index) place)
    {
        var remove = random.Next(5) == 0;
        if (place.Parent is JsonObject members)
        {
            if (remove) members.Remove(place.Key!);
            else members[place.Key!] = "@@";
        }
        else if (place.Parent is JsonArray items)
        {
            if (remove) items.RemoveAt(place.Index);
            else items[place.Index] = "@@";
        }

        return root;
    }
}
