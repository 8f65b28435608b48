using System.Buffers;
using System.Text.Json;

namespace Hawser.Api.Devices.Heartbeats;

/// <summary>The answers to heartbeats that say something (reference §8.4).</summary>
internal static class HeartbeatReply
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Writes one. The mere presence of a key means something, so nothing is written that is not meant.
    /// </summary>
    /// <param name="sysinfo">Ask for the sysinfo.</param>
    /// <param name="disconnect">Connections to close.</param>
    /// <param name="stamp">The strategy's time; written with the strategy only.</param>
    /// <param name="strategy">The strategy object; null: as before.</param>
    public static byte[] Write(bool sysinfo, IReadOnlyList<int> disconnect, long stamp, byte[]? strategy)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            if (sysinfo) writer.WriteNumber("sysinfo"u8, 1);
            if (disconnect.Count > 0)
            {
                writer.WriteStartArray("disconnect"u8);
                foreach (var conn in disconnect) writer.WriteNumberValue(conn);
                writer.WriteEndArray();
            }

            if (strategy is not null)
            {
                writer.WriteNumber("modified_at"u8, stamp);
                writer.WritePropertyName("strategy"u8);
                writer.WriteRawValue(strategy, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
