using Hawser.Relay.Linux;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>What epoll loops do among themselves and with the kernel's pipes.</summary>
public sealed class RelayLoopTests
{
    private const double Rate = 1024 * 1024;

    [Fact]
    public async Task Loops_share_a_short_total_fairly()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll loops are Linux's");
        var time = new ManualTime();
        await using var rig = await RelayRig.StartAsync(o => (o.TotalBandwidth, o.Loops) = (8, 2), time);
        var peers = new List<(TcpPeer A, TcpPeer B)>();
        for (var i = 0; i < 4; i++)
        {
            var a = await rig.JoinTcpAsync($"p{i}");
            await rig.WaitingAsync(1);
            peers.Add((a, await rig.JoinTcpAsync($"p{i}")));
            await rig.PairsAsync(i + 1);
        }

        var pairs = rig.Role.Context.Lobby.Entries.OfType<NativePair>().ToArray();
        var loops = pairs.GroupBy(p => p.Loop).ToArray();
        loops.Length.ShouldBe(2, "both loops carry pairs");
        var sending = peers.Select(p => p.A.SendAsync(new byte[4_000_000])).ToArray();
        var reading = peers.Select(p => p.B.ReceiveAsync(4_000_000)).ToArray();
        for (var i = 1; i <= 60; i++)
        {
            time.Advance(TimeSpan.FromSeconds(0.05));
            rig.Heartbeat.Tick();
            // Each step is used up before the next one, however busy this machine is; a read of each may be pending.
            var least = (Rate * 0.05 * i) - (pairs.Length * 64 * 1024);
            await Eventually.HoldsAsync(() => pairs.Sum(p => p.TotalBytes) >= least, $"step {i} is used up");
        }

        // 3 s of the rate; a loop that always came second would have had next to nothing.
        var shares = loops.Select(l => l.Sum(p => p.TotalBytes) / (double)l.Count()).ToArray();
        shares.Max().ShouldBeLessThanOrEqualTo(2 * shares.Min(), string.Join(' ', pairs.Select(p => p.TotalBytes)));
        foreach (var (a, b) in peers)
        {
            a.Dispose();
            b.Dispose();
        }

        await Task.WhenAll(sending.Concat(reading).Select(async t => await Record.ExceptionAsync(() => t)));
    }

    [Theory]
    [InlineData(PipePool.SmallestSize, true)]
    [InlineData(int.MaxValue, false)]
    public async Task Bulk_goes_through_pipes_and_is_copied_when_pipes_are_too_small(int smallest, bool isSpliced)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice is Linux's");
        const int Total = 24 * 1024 * 1024;
        await using var rig = await RelayRig.StartAsync(o => o.Loops = 1, prepare: c => c.SmallestPipe = smallest);
        using var a = await rig.JoinTcpAsync("bulk");
        using var b = await rig.JoinTcpAsync("bulk");
        await rig.PairsAsync(1);
        var pair = rig.Role.Context.Lobby.Entries.OfType<NativePair>().Single();
        var bytes = new byte[Total];
        new Random(7).NextBytes(bytes);
        var pipes = 0;
        var wished = false;
        var sending = Task.Run(() => a.SendAsync(bytes));
        var at = 0;
        await b.DrainAsync(Total, piece =>
        {
            piece.SequenceEqual(bytes.AsSpan(at, piece.Length)).ShouldBeTrue($"at {at}");
            at += piece.Length;
            pipes = Math.Max(pipes, pair.Loop.Pipes);
            wished |= pair.FirstLeg.IsSplicing || pair.SecondLeg.IsSplicing;
        });
        await sending;
        wished.ShouldBeTrue("the reads were large enough");
        (pipes > 0).ShouldBe(isSpliced);
    }

    [Fact]
    public void A_pool_that_was_refused_a_pipe_asks_again_only_after_a_while()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice is Linux's");
        var pool = new PipePool(int.MaxValue);
        pool.TryTake().ShouldBeNull();
        pool.TryTake().ShouldBeNull();
        pool.Open.ShouldBe(0, "the small one was given back");
        pool.Trim();
        pool.TryTake().ShouldBeNull();

        var good = new PipePool();
        var pipe = good.TryTake().ShouldNotBeNull();
        good.Open.ShouldBe(1);
        good.Return(pipe);
        good.TryTake().ShouldBe(pipe, "an idle one is used again");
        pipe.Held = 1;
        good.Return(pipe);
        good.Open.ShouldBe(0, "one with bytes in it is closed");
        good.CloseIdle();
    }
}
