using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

public partial class NameTests
{
    private static readonly string[] Forbidden =
        ["Common", "Core", "Shared", "Utils", "Util", "Helper", "Helpers", "Infrastructure", "Manager", "Managers"];

    [Fact]
    public void Namespaces_equal_folders()
    {
        var wrong = new List<string>();
        foreach (var file in SourceTree.CodeFiles("src", "tests"))
        {
            var match = NamespaceLine().Match(File.ReadAllText(file));
            if (!match.Success) continue;
            var folder = Path.GetDirectoryName(SourceTree.Relative(file))!.Replace('\\', '/');
            var expected = string.Join('.', folder.Split('/').Skip(1));
            if (match.Groups[1].Value != expected) wrong.Add($"{SourceTree.Relative(file)}: {match.Groups[1].Value}, not {expected}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void No_room_has_a_name_that_means_nothing()
    {
        var wrong = new List<string>();
        foreach (var file in SourceTree.CodeFiles("src"))
        {
            var parts = SourceTree.Relative(file).Split('/', '.');
            wrong.AddRange(parts.Intersect(Forbidden).Select(word => $"{SourceTree.Relative(file)}: {word}"));
            foreach (Match type in TypeLine().Matches(File.ReadAllText(file)))
            {
                var name = type.Groups[1].Value;
                if (Forbidden.Any(w => name.EndsWith(w, StringComparison.Ordinal))) wrong.Add($"{SourceTree.Relative(file)}: {name}");
            }
        }

        wrong.ShouldBeEmpty();
    }

    [GeneratedRegex(@"^namespace\s+([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum)\s+([A-Z]\w*)")]
    private static partial Regex TypeLine();
}
