using System.Diagnostics;
using System.Net;
using Hawser.Agent.Linux.X11;
using Hawser.Agent.Serving;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Host;
using Hawser.Session.Tests.Video;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real desktop at one end, a controller at the other, the server between them.</summary>
public sealed class DesktopTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hawser-desk-").FullName;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(180));
    private XServer _x = null!;
    private TestHawser _hawser = null!;
    private RunningAgent _agent = null!;
    private SecureChannel? _channel;
    private string _id = "";

    public async ValueTask InitializeAsync()
    {
        _x = await XServer.StartAsync();
        _hawser = await TestHawser.StartAsync();
        var folder = new AgentFolder(Path.Combine(_folder, "state"))
        {
            Config = new AgentConfig
            {
                Server = $"127.0.0.1:{_hawser.RendezvousPort}",
                Key = _hawser.Key.PublicText,
                Relay = $"127.0.0.1:{_hawser.RelayPort}",
                Display = _x.Name,
            },
        };
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        _id = folder.Identity.Id;
        _agent = RunningAgent.Start(folder, new AgentLog(TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => _agent.IsRegistered, "the agent is registered", 60);
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null) await _agent.DisposeAsync();
        if (_hawser is not null) await _hawser.DisposeAsync();
        if (_x is not null) await _x.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        _limit.Dispose();
    }

    [Fact]
    public async Task What_is_typed_and_clicked_arrives_in_a_terminal()
    {
        var typed = Path.Combine(_folder, "typed");
        _x.Start("xterm", "-geometry", "80x24+100+100", "-e", "sh", "-c", $"echo > {typed}.ready; cat > {typed}");
        await Eventually.HoldsAsync(() => File.Exists(typed + ".ready"), "the terminal is there", 60);
        // Without a window manager keys go to where the pointer is.
        await ConnectAsync("click", "200", "200");
        // The shell may run before its window is on the screen: until then keys go nowhere.
        for (var i = 0; i < 60 && Read(typed).Length == 0; i++) await ConnectAsync("type", "--press", "Return");
        const string text = "Hello, World! ~|\\ àéî € Привет 日本";
        await ConnectAsync("type", text, "--enter");
        await Eventually.IsAsync(() => Read(typed).TrimStart('\n'), text + "\n", "what was typed has arrived", 60);
        await ConnectAsync("type", "--press", "shift+a", "--press", "b", "--press", "Return");
        await Eventually.IsAsync(() => Read(typed).TrimStart('\n'), text + "\nAb\n", "so have keys", 60);
    }

    [Theory]
    [InlineData(Paths.Relay, ReachedBy.RelayTcp)]
    [InlineData(Paths.Udp, ReachedBy.PunchedUdp)]
    public async Task T08_T10_pictures_and_keys_go_through_a_relay_and_through_KCP(Paths way, ReachedBy how)
    {
        var typed = Path.Combine(_folder, "typed");
        _x.Start("xterm", "-geometry", "80x24+100+100", "-e", "sh", "-c", $"echo > {typed}.ready; cat > {typed}");
        await Eventually.HoldsAsync(() => File.Exists(typed + ".ready"), "the terminal is there", 60);
        await using var session = await OpenAsync(way: way, how: how);
        session.IsEncrypted.ShouldBeTrue();
        using var player = new VideoPlayer(session);
        (await PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
        var draining = DrainAsync(session, stop.Token);
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
        var (film, shot) = (Path.Combine(_folder, "film.webm"), Path.Combine(_folder, "shot.png"));
        await ConnectAsync("view", "--out", film, "--seconds", "6");
        var found = await ToolAsync("ffprobe", "-v", "error", "-count_frames", "-show_entries",
            "stream=codec_name,width,height,nb_read_frames", "-of", "csv=p=0", film);
        var fields = found.Trim().Split(',');
        fields[..3].ShouldBe(["vp9", "1280", "720"]);
        int.Parse(fields[3]).ShouldBeGreaterThan(3);
        (await ToolAsync("ffmpeg", "-v", "error", "-i", film, "-f", "null", "-")).ShouldBeEmpty();
        await ConnectAsync("screenshot", "--out", shot);
        (await ToolAsync("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", shot))
            .Trim().ShouldBe("png,1280,720");
    }

    [Fact]
    public async Task The_picture_is_the_screens_and_a_still_screen_sends_none()
    {
        _x.Start("xterm", "-geometry", "100x30+20+20", "-e", "sh", "-c", "ls -l /usr/bin | head -29; exec sleep 1000");
        await using var session = await OpenAsync();
        using var player = new VideoPlayer(session);
        using var screen = new X11Screen(_x.Name, session.Screen.Displays[0]);
        var like = 0.0;
        while (like < 30)
        {
            var frame = (await session.Screen.ReadAsync(_limit.Token)).ShouldNotBeNull(session.EndReason);
            if (player.Play(frame) is { } seen) like = Lettered(screen.Grab()) ? Likeness.Psnr(screen.Grab(), seen) : 0;
        }

        // It settles; then the probes go on and pictures do not.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(_limit.Token);
        var draining = DrainAsync(session, stop.Token);
        var (last, since) = (-1L, 0L);
        await Eventually.HoldsAsync(
            () =>
            {
                var now = _agent.Host.PicturesPacked;
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
        await using var session = await OpenAsync();
        using var player = new VideoPlayer(session);
        (await PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
        await _x.DoAsync("xrandr", "--newmode", "small", "38.25", "800", "832", "912", "1024", "600", "603", "607", "624");
        await _x.DoAsync("xrandr", "--addmode", "screen", "small");
        await _x.DoAsync("xrandr", "--output", "screen", "--mode", "small");
        (await PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
        session.Screen.Displays.ShouldHaveSingleItem().Width.ShouldBe(800);
    }

    [Fact]
    public async Task T51_a_controller_changes_the_size_and_it_comes_back_when_the_last_one_leaves()
    {
        await _x.DoAsync("xrandr", "--newmode", "small", "38.25", "800", "832", "912", "1024", "600", "603", "607", "624");
        await _x.DoAsync("xrandr", "--addmode", "screen", "small");
        await using (var session = await OpenAsync())
        {
            using var player = new VideoPlayer(session);
            (await PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
            session.Host!.Resolutions.Resolutions.ShouldContain(new Resolution { Width = 800, Height = 600 });
            session.Screen.Resize(0, 800, 600);
            (await PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
            var display = session.Screen.Displays.ShouldHaveSingleItem();
            display.OriginalResolution.ShouldBe(new Resolution { Width = 1280, Height = 720 });
            // One that it does not have changes nothing.
            session.Screen.Resize(0, 801, 601);
            session.Screen.Resize(0, 1280, 720);
            (await PictureAsync(session, player, 1280, 720)).Width.ShouldBe(1280);
            session.Screen.Resize(0, 800, 600);
            (await PictureAsync(session, player, 800, 600)).Height.ShouldBe(600);
        }

        await Eventually.HoldsAsync(() => _agent.Displays is [{ Width: 1280, Height: 720 }], "the old size", 60);
    }

    [Fact]
    public async Task T55_the_pointers_shape_and_place_are_told()
    {
        await using var session = await OpenAsync(o => o with
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
        await using (var session = await OpenAsync())
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
            await _channel!.DisposeAsync();
        }

        await Eventually.HoldsAsync(() => device.Held(ControlKey.Shift) is null, "it is up", 60);
    }

    [Fact]
    public async Task An_X_server_that_goes_and_comes_back_is_found_again()
    {
        await using (var session = await OpenAsync())
        {
            using var player = new VideoPlayer(session);
            await PictureAsync(session, player, 1280, 720);
            _x.Kill();
        }

        await Eventually.HoldsAsync(() => _agent.Host.Connections.Count == 0, "the session is over", 60);
        await using (var refused = await ReachAsync(o => o))
        {
            (await refused.LoginAsync("secret", _limit.Token)).Text.ShouldStartWith("No displays");
        }

        await _x.RestartAsync();
        await Eventually.HoldsAsync(() => _agent.Displays.Count > 0, "the desktop is found", 60);
        await using var again = await OpenAsync();
        using var other = new VideoPlayer(again);
        await PictureAsync(again, other, 1280, 720);
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

    private static async Task DrainAsync(ControllerSession session, CancellationToken stop)
    {
        try
        {
            while (await session.Screen.ReadAsync(stop) is not null) { }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    private static async Task<string> ToolAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program}: {await errors}");
        return said;
    }

    private async Task<Picture> PictureAsync(ControllerSession session, VideoPlayer player, int width, int height)
    {
        while (true)
        {
            var frame = (await session.Screen.ReadAsync(_limit.Token)).ShouldNotBeNull(session.EndReason);
            if (player.Play(frame) is { } seen && seen.Width == width && seen.Height == height) return seen;
        }
    }

    private async Task ConnectAsync(params string[] command)
    {
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, "secret\n");
        await ToolAsync("dotnet", [
            Path.Combine(AppContext.BaseDirectory, "hawser-connect.dll"), _id, .. command, "--server",
            $"127.0.0.1:{_hawser.RendezvousPort}", "--key", _hawser.Key.PublicText, "--password-file", password,
        ]);
    }

    private async Task<ControllerSession> OpenAsync(
        Func<ControllerOptions, ControllerOptions>? wishes = null, Paths? way = null, ReachedBy? how = null)
    {
        var session = await ReachAsync(wishes ?? (o => o), way, how);
        (await session.LoginAsync("secret", _limit.Token)).ShouldBe(new LoginStep(LoginState.In, ""));
        return session;
    }

    private async Task<ControllerSession> ReachAsync(
        Func<ControllerOptions, ControllerOptions> wishes, Paths? way = null, ReachedBy? how = null)
    {
        var result = await PeerCaller.ConnectAsync(_id, new PeerCallerOptions
        {
            Paths = way ?? (Paths.Tcp | Paths.Relay),
            Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
            Key = _hawser.Key.PublicText,
            // From another address than the agent's, as in another network.
            LocalAddress = way == Paths.Udp ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback,
        }, _limit.Token);
        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        if (how is not null) result.How.ShouldBe(how.Value);
        _channel = result.Channel!;
        return new ControllerSession(_channel, wishes(new ControllerOptions { Target = _id, MyId = "tester" }));
    }
}
