using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// A list as a file, written while it is read, so that its length costs no memory. CSV: UTF-8 with a byte order mark,
/// fields quoted where needed; a text that a spreadsheet would take for a formula gets an apostrophe. JSON Lines: an
/// object a row, its members the columns. <c>columns=a,b</c> leaves out the others, and puts these in that order behind
/// those that say what a row is about.
/// </summary>
/// <param name="name">The file's name, without ending.</param>
/// <param name="header">The columns.</param>
/// <param name="rows">The rows.</param>
/// <param name="keys">So many of the columns, the first ones, say what a row is about.</param>
internal sealed class FileOfRows(
    string name, IReadOnlyList<string> header, IAsyncEnumerable<string?[]> rows, int keys = 1) : IResult
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
        var shown = Shown(httpContext.Request.Query["columns"].ToString());
        var names = Array.ConvertAll(shown, i => header[i]);
        if (!isJson) Line(text, names);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            var cells = Array.ConvertAll(shown, i => row[i]);
            if (isJson) JsonLine(text, names, cells);
            else Line(text, cells);
            if (text.Length < FlushAt) continue;
            await FlushAsync(response, text, cancellationToken);
        }

        await FlushAsync(response, text, cancellationToken);
    }

    private int[] Shown(string asked)
    {
        var places = header.Index().ToDictionary(h => h.Item, h => h.Index, StringComparer.Ordinal);
        if (asked.Length == 0) return [.. places.Values];
        return [.. Enumerable.Range(0, keys)
            .Concat(asked.Split(',', header.Count * 2).Select(c => places.GetValueOrDefault(c.Trim(), -1)))
            .Where(i => i >= 0).Distinct()];
    }

    private static async Task FlushAsync(HttpResponse response, StringBuilder text, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        text.Clear();
    }

    private static void Line(StringBuilder text, string?[] cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0) text.Append(',');
            Cell(text, cells[i] ?? "");
        }

        text.Append("\r\n");
    }

    private static void JsonLine(StringBuilder text, string[] header, string?[] row)
    {
        text.Append('{');
        for (var i = 0; i < header.Length; i++)
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
