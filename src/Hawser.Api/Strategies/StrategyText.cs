using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.Strategies;

/// <summary>Options as the JSON object that is stored and sent: keys sorted, texts only.</summary>
internal static class StrategyText
{
    private static readonly StrategiesJson Json = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Reads; what can't be read is empty, so that one bad row does not stop a fleet.</summary>
    public static SortedDictionary<string, string> Parse(string json)
    {
        if (json.Length == 0) return new(StringComparer.Ordinal);
        try
        {
            var read = JsonSerializer.Deserialize(json, Json.DictionaryStringString);
            return new(read ?? [], StringComparer.Ordinal);
        }
        catch (JsonException)
        {
            return new(StringComparer.Ordinal);
        }
    }

    public static string Write(SortedDictionary<string, string> options) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(options, StringComparer.Ordinal),
            Json.DictionaryStringString);
}

/// <summary>What this slice reads and writes.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class StrategiesJson : JsonSerializerContext;
