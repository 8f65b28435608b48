using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Console;

/// <summary>
/// Refusals of the console's own routes: problem details (RFC 9457) with a code and its parameters, because the words
/// are the console's. The English sentence is also under <c>error</c>, as on every other route.
/// </summary>
/// <param name="status">The status.</param>
/// <param name="code">Why, for programs.</param>
/// <param name="detail">Why, for people.</param>
internal sealed class ConsoleProblem(int status, string code, string detail) : IResult
{
    /// <summary>The field of a form at fault; empty: none.</summary>
    public string Field { get; init; } = "";

    /// <summary>Seconds until the next attempt; 0: not that kind of refusal.</summary>
    public int RetryAfter { get; init; }

    /// <summary>The session is fine, but its user must prove who it is once more.</summary>
    public static ConsoleProblem StepUp => new(
        StatusCodes.Status403Forbidden, "step_up", "Please confirm that it is you, then try again.");

    /// <summary>A field is wrong.</summary>
    public static ConsoleProblem Wrong(string field, string code, string detail) =>
        new(StatusCodes.Status422UnprocessableEntity, code, detail) { Field = field };

    /// <summary>There is nothing like that.</summary>
    public static ConsoleProblem NotFound => new(StatusCodes.Status404NotFound, "not_found", "There is no such thing.");

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) Write(json, httpContext.TraceIdentifier);
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/problem+json; charset=utf-8";
        response.ContentLength = buffer.WrittenCount;
        response.Headers.CacheControl = "no-store";
        if (RetryAfter > 0)
        {
            response.Headers.RetryAfter = RetryAfter.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return response.Body.WriteAsync(buffer.WrittenMemory, httpContext.RequestAborted).AsTask();
    }

    private void Write(Utf8JsonWriter json, string trace)
    {
        json.WriteStartObject();
        json.WriteString("type", "urn:hawser:problem:" + code);
        json.WriteString("title", status == StatusCodes.Status404NotFound ? "Not found" : "Refused");
        json.WriteNumber("status", status);
        json.WriteString("detail", detail);
        json.WriteString("code", code);
        if (RetryAfter > 0)
        {
            json.WriteStartObject("params");
            json.WriteNumber("seconds", RetryAfter);
            json.WriteEndObject();
        }

        if (Field.Length > 0)
        {
            json.WriteStartArray("fields");
            json.WriteStartObject();
            json.WriteString("field", Field);
            json.WriteString("code", code);
            json.WriteString("detail", detail);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteString("trace_id", trace);
        json.WriteString("error", detail);
        json.WriteEndObject();
    }
}
