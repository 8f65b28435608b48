using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Session.Tests.Sessions;

/// <summary>What a controller has copied, at its host (§12.3, "paster").</summary>
public sealed class PastedFilesTests : IAsyncDisposable
{
    private const int Block = OfferedFiles.BlockSize;
    private readonly string _here = Directory.CreateTempSubdirectory("hawser-offer-").FullName;
    private readonly TestCard _card = new(64, 48);
    private readonly SessionRig _rig;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));

    public PastedFilesTests() => _rig = new SessionRig(o => o with { Desk = _card });

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _card.DisposeAsync();
        Directory.Delete(_here, recursive: true);
        _limit.Dispose();
    }

    [Fact]
    public async Task T66_what_a_controller_has_copied_is_read_at_the_host_while_it_is_there()
    {
        var bytes = new byte[(3 * Block) + 77];
        new Random(3).NextBytes(bytes);
        Directory.CreateDirectory(Path.Combine(_here, "f/leer"));
        await File.WriteAllBytesAsync(Path.Combine(_here, "f/groß"), bytes);
        var session = await LoginAsync();
        session.OfferFiles([Path.Combine(_here, "f")], new FileOfferEvents());
        var files = await OfferedAsync();
        files.Entries.Select(e => e.Name).ShouldBe(["f", "f/groß", "f/leer"], ignoreOrder: true);
        // Nothing has left the controller yet.
        _rig.Noted("files").ShouldBeFalse();
        var index = files.Entries.ToList().FindIndex(e => e.Name == "f/groß");
        var got = new byte[bytes.Length + 100];
        (await files.ReadAsync(index, 0, got, _limit.Token)).ShouldBe(bytes.Length);
        got[..bytes.Length].ShouldBe(bytes);
        await _rig.NotedAsync("files True 3");
        // Another copy: the first is not there any more.
        await File.WriteAllTextAsync(Path.Combine(_here, "second"), "2");
        session.OfferFiles([Path.Combine(_here, "second")], new FileOfferEvents());
        await Eventually.HoldsAsync(() => _card.Clipboard.Offered != files, "the second copy", 60);
        files.Gone.IsCancellationRequested.ShouldBeTrue();
        await Should.ThrowAsync<IOException>(() => files.ReadAsync(index, Block * 2L, new byte[1], _limit.Token).WaitAsync(_limit.Token));
        // Taken back; then offered once more, and gone with its session.
        var second = _card.Clipboard.Offered!;
        session.OfferFiles([], new FileOfferEvents());
        await Eventually.HoldsAsync(() => second.Gone.IsCancellationRequested, "taken back", 60);
        session.OfferFiles([Path.Combine(_here, "second")], new FileOfferEvents());
        await Eventually.HoldsAsync(() => _card.Clipboard.Offered != second, "the third copy", 60);
        await session.DisposeAsync();
        await Eventually.HoldsAsync(() => _card.Clipboard.Offered!.Gone.IsCancellationRequested, "the session is over", 60);
    }

    [Theory]
    [InlineData("enable-file-transfer", "N")]
    [InlineData("enable-clipboard", "N")]
    [InlineData("", "")]
    public async Task T66_without_permission_or_wish_nothing_is_asked_for(string option, string value)
    {
        if (option.Length > 0) _rig.Set(option, value);
        await File.WriteAllTextAsync(Path.Combine(_here, "x"), "x");
        var (heard, listed) = (new List<string>(), 0);
        var session = await _rig.LoginAsync(o => o with
        {
            Wishes = option.Length > 0 ? new OptionMessage { EnableFileTransfer = Bool.Yes } : null,
            Events = new ControllerEvents { Chat = heard.Add },
        });
        session.OfferFiles([Path.Combine(_here, "x")], new FileOfferEvents { Listed = _ => listed++ });
        session.SendChat("after");
        await Eventually.HoldsAsync(() => heard.Count > 0, "what came behind", 60);
        (listed, _card.Clipboard.Offered).ShouldBe((0, null));
    }

    [Fact]
    public async Task T66_files_may_come_where_none_may_leave()
    {
        _rig.Set("one-way-file-transfer", "Y");
        await File.WriteAllTextAsync(Path.Combine(_here, "x"), "x");
        var session = await LoginAsync();
        session.OfferFiles([Path.Combine(_here, "x")], new FileOfferEvents());
        var files = await OfferedAsync();
        // A wish that is taken back takes them along.
        session.SendOptions(new OptionMessage { EnableFileTransfer = Bool.No });
        await Eventually.HoldsAsync(() => files.Gone.IsCancellationRequested, "they are gone", 60);
    }

    [Fact]
    public async Task A_host_whose_programs_cannot_paste_says_no()
    {
        await using var bare = new SessionRig();
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await bare.LoginAsync(Wish);
        session.OfferFiles([_here], new FileOfferEvents { Refused = () => refused.TrySetResult() });
        await refused.Task.WaitAsync(_limit.Token);
    }

    [Theory]
    [InlineData("../evil", 1UL)]
    [InlineData("fine", 1UL << 60)]
    public async Task A_list_that_leads_elsewhere_or_promises_the_moon_is_refused(string name, ulong size)
    {
        var channel = await _rig.JoinAsync();
        await using var session = new ControllerSession(channel, Wish(new ControllerOptions { Target = SessionRig.Id, MyId = "9", Time = _rig.Time }));
        (await session.LoginAsync("secret", _limit.Token)).State.ShouldBe(LoginState.In);
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // There is an offer, so that its end is told of a refusal; the list is another's.
        session.OfferFiles([_here], new FileOfferEvents { Refused = () => refused.TrySetResult() });
        await OfferedAsync();
        session.Lanes.Post(FileOffer.Announcement());
        session.Lanes.Post(new Message
        {
            Cliprdr = new Cliprdr
            {
                FormatDataResponse = new CliprdrServerFormatDataResponse
                {
                    MsgFlags = 1,
                    FormatData = ByteString.CopyFrom(FileGroup.Write([new FileEntry { Name = name, EntryType = FileType.File, Size = size }])),
                },
            },
        });
        await refused.Task.WaitAsync(_limit.Token);
    }

    [Fact]
    public async Task Who_reads_on_is_read_ahead_for_and_each_block_is_asked_for_once()
    {
        var asked = new List<long>();
        OfferedFiles files = null!;
        files = new OfferedFiles([Entry(20 * Block)], message => Answer(files, message, asked), TimeProvider.System, () => { });
        // Whoever looks at its beginning, to learn what it is, gets that and no more.
        await files.ReadAsync(0, 0, new byte[4096], _limit.Token);
        lock (asked) asked.ShouldBe([0]);
        await files.ReadAsync(0, Block - 1, new byte[2], _limit.Token);
        await Eventually.HoldsAsync(() => Count(asked) == 2 + OfferedFiles.Ahead, "read ahead", 60);
        await files.ReadAsync(0, 0, new byte[6 * Block], _limit.Token);
        await files.ReadAsync(0, 19L * Block, new byte[2 * Block], _limit.Token);
        lock (asked) asked.ShouldBeUnique();
        // A whole file goes through a cache that is smaller.
        var large = new OfferedFiles([Entry(3L * OfferedFiles.MostBlocks * Block)], message => Answer(files, message, asked), TimeProvider.System, () => { });
        files = large;
        var buffer = new byte[Block];
        for (var at = 0L; at < (long)large.Entries[0].Size; at += Block) (await large.ReadAsync(0, at, buffer, _limit.Token)).ShouldBe(Block);
    }

    [Fact]
    public async Task A_controller_that_does_not_answer_is_waited_for_and_not_for_ever()
    {
        var time = new ManualTime();
        var streams = new List<int>();
        var files = new OfferedFiles([Entry(100), Entry(100)], message => Note(streams, message), time, () => { });
        // Nothing at all: half a minute.
        var silent = files.ReadAsync(0, 0, new byte[1], _limit.Token);
        await Eventually.HoldsAsync(() => Count(streams) == 1, "asked", 60);
        await PassAsync(time, silent, TimeSpan.FromSeconds(60));
        (await Should.ThrowAsync<IOException>(() => silent)).Message.ShouldContain("does not answer");
        // Refused, and what is refused or shorter than it was is an error; asked anew by the next who reads.
        var refused = files.ReadAsync(0, 0, new byte[1], _limit.Token);
        await Eventually.HoldsAsync(() => Count(streams) == 2, "asked anew", 60);
        files.OnAnswer(new CliprdrFileContentsResponse { StreamId = streams[1], MsgFlags = 2 });
        await Should.ThrowAsync<IOException>(() => refused.WaitAsync(_limit.Token));
        var shorter = files.ReadAsync(1, 0, new byte[100], _limit.Token);
        await Eventually.HoldsAsync(() => Count(streams) == 3, "the other file", 60);
        // An answer to nothing, and one that is too long, do no harm.
        files.OnAnswer(new CliprdrFileContentsResponse { StreamId = 77, MsgFlags = 1 });
        files.OnAnswer(new CliprdrFileContentsResponse { StreamId = streams[2], MsgFlags = 1, RequestedData = ByteString.CopyFrom(new byte[99]) });
        (await Should.ThrowAsync<IOException>(() => shorter.WaitAsync(_limit.Token))).Message.ShouldContain("shorter");
    }

    private static FileEntry Entry(long size) => new() { Name = "x", EntryType = FileType.File, Size = (ulong)size };

    private static int Count<T>(List<T> list)
    {
        lock (list) return list.Count;
    }

    private static bool Note(List<int> streams, Message message)
    {
        lock (streams) streams.Add(message.Cliprdr.FileContentsRequest.StreamId);
        return true;
    }

    private static bool Answer(OfferedFiles files, Message message, List<long> asked)
    {
        var request = message.Cliprdr.FileContentsRequest;
        lock (asked) asked.Add((request.NPositionLow / Block) + (files.Entries[0].Size > 20 * Block ? 1000 : 0));
        files.OnAnswer(new CliprdrFileContentsResponse
        {
            StreamId = request.StreamId, MsgFlags = 1, RequestedData = ByteString.CopyFrom(new byte[request.CbRequested]),
        });
        return true;
    }

    // Time that passes in steps, because what waits for it may be late to begin.
    private async Task PassAsync(ManualTime time, Task until, TimeSpan step)
    {
        while (!until.IsCompleted)
        {
            time.Advance(step);
            await Task.WhenAny(until, Task.Delay(1, _limit.Token));
            _limit.Token.ThrowIfCancellationRequested();
        }
    }

    private static ControllerOptions Wish(ControllerOptions options) =>
        options with { Wishes = new OptionMessage { EnableFileTransfer = Bool.Yes } };

    private Task<ControllerSession> LoginAsync() => _rig.LoginAsync(Wish);

    private async Task<OfferedFiles> OfferedAsync()
    {
        await Eventually.HoldsAsync(() => _card.Clipboard.Offered is not null, "files are offered", 60);
        return _card.Clipboard.Offered!;
    }
}
