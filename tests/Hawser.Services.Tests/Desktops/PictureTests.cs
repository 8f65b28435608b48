using Hawser.Agent.Linux.X11;
using Hawser.Protocol.Messages;
using Hawser.Session.Controller;
using Hawser.Session.Tests.Video;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using Prefer = Hawser.Protocol.Messages.SupportedDecoding.Types.PreferCodec;

namespace Hawser.Services.Tests.Desktops;

/// <summary>What a controller sees, measured against what is on the real screen.</summary>
public sealed class PictureTests : IAsyncLifetime
{
    // Decibels of brightness: letters are sharp. Colours are packed in half the size, and blur at their edges.
    private const double Like = 30;
    // A busy machine looks like a thin path, on which pictures may be worse.
    private static readonly Dictionary<string, string> FullRate = new() { ["enable-abr"] = "N" };
    private XServer _x = null!;

    public async ValueTask InitializeAsync() => _x = await XServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_x is not null) await _x.DisposeAsync();
    }

    [Fact]
    public async Task A_moving_desktop_looks_the_same_at_the_other_end_with_every_codec()
    {
        if (!File.Exists("/usr/bin/openbox")) Assert.Skip("openbox is not installed: ./test does that");
        await _x.DoAsync("xsetroot", "-solid", "#406080");
        _x.Start("openbox");
        await using var scene = await Scene.StartAsync(_x, "100x24+20+40", "wheat", "navy");
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", FullRate);
        foreach (var (codec, wish) in new[]
        {
            (VideoCodec.Vp9, Prefer.Vp9), (VideoCodec.Vp8, Prefer.Vp8), (VideoCodec.Av1, Prefer.Av1),
            (VideoCodec.H264, Prefer.H264),
        })
        {
            await using var session = await rig.OpenAsync(o => o with { Wishes = Best(wish) });
            using var player = new VideoPlayer(session);
            using var screen = new X11Screen(_x.Name, session.Screen.Displays[0]);
            for (var step = 0; step < 2; step++)
            {
                await scene.MoveAsync(screen);
                await SeesAsync(rig, session, player, 0, screen.Grab(), codec);
            }
        }
    }

    [Fact]
    public async Task T51_each_of_several_displays_shows_its_own_picture_and_they_are_switched()
    {
        await using var one = await Scene.StartAsync(_x, "80x24+20+40", "wheat", "navy");
        await using var two = await Scene.StartAsync(_x, "40x24+840+200", "black", "orange");
        await using var rig = await DeskRig.StartAsync(_x.Name, "none", FullRate);
        await _x.DoAsync("xrandr", "--setmonitor", "left", "800/200x720/190+0+0", "screen");
        await _x.DoAsync("xrandr", "--setmonitor", "right", "480/120x720/190+800+0", "none");
        await Eventually.HoldsAsync(() => rig.Agent.Displays.Count == 2, "two displays", 30);
        await using var session = await rig.OpenAsync(o => o with { Wishes = Best(Prefer.Vp9) });
        using var player = new VideoPlayer(session);
        session.Screen.Displays.Select(d => (d.X, d.Y, d.Width, d.Height))
            .ShouldBe([(0, 0, 800, 720), (800, 0, 480, 720)]);
        using var left = new X11Screen(_x.Name, session.Screen.Displays[0]);
        using var right = new X11Screen(_x.Name, session.Screen.Displays[1]);
        await one.MoveAsync(left);
        await SeesAsync(rig, session, player, 0, left.Grab());
        session.Screen.Show(1);
        await two.MoveAsync(right);
        await SeesAsync(rig, session, player, 1, right.Grab());
        // Both at once, each in its place.
        session.Screen.Show(0, 1);
        await one.MoveAsync(left);
        await two.MoveAsync(right);
        await SeesAsync(rig, session, player, 0, left.Grab());
        await two.MoveAsync(right);
        await SeesAsync(rig, session, player, 1, right.Grab());
        // Whose display goes away looks at the first one.
        await _x.DoAsync("xrandr", "--delmonitor", "right");
        await one.MoveAsync(left);
        await SeesAsync(rig, session, player, 0, left.Grab());
        session.Screen.Displays.ShouldHaveSingleItem().Width.ShouldBe(800);
    }

    private static OptionMessage Best(Prefer codec) => new()
    {
        ImageQuality = ImageQuality.Best,
        SupportedDecoding = VideoCodecs.Decoding(codec),
    };

    // The screen stands still until the other end has seen what is on it.
    private static async Task SeesAsync(
        DeskRig rig, ControllerSession session, VideoPlayer player, int display, Picture there, VideoCodec? codec = null)
    {
        var best = 0.0;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(rig.Limit);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            while (best < Like)
            {
                var frame = (await session.Screen.ReadAsync(limit.Token)).ShouldNotBeNull(session.EndReason);
                if (player.Play(frame) is not { } seen || frame.Display != display) continue;
                if (codec is not null) frame.Codec.ShouldBe(codec.Value);
                best = Math.Max(best, Likeness.Brightness(there, seen));
            }
        }
        catch (OperationCanceledException)
        {
            best.ShouldBeGreaterThanOrEqualTo(Like, $"{codec} of display {display}");
        }
    }

    /// <summary>A terminal whose window wanders and whose text changes, one step at a time.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        // Elsewhere by its own escape sequence, which a window manager obeys; and another page of text.
        private const string Script = """
            echo > "$0.ready"
            while read -r n; do
                printf '\033[3;%d;%dt\033[H\033[2J' $(($X + n % 5 * 9)) $(($Y + n % 7 * 11))
                ls -l /usr/bin | tail -n +$((n * 9 + 2)) | cut -c 1-60 | head -22
            done < "$0"
            """;

        private readonly string _folder = Directory.CreateTempSubdirectory("hawser-scene-").FullName;
        private FileStream _steps = null!;
        private int _step;

        public static async Task<Scene> StartAsync(XServer x, string geometry, string front, string back)
        {
            var scene = new Scene();
            var (pipe, script) = (Path.Combine(scene._folder, "steps"), Path.Combine(scene._folder, "script"));
            var place = geometry.Split('+');
            await File.WriteAllTextAsync(script, Script.Replace("$X", place[1]).Replace("$Y", place[2]));
            await DeskRig.ToolAsync("mkfifo", pipe);
            x.Start("xterm", "-xrm", "XTerm*allowWindowOps: true", "-geometry", geometry, "-fg", front, "-bg", back,
                "-e", "sh", "-c", $". {script}", pipe);
            // Opened both ways, so that neither end waits for the other.
            scene._steps = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite);
            await Eventually.HoldsAsync(() => File.Exists(pipe + ".ready"), "the terminal is there", 60);
            return scene;
        }

        /// <summary>Moves on, and waits until all of it is drawn.</summary>
        public async Task MoveAsync(X11Screen screen)
        {
            var before = Copy(screen);
            await _steps.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"{++_step}\n"));
            await _steps.FlushAsync();
            var (last, since) = (before, TimeProvider.System.GetTimestamp());
            await Eventually.HoldsAsync(
                () =>
                {
                    var now = Copy(screen);
                    if (!now.SequenceEqual(last)) (last, since) = (now, TimeProvider.System.GetTimestamp());
                    return !last.SequenceEqual(before)
                        && TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMilliseconds(300);
                },
                "the scene has moved",
                60);
        }

        public async ValueTask DisposeAsync()
        {
            await _steps.DisposeAsync();
            Directory.Delete(_folder, recursive: true);
        }

        private static byte[] Copy(X11Screen screen)
        {
            var picture = screen.Grab();
            var copy = new byte[picture.Width * picture.Height * 4];
            for (var y = 0; y < picture.Height; y++) picture.Row(y).CopyTo(copy.AsSpan(y * picture.Width * 4));
            return copy;
        }
    }
}
