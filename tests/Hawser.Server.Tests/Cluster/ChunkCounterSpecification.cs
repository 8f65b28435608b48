using Hawser.Cluster;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

/// <summary>What every counter of chunks promises (ADR 0011); for those in other projects, linked into their tests.</summary>
public abstract class ChunkCounterSpecification
{
    [Fact]
    public async Task Numbers_begin_at_0_rise_by_one_and_are_each_recordings_own()
    {
        await using var one = await CreateAsync("one", "two");
        for (var i = 0; i < 5; i++) (await one.Counter.NextAsync("one", default)).ShouldBe(i);
        (await one.Counter.NextAsync("two", default)).ShouldBe(0);
    }

    [Fact]
    public async Task Opening_again_resets_nothing()
    {
        await using var one = await CreateAsync("one");
        await one.Counter.NextAsync("one", default);
        await one.Counter.OpenAsync("one", default);
        (await one.Counter.NextAsync("one", default)).ShouldBe(1);
    }

    [Fact]
    public async Task Raising_skips_numbers_and_never_goes_back()
    {
        await using var one = await CreateAsync("one");
        await one.Counter.RaiseAsync("one", 7, default);
        (await one.Counter.NextAsync("one", default)).ShouldBe(7);
        await one.Counter.RaiseAsync("one", 3, default);
        (await one.Counter.NextAsync("one", default)).ShouldBe(8);
        await one.Counter.RaiseAsync("one", 9, default);
        (await one.Counter.NextAsync("one", default)).ShouldBe(9);
    }

    [Fact]
    public async Task However_many_ask_at_once_nobody_gets_the_number_of_another()
    {
        await using var one = await CreateAsync("one");
        var numbers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            if (i % 10 == 0) await one.Counter.RaiseAsync("one", i, default);
            return await one.Counter.NextAsync("one", default);
        })));
        numbers.Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task Closing_twice_is_fine()
    {
        await using var one = await CreateAsync("one");
        await one.Counter.NextAsync("one", default);
        await one.Counter.CloseAsync("one", default);
        await one.Counter.CloseAsync("one", default);
    }

    /// <summary>A counter in a place of its own, that knows these recordings and has opened them.</summary>
    protected abstract Task<CounterUnderTest> CreateAsync(params string[] recordings);
}

/// <summary>A counter and what has to end with it.</summary>
public sealed class CounterUnderTest(IChunkCounter counter, Func<ValueTask> end) : IAsyncDisposable
{
    public IChunkCounter Counter { get; } = counter;

    public ValueTask DisposeAsync() => end();
}
