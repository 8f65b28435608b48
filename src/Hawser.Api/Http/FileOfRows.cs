using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// A list as a file, written while it is read, so that its length costs no memory. CSV: UTF-8 with a byte order mark,
/// fields quoted where needed; a text that a spreadsheet would take for a formula gets an apostrophe. JSON Lines: an
/// object a row, its members the columns.
/// </summary>
/// <param name="name">The file's name, without ending.</param>
/// <param name="header">The columns.</param>
/// <param name="rows">The rows.</param>
internal sealed class FileOfRows(string name, IReadOnlyList<string> header, IAsyncEnumerable<string?[]> rows) : IResult
{
    private const int FlushAt = 32 << 10;

    private const string JsonLines = "application/jsonl";

    private static readonly JavaScriptEncoder Plain = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Whether a request asks for a file: <c>format=csv</c>, <c>jsonl</c>, or in its <c>Accept</c>.</summary>
    public static bool IsAsked(HttpContext context) =>
        context.Request.Query["format"].ToString() is "csv" or "jsonl" || Accepts(context, "text/csv")
            || Accepts(context, JsonLines);

    private static bool Accepts(HttpContext context, string type) =>
        context.Request.Headers.Accept.ToString().Contains(type, StringComparison.OrdinalIgnoreCase);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        var response = httpContext.Response;
        var isJson = httpContext.Request.Query["format"] == "jsonl"
            || (httpContext.Request.Query["format"] != "csv" && Accepts(httpContext, JsonLines));
        response.ContentType = (isJson ? JsonLines : "text/csv") + "; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.{(isJson ? "jsonl" : "csv")}\"";
        response.Headers.CacheControl = "no-store";
        var text = new StringBuilder(isJson ? "" : "\uFEFF");
        if (!isJson) Line(text, header);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            if (isJson) JsonLine(text, header, row);
            else Line(text, row);
            if (text.Length < FlushAt) continue;
            await FlushAsync(response, text, cancellationToken);
        }

        await FlushAsync(response, text, cancellationToken);
    }

    private static async Task FlushAsync(HttpResponse response, StringBuilder text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        text.Clear();
    }

    private static void Line(StringBuilder text, IReadOnlyList<string?> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0) text.Append(',');
            Cell(text, cells[i] ?? "");
        }

        text.Append("\r\n");
    }

    private static void JsonLine(StringBuilder text, IReadOnlyList<string> header, string?[] row)
    {
        text.Append('{');
        for (var i = 0; i < header.Count; i++)
        {
            text.Append(i > 0 ? ",\"" : "\"").Append(JsonEncodedText.Encode(header[i], Plain)).Append("\":\"")
                .Append(JsonEncodedText.Encode(row[i] ?? "", Plain)).Append('"');
        }

        text.Append("}\n");
    }

    private static void Cell(StringBuilder text, string cell)
    {
        if (cell.Length > 0 && "=+-@\t\r".Contains(cell[0], StringComparison.Ordinal)) cell = "'" + cell;
        if (cell.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            text.Append(cell);
            return;
        }

        text.Append('"').Append(cell.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
