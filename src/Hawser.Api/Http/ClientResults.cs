using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// Answers in the shapes stock clients understand (reference §1.5, §2.3): JSON with a charset, errors as
/// <c>{"error":"text"}</c>, success of a mutation as 200 with zero bytes.
/// </summary>
internal static class ClientResults
{
    /// <summary>200 and zero bytes: the only answer that clients take for the success of a mutation (§6.6).</summary>
    internal static IResult Empty { get; } = new Bytes(200, null, []);

    /// <summary>An empty JSON object.</summary>
    internal static IResult EmptyObject { get; } = new Bytes(200, Json8, "{}"u8.ToArray());

    /// <summary>The caller may do something like it, but not this.</summary>
    internal static IResult Forbidden { get; } = Error(403, "You do not have permission to do this.");

    /// <summary>401 with the text that every client takes for "log in again" (§2.3).</summary>
    internal static IResult InvalidToken { get; } = Error(401, "Invalid token");

    private const string Json8 = "application/json; charset=utf-8";

    /// <summary>A refusal with a text for people.</summary>
    /// <param name="status">200 for refusals of what was asked, 4xx for malformed or forbidden requests.</param>
    /// <param name="text">A short sentence, not empty.</param>
    internal static IResult Error(int status, string text) => new Bytes(status, Json8, ErrorBody(text));

    /// <summary>The body of an error.</summary>
    internal static byte[] ErrorBody(string text) => Encoding.UTF8.GetBytes(
        "{\"error\":\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"}");

    /// <summary>A value as JSON.</summary>
    internal static IResult Json<T>(T value, JsonTypeInfo<T> type) =>
        new Bytes(200, Json8, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>A value as JSON, with another status.</summary>
    internal static IResult Json<T>(T value, JsonTypeInfo<T> type, int status) =>
        new Bytes(status, Json8, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>JSON that is written already.</summary>
    internal static IResult RawJson(byte[] utf8) => new Bytes(200, Json8, utf8);

    /// <summary>Plain text, exactly these characters.</summary>
    internal static IResult Text(string text) =>
        new Bytes(200, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    /// <summary>A finished answer.</summary>
    private sealed class Bytes(int status, string? type, byte[] body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = type;
            response.ContentLength = body.Length;
            return body.Length == 0 ? Task.CompletedTask
                : response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
        }
    }
}
