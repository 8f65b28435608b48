using System.Net.Sockets;
using Hawser.Relay;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>What holds for pairs of two TCP legs on both paths.</summary>
public abstract class TcpRelaySpecification : RelaySpecification
{
    private protected override async Task<TestPeer> JoinAsync(
        RelayRig rig, string ticket, bool isFirst, string key = "") =>
        await rig.JoinTcpAsync(ticket, key);

    [Fact]
    public async Task T48_the_joins_of_the_field_meet()
    {
        await using var rig = await StartAsync(key: RelayVectors.Key);
        using var a = await rig.ConnectAsync();
        using var b = await rig.ConnectAsync();
        await b.SendAsync(RelayVectors.JoinOfB);
        await a.SendAsync(RelayVectors.JoinOfA);
        await rig.PairsAsync(1);
        await a.SendAsync(new byte[] { 42 });
        var buffer = new byte[8];
        (await b.ReceiveAsync(buffer)).ShouldBe(1);
        buffer[0].ShouldBe((byte)42);
    }

    [Fact]
    public async Task T49_early_bytes_in_the_same_segment_as_the_join_arrive()
    {
        await using var rig = await StartAsync();
        var early = Enumerable.Range(0, 113).Select(i => (byte)i).ToArray();
        using var b = await rig.JoinTcpAsync("t", early: early);
        await rig.WaitingAsync(1);
        using var a = await rig.JoinTcpAsync("t", early: [200, 201]);
        (await a.ReceiveAsync(113)).ShouldBe(early);
        (await b.ReceiveAsync(2)).ShouldBe([200, 201]);
    }

    [Theory]
    [InlineData("1442170a093132333435363738391001")]
    [InlineData("00")]
    [InlineData("0c010203")]
    [InlineData("ffffffff")]
    [InlineData("feffff")]
    [InlineData("1492017fffffffff")]
    public async Task T52_any_other_first_frame_is_closed(string hex)
    {
        await using var rig = await StartAsync(o => o.JoinSeconds = 1);
        using var peer = new TcpPeer(await rig.ConnectAsync(), framed: false);
        await peer.SendRawAsync(Convert.FromHexString(hex));
        (await peer.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 0, "it is not counted any more");
    }

