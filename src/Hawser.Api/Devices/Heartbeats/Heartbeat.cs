using System.Text.Json;

namespace Hawser.Api.Devices.Heartbeats;

/// <summary>A heartbeat (reference §8.3), read in place: its texts are parts of the request.</summary>
internal ref struct Heartbeat
{
    /// <summary>The most connections that are looked at.</summary>
    internal const int MaximumConns = 256;

    /// <summary>The longest id or uuid, in bytes.</summary>
    internal const int MaximumText = 512;

    /// <summary>The id; empty: none.</summary>
    public ReadOnlySpan<byte> Id;

    /// <summary>The uuid's base64 text; empty: none.</summary>
    public ReadOnlySpan<byte> Uuid;

    public int Version;
    public long ModifiedAt;
    public ReadOnlySpan<int> Conns;

    /// <summary>Reads a body. Unknown keys are skipped, wrong types refuse it.</summary>
    /// <param name="json">The body.</param>
    /// <param name="texts">Room for texts that can't be used in place, twice <see cref="MaximumText"/>.</param>
    /// <param name="conns">Room for connections.</param>
    /// <param name="beat">The heartbeat.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(
        ReadOnlySpan<byte> json, Span<byte> texts, Span<int> conns, out Heartbeat beat)
    {
        beat = default;
        // Not the parameter itself: its texts would have to live longer than the reader's.
        var read = default(Heartbeat);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (!TryReadProperty(ref reader, texts, conns, ref read)) return false;
            }

            beat = read;
            return reader.TokenType == JsonTokenType.EndObject && !reader.Read() && read.Id.Length > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or not UTF-8.
            return false;
        }
    }

    private static bool TryReadProperty(
        scoped ref Utf8JsonReader reader, Span<byte> texts, Span<int> conns, scoped ref Heartbeat beat)
    {
        if (reader.ValueTextEquals("id"u8)) return TryReadText(ref reader, texts[..MaximumText], out beat.Id);
        if (reader.ValueTextEquals("uuid"u8)) return TryReadText(ref reader, texts[MaximumText..], out beat.Uuid);
        if (reader.ValueTextEquals("conns"u8)) return TryReadConns(ref reader, conns, out beat.Conns);
        if (reader.ValueTextEquals("modified_at"u8))
        {
            return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out beat.ModifiedAt);
        }

        if (reader.ValueTextEquals("ver"u8))
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number) return false;
            if (!reader.TryGetInt32(out beat.Version)) beat.Version = 0;
            return true;
        }

        return reader.Read() && reader.TrySkip();
    }

    private static bool TryReadText(
        scoped ref Utf8JsonReader reader, Span<byte> room, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String) return false;
        if (!reader.ValueIsEscaped)
        {
            text = reader.ValueSpan;
            return text.Length <= MaximumText;
        }

        if (reader.ValueSpan.Length > room.Length) return false;
        text = room[..reader.CopyString(room)];
        return true;
    }

    private static bool TryReadConns(
        scoped ref Utf8JsonReader reader, Span<int> room, out ReadOnlySpan<int> conns)
    {
        conns = default;
        if (!reader.Read()) return false;
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (reader.TokenType != JsonTokenType.StartArray) return false;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var conn)) return false;
            if (count < room.Length) room[count++] = conn;
        }

        conns = room[..count];
        return true;
    }
}
