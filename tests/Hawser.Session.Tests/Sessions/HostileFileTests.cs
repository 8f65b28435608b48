using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Files;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>A host that sends what nobody asked for, and ends that vanish in the middle of a file.</summary>
public sealed class HostileFileTests : IAsyncDisposable
{
    private const string Kept = "mine, and not to be replaced";
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-hostile-").FullName;
    private readonly ManualTime _time = new();
    private SecureChannel? _host;
    private ControllerSession? _session;

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_session is not null) await _session.DisposeAsync();
        Directory.Delete(_here, recursive: true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T69_a_host_can_not_replace_a_file_that_was_to_be_left_alone(bool announces)
    {
        await File.WriteAllTextAsync(At("a"), Kept);
        var getting = await GetAsync(new FileEntry { Name = "a", Size = 3 }, new FileEntry { Name = "b", Size = 3 });
        if (announces)
        {
            await TellAsync(new FileResponse { Digest = new FileTransferDigest { Id = 1, FileSize = 3, LastModified = 9 } });
            (await HeardAsync(m => m.FileAction?.SendConfirm is not null)).FileAction.SendConfirm.Skip.ShouldBeTrue();
        }

        await BlocksAsync(0, "bad"u8.ToArray(), []);
        await BlocksAsync(1, "new"u8.ToArray(), []);
        await TellAsync(new FileResponse { Done = new FileTransferDone { Id = 1, FileNum = 2 } });
        var result = await getting;
        (result.Moved, result.Skipped).ShouldBe((1, 1));
        (await File.ReadAllTextAsync(At("a"))).ShouldBe(Kept);
        (await File.ReadAllTextAsync(At("b"))).ShouldBe("new");
    }

    [Fact]
    public async Task T68_a_file_without_an_end_is_given_up()
    {
        var getting = await GetAsync(new FileEntry { Name = "", Size = 1 });
        // A mebibyte of nothing is a block of a few bytes.
        var packed = Zstd.Compress(new byte[FileReceiver.LargestBlock]);
        for (var i = 0; i < 80 && !getting.IsCompleted; i++) await BlockAsync(0, packed, compressed: true);
        (await Should.ThrowAsync<IOException>(getting)).Message.ShouldBe("more comes than was announced");
        new FileInfo(At("") + ".download").Length.ShouldBeLessThan(70 << 20);
    }

    [Theory]
    [InlineData(2, "no such file")]
    [InlineData(-7, "no such file")]
    [InlineData(int.MaxValue, "no such file")]
    public async Task T71_blocks_of_files_that_were_not_listed_end_the_transfer(int number, string error)
    {
        var getting = await GetAsync(new FileEntry { Name = "a", Size = 3 }, new FileEntry { Name = "b", Size = 3 });
        await BlocksAsync(number, "bad"u8.ToArray());
        (await Should.ThrowAsync<IOException>(getting)).Message.ShouldStartWith(error);
        Directory.EnumerateFileSystemEntries(_here, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task T71_files_out_of_order_end_the_transfer()
    {
        var getting = await GetAsync(new FileEntry { Name = "a", Size = 3 }, new FileEntry { Name = "b", Size = 3 });
        await BlocksAsync(1, "new"u8.ToArray());
        await BlocksAsync(0, "old"u8.ToArray());
        (await Should.ThrowAsync<IOException>(getting)).Message.ShouldBe("block out of order");
        File.Exists(At("a")).ShouldBeFalse();
        File.Exists(At("b")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("out/evil")]
    public async Task T71_a_list_that_leads_elsewhere_is_refused_before_a_byte_is_written(string name)
    {
        var elsewhere = Directory.CreateTempSubdirectory("hawser-elsewhere-").FullName;
        Directory.CreateSymbolicLink(At("out"), elsewhere);
        var getting = await GetAsync(new FileEntry { Name = "fine", Size = 1 }, new FileEntry { Name = name, Size = 1 });
        await Should.ThrowAsync<FileRefusal>(getting);
        Directory.GetFiles(_here).ShouldBeEmpty();
        Directory.GetFiles(elsewhere).ShouldBeEmpty();
        Directory.Delete(elsewhere);
    }

    [Theory]
    [InlineData(".download")]
    [InlineData(".digest")]
    public void T71_a_link_beside_the_file_is_not_written_through(string suffix)
    {
        var victim = At("victim");
        File.WriteAllText(victim, Kept);
        File.CreateSymbolicLink(At("f" + suffix), victim);
        using var receiver = new FileReceiver(At("f"), [new FileEntry()]);
        Should.Throw<IOException>(() => receiver.Begin(0, 0, 1, 1));
        File.ReadAllText(victim).ShouldBe(Kept);
    }

    [Fact]
    public void More_files_than_anybody_moves_at_a_time_are_refused()
    {
        var files = Enumerable.Repeat(new FileEntry { Name = "a" }, FileListing.MostFiles + 1).ToList();
        Should.Throw<FileRefusal>(() => new FileReceiver(_here, files)).Message.ShouldBe("too many files in one transfer");
    }

    [Fact]
    public async Task T70_a_host_that_vanishes_in_the_middle_of_a_file_is_given_up_and_what_came_is_kept()
    {
        var getting = await GetAsync(new FileEntry { Name = "", Size = 1 << 20, ModifiedTime = 5 });
        await TellAsync(new FileResponse
        {
            Digest = new FileTransferDigest { Id = 1, FileSize = 1 << 20, LastModified = 5 },
        });
        await HeardAsync(m => m.FileAction?.SendConfirm is not null);
        await BlocksAsync(0, new byte[FileBlocks.Size]);
        var partial = At("") + ".download";
        await Eventually.HoldsAsync(
            () => File.Exists(partial) && new FileInfo(partial).Length == FileBlocks.Size, "a part has arrived");
        // Nothing more, and no end either: as when the power fails there.
        await Eventually.HoldsAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return getting.IsCompleted;
            },
            "the host is given up", 90);
        (await Should.ThrowAsync<IOException>(getting)).Message.ShouldBe("Timeout");
        new FileInfo(partial).Length.ShouldBe(FileBlocks.Size);
        File.Exists(At("") + ".digest").ShouldBeTrue();
    }

    // A transfer that has asked, and was told which files come.
    private async Task<Task<TransferResult>> GetAsync(params FileEntry[] files)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        (_host, var controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        _session = new ControllerSession(
            controller, new ControllerOptions { Target = "1", Files = new FileTransfer(), Time = _time });
        var getting = _session.Files.GetAsync("/there", files.Length == 1 ? At("") : _here);
        await HeardAsync(m => m.FileAction?.Send is not null);
        await TellAsync(new FileResponse { Dir = new FileDirectory { Id = 1, Path = "/there", Entries = { files } } });
        return getting;
    }

    private string At(string name) => Path.Combine(_here, name.Length > 0 ? name : "single");

    private ValueTask TellAsync(FileResponse response) => _host!.SendAsync(new Message { FileResponse = response });

    private async Task<Message> HeardAsync(Func<Message, bool> wanted)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _host!.ReceiveAsync(limit.Token) is { } message)
        {
            if (wanted(message)) return message;
        }

        throw new IOException("the controller has hung up");
    }

    private async Task BlocksAsync(int number, params byte[][] blocks)
    {
        foreach (var block in blocks) await BlockAsync(number, block, compressed: false);
    }

    private ValueTask BlockAsync(int number, byte[] data, bool compressed) => TellAsync(new FileResponse
    {
        Block = new FileTransferBlock { Id = 1, FileNum = number, Data = ByteString.CopyFrom(data), Compressed = compressed },
    });
}
