using Hawser.Data;
using Hawser.Recording.Library;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Library;

public sealed class BatcherTests
{
    [Fact]
    public async Task What_comes_while_one_question_is_under_way_is_asked_together_and_in_order()
    {
        var (asked, free) = (new List<int[]>(), new SemaphoreSlim(0));
        await using var batcher = new Batcher<int, int>(async items =>
        {
            lock (asked) asked.Add([.. items]);
            await free.WaitAsync();
            return [.. items.Select(i => i * 10)];
        });
        var first = batcher.AskAsync(0, default);
        await TestRig.Eventually.HoldsAsync(() => { lock (asked) return asked.Count == 1; }, "the first is asked at once");
        var rest = Enumerable.Range(1, 100).Select(i => batcher.AskAsync(i, default)).ToArray();
        free.Release(2);
        (await first).ShouldBe(0);
        (await Task.WhenAll(rest)).ShouldBe(Enumerable.Range(1, 100).Select(i => i * 10));
        asked.Select(a => a.Length).ShouldBe([1, 100]);
        asked[1].ShouldBeInOrder();
    }

    [Fact]
    public async Task The_queue_is_bounded_and_who_finds_it_full_waits()
    {
        var (free, most) = (new SemaphoreSlim(0), 0);
        await using var batcher = new Batcher<int, int>(async items =>
        {
            most = Math.Max(most, items.Count);
            await free.WaitAsync();
            return [.. items];
        });
        using var gone = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 5000).Select(i => batcher.AskAsync(i, i < 4000 ? default : gone.Token)).ToArray();
        // Those at the end found no room, so nothing of them is left.
        await gone.CancelAsync();
        foreach (var one in asking[4000..]) await Should.ThrowAsync<OperationCanceledException>(() => one);
        free.Release(100);
        (await Task.WhenAll(asking[..4000])).ShouldBe(Enumerable.Range(0, 4000));
        most.ShouldBeInRange(1, 512);
    }

    [Fact]
    public async Task One_that_the_database_refuses_fails_alone_and_a_database_that_is_away_fails_all()
    {
        var fault = StoreFault.Unusable;
        var begun = new SemaphoreSlim(0);
        await using var batcher = new Batcher<int, int>(async items =>
        {
            await begun.WaitAsync();
            if (items.Contains(2)) throw new StoreException(fault, "no");
            return [.. items];
        });
        var first = batcher.AskAsync(-1, default);
        var some = Enumerable.Range(0, 5).Select(i => batcher.AskAsync(i, default)).ToArray();
        begun.Release(100);
        await first;
        for (var i = 0; i < 5; i++)
        {
            if (i == 2) await Should.ThrowAsync<StoreException>(() => some[2]);
            else (await some[i]).ShouldBe(i);
        }

        fault = StoreFault.Unreachable;
        await Should.ThrowAsync<StoreException>(() => batcher.AskAsync(2, default));
        (await batcher.AskAsync(3, default)).ShouldBe(3);
    }

    [Fact]
    public async Task Who_waits_when_it_ends_is_answered_and_nobody_after()
    {
        var free = new SemaphoreSlim(0);
        var batcher = new Batcher<int, int>(async items =>
        {
            await free.WaitAsync();
            return [.. items];
        });
        var waiting = Enumerable.Range(0, 3).Select(i => batcher.AskAsync(i, default)).ToArray();
        var ending = batcher.DisposeAsync();
        (await Should.ThrowAsync<StoreException>(() => batcher.AskAsync(9, default))).IsPassing.ShouldBeTrue();
        free.Release(10);
        await ending;
        (await Task.WhenAll(waiting)).ShouldBe([0, 1, 2]);
    }
}
