using System.Net;
using System.Text;
using Hawser.Agent.Serving;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>The agent, the server and a controller together: real sockets, real shells, real files.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-agent-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(120));
    private TestHawser _hawser = null!;
    private RunningAgent _agent = null!;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _hawser = await TestHawser.StartAsync(o => o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}"));
        var folder = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Display = "none",
                Server = $"127.0.0.1:{_hawser.RendezvousPort}",
                Key = _hawser.Key.PublicText,
                Api = _hawser.Http.ToString(),
            },
        };
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        _id = folder.Identity.Id;
        _agent = RunningAgent.Start(folder, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => _agent.IsRegistered, "the agent is registered", 60);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _hawser.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _limit.Dispose();
    }

    [Theory]
    [InlineData(Paths.Tcp, ServerTransport.Udp)]
    [InlineData(Paths.Udp, ServerTransport.Udp)]
    [InlineData(Paths.Relay, ServerTransport.Udp)]
    [InlineData(Paths.Relay, ServerTransport.WebSocket)]
    public async Task T08_T09_T10_files_go_both_ways_on_every_path(Paths paths, ServerTransport transport)
    {
        await using var session = await OpenAsync(
            o => o with { Files = new FileTransfer() }, o => o with
            {
                Paths = paths,
                Transport = transport,
                // From one address the server would take them for neighbours, who need no punching.
                LocalAddress = paths == Paths.Udp ? IPAddress.Parse("127.0.0.2") : null,
            });
        session.IsEncrypted.ShouldBeTrue();
        var data = new byte[2_000_000];
        new Random(1).NextBytes(data);
        var (here, there) = (Path.Combine(_folder, "here"), Path.Combine(_folder, "there"));
        await File.WriteAllBytesAsync(here, data, _limit.Token);
        (await session.Files.PutAsync(here, there, null, _limit.Token)).Moved.ShouldBe(1);
        (await session.Files.GetAsync(there, here + "2", null, _limit.Token)).Moved.ShouldBe(1);
        (await File.ReadAllBytesAsync(here + "2", _limit.Token)).ShouldBe(data);
    }

    [Fact]
    public async Task T74_a_real_shell_has_a_terminal_of_its_own_and_an_exit_code()
    {
        await using var session = await OpenAsync(o => o with { Terminal = new Terminal() });
        await session.Terminals.OpenAsync(1, 31, 97, _limit.Token);
        // What is typed is echoed too, so the answer is one that is not in the question.
        await TypeAsync(session, "stty size; test -t 0 && echo is''-a-tty; exit 5\n");
        var said = new StringBuilder();
        while (true)
        {
            var what = await session.Terminals.ReadAsync(1, _limit.Token);
            if (what.ExitCode is { } code)
            {
                code.ShouldBe(5);
                break;
            }

            said.Append(Encoding.UTF8.GetString(what.Output.Span));
        }

        said.ToString().ShouldContain("31 97");
        said.ToString().ShouldContain("is-a-tty");
    }

    [Fact]
    public async Task T74_a_shell_that_is_closed_is_gone_with_what_it_runs()
    {
        await using var session = await OpenAsync(o => o with { Terminal = new Terminal() });
        var opened = await session.Terminals.OpenAsync(1, 24, 80, _limit.Token);
        await TypeAsync(session, "sleep 1000\n");
        session.Terminals.Close(1);
        while ((await session.Terminals.ReadAsync(1, _limit.Token)).ExitCode is null)
        {
            // Its echo and its prompt come first.
        }

        await Eventually.HoldsAsync(() => !Directory.Exists($"/proc/{opened.Pid}"), "the shell is gone");
    }

    [Fact]
    public async Task T76_a_tunnel_leads_to_the_server_itself()
    {
        await using var session = await OpenAsync(o => o with
        {
            Tunnel = new PortForward { Host = "127.0.0.1", Port = _hawser.HttpPort },
        });
        await using var tunnel = await session.TunnelAsync();
        await tunnel.WriteAsync("GET /live HTTP/1.0\r\nHost: x\r\n\r\n"u8.ToArray(), _limit.Token);
        using var reader = new StreamReader(tunnel);
        (await reader.ReadToEndAsync(_limit.Token)).ShouldStartWith("HTTP/1.1 ");
    }

    [Fact]
    public async Task Without_a_desktop_remote_control_is_answered_with_a_reason()
    {
        await using var session = await ConnectAsync(o => o, o => o);
        var step = await session.LoginAsync("secret", _limit.Token);
        step.State.ShouldBe(LoginState.Refused);
        step.Text.ShouldStartWith("No displays");
    }

    [Fact]
    public async Task The_server_hears_of_the_agent_and_of_its_sessions_in_order()
    {
        await using (await OpenAsync(o => o with { Terminal = new Terminal() }))
        {
            _agent.Host.Connections.Count.ShouldBe(1);
        }

        await Eventually.HoldsAsync(() => _agent.IsHeard, "the server answers heartbeats", 60);
        await Eventually.HoldsAsync(() => _agent.Host.Connections.Count == 0, "the session is over", 60);
        await Eventually.HoldsAsync(() => _agent.WaitingRecords == 0, "all records are at the server", 90);
    }

    [Fact]
    public async Task T86_the_server_may_end_a_session()
    {
        await using var session = await OpenAsync(o => o with { Terminal = new Terminal() });
        _agent.Host.Disconnect(_agent.Host.Connections);
        await session.Ended.WaitAsync(_limit.Token);
        session.EndReason.ShouldBe("Closed manually by web console");
    }

    private Task TypeAsync(ControllerSession session, string text) =>
        session.Terminals.TypeAsync(1, Encoding.UTF8.GetBytes(text), _limit.Token);

    private async Task<ControllerSession> OpenAsync(
        Func<ControllerOptions, ControllerOptions> kind, Func<PeerCallerOptions, PeerCallerOptions>? way = null)
    {
        var session = await ConnectAsync(kind, way ?? (o => o));
        (await session.LoginAsync("secret", _limit.Token)).ShouldBe(new LoginStep(LoginState.In, ""));
        return session;
    }

    private async Task<ControllerSession> ConnectAsync(
        Func<ControllerOptions, ControllerOptions> kind, Func<PeerCallerOptions, PeerCallerOptions> way)
    {
        var options = way(new PeerCallerOptions
        {
            Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
            Key = _hawser.Key.PublicText,
            LocalAddress = IPAddress.Loopback,
        });
        var result = await PeerCaller.ConnectAsync(_id, options, _limit.Token);
        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        return new ControllerSession(result.Channel!, kind(new ControllerOptions { Target = _id, MyId = "tester" }));
    }
}
