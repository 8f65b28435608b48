using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Channel;

/// <summary>Rendezvous reference §2.5, session reference §4.</summary>
public sealed class HandshakeTests
{
    private const string Id = "123456789";
    private static readonly HandshakeOptions Quick = new() { Limit = TimeSpan.FromSeconds(30) };

    // Session reference §4.6: host seed 00..1f, host X25519 40..5f, controller X25519 60..7f, session key 80..9f.
    private static readonly PeerIdentity Host = new(Id, "uuid"u8, Bytes(0x00));
    private static readonly HandshakeOptions HostVector = Quick with { Pair = new KeyAgreement(Bytes(0x40)) };
    private static readonly HandshakeOptions ControllerVector =
        Quick with { Pair = new KeyAgreement(Bytes(0x60)), SessionKey = Bytes(0x80) };

    [Fact]
    public async Task T16_The_worked_example_gives_the_bytes_of_the_reference()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await JoinAsync(hostEnd, controllerEnd, HostVector, ControllerVector);

        Convert.ToHexStringLower(hostEnd.Written).ShouldBe(
            "c5011a6f0a6d4ffe65dad94fd7e6b68c61a4b440b4f583f7dec1b25c54246c4102e63835513b2a31610fe71db2fcf128cdf8"
            + "11d444ed6447a3b620b483731d216fcbaf87d00c0a09313233343536373839122079a631eede1bf9c98f12032cdeadd0e7a07"
            + "9398fc786b88cc846ec89af85a51a");
        Convert.ToHexStringLower(controllerEnd.Written).ShouldBe(
            "590122540a20675dd574ed7789310b3d2e7681f3790b466c773b1521fecf36577958371ea52f1230b5631759150b02acdc04"
            + "e29f46e538de722f179507f80af21fa278ec13007074f62feca493fb07561194f7012bbdb84f");

