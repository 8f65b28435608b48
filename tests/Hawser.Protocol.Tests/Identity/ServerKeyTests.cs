using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Identity;

public class ServerKeyTests
{
    private static readonly System.Text.Json.JsonElement V = Vectors.Load("server-key.json");

    [Fact]
    public void T69_the_golden_pair_has_the_golden_texts()
    {
        var key = ServerKey.FromSeed(V.Hex("seed"));
        key.Public.ToHex().ShouldBe(V.Text("publicHex"));
        key.PublicText.ShouldBe(V.Text("publicText"));
        key.ToSecretText().ShouldBe(V.Text("secretText"));
        ServerKey.TryParse("\n " + V.Text("secretText") + " \r\n", out var read, out _).ShouldBeTrue();
        read!.PublicText.ShouldBe(V.Text("publicText"));
        key.ToString().ShouldNotContain(V.Text("secretText")[..20]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8DoQe/884Qvh1w3RjnS8CZZ+TWMJulDV8d3IZkElUx")]
    public void A_malformed_key_is_refused(string text)
    {
        ServerKey.TryParse(text, out var key, out var error).ShouldBeFalse();
        key.ShouldBeNull();
        error.ShouldContain("64-byte");
    }

    [Fact]
    public void A_pair_whose_halves_do_not_belong_together_can_not_sign_and_is_refused()
    {
        var bytes = Convert.FromBase64String(V.Text("secretText"));
        bytes[63] ^= 1;
        ServerKey.TryParse(Convert.ToBase64String(bytes), out _, out var error).ShouldBeFalse();
        error.ShouldContain("can't sign");
    }

    [Fact]
    public void A_generated_key_fits_in_a_file_name_and_reads_back()
    {
        for (var i = 0; i < 20; i++)
        {
            var key = ServerKey.Generate();
            key.PublicText.Length.ShouldBe(44);
            key.PublicText.ShouldNotContain('/');
            ServerKey.TryParse(key.ToSecretText(), out var read, out _).ShouldBeTrue();
            read!.PublicText.ShouldBe(key.PublicText);
        }
    }

    [Fact]
    public void T69_a_signed_id_is_the_golden_bytes_and_opens_only_with_the_right_key()
    {
        var server = ServerKey.FromSeed(V.Hex("seed"));
        var device = ServerKey.FromSeed(V.Hex("deviceSeed"));
        device.Public.ToHex().ShouldBe(V.Text("devicePublic"));
        var signed = SignedIdPk.Sign(server, V.Text("id"), device.Public);
        signed.ToHex().ShouldBe(V.Text("signedIdPk"));

        SignedIdPk.TryVerify(signed, server.Public, out var idPk).ShouldBeTrue();
        idPk!.Id.ShouldBe("123456789");
        idPk.Pk.Span.ToHex().ShouldBe(V.Text("devicePublic"));
        SignedIdPk.TryVerify(signed, device.Public, out _).ShouldBeFalse();
        for (var i = 0; i < signed.Length; i += 7)
        {
            var forged = (byte[])signed.Clone();
            forged[i] ^= 0x20;
            SignedIdPk.TryVerify(forged, server.Public, out _).ShouldBeFalse();
        }

        SignedIdPk.TryVerify(signed.AsSpan(0, 63), server.Public, out _).ShouldBeFalse();
        SignedIdPk.TryVerify(server.Sign([0xff, 0xff]), server.Public, out _).ShouldBeFalse();
        SignedIdPk.TryVerify(SignedIdPk.Sign(server, "123456789", new byte[31]), server.Public, out _).ShouldBeFalse();
    }

    [Fact]
    public void T69_a_punch_answer_with_the_signed_key_has_the_golden_shape()
    {
        var expected = V.GetProperty("punchHoleResponse");
        var message = new RendezvousMessage
        {
            PunchHoleResponse = new PunchHoleResponse
            {
                SocketAddr = ByteString.CopyFrom(Convert.FromHexString("b8f2f0ac68247c143137")),
                Pk = ByteString.CopyFrom(V.Hex("signedIdPk")),
                RelayServer = "relay.example",
                NatType = NatType.Asymmetric,
            },
        };
        var frame = FrameWriter.Frame(message);
        var hex = frame.ToHex();
        hex.ShouldStartWith(expected.Text("frameHeader") + expected.Text("begins"));
        hex.ShouldEndWith(expected.Text("ends"));
        (frame.Length - 2).ShouldBe(expected.GetProperty("length").GetInt32());
    }

    [Fact]
    public void T69_the_hosts_half_of_the_end_to_end_handshake_is_the_golden_bytes()
    {
        var expected = V.GetProperty("endToEnd");
        var pair = new KeyAgreement(expected.Hex("x25519Secret"));
        pair.Public.ToHex().ShouldBe(expected.Text("x25519Public"));
        var secret = Convert.FromBase64String(ServerKey.FromSeed(V.Hex("deviceSeed")).ToSecretText());
        var signed = SignedIdPk.Sign(secret, "123456789", pair.Public);
        signed.Length.ShouldBe(expected.GetProperty("signedIdLength").GetInt32());
        signed.ToHex().ShouldStartWith(expected.Text("signedIdBegins"));
        new Message { SignedId = new SignedId { Id = ByteString.CopyFrom(signed) } }.ToByteArray().ToHex()
            .ShouldStartWith(expected.Text("messageBegins"));
    }

    [Fact]
    public void T69_a_switch_grant_is_the_golden_text_and_its_signature_holds()
    {
        var g = Vectors.Load("switch-grant.json");
        var device = V.Hex("devicePublic");
        SwitchGrant.Code(g.Text("uuid")).ShouldBe(g.Text("code"));
        SwitchGrant.Verifier(g.Text("code")).ShouldBe(g.Text("verifier"));
        var signature = Convert.FromBase64String(g.Text("signature"));
        SwitchGrant.IsSigned(g.Text("id"), g.Text("verifier"), g.Text("timestamp"), signature, device).ShouldBeTrue();
        SwitchGrant.IsSigned("987654321", g.Text("verifier"), g.Text("timestamp"), signature, device).ShouldBeFalse();
        SwitchGrant.IsSigned(g.Text("id"), g.Text("verifier"), "1700000001", signature, device).ShouldBeFalse();
        SwitchGrant.IsSigned(g.Text("id"), g.Text("verifier"), g.Text("timestamp"), [], device).ShouldBeFalse();
    }

    [Theory]
    [InlineData("123456", true)]
    [InlineData("12345", false)]
    [InlineData("my-host_1", true)]
    [InlineData("my host1", false)]
    [InlineData("a/bcdef", false)]
    [InlineData("abc\ndef", false)]
    [InlineData("ünïcode-host", true)]
    public void Ids_that_may_register(string id, bool may) => PeerId.IsRegistrable(id).ShouldBe(may);

    [Theory]
    [InlineData("newname1", true)]
    [InlineData("1abcdef", false)]
    [InlineData("abcde", false)]
    [InlineData("a23456789012345_", true)]
    [InlineData("a234567890123456x", false)]
    [InlineData("abc def", false)]
    [InlineData("abcdéf", false)]
    public void Ids_that_a_person_may_choose(string id, bool may) => PeerId.IsCustom(id).ShouldBe(may);

    [Fact]
    public void An_id_has_at_most_253_characters()
    {
        PeerId.IsRegistrable(new string('a', 253)).ShouldBeTrue();
        PeerId.IsRegistrable(new string('a', 254)).ShouldBeFalse();
    }
}
