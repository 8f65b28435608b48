using Google.Protobuf;
using Hawser.Protocol;
using Hawser.Protocol.Framing;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Channel;

public sealed class SecureChannelTests
{
    private static readonly HandshakeOptions Quick = new() { Limit = TimeSpan.FromSeconds(30) };

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(18)]
    public async Task T23_One_changed_bit_of_a_sealed_frame_ends_the_channel(int at)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);
        var before = hostEnd.Written.Length;
        await host.SendAsync(new Message { TestDelay = new TestDelay { LastDelay = 1 } });
        var frame = hostEnd.Written[before..];
        (await controller.ReceiveAsync())!.TestDelay.LastDelay.ShouldBe(1u);

        frame[1 + at] ^= 1;
        await RawAsync(hostEnd, frame);

        await Should.ThrowAsync<ProtocolViolation>(async () => await controller.ReceiveAsync());
    }

    [Fact]
    public async Task A_repeated_frame_is_not_genuine()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);
        var before = hostEnd.Written.Length;
        await host.SendAsync(new Message { TestDelay = new TestDelay() });
        var frame = hostEnd.Written[before..];
        await controller.ReceiveAsync();

        await RawAsync(hostEnd, frame);

        await Should.ThrowAsync<ProtocolViolation>(async () => await controller.ReceiveAsync());
    }

    [Theory]
    [InlineData("00")]
    [InlineData("00000000")]
    [InlineData("04ff")]
    public async Task T24_Frames_of_length_zero_and_one_pass_without_moving_the_counter(string raw)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);

        await RawAsync(hostEnd, Convert.FromHexString(raw));
        await host.SendAsync(new Message { TestDelay = new TestDelay { LastDelay = 9 } });

        (await controller.ReceiveAsync())!.TestDelay.LastDelay.ShouldBe(9u);
    }

    [Theory]
    [InlineData("080102")]
    [InlineData("3c0102030405060708090a0b0c0d0e0f")]
    public async Task A_frame_shorter_than_a_tag_is_not_genuine(string raw)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (_, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);

        await RawAsync(hostEnd, Convert.FromHexString(raw));

        await Should.ThrowAsync<ProtocolViolation>(async () => await controller.ReceiveAsync());
    }

    [Fact]
    public async Task A_frame_over_the_cap_is_refused_by_its_header()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (_, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);
        var header = new byte[4];
        FrameHeader.Write(header, SecureChannel.MaxPayload + 1);

        await RawAsync(hostEnd, header);

        await Should.ThrowAsync<ProtocolViolation>(async () => await controller.ReceiveAsync());
    }

    [Fact]
    public async Task A_large_message_arrives_whole()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);
        var text = new string('x', 3_000_000);

        var sending = host.SendAsync(new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text =
            text } } }).AsTask();

        (await controller.ReceiveAsync())!.Misc.ChatMessage.Text.ShouldBe(text);
        await sending;
    }

    [Fact]
    public async Task The_end_of_the_path_is_the_end_of_the_channel()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);

        await host.DisposeAsync();

        (await controller.ReceiveAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Many_writers_at_once_do_not_mix_their_frames()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);

        var writers = Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++) await host.SendAsync(new Message { TestDelay = new TestDelay { LastDelay =
                (uint)w } });
        })).ToArray();
        var seen = new int[8];
        for (var i = 0; i < 400; i++) seen[(await controller.ReceiveAsync())!.TestDelay.LastDelay]++;

        await Task.WhenAll(writers);
        seen.ShouldAllBe(n => n == 50);
    }

    [Fact]
    public async Task Random_and_mutated_peer_messages_never_break_the_reader()
    {
        var random = new Random(20261120);
        var seeds = new Message[]
        {
            new() { TestDelay = new TestDelay { Time = 5, LastDelay = 12, TargetBitrate = 1388, FromClient = true } },
            new() { Misc = new Misc { ChatMessage = new ChatMessage { Text = "hello" } } },
            new() { Misc = new Misc { CloseReason = "bye" } },
            new() { PublicKey = new PublicKey { AsymmetricValue = ByteString.CopyFrom(new byte[32]) } },
            new() { SignedId = new SignedId { Id = ByteString.CopyFrom(new byte[109]) } },
        }.Select(m => m.ToByteArray()).ToArray();
        var clear = Quick with { AllowClear = true };
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var accepting = SecureChannel.AcceptAsync(new StreamWire(hostEnd), PeerIdentity.Generate("123456789"), true,
            clear);
        await RawAsync(controllerEnd, FrameWriter.Frame(new byte[] { 0x22, 0x00 }));
        var host = (await accepting).Channel!;
        var feeding = Task.Run(async () =>
        {
            for (var i = 0; i < 20_000; i++) await RawAsync(controllerEnd, FrameWriter.Frame(Mutate(random, seeds)));
            await controllerEnd.DisposeAsync();
        });

        var understood = 0;
        while (await host.ReceiveAsync() is not null) understood++;

        await feeding;
        understood.ShouldBeGreaterThan(0);
        host.IgnoredFrames.ShouldBeGreaterThan(0);
    }

    private static byte[] Mutate(Random random, byte[][] seeds)
    {
        var bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            switch (random.Next(4))
            {
                case 0: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes = bytes[..random.Next(1, bytes.Length + 1)]; break;
                case 2: bytes = [.. bytes, .. seeds[random.Next(seeds.Length)]]; break;
                default: random.NextBytes(bytes.AsSpan(random.Next(bytes.Length))); break;
            }
        }

        return bytes;
    }

    private static async Task RawAsync(Stream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }
}
