using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Connecting;

/// <summary>
/// A server may be wrong, broken or evil: peers must stay standing and must not be talked into anything.
/// </summary>
public sealed class HostileServerTests : IAsyncDisposable
{
    private const string Id = "123456789";

    private static readonly PeerTimings Fast = new()
    {
        Tick = TimeSpan.FromMilliseconds(20),
        Retry = TimeSpan.FromMilliseconds(200),
        Register = TimeSpan.FromMilliseconds(300),
        Reconnect = TimeSpan.FromMilliseconds(20),
        Answer = TimeSpan.FromSeconds(1),
        Listen = TimeSpan.FromMilliseconds(50),
        Punch = TimeSpan.FromMilliseconds(50),
        OpenHole = TimeSpan.FromMilliseconds(5),
        Duplicate = TimeSpan.Zero,
        Ask = [TimeSpan.FromSeconds(1)],
        RelayTries = 1,
        DirectAtLeast = TimeSpan.FromMilliseconds(50),
    };

    // Where an answer comes, it may be late; where none is to come, nobody waits for it.
    private static readonly PeerTimings Patient = Fast with
    {
        Answer = TimeSpan.FromSeconds(30), Ask = [TimeSpan.FromSeconds(30)],
    };

    private readonly StandInServer _server = new(FreePorts.Block(8) + 1);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(80));

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _limit.Dispose();
    }

    [Theory]
    [InlineData(ServerTransport.Udp)]
    [InlineData(ServerTransport.Tcp)]
    public async Task Random_pushes_do_not_bring_a_host_down(ServerTransport transport)
    {
        var random = new Random(20261121);
        var seeds = Pushes().Select(m => m.ToByteArray()).ToArray();
        await using var host = await PeerHost.StartAsync(HostOptions(transport), _limit.Token);

        for (var i = 0; i < 400; i++)
        {
            if (RendezvousOf(Mutate(random, seeds)) is { } push) await _server.PushAsync(Id, push);
        }

        await Eventually.HoldsAsync(() => host.IsRegistered && _server.Knows(Id), "still registered");
        var result = await EventuallyConnectsAsync();
        (await host.AcceptAsync(_limit.Token)).Channel.IsEncrypted.ShouldBeTrue();
        await result.Channel!.DisposeAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("a b")]
    [InlineData("[::1")]
    [InlineData("127.0.0.1:1")]
    [InlineData("http://evil/")]
    [InlineData("x\0y")]
    public async Task A_relay_that_is_none_is_an_outcome(string relay)
    {
        _server.Answer = new RendezvousMessage
        {
            RelayResponse = new RelayResponse { Uuid = "u", RelayServer = relay,
                Pk = ByteString.CopyFrom(_server.Sign(Id)) },
        };

        var result = await PeerCaller.ConnectAsync(Id, CallerOptions() with { Timings = Fast }, _limit.Token);

        result.Outcome.ShouldNotBe(ConnectOutcome.Connected);
        result.Channel.ShouldBeNull();
        var webSocket = CallerOptions() with { Transport = ServerTransport.WebSocket };
        await Should.ThrowAsync<IOException>(RelayJoin.JoinAsync(relay, new RequestRelay { Uuid = "u" }, webSocket,
            _limit.Token));
    }

    [Fact]
    public async Task A_relay_with_an_endless_name_is_an_outcome()
    {
        _server.Answer = new RendezvousMessage
        {
            RelayResponse = new RelayResponse
            {
                Uuid = "u", RelayServer = new string('a', 5000), Pk = ByteString.CopyFrom(_server.Sign(Id)),
            },
        };

        (await PeerCaller.ConnectAsync(Id, CallerOptions(), _limit.Token)).Outcome.ShouldBe(ConnectOutcome.Unreachable);
    }

    [Theory]
    [InlineData("0.0.0.0", 0)]
    [InlineData("127.0.0.1", 0)]
    [InlineData("::1", 9)]
    [InlineData("127.0.0.1", 1)]
    public async Task An_address_that_leads_nowhere_is_an_outcome(string address, int port)
    {
        var bytes = MangledAddress.Encode(PeerAddress.From(IPAddress.Parse(address), port), 7);
        _server.Answer = new RendezvousMessage
        {
            PunchHoleResponse = new PunchHoleResponse
            {
                SocketAddr = ByteString.CopyFrom(bytes), Pk = ByteString.CopyFrom(_server.Sign(Id)),
                    NatType = NatType.Asymmetric,
            },
        };

        // Only the answer is waited for: what follows is tried where nobody answers.
        var options = CallerOptions() with { Paths = Paths.Tcp, Timings = Fast with { Ask = Patient.Ask } };
        var result = await PeerCaller.ConnectAsync(Id, options, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Unreachable);
    }

    [Theory]
    [InlineData("another1")]
    [InlineData("")]
    public async Task A_key_signed_for_another_id_is_no_key(string signedFor)
    {
        _server.Answer = new RendezvousMessage
        {
            PunchHoleResponse = new PunchHoleResponse
            {
                SocketAddr = ByteString.CopyFrom(MangledAddress.Encode(PeerAddress.From(IPAddress.Loopback, 9), 7)),
                Pk = ByteString.CopyFrom(_server.Sign(signedFor)),
            },
        };

        (await PeerCaller.ConnectAsync(Id, CallerOptions(), _limit.Token)).Outcome.ShouldBe(ConnectOutcome.NotVerified);
    }

    [Fact]
    public async Task Any_other_message_instead_of_an_answer_is_an_outcome()
    {
        foreach (var message in Pushes())
        {
            _server.Answer = message;
            (await PeerCaller.ConnectAsync(Id, CallerOptions() with { Timings = Fast },
                _limit.Token)).Outcome.ShouldBe(ConnectOutcome.NoAnswer);
        }
    }

    private static RendezvousMessage? RendezvousOf(byte[] bytes)
    {
        if (!WireMessages.TryReadRendezvous(bytes, out var message)) return null;
        // A dead relay costs each push its full limit; that is another test.
        if (message!.RequestRelay is { } relay) relay.RelayServer = "127.0.0.1:1";
        if (message.PunchHole is { } punch) punch.RelayServer = "127.0.0.1:1";
        if (message.FetchLocalAddr is { } fetch) fetch.RelayServer = "127.0.0.1:1";
        return message;
    }

    private static IEnumerable<RendezvousMessage> Pushes()
    {
        var caller = ByteString.CopyFrom(MangledAddress.Encode(PeerAddress.From(IPAddress.Loopback, 9), 7));
        yield return new() { PunchHole = new PunchHole { SocketAddr = caller, NatType = NatType.Asymmetric } };
        yield return new() { PunchHole = new PunchHole { SocketAddr = caller, UdpPort = 40001 } };
        yield return new() { PunchHole = new PunchHole { SocketAddr = caller, ForceRelay = true } };
        yield return new() { FetchLocalAddr = new FetchLocalAddr { SocketAddr = caller } };
        yield return new() { RequestRelay = new RequestRelay { SocketAddr = caller, Uuid = "u", Secure = true } };
        yield return new() { ConfigureUpdate = new ConfigUpdate { Serial = 9, RendezvousServers = { "evil" } } };
        yield return new() { RegisterPeerResponse = new RegisterPeerResponse() };
    }

    private static byte[] Mutate(Random random, byte[][] seeds)
    {
        var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
        for (var n = random.Next(0, 3); n > 0; n--)
        {
            if (random.Next(2) == 0) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            else bytes = [.. bytes, .. seeds[random.Next(seeds.Length)]];
        }

        return bytes;
    }

    private async Task<ConnectResult> EventuallyConnectsAsync()
    {
        while (true)
        {
            // A host that is still busy with the flood may miss the first pushes, as it would in the field.
            var options = CallerOptions() with { Paths = Paths.Relay,
                Timings = Fast with { Answer = TimeSpan.FromSeconds(5) } };
            var result = await PeerCaller.ConnectAsync(Id, options, _limit.Token);
            if (result.Outcome == ConnectOutcome.Connected) return result;
            _limit.Token.ThrowIfCancellationRequested();
        }
    }

    private PeerHostOptions HostOptions(ServerTransport transport) => new()
    {
        Server = new ServerName("127.0.0.1", _server.Port),
        Key = _server.Key.PublicText,
        Identity = PeerIdentity.Generate(Id),
        Transport = transport,
        Timings = Fast,
    };

    private PeerCallerOptions CallerOptions() => new()
    {
        Server = new ServerName("127.0.0.1", _server.Port),
        Key = _server.Key.PublicText,
        Timings = Patient,
    };
}
