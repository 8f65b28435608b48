using System.Net;
using Hawser.Agent.Serving;
using Hawser.Protocol.Identity;
using Hawser.Session.Connecting;
using Hawser.Session.Host;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary><c>hawser-connect ID switch</c> and the agent of the own machine (session reference §18.7).</summary>
public sealed class SwitchSidesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-switch-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task T84_the_own_agent_is_told_whom_to_expect_and_an_unattended_host_refuses()
    {
        await using var hawser = await TestHawser.StartAsync(
            o => o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}"));
        var home = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Display = "test-card",
                Sound = "none",
                Server = $"127.0.0.1:{hawser.RendezvousPort}",
                Key = hawser.Key.PublicText,
                Api = hawser.Http.ToString(),
            },
        };
        new HostSecrets(home.Secrets, home.Save).SetPermanent("secret");
        await using var agent = RunningAgent.Start(home, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        string[] Switch(string own) =>
        [
            home.Identity.Id, "switch", "--agent-data", own, "--way", "Relay",
            "--server", $"127.0.0.1:{hawser.RendezvousPort}", "--key", hawser.Key.PublicText, "--password-file", "-",
        ];

        // This machine's agent and the one that is called are the same here; each does its own part.
        var (code, _, errors) = await ProgramRun.ToEndAsync("hawser-connect", _folder, "secret\n", Switch(home.Location));
        code.ShouldBe(4, errors);
        errors.ShouldContain("Nobody is at this machine");
        (code, _, errors) = await ProgramRun.ToEndAsync("hawser-connect", _folder, "secret\n", Switch(_folder));
        code.ShouldBe(1, errors);
        errors.ShouldContain("--agent-data");

        var told = await LocalListener.AskAsync(home.Socket, RunningAgent.ExpectBack + "555666777", TestContext.Current.CancellationToken);
        var words = told.ShouldNotBeNull().Split(' ');
        words[0].ShouldBe(home.Identity.Id);
        Guid.TryParse(words[1], out var number).ShouldBeTrue();
        number.ShouldNotBe(Guid.Empty);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-400)]
    public async Task T84_who_is_expected_back_needs_no_login_at_the_server_and_only_once(int days)
    {
        await using var hawser = await TestHawser.StartAsync(
            o =>
            {
                o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}");
                o.Rendezvous.RequireLogin = true;
            });
        var home = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Display = "none",
                Server = $"127.0.0.1:{hawser.RendezvousPort}",
                Key = hawser.Key.PublicText,
                Api = hawser.Http.ToString(),
            },
        };
        // A wrong date there: the server says what time it is, and is asked once more.
        var clock = new WrongDate(TimeSpan.FromDays(days));
        await using var agent = RunningAgent.Start(home, new AgentLog(TextWriter.Null, clock), clock);
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        var stop = TestContext.Current.CancellationToken;
        var told = await LocalListener.AskAsync(home.Socket, RunningAgent.ExpectBack + "555666777", stop);
        var code = SwitchGrant.Code(told.ShouldNotBeNull().Split(' ')[1]);

        async Task<ConnectOutcome> CallAsync(string shown, string from = "127.0.0.1")
        {
            var result = await PeerCaller.ConnectAsync(home.Identity.Id, new PeerCallerOptions
            {
                Paths = Paths.Relay,
                Server = new ServerName("127.0.0.1", hawser.RendezvousPort),
                Key = hawser.Key.PublicText,
                SwitchCode = shown,
                LocalAddress = IPAddress.Parse(from),
            }, stop);
            if (result.Channel is { } channel) await channel.DisposeAsync();
            return result.Outcome;
        }

        (await CallAsync("")).ShouldBe(ConnectOutcome.Refused);
        (await CallAsync(SwitchGrant.Code(Guid.NewGuid().ToString()))).ShouldBe(ConnectOutcome.Refused);
        (await CallAsync(code)).ShouldBe(ConnectOutcome.Connected);
        // The requests of one attempt belong together; somebody else who saw the code has nothing of it.
        (await CallAsync(code, "127.0.0.2")).ShouldBe(ConnectOutcome.Refused);
    }

    private sealed class WrongDate(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