        var before = controllerEnd.Written.Length;
        await controller.SendAsync(new Message { TestDelay = new TestDelay() });
        Convert.ToHexStringLower(controllerEnd.Written[before..]).ShouldBe("489f005d60e59ffbca141d95d91d137c4420b9");
        (await host.ReceiveAsync())!.TestDelay.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_hosts_half_of_the_rendezvous_reference_gives_its_bytes()
    {
        var identity = new PeerIdentity(Id, "uuid"u8, Bytes(0x20));
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var options = Quick with { Pair = new KeyAgreement(Bytes(0xa0)) };
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), identity, true, options);
        await using var controller = new StreamWire(controllerEnd);

        var message = WireMessages.ReadPeer((await controller.ReceiveAsync())!.Value.Span);

        message.SignedId.Id.Length.ShouldBe(109);
        Convert.ToHexStringLower(message.SignedId.Id.Span[..16]).ShouldBe("497fadb363ca006d55b1693579da3fc7");
        SignedIdPk.TryVerify(message.SignedId.Id.Span, identity.PublicKey.Span, out var idPk).ShouldBeTrue();
        Convert.ToHexStringLower(idPk!.Pk.Span).ShouldBe(
            "605a725d2a4adfeeb1a29e17edd621c1b7593ee8cdbc44ac6c4ab6e2f805d23c");
        await controller.DisposeAsync();
        (await accepting).Outcome.ShouldBe(HandshakeOutcome.Closed);
    }

    [Fact]
    public async Task Both_ends_are_sealed_and_understand_each_other()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await JoinAsync(hostEnd, controllerEnd, Quick, Quick);

        host.IsEncrypted.ShouldBeTrue();
        controller.IsEncrypted.ShouldBeTrue();
        for (var i = 0; i < 3; i++)
        {
            await host.SendAsync(Chat("from host"));
            await controller.SendAsync(Chat("from controller"));
            (await controller.ReceiveAsync())!.Misc.ChatMessage.Text.ShouldBe("from host");
            (await host.ReceiveAsync())!.Misc.ChatMessage.Text.ShouldBe("from controller");
        }

        Contains(hostEnd.Written, "from host"u8).ShouldBeFalse("the text must not cross the wire in clear");
    }

    [Fact]
    public async Task T17_A_controller_without_a_signed_key_refuses_and_says_nothing()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();

        var result = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, default, Quick);

        result.Outcome.ShouldBe(HandshakeOutcome.NoSignedKey);
        result.Channel.ShouldBeNull();
        controllerEnd.Written.ShouldBeEmpty();
        (await new StreamWire(hostEnd).ReceiveAsync()).ShouldBeNull("the path is closed");
    }

    [Fact]
    public async Task T17_A_controller_that_allows_clear_says_so_with_a_frame_that_relays_do_not_drop()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var clear = Quick with { AllowClear = true };
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, true, clear);

        var result = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, default, clear);

        result.Outcome.ShouldBe(HandshakeOutcome.Clear);
        Convert.ToHexStringLower(controllerEnd.Written).ShouldBe("082200");
        (await accepting).Outcome.ShouldBe(HandshakeOutcome.Clear);
        (await accepting).Channel!.IsEncrypted.ShouldBeFalse();
    }

    [Theory]
    [InlineData("2200")]
    [InlineData("")]
    [InlineData("2a00")]
    public async Task T22_A_host_refuses_a_controller_that_wants_clear(string answer)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, true, Quick);

        await controllerEnd.WriteAsync(FrameWriter.Frame(Convert.FromHexString(answer)));
        await controllerEnd.FlushAsync();

        (await accepting).Outcome.ShouldBe(HandshakeOutcome.OtherEndWantsClear);
    }

    [Fact]
    public async Task A_host_refuses_an_introduction_that_is_not_secure()
    {
        var (hostEnd, _) = PipeStream.Pair();

        var result = await SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, secure: false, Quick);

        result.Outcome.ShouldBe(HandshakeOutcome.OtherEndWantsClear);
        hostEnd.Written.ShouldBeEmpty();
    }

    [Fact]
    public async Task T18_Another_hosts_signature_is_refused()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var impostor = PeerIdentity.Generate(Id);
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), impostor, true, Quick);

        var result = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, Host.PublicKey, Quick);

        result.Outcome.ShouldBe(HandshakeOutcome.BadSignature);
        controllerEnd.Written.ShouldBeEmpty();
        (await accepting).Outcome.ShouldBe(HandshakeOutcome.Closed);
    }

    [Fact]
    public async Task T19_Another_id_under_the_right_key_is_refused()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host.Renamed("other1234"), true, Quick);

        var result = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, Host.PublicKey, Quick);

        result.Outcome.ShouldBe(HandshakeOutcome.WrongId);
        (await accepting).Outcome.ShouldBe(HandshakeOutcome.Closed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2a00")]
    [InlineData("ff")]
    [InlineData("1a00")]
    public async Task A_host_that_offers_no_key_is_a_downgrade_and_refused(string first)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        await hostEnd.WriteAsync(FrameWriter.Frame(Convert.FromHexString(first)));
        await hostEnd.FlushAsync();

        var result = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, Host.PublicKey, Quick);

        result.Outcome.ShouldBeOneOf(HandshakeOutcome.NoOffer, HandshakeOutcome.BadSignature);
        controllerEnd.Written.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(31, 48)]
    [InlineData(33, 48)]
    [InlineData(32, 47)]
    [InlineData(32, 49)]
    [InlineData(32, 0)]
    [InlineData(32, 48)]
    public async Task T20_T21_A_key_that_was_not_sealed_for_this_connection_is_a_violation(int asymmetric, int symmetric)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, true, Quick);
        var forged = new PublicKey
        {
            AsymmetricValue = ByteString.CopyFrom(Bytes(1, asymmetric)),
            SymmetricValue = ByteString.CopyFrom(Bytes(2, symmetric)),
        };
        await new StreamWire(controllerEnd).SendAsync(new Message { PublicKey = forged });

        await Should.ThrowAsync<ProtocolViolation>(accepting);
    }

    [Fact]
    public async Task T25_A_silent_other_end_times_out_on_both_sides()
    {
        var time = new TestRig.ManualTime();
        var patient = new HandshakeOptions { Time = time };
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, true, patient);
        var (_, otherEnd) = PipeStream.Pair();
        var connecting = SecureChannel.ConnectAsync(new StreamWire(otherEnd), Id, Host.PublicKey, patient);

        time.Advance(TimeSpan.FromSeconds(17.9));
        accepting.IsCompleted.ShouldBeFalse();
        connecting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.2));

        (await accepting).Outcome.ShouldBe(HandshakeOutcome.TimedOut);
        (await connecting).Outcome.ShouldBe(HandshakeOutcome.TimedOut);
        await controllerEnd.DisposeAsync();
    }

    [Fact]
    public async Task A_first_frame_that_announces_a_gigabyte_is_refused_before_it_arrives()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        await hostEnd.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0xff });
        await hostEnd.FlushAsync();

        await Should.ThrowAsync<ProtocolViolation>(
            SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, Host.PublicKey, Quick));
    }

    internal static async Task<(SecureChannel Host, SecureChannel Controller)> JoinAsync(
        Stream hostEnd, Stream controllerEnd, HandshakeOptions hostOptions, HandshakeOptions controllerOptions)
    {
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), Host, true, hostOptions);
        var controller = await SecureChannel.ConnectAsync(new StreamWire(controllerEnd), Id, Host.PublicKey,
            controllerOptions);
        controller.Outcome.ShouldBe(HandshakeOutcome.Encrypted);
        var host = await accepting;
        host.Outcome.ShouldBe(HandshakeOutcome.Encrypted);
        return (host.Channel!, controller.Channel!);
    }

    internal static byte[] Bytes(int first, int count = 32) =>
        [.. Enumerable.Range(first, count).Select(i => (byte)i)];

    private static Message Chat(string text) =>
        new() { Misc = new Misc { ChatMessage = new ChatMessage { Text = text } } };

    private static bool Contains(byte[] haystack, ReadOnlySpan<byte> needle) => haystack.AsSpan().IndexOf(needle) >= 0;
}
