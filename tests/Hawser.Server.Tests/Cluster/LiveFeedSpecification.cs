using Hawser.Cluster;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

public abstract class LiveFeedSpecification
{
    protected abstract ILiveFeed Create();

    [Fact]
    public async Task Every_subscriber_gets_every_hint_in_order_from_the_moment_it_subscribed()
    {
        var feed = Create();
        using var stop = new CancellationTokenSource();
        feed.Publish(new LiveEvent("early", "0"));
        await using var first = feed.SubscribeAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        await using var second = feed.SubscribeAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        for (var i = 0; i < 10; i++) feed.Publish(new LiveEvent("peer-online", $"{i}"));
        foreach (var reader in (IAsyncEnumerator<LiveEvent>[])[first, second])
        {
            for (var i = 0; i < 10; i++)
            {
                (await reader.MoveNextAsync()).ShouldBeTrue();
                reader.Current.ShouldBe(new LiveEvent("peer-online", $"{i}"));
            }
        }

        await stop.CancelAsync();
    }

    [Fact]
    public async Task A_subscriber_that_does_not_read_never_blocks_a_publisher_and_loses_the_oldest()
    {
        var feed = Create();
        using var stop = new CancellationTokenSource();
        await using var slow = feed.SubscribeAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        for (var i = 0; i < 100_000; i++) feed.Publish(new LiveEvent("burst", $"{i}"));
        (await slow.MoveNextAsync()).ShouldBeTrue();
        var oldest = int.Parse(slow.Current.Id, System.Globalization.CultureInfo.InvariantCulture);
        oldest.ShouldBeGreaterThan(90_000, "the backlog is bounded");
        var last = oldest;
        while (last < 99_999)
        {
            (await slow.MoveNextAsync()).ShouldBeTrue();
            var next = int.Parse(slow.Current.Id, System.Globalization.CultureInfo.InvariantCulture);
            next.ShouldBe(last + 1);
            last = next;
        }

        (await slow.MoveNextAsync()).ShouldBeTrue();
        slow.Current.ShouldBe(LiveEvent.Lost, "who lost hints is told so, once");
        feed.Publish(new LiveEvent("burst", "next"));
        (await slow.MoveNextAsync()).ShouldBeTrue();
        slow.Current.Id.ShouldBe("next");
    }

    [Fact]
    public async Task A_subscription_ends_quietly_when_its_token_fires()
    {
        var feed = Create();
        using var stop = new CancellationTokenSource();
        var reader = feed.SubscribeAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = reader.MoveNextAsync().AsTask();
        next.IsCompleted.ShouldBeFalse();
        await stop.CancelAsync();
        (await next).ShouldBeFalse();
        await reader.DisposeAsync();
        feed.Publish(new LiveEvent("late", "1"));
    }

    [Fact]
    public void Publishing_to_nobody_is_fine() => Create().Publish(new LiveEvent("alone", "1"));
}
