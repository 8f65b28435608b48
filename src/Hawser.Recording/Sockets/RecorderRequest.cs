using System.Text.Json;
using Hawser.Recording.Library;
using Hawser.Recording.SocketIo;

namespace Hawser.Recording.Sockets;

/// <summary>What an event of a recorder asks for, read without trust (reference §1.3).</summary>
internal readonly struct RecorderRequest
{
    private RecorderRequest(JsonElement payload, RecordCode code, string? recordId)
    {
        Payload = payload;
        Code = code;
        RecordId = recordId;
    }

    /// <summary>Ok, or what is wrong with it.</summary>
    public RecordCode Code { get; }

    /// <summary>Which recording; when something is wrong, only what may be repeated to the client.</summary>
    public string? RecordId { get; }

    private JsonElement Payload { get; }

    /// <summary>Reads the one argument.</summary>
    public static RecorderRequest Read(SocketIoEvent arrived)
    {
        var payload = arrived.Argument(0);
        if (payload.ValueKind != JsonValueKind.Object) return new RecorderRequest(default, RecordCode.BadRequest, null);
        if (!payload.TryGetProperty("recordId"u8, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return new RecorderRequest(payload, RecordCode.BadRecordId, null);
        }

        var id = value.GetString()!;
        return Library.RecordId.IsValid(id)
            ? new RecorderRequest(payload, RecordCode.Ok, id)
            : new RecorderRequest(payload, RecordCode.BadRecordId, id.Length <= Library.RecordId.MaxLength ? id : null);
    }

    /// <summary>The id that a header announces chunks for; null: none that means anything.</summary>
    public static string? IdOf(SocketIoEvent arriving)
    {
        var request = Read(arriving);
        return request.Code == RecordCode.Ok ? request.RecordId : null;
    }

    /// <summary>A number that may be missing.</summary>
    /// <returns>Whether it is missing or a number from 0.</returns>
    public bool TryNumber(ReadOnlySpan<byte> name, out long? number)
    {
        number = null;
        if (!Payload.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var given) || given < 0) return false;
        number = given;
        return true;
    }

    /// <summary>A text that may be missing.</summary>
    public bool TryText(ReadOnlySpan<byte> name, out string? text)
    {
        text = null;
        if (!Payload.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }

    /// <summary>The chunk's bytes: a binary attachment and nothing else.</summary>
    public RecordCode ReadChunk(SocketIoEvent arrived, out SocketIoAttachment? chunk)
    {
        chunk = null;
        if (!Payload.TryGetProperty("chunk"u8, out var value)) return RecordCode.BadChunk;
        if (!arrived.IsPlaceholder(value)) return RecordCode.BadChunk;
        if (arrived.IsTooLarge) return RecordCode.ChunkTooLarge;
        return arrived.TryGetAttachment(value, out chunk) ? RecordCode.Ok : RecordCode.BadChunk;
    }
}
