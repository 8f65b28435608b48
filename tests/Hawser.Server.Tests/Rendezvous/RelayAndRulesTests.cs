using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Introducing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Cases T29, T30, T66 to T68: relays, access rules, UDP punching and the fields that newer clients send.</summary>
public class RelayAndRulesTests
{
    private const string Uuid = "00112233-4455-4677-8899-aabbccddeeff";

    [Fact]
    public async Task T29_A_relay_request_is_rebuilt_without_the_callers_secrets()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        await IntroduceAsync(rig, b);
        using var a = await rig.ConnectAsync();
        await a.SendAsync(Relay(m =>
        {
            m.Token = "secret-token";
            m.SwitchCode = "secret-code";
            m.LicenceKey = RendezvousRig.Key.PublicText;
        }));
        var push = (await b.ReceiveMessageAsync())!.RequestRelay;
        MangledAddress.Decode(push.SocketAddr.Span).ShouldBe(PeerAddress.From(a.Local));
        push.Id.ShouldBe(RendezvousRig.Id);
        push.Uuid.ShouldBe(Uuid);
        push.RelayServer.ShouldBe(RendezvousRig.Relay);
        push.Secure.ShouldBeTrue();
        (push.Token + push.SwitchCode + push.LicenceKey).ShouldBeEmpty();
        rig.Roster.IsExpected(Uuid).ShouldBeTrue();
    }

    [Fact]
    public async Task T30_The_targets_bare_answer_reaches_the_caller()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        await IntroduceAsync(rig, b);
        using var a = await rig.ConnectAsync();
        await a.SendAsync(Relay());
        var push = (await b.ReceiveMessageAsync())!.RequestRelay;
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(new RendezvousMessage
        {
            RelayResponse = new RelayResponse { SocketAddr = push.SocketAddr, Version = "1.4.9" },
        });
        (await a.ReceiveAnswerAsync())!.ToByteArray().ShouldBe(Convert.FromHexString("9a01073a05312e342e39"));
    }

    [Fact]
    public async Task A_relay_request_for_nobody_or_somebody_offline_is_refused_at_once()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(RequiredKey: "", Time: time));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(Relay(m => m.Id = "555555555"));
        (await a.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("ID does not exist");
        rig.Pass(31);
        using var late = await rig.ConnectAsync();
        await late.SendAsync(Relay());
        (await late.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("Remote desktop is offline");
    }

    [Fact]
    public async Task S6_A_stranger_gets_no_relay_without_an_introduction_or_the_key()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        await IntroduceAsync(rig, b);
        using var stranger = await rig.ConnectAsync("127.0.0.9");
        await stranger.SendAsync(Relay());
        (await stranger.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("Key mismatch");
        await stranger.SendAsync(Relay(m => m.LicenceKey = RendezvousRig.Key.PublicText));
        (await b.ReceiveMessageAsync())!.RequestRelay.Uuid.ShouldBe(Uuid);
        await Eventually.IsAsync(() => rig.Role.Metrics.Introductions(IntroductionOutcome.NotIntroduced), 1, "the count of NotIntroduced");
    }

    [Fact]
    public async Task S4_Nothing_long_or_strange_is_passed_on()
    {
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(RequiredKey: ""));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(Relay(m =>
        {
            m.RelayServer = new string('x', 5000);
            m.Secure = false;
        }));
        var push = (await b.ReceiveMessageAsync())!;
        push.RequestRelay.RelayServer.ShouldBeEmpty();
        push.CalculateSize().ShouldBeLessThan(300);
        await a.SendAsync(Relay(m => m.Uuid = new string('u', 5000)));
        (await a.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("Bad request");

        using var c = await rig.ConnectAsync();
        await c.SendAsync(RendezvousRig.Ask(change: m =>
        {
            m.SocketAddrV6 = ByteString.CopyFrom(new byte[4000]);
            m.UdpPort = 99999;
            m.UpnpPort = -1;
            m.NatType = (NatType)77;
        }));
        var punch = (await b.ReceiveMessageAsync())!.PunchHole;
        punch.SocketAddrV6.ShouldBeEmpty();
        (punch.UdpPort, punch.UpnpPort, punch.NatType).ShouldBe((0, 0, NatType.UnknownNat));
    }

    [Fact]
    public async Task T66_Always_use_relay_holds_behind_one_address_too()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.AlwaysUseRelay = true);
        using var b = await rig.RegisterAsync(host: "127.0.0.1");
        using var a = await rig.ConnectAsync();
        var v6 = ByteString.CopyFrom(Convert.FromHexString("20010db8000000000000000000000001901f"));
        await a.SendAsync(RendezvousRig.Ask(change: m => (m.UdpPort, m.SocketAddrV6) = (40001, v6)));
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        push.NatType.ShouldBe(NatType.Symmetric);
        push.ForceRelay.ShouldBeTrue();
        push.UdpPort.ShouldBe(0);
        push.SocketAddrV6.ShouldBeEmpty("no direct path is offered");

        using var direct = await rig.ConnectAsync();
        await direct.SendAsync(Sent(push.SocketAddr));
        using var answer = await rig.ConnectAsync();
        await answer.SendAsync(new RendezvousMessage
        {
            RelayResponse = new RelayResponse
            {
                SocketAddr = push.SocketAddr, Uuid = Uuid, RelayServer = "r", Id = RendezvousRig.Id, SocketAddrV6 = v6,
            },
        });
        var response = (await a.ReceiveAnswerAsync())!.RelayResponse;
        response.RelayServer.ShouldBe("r");
        response.SocketAddrV6.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_caller_that_insists_on_a_relay_gets_one_behind_one_address_too()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync(host: "127.0.0.1");
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask(change: m => (m.NatType, m.ForceRelay) = (NatType.Symmetric, true)));
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        (push.NatType, push.ForceRelay).ShouldBe((NatType.Symmetric, true));
    }

    [Fact]
    public async Task T67_Udp_punching_is_passed_on_and_answered_once_by_tcp()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        using var spy = new WireDatagrams(rig.Port);
        var v6 = ByteString.CopyFrom(Convert.FromHexString("20010db8000000000000000000000001901f"));
        await a.SendAsync(RendezvousRig.Ask(change: m =>
        {
            (m.UdpPort, m.UpnpPort, m.SocketAddrV6) = (((System.Net.IPEndPoint)spy.Socket.LocalEndPoint!).Port, 5, v6);
        }));
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        push.UdpPort.ShouldBe(spy.Local.Port);
        push.UpnpPort.ShouldBe(5);
        push.SocketAddrV6.ShouldBe(v6);
        push.ForceRelay.ShouldBeFalse();

        using var punching = new WireDatagrams(rig.Port, "127.0.0.2");
        var guessed = MangledAddress.Encode(MangledAddress.Decode(push.SocketAddr.Span), 7);
        await punching.SendAsync(Sent(ByteString.CopyFrom(guessed)));
        for (var copy = 0; copy < 3; copy++) await punching.SendAsync(Sent(push.SocketAddr, v6));

        var response = (await a.ReceiveAnswerAsync())!.PunchHoleResponse;
        response.IsUdp.ShouldBeTrue();
        MangledAddress.Decode(response.SocketAddr.Span).ShouldBe(PeerAddress.From(punching.Local));
        response.SocketAddrV6.ShouldBe(v6);
        RendezvousRig.ShouldVouchFor(response.Pk);
        (await a.IsSilentAsync()).ShouldBeTrue("duplicates are ignored");
        (await spy.ReceiveAsync(0.2)).ShouldBeNull("nothing goes to the caller by UDP");
        (await punching.ReceiveAsync(0.1)).ShouldBeNull("nothing goes back by UDP");
    }

    [Fact]
    public async Task S5_An_answer_by_udp_needs_a_request_that_offered_udp()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        await b.SendAsync(Sent(push.SocketAddr));
        (await a.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        (await a.IsSilentAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task T68_Without_a_token_nobody_is_introduced_where_login_is_required()
    {
        await using var rig = await RendezvousRig.StartAsync(
            o => o.RequireLogin = true,
            new RigParts(Authorize: (r, _) => ValueTask.FromResult(
                r.Token == "good" ? IntroductionVerdict.Allow : IntroductionVerdict.Deny("Unknown token"))));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        var refusal = (await a.ReceiveAnswerAsync())!.PunchHoleResponse;
        refusal.OtherFailure.ShouldBe("Please log in");
        refusal.SocketAddr.ShouldBeEmpty();
        await a.SendAsync(Relay(m => m.LicenceKey = RendezvousRig.Key.PublicText));
        (await a.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("Please log in");
        await a.SendAsync(RendezvousRig.Ask(change: m => m.Token = "bad"));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldBe("Unknown token");
        await a.SendAsync(Relay(m => m.Token = "bad"));
        (await a.ReceiveAnswerAsync())!.RelayResponse.RefuseReason.ShouldBe("Unknown token");
        (await b.ReceiveAsync(0.2)).ShouldBeNull("the target hears nothing");
        await a.SendAsync(Relay(m => m.Token = "good"));
        (await b.ReceiveMessageAsync())!.RequestRelay.Token.ShouldBeEmpty();
    }

    [Fact]
    public async Task Access_rules_impose_rights_an_audit_reference_and_feedback()
    {
        IntroductionRequest? seen = null;
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Authorize: (r, _) =>
        {
            seen = r;
            return ValueTask.FromResult(new IntroductionVerdict(true, "", 96, "ref-1", 7));
        }));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask(change: m =>
            (m.Token, m.ConnType, m.SwitchCode) = ("tok", ConnType.Terminal, "code")));
        var push = (await b.ReceiveMessageAsync())!.PunchHole;
        push.ControlPermissions.Permissions.ShouldBe(96ul);
        push.ControlledContext.ConnAuditRef.ShouldBe("ref-1");
        seen.ShouldBe(new IntroductionRequest(IntroductionKind.Punch, PeerAddress.From(a.Local), RendezvousRig.Id,
            "tok", ConnType.Terminal, "code"));
        seen!.ToString().ShouldNotContain("tok");
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(Sent(push.SocketAddr));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.Feedback.ShouldBe(7);
    }

    [Fact]
    public async Task Access_rules_that_fail_or_hang_refuse()
    {
        var time = new ManualTime();
        var hang = new TaskCompletionSource<IntroductionVerdict>();
        var asked = false;
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time, Authorize: (r, _) =>
        {
            if (r.Token != "hang") throw new InvalidOperationException("x");
            Volatile.Write(ref asked, true);
            return new ValueTask<IntroductionVerdict>(hang.Task);
        }));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldBe("Server error");
        await a.SendAsync(RendezvousRig.Ask(change: m => m.Token = "hang"));
        await Eventually.HoldsAsync(() => Volatile.Read(ref asked), "the rules are asked, and their time runs");
        rig.Pass(6);
        (await a.ReceiveMessageAsync())!.PunchHoleResponse.OtherFailure.ShouldContain("busy");
    }

    [Fact]
    public async Task The_line_for_fail2ban_is_written_without_the_callers_control_characters()
    {
        using var logs = new LogCatcher();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Logs: logs));
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask("12345\n6789", m => m.LicenceKey = "wrong"));
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.Failure
            .ShouldBe(PunchHoleResponse.Types.Failure.LicenseMismatch);
        await Eventually.HoldsAsync(() => !logs.Lines.IsEmpty, "it is logged");
        logs.Lines.ShouldContain($"Authentication failed from {a.Local} for peer 12345?6789 - invalid key");
    }

    [Fact]
    public async Task Peers_of_the_local_network_are_told_the_local_relay_and_others_never_are()
    {
        await using var rig = await RendezvousRig.StartAsync(o =>
        {
            o.LanNetworks.Add("127.0.1.0/24");
            o.LocalRelay = "10.0.0.5";
        });
        using var inside = await rig.RegisterAsync(host: "127.0.1.2");
        using var outside = await rig.ConnectAsync("127.0.0.9");
        await outside.SendAsync(RendezvousRig.Ask());
        var mixed = (await inside.ReceiveMessageAsync())!.PunchHole;
        mixed.NatType.ShouldBe(NatType.Symmetric);
        mixed.RelayServer.ShouldBe("10.0.0.5");
        using var answer = await rig.ConnectAsync("127.0.1.2");
        await answer.SendAsync(new RendezvousMessage
        {
            RelayResponse = new RelayResponse
            {
                SocketAddr = mixed.SocketAddr, Uuid = Uuid, RelayServer = "10.0.0.5", Id = RendezvousRig.Id,
            },
        });
        (await outside.ReceiveAnswerAsync())!.RelayResponse.RelayServer.ShouldBe(RendezvousRig.Relay);

        using var neighbour = await rig.ConnectAsync("127.0.1.3");
        await neighbour.SendAsync(RendezvousRig.Ask());
        (await inside.ReceiveMessageAsync())!.FetchLocalAddr.RelayServer.ShouldBe("10.0.0.5");
    }

    private static RendezvousMessage Relay(Action<RequestRelay>? change = null)
    {
        var request = new RequestRelay
        {
            Id = RendezvousRig.Id,
            Uuid = Uuid,
            RelayServer = RendezvousRig.Relay,
            Secure = true,
        };
        change?.Invoke(request);
        return new RendezvousMessage { RequestRelay = request };
    }

    private static RendezvousMessage Sent(ByteString ticket, ByteString? v6 = null) => new()
    {
        PunchHoleSent = new PunchHoleSent
        {
            SocketAddr = ticket,
            Id = RendezvousRig.Id,
            Version = "1.4.9",
            SocketAddrV6 = v6 ?? ByteString.Empty,
        },
    };

    private static async Task IntroduceAsync(RendezvousRig rig, WireDatagrams b)
    {
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await b.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
    }
}
