using System.Net;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Clipboard;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Session reference §6, §12, §13, §19; numbers are the cases of §24.</summary>
public sealed class RunningTests
{
    [Fact]
    public async Task T39_T40_the_hash_comes_first_then_a_probe_a_second_while_they_are_answered()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        rig.Set("enable-keyboard", "N");
        var channel = await rig.JoinAsync();
        (await channel.ReceiveAsync())!.Hash.ShouldNotBeNull();
        (await channel.ReceiveAsync())!.Misc.PermissionInfo.ShouldBe(
            new PermissionInfo { Permission = PermissionInfo.Types.Permission.Keyboard });
        for (var i = 0; i < 60; i++)
        {
            var probe = (await channel.ReceiveAsync())!.TestDelay;
            probe.FromClient.ShouldBeFalse();
            if (i > 0) probe.LastDelay.ShouldBe(250u);
            time.Advance(TimeSpan.FromMilliseconds(250));
            await channel.SendAsync(new Message { TestDelay = probe });
            var answers = i + 1;
            await Eventually.HoldsAsync(() => rig.Host.Sessions.Single().ProbesAnswered == answers, "the answer is in");
            time.Advance(TimeSpan.FromMilliseconds(750));
        }
    }

    [Fact]
    public async Task T47_half_a_minute_of_silence_ends_a_session()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        Task<string>? ended = null;
        var channel = await rig.JoinAsync(ended: t => ended = t);
        await LoginTests.HashAsync(channel);
        await AdvanceUntilAsync(time, ended!);
        (await ended!).ShouldBe("Timeout");
    }

    [Fact]
    public async Task T47_a_host_that_is_silent_is_given_up()
    {
        var time = new ManualTime();
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var session = new ControllerSession(controller, new ControllerOptions { Target = "1", Time = time });
        await AdvanceUntilAsync(time, session.Ended);
        session.EndReason.ShouldBe("Timeout");
        await host.DisposeAsync();
    }

    [Fact]
    public async Task T90_an_idle_session_is_ended_when_the_option_says_so()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        rig.Set("allow-auto-disconnect", "Y");
        rig.Set("auto-disconnect-timeout", "2");
        var session = await rig.LoginAsync();
        var host = rig.Host.Sessions.Single();
        for (var second = 0; second < 125 && !session.Ended.IsCompleted; second++)
        {
            var before = host.ProbesAnswered;
            time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.HoldsAsync(
                () => host.ProbesAnswered > before || session.Ended.IsCompleted || rig.Noted("closed"), "the answer is in");
        }

        await session.Ended;
        session.EndReason.ShouldBe("Connection failed due to inactivity");
    }

    [Fact]
    public async Task Chat_and_clipboard_cross_both_ways_and_the_clipboard_needs_its_permission()
    {
        var heard = new List<string>();
        var texts = new List<string>();
        await using var rig = new SessionRig();
        var session = await rig.LoginAsync(o => o with
        {
            Events = new ControllerEvents { Chat = heard.Add, Clipboard = c => texts.Add(c.Text) },
        });
        session.SendChat("hello");
        await Eventually.HoldsAsync(() => heard is ["heard hello"], "the answer");
        var text = string.Concat(Enumerable.Repeat("text ☃ ", 10_000));
        (await session.SendClipboardAsync(new ClipboardContent { Text = text })).ShouldBeTrue();
        await rig.NotedAsync($"clipboard {text}");
        rig.Host.Sessions.Single().SendClipboard(new ClipboardContent { Text = "from the host" });
        await Eventually.HoldsAsync(() => texts is ["from the host"], "the clipboard");

        // T63: without the keyboard nothing of the host's clipboard goes out.
        var denied = await rig.ConnectAsync(
            o => o with { Events = new ControllerEvents { Clipboard = c => texts.Add(c.Text), Chat = heard.Add } }, permissions: 1);
        (await denied.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        var other = rig.Host.Sessions.Single(s => !s.Permissions.Keyboard);
        other.SendClipboard(new ClipboardContent { Text = "secret text" });
        other.SendChat("after it");
        await Eventually.HoldsAsync(() => heard.Contains("after it"), "what came behind");
        texts.ShouldBe(["from the host"]);
    }

    [Fact]
    public async Task T81_T82_T89_what_X11_cannot_do_is_said_and_not_pretended()
    {
        await using var rig = new SessionRig();
        var told = new List<BackNotification>();
        var session = await rig.LoginAsync(o => o with { Events = new ControllerEvents { Notified = told.Add } });
        session.Lanes.Post(Privacy(on: true));
        session.Lanes.Post(Privacy(on: false));
        session.SendOptions(new OptionMessage { BlockInput = OptionMessage.Types.BoolOption.Yes });
        session.SendOptions(new OptionMessage { BlockInput = OptionMessage.Types.BoolOption.No });
        await Eventually.HoldsAsync(() => told.Count == 3, "three answers");
        told[0].PrivacyModeState.ShouldBe(BackNotification.Types.PrivacyModeState.PrvNotSupported);
        told[0].ImplKey.ShouldBe("key");
        told[1].PrivacyModeState.ShouldBe(BackNotification.Types.PrivacyModeState.PrvOffFailed);
        told[2].BlockInputState.ShouldBe(BackNotification.Types.BlockInputState.BlkOnFailed);
        told[2].Details.ShouldBe("Not supported by X11");

        // Bits 20, 21 and 24, 25: the server forbids both.
        var denied = await rig.ConnectAsync(
            o => o with { Events = new ControllerEvents { Notified = told.Add } }, permissions: 1UL << 20 | 1UL << 24);
        (await denied.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        denied.Lanes.Post(Privacy(on: true));
        denied.SendOptions(new OptionMessage { BlockInput = OptionMessage.Types.BoolOption.Yes });
        await Eventually.HoldsAsync(() => told.Count == 5, "two answers more");
        told[3].PrivacyModeState.ShouldBe(BackNotification.Types.PrivacyModeState.PrvOnFailedDenied);
        (told[4].BlockInputState, told[4].Details).ShouldBe(
            (BackNotification.Types.BlockInputState.BlkOnFailed, "No permission"));
    }

    private static Message Privacy(bool on) => new()
    {
        Misc = new Misc { TogglePrivacyMode = new TogglePrivacyMode { ImplKey = "key", On = on } },
    };

    [Fact]
    public async Task T87_what_a_session_is_not_for_is_dropped_or_ends_it()
    {
        await using var rig = new SessionRig();
        rig.Set("allow-scope-violation-alarm", "Y");
        var session = await rig.LoginAsync(o => o with { Terminal = new Protocol.Messages.Terminal() });
        session.Lanes.Post(new Message { FileAction = new FileAction { ReadDir = new ReadDir { Path = "/" } } });
        await rig.NotedAsync("alarm ScopeViolation");
        await session.Terminals.OpenAsync(1, 24, 80);
        rig.Set("allow-scope-violation-close", "Y");
        session.Lanes.Post(new Message { MouseEvent = new MouseEvent() });
        await session.Ended;
        session.EndReason.ShouldBe("Connection not allowed");
    }

    [Fact]
    public async Task Before_the_login_everything_else_is_ignored()
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync(o => o with { Files = new FileTransfer() });
        session.Lanes.Post(new Message
        {
            FileAction = new FileAction { Create = new FileDirCreate { Id = 1, Path = Path.Combine(rig.Folder, "x") } },
        });
        session.SendChat("let me in");
        (await session.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        Directory.Exists(Path.Combine(rig.Folder, "x")).ShouldBeFalse();
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed()
    {
        await using var rig = new SessionRig(o => o with { MostSessions = 2 });
        await rig.ConnectAsync();
        await rig.ConnectAsync();
        var third = await rig.ConnectAsync();
        await third.Ended;
        rig.Host.Connections.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Urgent_messages_overtake_bulk_and_stale_sound_is_dropped()
    {
        var time = new ManualTime();
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var lanes = new SendLanes(host, time);
        // More than the pipe holds: the writer is busy with the first one until somebody reads.
        var bulk = new Message
        {
            VideoFrame = new VideoFrame
            {
                Vp9S = new EncodedVideoFrames
                {
                    Frames = { new EncodedVideoFrame { Data = Google.Protobuf.ByteString.CopyFrom(new byte[500_000]) } },
                },
            },
        };
        for (var i = 0; i < 3; i++) lanes.TryPost(SendLane.Video, bulk).ShouldBeTrue();
        await Eventually.HoldsAsync(() => hostEnd.Written.Length > 60_000, "the first is on its way");
        lanes.TryPost(SendLane.Audio, new Message { AudioFrame = new AudioFrame() });
        time.Advance(TimeSpan.FromMilliseconds(1500));
        lanes.TryPost(SendLane.Audio, new Message { AudioFrame = new AudioFrame { Data = Google.Protobuf.ByteString.CopyFrom([7]) } });
        lanes.TryPost(SendLane.Input, new Message { CursorId = 5 });
        lanes.Post(new Message { TestDelay = new TestDelay() });
        var order = new List<Message.UnionOneofCase>();
        while (order.Count < 6) order.Add((await controller.ReceiveAsync())!.UnionCase);
        order.ShouldBe([
            Message.UnionOneofCase.VideoFrame, Message.UnionOneofCase.TestDelay, Message.UnionOneofCase.CursorId,
            Message.UnionOneofCase.AudioFrame, Message.UnionOneofCase.VideoFrame, Message.UnionOneofCase.VideoFrame]);
        lanes.DroppedAudio.ShouldBe(1);
        await controller.DisposeAsync();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_does_not_read_is_given_up()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        Task<string>? ended = null;
        var channel = await rig.JoinAsync(ended: t => ended = t);
        await LoginTests.HashAsync(channel);
        // Its own probes come back, and fill the path.
        var probe = new Message { TestDelay = new TestDelay { FromClient = true, Time = 1 } };
        var flooding = Task.Run(async () =>
        {
            try
            {
                while (!ended!.IsCompleted) await channel.SendAsync(probe);
            }
            catch (IOException)
            {
                // It hung up.
            }
        });
        (await ended!).ShouldBe("the other end does not read");
        await channel.DisposeAsync();
        await flooding;
    }

    [Fact]
    public async Task T06_T07_T31_direct_access_by_address_is_in_clear_and_works()
    {
        await using var rig = new SessionRig();
        using var listener = new DirectListener(new IPEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync(SessionRig.Id, default);
        var called = new ServerName("127.0.0.1", listener.Local.Port);
        var channel = await DirectListener.CallAsync(called, TimeSpan.FromSeconds(60), default);
        var (host, remote) = await accepting;
        remote.ShouldBe(IPAddress.Loopback);
        var serving = rig.Host.RunAsync(new IncomingSession(host) { Remote = remote }, default);
        await using (var session = new ControllerSession(channel, new ControllerOptions { Target = called.ToString() }))
        {
            (await session.LoginAsync("secret")).State.ShouldBe(LoginState.In);
            session.IsEncrypted.ShouldBeFalse();
        }

        await serving;
        await rig.NotedAsync("closed");
    }

    private static async Task AdvanceUntilAsync(ManualTime time, Task done)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!done.IsCompleted && TimeProvider.System.GetElapsedTime(start).TotalSeconds < 90)
        {
            time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await done;
    }
}
