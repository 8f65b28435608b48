using Google.Protobuf;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Cases T36 and T41: registration by TCP, heartbeats, health checks, change of id.</summary>
public class LongConnectionTests
{
    [Fact]
    public async Task T41_A_secured_registration_gets_its_pushes_sealed_and_is_online()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await ListeningTests.SecureAsync(rig, "127.0.0.2");
        await RegisterAsync(b);
        rig.Role.Registry.IsOnline(RendezvousRig.Id).ShouldBeTrue();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        MangledAddress.Decode(push.SocketAddr.Span).ShouldBe(PeerAddress.From(a.Local));

        using var neighbour = await rig.ConnectAsync("127.0.0.2");
        await neighbour.SendAsync(RendezvousRig.Ask());
        (await b.ReceiveMessageAsync())!.FetchLocalAddr.ShouldNotBeNull("its connection tells where it is");

        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(new RendezvousMessage
            { PunchHoleSent = new PunchHoleSent { SocketAddr = push.SocketAddr, Id = RendezvousRig.Id } });
        RendezvousRig.ShouldVouchFor((await a.ReceiveAnswerAsync())!.PunchHoleResponse.Pk);

        b.Dispose();
        await Eventually.HoldsAsync(() => !rig.Role.Registry.IsOnline(RendezvousRig.Id), "offline with its connection");
    }

    [Fact]
    public async Task T41_Heartbeats_come_and_an_echo_keeps_the_connection_and_its_counters()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var b = await ListeningTests.SecureAsync(rig, "127.0.0.2");
        await RegisterAsync(b);
        for (var beat = 0; beat < 5; beat++)
        {
            rig.Pass(26);
            (await b.ReceiveAsync()).ShouldBe([], $"beat {beat}");
            await b.SendRawAsync(FrameWriter.Heartbeat);
            // An answer behind the echo shows that the server has read both.
            await b.SendAsync(RendezvousRig.RegisterPk());
            (await b.ReceiveMessageAsync())!.RegisterPkResponse.ShouldNotBeNull();
        }

        rig.Role.Registry.IsOnline(RendezvousRig.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_unanswered_heartbeats_end_the_connection()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var b = await rig.ConnectAsync("127.0.0.2");
        (await b.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        await RegisterAsync(b);
        rig.Pass(77);
        (await b.ReceiveAsync()).ShouldBe([]);
        (await b.ReceiveAsync()).ShouldBe([]);
        (await b.ReceiveAsync()).ShouldBeNull();
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("unanswered"), 1, "the count of unanswered");
        await Eventually.HoldsAsync(() => !rig.Role.Registry.IsOnline(RendezvousRig.Id), "offline");
    }

    [Fact]
    public async Task Nobody_else_gets_a_heartbeat()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(o => o.HeartbeatSeconds = 5, new RigParts(Time: time));
        using var waiting = await rig.ConnectAsync();
        using var b = await rig.RegisterAsync();
        await waiting.SendAsync(RendezvousRig.Ask());
        (await b.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
        (await waiting.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        rig.Pass(20);
        (await waiting.IsSilentAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task The_newest_connection_of_an_id_wins_and_the_older_one_is_closed()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var older = await rig.ConnectAsync("127.0.0.2");
        (await older.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        await RegisterAsync(older);
        using var newer = await rig.ConnectAsync("127.0.0.2");
        (await newer.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        await RegisterAsync(newer);
        (await older.ReceiveAsync()).ShouldBeNull();
        rig.Role.Registry.IsOnline(RendezvousRig.Id).ShouldBeTrue();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await newer.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lost_connection_falls_back_to_a_fresh_registration_by_udp()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var udp = await rig.RegisterAsync();
        var tcp = await rig.ConnectAsync("127.0.0.2");
        (await tcp.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        await RegisterAsync(tcp);
        tcp.Dispose();
        await Eventually.HoldsAsync(() => rig.Role.Connections.Count == 0, "the connection is gone");
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await udp.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_refused_key_is_told_and_the_connection_stays_for_another_try()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var owner = await rig.RegisterAsync();
        using var b = await rig.ConnectAsync("127.0.0.3");
        await b.SendAsync(RendezvousRig.RegisterPk(uuid: "another-machine"));
        (await b.ReceiveAnswerAsync())!.RegisterPkResponse.Result.ShouldBe(Result.UuidMismatch);
        await b.SendAsync(RendezvousRig.RegisterPk("1000000001", "another-machine"));
        var response = (await b.ReceiveMessageAsync())!.RegisterPkResponse;
        response.Result.ShouldBe(Result.Ok);
        response.KeepAlive.ShouldBe(60);
    }

    [Fact]
    public async Task T36_An_id_is_changed_by_its_owner_only()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var taken = await rig.RegisterAsync("newname2", "127.0.0.3", "uuid-0002");
        (await RenameAsync(rig, "newname1", "uuid-9999")).ShouldNotBe(Result.Ok);
        (await RenameAsync(rig, "newname2", "uuid-0001")).ShouldBe(Result.IdExists);
        (await RenameAsync(rig, "1abc", "uuid-0001")).ShouldBe(Result.InvalidIdFormat);
        (await RenameAsync(rig, "newname1", "uuid-0001")).ShouldBe(Result.Ok);
        rig.Role.Registry.TryFind("newname1", out _).ShouldBeTrue();
        rig.Role.Registry.TryFind(RendezvousRig.Id, out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_health_check_is_kept_by_heartbeats_if_the_rules_allow_it()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time, Authorize: (r, _) =>
            ValueTask.FromResult(r.Kind == IntroductionKind.HealthCheck && r.Token == "abc"
                ? IntroductionVerdict.Allow
                : IntroductionVerdict.Deny("no"))));
        using var good = await ListeningTests.SecureAsync(rig);
        await good.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = "abc" } });
        (await good.ReceiveMessageAsync())!.RegisterPkResponse.KeepAlive.ShouldBe(60);
        rig.Pass(26);
        (await good.ReceiveAsync()).ShouldBe([]);
        using var bad = await ListeningTests.SecureAsync(rig);
        await bad.SendAsync(new RendezvousMessage { Hc = new HealthCheck { Token = "x" } });
        (await bad.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_dropped_when_its_queue_is_full()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.MaxOnlineIds = 1);
        using var side = await rig.ConnectSideAsync();
        side.Socket.ReceiveBufferSize = 4096;
        var query = FrameWriter.Frame(new RendezvousMessage
            { OnlineRequest = new OnlineRequest { Peers = { Enumerable.Repeat("", 400_000) } } });
        try
        {
            // Every answer has 50,000 bytes, and nobody reads them.
            for (var i = 0; i < 400; i++) await side.SendRawAsync(query).WaitAsync(TimeSpan.FromSeconds(30));
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or TimeoutException)
        {
            // Closed under us, as it should be.
        }

        await Eventually.HoldsAsync(() => rig.Role.Connections.Count == 0, "dropped");
    }

    private static async Task RegisterAsync(WireClient b)
    {
        await b.SendAsync(RendezvousRig.RegisterPk());
        var response = (await b.ReceiveMessageAsync())!.RegisterPkResponse;
        response.Result.ShouldBe(Result.Ok);
        response.KeepAlive.ShouldBe(60);
    }

    private static async Task<Result> RenameAsync(RendezvousRig rig, string id, string uuid)
    {
        using var client = await rig.ConnectAsync("127.0.0.2");
        await client.SendAsync(new RendezvousMessage
        {
            RegisterPk = new RegisterPk { Id = id, OldId = RendezvousRig.Id, Uuid = ByteString.CopyFromUtf8(uuid) },
        });
        var response = (await client.ReceiveAnswerAsync())!.RegisterPkResponse;
        response.KeepAlive.ShouldBe(0);
        (await client.ReceiveAsync()).ShouldBeNull("one answer, then closed");
        return response.Result;
    }
}
