using System.Net.Sockets;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Introducing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Cases T31 to T34, T37 to T40 and T43 to T46, and what else a TCP port has to bear.</summary>
public class ListeningTests
{
    [Fact]
    public async Task T31_Both_ports_tell_the_source_port_and_close()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var main = await rig.ConnectAsync();
        using var side = await rig.ConnectSideAsync();
        foreach (var client in new[] { main, side })
        {
            await client.SendHexAsync("a20100");
            var response = (await client.ReceiveAnswerAsync())!.TestNatResponse;
            response.Port.ShouldBe(client.Local.Port);
            response.Cu.ShouldBeNull();
            (await client.ReceiveAsync()).ShouldBeNull();
        }
    }

    [Fact]
    public async Task T32_An_older_serial_gets_the_configuration_on_the_main_port_only()
    {
        await using var rig = await RendezvousRig.StartAsync(o =>
        {
            o.Serial = 5;
            o.RendezvousServers.Add("a.example");
        });
        using var main = await rig.ConnectAsync();
        await main.SendHexAsync("a201020803");
        var cu = (await main.ReceiveAnswerAsync())!.TestNatResponse.Cu;
        cu.Serial.ShouldBe(5);
        cu.RendezvousServers.ShouldBe(["a.example"]);
        using var side = await rig.ConnectSideAsync();
        await side.SendHexAsync("a201020803");
        (await side.ReceiveMessageAsync())!.TestNatResponse.Cu.ShouldBeNull();
    }

    [Fact]
    public async Task T33_T34_Online_states_are_bits_and_the_connection_stays()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var one = await rig.RegisterAsync();
        using var three = await rig.RegisterAsync("333333333", uuid: "uuid-0003");
        using var side = await rig.ConnectSideAsync();
        const string query =
            "ba012c0a09393837363534333231120931323334353637383912093232323232323232321209333333333333333333";
        await side.SendHexAsync(query);
        (await side.ReceiveAsync()).ShouldBe(Convert.FromHexString("c201030a01a0"));
        var nine = Enumerable.Range(0, 8).Select(i => $"90000000{i}").Append("333333333");
        await side.SendAsync(Online(nine));
        (await side.ReceiveMessageAsync())!.OnlineResponse.States.ToByteArray().ShouldBe([0x00, 0x80]);
        await side.SendAsync(Online([]));
        (await side.ReceiveMessageAsync())!.OnlineResponse.States.ShouldBeEmpty();
        using var main = await rig.ConnectAsync();
        await main.SendHexAsync(query);
        (await main.ReceiveAnswerAsync())!.OnlineResponse.States.ToByteArray().ShouldBe([0xA0]);
    }

    [Fact]
    public async Task Too_many_ids_are_answered_in_full_length_with_zeros()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.MaxOnlineIds = 4);
        using var b = await rig.RegisterAsync();
        using var side = await rig.ConnectSideAsync();
        await side.SendAsync(Online(Enumerable.Repeat(RendezvousRig.Id, 20_001)));
        var states = (await side.ReceiveMessageAsync())!.OnlineResponse.States.ToByteArray();
        states.Length.ShouldBe(2501);
        states[0].ShouldBe((byte)0xF0);
        states[1..].ShouldAllBe(b => b == 0);
    }

    [Fact]
    public async Task T37_A_signed_key_exchange_comes_first_on_the_main_port_only()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var main = await rig.ConnectAsync();
        var keys = (await main.ReceiveMessageAsync(1))!.KeyExchange.Keys;
        keys.Count.ShouldBe(1);
        keys[0].Length.ShouldBe(96);
        Sodium.TryOpenSigned(keys[0].Span, RendezvousRig.Key.Public, out var message).ShouldBeTrue();
        message.Length.ShouldBe(32);
        using var other = await rig.ConnectAsync();
        (await other.ReceiveMessageAsync())!.KeyExchange.Keys[0].ShouldNotBe(keys[0], "one pair a connection");
        using var side = await rig.ConnectSideAsync();
        (await side.IsSilentAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task T38_A_secured_caller_is_answered_sealed()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await SecureAsync(rig);
        await a.SendAsync(RendezvousRig.Ask(change: m => m.Token = "tok"));
        var sealedAnswer = await ReceiveRawAsync(a);
        sealedAnswer.Length.ShouldBe(2 + SecretStream.Overhead, "5a00 and a tag");
        a.Stream!.OpenInPlace(sealedAnswer).ToArray().ShouldBe(Convert.FromHexString("5a00"));
    }

    [Fact]
    public async Task T39_A_caller_that_ignores_the_offer_is_answered_in_clear()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        (await a.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAsync()).ShouldBe(Convert.FromHexString("5a00"));
    }

    [Theory]
    [InlineData(31, 48)]
    [InlineData(32, 47)]
    [InlineData(32, 48)]
    [InlineData(32, -1)]
    [InlineData(0, 0)]
    public async Task T40_A_bad_key_exchange_ends_the_connection(int first, int second)
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        var answer = new KeyExchange { Keys = { ByteString.CopyFrom(new byte[first]) } };
        if (second >= 0) answer.Keys.Add(ByteString.CopyFrom(new byte[second]));
        await a.SendAsync(new RendezvousMessage { KeyExchange = answer });
        (await a.ReceiveAnswerAsync()).ShouldBeNull();
        await ShouldServeAsync(rig);
    }

    [Fact]
    public async Task A_key_exchange_after_the_first_frame_or_a_broken_seal_ends_the_connection()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var late = await rig.ConnectAsync();
        var offer = (await late.ReceiveMessageAsync())!.KeyExchange;
        await late.SendAsync(RendezvousRig.Ask());
        (await late.ReceiveAsync()).ShouldBe(Convert.FromHexString("5a00"));
        await late.SendAsync(new RendezvousMessage
            { KeyExchange = new KeyAgreement().Answer(offer, RendezvousRig.Key.Public, out _) });
        (await late.ReceiveAsync()).ShouldBeNull();

        using var broken = await SecureAsync(rig);
        broken.Stream = null;
        await broken.SendAsync(RendezvousRig.Ask());
        (await broken.ReceiveAsync()).ShouldBeNull("plain frames on a secured connection are not genuine");
    }

    [Fact]
    public async Task T43_A_huge_length_is_refused_without_an_allocation()
    {
        await using var rig = await RendezvousRig.StartAsync();
        foreach (var port in new[] { rig.Port, rig.Port - 1 })
        {
            using var a = await WireClient.ConnectAsync(port);
            await a.SendRawAsync(Convert.FromHexString("ffffffff"));
            (await a.ReceiveAnswerAsync()).ShouldBeNull();
        }

        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("violation"), 2, "the count of violation");
        await ShouldServeAsync(rig);
    }

    [Fact]
    public async Task T44_Deeply_nested_groups_are_refused()
    {
        await using var rig = await RendezvousRig.StartAsync();
        var nested = Enumerable.Repeat((byte)0x0B, 300_000).Concat(Enumerable.Repeat((byte)0x0C, 300_000)).ToArray();
        using var side = await rig.ConnectSideAsync();
        await SendIgnoringResetAsync(side, FrameWriter.Frame(nested));
        (await side.ReceiveAsync()).ShouldBeNull();
        using var main = await rig.ConnectAsync();
        await SendIgnoringResetAsync(main, FrameWriter.Frame(nested.AsSpan(0, 60_000)));
        (await main.ReceiveAnswerAsync()).ShouldBeNull();
        await ShouldServeAsync(rig);
    }

    [Fact]
    public async Task T45_A_header_that_is_not_the_shortest_is_taken()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectSideAsync();
        await a.SendRawAsync(Convert.FromHexString("0d00a20100"));
        (await a.ReceiveMessageAsync())!.TestNatResponse.Port.ShouldBe(a.Local.Port);
    }

    [Fact]
    public async Task T46_Single_bytes_and_two_frames_at_once_are_both_understood()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        var frame = FrameWriter.Frame(RendezvousRig.Ask());
        foreach (var b in frame)
        {
            await a.SendRawAsync(new[] { b });
        }

        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.ShouldNotBeNull();
        using var two = await rig.ConnectSideAsync();
        await two.SendRawAsync(Convert.FromHexString("0ca201000ca20100"));
        (await two.ReceiveMessageAsync())!.TestNatResponse.ShouldNotBeNull();
        (await two.ReceiveMessageAsync())!.TestNatResponse.ShouldNotBeNull("also behind the one that ends it");
        (await two.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_reset_directly_behind_an_answer_does_not_lose_it()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        for (var round = 0; round < 40; round++)
        {
            using var a = await rig.ConnectAsync();
            await a.SendAsync(RendezvousRig.Ask());
            var push = (await b.ReceiveMessageAsync())!.PunchHole;
            // As a stock target: connects, writes, and closes with our offer unread, so the close is a reset.
            using var target = await rig.ConnectAsync("127.0.0.2");
            await target.SendAsync(new RendezvousMessage
                { PunchHoleSent = new PunchHoleSent { SocketAddr = push.SocketAddr, Id = RendezvousRig.Id } });
            target.Socket.LingerState = new LingerOption(true, 0);
            target.Socket.Dispose();
            (await a.ReceiveAnswerAsync())!.PunchHoleResponse.Pk.ShouldNotBeEmpty($"round {round}");
        }

        await Eventually.HoldsAsync(
            () => rig.Role.Metrics.Introductions(IntroductionOutcome.Punched) == 40, "all are counted, behind their answers");
    }

    [Fact]
    public async Task Slow_frames_and_silent_connections_are_closed_by_the_sweep()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var slow = await rig.ConnectAsync();
        using var silent = await rig.ConnectAsync();
        (await slow.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        (await silent.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        // One byte now and then never completes the frame, however lively it looks.
        await slow.SendRawAsync(new byte[] { 0x65 });
        await Eventually.HoldsAsync(() => rig.Role.Connections.Partial == 1, "the frame has begun");
        for (var i = 0; i < 4; i++)
        {
            rig.Pass(3);
            await slow.SendRawAsync(new byte[] { 0x01 });
        }

        (await slow.IsSilentAsync(0.1)).ShouldBeTrue("not yet");
        rig.Pass(10);
        (await slow.ReceiveAsync()).ShouldBeNull();
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("slow_frame"), 1, "the count of slow_frame");
        (await silent.IsSilentAsync(0.1)).ShouldBeTrue("not yet");
        rig.Pass(10);
        (await silent.ReceiveAsync()).ShouldBeNull();
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("idle"), 1, "the count of idle");
        await Eventually.HoldsAsync(() => rig.Role.Connections.Count == 0, "places are given back");
    }

    [Fact]
    public async Task Connections_opened_and_left_go_first_while_places_are_short()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(o => o.MaxConnections = 6, new RigParts(Time: time));
        using var speaking = await rig.ConnectAsync();
        await speaking.SendAsync(new RendezvousMessage { OnlineRequest = new OnlineRequest { Peers = { "123456789" } } });
        (await speaking.ReceiveAnswerAsync())!.OnlineResponse.ShouldNotBeNull();
        using var left = await rig.ConnectAsync();
        using var alsoLeft = await rig.ConnectAsync();
        (await left.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        (await alsoLeft.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        rig.Pass(5);
        (await left.IsSilentAsync(0.1)).ShouldBeTrue("three of six places are not short");

        using var fourth = await rig.ConnectAsync();
        (await fourth.ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        rig.Pass(1);
        (await left.ReceiveAsync()).ShouldBeNull();
        (await alsoLeft.ReceiveAsync()).ShouldBeNull();
        (await fourth.IsSilentAsync(0.1)).ShouldBeTrue("it came just now");
        (await speaking.IsSilentAsync(0.1)).ShouldBeTrue("it has said something");
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("idle"), 2, "the count of idle");
    }

    [Fact]
    public async Task Connections_are_capped_per_address_and_altogether()
    {
        await using var rig = await RendezvousRig.StartAsync(o => (o.ConnectionsPerAddress, o.MaxConnections) = (3, 5));
        var open = new List<WireClient>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await rig.ConnectAsync());
            (await open[i].ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        }

        await ShouldBeRefusedAsync(rig, "127.0.0.1");
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("too_many_from_address"), 1, "the count of too_many_from_address");
        for (var i = 0; i < 2; i++)
        {
            open.Add(await rig.ConnectAsync("127.0.0.3"));
            (await open[^1].ReceiveMessageAsync())!.KeyExchange.ShouldNotBeNull();
        }

        await ShouldBeRefusedAsync(rig, "127.0.0.4");
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("too_many"), 1, "the count of too_many");
        foreach (var client in open) client.Dispose();
        await Eventually.HoldsAsync(() => rig.Role.Connections.Count == 0, "places are given back");
        await ShouldServeAsync(rig);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("0000000000")]
    public async Task Empty_frames_are_ignored(string bytes)
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var a = await rig.ConnectAsync();
        await a.SendRawAsync(Convert.FromHexString(bytes));
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.ShouldNotBeNull();
    }

    [Fact]
    public async Task Garbage_unknown_messages_and_those_of_other_ports_end_the_connection()
    {
        await using var rig = await RendezvousRig.StartAsync();
        var random = new Random(4711);
        for (var i = 0; i < 50; i++)
        {
            using var a = await WireClient.ConnectAsync(rig.Port - (i & 1));
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            await SendIgnoringResetAsync(a, FrameWriter.Frame(bytes));
            (await a.ReceiveAnswerAsync()).ShouldBeNull();
        }

        foreach (var hex in new[] { "320d0a093132333435363738391003", "d201050a03616263", "5a00" })
        {
            using var side = await rig.ConnectSideAsync();
            await side.SendHexAsync(hex);
            (await side.ReceiveAsync()).ShouldBeNull(hex);
        }

        using var main = await rig.ConnectAsync();
        await main.SendHexAsync("320d0a093132333435363738391003");
        (await main.ReceiveAnswerAsync()).ShouldBeNull("RegisterPeer is for UDP");
        await ShouldServeAsync(rig);
    }

    internal static async Task<WireClient> SecureAsync(RendezvousRig rig, string host = "127.0.0.1")
    {
        var client = await rig.ConnectAsync(host);
        var offer = (await client.ReceiveMessageAsync())!.KeyExchange;
        var answer = new KeyAgreement().Answer(offer, RendezvousRig.Key.Public, out var stream);
        await client.SendAsync(new RendezvousMessage { KeyExchange = answer });
        client.Stream = stream;
        return client;
    }

    private static async Task<byte[]> ReceiveRawAsync(WireClient client)
    {
        var stream = client.Stream;
        client.Stream = null;
        var payload = await client.ReceiveAsync();
        client.Stream = stream;
        return payload!;
    }

    private static RendezvousMessage Online(IEnumerable<string> ids) =>
        new() { OnlineRequest = new OnlineRequest { Id = "987654321", Peers = { ids } } };

    private static async Task SendIgnoringResetAsync(WireClient client, byte[] bytes)
    {
        try
        {
            await client.SendRawAsync(bytes);
        }
        catch (SocketException)
        {
            // The server may have seen enough before all of it was sent.
        }
    }

    private static async Task ShouldBeRefusedAsync(RendezvousRig rig, string host)
    {
        try
        {
            using var client = await rig.ConnectAsync(host);
            (await client.ReceiveAsync()).ShouldBeNull();
        }
        catch (SocketException)
        {
            // Reset so early that connecting failed.
        }
    }

    private static async Task ShouldServeAsync(RendezvousRig rig)
    {
        using var client = await rig.ConnectSideAsync();
        await client.SendHexAsync("a20100");
        (await client.ReceiveMessageAsync())!.TestNatResponse.ShouldNotBeNull();
    }
}
