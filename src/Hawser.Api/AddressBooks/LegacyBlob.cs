using System.Buffers;
using System.Text.Json;

namespace Hawser.Api.AddressBooks;

/// <summary>
/// The old address book: JSON inside a JSON string (reference §6.9). Every inner key is optional; what is missing was
/// not sent.
/// </summary>
internal sealed class LegacyBlob
{
    /// <summary>The tags in order; null: not sent.</summary>
    public List<string>? Tags { get; private set; }

    /// <summary>The colors that were sent.</summary>
    public Dictionary<string, long> Colors { get; } = new(StringComparer.Ordinal);

    /// <summary>The devices by id, the last of each; null: not sent.</summary>
    public Dictionary<string, EntryBody>? Peers { get; private set; }

    /// <summary>Reads <c>{"data":"…"}</c>.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="most">More devices than this are refused.</param>
    /// <exception cref="JsonException">It is not of that shape.</exception>
    /// <exception cref="LegacyBlobTooLargeException">It holds more devices than a book may.</exception>
    public static LegacyBlob Parse(ReadOnlySpan<byte> body, int most)
    {
        try
        {
            var inner = Inner(body, out var length);
            try
            {
                var blob = new LegacyBlob();
                blob.Read(inner.AsSpan(0, length), most);
                return blob;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(inner, clearArray: true);
            }
        }
        catch (InvalidOperationException e) when (e is not LegacyBlobTooLargeException)
        {
            // Half a surrogate pair, bytes that are no UTF-8, a value of another type.
            throw new JsonException("not an address book", e);
        }
    }

    private static byte[] Inner(ReadOnlySpan<byte> body, out int length)
    {
        var reader = new Utf8JsonReader(body);
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        byte[]? found = null;
        length = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("data"u8);
            Expect(reader.Read());
            if (!isData || found is not null)
            {
                reader.Skip();
                continue;
            }

            Expect(reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length > 0);
            found = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
            length = reader.CopyString(found);
        }

        return found ?? throw new JsonException("there is no data");
    }

    private void Read(ReadOnlySpan<byte> inner, int most)
    {
        var reader = new Utf8JsonReader(inner);
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("peers"u8)) ReadPeers(ref reader, most);
            else if (reader.ValueTextEquals("tags"u8)) ReadTags(ref reader);
            else if (reader.ValueTextEquals("tag_colors"u8)) ReadColors(ref reader);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        Expect(reader.TokenType == JsonTokenType.EndObject && !reader.Read());
    }

    private void ReadPeers(ref Utf8JsonReader reader, int most)
    {
        Expect(reader.Read());
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(reader.TokenType == JsonTokenType.StartArray);
        Peers = new Dictionary<string, EntryBody>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var peer = JsonSerializer.Deserialize(ref reader, AddressBooksJson.Default.EntryBody);
            var id = peer?.Id?.Trim() ?? "";
            if (!BookText.IsWord(id, BookLimits.Id)) continue;
            Peers[id] = peer!;
            if (Peers.Count > most) throw new LegacyBlobTooLargeException();
        }
    }

    private void ReadTags(ref Utf8JsonReader reader)
    {
        Expect(reader.Read());
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(reader.TokenType == JsonTokenType.StartArray);
        Tags = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.String);
            var name = reader.GetString()!;
            if (Tags.Count < BookLimits.Tags && TagDesk.RefuseName(name) is null) Tags.Add(name);
        }
    }

    // A JSON text again; some send the object itself.
    private void ReadColors(ref Utf8JsonReader reader)
    {
        Expect(reader.Read());
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.String)
        {
            ReadColorObject(ref reader);
            return;
        }

        var text = reader.GetString()!;
        if (text.Length == 0) return;
        var again = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(text));
        Expect(again.Read());
        if (again.TokenType != JsonTokenType.Null) ReadColorObject(ref again);
    }

    private void ReadColorObject(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var color)
                && TagDesk.Unsigned(color) is { } argb && Colors.Count < BookLimits.Tags) Colors[name] = argb;
            else reader.Skip();
        }
    }

    private static void Expect(bool holds)
    {
        if (!holds) throw new JsonException("not an address book");
    }
}

/// <summary>An old address book holds more devices than a book may.</summary>
internal sealed class LegacyBlobTooLargeException() : InvalidOperationException("too many devices");
