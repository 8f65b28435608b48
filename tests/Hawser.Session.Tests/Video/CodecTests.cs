using System.IO.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Desktop;
using Hawser.Session.Video;
using Shouldly;
using Xunit;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Session.Tests.Video;

/// <summary>Session reference §7.1, §7.2, §7.4.</summary>
public sealed class CodecTests
{
    [Theory]
    [InlineData(VideoCodec.Vp8, false)]
    [InlineData(VideoCodec.Vp9, false)]
    [InlineData(VideoCodec.Vp9, true)]
    [InlineData(VideoCodec.Av1, false)]
    [InlineData(VideoCodec.Av1, true)]
    [InlineData(VideoCodec.H264, false)]
    public void T41_T42_what_is_packed_is_seen_again(VideoCodec codec, bool fullChroma)
    {
        Assert.SkipUnless(VideoCodecs.CanEncode(codec), $"no library for {codec}");
        using var encoder = VideoCodecs.NewEncoder(new EncoderShape(codec, 322, 242, fullChroma), 4000, 30);
        using var decoder = VideoCodecs.NewDecoder(codec);
        var picture = new Picture(322, 242);
        for (var number = 1; number <= 12; number++)
        {
            TestCard.Draw(picture, number);
            var packed = encoder.Encode(picture, number * 33, number == 1 || number == 8).ShouldNotBeNull();
            packed.IsKey.ShouldBe(number is 1 or 8);
            var seen = decoder.Decode(packed.Data.Span).ShouldNotBeNull();
            TestCard.Read(seen).ShouldBe(number);
            Likeness.Psnr(picture, seen).ShouldBeGreaterThan(fullChroma ? 30 : 24);
        }
    }

    [Fact]
    public void A_still_picture_gets_good_and_then_costs_nothing()
    {
        var shape = new EncoderShape(VideoCodec.Vp9, 640, 480, false);
        using var encoder = VideoCodecs.NewEncoder(shape, 600, 30);
        using var decoder = VideoCodecs.NewDecoder(VideoCodec.Vp9);
        var picture = new Picture(640, 480);
        TestCard.Draw(picture, 5);
        List<int> sizes = [];
        var like = 0.0;
        for (var i = 0; i < 12; i++)
        {
            var packed = encoder.Encode(picture, i * 33, i == 0).ShouldNotBeNull();
            sizes.Add(packed.Data.Length);
            like = Likeness.Psnr(picture, decoder.Decode(packed.Data.Span)!);
        }

        like.ShouldBeGreaterThan(28, string.Join(' ', sizes));
        sizes[^1].ShouldBeLessThan(2000, string.Join(' ', sizes));
    }

    [Fact]
    public void Broken_and_oversize_pictures_are_refused()
    {
        var random = new Random(7);
        foreach (var codec in new[] { VideoCodec.Vp8, VideoCodec.Vp9, VideoCodec.Av1, VideoCodec.H264 }.Where(VideoCodecs.CanDecode))
        {
            using var encoder = VideoCodecs.NewEncoder(new EncoderShape(codec, 64, 64, false), 500, 30);
            var picture = new Picture(64, 64);
            TestCard.Draw(picture, 1);
            var good = encoder.Encode(picture, 1, true)!.Value.Data.ToArray();
            for (var round = 0; round < 60; round++)
            {
                using var decoder = VideoCodecs.NewDecoder(codec);
                var bad = good.AsSpan(0, random.Next(1, good.Length + 1)).ToArray();
                for (var i = 0; i < 8; i++) bad[random.Next(bad.Length)] = (byte)random.Next(256);
                try
                {
                    _ = decoder.Decode(bad);
                }
                catch (InvalidDataException)
                {
                    // As it should be; what the library takes it may show.
                }
            }
        }

        // A VP8 key frame of 16383 × 16383.
        using var vp8 = VideoCodecs.NewDecoder(VideoCodec.Vp8);
        byte[] huge = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Should.Throw<InvalidDataException>(() => vp8.Decode(huge)).Message.ShouldContain("beyond");
    }

