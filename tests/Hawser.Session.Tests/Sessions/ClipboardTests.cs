using Google.Protobuf;
using Hawser.Protocol.Compression;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Entry = Hawser.Protocol.Messages.Clipboard;

namespace Hawser.Session.Tests.Sessions;

/// <summary>The clipboard of a desk and its controllers.</summary>
public sealed class ClipboardTests
{
    private static readonly ClipboardContent Rich = new()
    {
        Text = "a ☃",
        Html = "<b>a ☃</b>",
        Rtf = @"{\rtf1 a}",
        Svg = "<svg/>",
        Png = Png.Write(new Picture(3, 2)),
    };

    [Fact]
    public async Task T64_all_forms_cross_both_ways_and_nothing_comes_back()
    {
        await using var card = new TestCard(64, 48);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var got = new List<ClipboardContent>();
        var session = await rig.LoginAsync(o => o with { Events = new ControllerEvents { Clipboard = got.Add } });
        (await session.SendClipboardAsync(Rich)).ShouldBeTrue();
        await Eventually.HoldsAsync(() => !card.Clipboard.Now.IsEmpty, "it has arrived");
        Same(card.Clipboard.Now, Rich);
        card.Clipboard.Copy(Rich with { Text = "another" });
        await Eventually.HoldsAsync(() => got.Count > 0, "the host's copy");
        Same(got.ShouldHaveSingleItem(), Rich with { Text = "another" });
    }

    [Fact]
    public async Task T63_without_permission_or_wish_the_clipboard_stays_where_it_is()
    {
        await using var card = new TestCard(64, 48);
        await using var rig = new SessionRig(o => o with { Desk = card });
        var (got, heard) = (new List<ClipboardContent>(), new List<string>());
        var session = await rig.LoginAsync(o => o with
        {
            Wishes = new OptionMessage { DisableClipboard = OptionMessage.Types.BoolOption.Yes },
            Events = new ControllerEvents { Clipboard = got.Add, Chat = heard.Add },
        });
        await Eventually.HoldsAsync(() => rig.Host.Sessions.Single().ViewerOptions.DisableClipboard
            == OptionMessage.Types.BoolOption.Yes, "the wish has arrived");
        card.Clipboard.IsWanted().ShouldBeFalse();
        card.Clipboard.Copy(Rich);
        rig.Host.Sessions.Single().SendClipboard(Rich);
        session.SendChat("after");
        await Eventually.HoldsAsync(() => heard.Count > 0, "what came behind");
        got.ShouldBeEmpty();
        // Asked for anew, the present one comes.
        session.SendOptions(new OptionMessage { DisableClipboard = OptionMessage.Types.BoolOption.No });
        await Eventually.HoldsAsync(() => got.Count == 1, "the present one");
        Same(got[0], Rich);

        // Bits 4 and 5: the server forbids the clipboard.
        var denied = await rig.ConnectAsync(
            o => o with { Events = new ControllerEvents { Clipboard = got.Add, Chat = heard.Add } }, permissions: 1 << 4);
        (await denied.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        await denied.SendClipboardAsync(new ClipboardContent { Text = "mine" });
        denied.SendChat("after it");
        await Eventually.HoldsAsync(() => heard.Contains("heard after it"), "what came behind that");
        card.Clipboard.Now.Text.ShouldBe(Rich.Text);
    }

    [Fact]
    public void T65_old_peers_get_a_single_text()
    {
        ClipboardWire.Pack(Rich, 1_002_090)!.Clipboard.Format.ShouldBe(ClipboardFormat.Text);
        ClipboardWire.Pack(Rich with { Text = "" }, 1_002_090).ShouldBeNull();
        ClipboardWire.Pack(Rich, 1_003_000)!.MultiClipboards.Clipboards.Count.ShouldBe(5);
        ClipboardWire.Pack(ClipboardContent.Empty, 1_003_000).ShouldBeNull();
    }

    [Fact]
    public void T64_bare_pixels_become_a_picture_and_broken_ones_nothing()
    {
        byte[] pixels = [255, 0, 0, 255, 0, 255, 0, 128];
        var read = ClipboardWire.Read(One(ClipboardFormat.ImageRgba, pixels, 2, 1)).ShouldNotBeNull();
        ClipboardWire.IsPng(read.Png.Span).ShouldBeTrue();
        read.Png.ToArray().ShouldBe(Png.Write(pixels, 2, 1));
        ClipboardWire.Read(One(ClipboardFormat.ImageRgba, pixels, 3, 1)).ShouldBeNull();
        ClipboardWire.Read(One(ClipboardFormat.ImageRgba, pixels, -2, -1)).ShouldBeNull();
        ClipboardWire.Read(One(ClipboardFormat.ImageRgba, pixels, int.MaxValue, int.MaxValue)).ShouldBeNull();
        ClipboardWire.Read(One(ClipboardFormat.ImagePng, pixels)).ShouldBeNull();
        ClipboardWire.Read(One(ClipboardFormat.Special, pixels)).ShouldBeNull();
        // 4K, as bare pixels.
        var large = new byte[3840 * 2160 * 4];
        var packed = One(ClipboardFormat.ImageRgba, Zstd.Compress(large), 3840, 2160);
        packed.MultiClipboards.Clipboards[0].Compress = true;
        ClipboardWire.Read(packed)!.Png.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void What_unpacks_to_more_than_anybody_copies_is_left_out()
    {
        var bomb = One(ClipboardFormat.Text, Zstd.Compress(new byte[ClipboardWire.LongestText + 1]));
        bomb.MultiClipboards.Clipboards[0].Compress = true;
        ClipboardWire.Read(bomb).ShouldBeNull();
        var broken = One(ClipboardFormat.Html, [1, 2, 3]);
        broken.MultiClipboards.Clipboards[0].Compress = true;
        ClipboardWire.Read(broken).ShouldBeNull();
    }

    private static Message One(ClipboardFormat format, byte[] content, int width = 0, int height = 0) => new()
    {
        MultiClipboards = new MultiClipboards
        {
            Clipboards =
            {
                new Entry { Format = format, Content = ByteString.CopyFrom(content), Width = width, Height = height },
            },
        },
    };

    private static void Same(ClipboardContent one, ClipboardContent other)
    {
        (one with { Png = default }).ShouldBe(other with { Png = default });
        one.Png.ToArray().ShouldBe(other.Png.ToArray());
    }
}
