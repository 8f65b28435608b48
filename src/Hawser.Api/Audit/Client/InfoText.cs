using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Hawser.Api.Audit.Client;

/// <summary>
/// The key <c>info</c> of audits: a text that holds JSON (reference §10.5, §10.6). The report counts also when this
/// part of it can't be read.
/// </summary>
internal static class InfoText
{
    /// <summary>Reads it; an object in place of the text is taken as well.</summary>
    public static T? Parse<T>(JsonElement? info, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return info switch
            {
                { ValueKind: JsonValueKind.String } text => JsonSerializer.Deserialize(Of(text), type),
                { ValueKind: JsonValueKind.Object } value => value.Deserialize(type),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A text; empty when it holds halves of characters.</summary>
    public static string Of(JsonElement text)
    {
        try
        {
            return text.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            return "";
        }
    }

    /// <summary>A whole number that is not negative.</summary>
    public static bool TryNumber(JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out number) && number >= 0;
    }
}
