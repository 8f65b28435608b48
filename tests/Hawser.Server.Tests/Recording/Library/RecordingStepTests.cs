using System.Security.Cryptography;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.Server.Tests.Options;
using Hawser.Server.Tests.Program;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library;

/// <summary>Which step may follow which, and what is told (reference §1.5–1.9).</summary>
public class RecordingStepTests
{
    [Fact]
    public async Task C24_a_start_resets_nothing()
    {
        await using var rig = await LibraryRig.StartAsync();
        (await rig.StartAsync()).ShouldBe(new StartAnswer(RecordCode.Ok));
        (await rig.AppendAsync(Head())).Index.ShouldBe(0);
        (await rig.AppendAsync([2])).Index.ShouldBe(1);
        (await rig.StartAsync()).ShouldBe(new StartAnswer(RecordCode.Ok) { Resumed = true, NextIndex = 2 });
        (await rig.AppendAsync([3])).Index.ShouldBe(2);
        (await rig.IndexesAsync()).ShouldBe([0, 1, 2]);
        (await File.ReadAllBytesAsync(rig.FileOf("chunk-0.webm"))).ShouldBe(Head());
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(rig.FileOf("chunk-0.webm")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task C23_a_chunk_without_a_start_leaves_no_trace()
    {
        await using var rig = await LibraryRig.StartAsync();
        (await rig.AppendAsync(Head())).Code.ShouldBe(RecordCode.NotStarted);
        Directory.Exists(rig.FileOf("")).ShouldBeFalse();
        (await rig.RowAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a:b")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("a..b")]
    [InlineData("a.")]
    [InlineData(".hidden")]
    [InlineData("a\0")]
    [InlineData("\ud800")]
    [InlineData("ä")]
    public async Task C38_ids_that_mean_something_to_a_file_system_are_none(string? id)
    {
        await using var rig = await LibraryRig.StartAsync();
        (await rig.Recordings.StartAsync(LibraryRig.Ann, id, default)).Code.ShouldBe(RecordCode.BadRecordId);
        (await rig.Recordings.AppendAsync(LibraryRig.Ann, id, default, null, null, default)).Code.ShouldBe(RecordCode.BadRecordId);
        (await rig.Recordings.StopAsync(LibraryRig.Ann, id, null, default)).Code.ShouldBe(RecordCode.BadRecordId);
        (await rig.Recordings.ViewAsync(LibraryRig.Ann, id, default)).State.ShouldBe(RecordState.NotFound);
        Directory.Exists(rig.Root).ShouldBeFalse();
    }

    [Fact]
    public void Ids_are_as_long_as_they_may_be()
    {
        RecordId.IsValid(new string('a', 128)).ShouldBeTrue();
        RecordId.IsValid(new string('a', 129)).ShouldBeFalse();
        RecordId.IsValid("incoming_123_20261121093000123_display0_vp9.webm").ShouldBeTrue();
        RecordId.IsValid("0199a1f0-5b7e-7c3d-9f00-aabbccddeeff").ShouldBeTrue();
    }

    [Fact]
    public async Task C55_C44_a_recording_is_its_owners()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.SendAsync([Head()]);
        (await rig.StartAsync(caller: LibraryRig.Ben)).Code.ShouldBe(RecordCode.Forbidden);
        (await rig.AppendAsync([1], caller: LibraryRig.Ben)).Code.ShouldBe(RecordCode.NotStarted);
        (await rig.StopAsync(caller: LibraryRig.Ben)).Code.ShouldBe(RecordCode.NotStarted);
        (await rig.ViewAsync(caller: LibraryRig.Ben)).ShouldBe(new RecordView(LibraryRig.Id, RecordState.NotFound));
        (await rig.Recordings.DeleteAsync(LibraryRig.Ben, LibraryRig.Id, default)).ShouldBe(RecordCode.NotStarted);
        (await rig.Recordings.ListAsync(LibraryRig.Ben, new RecordQuery(), default)).Total.ShouldBe(0);
        var viewer = LibraryRig.Ann with { Rights = RecordRights.View };
        (await rig.AppendAsync([1], caller: viewer)).Code.ShouldBe(RecordCode.Forbidden);
        (await rig.ViewAsync(caller: viewer)).State.ShouldBe(RecordState.Recording);
        var all = LibraryRig.Ben with { Rights = RecordRights.View | RecordRights.Manage | RecordRights.Everybodys };
        (await rig.ViewAsync(caller: all)).Chunks.ShouldBe(1);
        (await rig.Recordings.ListAsync(all, new RecordQuery(), default)).Items.ShouldHaveSingleItem().RecordId.ShouldBe(LibraryRig.Id);
        (await rig.AppendAsync([1], caller: all with { Rights = all.Rights | RecordRights.Record })).Code.ShouldBe(RecordCode.NotStarted);
        (await rig.Recordings.DeleteAsync(all, LibraryRig.Id, default)).ShouldBe(RecordCode.Ok);
        (await rig.RowAsync()).ShouldBeNull();
        Directory.Exists(rig.FileOf("")).ShouldBeFalse();
        (await rig.AppendAsync([1])).Code.ShouldBe(RecordCode.NotStarted);
    }

    [Fact]
    public async Task C20_a_number_stands_for_the_same_bytes_for_ever()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.StartAsync();
        (await rig.AppendAsync(Head(), seq: 0)).Code.ShouldBeOk();
        (await rig.AppendAsync([1, 2], seq: 7)).Index.ShouldBe(1);
        (await rig.AppendAsync([1, 3], seq: 7)).Code.ShouldBe(RecordCode.SeqConflict);
        (await rig.AppendAsync([1, 2, 3], seq: 7)).Code.ShouldBe(RecordCode.SeqConflict);
        (await rig.AppendAsync([1, 2], seq: 7)).ShouldBe(new AppendAnswer(RecordCode.Ok) { Index = 1, Duplicate = true });
        (await rig.AppendAsync([1], seq: -1)).Code.ShouldBe(RecordCode.BadRequest);
        (await rig.StartAsync()).NextSeq.ShouldBe(8);
        (await rig.IndexesAsync()).ShouldBe([0, 1]);
    }

    [Fact]
    public async Task A_checksum_is_compared_before_an_index_is_used()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.StartAsync();
        (await rig.AppendAsync(Head(), checksum: new string('0', 64))).Code.ShouldBe(RecordCode.BadChecksum);
        (await rig.AppendAsync(Head(), checksum: Convert.ToHexStringLower(SHA256.HashData(Head())))).Index.ShouldBe(0);
    }

    [Fact]
    public async Task C33_a_stop_of_nothing()
    {
        await using var rig = await LibraryRig.StartAsync();
        (await rig.StopAsync()).Code.ShouldBe(RecordCode.NotStarted);
        await rig.StartAsync();
        (await rig.StopAsync()).Code.ShouldBe(RecordCode.EmptyRecording);
        (await rig.ViewAsync()).State.ShouldBe(RecordState.Failed);
        (await rig.StopAsync()).Code.ShouldBe(RecordCode.EmptyRecording);
        (await rig.StartAsync()).Code.ShouldBe(RecordCode.Finished);
        (await rig.AppendAsync(Head())).Code.ShouldBe(RecordCode.Finished);
    }

    [Fact]
    public async Task C10_the_last_chunk_comes_after_the_stop()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await rig.SendAsync(chunks[..3]);
        // Its header has come, its bytes take their time: longer than the window for late chunks.
        var arriving = rig.Recordings.Arriving(LibraryRig.Ann, LibraryRig.Id);
        var stopping = rig.StopAsync();
        await Eventually.HoldsAsync(() => rig.ViewAsync().GetAwaiter().GetResult().State == RecordState.Stopping, "stopping");
        await Task.Delay(TimeSpan.FromSeconds(1.5), TimeProvider.System);
        (await rig.StartAsync()).Code.ShouldBe(RecordCode.Busy);
        (await rig.AppendAsync(chunks[3])).Index.ShouldBe(3);
        arriving.Dispose();
        var end = await stopping;
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
        (await rig.AppendAsync([1])).Code.ShouldBe(RecordCode.Finished);
        (await rig.StartAsync()).Code.ShouldBe(RecordCode.Finished);
    }

