using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary>The real program: what it prints, which signals it obeys, and how it fails.</summary>
public sealed class ServeTests : IDisposable
{
    private const int Hangup = 1;
    private const int Terminate = 15;
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Block(10);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_first_start_prints_what_is_needed_and_keeps_the_folder_private()
    {
        await using var server = await StartAsync("--public-host", "rd.example");
        // Ready is the block's first line; the rest may still be under way.
        await Eventually.HoldsAsync(() => server.Output.Contains("Client config "), "the block is printed");
        var key = File.ReadAllText(_folder.File("d/id_ed25519.pub"));
        server.Output.ShouldContain($"Public key    {key}");
        server.Output.ShouldContain("Host          rd.example");
        server.Output.ShouldContain($"udp {_port + 2}, tcp {_port + 2}, tcp {_port + 1}");
        var shown = await HawserProcess.RunAsync(_folder.Path, ["config", "show", .. Serve("--public-host", "rd.example")[1..]]);
        shown.Code.ShouldBe(0);
        shown.Output.ShouldContain($"Public key     {key}");
        server.Output.ShouldContain(shown.Output.Split("Client config  ")[1].Trim(), customMessage: "the same text at both places");
        Mode("d").ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in new[] { "d/id_ed25519", "d/hawser.db", "d/ctl.sock" })
        {
            Mode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        server.Signal(Terminate);
        (await server.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_first_start_on_a_terminal_draws_a_code_for_phones_and_no_other_start_does()
    {
        var arguments = Serve("--public-host", "rd.example");
        await using var first = HawserProcess.StartOnTerminal(_folder.Path, arguments);
        await first.ReadyAsync();
        await Eventually.HoldsAsync(() => first.Output.Contains("For mobile clients"), "the code is drawn");
        await first.EndOnTerminalAsync();
        var shown = await HawserProcess.RunAsync(_folder.Path, ["config", "show", "--qr", .. arguments[1..]]);
        shown.Code.ShouldBe(0, shown.Errors);
        var code = shown.Output.Split('\n').Where(l => l.StartsWith('\e')).ToArray();
        code.Length.ShouldBeGreaterThan(15);
        first.Output.Replace("\r", "").ShouldContain(string.Join('\n', code));

        await using var second = HawserProcess.StartOnTerminal(_folder.Path, arguments);
        await second.ReadyAsync();
        await Eventually.HoldsAsync(() => second.Output.Contains("Check from outside"), "the block is printed");
        await second.EndOnTerminalAsync();
        second.Output.ShouldNotContain("For mobile clients");
    }

    [Fact]
    public async Task A_first_start_into_a_file_draws_nothing()
    {
        await using var server = await StartAsync();
        await Eventually.HoldsAsync(() => server.Output.Contains("Check from outside"), "the block is printed");
        server.Output.ShouldNotContain("\e");
    }

    [Fact]
    public async Task Ctl_asks_the_running_server_and_says_when_there_is_none()
    {
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, "ctl", "--data", "d", "status");
        (code, errors).ShouldBe((1, $"--data: no server runs on d (it has no ctl.sock).\n"));
        await using var server = await StartAsync();
        var status = await HawserProcess.RunAsync(_folder.Path, "ctl", "--data", "d", "status");
        status.Code.ShouldBe(0);
        status.Output.ShouldContain("rendezvous: ready\nrelay: ready\nstore: ready");
        (await HawserProcess.RunAsync(_folder.Path, "ctl", "--data", "d", "nonsense")).Code.ShouldBe(2);
    }

    [Fact]
    public async Task A_hangup_reads_the_options_again_and_tells_what_needs_a_restart()
    {
        Directory.CreateDirectory(_folder.File("d"));
        _folder.Write("d/hawser.json", """{ "relay": { "singleBandwidth": 10 } }""");
        await using var server = await StartAsync();
        _folder.Write("d/hawser.json", """{ "relay": { "singleBandwidth": 20, "loops": 3 }, "log": { "level": "debug" } }""");
        server.Signal(Hangup);
        await Eventually.HoldsAsync(() => server.Errors.Contains("Reload:"), "the reload is told");
        server.Errors.ShouldContain("changed: relay.singleBandwidth, log.level; needs a restart: relay.loops");
        _folder.Write("d/hawser.json", """{ "relay": { "singleBandwith": 20 } }""");
        server.Signal(Hangup);
        await Eventually.HoldsAsync(() => server.Errors.Contains("nothing was changed"), "errors change nothing");
        server.Errors.ShouldContain("did you mean relay.singleBandwidth?");
        server.HasExited.ShouldBeFalse();
    }

    [Theory]
    [InlineData(0, "--http-port")]
    [InlineData(4, "--rendezvous-port")]
    [InlineData(7, "--relay-port")]
    public async Task A_taken_web_port_ends_the_start_with_a_sentence_that_names_the_option(int offset, string option)
    {
        using var taken = new TcpListener(IPAddress.Loopback, _port + offset);
        taken.Start();
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, Serve());
        code.ShouldBe(1);
        errors.ShouldContain(option);
        errors.ShouldContain("taken");
        errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Two_servers_do_not_share_a_data_folder()
    {
        await using var server = await StartAsync();
        var other = FreePorts.Block(10);
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, "serve", "--data", "d", "--http-port", Text(other),
            "--rendezvous-port", Text(other + 2), "--relay-port", Text(other + 5));
        code.ShouldBe(1);
        errors.ShouldContain("another hawser serves from");
    }

