using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Tests.Channel;
using Hawser.Session.Tests.Sessions;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Session.Tests.Video;

/// <summary>Session reference §7 and §8 on a desk that is drawn; numbers are the cases of §24.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task T38_pictures_cross_and_look_like_the_screen()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync();
        session.Screen.Displays.ShouldHaveSingleItem().Width.ShouldBe(320);
        using var player = new VideoPlayer(session);
        var drawn = new Picture(320, 240);
        var best = 0.0;
        for (var number = 0; number < 5; number++)
        {
            var (seen, _) = await SeeAsync(session, player, number);
            TestCard.Draw(drawn, number);
            best = Math.Max(best, Likeness.Psnr(drawn, seen));
            card.Advance();
        }

        best.ShouldBeGreaterThan(22);
    }

    [Fact]
    public async Task T46_a_still_screen_is_not_packed_again_and_again()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync();
        using var player = new VideoPlayer(session);
        await SeeAsync(session, player, 0);
        using var stop = new CancellationTokenSource();
        var reading = DrainAsync(session, player, stop.Token);
        // It gets better a few times; then nothing moves while the clock does.
        await Eventually.HoldsAsync(() => rig.Host.PicturesPacked >= 2, "it was made better");
        var (last, since) = (-1L, 0L);
        await Eventually.HoldsAsync(
            () =>
            {
                var now = rig.Host.PicturesPacked;
                var answers = rig.Host.Sessions.Single().ProbesAnswered;
                if (now != last) (last, since) = (now, answers);
                return answers >= since + 2;
            },
            "two seconds of probes without a picture");
        rig.Host.PicturesPacked.ShouldBeLessThanOrEqualTo(12);
        card.Grabs.ShouldBe(1);
        await stop.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task T45_a_refresh_brings_a_picture_that_stands_alone()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync();
        (await NextAsync(session)).IsKey.ShouldBeTrue();
        session.Screen.Refresh(0);
        await KeyAsync(session);
        session.Screen.Refresh(7);
        session.SendOptions(new OptionMessage());
        card.Advance();
        (await NextAsync(session)).IsKey.ShouldBeFalse();
    }

    [Fact]
    public async Task T43_one_encoder_serves_all_and_a_newcomer_begins_with_a_key_frame()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        Func<ControllerOptions, ControllerOptions> likesVp8 = o => o with
        {
            Wishes = new OptionMessage { SupportedDecoding = VideoCodecs.Decoding(Prefer.Vp8) },
        };
        var first = await rig.LoginAsync(likesVp8);
        (await NextAsync(first)).Codec.ShouldBe(VideoCodec.Vp8);
        var onlyVp9 = new SupportedDecoding { AbilityVp9 = 1, Prefer = Prefer.Vp9 };
        var second = await rig.LoginAsync(o => o with { Wishes = new OptionMessage { SupportedDecoding = onlyVp9 } });
        var (one, other) = (ReadUntilAsync(first, f => f.Codec == VideoCodec.Vp9), NextAsync(second));
        (await other).IsKey.ShouldBeTrue();
        (await other).Codec.ShouldBe(VideoCodec.Vp9);
        (await one).IsKey.ShouldBeTrue();
        card.Advance();
        var (a, b) = await BothAsync(NextPlainAsync(first), NextPlainAsync(second));
        a.Pieces[0].ToArray().ShouldBe(b.Pieces[0].ToArray());
        await second.DisposeAsync();
        await ReadUntilAsync(first, f => f.Codec == VideoCodec.Vp8 && f.IsKey, card);
    }

    [Fact]
    public async Task T44_a_codec_that_fails_three_times_is_given_up()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync(o => o with
        {
            Wishes = new OptionMessage { SupportedDecoding = VideoCodecs.Decoding(Prefer.Vp8) },
        });
        using var player = new VideoPlayer(session);
        for (var i = 0; i < 3; i++)
        {
            var frame = await KeyAsync(session, card);
            player.Play(frame with { Pieces = [new byte[] { 1, 2, 3 }] }).ShouldBeNull();
        }

        player.GivenUp.ShouldBe([VideoCodec.Vp8]);
        var next = await ReadUntilAsync(session, f => f.Codec == VideoCodec.Vp9, card);
        player.Play(next).ShouldNotBeNull();
    }

    [Fact]
    public async Task T49_without_acknowledgements_the_next_picture_waits_three_seconds()
    {
        var time = new ManualTime();
        await using var card = new TestCard(160, 120);
        await using var rig = new SessionRig(o => o with { Desk = card, Time = time });
        var channel = await rig.JoinAsync();
        await LogInAsync(rig, channel, acknowledges: true);
        await FrameAsync(channel);
        card.Advance();
        var start = time.GetTimestamp();
        (await FrameAsync(channel, time)).Vp9S.Frames[0].Key.ShouldBeFalse();
        time.GetElapsedTime(start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(2.9));
    }

    [Fact]
    public async Task T48_a_viewer_that_does_not_read_holds_up_nobody_and_misses_what_it_does_not_take()
    {
        await using var card = new NoisyDesk();
        await using var rig = new SessionRig(o => o with { Desk = card });
        var channel = await rig.JoinAsync();
        await LogInAsync(rig, channel, acknowledges: false);
        var good = await rig.LoginAsync(o => o with
        {
            Wishes = new OptionMessage { CustomFps = 120, CustomImageQuality = 400 << 8 },
        });
        using var player = new VideoPlayer(good);
        for (var number = 0; number < 20; number++)
        {
            await SeeAsync(good, player, number);
            card.Advance();
        }

        // It reads at last: no picture is broken, and it comes to see what is there now.
        using var stop = new CancellationTokenSource();
        var draining = DrainAsync(good, player, stop.Token);
        using var decoder = VideoCodecs.NewDecoder(VideoCodec.Vp9);
        var (taken, seen) = (0, -1L);
        while (seen < card.Number)
        {
            seen = TestCard.Read(decoder.Decode((await FrameAsync(channel)).Vp9S.Frames[0].Data.Span)!);
            taken++;
        }

        rig.Host.PicturesPacked.ShouldBeGreaterThan(taken);
        await stop.CancelAsync();
        await draining;
    }

    [Fact]
    public async Task A_change_of_display_goes_behind_the_pictures_of_before_and_what_is_urgent_before_them()
    {
        await using var desk = new NoisyDesk();
        await using var rig = new SessionRig(o => o with
        {
            Desk = desk,
            Events = o.Events with { Chat = (_, text) => o.Events.Transferred(new(), new(false, text, [])) },
        });
        var path = PipeStream.Pair();
        var channel = await rig.JoinAsync(path: path);
        await LogInAsync(rig, channel, acknowledges: false);
        await FrameAsync(channel);
        // Nobody reads: with more than a pipe holds a picture stays on its way.
        await Eventually.HoldsAsync(
            () =>
            {
                desk.Advance();
                return path.A.Written.Length - path.B.Taken > 65_536;
            },
            "the path is full", 60);
        await channel.SendAsync(new Message { Misc = new Misc { MessageQuery = new MessageQuery { SwitchDisplay = 0 } } });
        await channel.SendAsync(new Message { TestDelay = new TestDelay { FromClient = true, Time = 7 } });
        await channel.SendAsync(new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text = "behind both" } } });
        await rig.NotedAsync("files False 0");
        var order = new List<string>();
        while (order.Count < 2)
        {
            var message = (await channel.ReceiveAsync())!;
            if (message.TestDelay is { FromClient: true }) order.Add("urgent");
            if (message.Misc?.SwitchDisplay is not null) order.Add("display");
        }

        order.ShouldBe(["urgent", "display"]);
    }

    [Fact]
    public async Task T51_T52_another_size_is_told_before_its_first_picture()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var channel = await rig.JoinAsync();
        await LogInAsync(rig, channel, acknowledges: false);
        await FrameAsync(channel);
        card.Resize(400, 200);
        SwitchDisplay? told = null;
        PeerInfo? layout = null;
        using var decoder = VideoCodecs.NewDecoder(VideoCodec.Vp9);
        while (true)
        {
            var message = (await channel.ReceiveAsync())!;
            layout ??= message.PeerInfo;
            told ??= message.Misc?.SwitchDisplay;
            if (message.VideoFrame is null || told is null) continue;
            var frame = message.VideoFrame.Vp9S.Frames[0];
            frame.Key.ShouldBeTrue();
            var picture = decoder.Decode(frame.Data.Span)!;
            (picture.Width, picture.Height).ShouldBe((400, 200));
            break;
        }

        (told.Width, told.Height).ShouldBe((400, 200));
        layout.ShouldNotBeNull().Displays.ShouldHaveSingleItem().Width.ShouldBe(400);
    }

    [Fact]
    public async Task T83_a_screenshot_is_a_png_of_the_display()
    {
        await using var card = new TestCard(320, 240);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync();
        var png = await session.Screen.ScreenshotAsync(0);
        png.Span[1..4].ToArray().ShouldBe("PNG"u8.ToArray());
        var none = await Should.ThrowAsync<IOException>(() => session.Screen.ScreenshotAsync(5));
        none.Message.ShouldContain("no such display");
    }

    [Fact]
    public async Task A_viewer_that_reads_no_pictures_keeps_no_more_than_a_few()
    {
        await using var card = new TestCard(64, 64);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var session = await rig.LoginAsync(o => o with
        {
            AcknowledgesVideo = false,
            Wishes = new OptionMessage { CustomFps = 120 },
        });
        await Eventually.HoldsAsync(
            () =>
            {
                card.Advance();
                return rig.Host.PicturesPacked > 140;
            },
            "more than are kept");
        using var player = new VideoPlayer(session);
        var frame = await ReadUntilAsync(session, f => f.IsKey, card);
        player.Play(frame).ShouldNotBeNull();
    }

    private static async Task<(RemoteFrame One, RemoteFrame Other)> BothAsync(
        Task<RemoteFrame> one, Task<RemoteFrame> other) => (await one, await other);

    private static async Task<RemoteFrame> NextAsync(ControllerSession session)
    {
        using var limit = new CancellationTokenSource(Limit);
        return (await session.Screen.ReadAsync(limit.Token)).ShouldNotBeNull(session.EndReason);
    }

    private static async Task<RemoteFrame> NextPlainAsync(ControllerSession session)
    {
        while (true)
        {
            var frame = await NextAsync(session);
            if (!frame.IsKey) return frame;
        }
    }

    private static Task<RemoteFrame> KeyAsync(ControllerSession session, TestCard? card = null) =>
        ReadUntilAsync(session, f => f.IsKey, card);

    private static async Task<RemoteFrame> ReadUntilAsync(
        ControllerSession session, Func<RemoteFrame, bool> fits, TestCard? card = null)
    {
        while (true)
        {
            card?.Advance();
            var frame = await NextAsync(session);
            if (fits(frame)) return frame;
        }
    }

    private static async Task<(Picture Seen, RemoteFrame Frame)> SeeAsync(
        ControllerSession session, VideoPlayer player, long number)
    {
        while (true)
        {
            var frame = await NextAsync(session);
            if (player.Play(frame) is { } seen && TestCard.Read(seen) >= number) return (seen, frame);
        }
    }

    private static async Task DrainAsync(ControllerSession session, VideoPlayer player, CancellationToken stop)
    {
        try
        {
            while (await session.Screen.ReadAsync(stop) is { } frame) player.Play(frame);
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static async Task LogInAsync(SessionRig rig, SecureChannel channel, bool acknowledges)
    {
        var hash = await LoginTests.HashAsync(channel);
        await channel.SendAsync(LoginTests.Login(new LoginRequest
        {
            Password = ByteString.CopyFrom(LoginTests.Proof("secret", rig, hash)),
            VideoAckRequired = acknowledges,
        }));
        await LoginTests.InAsync(channel);
    }

    private static async Task<VideoFrame> FrameAsync(SecureChannel channel, ManualTime? time = null)
    {
        while (true)
        {
            var receiving = channel.ReceiveAsync().AsTask();
            while (time is not null && !receiving.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(50));
                await Task.Delay(5);
            }

            var message = (await receiving)!;
            if (message.VideoFrame is { } frame) return frame;
            if (message.TestDelay is { FromClient: false }) await channel.SendAsync(message);
        }
    }
}