    [Fact]
    public async Task Strangers_hold_up_nothing_and_are_told_nothing()
    {
        await using var rig = await LibraryRig.StartAsync();
        var told = 0;
        await rig.SendAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 3));
        using var arriving = rig.Recordings.Arriving(LibraryRig.Ben, LibraryRig.Id);
        using var attending = rig.Recordings.Attend(LibraryRig.Ben, LibraryRig.Id, _ => Interlocked.Increment(ref told));
        (await rig.StopAsync()).Code.ShouldBeOk();
        await rig.Service<RecordEnds>().LookAsync(all: true, default);
        told.ShouldBe(0);
        await rig.SendAsync([Head()], "idle");
        await rig.ChangeRowAsync(r => r.ActiveAt = r.ActiveAt.AddMinutes(-11), "idle");
        using var idle = rig.Recordings.Attend(LibraryRig.Ben, "idle", _ => { });
        await rig.SweepAsync();
        (await rig.ViewAsync("idle")).State.ShouldNotBe(RecordState.Recording);
    }

    [Fact]
    public async Task A_stop_that_tells_how_many_chunks_were_sent_waits_for_the_last()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await rig.SendAsync(chunks[..3]);
        var stopping = rig.StopAsync(chunks: 4);
        await Eventually.HoldsAsync(() => rig.ViewAsync().GetAwaiter().GetResult().State == RecordState.Stopping, "stopping");
        (await rig.AppendAsync(chunks[3])).Index.ShouldBe(3);
        (await stopping).Code.ShouldBeOk();
        (await rig.RowAsync())!.Chunks.ShouldBe(4);
    }

    [Fact]
    public async Task C30_however_often_it_is_stopped_it_is_finished_once_and_everybody_is_told()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        try
        {
            DateTime? finished;
            await using (var rig = await LibraryRig.StartAsync(folder: folder))
            {
                var told = new List<RecordEnd>();
                await rig.SendAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 3));
                using var attending = rig.Recordings.Attend(LibraryRig.Ann, LibraryRig.Id, told.Add);
                var ends = await Task.WhenAll(rig.StopAsync(), rig.StopAsync(), rig.StopAsync(chunks: 3));
                foreach (var end in ends) end.Code.ShouldBe(RecordCode.Ok, end.Text);
                await Eventually.HoldsAsync(() => told.Count == 1, "who attends is told");
                finished = (await rig.RowAsync())!.FinishedAt;
                (await rig.StopAsync()).Code.ShouldBe(RecordCode.Ok);
                (await rig.RowAsync())!.FinishedAt.ShouldBe(finished);
                told.Count.ShouldBe(1);
            }

            await using var again = await LibraryRig.StartAsync(folder: folder);
            (await again.StopAsync()).Code.ShouldBe(RecordCode.Ok);
            (await again.RowAsync())!.FinishedAt.ShouldBe(finished);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task C14_C31_what_fell_silent_is_finished_and_goes_on_when_its_owner_does()
    {
        await using var rig = await LibraryRig.StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await rig.SendAsync(chunks[..2]);
        await rig.ChangeRowAsync(r => r.ActiveAt = r.ActiveAt.AddMinutes(-11));
        // C14, C32: as long as a connection uses it, silence means nothing.
        using (rig.Recordings.Attend(LibraryRig.Ann, LibraryRig.Id, _ => { }))
        {
            await rig.SweepAsync();
            (await rig.ViewAsync()).State.ShouldBe(RecordState.Recording);
        }

        await rig.ChangeRowAsync(r => r.ActiveAt = r.ActiveAt.AddMinutes(-11));
        await rig.SweepAsync();
        await Eventually.HoldsAsync(() => rig.ViewAsync().GetAwaiter().GetResult().State == RecordState.Ready, "ready", 60);
        (await rig.ViewAsync()).Incomplete.ShouldBeTrue();
        var first = await TestVideo.ProbeAsync(rig.FileOf("final.webm"));
        (await rig.AppendAsync(chunks[2])).Index.ShouldBe(2);
        (await rig.ViewAsync()).State.ShouldBe(RecordState.Recording);
        var old = (await rig.Recordings.OpenAsync(LibraryRig.Ann, LibraryRig.Id, RecordPart.Final, default))!;
        await old.Content.DisposeAsync();
        (await rig.StartAsync()).Resumed.ShouldBeTrue();
        (await rig.AppendAsync(chunks[3])).Index.ShouldBe(3);
        var end = await rig.StopAsync(chunks: 4);
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        first.Video.ShouldBeLessThan(150);
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task What_was_started_and_left_without_a_chunk_goes_away()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.StartAsync();
        await rig.ChangeRowAsync(r => r.ActiveAt = r.ActiveAt.AddMinutes(-11));
        await rig.SweepAsync();
        (await rig.RowAsync()).ShouldBeNull();
        Directory.Exists(rig.FileOf("")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("#EXTM3U\nfile:///etc/passwd")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd")]
    [InlineData("\u007fELF")]
    [InlineData("RIFFxxxxWEBP")]
    [InlineData("\0\0\0\u0018xxxx")]
    public async Task C48_what_is_no_recording_is_refused_and_a_proper_beginning_may_follow(string text)
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.StartAsync();
        (await rig.AppendAsync(System.Text.Encoding.Latin1.GetBytes(text))).Code.ShouldBe(RecordCode.UnsupportedMedia);
        (await rig.AppendAsync(Head())).Index.ShouldBe(0);
    }

    [Fact]
    public async Task C54_limits_refuse_and_what_is_there_can_be_finished()
    {
        await using var rig = await LibraryRig.StartAsync(o => (o.MaxChunks, o.MaxRecording, o.MaxChunk, o.MaxOwnerOpen) = (10, 1, 1, 2));
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 10);
        await rig.StartAsync();
        (await rig.AppendAsync(new byte[(1 << 20) + 1])).Code.ShouldBe(RecordCode.ChunkTooLarge);
        for (var i = 0; i < 10; i++)
        {
            var answer = await rig.AppendAsync(chunks[i]);
            (answer.Code, answer.Index, answer.Warning).ShouldBe((RecordCode.Ok, i, i == 8 ? RecordCode.TooManyChunks : null));
        }

        (await rig.AppendAsync([1])).Code.ShouldBe(RecordCode.TooManyChunks);
        await rig.StartAsync("b");
        (await rig.AppendAsync(Head(), "b")).Code.ShouldBeOk();
        (await rig.AppendAsync(new byte[1 << 20], "b")).Code.ShouldBe(RecordCode.RecordingTooLarge);
        (await rig.StartAsync("c")).Code.ShouldBe(RecordCode.QuotaExceeded);
        (await rig.StartAsync("c", LibraryRig.Ben)).Code.ShouldBeOk();
        await rig.ChangeRowAsync(r => r.CreatedAt = r.CreatedAt.AddHours(-13), "b");
        await rig.StartAsync("b");
        (await rig.AppendAsync([1], "b")).Code.ShouldBe(RecordCode.TooLong);
        (await rig.StopAsync()).Code.ShouldBeOk();
        (await TestVideo.ProbeAsync(rig.FileOf("final.webm"))).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C54_an_owner_has_so_many_bytes()
    {
        await using var rig = await LibraryRig.StartAsync(o => o.MaxOwner = 1);
        await rig.SendAsync([Head()]);
        (await rig.AppendAsync(new byte[900_000])).Code.ShouldBeOk();
        (await rig.AppendAsync(new byte[200_000])).Code.ShouldBe(RecordCode.QuotaExceeded);
        (await rig.StartAsync("x", LibraryRig.Ben)).Code.ShouldBeOk();
        (await rig.AppendAsync(Head(), "x", LibraryRig.Ben)).Code.ShouldBeOk();
    }

    [Fact]
    public async Task C53_a_full_disk_refuses_chunks_and_what_waits_is_finished_when_there_is_room()
    {
        using var folder = new TemporaryFolder();
        using var disk = new TinyDisk(folder.File("disk"), 1000);
        await using var rig = await LibraryRig.StartAsync(o => o.Folder = disk.Path);
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await rig.SendAsync(chunks[..3]);
        disk.Fill(free: 2);
        (await rig.AppendAsync(chunks[3])).Code.ShouldBe(RecordCode.StorageFull);
        disk.MakeRoom();
        (await rig.AppendAsync(chunks[3])).Code.ShouldBeOk();
        disk.Fill(free: 2);
        var stopping = rig.StopAsync(chunks: 4);
        await Eventually.HoldsAsync(() => rig.RowAsync().GetAwaiter().GetResult()!.NextTryAt is not null, "it was tried", 60);
        disk.MakeRoom();
        var end = await stopping;
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        Directory.GetFiles(rig.FileOf(""), "*.tmp").ShouldBeEmpty();
    }

    [Fact]
    public async Task Chunks_of_different_recordings_do_not_wait_for_each_other()
    {
        await using var rig = await LibraryRig.StartAsync(o => o.MaxOwnerOpen = 10);
        var head = Head();
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async n =>
        {
            await rig.SendAsync([head], $"r{n}");
            var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => rig.AppendAsync([(byte)i], $"r{n}")));
            answers.Select(a => a.Index).ShouldBe(Enumerable.Range(1, 50), "in the order in which they were asked for");
        }));
        for (var n = 0; n < 10; n++)
        {
            for (var i = 0; i < 50; i++) (await File.ReadAllBytesAsync(rig.FileOf($"chunk-{i + 1}.webm", $"r{n}"))).ShouldBe([(byte)i]);
        }
    }

    [Fact]
    public async Task A_number_that_is_taken_is_never_used_again()
    {
        await using var rig = await LibraryRig.StartAsync();
        await rig.SendAsync([Head()]);
        await File.WriteAllTextAsync(rig.FileOf("chunk-1.webm"), "another's");
        await File.WriteAllTextAsync(rig.FileOf("chunk-007.webm"), "another's");
        (await rig.AppendAsync([1])).Index.ShouldBe(8);
        (await rig.AppendAsync([1])).Index.ShouldBe(9);
        (await File.ReadAllTextAsync(rig.FileOf("chunk-1.webm"))).ShouldBe("another's");
    }

    [Theory]
    [InlineData(FlushPolicy.Each)]
    [InlineData(FlushPolicy.Group)]
    [InlineData(FlushPolicy.End)]
    public async Task Every_policy_stores_the_same(FlushPolicy policy)
    {
        await using var rig = await LibraryRig.StartAsync(o => o.Flush = policy);
        var end = await rig.RecordAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 8));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
    }

    [Fact]
    public async Task Retention_deletes_chunks_of_what_failed_and_finished_recordings_when_they_are_old()
    {
        await using var rig = await LibraryRig.StartAsync(o => (o.KeepDays, o.KeepFailedDays) = (30, 7));
        await rig.SendAsync([Head()], "failed");
        var failed = await rig.StopAsync("failed", 1);
        failed.Code.ShouldNotBe(RecordCode.Ok);
        (await rig.IndexesAsync("failed")).Length.ShouldBe(1);
        await rig.ChangeRowAsync(r => r.FinishedAt = r.FinishedAt!.Value.AddDays(-8), "failed");
        await rig.SweepAsync();
        (await rig.IndexesAsync("failed")).ShouldBeEmpty();
        (await rig.ViewAsync("failed")).State.ShouldBe(RecordState.Failed);
        await rig.ChangeRowAsync(r => r.FinishedAt = r.FinishedAt!.Value.AddDays(-23), "failed");
        await rig.SweepAsync();
        (await rig.RowAsync("failed")).ShouldBeNull();
    }

    private static byte[] Head() =>
        [0x1a, 0x45, 0xdf, 0xa3, 0x88, 0x42, 0x82, 0x84, (byte)'w', (byte)'e', (byte)'b', (byte)'m', 0xec];
}
