using System.Net;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>
/// What all of this is for: two peers register, one asks for the other, they meet directly or at the relay, and talk
/// encrypted end to end. The whole server in this process, real sockets.
/// </summary>
public sealed class PeersMeetTests : IAsyncLifetime
{
    private const string Id = "123456789";
    private const string Elsewhere = "127.0.0.2";
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(80));
    private TestHawser _hawser = null!;

    private static PeerTimings Fast { get; } = new()
    {
        Tick = TimeSpan.FromMilliseconds(50),
        Retry = TimeSpan.FromMilliseconds(500),
        Register = TimeSpan.FromSeconds(2),
        Reconnect = TimeSpan.FromMilliseconds(100),
        Answer = TimeSpan.FromSeconds(20),
        Listen = TimeSpan.FromSeconds(20),
        Punch = TimeSpan.FromSeconds(20),
    };

    public async ValueTask InitializeAsync() => _hawser = await TestHawser.StartAsync(
        o => o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}"));

    public async ValueTask DisposeAsync()
    {
        await _hawser.DisposeAsync();
        _limit.Dispose();
    }

    [Theory]
    [InlineData(ServerTransport.Udp, ReachedBy.PunchedTcp, Elsewhere)]
    [InlineData(ServerTransport.Tcp, ReachedBy.PunchedTcp, Elsewhere)]
    [InlineData(ServerTransport.Udp, ReachedBy.Lan, "127.0.0.1")]
    [InlineData(ServerTransport.Tcp, ReachedBy.Lan, "127.0.0.1")]
    public async Task A_direct_TCP_connection(ServerTransport host, ReachedBy expected, string hostAddress)
    {
        var options = HostOptions(host) with { LocalAddress = IPAddress.Parse(hostAddress) };

        await MeetAsync(options, CallerOptions() with { Paths = Paths.Tcp }, expected, expected);
    }

    [Fact]
    public async Task T14_IPv6_beside_an_introduction_that_leads_nowhere_else()
    {
        var here = IPAddress.IPv6Loopback;
        var host = HostOptions() with { LocalAddress = IPAddress.Parse(Elsewhere), LocalIPv6 = here };

        await MeetAsync(host, CallerOptions() with { Paths = Paths.IPv6, LocalIPv6 = here }, ReachedBy.IPv6, ReachedBy.IPv6);
    }

    [Fact]
    public async Task Datagrams_through_punched_holes()
    {
        var host = HostOptions() with { LocalAddress = IPAddress.Parse(Elsewhere) };

        await MeetAsync(host, CallerOptions() with { Paths = Paths.Udp }, ReachedBy.PunchedUdp, ReachedBy.PunchedUdp);
    }

    [Theory]
    [InlineData(ServerTransport.Udp, ServerTransport.Udp)]
    [InlineData(ServerTransport.Tcp, ServerTransport.Udp)]
    [InlineData(ServerTransport.WebSocket, ServerTransport.Udp)]
    [InlineData(ServerTransport.Udp, ServerTransport.WebSocket)]
    [InlineData(ServerTransport.Tcp, ServerTransport.WebSocket)]
    [InlineData(ServerTransport.WebSocket, ServerTransport.WebSocket)]
    public async Task The_relay_by_TCP_WebSocket_and_both(ServerTransport host, ServerTransport caller)
    {
        var options = CallerOptions(caller) with { Paths = Paths.Relay };

        await MeetAsync(HostOptions(host), options, Way(host), Way(caller));
    }

    [Fact]
    public async Task One_port_for_everything_by_WebSocket_paths()
    {
        var id = new Uri($"ws://127.0.0.1:{_hawser.HttpPort}/ws/id");
        var relay = new Uri($"ws://127.0.0.1:{_hawser.HttpPort}/ws/relay");
        var host = HostOptions(ServerTransport.WebSocket) with { IdUri = id, RelayUri = relay };
        var caller = CallerOptions(ServerTransport.WebSocket) with { IdUri = id, RelayUri = relay };

        await MeetAsync(host, caller, ReachedBy.RelayWebSocket, ReachedBy.RelayWebSocket);
    }

    [Fact]
    public async Task A_logged_in_caller_over_a_secured_connection()
    {
        var caller = CallerOptions() with { Token = "some-token", Paths = Paths.Relay };

        await MeetAsync(HostOptions(), caller, ReachedBy.RelayTcp, ReachedBy.RelayTcp);
    }

    [Fact]
    public async Task When_the_direct_path_fails_the_second_phase_leads_to_the_relay()
    {
        // The host does not wait for the caller, so that nothing answers on its port.
        var host = HostOptions() with
        {
            LocalAddress = IPAddress.Parse(Elsewhere),
            Timings = Fast with { Listen = TimeSpan.Zero },
        };
        var caller = CallerOptions() with { NatType = NatType.UnknownNat };

        await MeetAsync(host, caller, ReachedBy.RelayTcp, ReachedBy.RelayTcp);
    }

    [Fact]
    public async Task A_host_with_a_symmetric_NAT_chooses_the_relay_itself()
    {
        var host = HostOptions() with { LocalAddress = IPAddress.Parse(Elsewhere), NatType = NatType.Symmetric };

        await MeetAsync(host, CallerOptions(), ReachedBy.RelayTcp, ReachedBy.RelayTcp);
    }

    [Theory]
    [InlineData(ServerTransport.Udp)]
    [InlineData(ServerTransport.Tcp)]
    [InlineData(ServerTransport.WebSocket)]
    public async Task Registered_hosts_are_online_and_gone_ones_are_not(ServerTransport transport)
    {
        var host = await PeerHost.StartAsync(HostOptions(transport), _limit.Token);

        (await OnlineAsync(ServerTransport.Tcp)).ShouldBe([true, false]);
        (await OnlineAsync(ServerTransport.WebSocket)).ShouldBe([true, false]);
        await host.DisposeAsync();

        if (transport == ServerTransport.Udp) return;
        // Until the limit of the whole test.
        while ((await OnlineAsync(ServerTransport.Tcp))[0])
        {
        }
    }

    [Fact]
    public async Task Callers_with_a_wrong_key_or_id_are_told_so()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);

        (await PeerCaller.ConnectAsync("987654321", CallerOptions(),
            _limit.Token)).Outcome.ShouldBe(ConnectOutcome.NoSuchId);
        (await PeerCaller.ConnectAsync(Id, CallerOptions() with { Key = "wrong" }, _limit.Token)).Outcome
            .ShouldBe(ConnectOutcome.KeyMismatch);
    }

    [Fact]
    public async Task A_host_that_changed_its_id_is_reached_under_the_new_one()
    {
        var old = HostOptions();
        await (await PeerHost.StartAsync(old, _limit.Token)).DisposeAsync();
        (await ServerQuestions.ChangeIdAsync(old, old.Identity, "newname1", _limit.Token))
            .ShouldBe(RegisterPkResponse.Types.Result.Ok);

        var renamed = old with { Identity = old.Identity.Renamed("newname1") };

        await MeetAsync(renamed, CallerOptions(), ReachedBy.Lan, ReachedBy.Lan, "newname1");
    }

    [Fact]
    public async Task Twenty_callers_at_once_all_meet_the_host()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        var paths = new[] { Paths.Tcp, Paths.Relay };

        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            PeerCaller.ConnectAsync(Id, CallerOptions() with { Paths = paths[i % 2] }, _limit.Token)));

        calls.Count(c => c.Outcome == ConnectOutcome.Connected).ShouldBe(20, string.Join(", ", calls.Select(c =>
            c.Detail)));
        foreach (var call in calls) await call.Channel!.DisposeAsync();
    }

    [Theory]
    [InlineData(ServerTransport.Udp)]
    [InlineData(ServerTransport.WebSocket)]
    public async Task Over_IPv6_peers_of_one_address_meet_at_the_relay(ServerTransport transport)
    {
        await using var hawser = await TestHawser.StartAsync(o =>
        {
            o.Bind = "::1";
            o.Rendezvous.RelayServers.Add($"[::1]:{o.Relay.Port}");
        });
        var server = new ServerName("::1", hawser.RendezvousPort);
        var host = HostOptions(transport) with { Server = server, Key = hawser.Key.PublicText };
        var caller = CallerOptions(transport) with { Server = server, Key = hawser.Key.PublicText };

        // The field's hosts offer their local address only when they reach the server over IPv4 (§6.4), so do ours.
        await MeetAsync(host, caller, Way(transport), Way(transport));
    }

    private static ReachedBy Way(ServerTransport transport) =>
        transport == ServerTransport.WebSocket ? ReachedBy.RelayWebSocket : ReachedBy.RelayTcp;

    private async Task MeetAsync(
        PeerHostOptions hostOptions, PeerCallerOptions callerOptions, ReachedBy hostHow, ReachedBy callerHow,
            string id = Id)
    {
        await using var host = await PeerHost.StartAsync(hostOptions, _limit.Token);

        var result = await PeerCaller.ConnectAsync(id, callerOptions, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, $"{result.Detail} / {host.LastFailure}");
        result.How.ShouldBe(callerHow);
        var session = await host.AcceptAsync(_limit.Token);
        session.How.ShouldBe(hostHow);
        result.Channel!.IsEncrypted.ShouldBeTrue();
        session.Channel.IsEncrypted.ShouldBeTrue();
        await using var one = new Conversation(session.Channel);
        await using var other = new Conversation(result.Channel);
        await one.SendChatAsync("from the host", _limit.Token);
        await other.SendChatAsync("from the caller", _limit.Token);
        (await other.ReadChatAsync(_limit.Token)).ShouldBe("from the host");
        (await one.ReadChatAsync(_limit.Token)).ShouldBe("from the caller");
        await one.MeasureDelayAsync(_limit.Token);
        await other.MeasureDelayAsync(_limit.Token);
    }

    private Task<bool[]> OnlineAsync(ServerTransport transport) =>
        ServerQuestions.AreOnlineAsync(CallerOptions(transport), "987654321", [Id, "222222222"], _limit.Token);

    private PeerHostOptions HostOptions(ServerTransport transport = ServerTransport.Udp) => new()
    {
        Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
        Key = _hawser.Key.PublicText,
        Identity = PeerIdentity.Generate(Id),
        Transport = transport,
        Timings = Fast,
    };

    private PeerCallerOptions CallerOptions(ServerTransport transport = ServerTransport.Udp) => new()
    {
        Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
        Key = _hawser.Key.PublicText,
        Transport = transport,
        Timings = Fast,
    };
}
