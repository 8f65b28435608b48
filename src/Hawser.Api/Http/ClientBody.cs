using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// Reads what stock clients send: JSON whatever the media type, unknown keys ignored, size capped before it is read
/// (reference §1.5, §18). Model binding is not used, it answers in another shape.
/// </summary>
internal static class ClientBody
{
    /// <summary>Enough for everything but address books.</summary>
    internal const int Small = 64 << 10;

    /// <summary>Reads and parses a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">How to parse it.</param>
    /// <param name="maximum">The most bytes that are read.</param>
    /// <returns>The value; or what to answer instead.</returns>
    internal static async ValueTask<ClientBody<T>> ReadAsync<T>(
        HttpContext context, JsonTypeInfo<T> type, int maximum = Small)
        where T : class
    {
        var bytes = await ReadBytesAsync(context, maximum);
        if (bytes is null) return new(null, ClientResults.Error(413, "The request is too large."));
        if (bytes.Length == 0) return new(null, ClientResults.Error(400, "The request has no body."));
        try
        {
            var value = JsonSerializer.Deserialize(bytes, type);
            return value is null
                ? new(null, ClientResults.Error(400, "The request is not an object."))
                : new(value, null);
        }
        catch (JsonException)
        {
            return new(null, ClientResults.Error(400, "The request is not valid JSON of the expected shape."));
        }
    }

    /// <summary>Reads a body without parsing it.</summary>
    /// <returns>The bytes; null when there are more than <paramref name="maximum"/>.</returns>
    internal static async ValueTask<byte[]?> ReadBytesAsync(HttpContext context, int maximum)
    {
        if (context.Request.ContentLength > maximum) return null;
        var reader = context.Request.BodyReader;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await reader.ReadAsync(context.RequestAborted);
            }
            catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
            {
                return null;
            }

            if (result.Buffer.Length > maximum)
            {
                reader.AdvanceTo(result.Buffer.End);
                return null;
            }

            if (result.IsCompleted)
            {
                var bytes = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return bytes;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}

/// <summary>A parsed body, or what to answer instead.</summary>
/// <param name="Value">The body; null when there is an error.</param>
/// <param name="Error">The answer; null when there is a body.</param>
internal readonly record struct ClientBody<T>(T? Value, IResult? Error)
    where T : class;
