using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

public sealed class InProcessLiveFeedTests : LiveFeedSpecification
{
    protected override ILiveFeed Create() => new InProcessLiveFeed();

    [Fact]
    public async Task Nothing_is_kept_of_subscribers_that_left_in_whatever_way()
    {
        var feed = new InProcessLiveFeed();
        using var stop = new CancellationTokenSource();
        _ = feed.SubscribeAsync(stop.Token);
        var reading = feed.SubscribeAsync(stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var pending = reading.MoveNextAsync().AsTask();
        var leaving = feed.SubscribeAsync(CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        feed.Subscribers.ShouldBe(3);
        feed.Publish(new LiveEvent("x", "1"));
        (await pending).ShouldBeTrue();
        (await leaving.MoveNextAsync()).ShouldBeTrue();
        await leaving.DisposeAsync();
        feed.Subscribers.ShouldBe(2);
        await stop.CancelAsync();
        await Eventually.HoldsAsync(() => feed.Subscribers == 0, "all left");
        feed.SubscribeAsync(stop.Token).ShouldNotBeNull();
        feed.Subscribers.ShouldBe(0, "a token that fired before is no subscription");
    }

    [Fact]
    public void Subscribers_are_bounded()
    {
        var feed = new InProcessLiveFeed();
        for (var i = 0; i < InProcessLiveFeed.MaxSubscribers; i++) _ = feed.SubscribeAsync(CancellationToken.None);
        Should.Throw<InvalidOperationException>(() => feed.SubscribeAsync(CancellationToken.None));
    }
}
