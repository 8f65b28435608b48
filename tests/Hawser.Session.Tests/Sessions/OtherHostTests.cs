using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Desktop;
using Hawser.Session.Tests.Channel;
using Hawser.Session.Video;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>What our controller does with hosts that are not ours, played from the reference; and who hangs up early.</summary>
public sealed class OtherHostTests : IAsyncDisposable
{
    private static readonly HandshakeOptions Patient = new() { Limit = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(90));
    private readonly List<IAsyncDisposable> _ends = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends) await end.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task T15_the_losing_connection_of_a_double_dial_leaves_nothing_behind()
    {
        await using var rig = new SessionRig();
        Task<string>? lost = null;
        // Both ways lead to the host, and the handshake is done on both.
        var loser = await rig.JoinAsync(ended: t => lost = t);
        await LoginTests.HashAsync(loser);
        var winner = await rig.LoginAsync();
        rig.Host.Connections.Count.ShouldBe(2);
        await loser.DisposeAsync();
        (await lost!.WaitAsync(_limit.Token)).ShouldStartWith("closed");
        rig.Host.Sessions.ShouldHaveSingleItem().IsAuthorised.ShouldBeTrue();
        // Nobody was let in on it, and nobody counts it as a wrong password.
        lock (rig.Notes) rig.Notes.Count(n => n.StartsWith("in ", StringComparison.Ordinal)).ShouldBe(1);
        winner.Ended.IsCompleted.ShouldBeFalse();
        (await rig.LoginAsync(o => o with { MyId = "another" })).Host.ShouldNotBeNull();
    }

    [Fact]
    public async Task T80_a_camera_is_watched_and_takes_no_input()
    {
        var (host, session) = await JoinAsync(new ControllerOptions { Target = "1", Camera = true });
        var login = await LoginAsync(host, session, new PeerInfo
        {
            Displays = { new DisplayInfo { Width = 320, Height = 240, Name = "camera", Online = true, Scale = 1 } },
            PlatformAdditions = "{\"support_view_camera\":true}",
        });
        login.UnionCase.ShouldBe(LoginRequest.UnionOneofCase.ViewCamera);
        // A camera has pictures to be decoded, so what can be is said.
        login.Option.SupportedDecoding.AbilityVp9.ShouldBeGreaterThan(0);
        await host.SendAsync(new Message
        {
            Misc = new Misc
            {
                PermissionInfo = new PermissionInfo { Permission = PermissionInfo.Types.Permission.Keyboard },
            },
        });
        await host.SendAsync(new Message { VideoFrame = Frame() });
        using var player = new VideoPlayer(session);
        var frame = await session.Screen.ReadAsync(_limit.Token);
        player.Play(frame.ShouldNotBeNull()).ShouldNotBeNull().Width.ShouldBe(320);
        session.Denied.ShouldContain(PermissionInfo.Types.Permission.Keyboard);
    }

    [Fact]
    public async Task T80_a_host_without_cameras_says_so_and_ends()
    {
        await using var rig = new SessionRig(o => o with { RefusalShown = TimeSpan.Zero });
        var session = await rig.ConnectAsync(o => o with { Camera = true });
        var step = await session.LoginAsync("secret");
        (step.State, step.Text).ShouldBe((LoginState.Refused, "No permission of viewing camera"));
        await session.Ended.WaitAsync(_limit.Token);
        rig.Noted("in ").ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, 1u)]
    [InlineData(2u, 2u)]
    public async Task T85_one_of_several_sessions_of_windows_is_chosen_again_after_the_host_has_moved(uint? wanted, uint told)
    {
        var options = new ControllerOptions { Target = "1", WindowsSession = wanted };
        ulong? number = null;
        // The first host closes when it was told another session; the second is in it.
        for (var i = 0; i < 2; i++)
        {
            var (host, session) = await JoinAsync(options);
            var login = await LoginAsync(host, session, new PeerInfo
            {
                Platform = "Windows",
                Displays = { new DisplayInfo { Width = 320, Height = 240 } },
                WindowsSessions = new WindowsSessions
                {
                    CurrentSid = i == 0 ? 1u : told,
                    Sessions = { new WindowsSession { Sid = 1, Name = "Console" }, new WindowsSession { Sid = 2, Name = "mara" } },
                },
            });
            (number ??= login.SessionId).ShouldBe(login.SessionId, "it is the same window that comes again");
            (await HeardAsync(host, m => m.Misc?.UnionCase == Misc.UnionOneofCase.SelectedSid)).Misc.SelectedSid.ShouldBe(told);
            await host.DisposeAsync();
            await session.Ended.WaitAsync(_limit.Token);
        }
    }

    [Theory]
    [InlineData("Windows", true)]
    [InlineData("Linux", false)]
    [InlineData("Mac OS", false)]
    public async Task T62_the_chord_that_Windows_takes_from_nobody_is_asked_for_by_its_name(string platform, bool byName)
    {
        var (host, session) = await JoinAsync(new ControllerOptions { Target = "1" });
        await LoginAsync(host, session, new PeerInfo
        {
            Platform = platform,
            Displays = { new DisplayInfo { Width = 320, Height = 240 } },
        });
        await session.Screen.Input.PressAsync(ControlKey.Delete, ControlKey.Alt, ControlKey.Control);
        var key = (await HeardAsync(host, m => m.KeyEvent is not null)).KeyEvent;
        if (byName)
        {
            key.ShouldBe(new KeyEvent { ControlKey = ControlKey.CtrlAltDel, Down = true });
            return;
        }

        (key.ControlKey, key.Press).ShouldBe((ControlKey.Delete, true));
        key.Modifiers.ShouldBe([ControlKey.Alt, ControlKey.Control]);
    }

    private static VideoFrame Frame()
    {
        var picture = new Picture(320, 240);
        TestCard.Draw(picture, 3);
        using var encoder = VideoCodecs.NewEncoder(new EncoderShape(VideoCodec.Vp9, 320, 240, false), 1000, 30);
        var packed = encoder.Encode(picture, 0, key: true).ShouldNotBeNull();
        var frame = new EncodedVideoFrame { Data = ByteString.CopyFrom(packed.Data.Span), Key = true };
        return VideoCodecs.ToWire(VideoCodec.Vp9, frame, 0);
    }

    private async Task<(SecureChannel Host, ControllerSession Session)> JoinAsync(ControllerOptions options)
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Patient, Patient);
        var session = new ControllerSession(controller, options);
        _ends.Add(session);
        _ends.Add(host);
        return (host, session);
    }

    private async Task<LoginRequest> LoginAsync(SecureChannel host, ControllerSession session, PeerInfo info)
    {
        await host.SendAsync(new Message { Hash = new Hash { Salt = "salt", Challenge = "challenge" } });
        var login = session.LoginAsync("secret");
        var request = (await HeardAsync(host, m => m.LoginRequest is not null)).LoginRequest;
        await host.SendAsync(new Message { LoginResponse = new LoginResponse { PeerInfo = info } });
        (await login.WaitAsync(_limit.Token)).State.ShouldBe(LoginState.In);
        return request;
    }

    private async Task<Message> HeardAsync(SecureChannel host, Func<Message, bool> wanted)
    {
        while (await host.ReceiveAsync(_limit.Token) is { } message)
        {
            if (wanted(message)) return message;
        }

        throw new IOException("the controller has hung up");
    }
}
