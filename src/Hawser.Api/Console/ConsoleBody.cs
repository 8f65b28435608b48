using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Console;

/// <summary>Reads what the console's pages send.</summary>
internal static class ConsoleBody
{
    /// <summary>Reads and parses a body.</summary>
    /// <returns>The value; or what to answer instead.</returns>
    public static async ValueTask<ClientBody<T>> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        var bytes = await ClientBody.ReadBytesAsync(context, ClientBody.Small);
        if (bytes is null) return Refuse<T>(413, "too_large", "The request is too large.");
        try
        {
            if (bytes.Length > 0 && JsonSerializer.Deserialize(bytes, type) is { } value) return new(value, null);
        }
        catch (JsonException)
        {
            // Answered below, as an empty body is.
        }

        return Refuse<T>(400, "invalid", "The request is not valid JSON of the expected shape.");
    }

    private static ClientBody<T> Refuse<T>(int status, string code, string text)
        where T : class => new(null, new ConsoleProblem(status, code, text));
}
