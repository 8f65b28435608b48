using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// Refusals of our own routes, as problem details (RFC 9457) with a <c>code</c> for programs and the <c>fields</c> at
/// fault. The sentence is also under <c>error</c>, so that programs for the field's routes show it too.
/// </summary>
internal static class Problem
{
    /// <summary>What was asked for is not there, or not for the caller.</summary>
    internal static IResult NotFound(string what) =>
        Of(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    /// <summary>The caller's admin roles do not allow it.</summary>
    internal static IResult Forbidden { get; } =
        Of(StatusCodes.Status403Forbidden, "forbidden", "You do not have permission to do this.");

    /// <summary>The request contradicts what is there.</summary>
    internal static IResult Conflict(string detail, string code = "conflict") =>
        Of(StatusCodes.Status409Conflict, code, detail);

    /// <summary>The request can't be done as it is.</summary>
    internal static IResult Invalid(string detail, string? field = null) => new Details(
        StatusCodes.Status400BadRequest, "invalid", detail, field is null ? [] : [new(field, detail)]);

    /// <summary>The request can't be done as it is, for several reasons.</summary>
    internal static IResult Invalid(IReadOnlyList<string> details, string field) => new Details(
        StatusCodes.Status400BadRequest, "invalid", string.Join(' ', details),
        [.. details.Select(d => new KeyValuePair<string, string>(field, d))]);

    /// <summary>Any other refusal.</summary>
    internal static IResult Of(int status, string code, string detail) => new Details(status, code, detail, []);

    private sealed class Details(
        int status, string code, string detail, IReadOnlyList<KeyValuePair<string, string>> fields) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.ContentType = "application/problem+json; charset=utf-8";
            using var buffer = new MemoryStream();
            await using (var json = new Utf8JsonWriter(buffer))
            {
                Write(json, httpContext.TraceIdentifier);
            }

            response.ContentLength = buffer.Length;
            await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length),
                httpContext.RequestAborted);
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
            if (fields.Count > 0)
            {
                json.WriteStartArray("fields");
                foreach (var (name, text) in fields)
                {
                    json.WriteStartObject();
                    json.WriteString("field", name);
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
}