    [Fact]
    public void T43_the_codec_is_one_that_every_viewer_knows()
    {
        VideoCodec[] can = [VideoCodec.Vp8, VideoCodec.Vp9, VideoCodec.Av1];
        static SupportedDecoding Viewer(Prefer prefer, int vp8 = 1, int av1 = 1, Chroma chroma = Chroma.I420) => new()
        {
            AbilityVp8 = vp8,
            AbilityVp9 = 1,
            AbilityAv1 = av1,
            Prefer = prefer,
            PreferChroma = chroma,
            I444 = new CodecAbility { Vp9 = true },
        };
        VideoCodec Choose(params SupportedDecoding?[] viewers) => CodecChoice.Choose(viewers, can).Codec;
        Choose([null]).ShouldBe(VideoCodec.Vp9);
        Choose().ShouldBe(VideoCodec.Vp9);
        Choose(Viewer(Prefer.Auto)).ShouldBe(VideoCodec.Vp9);
        Choose(Viewer(Prefer.Vp8)).ShouldBe(VideoCodec.Vp8);
        Choose(Viewer(Prefer.H265)).ShouldBe(VideoCodec.Vp9);
        Choose(Viewer(Prefer.Av1), Viewer(Prefer.Av1)).ShouldBe(VideoCodec.Av1);
        Choose(Viewer(Prefer.Av1), Viewer(Prefer.Av1, av1: 0)).ShouldBe(VideoCodec.Vp9);
        Choose(Viewer(Prefer.Vp8), Viewer(Prefer.Vp8), Viewer(Prefer.Av1)).ShouldBe(VideoCodec.Vp8);
        Choose(Viewer(Prefer.Vp8), (SupportedDecoding?)null).ShouldBe(VideoCodec.Vp9);
        // What is not installed is not chosen, whoever wants it.
        Choose(Viewer(Prefer.H264)).ShouldBe(VideoCodec.Vp9);
        var h264 = Viewer(Prefer.H264);
        h264.AbilityH264 = 1;
        CodecChoice.Choose([h264], [.. can, VideoCodec.H264]).Codec.ShouldBe(VideoCodec.H264);
        CodecChoice.Choose([h264, Viewer(Prefer.H264)], [.. can, VideoCodec.H264]).Codec.ShouldBe(VideoCodec.Vp9);
        CodecChoice.Choose([h264], can).Codec.ShouldBe(VideoCodec.Vp9);
        CodecChoice.Choose([Viewer(Prefer.Vp9, chroma: Chroma.I444)], can).FullChroma.ShouldBeTrue();
        CodecChoice.Choose([Viewer(Prefer.Vp9, chroma: Chroma.I444), Viewer(Prefer.Vp9)], can).FullChroma.ShouldBeFalse();
        CodecChoice.Choose([Viewer(Prefer.Vp8, chroma: Chroma.I444)], can).FullChroma.ShouldBeFalse();
    }

    [Fact]
    public void T47_T50_rates_follow_wishes_and_round_trips()
    {
        var rate = new RateControl();
        var who = new object();
        var samples = 0;
        void Feed(int delay, int times, int most = 30)
        {
            for (var i = 0; i < times; i++)
            {
                rate.Step([(who, new ViewerRate(++samples, TimeSpan.FromMilliseconds(delay), TimeSpan.Zero, most))]);
            }
        }

        rate.Fps.ShouldBe(15);
        Feed(10, 5);
        rate.Fps.ShouldBe(30);
        Feed(10, 5, most: 120);
        rate.Fps.ShouldBe(120);
        Feed(10, 2, most: 5);
        rate.Fps.ShouldBe(5);
        Feed(10, 10);
        var before = rate.Kilobits(1280, 720, VideoCodec.Vp9);
        before.ShouldBe(670);
        Feed(700, 12);
        rate.Fps.ShouldBeLessThan(6);
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBeLessThan(before / 2 + 50);
        Feed(10, 40);
        rate.Fps.ShouldBe(30);
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBe(before);
        rate.Step([(who, new ViewerRate(samples, TimeSpan.Zero, TimeSpan.FromSeconds(2), 30))]);
        rate.Fps.ShouldBe(2);
        RateControl.RatioOf(new OptionMessage { CustomImageQuality = 100 << 8 }).ShouldBe(2);
        RateControl.RatioOf(new OptionMessage { CustomImageQuality = 2000 << 8 }).ShouldBe(40);
        RateControl.RatioOf(new OptionMessage { ImageQuality = ImageQuality.Best, CustomImageQuality = 5 }).ShouldBe(1.5);
        RateControl.RatioOf(new OptionMessage()).ShouldBeNull();
    }

