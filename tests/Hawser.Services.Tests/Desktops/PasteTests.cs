using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Hawser.Agent.Linux;
using Hawser.Protocol.Messages;
using Hawser.Session.Clipboard;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Bool = Hawser.Protocol.Messages.OptionMessage.Types.BoolOption;

namespace Hawser.Services.Tests.Desktops;

/// <summary>Files that a controller has copied, pasted by the programs of a real desktop.</summary>
public sealed class PasteTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-pasting-").FullName;
    private XServer _x = null!;
    private DeskRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        PasteRig.SkipWithoutFuse();
        if (!File.Exists("/usr/bin/xclip")) Assert.Skip("xclip is not installed: ./test does that");
        _x = await XServer.StartAsync();
        _rig = await DeskRig.StartAsync(_x.Name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null) await _rig.DisposeAsync();
        if (_x is not null) await _x.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task T66_what_a_controller_has_copied_is_pasted_at_the_host()
    {
        var files = await MakeAsync();
        await using var session = await _rig.OpenAsync(Wish);
        var read = 0L;
        session.OfferFiles([Here("Ordner ü"), Here("allein.bin")], new FileOfferEvents
        {
            WasRead = count => Interlocked.Add(ref read, count),
        });
        var paths = await OfferedAsync(2);
        Path.GetFileName(paths[0]).ShouldBe("Ordner ü");
        // File managers want to know that it was copied and not cut.
        var marked = await ClipAsync("x-special/gnome-copied-files");
        marked.ShouldStartWith("copy\nfile:///");
        marked.Split('\n').Length.ShouldBe(3);
        Interlocked.Read(ref read).ShouldBe(0);
        (await DeskRig.ToolAsync("find", paths[0], "-printf", "%P %s %m\n")).ShouldContain("mitte/drei 3.txt 5 600\n");

        await DeskRig.ToolAsync("cp", "-r", paths[0], paths[1], There(""));
        foreach (var (name, hash) in files) Hash(There(name)).ShouldBe(hash, name);
        // Copies can be changed by whom they belong to, as anything that was pasted.
        await File.AppendAllTextAsync(There("Ordner ü/mitte/drei 3.txt"), "!");
        File.GetLastWriteTimeUtc(Path.Combine(paths[0], "eins.bin")).ShouldBe(DateTime.UnixEpoch.AddSeconds(1_600_000_000));
        Should.Throw<IOException>(() => File.WriteAllText(Path.Combine(paths[0], "neu"), "x"));

        // Something else was copied there: what was offered stays while it is read, and the new copy is the one to paste.
        session.OfferFiles([Here("allein.bin")], new FileOfferEvents());
        var second = (await OfferedAsync(1))[0];
        // With the controller goes what it offered.
        await session.DisposeAsync();
        await GoneAsync(Path.GetDirectoryName(paths[0])!);
        await GoneAsync(Path.GetDirectoryName(second)!);
        await OfferedAsync(0);
    }

    [Fact]
    public async Task A_controller_that_vanishes_while_somebody_pastes_is_an_error_and_leaves_nothing_mounted()
    {
        using (var file = File.OpenHandle(Here("large"), FileMode.CreateNew, FileAccess.Write)) RandomAccess.SetLength(file, 1L << 30);
        using var held = new ManualResetEventSlim();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await _rig.OpenAsync(Wish);
        try
        {
            session.OfferFiles([Here("large")], new FileOfferEvents
            {
                // In the middle of the file nothing more comes.
                WasRead = _ =>
                {
                    reached.TrySetResult();
                    held.Wait(TimeSpan.FromMinutes(5));
                },
            });
            var path = (await OfferedAsync(1))[0];
            Directory.CreateDirectory(There(""));
            var copying = Copy(path, There("large"));
            await reached.Task.WaitAsync(_rig.Limit);
            copying.HasExited.ShouldBeFalse();
            await _rig.Channel!.DisposeAsync();
            await copying.WaitForExitAsync(_rig.Limit);
            copying.ExitCode.ShouldBe(1);
            (await copying.StandardError.ReadToEndAsync(_rig.Limit)).ShouldContain("Input/output error");
            copying.Dispose();
            await GoneAsync(Path.GetDirectoryName(path)!);
        }
        finally
        {
            held.Set();
            await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task T66_the_command_offers_files_as_long_as_somebody_reads()
    {
        await File.WriteAllTextAsync(Here("note"), "from afar");
        using var offering = await _rig.BeginAsync("clipboard", "set", "--files", Here("note"), "--seconds", "600");
        var path = (await OfferedAsync(1))[0];
        (await DeskRig.ToolAsync("cat", path)).ShouldBe("from afar");
        // Ctrl+C takes them back.
        Libc.kill(offering.Id, 2).ShouldBe(0);
        await offering.WaitForExitAsync(_rig.Limit);
        await GoneAsync(Path.GetDirectoryName(path)!);
        // By itself it ends when nobody has read for so long, and says that nobody did.
        using var left = await _rig.BeginAsync("clipboard", "set", "--files", Here("note"), "--seconds", "1");
        (await left.StandardError.ReadToEndAsync(_rig.Limit)).ShouldContain("Nobody there has pasted them.");
        await left.WaitForExitAsync(_rig.Limit);
        left.ExitCode.ShouldBe(1);
    }

    private static Hawser.Session.Controller.ControllerOptions Wish(Hawser.Session.Controller.ControllerOptions options) =>
        options with { Wishes = new OptionMessage { EnableFileTransfer = Bool.Yes, DisableAudio = Bool.Yes, CustomFps = 1 } };

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    private static Process Copy(string from, string to)
    {
        var start = new ProcessStartInfo("cp") { UseShellExecute = false, RedirectStandardError = true, ArgumentList = { from, to } };
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }

    // The mount, its folder, and what the clipboard says of it.
    private static Task GoneAsync(string point) => Eventually.HoldsAsync(
        () => !File.ReadAllText("/proc/self/mountinfo").Contains(point, StringComparison.Ordinal) && !Directory.Exists(point),
        $"{point} has gone", 60);

    private async Task<Dictionary<string, string>> MakeAsync()
    {
        Directory.CreateDirectory(There(""));
        Directory.CreateDirectory(Here("Ordner ü/mitte"));
        var bytes = new byte[(5 << 20) + 77];
        new Random(66).NextBytes(bytes);
        await File.WriteAllBytesAsync(Here("Ordner ü/eins.bin"), bytes);
        await File.WriteAllBytesAsync(Here("Ordner ü/leer"), []);
        await File.WriteAllTextAsync(Here("Ordner ü/mitte/drei 3.txt"), "drei!");
        await File.WriteAllBytesAsync(Here("allein.bin"), bytes[..300_001]);
        File.SetLastWriteTimeUtc(Here("Ordner ü/eins.bin"), DateTime.UnixEpoch.AddSeconds(1_600_000_000));
        string[] names = ["Ordner ü/eins.bin", "Ordner ü/leer", "Ordner ü/mitte/drei 3.txt", "allein.bin"];
        return names.ToDictionary(n => n, n => Hash(Here(n)));
    }

    private string Here(string name) => Path.Combine(_folder, name);

    private string There(string name) => Path.Combine(_rig.Folder, "pasted", name);

    private async Task<string[]> OfferedAsync(int count)
    {
        while (true)
        {
            _rig.Limit.ThrowIfCancellationRequested();
            var lines = (await ClipAsync("text/uri-list")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            if (lines.Length == count) return [.. lines.Select(line => new Uri(line).LocalPath)];
        }
    }

    private async Task<string> ClipAsync(string form)
    {
        var file = Path.Combine(_folder, ".clip");
        await _x.DoAsync("sh", "-c", $"xclip -selection clipboard -t '{form}' -o > '{file}' 2>/dev/null || : > '{file}'");
        return Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file));
    }
}
