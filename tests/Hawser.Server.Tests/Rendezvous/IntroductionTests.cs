using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Cases T18 to T28 of the reference: a caller asks, the target answers.</summary>
public class IntroductionTests
{
    private const string Request =
        "42420a0931323334353637383910011a2c41364548762f504f454c3464634e3059353076416d57666b316a436270513166486479475a"
        + "424a564d62673d3205312e342e39";

    [Fact]
    public async Task T18_A_wrong_key_is_told_apart()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync("42170a0931323334353637383910011a01783205312e342e39");
        (await a.ReceiveAnswerAsync())!.ToByteArray().ShouldBe(Convert.FromHexString("5a021803"));
    }

    [Fact]
    public async Task T19_An_unknown_id_does_not_exist()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync(Request);
        (await a.ReceiveAnswerAsync())!.ToByteArray().ShouldBe(Convert.FromHexString("5a00"));
    }

    [Fact]
    public async Task T20_A_peer_that_fell_silent_is_offline()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var b = await rig.RegisterAsync();
        rig.Pass(31);
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync(Request);
        (await a.ReceiveAnswerAsync())!.ToByteArray().ShouldBe(Convert.FromHexString("5a021802"));
    }

    [Fact]
    public async Task T21_A_target_elsewhere_is_told_to_punch()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync(Request);
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        MangledAddress.Decode(push.SocketAddr.Span).ShouldBe(PeerAddress.From(a.Local));
        push.NatType.ShouldBe(NatType.Asymmetric);
        push.RelayServer.ShouldBe(RendezvousRig.Relay);
        push.ForceRelay.ShouldBeFalse();
    }

    [Fact]
    public async Task T22_A_target_behind_the_same_address_is_asked_for_its_private_one()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync(host: "127.0.0.1");
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync(Request);
        var push = (await b.ReceiveMessageAsync())!.FetchLocalAddr;
        MangledAddress.Decode(push.SocketAddr.Span).ShouldBe(PeerAddress.From(a.Local));
        push.RelayServer.ShouldBe(RendezvousRig.Relay);
    }

    [Fact]
    public async Task T23_The_caller_gets_the_targets_source_and_signed_key()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var push = await AskAsync(a, b);
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(Sent(push.SocketAddr));

        var response = (await a.ReceiveAnswerAsync())!.PunchHoleResponse;
        MangledAddress.Decode(response.SocketAddr.Span).ShouldBe(PeerAddress.From(answer.Local));
        RendezvousRig.ShouldVouchFor(response.Pk);
        response.RelayServer.ShouldBe(RendezvousRig.Relay);
        response.NatType.ShouldBe(NatType.Asymmetric);
        response.UnionCase.ShouldBe(PunchHoleResponse.UnionOneofCase.NatType);
        (await answer.ReceiveAnswerAsync()).ShouldBeNull("the target's connection is closed by the server");
    }

    [Fact]
    public async Task T23_A_nat_type_of_zero_is_still_present()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var push = await AskAsync(a, b);
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(Sent(push.SocketAddr, m => m.NatType = NatType.UnknownNat));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.UnionCase
            .ShouldBe(PunchHoleResponse.UnionOneofCase.NatType);
    }

    [Fact]
    public async Task T24_A_private_address_is_handed_over_unchanged()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync(host: "127.0.0.1");
        using var a = await rig.ConnectAsync();
        await a.SendHexAsync(Request);
        var push = (await b.ReceiveMessageAsync())!.FetchLocalAddr;
        using var answer = await rig.ConnectAsync();
        // Stock targets decode the caller's address and encode it again with a tm of their own.
        var again = MangledAddress.Encode(MangledAddress.Decode(push.SocketAddr.Span), 0x12345678);
        await answer.SendAsync(new RendezvousMessage
        {
            LocalAddr = new LocalAddr
            {
                SocketAddr = ByteString.CopyFrom(again),
                LocalAddr_ = ByteString.CopyFrom(Convert.FromHexString("f4a8f0ac682470fe8964")),
                RelayServer = RendezvousRig.Relay,
                Id = RendezvousRig.Id,
                Version = "1.4.9",
            },
        });
        var response = (await a.ReceiveAnswerAsync())!.PunchHoleResponse;
        response.SocketAddr.ToByteArray().ShouldBe(Convert.FromHexString("f4a8f0ac682470fe8964"));
        response.IsLocal.ShouldBeTrue();
        RendezvousRig.ShouldVouchFor(response.Pk);
    }

    [Fact]
    public async Task T25_A_target_that_wants_a_relay_names_it_to_the_caller()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var push = await AskAsync(a, b);
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(ByRelay(push.SocketAddr));
        var response = (await a.ReceiveAnswerAsync())!.RelayResponse;
        response.SocketAddr.ShouldBeEmpty();
        response.Uuid.ShouldBe(Uuid);
        response.RelayServer.ShouldBe(RendezvousRig.Relay);
        response.Version.ShouldBe("1.4.9");
        RendezvousRig.ShouldVouchFor(response.Pk);
        rig.Roster.IsExpected(Uuid).ShouldBeTrue("the relay is told which ticket will come");
    }

    [Fact]
    public async Task T26_The_key_is_attached_also_when_the_target_tells_no_version()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var push = await AskAsync(a, b);
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(Sent(push.SocketAddr, m => m.Version = ""));
        RendezvousRig.ShouldVouchFor((await a.ReceiveAnswerAsync())!.PunchHoleResponse.Pk);
    }

    [Fact]
    public async Task T27_Only_the_exact_ticket_for_the_asked_id_is_answered_and_only_once()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var other = await rig.RegisterAsync("987654321", "127.0.0.3", "uuid-0002");
        using var a = await rig.ConnectAsync();
        var push = await AskAsync(a, b);
        (await a.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        var address = MangledAddress.Decode(push.SocketAddr.Span);
        var guessed = ByteString.CopyFrom(MangledAddress.Encode(address, 0x12345678));

        await SendAsync(rig, Sent(guessed));
        await SendAsync(rig, Sent(guessed, m => m.Version = ""));
        await SendAsync(rig, ByRelay(guessed));
        await SendAsync(rig, Sent(push.SocketAddr, m => m.Id = "987654321"));
        await SendAsync(rig, ByRelay(push.SocketAddr, m => m.Id = "987654321"));
        await SendAsync(rig, Sent(ByteString.CopyFrom([.. push.SocketAddr.Span, 0])));
        await SendAsync(rig, Sent(ByteString.Empty));
        await SendAsync(rig, Private(push.SocketAddr));
        await other.SendAsync(Sent(push.SocketAddr));
        (await a.IsSilentAsync()).ShouldBeTrue("nobody else may answer");

        using var a2 = await rig.ConnectAsync();
        var second = await AskAsync(a2, b);
        await SendAsync(rig, Sent(second.SocketAddr));
        (await a2.ReceiveAnswerAsync())!.PunchHoleResponse.SocketAddr.ShouldNotBeEmpty();
        await SendAsync(rig, Sent(second.SocketAddr));
        await SendAsync(rig, ByRelay(second.SocketAddr));
        (await a2.IsSilentAsync()).ShouldBeTrue("one answer a request");
    }

    [Fact]
    public async Task T28_A_caller_that_repeats_itself_is_pushed_again_and_still_answered()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var first = await AskAsync(a, b);
        var second = await AskAsync(a, b);
        second.ShouldBe(first);
        await SendAsync(rig, Sent(first.SocketAddr));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.SocketAddr.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_caller_may_ask_again_after_its_answer()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        var first = await AskAsync(a, b);
        await SendAsync(rig, Sent(first.SocketAddr));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.SocketAddr.ShouldNotBeEmpty();
        var second = await AskAsync(a, b);
        second.SocketAddr.ShouldNotBe(first.SocketAddr, "every request has a ticket of its own");
        await SendAsync(rig, ByRelay(second.SocketAddr));
        (await a.ReceiveAnswerAsync())!.RelayResponse.Uuid.ShouldBe(Uuid);
    }

    [Fact]
    public async Task The_two_attempts_of_one_client_do_not_disturb_each_other()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var withUdp = await rig.ConnectAsync();
        using var without = await rig.ConnectAsync();
        await withUdp.SendAsync(RendezvousRig.Ask(change: m => m.UdpPort = 40001));
        var udpPush = (await b.ReceiveMessageAsync())!.PunchHole;
        await without.SendAsync(RendezvousRig.Ask());
        var tcpPush = (await b.ReceiveMessageAsync())!.PunchHole;
        udpPush.UdpPort.ShouldBe(40001);
        tcpPush.UdpPort.ShouldBe(0);
        await SendAsync(rig, Sent(tcpPush.SocketAddr));
        (await without.ReceiveAnswerAsync())!.PunchHoleResponse.IsUdp.ShouldBeFalse();
        await b.SendAsync(Sent(udpPush.SocketAddr));
        (await withUdp.ReceiveAnswerAsync())!.PunchHoleResponse.IsUdp.ShouldBeTrue();
    }

    private const string Uuid = "00112233-4455-4677-8899-aabbccddeeff";

    private static async Task<PunchHole> AskAsync(WireClient a, WireDatagrams b)
    {
        await a.SendHexAsync(Request);
        return (await b.ReceiveMessageAsync())!.PunchHole;
    }

    private static async Task SendAsync(RendezvousRig rig, RendezvousMessage message)
    {
        using var target = await rig.ConnectAsync("127.0.0.2");
        await target.SendAsync(message);
        (await target.ReceiveAnswerAsync()).ShouldBeNull();
    }

    private static RendezvousMessage Sent(ByteString ticket, Action<PunchHoleSent>? change = null)
    {
        var sent = new PunchHoleSent
        {
            SocketAddr = ticket,
            Id = RendezvousRig.Id,
            RelayServer = RendezvousRig.Relay,
            NatType = NatType.Asymmetric,
            Version = "1.4.9",
        };
        change?.Invoke(sent);
        return new RendezvousMessage { PunchHoleSent = sent };
    }

    private static RendezvousMessage ByRelay(ByteString ticket, Action<RelayResponse>? change = null)
    {
        var response = new RelayResponse
        {
            SocketAddr = ticket,
            Uuid = Uuid,
            RelayServer = RendezvousRig.Relay,
            Id = RendezvousRig.Id,
            Version = "1.4.9",
        };
        change?.Invoke(response);
        return new RendezvousMessage { RelayResponse = response };
    }

    private static RendezvousMessage Private(ByteString ticket) => new()
    {
        LocalAddr = new LocalAddr
        {
            SocketAddr = ticket,
            LocalAddr_ = ByteString.CopyFrom(Convert.FromHexString("f4a8f0ac682470fe8964")),
            Id = RendezvousRig.Id,
        },
    };
}
