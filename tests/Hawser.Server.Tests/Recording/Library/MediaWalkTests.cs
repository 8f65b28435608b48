using Hawser.Recording.Media;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library;

public class MediaWalkTests
{
    [Fact]
    public async Task Packets_are_counted_as_ffprobe_counts_them_wherever_the_bytes_are_cut()
    {
        foreach (var bytes in (byte[][])[await TestVideo.WebmAsync(), await TestVideo.FragmentedMp4Async(), await TestVideo.H264Async(),
            await TestVideo.FinishedWebmAsync(), await TestVideo.FinishedMp4Async()])
        {
            using var folder = new TemporaryFolder();
            await File.WriteAllBytesAsync(folder.File("video"), bytes);
            var (video, audio, _) = await TestVideo.ProbeAsync(folder.File("video"));
            foreach (var size in (int[])[1, 7, 1000, bytes.Length])
            {
                var walk = MediaWalk.For(bytes)!;
                for (var at = 0; at < bytes.Length; at += size) walk.Feed(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
                (walk.Packets, walk.Breaks, walk.HasBegun, walk.IsDamaged).ShouldBe((video + audio, 0, true, false));
            }

            (await MediaFile.WalkAsync(folder.File("video"), default))!.Packets.ShouldBe(video + audio);
        }
    }

    [Fact]
    public async Task Each_second_has_a_level_by_how_much_its_pictures_take()
    {
        var bytes = await TestVideo.FinishedWebmAsync();
        var walk = MediaWalk.For(bytes)!;
        walk.Feed(bytes);
        var line = new ActivityLine();
        await MediaFile.WalkAsync(new MemoryStream(bytes), line, default);
        line.Levels().Count.ShouldBe((int)(walk.Tracks.Find(t => t.Kind == TrackKind.Video)!.LastMs / 1000) + 1);
        line.Levels().ShouldContain(l => l > 0);

        var drawn = new ActivityLine();
        foreach (var (ms, size) in ((double, long)[])[(0, 900), (100, 900), (2500, 200), (4000, 1L << 40), (-1, 5000), (1e12, 5000), (double.NaN, 5000)]) drawn.Add(ms, size);
        drawn.Levels().ShouldBe([1, 0, 0, 0, 9]);
        var none = new ActivityLine();
        await MediaFile.WalkAsync(new MemoryStream([1, 2, 3]), none, default);
        none.Levels().ShouldBeEmpty();
    }

    [Fact]
    public async Task Clusters_without_a_size_are_walked_like_those_with_one()
    {
        var bytes = await TestVideo.WebmAsync();
        var known = new EbmlWalk();
        known.Feed(bytes);
        // As Chromium writes them (reference §3.1).
        for (var at = 0; (at = bytes.AsSpan(at).IndexOf((byte[])[0x1f, 0x43, 0xb6, 0x75]) is var i and >= 0 ? at + i : -1) >= 0; at += 4)
        {
            if (bytes[at + 4] != 0x01) continue;
            bytes.AsSpan(at + 5, 7).Fill(0xff);
        }

        var walk = new EbmlWalk();
        walk.Feed(bytes);
        (walk.Packets, walk.Breaks, walk.LastMs).ShouldBe((known.Packets, 0, known.LastMs));
    }

    [Fact]
    public async Task Whatever_is_fed_it_ends_and_keeps_little()
    {
        var random = new Random(5);
        foreach (var whole in (byte[][])[await TestVideo.WebmAsync(), await TestVideo.FragmentedMp4Async()])
        {
            for (var round = 0; round < 300; round++)
            {
                var bytes = (byte[])whole.Clone();
                for (var hits = random.Next(1, 40); hits > 0; hits--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                var walk = MediaWalk.For(whole)!;
                walk.Feed(bytes.AsSpan(random.Next(40)));
                walk.Tracks.Count.ShouldBeLessThan(1000);
            }

            var noise = new byte[200_000];
            random.NextBytes(noise);
            MediaWalk.For(whole)!.Feed(noise);
        }
    }

    [Fact]
    public async Task A_hole_between_chunks_and_time_that_goes_back_are_seen()
    {
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 12);
        Walk(chunks).IsDamaged.ShouldBeFalse();
        Walk([.. chunks[..5], .. chunks[7..]]).IsDamaged.ShouldBeTrue();
        Walk([.. chunks[..5], chunks[6], chunks[5], .. chunks[7..]]).IsDamaged.ShouldBeTrue();
        Walk([.. chunks[..5], chunks[5], chunks[5], .. chunks[6..]]).IsDamaged.ShouldBeTrue();
        Walk([.. chunks[..5], new byte[10_000], .. chunks[5..]]).IsDamaged.ShouldBeTrue();
    }

    [Theory]
    [InlineData("1a45dfa3", ContainerKind.Undecided)]
    [InlineData("1a45", ContainerKind.Undecided)]
    [InlineData("", ContainerKind.Undecided)]
    [InlineData("1a45dfa38842828477656", ContainerKind.Ebml)]
    [InlineData("1a45dfa388428284776562", ContainerKind.Ebml)]
    [InlineData("1a45dfa38842828478787878ec", ContainerKind.Unknown)]
    [InlineData("1a45dfa3ff", ContainerKind.Unknown)]
    [InlineData("000000186674797069736f6d", ContainerKind.Mp4)]
    [InlineData("00000018667479", ContainerKind.Undecided)]
    [InlineData("000001b3", ContainerKind.Undecided)]
    [InlineData("000001ba44000400", ContainerKind.Unknown)]
    [InlineData("7f454c46", ContainerKind.Unknown)]
    public void Containers_are_told_by_their_first_bytes(string hex, object kind) =>
        Container.Of(Convert.FromHexString(hex.Length % 2 == 0 ? hex : hex[..^1])).ShouldBe((ContainerKind)kind);

    private static EbmlWalk Walk(IEnumerable<byte[]> chunks)
    {
        var walk = new EbmlWalk();
        foreach (var chunk in chunks)
        {
            walk.Feed(chunk);
            walk.Boundary();
        }

        return walk;
    }
}
