using Hawser.Recording;
using Hawser.Recording.SocketIo;
using Hawser.Recording.Storage;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording;

public class DiskThreadTests
{
    [Fact]
    public async Task Work_is_done_on_few_threads_that_are_not_the_pools()
    {
        using var disk = new DiskThreads();
        using var open = new ManualResetEventSlim();
        var (now, most) = (0, 0);
        void Work(object _)
        {
            Thread.CurrentThread.IsThreadPoolThread.ShouldBeFalse();
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            open.Wait();
            Interlocked.Decrement(ref now);
        }

        var all = Enumerable.Range(0, 100).Select(_ => disk.RunAsync(Work, "").AsTask()).ToList();
        await Eventually.HoldsAsync(() => Volatile.Read(ref now) == DiskThreads.Most, "all threads wait for the disk");
        disk.Count.ShouldBe(DiskThreads.Most);
        open.Set();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(60));
        most.ShouldBe(DiskThreads.Most);
    }

    [Fact]
    public async Task What_fails_is_thrown_to_who_waits_and_the_next_is_done_all_the_same()
    {
        using var disk = new DiskThreads();
        for (var i = 0; i < 5; i++)
        {
            var e = await Should.ThrowAsync<IOException>(async () => await disk.RunAsync(_ => throw new IOException("broken"), ""));
            e.Message.ShouldBe("broken");
            var done = new List<string>();
            await disk.RunAsync(static list => ((List<string>)list).Add("done"), done);
            done.ShouldBe(["done"]);
        }
    }

    [Fact]
    public async Task Short_work_is_done_at_once_by_one_and_by_the_threads_for_others()
    {
        using var disk = new DiskThreads();
        var inner = Task.CompletedTask;
        var (here, there) = (0, 0);
        var outer = disk.RunShortAsync(
            _ =>
            {
                here = Environment.CurrentManagedThreadId;
                inner = disk.RunShortAsync(_ => there = Environment.CurrentManagedThreadId, "").AsTask();
            }, "").AsTask();
        outer.IsCompletedSuccessfully.ShouldBeTrue();
        here.ShouldBe(Environment.CurrentManagedThreadId);
        await inner;
        there.ShouldNotBe(here);
        await Should.ThrowAsync<IOException>(async () => await disk.RunShortAsync(_ => throw new IOException(), ""));
        disk.RunShortAsync(_ => { }, "").AsTask().IsCompletedSuccessfully.ShouldBeTrue("whoever fails makes room too");
    }

    [Fact]
    public async Task The_end_takes_nothing_more_and_does_what_is_due()
    {
        var disk = new DiskThreads();
        using var open = new ManualResetEventSlim();
        var due = Enumerable.Range(0, DiskThreads.Most + 4).Select(_ => disk.RunAsync(_ => open.Wait(), "").AsTask()).ToList();
        disk.Dispose();
        Should.Throw<ObjectDisposedException>(() => _ = disk.RunAsync(_ => { }, "").AsTask());
        open.Set();
        await Task.WhenAll(due).WaitAsync(TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(() => disk.Count == 0, "no thread is left");
    }

    [Fact]
    public async Task A_group_is_flushed_together_a_folder_once_and_each_is_told()
    {
        using var folder = new TemporaryFolder();
        using var disk = new DiskThreads();
        await using var durability = new Durability(FlushPolicy.Group, disk, TimeProvider.System);
        var files = Enumerable.Range(0, 40).Select(i => File.OpenHandle(
            Path.Combine(folder.Path, $"{i}"), FileMode.CreateNew, FileAccess.Write)).ToList();
        var gone = File.OpenHandle(Path.Combine(folder.Path, "gone"), FileMode.CreateNew, FileAccess.Write);
        gone.Dispose();
        var flushed = files.Select(f => durability.FlushAsync(f).AsTask()).ToList();
        var failed = durability.FlushAsync(gone).AsTask();
        var folders = Enumerable.Range(0, 40).Select(_ => durability.FlushAsync(folder.Path).AsTask()).ToList();
        await Task.WhenAll(flushed.Concat(folders)).WaitAsync(TimeSpan.FromSeconds(60));
        await Should.ThrowAsync<ObjectDisposedException>(failed);
        if (!OperatingSystem.IsWindows())
        {
            await Should.ThrowAsync<IOException>(durability.FlushAsync(Path.Combine(folder.Path, "nowhere")).AsTask());
        }

        files.ForEach(f => f.Dispose());
    }

    [Fact]
    public async Task Blocks_are_kept_for_the_next_ones_and_let_go_when_none_come()
    {
        using var budget = new BlockBudget(1 << 30);
        var blocks = new List<byte[]>();
        for (var i = 0; i < 600; i++) blocks.Add(await budget.RentAsync(default));
        blocks.ForEach(budget.Return);
        var (_, kept) = budget.Count;
        kept.ShouldBe(512, "32 MiB");
        budget.Look();
        budget.Count.ShouldBe((0, 512), "they were needed a moment ago");
        blocks.ShouldContain(await budget.RentAsync(default));
        budget.Look();
        budget.Count.ShouldBe((1, 0));
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var known = Volatile.Read(ref most); known < value;)
        {
            var seen = Interlocked.CompareExchange(ref most, value, known);
            if (seen == known) return;
            known = seen;
        }
    }
}
