using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>How long one send may take (§6.4): the field's SEND_TIMEOUT_VIDEO and SEND_TIMEOUT_OTHER.</summary>
public sealed class SendLimitTests
{
    [Theory]
    [InlineData("remote", 12)]
    [InlineData("files", 120)]
    [InlineData("terminal", 120)]
    public async Task Pictures_have_twelve_seconds_and_what_must_arrive_ten_times_that(string kind, int seconds)
    {
        await using var rig = new SessionRig();
        var session = await rig.ConnectAsync(o => o with
        {
            Files = kind == "files" ? new FileTransfer() : null,
            Terminal = kind == "terminal" ? new Protocol.Messages.Terminal() : null,
        });
        // Before the login nobody knows what it will be.
        var host = rig.Host.Sessions.ShouldHaveSingleItem();
        host.SendLimit.ShouldBe(TimeSpan.FromSeconds(12));
        (await session.LoginAsync("secret")).State.ShouldBe(LoginState.In);
        host.SendLimit.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task A_path_that_takes_nothing_is_given_up_when_the_time_is_over_and_not_before()
    {
        var time = new ManualTime();
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        var patient = new HandshakeOptions { Limit = TimeSpan.FromSeconds(60) };
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, patient, patient);
        await using var other = controller;
        await using var own = host;
        await using var lanes = new SendLanes(host, time);
        // 256 KiB at 32 KiB a second are eight seconds more; nobody reads them.
        var frame = new AudioFrame { Data = ByteString.CopyFrom(new byte[256 * 1024]) };
        var sending = lanes.SendAsync(SendLane.Video, new Message { AudioFrame = frame });
        await Eventually.HoldsAsync(() => hostEnd.Written.Length > 256 * 1024, "it is being sent", 60);
        time.Advance(TimeSpan.FromSeconds(19));
        lanes.Ended.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(2));
        (await Should.ThrowAsync<IOException>(sending.WaitAsync(TimeSpan.FromSeconds(60)))).Message.ShouldBe("the other end does not read");
    }
}
