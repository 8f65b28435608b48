using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.Cluster.Redis;
using Hawser.Server.Tests.Cluster;
using Hawser.TestRig;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using StackExchange.Redis;
using Xunit;

namespace Hawser.Services.Tests.Redis;

/// <summary>The counter of chunks in a real Redis.</summary>
public sealed class RedisChunkCounterTests : ChunkCounterSpecification
{
    [Fact]
    public async Task C51_without_a_server_it_says_so_soon_and_it_goes_on_when_there_is_one_again()
    {
        await using var process = await RedisServerProcess.StartAsync();
        await process.StopAsync();
        await using var server = Connect(process);
        await Should.ThrowAsync<ChunkCounterException>(() => server.Counter.OpenAsync("one", default));
        await process.StartAgainAsync();
        await EventuallyAsync(() => server.Counter.OpenAsync("one", default));
        (await server.Counter.NextAsync("one", default)).ShouldBe(0);
        await process.StopAsync();
        await Should.ThrowAsync<ChunkCounterException>(() => server.Counter.NextAsync("one", default));
        await process.StartAgainAsync();
        await EventuallyAsync(() => server.Counter.RaiseAsync("one", 5, default));
        (await server.Counter.NextAsync("one", default)).ShouldBe(5);
    }

    [Fact]
    public async Task The_key_is_the_fields_and_what_is_no_number_is_an_error()
    {
        await using var process = await RedisServerProcess.StartAsync();
        await using var server = Connect(process);
        await server.Counter.OpenAsync("abc123", default);
        await server.Counter.NextAsync("abc123", default);
        using var raw = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{process.Port}");
        ((string?)await raw.GetDatabase().StringGetAsync("recording:abc123:chunk_index")).ShouldBe("1");
        await raw.GetDatabase().StringSetAsync("recording:abc123:chunk_index", "many");
        await Should.ThrowAsync<ChunkCounterException>(() => server.Counter.NextAsync("abc123", default));
        await Should.ThrowAsync<ChunkCounterException>(() => server.Counter.RaiseAsync("abc123", 1, default));
        await server.Counter.CloseAsync("abc123", default);
        (await raw.GetDatabase().KeyExistsAsync("recording:abc123:chunk_index")).ShouldBeFalse();
    }

    internal static RedisServer Connect(RedisServerProcess process) => new(
        new RedisOptions { Host = "127.0.0.1", Port = process.Port, TimeoutMs = 5000 }, TimeProvider.System, NullLoggerFactory.Instance);

    protected override async Task<CounterUnderTest> CreateAsync(params string[] recordings)
    {
        var process = await RedisServerProcess.StartAsync();
        var server = Connect(process);
        foreach (var id in recordings) await server.Counter.OpenAsync(id, default);
        return new CounterUnderTest(server.Counter, EndAsync);

        async ValueTask EndAsync()
        {
            await server.DisposeAsync();
            await process.DisposeAsync();
        }
    }

    private static async Task EventuallyAsync(Func<Task> step)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await step();
                return;
            }
            catch (ChunkCounterException) when (tries < 60)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
            }
        }
    }
}

/// <summary>The feed of a node that shares a Redis with others; here its own subscribers.</summary>
public sealed class RedisLiveFeedTests : LiveFeedSpecification, IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _made = [];
    private RedisServerProcess _process = null!;

    public async ValueTask InitializeAsync() => _process = await RedisServerProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_made)) await one.DisposeAsync();
        await _process.DisposeAsync();
    }

    [Fact]
    public async Task What_one_node_publishes_the_others_hear_once_and_again_after_Redis_was_away()
    {
        var (one, two) = (Create(), Create());
        using var stop = new CancellationTokenSource();
        var (own, others) = (Listen(one, stop.Token), Listen(two, stop.Token));
        // Until both have subscribed at the server, hints may be lost.
        await RepeatAsync(() => one.Publish(new LiveEvent("hello", "1")), () => Has(others, "hello"));
        await RepeatAsync(() => two.Publish(new LiveEvent("back", "1")), () => Has(own, "back"));
        one.Publish(new LiveEvent("once", "7"));
        await Eventually.HoldsAsync(() => Has(others, "once"), "heard");
        one.Publish(new LiveEvent("last", "8"));
        await Eventually.HoldsAsync(() => Has(others, "last") && Has(own, "last"), "heard");
        (Count(own, "once"), Count(others, "once")).ShouldBe((1, 1));
        await _process.StopAsync();
        one.Publish(new LiveEvent("alone", "9"));
        await Eventually.HoldsAsync(() => Has(own, "alone"), "this node's own");
        await _process.StartAgainAsync();
        await RepeatAsync(() => one.Publish(new LiveEvent("again", "1")), () => Has(others, "again"));
        await stop.CancelAsync();
    }

    protected override ILiveFeed Create()
    {
        var server = RedisChunkCounterTests.Connect(_process);
        var feed = server.Join(new InProcessLiveFeed());
        _made.Add(server);
        _made.Add((IAsyncDisposable)feed);
        return feed;
    }

    private static List<LiveEvent> Listen(ILiveFeed feed, CancellationToken cancellationToken)
    {
        var heard = new List<LiveEvent>();
        var hints = feed.SubscribeAsync(cancellationToken);
        _ = Task.Run(
            async () =>
            {
                await foreach (var hint in hints)
                {
                    lock (heard) heard.Add(hint);
                }
            },
            CancellationToken.None);
        return heard;
    }

    private static bool Has(List<LiveEvent> heard, string kind) => Count(heard, kind) > 0;

    private static int Count(List<LiveEvent> heard, string kind)
    {
        lock (heard) return heard.Count(h => h.Kind == kind);
    }

    private static Task RepeatAsync(Action publish, Func<bool> heard) => Eventually.HoldsAsync(
        () =>
        {
            if (heard()) return true;
            publish();
            return false;
        },
        "heard", 60);
}