    [Fact]
    public async Task A_join_that_comes_byte_by_byte_counts_and_takes_nothing_that_follows()
    {
        await using var rig = await StartAsync();
        using var a = new TcpPeer(await rig.ConnectAsync(), framed: false);
        foreach (var b in RelayRig.JoinFrame("slow")) await a.SendRawAsync(new[] { b });
        await rig.WaitingAsync(1);
        using var other = await rig.JoinTcpAsync("slow", early: [1, 2, 3]);
        (await a.ReceiveAsync(3)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_connection_that_does_not_join_in_time_is_closed()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(time: time);
        using var silent = new TcpPeer(await rig.ConnectAsync(), framed: false);
        using var half = new TcpPeer(await rig.ConnectAsync(), framed: false);
        await half.SendRawAsync(RelayRig.JoinFrame("half").AsMemory(0, 10));
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 2, "both are in");
        await half.SendRawAsync(RelayRig.JoinFrame("half").AsMemory(10, 5));
        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(31));
            rig.Heartbeat.Tick();
            return rig.Role.Context.Metrics.Joins(JoinOutcome.TooSlow) == 2;
        }, "both were too slow");
        (await silent.IsClosedAsync()).ShouldBeTrue();
        (await half.IsClosedAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Hundreds_of_idle_connections_do_not_keep_others_out()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(o => o.ConnectionsPerAddress = 300, time);
        var idle = new List<Socket>();
        for (var i = 0; i < 400; i++) idle.Add(await rig.ConnectAsync());
        await Eventually.HoldsAsync(
            () => rig.Role.Context.Metrics.Refusals(AcceptRefusal.AddressCap) == 100, "the cap refuses the rest");
        rig.Role.Context.Admission.Unpaired.ShouldBe(300);
        // Under pressure, three seconds are enough for whoever means it.
        await Eventually.HoldsAsync(() =>
        {
            if (!Portable) time.Advance(TimeSpan.FromSeconds(4));
            else time.Advance(TimeSpan.FromSeconds(31));
            rig.Heartbeat.Tick();
            return rig.Role.Context.Admission.Unpaired == 0;
        }, "idle ones are gone");
        var (a, b) = await PairAsync(rig);
        await a.SendAsync(new byte[] { 1 });
        (await b.ReceiveAsync(1)).ShouldBe([1]);
        a.Dispose();
        b.Dispose();
        idle.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task T55_half_a_close_is_passed_on_and_the_other_half_still_flows()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            await a.SendAsync(new byte[] { 1 });
            await a.CloseAsync();
            (await b.ReceiveAsync(2)).ShouldBe([1]);
            await b.SendAsync(new byte[] { 2, 3 });
            (await a.ReceiveAsync(2)).ShouldBe([2, 3]);
            await b.CloseAsync();
            (await a.IsClosedAsync()).ShouldBeTrue();
            await rig.PairsAsync(0);
        }
    }

    [Fact]
    public async Task T55_a_half_closed_pair_does_not_live_for_ever()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(o => o.IdleSeconds = 0, time);
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            await a.CloseAsync();
            (await b.IsClosedAsync()).ShouldBeTrue();
            rig.Heartbeat.Tick();
            time.Advance(TimeSpan.FromSeconds(1));
            rig.Heartbeat.Tick();
            rig.Role.Context.Lobby.Pairs.ShouldBe(1);
            time.Advance(TimeSpan.FromSeconds(20));
            rig.Heartbeat.Tick();
            await rig.PairsAsync(0);
        }
    }

    [Fact]
    public async Task Parties_that_arrive_at_the_same_instant_always_meet()
    {
        await using var rig = await StartAsync();
        const int Tickets = 150;
        var pairs = await Task.WhenAll(Enumerable.Range(0, Tickets).Select(async i =>
        {
            var sockets = await Task.WhenAll(rig.ConnectAsync(), rig.ConnectAsync());
            var peers = sockets.Select(s => new TcpPeer(s, framed: false)).ToArray();
            await Task.WhenAll(peers.Select(p => Task.Run(() => p.SendRawAsync(RelayRig.JoinFrame($"race-{i}")))));
            return peers;
        }));
        await rig.PairsAsync(Tickets);
        await Task.WhenAll(pairs.Select(async (p, i) =>
        {
            await p[0].SendAsync(BitConverter.GetBytes(i));
            await p[1].SendAsync(BitConverter.GetBytes(~i));
            (await p[1].ReceiveAsync(4)).ShouldBe(BitConverter.GetBytes(i));
            (await p[0].ReceiveAsync(4)).ShouldBe(BitConverter.GetBytes(~i));
        }));
        foreach (var peer in pairs.SelectMany(p => p)) peer.Dispose();
        await rig.PairsAsync(0);
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 0, "nothing is left counted");
    }

    [Fact]
    public async Task Five_hundred_pairs_carry_their_own_bytes()
    {
        await using var rig = await StartAsync();
        var peers = new List<(TcpPeer A, TcpPeer B)>();
        for (var i = 0; i < 500; i++) peers.Add((await rig.JoinTcpAsync($"p{i}"), await rig.JoinTcpAsync($"p{i}")));
        await rig.PairsAsync(500);
        await Task.WhenAll(peers.Select(async (p, i) =>
        {
            var bytes = new byte[20_000 + i];
            Array.Fill(bytes, (byte)i);
            var sending = p.A.SendAsync(bytes);
            (await p.B.ReceiveAsync(bytes.Length)).ShouldBe(bytes);
            await sending;
        }));
        foreach (var (a, b) in peers)
        {
            a.Dispose();
            b.Dispose();
        }

        await rig.PairsAsync(0);
    }

    [Fact]
    public async Task Pairs_share_a_short_total_fairly()
    {
        var time = new ManualTime();
        // One loop: what several take from a clock that jumps depends on which thread wakes first.
        await using var rig = await StartAsync(o => (o.TotalBandwidth, o.Loops) = (8, 1), time);
        var peers = new List<(TcpPeer A, TcpPeer B)>();
        for (var i = 0; i < 4; i++) peers.Add((await rig.JoinTcpAsync($"p{i}"), await rig.JoinTcpAsync($"p{i}")));
        await rig.PairsAsync(4);
        var sending = peers.Select(p => p.A.SendAsync(new byte[4_000_000])).ToArray();
        var reading = peers.Select(p => p.B.ReceiveAsync(4_000_000)).ToArray();
        var pairs = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().ToArray();
        await Eventually.HoldsAsync(() => pairs.All(p => p.TotalBytes > 0), "each had its first read");
        for (var i = 0; i < 60; i++)
        {
            time.Advance(TimeSpan.FromSeconds(0.05));
            rig.Heartbeat.Tick();
            await Task.Delay(4);
        }

        var bytes = pairs.Select(p => p.TotalBytes).ToArray();
        // 3 s of 1 MiB/s and the bucket, and one read over for each.
        bytes.Sum().ShouldBeLessThanOrEqualTo((long)(3.2 * 1024 * 1024) + 4 * 64 * 1024);
        bytes.Max().ShouldBeLessThanOrEqualTo(bytes.Min() + 4 * 64 * 1024);
        foreach (var (a, b) in peers)
        {
            a.Dispose();
            b.Dispose();
        }

        await Task.WhenAll(sending.Concat(reading).Select(async t => await Record.ExceptionAsync(() => t)));
    }

    [Fact]
    public async Task Draining_sends_who_waits_away_keeps_pairs_and_is_undone()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using var waiting = await rig.JoinTcpAsync("later");
        await rig.WaitingAsync(1);
        rig.Role.Drain(true);
        rig.Role.IsReady.ShouldBeTrue();
        rig.Role.Status("relay.example").Draining.ShouldBeTrue();
        (await waiting.IsClosedAsync()).ShouldBeTrue();
        using (var late = await rig.ConnectAsync())
        {
            var read = 0;
            var reset = await Record.ExceptionAsync(async () => read = await late.ReceiveAsync(new byte[1]));
            (reset is SocketException || read == 0).ShouldBeTrue();
        }

        await a.SendAsync(new byte[] { 1 });
        (await b.ReceiveAsync(1)).ShouldBe([1]);

        rig.Role.Drain(false);
        rig.Role.Status("relay.example").Draining.ShouldBeFalse();
        using var one = await rig.JoinTcpAsync("again");
        await rig.WaitingAsync(1);
        using var other = await rig.JoinTcpAsync("again");
        await rig.PairsAsync(2);
        await rig.Role.StopAsync(TimeSpan.Zero);
        rig.Role.Drain(false);
        rig.Role.Status("relay.example").Draining.ShouldBeTrue("a stop is for good");
        a.Dispose();
        b.Dispose();
    }

    [Fact]
    public async Task Stopping_lets_pairs_go_on_for_a_while_but_takes_no_new_ones()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using var waiting = await rig.JoinTcpAsync("later");
        await rig.WaitingAsync(1);
        rig.Role.IsReady.ShouldBeTrue();
        var stopping = rig.Role.StopAsync(TimeSpan.FromSeconds(60));
        rig.Role.IsReady.ShouldBeFalse();
        rig.Role.Status("relay.example").Draining.ShouldBeTrue();
        (await waiting.IsClosedAsync()).ShouldBeTrue();
        await a.SendAsync(new byte[] { 1 });
        (await b.ReceiveAsync(1)).ShouldBe([1]);
        (await Record.ExceptionAsync(async () =>
        {
            using var late = await rig.ConnectAsync();
        })).ShouldBeOfType<SocketException>();
        a.Dispose();
        b.Dispose();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Stopping_closes_pairs_when_the_time_is_over()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        await rig.Role.StopAsync(TimeSpan.Zero).WaitAsync(TimeSpan.FromSeconds(30));
        (await a.IsClosedAsync()).ShouldBeTrue();
        (await b.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Ends(RelayEnd.Shutdown) == 1, "it is counted");
        a.Dispose();
        b.Dispose();
    }

    [Fact]
    public async Task A_party_that_resets_in_full_flow_ends_the_pair_and_leaves_nothing_behind()
    {
        await using var rig = await StartAsync();
        var tasks = new List<Task>();
        for (var i = 0; i < 20; i++)
        {
            var a = await rig.JoinTcpAsync($"reset-{i}");
            var b = await rig.JoinTcpAsync($"reset-{i}");
            await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.Paired) == i + 1, "they met");
            tasks.Add(Record.ExceptionAsync(() => a.SendAsync(new byte[8 * 1024 * 1024])).AsTask());
            tasks.Add(Record.ExceptionAsync(() => b.SendAsync(new byte[8 * 1024 * 1024])).AsTask());
            await a.ReceiveAsync(1000 * i);
            var resets = i % 2 == 0 ? a : b;
            resets.Socket.LingerState = new LingerOption(enable: true, 0);
            resets.Dispose();
            tasks.Add(Record.ExceptionAsync(() => (i % 2 == 0 ? b : a).ReceiveAsync(int.MaxValue)).AsTask());
        }

        await Task.WhenAll(tasks);
        await rig.PairsAsync(0);
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Addresses == 0, "no connection is counted");
    }

    [Fact]
    public async Task T43_garbage_and_huge_headers_do_not_disturb_a_running_pair()
    {
        await using var rig = await StartAsync(o => o.JoinSeconds = 1);
        var (a, b) = await PairAsync(rig);
        var random = new Random(20260722);
        for (var i = 0; i < 200; i++)
        {
            using var stranger = new TcpPeer(await rig.ConnectAsync(), framed: false);
            var junk = new byte[random.Next(1, 6000)];
            random.NextBytes(junk);
            if (i % 4 == 0) junk[0] = (byte)(junk[0] & 0xFC);
            await Record.ExceptionAsync(() => stranger.SendRawAsync(junk));
            if (i % 3 == 0) stranger.Socket.LingerState = new LingerOption(enable: true, 0);
        }

        await a.SendAsync(new byte[] { 1, 2, 3 });
        (await b.ReceiveAsync(3)).ShouldBe([1, 2, 3]);
        a.Dispose();
        b.Dispose();
        await Eventually.HoldsAsync(() =>
        {
            rig.Heartbeat.Tick();
            return rig.Role.Context.Admission.Addresses == 0;
        }, "no connection is counted", 30);
    }

    [Fact]
    public async Task An_IPv6_party_meets_an_IPv4_party()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var rig = await StartAsync();
        using var six = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        await six.ConnectAsync(System.Net.IPAddress.IPv6Loopback, rig.Port);
        using var a = new TcpPeer(six, framed: false);
        await a.SendRawAsync(RelayRig.JoinFrame("both"));
        using var b = await rig.JoinTcpAsync("both");
        await rig.PairsAsync(1);
        var pair = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().Single();
        new[] { pair.First.Remote.IsIPv4, pair.Second.Remote.IsIPv4 }.ShouldBe([true, false], ignoreOrder: true);
        await b.SendAsync(new byte[] { 6 });
        (await a.ReceiveAsync(1)).ShouldBe([6]);
    }
}
