using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;
using Hawser.Session.Files;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>A few kilobytes that unpack to a quarter of a gigabyte, wherever something packed is taken (§2.4).</summary>
public sealed class BombTests
{
    // Sixteen frames, one behind the other: the making should not need what the unpacking must not.
    private static readonly byte[] Bomb =
        [.. Enumerable.Repeat(Zstd.Compress(new byte[16 << 20]), 16).SelectMany(frame => frame)];

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(FileReceiver.LargestBlock)]
    [InlineData(ClipboardWire.LongestText)]
    public void What_unpacks_to_more_than_its_cap_costs_no_more_than_the_cap(int cap)
    {
        var bomb = Bomb;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Zstd.TryDecompress(bomb, cap, out var plain).ShouldBeFalse();
        plain.ShouldBeEmpty();
        // The room doubles until it holds the cap: at most four times of it in all, and a first kilobyte or so.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((4L * cap) + (256 * 1024));
    }

    [Fact]
    public async Task A_controller_takes_no_bomb_as_output_as_pointer_or_as_clipboard()
    {
        var copied = new List<ClipboardContent>();
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var own = host;
        await using var session = new ControllerSession(controller, new ControllerOptions
        {
            Target = "1",
            Events = new ControllerEvents { Clipboard = copied.Add },
        });
        var bomb = ByteString.CopyFrom(Bomb);
        var opening = session.Terminals.OpenAsync(1, 24, 80);
        await host.SendAsync(new Message
        {
            TerminalResponse = new TerminalResponse { Opened = new TerminalOpened { TerminalId = 1, Success = true } },
        });
        await opening;
        await host.SendAsync(new Message
        {
            TerminalResponse = new TerminalResponse
            {
                Data = new TerminalData { TerminalId = 1, Compressed = true, Data = bomb },
            },
        });
        foreach (var (width, height) in new[] { (8192, 8192), (1, 1), (int.MaxValue, int.MaxValue), (65536, 65536), (-1, -1) })
        {
            var pointer = new CursorData { Id = 7, Width = width, Height = height, Colors = bomb };
            await host.SendAsync(new Message { CursorData = pointer });
        }

        var clipboards = new MultiClipboards();
        foreach (var format in Enum.GetValues<ClipboardFormat>())
        {
            clipboards.Clipboards.Add(new Protocol.Messages.Clipboard
            {
                Compress = true, Content = bomb, Format = format, Width = 8192, Height = 8192,
            });
        }

        await host.SendAsync(new Message { MultiClipboards = clipboards });
        // What comes behind is read as ever, and is the first that is seen.
        await host.SendAsync(new Message
        {
            TerminalResponse = new TerminalResponse
            {
                Data = new TerminalData { TerminalId = 1, Data = ByteString.CopyFromUtf8("fine") },
            },
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        (await session.Terminals.ReadAsync(1, limit.Token)).Output.ToArray().ShouldBe("fine"u8.ToArray());
        session.Screen.Cursor.ShouldBeNull();
        copied.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_takes_no_bomb_as_clipboard_and_goes_on()
    {
        await using var rig = new SessionRig();
        var heard = new List<string>();
        var session = await rig.LoginAsync(o => o with { Events = new ControllerEvents { Chat = heard.Add } });
        var bomb = new Protocol.Messages.Clipboard { Compress = true, Content = ByteString.CopyFrom(Bomb) };
        await session.Lanes.SendAsync(SendLane.Input, new Message { Clipboard = bomb });
        var many = new MultiClipboards();
        many.Clipboards.Add(Enumerable.Repeat(bomb, 200));
        await session.Lanes.SendAsync(SendLane.Input, new Message { MultiClipboards = many });
        // Letters that are none, and a picture that says it is one: both are what they are, and harmless.
        await session.Lanes.SendAsync(SendLane.Input, new Message
        {
            Clipboard = new Protocol.Messages.Clipboard { Content = ByteString.CopyFrom(0xff, 0xfe, 0x00, 0xc3) },
        });
        session.SendChat("after");
        await Eventually.HoldsAsync(() => heard.Count > 0, "what came behind", 60);
        rig.Notes.Count(n => n.StartsWith("clipboard", StringComparison.Ordinal)).ShouldBe(1);
    }
}
