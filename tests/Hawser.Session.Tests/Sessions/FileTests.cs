using System.Security.Cryptography;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Files;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Session reference §14; numbers are the cases of §24.</summary>
public sealed class FileTests : IAsyncDisposable
{
    private readonly SessionRig _rig = new();
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-here-").FullName;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        Directory.Delete(_here, recursive: true);
    }

    [Fact]
    public async Task T67_folders_are_listed_with_links_shown_and_what_can_not_be_read_is_silence()
    {
        File.WriteAllText(There("a.txt"), "hello");
        File.WriteAllText(There(".hidden"), "");
        Directory.CreateDirectory(There("folder"));
        File.CreateSymbolicLink(There("link"), There("a.txt"));
        File.CreateSymbolicLink(There("away"), "/etc");
        var session = await FilesAsync();
        (await session.Files.Start).Path.ShouldBe(_rig.Folder);

        var list = await session.Files.ListAsync(_rig.Folder, hidden: false);
        list.Entries.ToDictionary(e => e.Name, e => e.EntryType).ShouldBe(
            new Dictionary<string, FileType>
            {
                ["a.txt"] = FileType.File,
                ["folder"] = FileType.Dir,
                ["link"] = FileType.FileLink,
                ["away"] = FileType.DirLink,
            }, ignoreOrder: true);
        list.Entries.Single(e => e.Name == "a.txt").Size.ShouldBe(5UL);
        (await session.Files.ListAsync("", hidden: true)).Entries.ShouldContain(e => e.Name == ".hidden" && e.IsHidden);
    }

    [Fact]
    public async Task T67_a_folder_that_is_not_there_is_told_after_a_while()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        var session = await rig.LoginAsync(o => o with { Files = new FileTransfer() });
        var asking = session.Files.ListAsync("/no/such/folder", true);
        var start = TimeProvider.System.GetTimestamp();
        while (!asking.IsCompleted && TimeProvider.System.GetElapsedTime(start).TotalSeconds < 60)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }

        (await Should.ThrowAsync<IOException>(asking)).Message.ShouldContain("/no/such/folder");
    }

    [Fact]
    public async Task T68_a_tree_goes_both_ways_with_its_times()
    {
        var when = new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);
        var made = MakeTree(Path.Combine(_here, "tree"), when);
        var session = await FilesAsync();

        var put = await session.Files.PutAsync(Path.Combine(_here, "tree"), There("copy"));
        (put.Moved, put.Skipped).ShouldBe((made.Count, 0));
        put.Errors.ShouldBeEmpty();
        Hashes(There("copy")).ShouldBe(made, ignoreOrder: true);
        File.GetLastWriteTimeUtc(There("copy/empty")).ShouldBe(when);

        var seen = new List<FileProgress>();
        var back = Path.Combine(_here, "back");
        var got = await session.Files.GetAsync(There("copy"), back, new TransferOptions { Progress = seen.Add });
        got.Moved.ShouldBe(made.Count);
        Hashes(back).ShouldBe(made, ignoreOrder: true);
        File.GetLastWriteTimeUtc(Path.Combine(back, "sub/deep/big.bin")).ShouldBe(when);
        seen.ShouldContain(p => p.File == "sub/deep/big.bin" && p.Done == p.Size);
        Directory.EnumerateFiles(There("copy"), "*.d*", SearchOption.AllDirectories).ShouldBeEmpty();
        await _rig.NotedAsync($"files True {made.Count}");
    }

    [Fact]
    public async Task T68_a_single_file_is_named_by_its_path()
    {
        File.WriteAllText(Path.Combine(_here, "one.txt"), "one");
        var session = await FilesAsync();
        (await session.Files.PutAsync(Path.Combine(_here, "one.txt"), There("x/other.txt"))).Moved.ShouldBe(1);
        File.ReadAllText(There("x/other.txt")).ShouldBe("one");
        (await session.Files.GetAsync(There("x/other.txt"), Path.Combine(_here, "back.txt"))).Moved.ShouldBe(1);
        File.ReadAllText(Path.Combine(_here, "back.txt")).ShouldBe("one");
    }

    [Fact]
    public async Task T69_a_file_that_is_there_is_asked_about_unless_it_is_the_same()
    {
        File.WriteAllText(There("f"), "at the host");
        var here = Path.Combine(_here, "f");
        var session = await FilesAsync();
        (await session.Files.GetAsync(There("f"), here)).Moved.ShouldBe(1);
        (await session.Files.GetAsync(There("f"), here)).ShouldSatisfyAllConditions(
            r => r.Moved.ShouldBe(0), r => r.Skipped.ShouldBe(1));
        File.WriteAllText(here, "mine, and longer");
        (await session.Files.GetAsync(There("f"), here)).Skipped.ShouldBe(1);
        File.ReadAllText(here).ShouldBe("mine, and longer");
        OverwriteQuestion? asked = null;
        var yes = new TransferOptions
        {
            Overwrite = q =>
            {
                asked = q;
                return ValueTask.FromResult(true);
            },
        };
        (await session.Files.GetAsync(There("f"), here, yes)).Moved.ShouldBe(1);
        asked!.Value.OwnSize.ShouldBe(16);
        File.ReadAllText(here).ShouldBe("at the host");

        File.WriteAllText(here, "another one!");
        (await session.Files.PutAsync(here, There("f"))).Skipped.ShouldBe(1);
        File.ReadAllText(There("f")).ShouldBe("at the host");
        (await session.Files.PutAsync(here, There("f"), yes)).Moved.ShouldBe(1);
        File.ReadAllText(There("f")).ShouldBe("another one!");
        (await session.Files.PutAsync(here, There("f"), yes)).Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task T70_a_download_that_was_cut_goes_on_where_it_was()
    {
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        File.WriteAllBytes(There("big"), data);
        var here = Path.Combine(_here, "big");
        var session = await FilesAsync();
        using var stop = new CancellationTokenSource();
        var cutting = new TransferOptions
        {
            Progress = p =>
            {
                if (p.Done > 1_000_000) throw new IOException("the network is gone");
            },
        };
        await Should.ThrowAsync<IOException>(session.Files.GetAsync(There("big"), here, cutting));
        await session.DisposeAsync();
        var partial = new FileInfo(here + ".download").Length;
        partial.ShouldBeInRange(1_000_000, 2_000_000);

        var again = await FilesAsync();
        long first = -1;
        var resume = new TransferOptions
        {
            Resume = true,
            Progress = p => first = first < 0 ? p.Done : first,
        };
        (await again.Files.GetAsync(There("big"), here, resume)).Moved.ShouldBe(1);
        first.ShouldBe(partial);
        File.ReadAllBytes(here).ShouldBe(data);
        File.Exists(here + ".digest").ShouldBeFalse();
    }

    [Fact]
    public async Task T70_an_upload_that_was_cut_goes_on_where_it_was()
    {
        var data = RandomNumberGenerator.GetBytes(3_000_000);
        var here = Path.Combine(_here, "big");
        File.WriteAllBytes(here, data);
        var session = await FilesAsync();
        var cutting = new TransferOptions
        {
            Progress = p =>
            {
                if (p.Done > 1_500_000) throw new IOException("the network is gone");
            },
        };
        await Should.ThrowAsync<IOException>(session.Files.PutAsync(here, There("big"), cutting));
        await session.DisposeAsync();
        await _rig.NotedAsync("closed");
        var partial = new FileInfo(There("big.download")).Length;
        partial.ShouldBeGreaterThan(1_000_000);

        var again = await FilesAsync();
        long first = -1;
        var resume = new TransferOptions
        {
            Resume = true,
            Progress = p => first = first < 0 ? p.Done : first,
        };
        (await again.Files.PutAsync(here, There("big"), resume)).Moved.ShouldBe(1);
        first.ShouldBe(partial);
        File.ReadAllBytes(There("big")).ShouldBe(data);
    }

    [Fact]
    public async Task T70_a_cancelled_upload_leaves_nothing_behind()
    {
        var here = Path.Combine(_here, "big");
        File.WriteAllBytes(here, RandomNumberGenerator.GetBytes(3_000_000));
        var session = await FilesAsync();
        using var stop = new CancellationTokenSource();
        var stopping = new TransferOptions
        {
            Progress = p =>
            {
                if (p.Done > 500_000) stop.Cancel();
            },
        };
        await Should.ThrowAsync<OperationCanceledException>(
            session.Files.PutAsync(here, There("big"), stopping, stop.Token));
        // An answer says that the cancel is through.
        await session.Files.CreateAsync(There("after"));
        await Eventually.HoldsAsync(() => Directory.GetFiles(_rig.Folder).Length == 0, "nothing partial is left");
    }

    [Theory]
    [InlineData("../evil", "path traversal detected in file name")]
    [InlineData("a/../../evil", "path traversal detected in file name")]
    [InlineData("..\\evil", "path traversal detected in file name")]
    [InlineData("/etc/evil", "absolute path detected in file name")]
    [InlineData("C:\\evil", "absolute path detected in file name")]
    [InlineData("nul\0", "invalid file name")]
    [InlineData("out/evil", "symlink path component is not allowed")]
    [InlineData("", "empty file name in multi-file transfer")]
    public async Task T71_names_that_lead_elsewhere_are_refused(string name, string error)
    {
        Directory.CreateSymbolicLink(There("out"), _here);
        var session = await FilesAsync();
        using var job = session.Files.Begin();
        job.Send(new FileAction
        {
            Receive = new FileTransferReceiveRequest
            {
                Id = job.Id,
                Path = _rig.Folder,
                Files = { new FileEntry { Name = "fine" }, new FileEntry { Name = name } },
            },
        });
        (await Should.ThrowAsync<IOException>(job.NextAsync(default))).Message.ShouldBe(error);
        Directory.GetFiles(_here).ShouldBeEmpty();
    }

    [Fact]
    public async Task T71_a_host_can_not_write_outside_of_the_controllers_folder_either()
    {
        Should.Throw<FileRefusal>(() => new FileReceiver(
            _here, [new FileEntry { Name = "../evil" }, new FileEntry { Name = "b" }]));
        // A link in the place of the partial file is not written through.
        File.CreateSymbolicLink(Path.Combine(_here, "f.download"), Path.Combine(_here, "victim"));
        using var receiver = new FileReceiver(_here, [new FileEntry { Name = "f" }, new FileEntry { Name = "g" }]);
        Should.Throw<IOException>(() => receiver.Begin(0, 0, 1, 1));
        await Should.ThrowAsync<FileRefusal>(receiver.WriteAsync(
            new FileTransferBlock { FileNum = 7 }, default).AsTask());
        File.Exists(Path.Combine(_here, "victim")).ShouldBeFalse();
    }

    [Fact]
    public async Task T71_devices_and_links_are_not_sent()
    {
        File.CreateSymbolicLink(There("link"), "/etc/hostname");
        File.WriteAllText(There("real"), "x");
        var session = await FilesAsync();
        await Should.ThrowAsync<IOException>(session.Files.GetAsync("/dev/zero", Path.Combine(_here, "z")));
        await Should.ThrowAsync<IOException>(session.Files.GetAsync(There("link"), Path.Combine(_here, "l")));
        (await session.Files.GetAsync(_rig.Folder, Path.Combine(_here, "all"))).Moved.ShouldBe(1);
        Directory.GetFiles(Path.Combine(_here, "all")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_block_that_unpacks_to_too_much_is_refused_and_the_session_goes_on()
    {
        var session = await FilesAsync();
        using var job = session.Files.Begin();
        job.Send(new FileAction
        {
            Receive = new FileTransferReceiveRequest { Id = job.Id, Path = There("f"), Files = { new FileEntry() } },
        });
        var bomb = Protocol.Compression.Zstd.Compress(new byte[64 * 1024 * 1024]);
        job.Send(new FileResponse
        {
            Block = new FileTransferBlock
            {
                Id = job.Id,
                Compressed = true,
                Data = Google.Protobuf.ByteString.CopyFrom(bomb),
            },
        });
        (await Should.ThrowAsync<IOException>(job.NextAsync(default))).Message.ShouldBe("broken block");
        await session.Files.CreateAsync(There("still here"));
    }

    [Fact]
    public async Task T72_folders_are_made_renamed_and_removed()
    {
        var session = await FilesAsync();
        await session.Files.CreateAsync(There("a/b"));
        await session.Files.RenameAsync(There("a/b"), "c");
        Directory.Exists(There("a/c")).ShouldBeTrue();
        (await session.Files.EmptyFoldersAsync(_rig.Folder, true)).ShouldBe([There("a/c")]);
        File.WriteAllText(There("a/f"), "");
        (await session.Files.ListAllAsync(There("a"), true)).Entries.ShouldHaveSingleItem().Name.ShouldBe("f");
        await Should.ThrowAsync<IOException>(session.Files.RemoveFolderAsync(There("a")));
        await Should.ThrowAsync<IOException>(session.Files.RenameAsync(There("a/f"), "../../f"));
        await session.Files.RemoveFileAsync(There("a/f"));
        await session.Files.RemoveFolderAsync(There("a"));
        Directory.Exists(There("a")).ShouldBeFalse();
        await Should.ThrowAsync<IOException>(session.Files.RemoveFileAsync(There("a/f/none")));
    }

    [Fact]
    public async Task T73_one_way_hosts_take_files_and_give_none()
    {
        File.WriteAllText(There("f"), "x");
        _rig.Set("one-way-file-transfer", "Y");
        var session = await FilesAsync();
        (await Should.ThrowAsync<IOException>(session.Files.GetAsync(There("f"), Path.Combine(_here, "f"))))
            .Message.ShouldBe("one-way-file-transfer-tip");
        await Should.ThrowAsync<IOException>(session.Files.RemoveFileAsync(There("f")));
        File.WriteAllText(Path.Combine(_here, "g"), "y");
        (await session.Files.PutAsync(Path.Combine(_here, "g"), There("g"))).Moved.ShouldBe(1);
    }

    [Fact]
    public async Task T73_the_number_of_files_is_limited()
    {
        for (var i = 0; i < 4; i++) File.WriteAllText(There($"f{i}"), "x");
        _rig.Set("file-transfer-max-files", "3");
        var session = await FilesAsync();
        (await Should.ThrowAsync<IOException>(session.Files.GetAsync(_rig.Folder, _here)))
            .Message.ShouldStartWith("file transfer rejected: too many files");
    }

    private static Dictionary<string, string> MakeTree(string root, DateTime when)
    {
        var random = new Random(7);
        var big = new byte[700_000];
        random.NextBytes(big);
        var files = new Dictionary<string, byte[]>
        {
            ["empty"] = [],
            ["text.txt"] = new byte[300_000],
            ["exactly"] = new byte[FileBlocks.Size],
            ["sub/deep/big.bin"] = big,
            ["sub/packed.zip"] = new byte[1000],
            ["sub/umläut ☃"] = [1, 2, 3],
        };
        for (var i = 0; i < 50; i++) files[$"many/{i}"] = [(byte)i];
        foreach (var (name, data) in files)
        {
            var path = Path.Combine(root, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, data);
            File.SetLastWriteTimeUtc(path, when);
        }

        return Hashes(root);
    }

    private static Dictionary<string, string> Hashes(string root) => Directory
        .EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .ToDictionary(f => Path.GetRelativePath(root, f), f => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f))));

    private string There(string name) => Path.Combine(_rig.Folder, name);

    private Task<ControllerSession> FilesAsync() => _rig.LoginAsync(o => o with { Files = new FileTransfer() });
}
