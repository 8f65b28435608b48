using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Sessions;

/// <summary>Switching sides (§18.7).</summary>
public sealed class SwitchTests
{
    private const string Peer = "555666777";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task T84_who_was_controlled_takes_over_without_a_password_and_only_once()
    {
        await using var rig = new SessionRig();
        var number = rig.Host.ExpectBack(Peer);
        var channel = await rig.JoinAsync();
        await LoginTests.HashAsync(channel);
        await channel.SendAsync(Answer(number, Peer));
        (await LoginTests.InAsync(channel).WaitAsync(Limit)).Displays.Count.ShouldBe(1);
        await rig.NotedAsync($"in {Peer} Remote SwitchedSides");
        // What was used is used up: nobody answers, and nobody is let in.
        var again = await rig.JoinAsync();
        await LoginTests.HashAsync(again);
        await again.SendAsync(Answer(number, Peer));
        await StaysOutAsync(again, rig);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T84_another_machine_or_another_number_gets_no_answer(bool anotherMachine)
    {
        await using var rig = new SessionRig();
        var number = rig.Host.ExpectBack(Peer);
        var channel = await rig.JoinAsync();
        await LoginTests.HashAsync(channel);
        await channel.SendAsync(anotherMachine ? Answer(number, "999888777") : Answer(Guid.NewGuid(), Peer));
        await StaysOutAsync(channel, rig);
    }

    [Fact]
    public async Task T84_after_ten_seconds_it_is_too_late()
    {
        var time = new ManualTime();
        await using var rig = new SessionRig(o => o with { Time = time });
        var number = rig.Host.ExpectBack(Peer);
        time.Advance(TimeSpan.FromSeconds(11));
        var channel = await rig.JoinAsync();
        await LoginTests.HashAsync(channel);
        await channel.SendAsync(Answer(number, Peer));
        await StaysOutAsync(channel, rig);
    }

    [Fact]
    public async Task T84_files_or_a_shell_are_not_what_was_agreed()
    {
        await using var rig = new SessionRig();
        var answer = Answer(rig.Host.ExpectBack(Peer), Peer);
        answer.SwitchSidesResponse.Lr.Terminal = new Protocol.Messages.Terminal();
        var channel = await rig.JoinAsync();
        await LoginTests.HashAsync(channel);
        await channel.SendAsync(answer);
        (await ErrorAsync(channel)).ShouldBe("Connection not allowed");
        rig.Noted("in ").ShouldBeFalse();
    }

    [Fact]
    public async Task T84_a_list_of_ids_counts_here_too()
    {
        await using var rig = new SessionRig();
        rig.Set("id-whitelist", "1*");
        var channel = await rig.JoinAsync();
        await LoginTests.HashAsync(channel);
        await channel.SendAsync(Answer(rig.Host.ExpectBack(Peer), Peer));
        (await ErrorAsync(channel)).ShouldBe("Your ID is blocked by the peer");
    }

    [Fact]
    public async Task T84_an_unattended_host_says_that_nobody_can_take_over()
    {
        await using var rig = new SessionRig();
        var shown = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var session = await rig.LoginAsync(o => o with
        {
            Events = new ControllerEvents { Box = (_, text) => shown.TrySetResult(text) },
        });
        session.RequestSwitch(Guid.NewGuid().ToByteArray(bigEndian: true));
        (await shown.Task.WaitAsync(Limit)).ShouldContain("Nobody is at this machine");
        session.Ended.IsCompleted.ShouldBeFalse();
    }

    private static Message Answer(Guid number, string peer) => new()
    {
        SwitchSidesResponse = new SwitchSidesResponse
        {
            Uuid = ByteString.CopyFrom(number.ToByteArray(bigEndian: true)),
            Lr = new LoginRequest { Username = SessionRig.Id, MyId = peer, MyName = "Mara", Version = "1.4.9" },
        },
    };

    // Whoever has no grant may still log in as everybody does: a wrong password is answered, the switch before it was not.
    private static async Task StaysOutAsync(SecureChannel channel, SessionRig rig)
    {
        var inBefore = Count(rig);
        await channel.SendAsync(LoginTests.Login(new LoginRequest { MyId = "x", Password = ByteString.CopyFrom(new byte[32]) }));
        (await ErrorAsync(channel)).ShouldBe("Wrong Password");
        Count(rig).ShouldBe(inBefore);
    }

    private static int Count(SessionRig rig)
    {
        lock (rig.Notes) return rig.Notes.Count(n => n.StartsWith("in ", StringComparison.Ordinal));
    }

    private static async Task<string> ErrorAsync(SecureChannel channel)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (await channel.ReceiveAsync(limit.Token) is { } message)
        {
            if (message.LoginResponse is { } answer) return answer.Error;
        }

        throw new IOException("closed without a word");
    }
}
