using System.Diagnostics;
using System.Globalization;
using Hawser.Recording.Library;
using Hawser.Recording.Storage;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library;

/// <summary>A process that is killed, and an FFmpeg that misbehaves.</summary>
public class RecordingFaultTests
{
    /// <summary>The reference wants 50 (`HAWSER_TEST_KILLS=50`); each costs the start of a server.</summary>
    private static readonly int Runs =
        int.TryParse(Environment.GetEnvironmentVariable("HAWSER_TEST_KILLS"), CultureInfo.InvariantCulture, out var runs) ? runs : 8;


    [Fact]
    public async Task C45_whatever_was_acknowledged_is_there_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        var saved = new Dictionary<int, long>();
        for (var run = 0; run < Runs; run++)
        {
            using var child = KilledRecorder.Record(folder.Path);
            try
            {
                var first = await ReadAsync(child);
                first.ShouldStartWith("started Ok");
                // Somewhere else in the step each time.
                for (var i = 0; i < 3 + (run % 8 * 5); i++)
                {
                    var said = (await ReadAsync(child)).Split(' ');
                    saved.Add(int.Parse(said[1], CultureInfo.InvariantCulture), long.Parse(said[2], CultureInfo.InvariantCulture));
                }
            }
            finally
            {
                child.Kill();
                await child.WaitForExitAsync();
            }
        }

        await using var server = await TestHawser.StartAsync(KilledRecorder.Configure, folder: folder.Path);
        var services = server.Node.Services!;
        var recordings = services.GetRequiredService<Recordings>();
        await Eventually.HoldsAsync(
            () => Directory.GetFiles(Path.Combine(folder.Path, "recordings", LibraryRig.Id), "*.tmp").Length == 0, "what was half done is gone");
        foreach (var (index, seq) in saved)
        {
            var file = Path.Combine(folder.Path, "recordings", LibraryRig.Id, StoredNames.Chunk(index));
            (await File.ReadAllBytesAsync(file)).ShouldBe(KilledRecorder.ChunkOf(seq), $"chunk {index}");
        }

        await using (var db = server.Node.Store!.CreateDb())
        {
            var rows = await db.RecordingChunks.Select(c => c.Index).ToListAsync();
            saved.Keys.Except(rows).ShouldBeEmpty();
        }

        var found = await services.GetRequiredService<IRecordingStorage>().ChunksAsync(LibraryRig.Id, default);
        var next = await recordings.AppendAsync(RecordCaller.Anonymous, LibraryRig.Id, new(KilledRecorder.Head), null, null, default);
        next.Index.ShouldBe(found[^1].Index + 1);
    }

    [Fact]
    public async Task C46_what_was_being_finished_is_finished_after_a_kill()
    {
        using var folder = new TemporaryFolder();
        var source = folder.File("source");
        await File.WriteAllBytesAsync(source, await TestVideo.WebmAsync());
        using (var child = KilledRecorder.Finish(folder.Path, source, Script(folder, "touch began; sleep 600")))
        {
            try
            {
                await Eventually.HoldsAsync(
                    () => File.Exists(Path.Combine(folder.Path, "recordings", LibraryRig.Id, "began")), "FFmpeg began", 60);
            }
            finally
            {
                // With what it started, as a machine that goes down would.
                child.Kill(entireProcessTree: true);
                await child.WaitForExitAsync();
            }
        }

        await using var server = await TestHawser.StartAsync(KilledRecorder.Configure, folder: folder.Path);
        var recordings = server.Node.Services!.GetRequiredService<Recordings>();
        var end = await recordings.StopAsync(RecordCaller.Anonymous, LibraryRig.Id, null, default).WaitAsync(TimeSpan.FromSeconds(120));
        (end.Code, end.Incomplete).ShouldBe((RecordCode.Ok, false), end.Text);
        (await TestVideo.ProbeAsync(Path.Combine(folder.Path, "recordings", LibraryRig.Id, "final.webm"))).Video.ShouldBe(150);
    }

    [Theory]
    [InlineData("exit 1", "FFmpeg ended with 1: it said nothing")]
    [InlineData("exit 0", "FFmpeg ended with 0: it said nothing")]
    [InlineData("kill -9 $$", "FFmpeg ended with 137: it said nothing")]
    [InlineData("echo nonsense > $last; cat > rest", "FFmpeg made no playable file: it said nothing")]
    [InlineData("sleep 600 & echo $! >> ../../pids; sleep 600", "FFmpeg took too long")]
    [InlineData("yes >&2", "FFmpeg took too long")]
    public async Task C47_an_FFmpeg_that_misbehaves_costs_nothing_but_the_final_file(string script, string reason)
    {
        using var folder = new TemporaryFolder();
        await using var rig = await LibraryRig.StartAsync(
            o => (o.FinishTries, o.FinishSeconds, o.Ffmpeg) = (2, 1, Script(folder, "echo $$ >> ../../pids; for last; do :; done; " + script)),
            folder.Path);
        var end = await rig.RecordAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 3));
        (end.Code, end.Text).ShouldBe((RecordCode.FinalizeFailed, reason));
        (await rig.RowAsync())!.Attempts.ShouldBe(2);
        (await rig.IndexesAsync()).ShouldBe([0, 1, 2]);
        File.Exists(rig.FileOf("final.webm")).ShouldBeFalse();
        Directory.GetFiles(rig.FileOf(""), "*.tmp").ShouldBeEmpty();
        foreach (var id in await File.ReadAllLinesAsync(folder.File("pids")))
        {
            await Eventually.HoldsAsync(() => !IsRunning(id), "no stray process");
        }
    }

    [Fact]
    public async Task C47_an_FFmpeg_that_is_missing_is_named_and_one_that_is_installed_later_finishes()
    {
        using var folder = new TemporaryFolder();
        var program = folder.File("later");
        await using var rig = await LibraryRig.StartAsync(o => (o.Ffmpeg, o.FinishTries) = (program, 100), folder.Path);
        await rig.SendAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 3));
        var stopping = rig.StopAsync(chunks: 3);
        await Eventually.HoldsAsync(() => rig.RowAsync().GetAwaiter().GetResult()!.Attempts > 0, "it was tried", 60);
        (await rig.ViewAsync()).State.ShouldBe(RecordState.Finalising);
        File.Move(Script(folder, "exec ffmpeg \"$@\""), program);
        await rig.ChangeRowAsync(r => r.NextTryAt = null);
        (await stopping).Code.ShouldBeOk();
    }

    [Fact]
    public async Task C47_an_FFmpeg_that_is_missing_fails_in_the_end()
    {
        await using var rig = await LibraryRig.StartAsync(o => (o.Ffmpeg, o.FinishTries) = ("no-such-ffmpeg", 1));
        var end = await rig.RecordAsync(TestVideo.Cut(await TestVideo.WebmAsync(), 3));
        (end.Code, end.Text).ShouldBe((RecordCode.FinalizeFailed, "FFmpeg is not installed, or not found (--recorder-ffmpeg)"));
    }

    private static async Task<string> ReadAsync(Process child) =>
        await child.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) ?? throw new InvalidOperationException("the child ended");

    private static string Script(TemporaryFolder folder, string text)
    {
        var path = folder.File("ffmpeg-" + Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, $"#!/bin/bash\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>A process that ended but was not waited for by its parent does not run any more.</summary>
    private static bool IsRunning(string id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id.Trim()}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