    [Fact]
    public async Task A_data_folder_that_is_a_file_ends_the_start()
    {
        _folder.Write("d", "");
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, Serve());
        code.ShouldBe(1);
        errors.ShouldStartWith("--data: ");
    }

    [Fact]
    public async Task A_malformed_key_ends_the_start_and_stays_as_it_is()
    {
        Directory.CreateDirectory(_folder.File("d"));
        _folder.Write("d/id_ed25519", "garbage");
        var (code, output, errors) = await HawserProcess.RunAsync(_folder.Path, Serve());
        code.ShouldBe(1);
        output.ShouldBeEmpty();
        errors.ShouldStartWith("Fatal error: malformed private key in id_ed25519");
        File.ReadAllText(_folder.File("d/id_ed25519")).ShouldBe("garbage");
    }

    [Fact]
    public async Task A_file_that_is_no_database_ends_the_start_and_stays_as_it_is()
    {
        Directory.CreateDirectory(_folder.File("d"));
        var junk = string.Concat(Enumerable.Repeat("this is not a database. ", 500));
        _folder.Write("d/hawser.db", junk);
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, Serve());
        code.ShouldBe(1);
        errors.ShouldContain("--data");
        File.ReadAllText(_folder.File("d/hawser.db")).ShouldBe(junk);
    }

    [Fact]
    public async Task Wrong_options_are_usage_errors_told_together()
    {
        var (code, _, errors) = await HawserProcess.RunAsync(_folder.Path, "serve", "--rendezvous-prt", "5", "--relay-port", "x");
        code.ShouldBe(2);
        errors.ShouldContain("did you mean --rendezvous-port?");
        errors.ShouldContain("--relay-port: \"x\" is not a whole number");
        Directory.Exists(_folder.File("data")).ShouldBeFalse("nothing was begun");
    }

    [Fact]
    public async Task Help_teaches_and_both_ways_to_serve_mean_the_same()
    {
        var help = await HawserProcess.RunAsync(_folder.Path, "--help");
        help.Code.ShouldBe(0);
        foreach (var word in new[] { "serve", "key", "config", "ctl", "import", "doctor", "Examples:", "Exit codes" }) help.Output.ShouldContain(word);
        var serve = await HawserProcess.RunAsync(_folder.Path, "serve", "--help");
        serve.Output.ShouldContain("--rendezvous-port");
        serve.Output.ShouldContain("--recorder-port");
        (await HawserProcess.RunAsync(_folder.Path, "srve")).Code.ShouldBe(2);
        (await HawserProcess.RunAsync(_folder.Path, "version")).Output.ShouldStartWith("hawser ");
    }

    [Fact]
    public async Task Keys_are_made_shown_and_checked_as_rustdesk_utils_does()
    {
        var made = await HawserProcess.RunAsync(_folder.Path, "key", "generate");
        var lines = made.Output.Split('\n');
        lines[0].ShouldStartWith("Public Key:  ");
        lines[1].ShouldStartWith("Secret Key:  ");
        var (pub, secret) = (lines[0]["Public Key:  ".Length..], lines[1]["Secret Key:  ".Length..]);
        var valid = await HawserProcess.RunAsync(_folder.Path, "key", "validate", pub, secret);
        (valid.Code, valid.Output.TrimEnd()).ShouldBe((0, "Key pair is VALID"));
        var invalid = await HawserProcess.RunAsync(_folder.Path, "key", "validate", pub, pub);
        (invalid.Code, invalid.Errors.TrimEnd()).ShouldBe((1, "Invalid Secret key"));
        await HawserProcess.RunAsync(_folder.Path, "key", "generate", "--data", "k");
        var shown = await HawserProcess.RunAsync(_folder.Path, "key", "show", "--data", "k");
        shown.Output.TrimEnd().ShouldBe("Public Key:  " + File.ReadAllText(_folder.File("k/id_ed25519.pub")));
        (await HawserProcess.RunAsync(_folder.Path, "key", "generate", "--data", "k")).Code.ShouldBe(1, "never over an existing one");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private UnixFileMode Mode(string name) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(_folder.File(name));

    private string[] Serve(params string[] more) =>
    [
        "serve", "--data", "d", "--bind", "127.0.0.1", "--http-port", Text(_port), "--rendezvous-port", Text(_port + 2),
        "--relay-port", Text(_port + 5), "--relay-drain-seconds", "0", .. more,
    ];

    private async Task<HawserProcess> StartAsync(params string[] more)
    {
        var server = HawserProcess.Start(_folder.Path, Serve(more));
        await server.ReadyAsync();
        return server;
    }
}
