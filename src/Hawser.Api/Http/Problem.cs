using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// A refusal of one of our own routes, as problem details (RFC 9457): a <c>code</c> for programs, the <c>fields</c> at
/// fault, and the sentence also under <c>error</c>, so that programs for the field's routes show it too. The words that
/// people read in the console are the console's.
/// </summary>
/// <param name="status">The status.</param>
/// <param name="code">Why, for programs.</param>
/// <param name="detail">Why, for people.</param>
internal sealed class Problem(int status, string code, string detail) : IResult
{
    // Read in terminals, too; it is JSON and no page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The caller's admin roles do not allow it.</summary>
    internal static Problem Forbidden { get; } =
        new(StatusCodes.Status403Forbidden, "forbidden", "You do not have permission to do this.");

    /// <summary>The session is fine, but its user must prove who it is once more.</summary>
    internal static Problem StepUp { get; } = new(
        StatusCodes.Status403Forbidden, "step_up", "Please confirm that it is you, then try again.");

    /// <summary>The fields of a form at fault, each with why.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    /// <summary>Seconds until the next attempt; 0: not that kind of refusal.</summary>
    public int RetryAfter { get; init; }

    /// <summary>What was asked for is not there, or not for the caller.</summary>
    internal static Problem NotFound(string what) =>
        new(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    /// <summary>The request contradicts what is there.</summary>
    internal static Problem Conflict(string detail, string code = "conflict") =>
        new(StatusCodes.Status409Conflict, code, detail);

    /// <summary>The request can't be done as it is.</summary>
    internal static Problem Invalid(string detail, string? field = null) =>
        new(StatusCodes.Status400BadRequest, "invalid", detail) { Fields = field is null ? [] : [new(field, detail)] };

    /// <summary>The request can't be done as it is, for several reasons.</summary>
    internal static Problem Invalid(IReadOnlyList<string> details, string field) =>
        new(StatusCodes.Status400BadRequest, "invalid", string.Join(' ', details))
        {
            Fields = [.. details.Select(d => new KeyValuePair<string, string>(field, d))],
        };

    /// <summary>What a person entered into a field is wrong.</summary>
    internal static Problem Wrong(string field, string code, string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, code, detail) { Fields = [new(field, detail)] };

    /// <summary>Any other refusal.</summary>
    internal static Problem Of(int status, string code, string detail) => new(status, code, detail);

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain)) Write(json, httpContext.TraceIdentifier);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter > 0) response.Headers.RetryAfter = RetryAfter.ToString(CultureInfo.InvariantCulture);
        return response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted).AsTask();
    }

    private void Write(Utf8JsonWriter json, string trace)
    {
        json.WriteStartObject();
        json.WriteString("type", "urn:hawser:problem:" + code);
        json.WriteString("title", status switch
        {
            400 => "The request can't be done", 404 => "Not found", 409 => "Conflict", 413 => "Too large",
            _ => "Refused",
        });
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
        json.WriteString("code", code);
        if (RetryAfter > 0)
        {
            json.WriteStartObject("params");
            json.WriteNumber("seconds", RetryAfter);
            json.WriteEndObject();
        }

        if (Fields.Count > 0)
        {
            json.WriteStartArray("fields");
            foreach (var (name, text) in Fields)
            {
                json.WriteStartObject();
                json.WriteString("field", name);
                // Which rule it broke, where there is one: "invalid" says no more than that there is a field.
                if (status != StatusCodes.Status400BadRequest) json.WriteString("code", code);
                json.WriteString("detail", text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteString("trace_id", trace);
        json.WriteString("error", detail);
        json.WriteEndObject();
    }
}
