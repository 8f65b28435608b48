using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Media;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library;

/// <summary>Real recordings, finished by the real FFmpeg (reference §3, §5).</summary>
public class RecordingFinishTests
{
    [Fact]
    public async Task C11_C12_all_packets_are_in_the_final_file_where_concatenating_chunks_keeps_a_fraction()
    {
        await using var rig = await LibraryRig.StartAsync(o => (o.KeepChunks, o.Posters) = (true, true));
        var bytes = await TestVideo.WebmAsync();
        var chunks = TestVideo.Cut(bytes, 6);
        var end = await rig.RecordAsync(chunks);
        end.ShouldBe(new RecordEnd(LibraryRig.Id, RecordCode.Ok, "")
        {
            Key = "abc123/final.webm", Size = end.Size, DurationMs = end.DurationMs, Stopped = true,
        });
        var (video, audio, seconds) = await TestVideo.ProbeAsync(rig.FileOf("final.webm"));
        (video, audio).ShouldBe((150, await JoinedAudioAsync(bytes)));
        seconds.ShouldBeInRange(5.5, 6.5);
        var view = await rig.ViewAsync();
        (view.State, view.MimeType, view.Incomplete, view.Codec, view.Chunks).ShouldBe((RecordState.Ready, "video/webm", false, "vp8", 6));
        var walk = (await MediaFile.WalkAsync(rig.FileOf("final.webm"), default))!;
        (walk.HasIndex, walk.Packets, walk.Breaks).ShouldBe((true, video + audio, 0));

        // The wrong way, on the same chunks.
        await File.WriteAllTextAsync(rig.FileOf("list"), string.Concat(Enumerable.Range(0, 6).Select(i => $"file 'chunk-{i}.webm'\n")));
        await TestVideo.RunAsync(
            "ffmpeg", ["-v", "quiet", "-f", "concat", "-safe", "0", "-i", "list", "-c", "copy", "-f", "webm", "wrong.webm"], rig.FileOf(""));
        (await TestVideo.ProbeAsync(rig.FileOf("wrong.webm"))).Video.ShouldBeLessThan(75, "and it says that all is well");

        await Eventually.HoldsAsync(() => rig.ViewAsync().GetAwaiter().GetResult() is { HasPoster: true, HasPreview: true }, "poster and preview", 60);
        await using var poster = (await rig.Recordings.OpenAsync(LibraryRig.Ann, LibraryRig.Id, RecordPart.Poster, default))!.Content;
        (poster.ReadByte(), poster.ReadByte()).ShouldBe((0xff, 0xd8));
        (await TestVideo.ProbeAsync(rig.FileOf("preview.webm"))).Video.ShouldBeInRange(2, 12);
    }

    [Fact]
    public async Task C13_an_empty_chunk_takes_an_index_and_does_no_harm()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        chunks.Insert(0, []);
        chunks.Insert(3, []);
        (await rig.RecordAsync(chunks)).Code.ShouldBeOk();
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C16_fragmented_mp4_becomes_webm()
    {
        await using var rig = await LibraryRig.StartAsync();
        var bytes = await TestVideo.FragmentedMp4Async();
        var end = await rig.RecordAsync(TestVideo.Cut(bytes, 5));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(100);
        (await rig.ViewAsync()).MimeType.ShouldBe("video/webm");
    }

    [Fact]
    public async Task H264_is_kept_as_matroska_and_its_type_says_so()
    {
        await using var rig = await LibraryRig.StartAsync();
        var end = await rig.RecordAsync(TestVideo.Cut(await TestVideo.H264Async(), 5));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        var view = await rig.ViewAsync();
        (view.MimeType, view.Codec, view.Key).ShouldBe(("video/x-matroska", "h264", "abc123/final.webm"));
    }

