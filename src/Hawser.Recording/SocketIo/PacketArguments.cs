using System.Text.Json;

namespace Hawser.Recording.SocketIo;

/// <summary>What stands inside a packet's JSON.</summary>
internal static class PacketArguments
{
    /// <summary>Deeper nesting is refused.</summary>
    public const int MaxDepth = 32;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth };

    /// <summary>Parses a packet's JSON.</summary>
    /// <param name="json">The text; it must live as long as the document. Lone surrogates in it are replaced.</param>
    /// <param name="document">The document.</param>
    /// <returns>Whether it is JSON of bearable depth.</returns>
    public static bool TryParse(Memory<byte> json, out JsonDocument? document)
    {
        document = null;
        ReplaceLoneSurrogates(json.Span);
        try
        {
            document = JsonDocument.Parse(json, Reading);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Whether a value stands for an attachment.</summary>
    /// <param name="value">The value.</param>
    /// <param name="number">Which; -1 when it is no number of an attachment.</param>
    /// <returns>Whether it says so.</returns>
    public static bool TryPlaceholder(JsonElement value, out int number)
    {
        number = -1;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("_placeholder"u8, out var mark)
            || mark.ValueKind != JsonValueKind.True) return false;
        if (!value.TryGetProperty("num"u8, out var num) || num.ValueKind != JsonValueKind.Number
            || !num.TryGetInt32(out number) || number < 0) number = -1;
        return true;
    }

    /// <summary>Whether every placeholder names an attachment that was announced.</summary>
    /// <param name="value">The arguments.</param>
    /// <param name="count">How many were announced.</param>
    /// <returns>Whether all do.</returns>
    public static bool PlaceholdersFit(JsonElement value, int count)
    {
        if (TryPlaceholder(value, out var number)) return number >= 0 && number < count;
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (!PlaceholdersFit(item, count)) return false;
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (!PlaceholdersFit(property.Value, count)) return false;
            }
        }

        return true;
    }

    /// <summary>
    /// An escaped half of a pair is legal in JSON and cannot be read as a .NET string: U+FFFD has its place, in as many
    /// bytes (recorder.md §2.10).
    /// </summary>
    public static void ReplaceLoneSurrogates(Span<byte> json)
    {
        var at = 0;
        while (true)
        {
            var slash = json[at..].IndexOf((byte)'\\');
            if (slash < 0) return;
            at += slash;
            if (!TryUnit(json[at..], out var unit))
            {
                at = Math.Min(at + 2, json.Length);
                continue;
            }

            var isHigh = char.IsHighSurrogate(unit);
            if (isHigh && TryUnit(json[(at + 6)..], out var low) && char.IsLowSurrogate(low))
            {
                at += 12;
                continue;
            }

            if (isHigh || char.IsLowSurrogate(unit)) "\\ufffd"u8.CopyTo(json[at..]);
            at += 6;
        }
    }

    private static bool TryUnit(ReadOnlySpan<byte> text, out char unit)
    {
        unit = default;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u') return false;
        var value = 0;
        foreach (var digit in text.Slice(2, 4))
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
            value = (value << 4) | (digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        unit = (char)value;
        return true;
    }
}
