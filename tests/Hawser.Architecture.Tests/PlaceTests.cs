using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

/// <summary>Things that may only be done in certain rooms.</summary>
public partial class PlaceTests
{
    [Fact]
    public void Sockets_are_opened_only_where_connections_live()
    {
        string[] rooms = ["src/Hawser.Relay/", "src/Hawser.Rendezvous/Listening/", "src/Hawser.Session/Connecting/",
            "src/Hawser.Api/Directories/Wire/", "src/Hawser.Api/Notifications/Wire/"];
        Offenders(RawSocket(), rooms).ShouldBeEmpty();
    }

    [Fact]
    public void Native_calls_are_made_only_at_the_systems_edge()
    {
        string[] rooms = ["src/Hawser.Protocol/Crypto/Sodium.cs", "src/Hawser.Protocol/Compression/Zstd.cs",
            "src/Hawser.Session/Files/Linux/", "src/Hawser.Session/Video/Native/", "src/Hawser.Session/Audio/Native/",
            "src/Hawser.Agent/Linux/", "src/Hawser.Relay/Linux/",
            "src/Hawser.Rendezvous/Listening/Linux/", "src/Hawser.Recording/Storage/Linux/"];
        Offenders(NativeCall(), rooms).ShouldBeEmpty();
    }

    [Fact]
    public void Entity_Framework_stays_with_those_who_keep_things()
    {
        string[] rooms = ["src/Hawser.Data/", "src/Hawser.Api/", "src/Hawser.Recording/"];
        Offenders(EntityFramework(), rooms).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_program_reads_the_environment()
    {
        string[] rooms = ["src/Hawser.Server/"];
        Offenders(EnvironmentOrConfiguration(), rooms).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_unfinished_or_skipped()
    {
        Offenders(Unfinished(), []).ShouldBeEmpty();
        SourceTree.CodeFiles("tests").Where(f => !f.EndsWith("PlaceTests.cs", StringComparison.Ordinal))
            .Where(f => StaticSkip().IsMatch(File.ReadAllText(f))).ShouldBeEmpty();
    }

    [Fact]
    public void Every_log_event_has_an_id_of_its_own_in_its_projects_range()
    {
        var ranges = new Dictionary<string, int>
        {
            ["Hawser.Rendezvous"] = 1, ["Hawser.Relay"] = 2, ["Hawser.Data"] = 3, ["Hawser.Server"] = 4, ["Hawser.Cluster"] = 5,
            ["Hawser.Api"] = 6, ["Hawser.Recording"] = 7,
        };
        var ids = SourceTree.CodeFiles("src").SelectMany(f => LogEvent().Matches(File.ReadAllText(f))
            .Select(m => (Project: SourceTree.Relative(f).Split('/')[1], Id: int.Parse(m.Groups[1].Value)))).ToArray();
        ids.Length.ShouldBeGreaterThan(10);
        ids.Where(i => i.Id / 1000 != ranges[i.Project]).ShouldBeEmpty();
        ids.GroupBy(i => i.Id).Where(g => g.Count() > 1).Select(g => g.Key).ShouldBeEmpty();
    }

    [Fact]
    public void Every_interface_has_two_shipped_implementations_or_is_a_cluster_seam()
    {
        // The second implementation of the seams (Redis) comes with more than one node; see ADR 0004.
        string[] waiting = ["IPeerRouter", "IRelayRoster"];
        var files = SourceTree.CodeFiles("src").ToDictionary(f => f, File.ReadAllText);
        var interfaces = files.Values.SelectMany(t => InterfaceLine().Matches(t).Select(m => m.Groups[1].Value)).ToArray();
        foreach (var name in interfaces.Except(waiting))
        {
            var implemented = files.Values.Sum(t => Regex.Count(t, $@"(?:class|struct|record)\s[^{{]*[:,]\s*{name}\b"));
            implemented.ShouldBeGreaterThanOrEqualTo(2, name);
        }

        waiting.Except(interfaces).ShouldBeEmpty("a seam of the exception list is gone: take it off");
    }

    private static IEnumerable<string> Offenders(Regex what, string[] rooms) => SourceTree.CodeFiles("src")
        .Where(f => !rooms.Any(r => SourceTree.Relative(f).StartsWith(r, StringComparison.Ordinal)))
        .SelectMany(f => File.ReadLines(f).Where(l => !l.TrimStart().StartsWith("//", StringComparison.Ordinal) && what.IsMatch(l))
            .Select(l => $"{SourceTree.Relative(f)}: {l.Trim()}"));

    [GeneratedRegex(@"new\s+(Socket|TcpListener|TcpClient|UdpClient|NetworkStream|ClientWebSocket)\b")]
    private static partial Regex RawSocket();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex NativeCall();

    [GeneratedRegex(@"using Microsoft\.EntityFrameworkCore")]
    private static partial Regex EntityFramework();

    [GeneratedRegex(@"GetEnvironmentVariable|\bIConfiguration\b")]
    private static partial Regex EnvironmentOrConfiguration();

    [GeneratedRegex(@"NotImplementedException|\bTODO\b|\bFIXME\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bSkip\s*=\s*""")]
    private static partial Regex StaticSkip();

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex LogEvent();

    [GeneratedRegex(@"\binterface\s+(I[A-Z]\w*)")]
    private static partial Regex InterfaceLine();
}
