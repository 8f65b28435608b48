using System.Security.Cryptography;
using Hawser.Relay;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>What holds for every kind of pair, whatever carries it.</summary>
public abstract class RelaySpecification
{
    /// <summary>Whether the relay's epoll loops are switched off.</summary>
    protected virtual bool Portable => false;

    protected virtual bool WebSockets => false;

    protected virtual int BulkMiB => 64;

    private protected Task<RelayRig> StartAsync(
        Action<RelayOptions>? configure = null, TimeProvider? time = null, string key = "") => RelayRig.StartAsync(o =>
        {
            o.Portable = Portable;
            configure?.Invoke(o);
        }, time, key, WebSockets);

    /// <summary>Joins as the party that is first or second.</summary>
    private protected abstract Task<TestPeer> JoinAsync(RelayRig rig, string ticket, bool isFirst, string key = "");

    private protected async Task<(TestPeer First, TestPeer Second)> PairAsync(RelayRig rig, string ticket = "ticket-1")
    {
        var first = await JoinAsync(rig, ticket, isFirst: true);
        await rig.WaitingAsync(1);
        var second = await JoinAsync(rig, ticket, isFirst: false);
        await rig.PairsAsync(1);
        return (first, second);
    }

    [Fact]
    public async Task T48_bytes_arrive_unchanged_in_both_directions_and_nothing_is_added()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            var large = RandomNumberGenerator.GetBytes(200_000);
            await a.SendAsync(new byte[] { 0, 1, 0, 255 });
            (await b.ReceiveAsync(4)).ShouldBe([0, 1, 0, 255]);
            await b.SendAsync(large);
            (await a.ReceiveAsync(large.Length)).ShouldBe(large);
            await a.SendAsync(large);
            (await b.ReceiveAsync(large.Length)).ShouldBe(large);
            a.IsOpen().ShouldBeTrue();
            b.IsOpen().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task T49_what_the_first_party_sends_early_arrives_first()
    {
        await using var rig = await StartAsync();
        using var b = await JoinAsync(rig, "early", isFirst: true);
        var early = RandomNumberGenerator.GetBytes(113);
        await b.SendAsync(early);
        await rig.WaitingAsync(1);
        using var a = await JoinAsync(rig, "early", isFirst: false);
        await b.SendAsync(new byte[] { 9 });
        (await a.ReceiveAsync(114)).ShouldBe([.. early, 9]);
    }