    [Fact]
    public void T48_a_thin_path_gets_pictures_that_are_soon_through()
    {
        var rate = new RateControl { Ratio = 40 };
        var who = new object();
        rate.Step([(who, new ViewerRate(1, TimeSpan.FromMilliseconds(20), TimeSpan.Zero, 30))]);
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBe(40_000);
        // 5 Mbit/s: 625 bytes a millisecond, and 20 ms for the way there and back.
        void Carry(int bytes) => rate.Carried(who, bytes, TimeSpan.FromMilliseconds(20 + bytes / 625.0));
        Carry(128_000);
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBeLessThan(5_000);
        // From here on pictures are as large as they are allowed to be.
        for (var i = 0; i < 200; i++) Carry(rate.Kilobits(1280, 720, VideoCodec.Vp9) * 125 / Math.Max(1, rate.Fps));
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBeInRange(2_000, 5_000);
        // A path that gets better is found out.
        for (var i = 0; i < 100; i++) rate.Carried(who, 40_000, TimeSpan.FromMilliseconds(21));
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBe(40_000);
        rate.Carried(who, 128_000, TimeSpan.FromSeconds(2));
        rate.Adapts = false;
        rate.Kilobits(1280, 720, VideoCodec.Vp9).ShouldBe(40_000);
    }

    [Fact]
    public void T41_an_H264_key_frame_brings_its_parameters_and_the_rate_can_change()
    {
        Assert.SkipUnless(VideoCodecs.CanEncode(VideoCodec.H264), "libopenh264 is not installed: ./test does that");
        using var encoder = VideoCodecs.NewEncoder(new EncoderShape(VideoCodec.H264, 1279, 721, false), 2000, 30);
        using var decoder = VideoCodecs.NewDecoder(VideoCodec.H264);
        var picture = new Picture(1279, 721);
        for (var number = 1; number <= 6; number++)
        {
            TestCard.Draw(picture, number);
            if (number == 3) encoder.Spend(500, 10);
            var packed = encoder.Encode(picture, number * 33, number is 1 or 5).ShouldNotBeNull();
            packed.IsKey.ShouldBe(number is 1 or 5);
            // Start codes; the parameter sets of the sequence and of the picture in front of a key frame.
            var kinds = Units(packed.Data.Span);
            if (packed.IsKey) kinds.ShouldBe([7, 8, 5]);
            else kinds.ShouldAllBe(k => k == 1);
            var seen = decoder.Decode(packed.Data.Span).ShouldNotBeNull();
            (seen.Width, seen.Height).ShouldBe((1278, 720));
            TestCard.Read(seen).ShouldBe(number);
        }

        Should.Throw<IOException>(() =>
            VideoCodecs.NewEncoder(new EncoderShape(VideoCodec.H264, 8, 8, false), 500, 30)).Message.ShouldContain("small");
    }

    private static List<int> Units(ReadOnlySpan<byte> data)
    {
        List<int> kinds = [];
        for (var i = 0; i + 3 < data.Length; i++)
        {
            if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1) kinds.Add(data[i + 3] & 31);
        }

        return kinds;
    }

    [Fact]
    public void A_png_file_has_the_pixels()
    {
        var picture = new Picture(33, 21);
        TestCard.Draw(picture, 9);
        var file = Png.Write(picture);
        file.AsSpan(0, 8).ToArray().ShouldBe([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
        // Header 8 + IHDR 25, then the length and name of IDAT.
        var length = file[33] << 24 | file[34] << 16 | file[35] << 8 | file[36];
        using var zip = new ZLibStream(new MemoryStream(file, 41, length), CompressionMode.Decompress);
        var rows = new byte[21 * (33 * 3 + 1)];
        zip.ReadExactly(rows);
        var above = new byte[33 * 3];
        for (var y = 0; y < 21; y++)
        {
            for (var i = 0; i < above.Length; i++) above[i] += rows[y * 100 + 1 + i];
            for (var x = 0; x < 33; x++)
            {
                var pixel = picture.Row(y).Slice(x * 4, 3);
                (above[x * 3], above[x * 3 + 1], above[x * 3 + 2]).ShouldBe((pixel[2], pixel[1], pixel[0]));
            }
        }
    }
}
