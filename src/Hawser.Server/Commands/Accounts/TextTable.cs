namespace Hawser.Server.Commands.Accounts;

/// <summary>Columns of text, as wide as what is in them; reads well in pipes too.</summary>
internal static class TextTable
{
    public static void Write(string[] heads, IEnumerable<string[]> rows)
    {
        var all = new List<string[]> { heads };
        all.AddRange(rows.Select(r => r.Select(c => c.Length == 0 ? "-" : c).ToArray()));
        var widths = heads.Select((_, i) => all.Max(r => r[i].Length)).ToArray();
        foreach (var row in all)
        {
            Console.Out.WriteLine(string.Join("  ", row.Select((c, i) => c.PadRight(widths[i]))).TrimEnd());
        }
    }
}
