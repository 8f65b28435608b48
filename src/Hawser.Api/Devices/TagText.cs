using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Devices;

/// <summary>The tags of an entry, as they are stored: a JSON array of texts.</summary>
internal static class TagText
{
    public static string[] Parse(string json)
    {
        try
        {
            return json.Length == 0 ? [] : JsonSerializer.Deserialize(json, TagJson.Default.StringArray) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static string Write(string[] tags) => JsonSerializer.Serialize(tags, TagJson.Default.StringArray);
}

/// <summary>The form in which tags are stored.</summary>
[JsonSerializable(typeof(string[]))]
internal sealed partial class TagJson : JsonSerializerContext;
