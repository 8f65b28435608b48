using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hawser.Api.AddressBooks;

/// <summary>
/// A device of a book as clients and scripts send it (reference §6.6, §6.9): a missing key, and null, keep what is
/// stored; an empty text clears it.
/// </summary>
internal sealed record EntryBody
{
    [JsonPropertyName("id")]
    [JsonConverter(typeof(LooseText))]
    public string? Id { get; init; }

    [JsonPropertyName("alias")]
    [JsonConverter(typeof(LooseText))]
    public string? Alias { get; init; }

    [JsonPropertyName("tags")]
    public IReadOnlyList<string?>? Tags { get; init; }

    [JsonPropertyName("note")]
    [JsonConverter(typeof(LooseText))]
    public string? Note { get; init; }

    [JsonPropertyName("hash")]
    public string? Hash { get; init; }

    [JsonPropertyName("password")]
    public string? Password { get; init; }

    [JsonPropertyName("username")]
    [JsonConverter(typeof(LooseText))]
    public string? Username { get; init; }

    [JsonPropertyName("hostname")]
    [JsonConverter(typeof(LooseText))]
    public string? Hostname { get; init; }

    [JsonPropertyName("platform")]
    [JsonConverter(typeof(LooseText))]
    public string? Platform { get; init; }

    [JsonPropertyName("forceAlwaysRelay")]
    [JsonConverter(typeof(LooseText))]
    public string? ForceAlwaysRelay { get; init; }

    [JsonPropertyName("rdpPort")]
    [JsonConverter(typeof(LooseText))]
    public string? RdpPort { get; init; }

    [JsonPropertyName("rdpUsername")]
    [JsonConverter(typeof(LooseText))]
    public string? RdpUsername { get; init; }

    [JsonPropertyName("loginName")]
    [JsonConverter(typeof(LooseText))]
    public string? LoginName { get; init; }

    [JsonPropertyName("device_group_name")]
    [JsonConverter(typeof(LooseText))]
    public string? DeviceGroupName { get; init; }
}

/// <summary>A text; from some clients a number or a boolean.</summary>
internal sealed class LooseText : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => null,
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            JsonTokenType.Number when reader.TryGetInt64(out var number) => number.ToString(),
            _ => throw new JsonException("a text is expected"),
        };

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
