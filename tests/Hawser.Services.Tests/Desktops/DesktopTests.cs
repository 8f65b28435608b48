using Hawser.Agent.Linux.X11;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Tests.Video;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real desktop at one end, a controller at the other, the server between them.</summary>
public sealed class DesktopTests : IAsyncLifetime
{
    private XServer _x = null!;
    private DeskRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _x = await XServer.StartAsync();
        _rig = await DeskRig.StartAsync(_x.Name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_rig is not null) await _rig.DisposeAsync();
        if (_x is not null) await _x.DisposeAsync();
    }

    [Fact]
    public async Task What_is_typed_and_clicked_arrives_in_a_terminal()
    {
        var typed = Path.Combine(_rig.Folder, "typed");
        _x.Start("xterm", "-geometry", "80x24+100+100", "-e", "sh", "-c", $"echo > {typed}.ready; cat > {typed}");
        await Eventually.HoldsAsync(() => File.Exists(typed + ".ready"), "the terminal is there", 60);
        // Without a window manager keys go to where the pointer is.
        await _rig.ConnectAsync("click", "200", "200");
        // The shell may run before its window is on the screen: until then keys go nowhere.
        for (var i = 0; i < 60 && Read(typed).Length == 0; i++) await _rig.ConnectAsync("type", "--press", "Return");
        const string text = "Hello, World! ~|\\ àéî € Привет 日本";
        await _rig.ConnectAsync("type", text, "--enter");
        await Eventually.IsAsync(() => Read(typed).TrimStart('\n'), text + "\n", "what was typed has arrived", 60);
        await _rig.ConnectAsync("type", "--press", "shift+a", "--press", "b", "--press", "Return");
        await Eventually.IsAsync(() => Read(typed).TrimStart('\n'), text + "\nAb\n", "so have keys", 60);
    }

    [Theory]
    [InlineData(Paths.Relay, ReachedBy.RelayTcp)]
    [InlineData(Paths.Udp, ReachedBy.PunchedUdp)]
    public async Task T08_T10_pictures_and_keys_go_through_a_relay_and_through_KCP(Paths way, ReachedBy how)
    {
        var typed = Path.Combine(_rig.Folder, "typed");
        _x.Start("xterm", "-geometry", "80x24+100+100", "-e", "sh", "-c", $"echo > {typed}.ready; cat > {typed}");
        await Eventually.HoldsAsync(() => File.Exists(typed + ".ready"), "the terminal is there", 60);
        await using var session = await _rig.OpenAsync(way: way, how: how);
        session.IsEncrypted.ShouldBeTrue();
        using var player = new VideoPlayer(session);
        (await _rig.PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_rig.Limit);
        var draining = DeskRig.DrainAsync(session, stop.Token);
        await session.Screen.Input.ClickAsync(200, 200, MouseButton.Left, 1);
        for (var i = 0; i < 60 && Read(typed).Length == 0; i++)
        {
            await session.Screen.Input.PressAsync(ControlKey.Return);
            await Task.Delay(200);
        }

        await session.Screen.Input.TypeAsync("over there");
        await session.Screen.Input.PressAsync(ControlKey.Return);
        await Eventually.HoldsAsync(() => Read(typed).TrimStart('\n') == "over there\n", "it has arrived", 60);
        await stop.CancelAsync();
        await draining;
    }

    [Fact]
    public async Task A_moving_scene_is_saved_as_a_film_that_plays()
    {
        _x.Start("xterm", "-geometry", "100x30+20+20", "-e", "sh", "-c", "while :; do date +%N; done");
        var (film, shot) = (Path.Combine(_rig.Folder, "film.webm"), Path.Combine(_rig.Folder, "shot.png"));
        // A machine that has much else to do needs longer for some pictures.
        var count = 0;
        for (var seconds = 6; count <= 3 && seconds < 100; seconds *= 2)
        {
            await _rig.ConnectAsync("view", "--out", film, "--seconds", $"{seconds}");
            var found = await DeskRig.ToolAsync("ffprobe", "-v", "error", "-select_streams", "v", "-count_frames",
                "-show_entries", "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0", film);
            var fields = found.Trim().Split(',');
            fields[..3].ShouldBe(["vp9", "1280", "720"]);
            count = int.Parse(fields[3]);
        }

        count.ShouldBeGreaterThan(3);
        (await DeskRig.ToolAsync("ffmpeg", "-v", "error", "-i", film, "-f", "null", "-")).ShouldBeEmpty();
        await _rig.ConnectAsync("screenshot", "--out", shot);
        (await DeskRig.ToolAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", shot))
            .Trim().ShouldBe("png,1280,720");
    }

    [Fact]
    public async Task The_picture_is_the_screens_and_a_still_screen_sends_none()
    {
        _x.Start("xterm", "-geometry", "100x30+20+20", "-e", "sh", "-c", "ls -l /usr/bin | head -29; exec sleep 1000");
        await using var session = await _rig.OpenAsync();
        using var player = new VideoPlayer(session);
        using var screen = new X11Screen(_x.Name, session.Screen.Displays[0]);
        var like = 0.0;
        while (like < 30)
        {
            var frame = (await session.Screen.ReadAsync(_rig.Limit)).ShouldNotBeNull(session.EndReason);
            if (player.Play(frame) is { } seen) like = Lettered(screen.Grab()) ? Likeness.Psnr(screen.Grab(), seen) : 0;
        }

        // It settles; then the probes go on and pictures do not.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_rig.Limit);
        var draining = DeskRig.DrainAsync(session, stop.Token);
        var (last, since) = (-1L, 0L);
        await Eventually.HoldsAsync(
            () =>
            {
                var now = _rig.Agent.Host.PicturesPacked;
                if (now != last) (last, since) = (now, TimeProvider.System.GetTimestamp());
                return TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromSeconds(3);
            },
            "three seconds without a picture",
            90);
        await stop.CancelAsync();
        await draining;
    }

    [Fact]
    public async Task T51_a_display_that_changes_its_size_goes_on_with_the_new_one()
    {
        await using var session = await _rig.OpenAsync();
        using var player = new VideoPlayer(session);
        (await _rig.PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
        await _x.DoAsync("xrandr", "--newmode", "small", "38.25", "800", "832", "912", "1024", "600", "603", "607", "624");
        await _x.DoAsync("xrandr", "--addmode", "screen", "small");
        await _x.DoAsync("xrandr", "--output", "screen", "--mode", "small");
        (await _rig.PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
        session.Screen.Displays.ShouldHaveSingleItem().Width.ShouldBe(800);
    }

    [Fact]
    public async Task T51_a_controller_changes_the_size_and_it_comes_back_when_the_last_one_leaves()
    {
        await _x.DoAsync("xrandr", "--newmode", "small", "38.25", "800", "832", "912", "1024", "600", "603", "607", "624");
        await _x.DoAsync("xrandr", "--addmode", "screen", "small");
        await using (var session = await _rig.OpenAsync())
        {
            using var player = new VideoPlayer(session);
            (await _rig.PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
            session.Host!.Resolutions.Resolutions.ShouldContain(new Resolution { Width = 800, Height = 600 });
            session.Screen.Resize(0, 800, 600);
            (await _rig.PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
            var display = session.Screen.Displays.ShouldHaveSingleItem();
            display.OriginalResolution.ShouldBe(new Resolution { Width = 1280, Height = 720 });
            // One that it does not have changes nothing.
            session.Screen.Resize(0, 801, 601);
            session.Screen.Resize(0, 1280, 720);
            (await _rig.PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
            session.Screen.Resize(0, 800, 600);
            (await _rig.PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
        }

        await Eventually.HoldsAsync(() => _rig.Agent.Displays is [{ Width: 1280, Height: 720 }], "the old size", 60);
    }

    [Fact]
    public async Task T55_the_pointers_shape_and_place_are_told()
    {
        await using var session = await _rig.OpenAsync(o => o with
        {
            Wishes = new OptionMessage { ShowRemoteCursor = OptionMessage.Types.BoolOption.Yes },
        });
        using var input = X11Input.TryOpen(_x.Name).ShouldNotBeNull();
        input.MoveTo(321, 123);
        await Eventually.HoldsAsync(() => session.Screen.Pointer == (321, 123), "the place", 60);
        await Eventually.HoldsAsync(() => session.Screen.Cursor is not null, "the shape", 60);
        var before = session.Screen.Cursor!.Id;
        _x.Start("xterm", "-geometry", "100x30+200+50");
        await Eventually.HoldsAsync(() => session.Screen.Cursor!.Id != before, "another shape", 60);
        session.Screen.Cursor!.Colors.Length.ShouldBe(session.Screen.Cursor.Width * session.Screen.Cursor.Height * 4);
    }

    [Fact]
    public async Task Keys_and_buttons_do_not_stay_down_when_a_controller_vanishes()
    {
        using var device = X11Input.TryOpen(_x.Name).ShouldNotBeNull();
        await using (var session = await _rig.OpenAsync())
        {
            var shift = device.CodeOf(ControlKey.Shift).ShouldNotBeNull();
            await session.Screen.Input.SendAsync(new KeyEvent
            {
                Mode = KeyboardMode.Map,
                Chr = (uint)shift,
                Down = true,
            });
            await Eventually.HoldsAsync(() => device.Held(ControlKey.Shift) == shift, "it is down", 60);
            // Without a word.
            await _rig.Channel!.DisposeAsync();
        }

        await Eventually.HoldsAsync(() => device.Held(ControlKey.Shift) is null, "it is up", 60);
    }

    [Fact]
    public async Task An_X_server_that_goes_and_comes_back_is_found_again()
    {
        await using (var session = await _rig.OpenAsync())
        {
            using var player = new VideoPlayer(session);
            await _rig.PictureAsync(session, player, 1280, 720);
            _x.Kill();
        }

        await Eventually.HoldsAsync(() => _rig.Agent.Host.Connections.Count == 0, "the session is over", 60);
        await using (var refused = await _rig.ReachAsync(o => o))
        {
            (await refused.LoginAsync("secret", _rig.Limit)).Text.ShouldStartWith("No displays");
        }

        await _x.RestartAsync();
        await Eventually.HoldsAsync(() => _rig.Agent.Displays.Count > 0, "the desktop is found", 60);
        await using var again = await _rig.OpenAsync();
        using var other = new VideoPlayer(again);
        await _rig.PictureAsync(again, other, 1280, 720);
    }

    private static string Read(string file) => File.Exists(file) ? File.ReadAllText(file) : "";

    // Letters are there when there is more than one colour in the terminal.
    private static bool Lettered(Picture picture)
    {
        var dark = 0;
        for (var y = 30; y < 300; y += 2)
        {
            var row = picture.Row(y);
            for (var x = 30; x < 500; x++) dark += row[x * 4] < 100 ? 1 : 0;
        }

        return dark > 1000;
    }
}
