using System.Buffers.Binary;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Files;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Files on the clipboard (§12.3).</summary>
public sealed class CopiedFilesTests : IAsyncDisposable
{
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-paste-").FullName;
    private readonly TestCard _card = new(64, 48);
    private readonly SessionRig _rig;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));

    public CopiedFilesTests() => _rig = new SessionRig(o => o with { Desk = _card });

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _card.DisposeAsync();
        Directory.Delete(_here, recursive: true);
        _limit.Dispose();
    }

    [Fact]
    public async Task T66_what_was_copied_at_the_host_is_pasted_here()
    {
        Directory.CreateDirectory(There("Ordner ü/leer"));
        Directory.CreateDirectory(There("Ordner ü/日本"));
        var bytes = new byte[(2 << 20) + 77];
        new Random(66).NextBytes(bytes);
        await File.WriteAllBytesAsync(There("Ordner ü/日本/groß.bin"), bytes);
        await File.WriteAllTextAsync(There("Ordner ü/.hidden"), "h");
        await File.WriteAllBytesAsync(There("nichts"), []);
        await File.WriteAllTextAsync(There("taken"), "theirs");
        File.SetLastWriteTimeUtc(There("nichts"), DateTime.UnixEpoch.AddSeconds(1_700_000_000));
        File.CreateSymbolicLink(There("Ordner ü/link"), "/etc/passwd");
        await File.WriteAllTextAsync(Path.Combine(_here, "taken"), "mine");
        var session = await LoginAsync();
        session.Host!.PlatformAdditions.ShouldContain("has_file_clipboard");
        _card.Clipboard.Copy(new ClipboardContent { Files = [There("Ordner ü"), There("nichts"), There("taken"), There("gone")] });

        await session.FilesCopied.WaitAsync(_limit.Token);
        var pasted = await session.PasteFilesAsync(_here, _limit.Token);

        (pasted.Files, pasted.Folders).ShouldBe((3, 3));
        pasted.Left.ShouldBe(["taken"]);
        (await File.ReadAllBytesAsync(Path.Combine(_here, "Ordner ü/日本/groß.bin"))).ShouldBe(bytes);
        (await File.ReadAllTextAsync(Path.Combine(_here, "Ordner ü/.hidden"))).ShouldBe("h");
        Directory.Exists(Path.Combine(_here, "Ordner ü/leer")).ShouldBeTrue();
        new FileInfo(Path.Combine(_here, "nichts")).Length.ShouldBe(0);
        File.GetLastWriteTimeUtc(Path.Combine(_here, "nichts")).ShouldBe(DateTime.UnixEpoch.AddSeconds(1_700_000_000));
        (await File.ReadAllTextAsync(Path.Combine(_here, "taken"))).ShouldBe("mine");
        Path.Exists(Path.Combine(_here, "Ordner ü/link")).ShouldBeFalse();
        // What left this machine is in its records.
        await _rig.NotedAsync("files False 7");
    }

    [Fact]
    public async Task T66_what_is_beyond_four_gigabytes_is_read_where_it_is()
    {
        var large = There("large");
        const long size = (5L << 30) + 3;
        using (var file = File.OpenHandle(large, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.SetLength(file, size);
            RandomAccess.Write(file, "end"u8, size - 3);
        }

        var offer = new FileOffer([large], new FileOfferEvents());
        var list = (await offer.AnswerAsync(new Cliprdr
        {
            FormatDataRequest = new CliprdrServerFormatDataRequest { RequestedFormatId = 49334 },
        }, default))!.Cliprdr.FormatDataResponse;
        list.MsgFlags.ShouldBe(1);
        FileGroup.Read(list.FormatData.Span).ShouldHaveSingleItem().Size.ShouldBe((ulong)size);
        var told = await AskAsync(offer, new CliprdrFileContentsRequest { DwFlags = 1, StreamId = 5, CbRequested = 8 });
        told.StreamId.ShouldBe(5);
        BinaryPrimitives.ReadUInt64LittleEndian(told.RequestedData.Span).ShouldBe((ulong)size);
        // Short at the end of the file; and both halves of the place are bits without a sign.
        var end = await AskAsync(offer, new CliprdrFileContentsRequest
        {
            DwFlags = 2, NPositionHigh = 1, NPositionLow = unchecked((int)(uint)(size - 3)), CbRequested = 100,
        });
        end.RequestedData.ToStringUtf8().ShouldBe("end");
        (await AskAsync(offer, new CliprdrFileContentsRequest { DwFlags = 2, NPositionHigh = -1, CbRequested = -1 })).MsgFlags.ShouldBe(2);
        (await AskAsync(offer, new CliprdrFileContentsRequest { DwFlags = 2, ListIndex = 1 })).MsgFlags.ShouldBe(2);
        (await AskAsync(offer, new CliprdrFileContentsRequest { DwFlags = 2, ListIndex = -1 })).MsgFlags.ShouldBe(2);
        // Never more at a time than the field's ends ask for.
        (await AskAsync(offer, new CliprdrFileContentsRequest { DwFlags = 2, CbRequested = -1 })).RequestedData.Length.ShouldBe(4 << 20);
    }

    [Fact]
    public async Task T66_what_is_offered_from_here_is_read_by_whoever_pastes()
    {
        await File.WriteAllTextAsync(Path.Combine(_here, "mine"), "for you");
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new Hawser.Session.Channel.HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var other = host;
        await using var session = new ControllerSession(controller, new ControllerOptions { Target = "1" });
        var asked = 0;
        session.OfferFiles([Path.Combine(_here, "mine")], new FileOfferEvents { Listed = files => asked = files.Count });
        // The same code pastes at the other end.
        var fetch = new FileFetch(m => _ = host.SendAsync(m).AsTask(), TimeProvider.System);
        var reading = ReadAsync();
        await fetch.Offered.WaitAsync(_limit.Token);
        (await fetch.RunAsync(_rig.Folder, _limit.Token)).Files.ShouldBe(1);
        (await File.ReadAllTextAsync(There("mine"))).ShouldBe("for you");
        asked.ShouldBe(1);
        session.OfferFiles([], new FileOfferEvents());
        await reading;

        async Task ReadAsync()
        {
            while (await host.ReceiveAsync(_limit.Token) is { } message)
            {
                if (message.Cliprdr is { } said) fetch.OnMessage(said);
                // Taken back.
                if (message.Cliprdr?.TryEmpty is not null) return;
            }
        }
    }

    [Theory]
    [InlineData("enable-file-transfer", "N")]
    [InlineData("enable-clipboard", "N")]
    [InlineData("one-way-file-transfer", "Y")]
    [InlineData("", "")]
    public async Task T66_without_permission_or_wish_no_file_is_offered(string option, string value)
    {
        if (option.Length > 0) _rig.Set(option, value);
        await File.WriteAllTextAsync(There("secret"), "x");
        var heard = new List<string>();
        var session = await _rig.LoginAsync(o => o with
        {
            Wishes = option.Length > 0 ? new OptionMessage { EnableFileTransfer = Bool.Yes } : null,
            Events = new ControllerEvents { Chat = heard.Add },
        });
        _rig.Host.Sessions.Single().SendClipboard(new ClipboardContent { Files = [There("secret")] });
        // Whoever asks without an offer hears nothing either.
        session.Lanes.Post(new Message
        {
            Cliprdr = new Cliprdr { FormatDataRequest = new CliprdrServerFormatDataRequest { RequestedFormatId = 49334 } },
        });
        session.SendChat("after");
        await Eventually.HoldsAsync(() => heard.Count > 0, "what came behind", 60);
        session.FilesCopied.IsCompleted.ShouldBeFalse();
        _rig.Noted("files").ShouldBeFalse();
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("..\\evil")]
    [InlineData("/etc/evil")]
    [InlineData("C:\\evil")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("")]
    public void T66_a_list_that_leads_elsewhere_is_refused(string name)
    {
        var bytes = FileGroup.Write([new FileEntry { Name = name, EntryType = FileType.File }]);
        Should.Throw<FileRefusal>(() => FileGroup.Read(bytes));
    }

    [Theory]
    [InlineData(0u, 3)]
    [InlineData(1u, 4)]
    [InlineData(2u, 4 + FileGroup.EntrySize)]
    [InlineData(uint.MaxValue, 4 + FileGroup.EntrySize)]
    [InlineData((uint)FileGroup.MostFiles + 1, 4)]
    public void T66_a_list_that_is_none_is_refused_before_anything_is_made_of_it(uint count, int length)
    {
        var bytes = new byte[Math.Max(length, 4)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, count);
        Should.Throw<FileRefusal>(() => FileGroup.Read(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void T66_a_list_has_the_bytes_of_the_reference()
    {
        var file = new FileEntry { Name = "a/ü", EntryType = FileType.File, Size = (7L << 32) + 9, ModifiedTime = 1 };
        var bytes = FileGroup.Write([file]);
        bytes.Length.ShouldBe(596);
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)).ShouldBe(0x406Cu);
        BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4 + 36)).ShouldBe(0x80u);
        BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(4 + 56)).ShouldBe(116_444_736_010_000_000);
        Convert.ToHexStringLower(bytes.AsSpan(4 + 64, 8)).ShouldBe("0700000009000000");
        Convert.ToHexStringLower(bytes.AsSpan(4 + 72, 8)).ShouldBe("61002f00fc000000");
        FileGroup.Read(bytes).ShouldBe([file]);
        // Windows writes its own separators.
        var theirs = FileGroup.Write([new FileEntry { Name = "d\\e", EntryType = FileType.Dir }]);
        var read = FileGroup.Read(theirs).ShouldHaveSingleItem();
        (read.Name, read.EntryType).ShouldBe(("d/e", FileType.Dir));
    }

    private static async Task<CliprdrFileContentsResponse> AskAsync(FileOffer offer, CliprdrFileContentsRequest request) =>
        (await offer.AnswerAsync(new Cliprdr { FileContentsRequest = request }, default))!.Cliprdr.FileContentsResponse;

    private string There(string name) => Path.Combine(_rig.Folder, name);

    private async Task<ControllerSession> LoginAsync()
    {
        var session = await _rig.LoginAsync(o => o with { Wishes = new OptionMessage { EnableFileTransfer = Bool.Yes } });
        await Eventually.HoldsAsync(() => _card.Clipboard.IsWanted(), "the wish has arrived", 60);
        return session;
    }
}
