using System.Net;
using Hawser.Protocol.Identity;
using Hawser.Server.Commands;
using Hawser.Session.Connecting.Probing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>
/// <c>hawser doctor</c> against Hawser, against a server with the original's features only, and against nothing.
/// </summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Everything_of_a_running_server_is_found()
    {
        await using var hawser = await TestHawser.StartAsync();

        var results = await ProbeAsync(hawser, hawser.Key.PublicText);

        results.ShouldAllBe(r => r.Verdict == ProbeVerdict.Ok, Text(results));
        results.ShouldAllBe(r => r.Took > TimeSpan.Zero);
        results.Single(r => r.Name == "secured connection").Detail.ShouldContain("signed with this key");
        results.Single(r => r.Name == "key").Detail.ShouldContain("fingerprint");
        (await CommandAsync(hawser, "--key", hawser.Key.PublicText)).ShouldBe(0);
        (await CommandAsync(hawser, "--json")).ShouldBe(0);
        hawser.Rendezvous.Execute("pr").ShouldNotContain("nobody", customMessage: "it leaves nothing behind");
    }

    [Fact]
    public async Task An_IPv6_address_is_as_good_as_another()
    {
        await using var hawser = await TestHawser.StartAsync(o => o.Bind = "::1");
        var options = Patient(Options(hawser.RendezvousPort, hawser.RelayPort, hawser.HttpPort, hawser.Key.PublicText));

        var results = await new ServerProbe(options with { Address = IPAddress.IPv6Loopback }).RunAsync();

        results.ShouldAllBe(r => r.Verdict == ProbeVerdict.Ok, Text(results));
    }

    [Fact]
    public async Task Without_the_key_what_needs_it_is_skipped_and_said()
    {
        await using var hawser = await TestHawser.StartAsync();

        var results = await ProbeAsync(hawser, "");

        results.Where(r => r.Verdict != ProbeVerdict.Ok).ShouldAllBe(r =>
            r.Verdict == ProbeVerdict.Skipped, Text(results));
        results.Single(r => r.Name == "key").Detail.ShouldBe("the server requires one");
        results.Count(r => r.Detail == "needs the key").ShouldBe(3);
    }

    [Fact]
    public async Task A_wrong_key_is_a_failure_with_a_hint()
    {
        await using var hawser = await TestHawser.StartAsync();
        var other = ServerKey.Generate().PublicText;

        var results = await ProbeAsync(hawser, other);

        results.Single(r => r.Name == "key").Verdict.ShouldBe(ProbeVerdict.Failed);
        results.Single(r => r.Name == "key").Hint.ShouldNotBeEmpty();
        results.Single(r => r.Name == "secured connection").Verdict.ShouldBe(ProbeVerdict.Failed);
        (await CommandAsync(hawser, "--key", other)).ShouldBe(1);
    }

    [Fact]
    public async Task What_the_original_lacks_is_not_offered_but_no_failure()
    {
        await using var stock = new StandInServer(FreePorts.Block(8) + 2) { OffersKeyExchange = false };

        var results = await new ServerProbe(Options(stock.Port, stock.Port + 1, stock.Port - 2,
            stock.Key.PublicText)).RunAsync();

        results.Where(r => r.Needed).ShouldAllBe(r => r.Verdict == ProbeVerdict.Ok, Text(results));
        results.Single(r => r.Name == "secured connection").Verdict.ShouldBe(ProbeVerdict.NotOffered);
        results.Single(r => r.Name == "readiness").IsProblem.ShouldBeTrue();
        var arguments = new[] { "doctor", $"127.0.0.1:{stock.Port}", "--key", stock.Key.PublicText, "--timeout", "6" };
        (await Cli.RunAsync(arguments)).ShouldBe(0);
    }

    [Fact]
    public async Task Somebody_between_who_signs_with_another_key_is_noticed()
    {
        await using var server = new StandInServer(FreePorts.Block(8) + 2) { ExchangeKey = ServerKey.Generate() };

        var results = await new ServerProbe(Options(server.Port, server.Port + 1, server.Port - 2,
            server.Key.PublicText)).RunAsync();

        var secured = results.Single(r => r.Name == "secured connection");
        secured.Verdict.ShouldBe(ProbeVerdict.Failed);
        secured.Hint.ShouldContain("between");
    }

    [Fact]
    public async Task Nothing_there_is_said_at_once_with_exit_code_1()
    {
        var port = FreePorts.Block(8) + 2;

        var results = await new ServerProbe(Options(port, port + 1, port - 2, "")).RunAsync();

        results.ShouldAllBe(r => r.Verdict == ProbeVerdict.Failed, Text(results));
        (await Cli.RunAsync(["doctor", $"127.0.0.1:{port}"])).ShouldBe(1);
    }

    [Theory]
    [InlineData("doctor", "no-such-name.invalid")]
    [InlineData("doctor", "no-such-name.invalid", "--json")]
    public async Task A_name_that_does_not_resolve_is_a_sentence_not_a_crash(params string[] arguments) =>
        (await Cli.RunAsync(arguments)).ShouldBe(1);

    [Theory]
    [InlineData("doctor")]
    [InlineData("doctor", "host:0")]
    [InlineData("doctor", "host", "--rendezvous-port", "70000")]
    [InlineData("doctor", "host", "--timeout", "0")]
    public async Task Wrong_usage_has_its_own_exit_code(params string[] arguments) =>
        (await Cli.RunAsync(arguments)).ShouldBe(2);

    private static Task<IReadOnlyList<ProbeResult>> ProbeAsync(TestHawser hawser, string key) =>
        new ServerProbe(Patient(Options(hawser.RendezvousPort, hawser.RelayPort, hawser.HttpPort, key))).RunAsync();

    // For servers that answer everything, so that no busy machine makes a missing answer of a late one.
    private static ProbeOptions Patient(ProbeOptions options) => options with { Limit = TimeSpan.FromSeconds(30) };

    private static ProbeOptions Options(int rendezvous, int relay, int http, string key) => new()
    {
        Address = IPAddress.Loopback,
        RendezvousPort = rendezvous,
        RelayPort = relay,
        HttpPort = http,
        Key = key,
        Limit = TimeSpan.FromSeconds(6),
    };

    private static Task<int> CommandAsync(TestHawser hawser, params string[] more) => Cli.RunAsync(
    [
        "doctor", "127.0.0.1", "--rendezvous-port", $"{hawser.RendezvousPort}", "--relay-port", $"{hawser.RelayPort}",
        "--http-port", $"{hawser.HttpPort}", "--timeout", "30", .. more,
    ]);

    private static string Text(IEnumerable<ProbeResult> results) =>
        string.Join('\n', results.Select(r => $"{r.Name} {r.Transport} {r.Port}: {r.Verdict} {r.Detail}"));
}
