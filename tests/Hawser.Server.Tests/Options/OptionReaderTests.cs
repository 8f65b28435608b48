using Hawser.Server.Configuration;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Options;

public sealed class OptionReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Nothing_given_means_defaults_that_are_valid()
    {
        var effective = Read([]);
        effective.Errors.ShouldBeEmpty();
        effective.Options.Rendezvous.Port.ShouldBe(21116);
        effective.Options.Relay.Port.ShouldBe(21117);
        effective.Options.Http.Port.ShouldBe(21114);
        effective.Options.Recorder.Port.ShouldBe(8000);
        effective.Options.Data.ShouldBe(_folder.File("data"));
        var errors = new List<string>();
        foreach (var option in OptionTable.All.Where(o => o.FileOf is null))
        {
            OptionValidator.Validate(option, effective.Options, option.Flag, errors);
        }

        errors.ShouldBeEmpty("given values are validated, defaults are not: they must be right");
    }

    [Fact]
    public void A_later_place_wins_and_is_named_as_origin()
    {
        Directory.CreateDirectory(_folder.File("d"));
        _folder.Write("d/hawser.json", """{ "rendezvous": { "port": 1001, "serial": 1, "idleSeconds": 41, "onlineSeconds": 51 } }""");
        var file = _folder.Write("other.json", """{ "rendezvous": { "serial": 2, "idleSeconds": 42, "onlineSeconds": 52 } }""");
        var effective = Read(
            ["--data", "d", "--config", file, "--rendezvous-online-seconds", "54"],
            ("HAWSER_RENDEZVOUS_IDLE_SECONDS", "43"), ("HAWSER_RENDEZVOUS_ONLINE_SECONDS", "53"));
        effective.Errors.ShouldBeEmpty();
        var rendezvous = effective.Options.Rendezvous;
        (rendezvous.Port, rendezvous.Serial, rendezvous.IdleSeconds, rendezvous.OnlineSeconds).ShouldBe((1001, 2, 43, 54));
        Origin(effective, "rendezvous.port").ShouldBe(_folder.File("d/hawser.json"));
        Origin(effective, "rendezvous.serial").ShouldBe(file);
        Origin(effective, "rendezvous.idleSeconds").ShouldBe("HAWSER_RENDEZVOUS_IDLE_SECONDS");
        Origin(effective, "rendezvous.onlineSeconds").ShouldBe("--rendezvous-online-seconds");
        Origin(effective, "relay.port").ShouldBe("default");
    }

    [Fact]
    public void Every_option_can_be_given_as_flag_as_variable_and_in_the_file()
    {
        foreach (var option in OptionTable.All.Where(o => o.FileOf is null && o.Path is not ("data" or "initialKey")))
        {
            var value = SampleOf(option);
            var json = option.Path.Contains('.')
                ? $"{{\"{option.Path.Split('.')[0]}\":{{\"{option.Path.Split('.')[1]}\":\"{value}\"}}}}" : $"{{\"{option.Path}\":\"{value}\"}}";
            var file = _folder.Write("one.json", json);
            Text(Read([option.Flag, value]), option).ShouldBe(value, option.Flag);
            Text(Read([$"{option.Flag}={value}"]), option).ShouldBe(value, option.Flag);
            Text(Read([], (option.Variable, value)), option).ShouldBe(value, option.Variable);
            Text(Read(["--config", file]), option).ShouldBe(value, option.Path);
        }
    }

    [Fact]
    public void The_contract_of_the_serve_command_holds()
    {
        var effective = Read(["--data", "d", "--rendezvous-port", "3116", "--relay-port", "3117", "--http-port", "3114",
            "--recorder-port", "3800", "--bind", "127.0.0.1", "--role", "rendezvous,relay,api"]);
        effective.Errors.ShouldBeEmpty();
        effective.Options.Role.ShouldBe(["rendezvous", "relay", "api"]);
        OptionTable.At("rendezvous.port").Variable.ShouldBe("HAWSER_RENDEZVOUS_PORT");
        OptionTable.At("recorder.port").Variable.ShouldBe("HAWSER_RECORDER_PORT");
        Read(["--Relay:Port", "3119"]).Options.Relay.Port.ShouldBe(3119);
    }

    [Fact]
    public void All_errors_are_told_together_and_each_names_its_option()
    {
        _folder.Write("bad.json", """{ "rendezvous": { "prt": 1, "udpThreads": -1 }, "relay": { "port": "x" }, "http": 5 }""");
        var effective = Read(
            ["--config", "bad.json", "--rely-port", "5", "--bind", "nowhere", "--http-port"], ("HAWSER_RELAY_MAX_PAIRS", "0"));
        effective.Errors.ShouldContain(e => e.Contains("rendezvous.prt is not an option; did you mean rendezvous.port?"));
        effective.Errors.ShouldContain(e => e.Contains("--rendezvous-udp-threads") && e.Contains("-1"));
        effective.Errors.ShouldContain(e => e.StartsWith("--relay-port (from ") && e.Contains("\"x\" is not a whole number"));
        effective.Errors.ShouldContain("--rely-port is not an option; did you mean --relay-port?");
        effective.Errors.ShouldContain(e => e.StartsWith("--bind must be an IP address"));
        effective.Errors.ShouldContain("--http-port needs a value");
        effective.Errors.ShouldContain(e => e.Contains("HAWSER_RELAY_MAX_PAIRS") && e.Contains("--relay-max-pairs"));
        effective.Errors.ShouldContain(e => e.Contains("http is not an option"));
    }

    [Fact]
    public void Ports_that_meet_are_told_before_anything_listens()
    {
        Read(["--relay-port", "21118"]).Errors.ShouldContain(e => e.Contains("--relay-port") && e.Contains("--rendezvous-port plus 2"));
        Read(["--http-port", "21115"]).Errors.ShouldContain(e => e.Contains("--http-port") && e.Contains("minus 1"));
        Read(["--relay-port", "21118", "--role", "relay"]).Errors.ShouldBeEmpty("the rendezvous role does not run here");
    }

    [Fact]
    public void A_secret_may_be_given_as_a_file_and_an_unreadable_one_is_an_error()
    {
        _folder.Write("join.key", "a secret that is long enough\n");
        Read(["--join-key-file", "join.key"]).Options.JoinKey.ShouldBe("a secret that is long enough");
        Read([], ("HAWSER_JOIN_KEY_FILE", "join.key")).Options.JoinKey.ShouldBe("a secret that is long enough");
        Read(["--join-key-file", "missing.key"]).Errors.ShouldHaveSingleItem().ShouldContain("--join-key-file");
        Read(["--join-key", "short"]).Errors.ShouldHaveSingleItem().ShouldBe("--join-key must have at least 16 characters");
    }

    [Fact]
    public void Lists_are_split_repeated_and_replaced_as_a_whole()
    {
        _folder.Write("l.json", """{ "relay": { "blocklist": ["203.0.113.1", "203.0.113.2"] } }""");
        Read(["--config", "l.json"]).Options.Relay.Blocklist.ShouldBe(["203.0.113.1", "203.0.113.2"]);
        Read(["--config", "l.json", "--relay-blocklist", "10.0.0.0/8, ::1", "--relay-blocklist", "192.0.2.1"])
            .Options.Relay.Blocklist.ShouldBe(["10.0.0.0/8", "::1", "192.0.2.1"]);
        Read(["--relay-blocklist", "10.0.0.0/8,what"]).Errors.ShouldHaveSingleItem().ShouldContain("--relay-blocklist");
    }

    [Theory]
    [InlineData("--rendezvous-always-use-relay", true)]
    [InlineData("--rendezvous-always-use-relay=no", false)]
    [InlineData("--rendezvous-always-use-relay=Y", true)]
    public void Switches_take_words_or_stand_alone(string argument, bool expected) =>
        Read([argument, "--relay-port", "5"]).Options.Rendezvous.AlwaysUseRelay.ShouldBe(expected);

    [Fact]
    public void An_unknown_variable_is_noted_because_platforms_make_such_names()
    {
        var effective = Read([], ("HAWSER_PORT_21116_UDP", "udp://10.0.0.1"), ("HAWSER_RELY_PORT", "5"));
        effective.Errors.ShouldBeEmpty();
        effective.Notices.ShouldContain(n => n.Contains("HAWSER_RELY_PORT") && n.Contains("did you mean HAWSER_RELAY_PORT?"));
    }

    [Fact]
    public void Broken_files_are_told_with_their_place()
    {
        _folder.Write("broken.json", "{\n \"relay\": }");
        Read(["--config", "broken.json"]).Errors.ShouldHaveSingleItem().ShouldContain("line 2");
        Read(["--config", "absent.json"]).Errors.ShouldHaveSingleItem().ShouldContain("absent.json");
        Read(["stray"]).Errors.ShouldHaveSingleItem().ShouldContain("stray");
    }

    private static string SampleOf(OptionDefinition option) => option switch
    {
        { IsSwitch: true } => "true",
        { Path: "role" } => "relay",
        { Path: "bind" } => "127.0.0.1",
        { Path: "announceTo" } => "http://rd.example",
        { Path: "log.level" } => "warning",
        { Path: "recorder.uploads" } => "off",
        { Path: "recorder.flush" } => "end",
        { Path: "log.format" } => "json",
        { Path: "http.plain" } => "serve",
        { Path: "relay.downgradeThreshold" } => "0.5",
        { IsList: true } => "10.1.2.3",
        { Kind: "number" or "decimal" } => "77",
        _ => "some text that is long enough",
    };

    private static string Text(EffectiveOptions effective, OptionDefinition option) => option.Text(effective.Options);

    private static string Origin(EffectiveOptions effective, string path) => effective.Origin(OptionTable.At(path));

    private EffectiveOptions Read(string[] arguments, params (string Name, string Value)[] environment) =>
        OptionReader.Read(new OptionSources(arguments, environment.ToDictionary(e => e.Name, e => e.Value), _folder.Path));
}
