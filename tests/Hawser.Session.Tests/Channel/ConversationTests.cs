using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Channel;

/// <summary>Session reference §6.3 and §13.1.</summary>
public sealed class ConversationTests
{
    private static readonly HandshakeOptions Quick = new() { Limit = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task Chat_and_round_trips_work_both_ways()
    {
        var (host, controller) = await JoinAsync();
        await using var one = new Conversation(host);
        await using var other = new Conversation(controller);

        await one.SendChatAsync("hello");
        (await other.ReadChatAsync()).ShouldBe("hello");
        await other.SendChatAsync("hello yourself");
        (await one.ReadChatAsync()).ShouldBe("hello yourself");
        (await one.MeasureDelayAsync()).ShouldBeGreaterThan(TimeSpan.Zero);
        (await other.MeasureDelayAsync()).ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_controller_sends_the_hosts_probe_back_unchanged()
    {
        var (host, controller) = await JoinAsync();
        await using var answering = new Conversation(controller);
        var probe = new TestDelay { LastDelay = 12, TargetBitrate = 1388 };

        await host.SendAsync(new Message { TestDelay = probe });

        (await host.ReceiveAsync())!.TestDelay.ShouldBe(probe);
    }

    [Fact]
    public async Task A_host_sends_a_controllers_own_probe_back_unchanged()
    {
        var (host, controller) = await JoinAsync();
        await using var answering = new Conversation(host);
        var probe = new TestDelay { Time = 77, FromClient = true };

        await controller.SendAsync(new Message { TestDelay = probe });

        (await controller.ReceiveAsync())!.TestDelay.ShouldBe(probe);
    }

    [Fact]
    public async Task The_reason_for_closing_reaches_the_other_end()
    {
        var (host, controller) = await JoinAsync();
        var one = new Conversation(host);
        await using var other = new Conversation(controller);

        await one.CloseAsync("enough for today");

        await other.Ended;
        other.CloseReason.ShouldBe("enough for today");
        await Should.ThrowAsync<IOException>(other.ReadChatAsync());
        await Should.ThrowAsync<IOException>(other.MeasureDelayAsync());
    }

    [Fact]
    public async Task A_flood_of_chat_that_nobody_reads_is_dropped_not_kept()
    {
        var (host, controller) = await JoinAsync();
        await using var one = new Conversation(host);
        await using var other = new Conversation(controller);

        for (var i = 0; i < 1000; i++) await one.SendChatAsync($"{i}");
        await one.MeasureDelayAsync();

        (await other.ReadChatAsync()).ShouldBe("744");
    }

    private static Task<(SecureChannel Host, SecureChannel Controller)> JoinAsync()
    {
        var (hostEnd, controllerEnd) = PipeStream.Pair();
        return HandshakeTests.JoinAsync(hostEnd, controllerEnd, Quick, Quick);
    }
}
