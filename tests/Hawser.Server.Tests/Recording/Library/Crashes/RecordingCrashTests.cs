using Hawser.Cluster;
using Hawser.Data.Recordings;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library.Crashes;

/// <summary>
/// What a process that is gone may have left, state by state (reference §4.4); real kills, which meet some of them by
/// chance, are in <see cref="RecordingFaultTests"/> and below.
/// </summary>
public class RecordingCrashTests
{
    private const string Loose = "0123456789ab-0199a1f05b7e7c3d9f00aabbccddeeff";

    [Fact]
    public async Task C45_a_process_may_end_between_any_two_steps_of_a_chunk()
    {
        using var folder = new TemporaryFolder();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 6);
        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await rig.SendAsync(chunks[..2]);
            // Half written.
            await File.WriteAllBytesAsync(rig.FileOf(Loose + StoredNames.LooseEnd), chunks[2][..10]);
            Age(rig.FileOf(Loose + StoredNames.LooseEnd));
        }

        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await Eventually.HoldsAsync(() => Directory.GetFiles(rig.FileOf(""), "*.tmp").Length == 0, "what was half done is gone");
            // A number was taken, nothing has it.
            await rig.Service<IChunkCounter>().NextAsync(LibraryRig.Id, default);
        }

        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            (await rig.AppendAsync(chunks[2])).Code.ShouldBeOk();
            await PublishAsync(rig, LibraryRig.Id, chunks[3]);
        }

        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await TakenInAsync(rig, chunks: 4);
            var highest = (await rig.IndexesAsync())[^1];
            (await rig.AppendAsync(chunks[4])).Index.ShouldBe(highest + 1);
            (await rig.AppendAsync(chunks[5])).Index.ShouldBe(highest + 2);
            var end = await rig.StopAsync(chunks: 6);
            (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
            (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
        }
    }

    [Fact]
    public async Task C45_C19_a_client_with_numbers_repeats_what_it_was_not_answered_and_nothing_is_there_twice()
    {
        using var folder = new TemporaryFolder();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await rig.StartAsync();
            // The row is there, the answer was not sent; of the next one only the file is there.
            for (var i = 0; i < 2; i++) (await rig.AppendAsync(chunks[i], seq: i)).Code.ShouldBeOk();
            await PublishAsync(rig, LibraryRig.Id, chunks[2]);
        }

        await using var again = await LibraryRig.StartAsync(folder: folder.Path);
        (await again.StartAsync()).NextSeq.ShouldBe(2);
        (await again.AppendAsync(chunks[1], seq: 1)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 1, Duplicate = true });
        for (var i = 2; i < 4; i++) (await again.AppendAsync(chunks[i], seq: i)).Code.ShouldBeOk();
        var end = await again.StopAsync(chunks: 4);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(again.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C45_C19_a_first_chunk_with_a_number_that_has_a_file_and_no_row_is_known_again()
    {
        using var folder = new TemporaryFolder();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await rig.StartAsync();
            await PublishAsync(rig, LibraryRig.Id, chunks[0]);
        }

        await using var again = await LibraryRig.StartAsync(folder: folder.Path);
        await TakenInAsync(again, chunks: 1);
        (await again.StartAsync()).NextSeq.ShouldBeNull("whether there is a number is not known");
        (await again.AppendAsync(chunks[0], seq: 0)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 0, Duplicate = true });
        (await again.AppendAsync(chunks[0], seq: 0)).Duplicate.ShouldBeTrue("from now on by its number");
        (await again.AppendAsync(chunks[1], seq: 0)).Code.ShouldBe(RecordCode.SeqConflict);
        for (var i = 1; i < 4; i++) (await again.AppendAsync(chunks[i], seq: i)).Code.ShouldBeOk();
        (await again.IndexesAsync()).Length.ShouldBe(4, "nothing is there twice");
        var end = await again.StopAsync(chunks: 4);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(again.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    // With two crashes the second is found when the first was taken in already.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task C45_C19_several_first_chunks_of_the_same_bytes_each_become_one_number(int crashes)
    {
        using var folder = new TemporaryFolder();
        for (var crash = 0; crash < crashes; crash++)
        {
            await using var rig = await LibraryRig.StartAsync(o => o.Finish = false, folder.Path);
            if (crash == 0) await rig.StartAsync();
            else await TakenInAsync(rig, chunks: 1);
            for (var i = 0; i < 2 / crashes; i++) await PublishAsync(rig, LibraryRig.Id, KilledRecorder.Head);
        }

        await using var again = await LibraryRig.StartAsync(o => o.Finish = false, folder.Path);
        await TakenInAsync(again, chunks: 2);
        await again.StartAsync();
        (await again.AppendAsync(KilledRecorder.Head, seq: 1)).Index.ShouldBe(0);
        (await again.AppendAsync(KilledRecorder.Head, seq: 0)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 1, Duplicate = true });
        (await again.AppendAsync(KilledRecorder.Head, seq: 2)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 2 }, "there is no third");
    }

    [Fact]
    public async Task C54_as_many_begin_at_once_as_may_be_open_and_no_more()
    {
        await using var rig = await LibraryRig.StartAsync(o => (o.MaxOpen, o.MaxOwnerOpen, o.MaxOwnerStarts) = (7, 5, 1000));
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            rig.StartAsync($"r{i}", i % 2 == 0 ? LibraryRig.Ann : LibraryRig.Ben)));
        answers.Count(a => a.Code == RecordCode.Ok).ShouldBe(7);
        answers.Where((_, i) => i % 2 == 0).Count(a => a.Code == RecordCode.Ok).ShouldBeInRange(2, 5);
        answers.ShouldAllBe(a => a.Code == RecordCode.Ok || a.Code == RecordCode.QuotaExceeded);
    }

    [Fact]
    public async Task A_chunk_that_comes_when_its_recording_is_closed_leaves_no_file()
    {
        await using var rig = await LibraryRig.StartAsync(o => o.Finish = false);
        await rig.SendAsync([KilledRecorder.Head]);
        // Another node closes it after this one has looked.
        await rig.ChangeRowAsync(r => (r.Status, r.Stopped) = (RecordingStatus.Finalising, true));
        (await rig.AppendAsync([1, 2, 3])).Code.ShouldBe(RecordCode.Finished);
        (await rig.IndexesAsync()).ShouldBe([0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C46_a_process_may_end_before_and_after_the_final_name(bool renamed)
    {
        using var folder = new TemporaryFolder();
        await using (var rig = await LibraryRig.StartAsync(o => o.KeepChunks = true, folder.Path))
        {
            (await rig.RecordAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 4))).Code.ShouldBeOk();
        }

        await using (var rig = await LibraryRig.StartAsync(o => (o.KeepChunks, o.Finish) = (true, false), folder.Path))
        {
            // As it was before the row was written.
            await rig.ChangeRowAsync(r =>
            {
                (r.Status, r.FinalName, r.FinalSize, r.MimeType, r.FinishedAt) = (RecordingStatus.Finalising, "", 0, "", null);
                (r.Finisher, r.FinisherUntil, r.Progress) = ("gone", r.UpdatedAt.AddSeconds(TestDatabase.IsPostgres ? -1 : 50), 99);
            });
            var loose = rig.FileOf($"{Loose}.webm{StoredNames.LooseEnd}");
            if (!renamed) File.Move(rig.FileOf("final.webm"), loose);
            if (!renamed) Age(loose);
            (await rig.ViewAsync()).State.ShouldBe(RecordState.Finalising);
            (await rig.Recordings.OpenAsync(LibraryRig.Ann, LibraryRig.Id, RecordPart.Final, default)).ShouldBeNull("not before its row says so");
        }

        await using var again = await LibraryRig.StartAsync(o => o.KeepChunks = true, folder.Path);
        await IsWholeAsync(again);
    }

    [Fact]
    public async Task C46_a_process_that_is_killed_at_the_moment_of_the_final_name()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("source");
        await File.WriteAllBytesAsync(source, await TestVideo.WebmAsync());
        var final = Path.Combine(folder.Path, "recordings", LibraryRig.Id, "final.webm");
        using (var child = KilledRecorder.Finish(folder.Path, source, "ffmpeg"))
        {
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
                // Without a pause, because the row follows at once.
                await Task.Run(() => SpinWait.SpinUntil(() => File.Exists(final) || limit.IsCancellationRequested), TestContext.Current.CancellationToken);
            }
            finally
            {
                child.Kill(entireProcessTree: true);
                await child.WaitForExitAsync();
            }
        }

        File.Exists(final).ShouldBeTrue();
        await using var server = await TestHawser.StartAsync(KilledRecorder.Configure, folder: folder.Path);
        var recordings = server.Node.Services!.GetRequiredService<Recordings>();
        var end = await recordings.StopAsync(RecordCaller.Anonymous, LibraryRig.Id, null, default).WaitAsync(TimeSpan.FromSeconds(120));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(final)).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C28_an_FFmpeg_that_takes_its_time_delays_no_other_recordings_chunks()
    {
        using var folder = new TemporaryFolder();
        var script = folder.File("slow");
        await File.WriteAllTextAsync(script, "#!/bin/bash\ntouch ../../began; sleep 600\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var rig = await LibraryRig.StartAsync(o => o.Ffmpeg = script, folder.Path);
        await rig.SendAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 2), "slow");
        using var leaving = new CancellationTokenSource();
        var slow = rig.Recordings.StopAsync(LibraryRig.Ann, "slow", 2, leaving.Token);
        await Eventually.HoldsAsync(() => File.Exists(folder.File("began")), "FFmpeg began", 60);
        await rig.SendAsync([KilledRecorder.Head, .. Enumerable.Range(0, 20).Select(i => new[] { (byte)i })], "other");
        (await rig.ViewAsync("slow")).State.ShouldBe(RecordState.Finalising);
        slow.IsCompleted.ShouldBeFalse();
        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => slow);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task C13_what_a_recorder_gives_in_one_piece_with_length_and_index_keeps_both(int pieces)
    {
        await using var rig = await LibraryRig.StartAsync();
        using var folder = new TemporaryFolder();
        var bytes = await TestVideo.FinishedWebmAsync();
        await File.WriteAllBytesAsync(folder.File("one.webm"), bytes);
        var (video, _, seconds) = await TestVideo.ProbeAsync(folder.File("one.webm"));
        List<byte[]> chunks = [.. TestVideo.Cut(bytes, pieces), []];
        var end = await rig.RecordAsync(chunks);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        var final = await TestVideo.ProbeAsync(rig.FileOf("final.webm"));
        (final.Video, Math.Abs(final.Seconds - seconds) < 0.2).ShouldBe((video, true));
    }

    [Fact]
    public async Task C54_beginning_and_ending_without_end_is_refused_and_leaves_nothing_for_ever()
    {
        await using var rig = await LibraryRig.StartAsync(o => o.MaxOwnerStarts = 3);
        for (var i = 0; i < 3; i++)
        {
            (await rig.StartAsync($"r{i}")).Code.ShouldBeOk();
            (await rig.StopAsync($"r{i}", 0)).Code.ShouldBe(RecordCode.EmptyRecording);
        }

        (await rig.StartAsync("r3")).Code.ShouldBe(RecordCode.QuotaExceeded);
        (await rig.StartAsync("r3", LibraryRig.Ben)).Code.ShouldBeOk();
        await rig.ChangeRowAsync(r => r.FinishedAt = r.FinishedAt!.Value.AddDays(-8), "r0");
        await rig.SweepAsync();
        (await rig.RowAsync("r0")).ShouldBeNull();
        (await rig.ViewAsync("r1")).State.ShouldBe(RecordState.Failed);
    }

    [Fact]
    public async Task C32_who_is_gone_for_a_while_goes_on_where_it_was()
    {
        await using var rig = await LibraryRig.StartAsync();
        using (rig.Recordings.Attend(LibraryRig.Ann, LibraryRig.Id, _ => { })) await rig.SendAsync([KilledRecorder.Head, [1]]);
        // Eight seconds, and nearly ten minutes: the connection's end alone ends nothing.
        foreach (var seconds in (int[])[8, 590])
        {
            await rig.ChangeRowAsync(r => r.ActiveAt = r.ActiveAt.AddSeconds(-seconds));
            await rig.SweepAsync();
            (await rig.ViewAsync()).State.ShouldBe(RecordState.Recording);
            (await rig.AppendAsync([2])).Code.ShouldBeOk();
        }

        (await rig.IndexesAsync()).ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public async Task C45_what_a_process_left_a_moment_ago_is_taken_in_later_where_it_could_be_another_nodes()
    {
        using var folder = new TemporaryFolder();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await using (var rig = await LibraryRig.StartAsync(folder: folder.Path))
        {
            await rig.SendAsync(chunks[..2]);
            await PublishAsync(rig, LibraryRig.Id, chunks[2], isOld: false);
        }

        await using var again = await LibraryRig.StartAsync(folder: folder.Path);
        (await again.AppendAsync(chunks[3])).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 3 }, "its number is not given again");
        // A minute passes.
        Age(again.FileOf(StoredNames.Chunk(2)));
        await again.SweepAsync();
        await Eventually.HoldsAsync(() => again.RowAsync().GetAwaiter().GetResult()!.Chunks == 4, "what is old enough is taken in", 60);
        if (TestDatabase.IsPostgres)
        {
            // Another node goes, and no start of this one comes after it.
            await PublishAsync(again, LibraryRig.Id, []);
            await again.SweepAsync();
            (await again.RowAsync())!.Chunks.ShouldBe(5);
        }

        var end = await again.StopAsync();
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(again.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    /// <summary>
    /// The file with its number, and no row; left so long ago that it is no other node's, unless the test says so.
    /// </summary>
    private static async Task PublishAsync(LibraryRig rig, string id, byte[] chunk, bool isOld = true)
    {
        var before = Directory.GetFiles(rig.FileOf("", id));
        await using var prepared = await rig.Service<IRecordingStorage>().PrepareAsync(id, new(chunk), default);
        (await prepared.PublishAsync(await rig.Service<IChunkCounter>().NextAsync(id, default), default)).ShouldBeTrue();
        if (isOld) foreach (var file in Directory.GetFiles(rig.FileOf("", id)).Except(before)) Age(file);
    }

    private static Task TakenInAsync(LibraryRig rig, int chunks) => Eventually.IsAsync(
        () => rig.RowAsync().GetAwaiter().GetResult()!.Chunks, chunks, "what has a name is taken in", 60);

    /// <summary>What nodes share waits until no other node can be at it: a chunk for a minute, what has no name for an hour.</summary>
    private static void Age(string file) => File.SetLastWriteTimeUtc(
        file, File.GetLastWriteTimeUtc(file).AddMinutes(file.EndsWith(StoredNames.LooseEnd, StringComparison.Ordinal) ? -61 : -2));

    private static async Task IsWholeAsync(LibraryRig rig)
    {
        var end = await rig.StopAsync();
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
        Directory.GetFiles(rig.FileOf(""), "*.tmp").ShouldBeEmpty();
        Directory.GetFiles(rig.FileOf(""), "final*").Length.ShouldBe(1);
    }
}