    [Fact]
    public async Task T50_a_wrong_key_is_closed_without_a_byte_and_the_right_one_stays_waiting()
    {
        await using var rig = await StartAsync(key: RelayRig.Key);
        using var right = await JoinAsync(rig, "t", isFirst: true, RelayRig.Key);
        await rig.WaitingAsync(1);
        foreach (var key in new[] { "", "wrong", RelayRig.Key + "x", RelayRig.Key[..^1] })
        {
            using var wrong = await JoinAsync(rig, "t", isFirst: false, key);
            (await wrong.IsClosedAsync()).ShouldBeTrue();
        }

        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.WrongKey) == 4, "it is counted");
        using var partner = await JoinAsync(rig, "t", isFirst: false, RelayRig.Key);
        await partner.SendAsync(new byte[] { 7 });
        (await right.ReceiveAsync(1)).ShouldBe([7]);
    }

    [Fact]
    public async Task T51_the_first_party_is_closed_when_no_partner_comes_in_time()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(time: time);
        using var alone = await JoinAsync(rig, "alone", isFirst: true);
        await rig.WaitingAsync(1);
        time.Advance(TimeSpan.FromSeconds(29));
        rig.Heartbeat.Tick();
        alone.IsOpen().ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(2));
        rig.Heartbeat.Tick();
        (await alone.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.Expired) == 1, "it is counted");
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 0, "nothing is left counted");
    }

    [Fact]
    public async Task T52_an_empty_or_overlong_ticket_is_closed()
    {
        await using var rig = await StartAsync();
        foreach (var ticket in new[] { "", new string('x', RelayAdmission.MaxTicket + 1) })
        {
            using var peer = await JoinAsync(rig, ticket, isFirst: true);
            (await peer.IsClosedAsync()).ShouldBeTrue();
        }

        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.BadTicket) == 2, "it is counted");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T55_when_one_side_closes_the_other_is_closed_and_its_last_bytes_arrive(bool closeFirst)
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            var (closer, other) = closeFirst ? (a, b) : (b, a);
            var last = RandomNumberGenerator.GetBytes(50_000);
            await closer.SendAsync(last);
            await closer.CloseAsync();
            (await other.ReceiveAsync(50_001)).ShouldBe(last);
            await other.CloseAsync();
            await rig.PairsAsync(0);
            (await closer.IsClosedAsync()).ShouldBeTrue();
            await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Ends(closeFirst ? RelayEnd.ClosedByFirst : RelayEnd.ClosedBySecond) == 1, "it is counted");
        }
    }

    [Fact]
    public async Task T55_a_party_that_vanishes_takes_its_partner_along()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (b)
        {
            a.Dispose();
            (await b.IsClosedAsync()).ShouldBeTrue();
        }

        await rig.PairsAsync(0);
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 0, "nothing is left counted");
    }

    [Fact]
    public async Task T56_a_silent_pair_is_closed_after_the_configured_time_and_not_before()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(o => o.IdleSeconds = 300, time);
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            rig.Heartbeat.Tick();
            time.Advance(TimeSpan.FromSeconds(299));
            rig.Heartbeat.Tick();
            await a.SendAsync(new byte[] { 1 });
            (await b.ReceiveAsync(1)).ShouldBe([1]);
            rig.Heartbeat.Tick();
            time.Advance(TimeSpan.FromSeconds(299));
            rig.Heartbeat.Tick();
            rig.Role.Context.Lobby.Pairs.ShouldBe(1);
            time.Advance(TimeSpan.FromSeconds(2));
            rig.Heartbeat.Tick();
            (await a.IsClosedAsync()).ShouldBeTrue();
            (await b.IsClosedAsync()).ShouldBeTrue();
            await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Ends(RelayEnd.Idle) == 1, "the end is counted");
        }
    }

    [Fact]
    public async Task A_third_party_with_the_ticket_of_a_pair_is_refused_and_the_ticket_is_free_afterwards()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using var third = await JoinAsync(rig, "ticket-1", isFirst: false);
        (await third.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.InUse) == 1, "it is counted");
        await a.SendAsync(new byte[] { 5 });
        (await b.ReceiveAsync(1)).ShouldBe([5]);
        a.Dispose();
        b.Dispose();
        await rig.PairsAsync(0);
        var (c, d) = await PairAsync(rig);
        c.Dispose();
        d.Dispose();
    }

    [Fact]
    public async Task A_waiting_party_that_leaves_is_forgotten()
    {
        await using var rig = await StartAsync();
        var gone = await JoinAsync(rig, "gone", isFirst: true);
        await rig.WaitingAsync(1);
        gone.Dispose();
        await Eventually.HoldsAsync(() =>
        {
            rig.Heartbeat.Tick();
            return !rig.Role.Context.Lobby.Entries.Any();
        }, "the lobby is empty");
        var (a, b) = await PairAsync(rig, "gone");
        using (a)
        using (b)
        {
            await a.SendAsync(new byte[] { 3 });
            (await b.ReceiveAsync(1)).ShouldBe([3]);
        }
    }

    [Fact]
    public async Task Bulk_in_both_directions_at_once_keeps_its_hash()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            var total = BulkMiB * 1024L * 1024;
            await Task.WhenAll(
                BulkAsync(a, b, total, seed: 1), BulkAsync(b, a, total, seed: 2));
            rig.Heartbeat.Tick();
            rig.Role.Context.Metrics.Bytes.ShouldBeGreaterThanOrEqualTo(2 * total);
        }
    }

    [Fact]
    public async Task A_reader_that_stops_holds_its_writer_back_and_nothing_is_lost()
    {
        await using var rig = await StartAsync();
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            const int Total = 48 * 1024 * 1024;
            var sending = BulkSendAsync(a, Total, seed: 3);
            var pair = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().Single();
            // It stalls once the sockets' own buffers are full; how much they hold is the kernel's business.
            var before = -1L;
            await Eventually.HoldsAsync(() =>
            {
                var now = pair.TotalBytes;
                var isStill = now == before && now > 0;
                before = now;
                if (!isStill) Thread.Sleep(100);
                return isStill;
            }, "the flow stalls", 30);
            sending.IsCompleted.ShouldBeFalse();
            pair.TotalBytes.ShouldBeLessThan(Total);
            await CheckAsync(b, Total, seed: 3);
            await sending;
        }
    }

    [Fact]
    public async Task A_limited_pair_moves_no_more_than_its_bucket_allows()
    {
        var time = new ManualTime();
        await using var rig = await StartAsync(o => o.SingleBandwidth = 8, time);
        var (a, b) = await PairAsync(rig);
        using (a)
        using (b)
        {
            // 8 Mb/s are 1 MiB/s: 0.1 s of it at once, then nothing while the clock stands, but for one read over.
            const int Burst = 1024 * 1024 / 10;
            const int Quantum = 1024 * 1024 / 100;
            const int Total = 600_000;
            var sending = a.SendAsync(new byte[Total]);
            await b.ReceiveAsync(Burst);
            var pair = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().Single();
            pair.TotalBytes.ShouldBeLessThanOrEqualTo(Burst + 2 * Math.Max(Quantum, OneMessage(Total)));
            for (var i = 0; i < 40 && pair.TotalBytes < Total; i++)
            {
                time.Advance(TimeSpan.FromSeconds(0.05));
                rig.Heartbeat.Tick();
                await Task.Delay(5);
            }

            await sending;
            await Eventually.HoldsAsync(() =>
            {
                time.Advance(TimeSpan.FromSeconds(0.05));
                rig.Heartbeat.Tick();
                return pair.TotalBytes >= Total;
            }, "all has passed");
            (await b.ReceiveAsync(Total - Burst)).Length.ShouldBe(Total - Burst);
        }
    }

    /// <summary>A message that must be complete before it is passed on counts as one read.</summary>
    protected virtual int OneMessage(int length) => 0;

    private protected static async Task BulkAsync(TestPeer from, TestPeer to, long total, int seed) =>
        await Task.WhenAll(
            Task.Run(() => BulkSendAsync(from, total, seed)), Task.Run(() => CheckAsync(to, total, seed)));

    private static async Task BulkSendAsync(TestPeer from, long total, int seed)
    {
        var random = new Random(seed);
        var source = Pattern(seed);
        for (long sent = 0; sent < total;)
        {
            // Odd sizes, from a byte to a quarter of a megabyte.
            var size = (int)Math.Min(total - sent, random.Next(10) == 0 ? random.Next(1, 40) : random.Next(1, 262_147));
            var at = (int)(sent % 65_521);
            size = Math.Min(size, source.Length - at);
            await from.SendAsync(source.AsMemory(at, size));
            sent += size;
        }
    }

    private static async Task CheckAsync(TestPeer to, long total, int seed)
    {
        var source = Pattern(seed);
        long at = 0;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var wanted = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await to.DrainAsync(total, piece =>
        {
            hash.AppendData(piece);
            for (var done = 0; done < piece.Length;)
            {
                var offset = (int)((at + done) % 65_521);
                var length = Math.Min(piece.Length - done, 65_521 - offset);
                wanted.AppendData(source, offset, length);
                done += length;
            }

            at += piece.Length;
        });
        hash.GetHashAndReset().ShouldBe(wanted.GetHashAndReset());
    }

    // A pattern whose period is a prime, so that a lost, doubled or moved piece is always seen.
    private static byte[] Pattern(int seed)
    {
        var period = new byte[65_521];
        new Random(seed).NextBytes(period);
        var pattern = new byte[65_521 * 6];
        for (var i = 0; i < 6; i++) period.CopyTo(pattern, i * 65_521);
        return pattern;
    }
}
