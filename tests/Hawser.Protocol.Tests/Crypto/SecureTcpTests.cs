using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Crypto;

public class SecureTcpTests
{
    private static readonly System.Text.Json.JsonElement V = Vectors.Load("secure-tcp.json");
    private static readonly ServerKey Server = ServerKey.FromSeed(Vectors.Load("server-key.json").Hex("seed"));

    [Fact]
    public void T69_the_exchange_is_the_golden_bytes()
    {
        var (offer, answer, _, accepted) = Exchange();
        FrameWriter.Frame(new RendezvousMessage { KeyExchange = offer }).ToHex()
            .ShouldBe(V.Text("offerFrameBegins") + V.Text("offer"));
        answer.Keys[1].Span.ToHex().ShouldBe(V.Text("sealed"));
        FrameWriter.Frame(new RendezvousMessage { KeyExchange = answer }).ToHex()
            .ShouldBe(V.Text("answerFrameBegins") + V.Text("clientX25519Public") + "0a30" + V.Text("sealed"));
        accepted.ShouldNotBeNull();
    }

    [Fact]
    public void T69_sealed_frames_are_the_golden_bytes_in_both_directions()
    {
        var (_, _, client, server) = Exchange();
        foreach (var row in V.GetProperty("clientFrames").EnumerateArray())
        {
            var frame = FrameWriter.Frame(WireMessages.ReadRendezvous(row.Hex("plain")), client);
            frame.ToHex().ShouldBe(row.Text("frame"));
            server.OpenInPlace(frame.AsMemory(1)).ToArray().ToHex().ShouldBe(row.Text("plain"));
        }

        foreach (var row in V.GetProperty("serverFrames").EnumerateArray())
        {
            var frame = FrameWriter.Frame(WireMessages.ReadRendezvous(row.Hex("plain")), server);
            frame.ToHex().ShouldBe(row.Text("frame"));
            client.OpenInPlace(frame.AsMemory(1)).ToArray().ToHex().ShouldBe(row.Text("plain"));
        }
    }

    [Fact]
    public void T69_a_request_with_a_token_and_its_answer_are_the_golden_bytes()
    {
        var request = V.GetProperty("tokenRequest");
        var server = new SecretStream(V.Hex("symmetricKey"));
        var plain = server.OpenInPlace(request.Hex("frame").AsMemory(2)).ToArray();
        plain.Length.ShouldBe(request.GetProperty("plainLength").GetInt32());
        plain.ToHex().ShouldStartWith(request.Text("plainBegins"));
        plain.ToHex().ShouldEndWith(request.Text("plainEnds"));
        WireMessages.ReadRendezvous(plain).PunchHoleRequest.Token.ShouldBe("tok");
        var offline = V.GetProperty("offlineAnswer");
        FrameWriter.Frame(WireMessages.ReadRendezvous(offline.Hex("plain")), server).ToHex().ShouldBe(offline.Text("frame"));
    }

    [Fact]
    public void Heartbeats_pass_in_clear_and_move_no_counter()
    {
        var (_, _, client, server) = Exchange();
        FrameWriter.Heartbeat.ToArray().ShouldBe([0]);
        FrameWriter.Frame(new RendezvousMessage(), client).ShouldBe([0]);
        server.OpenInPlace(Memory<byte>.Empty).Length.ShouldBe(0);
        server.OpenInPlace(new byte[] { 5 }).ToArray().ShouldBe([5]);
        var first = V.GetProperty("clientFrames")[0];
        FrameWriter.Frame(WireMessages.ReadRendezvous(first.Hex("plain")), client).ToHex().ShouldBe(first.Text("frame"));
        server.OpenInPlace(first.Hex("frame").AsMemory(1)).ToArray().ToHex().ShouldBe(first.Text("plain"));
    }

    [Fact]
    public void A_changed_replayed_or_short_frame_is_a_violation()
    {
        var (_, _, client, server) = Exchange();
        var frame = FrameWriter.Frame(new RendezvousMessage { Hc = new HealthCheck { Token = "hello" } }, client);
        var forged = (byte[])frame.Clone();
        forged[^1] ^= 1;
        Should.Throw<ProtocolViolation>(() => server.OpenInPlace(forged.AsMemory(1)));
        var replay = (byte[])frame.Clone();
        server.OpenInPlace(frame.AsMemory(1));
        Should.Throw<ProtocolViolation>(() => server.OpenInPlace(replay.AsMemory(1)));
        Should.Throw<ProtocolViolation>(() => server.OpenInPlace(new byte[15]));
    }

    [Fact]
    public void T40_answers_of_another_shape_are_violations()
    {
        var pair = new KeyAgreement();
        var offer = pair.Offer(Server);
        var good = new KeyAgreement().Answer(offer, Server.Public, out _);
        ByteString Cut(int i, int length) => ByteString.CopyFrom(good.Keys[i].Span[..length]);
        KeyExchange[] bad =
        [
            new(),
            new() { Keys = { good.Keys[0] } },
            new() { Keys = { Cut(0, 31), good.Keys[1] } },
            new() { Keys = { good.Keys[0], Cut(1, 47) } },
            new() { Keys = { good.Keys[0], ByteString.CopyFrom(new byte[48]) } },
            new() { Keys = { ByteString.CopyFrom(new byte[32]), good.Keys[1] } },
            new() { Keys = { good.Keys[0], good.Keys[1], good.Keys[1] } },
        ];
        foreach (var answer in bad) Should.Throw<ProtocolViolation>(() => pair.Accept(answer));
        pair.Accept(good).ShouldNotBeNull();
    }

    [Fact]
    public void A_client_takes_an_offer_only_from_the_server_it_knows()
    {
        var offer = new KeyAgreement().Offer(Server);
        var other = ServerKey.FromSeed(new byte[32]);
        Should.Throw<ProtocolViolation>(() => new KeyAgreement().Answer(offer, other.Public, out _));
        Should.Throw<ProtocolViolation>(() => new KeyAgreement().Answer(new KeyExchange(), Server.Public, out _));
        var empty = new KeyExchange { Keys = { ByteString.CopyFrom(Server.Sign([])) } };
        Should.Throw<ProtocolViolation>(() => new KeyAgreement().Answer(empty, Server.Public, out _));
    }

    [Fact]
    public void Sealing_and_opening_allocate_nothing()
    {
        var (_, _, client, server) = Exchange();
        var buffer = new byte[16 * 1024 + SecretStream.Overhead];
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) Round();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        void Round()
        {
            client.SealInPlace(buffer);
            server.OpenInPlace(buffer);
        }
    }

    private static (KeyExchange Offer, KeyExchange Answer, SecretStream Client, SecretStream Server) Exchange()
    {
        var ours = new KeyAgreement(V.Hex("serverX25519Secret"));
        ours.Public.ToHex().ShouldBe(V.Text("serverX25519Public"));
        var offer = ours.Offer(Server);
        var theirs = new KeyAgreement(V.Hex("clientX25519Secret"));
        var answer = theirs.Answer(offer, Server.Public, V.Hex("symmetricKey"), out var client);
        return (offer, answer, client, ours.Accept(answer));
    }
}
