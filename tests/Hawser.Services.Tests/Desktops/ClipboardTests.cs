using Hawser.Agent.Linux.X11;
using Hawser.Session.Clipboard;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real X server's clipboard, with xclip as the other program.</summary>
public sealed class ClipboardTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-clip-").FullName;
    private readonly List<ClipboardContent> _got = [];
    private XServer _x = null!;
    private X11Clipboard _clipboard = null!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/xclip")) Assert.Skip("xclip is not installed: ./test does that");
        _x = await XServer.StartAsync();
        _clipboard = new X11Clipboard(TimeProvider.System)
        {
            IsWanted = () => true,
            Changed = content =>
            {
                lock (_got) _got.Add(content);
            },
        };
        _clipboard.Open(_x.Name);
    }

    public async ValueTask DisposeAsync()
    {
        _clipboard?.Close();
        if (_x is not null) await _x.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task T64_what_a_program_copies_is_told_also_in_pieces()
    {
        // The second is larger than one request to an X server may be.
        foreach (var text in new[] { "grüße ☃", string.Concat(Enumerable.Repeat("0123456789 ☃ ", 300_000)) })
        {
            await CopyAsync("UTF8_STRING", System.Text.Encoding.UTF8.GetBytes(text));
            await Eventually.HoldsAsync(() => Last()?.Text == text, $"{text.Length} letters", 60);
        }

        await CopyAsync("text/html", "<i>x</i>"u8.ToArray());
        await Eventually.HoldsAsync(() => Last()?.Html == "<i>x</i>", "HTML", 60);
        var png = Noise();
        await CopyAsync("image/png", png);
        await Eventually.HoldsAsync(() => Last()?.Png.Length == png.Length, "a picture", 60);
        Last()!.Png.ToArray().ShouldBe(png);
    }

    [Fact]
    public async Task T64_what_a_controller_copies_can_be_pasted_also_in_pieces_and_is_not_told_back()
    {
        var png = Noise();
        png.Length.ShouldBeGreaterThan(1_000_000);
        _clipboard.Set(new ClipboardContent { Text = "pasted ☃", Html = "<b>pasted</b>", Png = png });
        await PastesAsync("pasted ☃");
        System.Text.Encoding.UTF8.GetString(await PasteAsync("text/html")).ShouldBe("<b>pasted</b>");
        (await PasteAsync("image/png")).ShouldBe(png);
        // Another one while the first was ours.
        _clipboard.Set(new ClipboardContent { Text = "second" });
        await PastesAsync("second");
        (await PasteAsync("image/png")).ShouldBeEmpty();
        // Somebody's own copy is told, and nothing was before it.
        await CopyAsync("UTF8_STRING", "mine"u8.ToArray());
        await Eventually.HoldsAsync(() => Last()?.Text == "mine", "the copy", 60);
        lock (_got) _got.Count.ShouldBe(1);
    }

    [Fact]
    public async Task T66_files_that_a_program_copies_are_told_by_their_paths()
    {
        var list = "# copied\r\nfile:///tmp/a%20%C3%BC\r\nfile://elsewhere/share/b\r\nhttp://x/c\r\nfile:///home/d/\r\n";
        await CopyAsync("text/uri-list", System.Text.Encoding.UTF8.GetBytes(list));
        await Eventually.HoldsAsync(() => Last()?.Files.Count > 0, "files", 60);
        Last()!.Files.ShouldBe(["/tmp/a ü", "/home/d/"]);
    }

    [Fact]
    public async Task What_is_there_can_be_asked_for_and_an_owner_that_does_not_answer_costs_nothing()
    {
        await CopyAsync("UTF8_STRING", "there"u8.ToArray());
        await Eventually.HoldsAsync(() => Last()?.Text == "there", "the copy", 60);
        ClipboardContent? read = null;
        _clipboard.Read(content => Volatile.Write(ref read, content));
        await Eventually.HoldsAsync(() => Volatile.Read(ref read)?.Text == "there", "what is there", 60);
        _clipboard.Set(new ClipboardContent { Text = "own" });
        _clipboard.Read(content => Volatile.Write(ref read, content));
        Volatile.Read(ref read)!.Text.ShouldBe("own");
    }

    // Noise does not pack: a picture of more than a megabyte.
    private static byte[] Noise()
    {
        var picture = new Picture(700, 600);
        var random = new Random(7);
        for (var y = 0; y < picture.Height; y++) random.NextBytes(picture.Row(y));
        return Png.Write(picture);
    }

    private ClipboardContent? Last()
    {
        lock (_got) return _got.LastOrDefault();
    }

    private async Task CopyAsync(string form, byte[] content)
    {
        var file = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(file, content);
        // It stays until somebody else copies.
        _x.Start("xclip", "-quiet", "-selection", "clipboard", "-t", form, "-i", file);
    }

    private async Task PastesAsync(string text)
    {
        var seen = "";
        for (var i = 0; i < 300 && seen != text; i++) seen = System.Text.Encoding.UTF8.GetString(await PasteAsync("UTF8_STRING"));
        seen.ShouldBe(text);
    }

    private async Task<byte[]> PasteAsync(string form)
    {
        var file = Path.Combine(_folder, "pasted");
        var script = $"xclip -selection clipboard -t '{form}' -o > '{file}' 2>/dev/null || : > '{file}'";
        await _x.DoAsync("sh", "-c", script);
        return await File.ReadAllBytesAsync(file);
    }
}
