using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Hawser.Server.Keys;

/// <summary>
/// The text that a client imports to know its server: JSON of host, relay, api and key, as unpadded base64url, reversed
/// (reference §6.18).
/// </summary>
internal static class ClientConfiguration
{
    public static string Write(string host, string relay, string api, string key)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("host", host);
            json.WriteString("relay", relay);
            json.WriteString("api", api);
            json.WriteString("key", key);
            json.WriteEndObject();
        }

        var text = Base64Url.EncodeToString(buffer.ToArray()).ToCharArray();
        Array.Reverse(text);
        return new string(text);
    }

    /// <summary>Reads it back as JSON text; for tests and for people who ask what a string holds.</summary>
    public static string Read(string text)
    {
        var reversed = text.Trim().ToCharArray();
        Array.Reverse(reversed);
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(reversed));
    }
}
