using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

/// <summary>Every case of the recorder's reference (§5) has a test that carries its number.</summary>
public partial class CaseTests
{
    private const int Cases = 64;

    [Fact]
    public void Every_case_of_the_recorder_is_named_by_a_test()
    {
        var named = SourceTree.CodeFiles(
                "tests/Hawser.Server.Tests/Recording", "tests/Hawser.Server.Tests/SocketIo", "tests/Hawser.Services.Tests/Recording")
            .SelectMany(f => Method().Matches(File.ReadAllText(f)))
            .SelectMany(m => Number().Matches(m.Groups["name"].Value))
            .Select(m => int.Parse(m.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToHashSet();
        Enumerable.Range(1, Cases).Where(n => !named.Contains(n)).ShouldBeEmpty();
    }

    [GeneratedRegex(@"public (async Task|Task|void) (?<name>C\d+_\w+)\(")]
    private static partial Regex Method();

    // C45_C46_what_happens: the numbers at the beginning.
    [GeneratedRegex(@"(?<=^(C\d+_)*)C(?<number>\d+)_")]
    private static partial Regex Number();
}
