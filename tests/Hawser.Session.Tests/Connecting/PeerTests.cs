using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Connecting;

/// <summary>
/// Host and caller against a stand-in server, which can lose, refuse and cheat. Real roles:
/// Hawser.Server.Tests/EndToEnd.
/// </summary>
public sealed class PeerTests : IAsyncDisposable
{
    private const string Id = "123456789";

    private static readonly PeerTimings Fast = new()
    {
        Tick = TimeSpan.FromMilliseconds(20),
        Retry = TimeSpan.FromMilliseconds(200),
        Register = TimeSpan.FromMilliseconds(300),
        Reconnect = TimeSpan.FromMilliseconds(50),
        // Long enough for any machine: only a lost question has to be asked again soon.
        Answer = TimeSpan.FromSeconds(30),
        Ask = [TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(30)],
        Listen = TimeSpan.FromSeconds(30),
        Punch = TimeSpan.FromSeconds(30),
    };

    private readonly StandInServer _server = new(FreePorts.Block(8) + 1);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(80));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _limit.Dispose();
    }

    [Theory]
    [InlineData(Paths.Tcp, ReachedBy.PunchedTcp, "127.0.0.2")]
    [InlineData(Paths.Tcp, ReachedBy.Lan, "127.0.0.1")]
    [InlineData(Paths.Udp, ReachedBy.PunchedUdp, "127.0.0.2")]
    [InlineData(Paths.Relay, ReachedBy.RelayTcp, "127.0.0.2")]
    public async Task Caller_and_host_meet_and_talk_encrypted(Paths paths, ReachedBy expected, string hostAddress)
    {
        await using var host = await PeerHost.StartAsync(HostOptions() with { LocalAddress =
            System.Net.IPAddress.Parse(hostAddress) }, _limit.Token);

        var result = await PeerCaller.ConnectAsync(Id, CallerOptions() with { Paths = paths }, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail + host.LastFailure);
        result.How.ShouldBe(expected);
        var session = await host.AcceptAsync(_limit.Token);
        session.How.ShouldBe(expected);
        await TalkAsync(session.Channel, result.Channel!);
    }

    [Fact]
    public async Task Tcp_and_udp_are_tried_at_once_and_one_wins()
    {
        await using var host = await PeerHost.StartAsync(HostOptions() with { LocalAddress =
            System.Net.IPAddress.Parse("127.0.0.2") }, _limit.Token);

        var result = await PeerCaller.ConnectAsync(Id,
            CallerOptions() with { Paths = Paths.Tcp | Paths.Udp | Paths.Relay }, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        result.How.ShouldBeOneOf(ReachedBy.PunchedTcp, ReachedBy.PunchedUdp);
        await result.Channel!.DisposeAsync();
    }

    [Fact]
    public async Task A_caller_that_cannot_connect_directly_falls_back_to_a_relay()
    {
        await using var host = await PeerHost.StartAsync(HostOptions() with { LocalAddress =
            System.Net.IPAddress.Parse("127.0.0.2") }, _limit.Token);
        var caller = CallerOptions() with { Paths = Paths.Tcp | Paths.Relay, NatType = NatType.UnknownNat };
        // The host's answer is forged to an address where nobody listens, so that only phase two can work.
        _server.Misdirect = PeerAddress.From(System.Net.IPAddress.Parse("127.0.0.3"), 9);

        var result = await PeerCaller.ConnectAsync(Id, caller, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        result.How.ShouldBe(ReachedBy.RelayTcp);
        var session = await host.AcceptAsync(_limit.Token);
        await TalkAsync(session.Channel, result.Channel!);
    }

    [Fact]
    public async Task A_lost_push_is_repeated_on_the_same_connection()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        _server.PushesToLose = 1;

        var result = await PeerCaller.ConnectAsync(Id, CallerOptions(), _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        _server.Counts[RendezvousMessage.UnionOneofCase.PunchHoleRequest].ShouldBe(2);
        await result.Channel!.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_signs_nothing_gets_no_session()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        _server.Signs = false;

        var result = await PeerCaller.ConnectAsync(Id, CallerOptions(), _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.NotVerified);
        result.Channel.ShouldBeNull();
    }

    [Fact]
    public async Task Unknown_ids_and_wrong_keys_are_told_apart()
    {
        (await PeerCaller.ConnectAsync(Id, CallerOptions(), _limit.Token)).Outcome.ShouldBe(ConnectOutcome.NoSuchId);
        (await PeerCaller.ConnectAsync(Id, CallerOptions() with { Key = "x" }, _limit.Token)).Outcome
            .ShouldBe(ConnectOutcome.KeyMismatch);
    }

    [Fact]
    public async Task Udp_registration_survives_lost_datagrams_and_a_forgetful_server()
    {
        _server.DatagramsToLose = 2;
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        _server.Forget(Id);

        await Eventually.HoldsAsync(() => _server.Knows(Id), "registered again");
    }

    [Fact]
    public async Task A_refused_key_is_reported_and_asked_again()
    {
        _server.Verdict = RegisterPkResponse.Types.Result.NotDeployed;
        await using var host = PeerHost.Start(HostOptions());
        await Eventually.HoldsAsync(() =>
            host.LastResult == RegisterPkResponse.Types.Result.NotDeployed, "the verdict");
        host.IsRegistered.ShouldBeFalse();

        _server.Verdict = RegisterPkResponse.Types.Result.Ok;

        await Eventually.HoldsAsync(() => host.IsRegistered, "registered at last");
    }

    [Fact]
    public async Task Tcp_registration_is_secured_echoes_heartbeats_and_comes_back()
    {
        await using var host = await PeerHost.StartAsync(HostOptions() with { Transport = ServerTransport.Tcp },
            _limit.Token);

        await _server.HeartbeatAsync(Id);
        await Eventually.HoldsAsync(() => _server.Echoes == 1, "the echo");
        _server.Forget(Id, drop: true);

        await Eventually.HoldsAsync(() => _server.Knows(Id), "registered again");
        var result = await PeerCaller.ConnectAsync(Id, CallerOptions() with { Token = "tok" }, _limit.Token);
        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        await result.Channel!.DisposeAsync();
    }

    [Fact]
    public async Task Tcp_registration_sends_nothing_to_an_impostor()
    {
        _server.ExchangeKey = ServerKey.Generate();
        await using var host = PeerHost.Start(HostOptions() with { Transport = ServerTransport.Tcp });

        await Eventually.HoldsAsync(() => _server.Connections > 2, "tries");

        _server.Counts.ShouldBeEmpty();
        host.IsRegistered.ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_never_crosses_the_wire_in_clear()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        _server.OffersKeyExchange = false;

        var result = await PeerCaller.ConnectAsync(Id, 
            CallerOptions() with { Token = "secret", Timings = Fast with { Answer = TimeSpan.FromSeconds(2) } }, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Unreachable);
        _server.Counts.ContainsKey(RendezvousMessage.UnionOneofCase.PunchHoleRequest).ShouldBeFalse();
    }

    [Fact]
    public async Task The_same_push_twice_within_the_window_is_answered_once()
    {
        await using var host = await PeerHost.StartAsync(HostOptions() with { Timings = Fast with { Duplicate =
            TimeSpan.FromMinutes(1) } }, _limit.Token);
        var push = new RendezvousMessage
        {
            RequestRelay = new RequestRelay { Id = Id, Uuid = "u",
                SocketAddr = Google.Protobuf.ByteString.CopyFrom(1, 2, 3), Secure = true },
        };

        await _server.PushAsync(Id, push);
        await _server.PushAsync(Id, push);

        await Eventually.HoldsAsync(() =>
            _server.Counts.GetValueOrDefault(RendezvousMessage.UnionOneofCase.RelayResponse) > 0, "the answer");
        push.RequestRelay.SocketAddr = Google.Protobuf.ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8, 9);
        await _server.PushAsync(Id, push);
        await Eventually.HoldsAsync(() => _server.Counts.GetValueOrDefault(
            RendezvousMessage.UnionOneofCase.RelayResponse) == 2, "the other caller's answer");
    }

    [Fact]
    public async Task Questions_get_answers()
    {
        await using var host = await PeerHost.StartAsync(HostOptions(), _limit.Token);
        var options = CallerOptions();

        (await ServerQuestions.AreOnlineAsync(options, "987654321", ["111111111", Id],
            _limit.Token)).ShouldBe([false, true]);
        var nat = await NatTest.RunAsync(options, _limit.Token);
        nat.Type.ShouldBe(NatType.Asymmetric);
        nat.MainPort.ShouldBe(nat.LocalPort);
        _server.Verdict = RegisterPkResponse.Types.Result.IdExists;
        (await ServerQuestions.ChangeIdAsync(options, PeerIdentity.Generate(Id), "newname1", _limit.Token))
            .ShouldBe(RegisterPkResponse.Types.Result.IdExists);
    }

    private static async Task TalkAsync(SecureChannel hostEnd, SecureChannel callerEnd)
    {
        hostEnd.IsEncrypted.ShouldBeTrue();
        callerEnd.IsEncrypted.ShouldBeTrue();
        await using var host = new Conversation(hostEnd);
        await using var caller = new Conversation(callerEnd);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await host.SendChatAsync("from host", limit.Token);
        await caller.SendChatAsync("from caller", limit.Token);
        (await caller.ReadChatAsync(limit.Token)).ShouldBe("from host");
        (await host.ReadChatAsync(limit.Token)).ShouldBe("from caller");
        await host.MeasureDelayAsync(limit.Token);
        await caller.MeasureDelayAsync(limit.Token);
    }

    private PeerHostOptions HostOptions() => new()
    {
        Server = new ServerName("127.0.0.1", _server.Port),
        Key = _server.Key.PublicText,
        Identity = PeerIdentity.Generate(Id),
        Timings = Fast,
    };

    private PeerCallerOptions CallerOptions() => new()
    {
        Server = new ServerName("127.0.0.1", _server.Port),
        Key = _server.Key.PublicText,
        Timings = Fast,
    };
}
