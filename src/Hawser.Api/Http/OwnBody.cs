using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>Reads bodies of our own routes: as tolerant as those of the field, refusals as problem details.</summary>
internal static class OwnBody
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads and parses a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">How to parse it.</param>
    /// <param name="maximum">The most bytes that are read.</param>
    /// <returns>The value; or what to answer instead.</returns>
    internal static async ValueTask<ClientBody<T>> ReadAsync<T>(
        HttpContext context, JsonTypeInfo<T> type, int maximum = ClientBody.Small)
        where T : class
    {
        var bytes = await ClientBody.ReadBytesAsync(context, maximum);
        if (bytes is null) return new(null, Problem.Of(413, "too_large", "The request is too large."));
        if (bytes.Length == 0) return new(null, Problem.Invalid("The request has no body."));
        try
        {
            if (typeof(T) == typeof(JsonObject)) Look(bytes);
            var value = JsonSerializer.Deserialize(bytes, type);
            return value is null ? new(null, Problem.Invalid("The request is null.")) : new(value, null);
        }
        catch (InvalidOperationException)
        {
            return new(null, Problem.Invalid("The request is not a JSON object."));
        }
        catch (JsonException e)
        {
            // The path is of our making, the rest of the message may quote the body.
            var path = e.Path is { Length: > 2 and < 200 } known && known.StartsWith("$.", StringComparison.Ordinal)
                ? known[2..] : null;
            return new(null, Problem.Invalid(
                "The request is not valid JSON of the expected shape" + (path is null ? "." : $": see {path}."), path));
        }
    }

    // Objects that are kept as they are complain of repeated members, and of texts that are none, only when somebody
    // looks at them; that is here.
    private static void Look(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes, Strict);
        Look(document.RootElement);
    }

    private static void Look(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray()) Look(item);
        }

        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
        {
            _ = member.Name;
            Look(member.Value);
        }
    }
}