    [Fact]
    public async Task C29_1200_chunks_are_joined_in_the_order_of_their_numbers()
    {
        await using var rig = await LibraryRig.StartAsync();
        var end = await rig.RecordAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 1200));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
        (await rig.RowAsync())!.ChunksDeletedAt.ShouldNotBeNull();
        await Eventually.HoldsAsync(() => rig.IndexesAsync().GetAwaiter().GetResult().Length == 0, "chunks are deleted");
    }

    [Fact]
    public async Task C19_with_numbers_of_its_own_a_client_may_send_in_any_order()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 6);
        await rig.StartAsync();
        int[] order = [0, 2, 1, 4, 3, 5];
        foreach (var at in order) (await rig.AppendAsync(chunks[at], seq: at)).Code.ShouldBeOk();
        var again = await rig.AppendAsync(chunks[4], seq: 4);
        (again.Code, again.Index, again.Duplicate).ShouldBe((RecordCode.Ok, 3, true));
        var end = await rig.StopAsync(chunks: 6);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C49_a_page_that_was_loaded_again_makes_one_file_of_twice_the_length()
    {
        await using var rig = await LibraryRig.StartAsync();
        var bytes = await TestVideo.WebmAsync();
        var end = await rig.RecordAsync([.. TestVideo.Cut(bytes, 3), .. TestVideo.Cut(bytes, 4)]);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        var (video, _, seconds) = await TestVideo.ProbeAsync(rig.FileOf("final.webm"));
        video.ShouldBe(300);
        seconds.ShouldBeInRange(11.5, 12.5);
    }

    [Fact]
    public async Task Runs_of_different_sizes_are_made_alike()
    {
        await using var rig = await LibraryRig.StartAsync();
        var end = await rig.RecordAsync(
            [.. TestVideo.Cut(await TestVideo.WebmAsync(), 3), .. TestVideo.Cut(await TestVideo.WebmAsync(3, 320, sound: false), 2)]);
        end.Code.ShouldBe(RecordCode.Ok, end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Seconds.ShouldBeInRange(8, 10);
    }

    [Fact]
    public async Task C50_what_was_lost_in_the_middle_is_told_and_its_chunks_are_kept()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 6);
        chunks.RemoveAt(3);
        var end = await rig.RecordAsync(chunks);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, true), end.Text);
        var (video, _, seconds) = await TestVideo.ProbeAsync(rig.FileOf("final.webm"));
        video.ShouldBeInRange(60, 145);
        seconds.ShouldBeInRange(5.5, 6.5);
        (await rig.IndexesAsync()).Length.ShouldBe(5);
    }

    [Fact]
    public async Task A_first_chunk_that_is_missing_fails_with_a_reason_and_keeps_what_there_is()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await rig.SendAsync(chunks);
        File.Delete(rig.FileOf("chunk-0.webm"));
        var end = await rig.StopAsync(chunks: 4);
        end.Code.ShouldBe(RecordCode.MissingChunks);
        var view = await rig.ViewAsync();
        (view.State, view.Reason).ShouldBe((RecordState.Failed, "The first chunk is missing or broken."));
        (await rig.IndexesAsync()).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task C43_ready_is_told_only_when_the_whole_file_is_there()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.SendAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 4));
        var stopping = rig.StopAsync(chunks: 4);
        RecordView view;
        RecordFile? early;
        do
        {
            // In this order: what can be opened was ready before.
            early = await rig.Recordings.OpenAsync(LibraryRig.Ann, LibraryRig.Id, RecordPart.Final, default);
            view = await rig.ViewAsync();
            if (early is null) continue;
            await early.Content.DisposeAsync();
            (view.State, early.Length).ShouldBe((RecordState.Ready, view.Size));
        }
        while (view.State is not (RecordState.Ready or RecordState.Failed));
        var file = (await rig.Recordings.OpenAsync(LibraryRig.Ann, LibraryRig.Id, RecordPart.Final, default))!;
        await using (file.Content)
        {
            file.Length.ShouldBe(view.Size);
            (file.ContentType, file.Name).ShouldBe(("video/webm", "abc123-final.webm"));
        }

        (await stopping).Size.ShouldBe(view.Size);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C62_an_upload_that_is_complete_is_ready_as_it_is()
    {
        const string name = "incoming_771200345_20261121093000123_display0_vp9.webm";
        await using var rig = await RecordingRig.StartAsync(o => (o.Finish, o.Posters) = (true, false));
        var bytes = await TestVideo.FinishedWebmAsync();
        await rig.StartAsync();
        // The header comes last.
        var part = (byte[])bytes.Clone();
        part.AsSpan(0, 500).Clear();
        await rig.PartAsync(0, part);
        (await rig.TailAsync(bytes[..500])).ToString().ShouldBe("200 ");
        await Eventually.HoldsAsync(() => rig.RowAsync().GetAwaiter().GetResult()!.Status == RecordingStatus.Ready, "ready", 60);
        var row = (await rig.RowAsync())!;
        (row.FinalName, row.FinalSize, row.MimeType, row.Incomplete).ShouldBe(("final.webm", bytes.Length, "video/webm", false));
        row.DurationMs!.Value.ShouldBeInRange(3900, 4100);
        (await File.ReadAllBytesAsync(rig.FileOf("final.webm"))).ShouldBe(bytes);
        await Eventually.HoldsAsync(() => !File.Exists(rig.FileOf("source.webm", name)), "the source is gone");
    }

    [Fact]
    public async Task C62_an_upload_without_its_header_is_remuxed_and_nonsense_fails()
    {
        const string other = "incoming_771200345_20261121093000124_display0_vp9.webm";
        const string movie = "incoming_771200345_20261121093000125_display0_h264.mp4";
        await using var rig = await RecordingRig.StartAsync(o => (o.Finish, o.Posters) = (true, false));
        var stream = await TestVideo.WebmAsync();
        await rig.StartAsync();
        await rig.PartAsync(0, stream);
        await rig.TailAsync(stream[..100]);
        await rig.StartAsync(other);
        await rig.PartAsync(0, new byte[5000], other);
        await rig.TailAsync([1, 2, 3], other);
        await rig.StartAsync(movie);
        await rig.PartAsync(0, await TestVideo.FinishedMp4Async(), movie);
        await rig.TailAsync([], movie);
        await Eventually.HoldsAsync(() => rig.RowAsync().GetAwaiter().GetResult()!.Status == RecordingStatus.Ready, "ready", 60);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
        await Eventually.HoldsAsync(() => rig.RowAsync(other).GetAwaiter().GetResult()!.Status == RecordingStatus.Failed, "failed", 60);
        (await rig.RowAsync(other))!.ReasonCode.ShouldBe("unsupported_media");
        await Eventually.HoldsAsync(() => rig.RowAsync(movie).GetAwaiter().GetResult()!.Status == RecordingStatus.Ready, "mp4", 60);
        var row = (await rig.RowAsync(movie))!;
        (row.FinalName, row.MimeType, row.Incomplete).ShouldBe(("final.mp4", "video/mp4", false));
    }

    private static async Task<int> JoinedAudioAsync(byte[] bytes)
    {
        using var folder = new Options.TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("joined.webm"), bytes);
        return (await TestVideo.ProbeAsync(folder.File("joined.webm"))).Audio;
    }
}
