using System.Text.Json;

namespace Hawser.Api.Accounts.SignIn.Provider;

/// <summary>
/// Finds things in a provider's JSON: <c>a.b</c>, <c>a.0</c>, <c>[*].name</c>. A key that holds dots itself
/// (<c>https://corp.example/groups</c>) is found when it is the whole path.
/// </summary>
internal static class JsonPath
{
    /// <summary>A text; numbers and true/false as they are written. Null when there is none.</summary>
    public static string? Text(JsonElement root, string path) =>
        Find(root, path).Select(AsText).FirstOrDefault(t => t is not null);

    /// <summary>Whether there is a <c>true</c>, also as text.</summary>
    public static bool? Flag(JsonElement root, string path) => Text(root, path) switch
    {
        "true" or "1" => true,
        null => null,
        _ => false,
    };

    /// <summary>All texts; null when the path leads nowhere, which is not the same as an empty list.</summary>
    public static IReadOnlyList<string>? Texts(JsonElement root, string path)
    {
        if (path.Length == 0) return null;
        var found = Find(root, path).ToList();
        if (found.Count == 0)
        {
            return path.Contains("[*]", StringComparison.Ordinal) && root.ValueKind == JsonValueKind.Array ? [] : null;
        }

        return [.. found
            .SelectMany(IEnumerable<JsonElement> (e) => e.ValueKind == JsonValueKind.Array ? e.EnumerateArray() : [e])
            .Select(AsText).OfType<string>().Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Take(1000)];
    }

    private static List<JsonElement> Find(JsonElement root, string path)
    {
        if (path.Length == 0) return [];
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(path, out var whole)) return [whole];
        List<JsonElement> at = [root];
        foreach (var step in path.Replace("[*]", ".*.", StringComparison.Ordinal)
            .Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            at = [.. at.SelectMany(e => Step(e, step))];
        }

        return at;
    }

    private static IEnumerable<JsonElement> Step(JsonElement element, string step) => element.ValueKind switch
    {
        JsonValueKind.Object when element.TryGetProperty(step, out var value) => [value],
        JsonValueKind.Array when step == "*" => element.EnumerateArray(),
        JsonValueKind.Array when int.TryParse(step, out var index) && index >= 0 && index < element.GetArrayLength() =>
            [element[index]],
        _ => [],
    };

    private static string? AsText(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
