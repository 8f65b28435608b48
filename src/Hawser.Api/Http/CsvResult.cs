using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// A list as CSV, written while it is read, so that its length costs no memory: UTF-8 with a byte order mark, fields
/// quoted where needed. A text that a spreadsheet would take for a formula gets an apostrophe.
/// </summary>
/// <param name="name">The file's name, without ending.</param>
/// <param name="header">The columns.</param>
/// <param name="rows">The rows.</param>
internal sealed class CsvResult(string name, IReadOnlyList<string> header, IAsyncEnumerable<string?[]> rows) : IResult
{
    private const int FlushAt = 32 << 10;

    /// <summary>Whether a request asks for CSV: <c>format=csv</c>, or in its <c>Accept</c>.</summary>
    public static bool IsAsked(HttpContext context) => context.Request.Query["format"] == "csv"
        || context.Request.Headers.Accept.ToString().Contains("text/csv", StringComparison.OrdinalIgnoreCase);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellationToken = httpContext.RequestAborted;
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}.csv\"";
        response.Headers.CacheControl = "no-store";
        var text = new StringBuilder("\uFEFF");
        Line(text, header);
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            Line(text, row);
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
