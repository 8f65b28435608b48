using Hawser.Data;
using Hawser.Data.Leases;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Data;

public sealed class JobLeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly DataFolder _folder = new();
    private readonly ManualTime _time = new();
    private HawserStore _here = null!;
    private HawserStore _there = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await TestDatabase.OfAsync(_folder.Path);
        _here = await HawserStore.OpenAsync(_folder.Path, _time, null, CancellationToken.None, database);
        _there = await HawserStore.OpenAsync(_folder.Path, _time, null, CancellationToken.None, database);
    }

    public async ValueTask DisposeAsync()
    {
        await _here.DisposeAsync();
        await _there.DisposeAsync();
        await TestDatabase.DropAsync(_folder.Path);
        _folder.Dispose();
    }

    [Fact]
    public async Task One_node_has_it_until_it_ends_or_is_given_back()
    {
        var (a, b) = (new JobLeases(_here, _time), new JobLeases(_there, _time));
        (await Take(a)).ShouldBeTrue();
        (await Take(b)).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(50));
        (await Take(a)).ShouldBeTrue("who has it may make it last longer");
        _time.Advance(TimeSpan.FromSeconds(50));
        (await Take(b)).ShouldBeFalse("it was made to last longer");
        _time.Advance(Minute);
        (await Take(b)).ShouldBeTrue("it ended");
        (await Take(a)).ShouldBeFalse();
        (await a.ReleaseAsync("job", CancellationToken.None)).ShouldBeFalse("it is another's by now");
        (await b.ReleaseAsync("job", CancellationToken.None)).ShouldBeTrue();
        (await Take(a)).ShouldBeTrue();
        (await a.TryTakeAsync("other job", Minute, CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_many_that_race_exactly_one_gets_it_also_when_it_has_just_ended()
    {
        var nodes = Enumerable.Range(0, 12).Select(i => new JobLeases(i % 2 == 0 ? _here : _there, _time)).ToList();
        for (var round = 0; round < 5; round++)
        {
            var taken = await Task.WhenAll(nodes.Select(n => Task.Run(() => Take(n))));
            taken.Count(t => t).ShouldBe(1);
            _time.Advance(Minute + Minute);
        }
    }

    [Fact]
    public async Task Work_under_a_lease_is_done_by_one_and_cancelled_when_the_lease_is_lost()
    {
        var (a, b) = (new JobLeases(_here, _time), new JobLeases(_there, _time));
        var started = new TaskCompletionSource();
        var running = a.RunAsync(
            "job",
            Minute,
            async ct =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            },
            CancellationToken.None);
        await started.Task;
        (await b.RunAsync("job", Minute, _ => Task.CompletedTask, CancellationToken.None)).ShouldBeFalse();

        // As if this node had been frozen for longer than the lease.
        await using (var db = _there.CreateDb())
        {
            var row = (await db.JobLeases.FindAsync("job"))!;
            row.Holder = b.Holder;
            row.ExpiresAt = _time.GetUtcNow().UtcDateTime.AddHours(1);
            await db.SaveChangesAsync();
        }

        await Eventually.HoldsAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(20));
            return running.IsCompleted;
        }, "the job ends");
        (await running).ShouldBeFalse();
        (await Take(b)).ShouldBeTrue("it is not given back by who lost it");
    }

    private static Task<bool> Take(JobLeases leases) => leases.TryTakeAsync("job", Minute, CancellationToken.None);
}
