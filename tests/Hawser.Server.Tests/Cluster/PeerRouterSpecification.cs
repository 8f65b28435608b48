using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Protocol.Messages;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

/// <summary>
/// What every router does that has no other node to talk to; the one with other nodes adds its own cases.
/// </summary>
public abstract class PeerRouterSpecification
{
    private static readonly RendezvousMessage Message = new()
    {
        RegisterPeerResponse = new RegisterPeerResponse { RequestPk = true },
    };

    protected abstract IPeerRouter Create(string node);

    [Fact]
    public void A_node_has_the_name_it_was_given() => Create("node-7").Node.ShouldBe("node-7");

    [Fact]
    public async Task A_peer_that_nobody_claimed_is_not_reached() =>
        (await Create("a").TryDeliverAsync("123456789", Message, CancellationToken.None)).ShouldBeFalse();

    [Fact]
    public async Task A_peer_that_only_this_node_claimed_is_not_reached_elsewhere()
    {
        var router = Create("a");
        router.Claim("123456789");
        (await router.TryDeliverAsync("123456789", Message, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task Claims_may_be_repeated_and_released_more_often_than_made()
    {
        var router = Create("a");
        router.Claim("123456789");
        router.Claim("123456789");
        router.Release("123456789");
        router.Release("123456789");
        router.Release("never-claimed");
        (await router.TryDeliverAsync("123456789", Message, CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_answer_for_a_node_that_is_not_there_is_refused() =>
        (await Create("a").ReplyAsync("gone", Message, CancellationToken.None)).ShouldBeFalse();

    [Fact]
    public async Task Hostile_names_are_only_names()
    {
        var router = Create("a");
        foreach (var name in (string[])["", " ", "*", "\r\nDEL *", new string('x', 100_000), "\0"])
        {
            router.Claim(name);
            (await router.TryDeliverAsync(name, Message, CancellationToken.None)).ShouldBeFalse();
            (await router.ReplyAsync(name, Message, CancellationToken.None)).ShouldBeFalse();
            router.Release(name);
        }
    }
}

public sealed class InProcessPeerRouterTests : PeerRouterSpecification
{
    protected override IPeerRouter Create(string node) => new InProcessPeerRouter(node);

    [Fact]
    public void Asking_costs_nothing_because_there_is_nobody_to_ask()
    {
        var asked = Create("a").TryDeliverAsync("123456789", new RendezvousMessage(), CancellationToken.None).AsTask();
        asked.IsCompletedSuccessfully.ShouldBeTrue();
    }
}
