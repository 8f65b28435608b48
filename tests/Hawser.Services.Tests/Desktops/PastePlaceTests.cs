using System.Diagnostics;
using Hawser.Agent.Linux;
using Hawser.Agent.Linux.Fuse;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>The kernel's view of what a controller has copied.</summary>
public class PastePlaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Files_are_read_as_they_are_wanted_and_gone_when_the_place_is(bool byHelper)
    {
        if (byHelper && !File.Exists("/usr/bin/fusermount3")) Assert.Skip("fuse3 is not installed: ./test does that");
        using var rig = new PasteRig(byHelper);
        rig.Place.Trouble.ShouldBeEmpty();
        var files = rig.Files(asked => Pattern(asked), TimeProvider.System, PasteRig.File1("d/a", 1_000_000), PasteRig.File1("b", 5));
        var paths = rig.Place.Show(files);
        paths.Select(Path.GetFileName).ShouldBe(["d", "b"]);
        rig.Place.Holds(paths[0]).ShouldBeTrue();
        (await DeskRig.ToolAsync("ls", "-1", Path.GetDirectoryName(paths[0])!)).ShouldBe("b\nd\n");
        lock (rig.Asked) rig.Asked.ShouldBeEmpty();
        var got = await File.ReadAllBytesAsync(Path.Combine(paths[0], "a"));
        got.ShouldBe(Pattern(new CliprdrFileContentsRequest { CbRequested = 1_000_000 }));
        // The kernel keeps what it has: a block is asked for once.
        await File.ReadAllBytesAsync(Path.Combine(paths[0], "a"));
        lock (rig.Asked) rig.Asked.Count.ShouldBe(8);
        // In the middle, by name, and what is not there.
        using (var file = File.OpenHandle(paths[1]))
        {
            var end = new byte[10];
            RandomAccess.Read(file, end, 3).ShouldBe(2);
            RandomAccess.Read(file, end, 5).ShouldBe(0);
        }

        File.Exists(Path.Combine(paths[0], "c")).ShouldBeFalse();
        FuseMount.Beneath(rig.Root).Count.ShouldBe(1);
        files.Drop();
        await Eventually.HoldsAsync(() => FuseMount.Beneath(rig.Root).Count == 0, "unmounted", 60);
        await Eventually.HoldsAsync(() => Directory.GetDirectories(rig.Root).Length == 0, "its folder too", 60);
    }

    [Fact]
    public async Task An_open_file_of_a_controller_that_has_gone_fails_and_does_not_wait()
    {
        using var rig = new PasteRig();
        var files = rig.Files(asked => asked.NPositionLow == 0 ? Pattern(asked) : null, new ManualTime(), PasteRig.File1("a", 10_000_000));
        using var file = File.OpenHandle(rig.Place.Show(files)[0]);
        RandomAccess.Read(file, new byte[100], 0).ShouldBe(100);
        var waiting = Task.Run(() => RandomAccess.Read(file, new byte[100], 9_000_000));
        await Eventually.HoldsAsync(() => Count(rig) > 1, "the end was asked for", 60);
        waiting.IsCompleted.ShouldBeFalse();
        files.Drop();
        (await Should.ThrowAsync<IOException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(60)))).ShouldNotBeNull();
        Should.Throw<IOException>(() => RandomAccess.Read(file, new byte[100], 5_000_000));
    }

    [Fact]
    public async Task A_program_that_is_told_to_stop_while_it_waits_stops()
    {
        using var rig = new PasteRig();
        // No time passes, so nothing but the signal can end it.
        var files = rig.Files(_ => null, new ManualTime(), PasteRig.File1("a", 1000));
        using var reading = Process.Start(new ProcessStartInfo("cat") { ArgumentList = { rig.Place.Show(files)[0] } })!;
        await Eventually.HoldsAsync(() => Count(rig) > 0, "it reads", 60);
        Libc.kill(reading.Id, 2).ShouldBe(0);
        await reading.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        reading.ExitCode.ShouldBe(130);
    }

    [Fact]
    public void What_a_crash_left_mounted_is_taken_away_by_the_next_start()
    {
        using var rig = new PasteRig();
        var stale = Path.Combine(rig.Root, "17");
        Directory.CreateDirectory(stale);
        // As if the process had ended: its end is closed, the mount stays and is dead.
        Libc.close(FuseMount.Mount(stale, others: false, byHelper: false)).ShouldBe(0);
        FuseMount.Beneath(rig.Root).ShouldBe([stale]);
        using var next = new PastePlace(rig.Root, () => 0);
        next.Trouble.ShouldBeEmpty();
        FuseMount.Beneath(rig.Root).ShouldBeEmpty();
        Directory.Exists(stale).ShouldBeFalse();
    }

    [Fact]
    public async Task Only_a_few_copies_are_shown_at_a_time()
    {
        using var rig = new PasteRig();
        var paths = new List<string>();
        for (var i = 0; i < PastePlace.MostShown + 2; i++)
        {
            paths.Add(rig.Place.Show(rig.Files(Pattern, TimeProvider.System, PasteRig.File1($"f{i}", 9)))[0]);
        }

        await Eventually.HoldsAsync(() => FuseMount.Beneath(rig.Root).Count == PastePlace.MostShown, "the oldest have gone", 60);
        File.Exists(paths[0]).ShouldBeFalse();
        (await File.ReadAllBytesAsync(paths[^1])).Length.ShouldBe(9);
    }

    // Copies go on threads of their own when their controllers do: the place may end in the midst of that.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_where_the_place_ends_while_copies_go(bool byHelper)
    {
        if (byHelper && !File.Exists("/usr/bin/fusermount3")) Assert.Skip("fuse3 is not installed: ./test does that");
        for (var i = 0; i < 20; i++)
        {
            using var rig = new PasteRig(byHelper);
            var all = Enumerable.Range(0, PastePlace.MostShown)
                .Select(n => rig.Files(Pattern, TimeProvider.System, PasteRig.File1($"f{n}", 9))).ToArray();
            foreach (var files in all) rig.Place.Show(files);
            foreach (var files in all) files.Drop();
            rig.Place.Dispose();
            Directory.Exists(rig.Root).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Nothing_is_left_where_the_place_ends_while_a_copy_comes()
    {
        for (var i = 0; i < 20; i++)
        {
            using var rig = new PasteRig();
            var files = rig.Files(Pattern, TimeProvider.System, PasteRig.File1("f", 9));
            var showing = Task.Run(() => rig.Place.Show(files));
            rig.Place.Dispose();
            try
            {
                await showing;
            }
            catch (ObjectDisposedException)
            {
                // It came too late.
            }

            Directory.Exists(rig.Root).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_copy_that_somebody_unmounts_by_hand_leaves_no_folder()
    {
        using var rig = new PasteRig();
        var path = rig.Place.Show(rig.Files(Pattern, TimeProvider.System, PasteRig.File1("f", 9)))[0];
        FuseMount.Unmount(Path.GetDirectoryName(path)!, byHelper: false).ShouldBeTrue();
        await Eventually.HoldsAsync(() => Directory.GetDirectories(rig.Root).Length == 0, "its folder goes too", 60);
    }

    [Fact]
    public void A_list_of_files_is_made_harmless()
    {
        var deep = string.Join('/', Enumerable.Repeat("d", PasteTree.Deepest));
        var tree = PasteTree.Of([
            new FileEntry { Name = "folder", EntryType = FileType.Dir },
            PasteRig.File1("folder/a\nb\u001b[31m\u202egpj.exe", 3),
            // Taken: by the same name, after cleaning, as a folder's place, as a file's.
            PasteRig.File1("folder/a\tb\u001b[31m\u202egpj.exe", 4),
            PasteRig.File1("folder", 5),
            PasteRig.File1("folder/a_b_[31m_gpj.exe/below", 6),
            // Its folder is missing from the list.
            PasteRig.File1("other/c", 7),
            PasteRig.File1(deep, 8),
            PasteRig.File1(deep + "/e", 9),
            PasteRig.File1(new string('ü', 128), 10),
        ]);
        tree.Root.Children.Select(c => c.Name).ShouldBe(["folder", "other", "d"]);
        tree.Root.ByName["folder"].Children.Select(c => (c.Name, c.Size)).ShouldBe([("a_b_[31m_gpj.exe", 3L)]);
        tree.Root.ByName["other"].Children[0].File.ShouldBe(5);
        tree.LeftOut.ShouldBe(5);
        tree.Bytes.ShouldBe(3 + 7 + 8);
        tree.Find(0).ShouldBeNull();
        tree.Find(ulong.MaxValue).ShouldBeNull();
        tree.Find(1).ShouldBe(tree.Root);
    }

    [Fact]
    public void A_tree_of_long_paths_has_an_end()
    {
        var entries = Enumerable.Range(0, 2000)
            .Select(i => PasteRig.File1(string.Join('/', Enumerable.Repeat($"{i}", 40)), 1)).ToArray();
        PasteTree.Of(entries).Count.ShouldBe(PasteTree.MostNodes);
    }

    private static int Count(PasteRig rig)
    {
        lock (rig.Asked) return rig.Asked.Count;
    }

    // What is at a place says where that is.
    private static byte[] Pattern(CliprdrFileContentsRequest asked)
    {
        var bytes = new byte[asked.CbRequested];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)((asked.NPositionLow + i) * 2654435761L >> 13);
        return bytes;
    }
}
