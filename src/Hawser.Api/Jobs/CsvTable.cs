using System.Text;

namespace Hawser.Api.Jobs;

/// <summary>
/// Reads CSV as spreadsheets write it (RFC 4180): quotes, line breaks within them, a byte order mark; separated by
/// commas, semicolons or tabs, whichever the first line has most of.
/// </summary>
internal static class CsvTable
{
    private const int MostColumns = 64;

    /// <summary>Reads a table; the first line names the columns.</summary>
    /// <param name="text">The text.</param>
    /// <param name="mostRows">More are refused.</param>
    /// <param name="complaint">What is wrong; empty: nothing.</param>
    /// <returns>The rows, each by the columns' lower-case names; line numbers as an editor counts them.</returns>
    public static List<(int Line, Dictionary<string, string> Cells)> Read(
        string text, int mostRows, out string complaint)
    {
        var rows = new List<(int, Dictionary<string, string>)>();
        complaint = "";
        text = text.TrimStart('\uFEFF');
        var first = text.AsSpan(0, Math.Max(0, text.IndexOf('\n') is var end and >= 0 ? end : text.Length));
        var separator = ',';
        foreach (var other in ";\t")
        {
            if (first.Count(other) > first.Count(separator)) separator = other;
        }

        string[]? names = null;
        foreach (var (line, cells) in Lines(text, separator))
        {
            if (cells.TrueForAll(c => c.Length == 0)) continue;
            if (cells.Count > MostColumns)
            {
                return Fail($"Line {line} has more than {MostColumns} columns.", out complaint);
            }

            if (names is null)
            {
                names = [.. cells.Select(c => c.Trim().ToLowerInvariant())];
                if (names.Distinct().Count() < names.Length) return Fail("A column is named twice.", out complaint);
                continue;
            }

            if (cells.Count > names.Length) return Fail($"Line {line} has more cells than columns.", out complaint);
            if (rows.Count == mostRows) return Fail($"There are more than {mostRows} rows.", out complaint);
            rows.Add((line, names.Zip(cells).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal)));
        }

        return names is null ? Fail("The first line names the columns; there is none.", out complaint) : rows;
    }

    private static List<(int, Dictionary<string, string>)> Fail(string why, out string complaint)
    {
        complaint = why;
        return [];
    }

    private static IEnumerable<(int Line, List<string> Cells)> Lines(string text, char separator)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var (line, began, quoted) = (1, 1, false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\n') line++;
            if (quoted)
            {
                if (c != '"') cell.Append(c);
                else if (i + 1 < text.Length && text[i + 1] == '"') cell.Append(text[++i]);
                else quoted = false;
            }
            else if (c == '"' && cell.Length == 0) quoted = true;
            else if (c == separator) Next();
            else if (c == '\n')
            {
                Next();
                yield return (began, cells);
                cells = [];
                began = line;
            }
            else if (c != '\r') cell.Append(c);
        }

        if (cell.Length == 0 && cells.Count == 0) yield break;
        Next();
        yield return (began, cells);

        void Next()
        {
            // What our own lists put before a text that a spreadsheet would take for a formula.
            if (cell.Length > 1 && cell[0] == '\'' && "=+-@\t\r".Contains(cell[1], StringComparison.Ordinal))
            {
                cell.Remove(0, 1);
            }

            cells.Add(cell.ToString());
            cell.Clear();
        }
    }
}
