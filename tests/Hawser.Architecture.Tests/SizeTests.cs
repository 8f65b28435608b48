using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

public partial class SizeTests
{
    private const int MaxFileLines = 500;
    private const int MaxMethodLines = 60;
    private const int MaxLineLength = 120;

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        SourceTree.CodeFiles("src", "tests")
            .Select(f => (File: SourceTree.Relative(f), Lines: File.ReadLines(f).Count()))
            .Where(f => f.Lines > MaxFileLines).ShouldBeEmpty();
    }

    [Fact]
    public void No_line_is_longer_than_120_characters()
    {
        SourceTree.CodeFiles("src")
            .SelectMany(f => File.ReadLines(f).Select((l, i) => (File: SourceTree.Relative(f), Line: i + 1, l.Length)))
            .Where(l => l.Length > MaxLineLength).ShouldBeEmpty();
    }

    [Fact]
    public void No_method_is_longer_than_60_lines()
    {
        SourceTree.CodeFiles("src").SelectMany(LongMethods).ShouldBeEmpty();
    }

    /// <summary>
    /// A body starts at a brace that follows a line with a parameter list at member depth and ends at the brace with the
    /// same indentation: the house's layout makes this exact enough, and cheap.
    /// </summary>
    private static IEnumerable<string> LongMethods(string file)
    {
        var lines = File.ReadAllLines(file);
        for (var i = 1; i < lines.Length; i++)
        {
            var open = OpenBrace().Match(lines[i]);
            if (!open.Success || !Signature().IsMatch(Head(lines, i))) continue;
            var close = open.Groups[1].Value + "}";
            var end = Array.FindIndex(lines, i + 1, l => l.StartsWith(close, StringComparison.Ordinal) && l.Length <= close.Length + 1);
            if (end - i - 1 > MaxMethodLines) yield return $"{SourceTree.Relative(file)}:{i + 1} has {end - i - 1} lines";
        }
    }

    private static string Head(string[] lines, int brace)
    {
        var head = lines[brace - 1];
        for (var i = brace - 2; i >= 0 && brace - i < 12 && !head.Contains('(', StringComparison.Ordinal); i--)
        {
            if (lines[i].Trim().Length == 0) break;
            head = lines[i] + " " + head;
        }

        return head;
    }

    [GeneratedRegex(@"^(    (?:    )?)\{\s*$")]
    private static partial Regex OpenBrace();

    [GeneratedRegex(@"\w\s*(<[^>]*>)?\(.*\)")]
    private static partial Regex Signature();
}
