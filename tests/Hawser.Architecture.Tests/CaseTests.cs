using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

/// <summary>Every case of the references to recorder (§5) and sessions (§24) has a test that carries its number.</summary>
public partial class CaseTests
{
    private const int Cases = 64;
    private const int SessionCases = 90;

    /// <summary>Cases of sessions that no test shows, each with the reason. One that a test shows has to go.</summary>
    private static readonly Dictionary<int, string> NotShown = [];

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

    [Fact]
    public void Every_case_of_sessions_is_named_by_a_test_or_has_a_reason()
    {
        var named = SourceTree.CodeFiles(
                "tests/Hawser.Session.Tests", "tests/Hawser.Services.Tests/Desktops", "tests/Hawser.Server.Tests/EndToEnd")
            .SelectMany(f => SessionMethod().Matches(File.ReadAllText(f)))
            .SelectMany(m => SessionNumber().Matches(m.Groups["name"].Value))
            .Select(m => int.Parse(m.Groups["number"].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToHashSet();
        Enumerable.Range(1, SessionCases).Where(n => !named.Contains(n)).ShouldBe(NotShown.Keys.Order());
    }

    [GeneratedRegex(@"public (async Task|Task|void) (?<name>T\d+_\w+)\(")]
    private static partial Regex SessionMethod();

    [GeneratedRegex(@"(?<=^(T\d+_)*)T(?<number>\d+)_")]
    private static partial Regex SessionNumber();

    [GeneratedRegex(@"public (async Task|Task|void) (?<name>C\d+_\w+)\(")]
    private static partial Regex Method();

    // C45_C46_what_happens: the numbers at the beginning.
    [GeneratedRegex(@"(?<=^(C\d+_)*)C(?<number>\d+)_")]
    private static partial Regex Number();
}
