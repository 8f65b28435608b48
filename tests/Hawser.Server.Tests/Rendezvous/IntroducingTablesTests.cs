using System.Net;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>The tables behind introductions: bounded, expiring, one winner.</summary>
public class IntroducingTablesTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void A_waiting_caller_is_taken_once_and_expires()
    {
        var table = new WaitingCallers(_time);
        var caller = Caller(1);
        table.TryPark(caller).ShouldBeTrue();
        table.Find(caller.Address).ShouldBe(caller);
        table.TryTake(caller).ShouldBeTrue();
        table.TryTake(caller).ShouldBeFalse();
        table.Count.ShouldBe(0);

        table.TryPark(caller).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(29));
        table.Sweep().ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(2));
        table.Find(caller.Address).ShouldBeNull("expired, also before the sweep");
        table.Sweep().ShouldBe(1);
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void The_newest_request_of_an_address_takes_the_place_and_an_old_end_does_not_remove_it()
    {
        var table = new WaitingCallers(_time);
        var older = Caller(1);
        var newer = Caller(1);
        table.TryPark(older);
        table.TryPark(newer);
        table.Count.ShouldBe(1);
        table.Find(newer.Address).ShouldBe(newer);
        table.TryTake(older).ShouldBeFalse();
        table.Forget(older.Connection);
        table.Find(newer.Address).ShouldBe(newer);
        table.Forget(newer.Connection);
        table.Count.ShouldBe(0);
    }

    [Fact]
    public void No_more_callers_wait_than_there_is_room_for()
    {
        var table = new WaitingCallers(_time);
        for (var i = 0; i < WaitingCallers.Capacity; i++) table.TryPark(Caller(i)).ShouldBeTrue();
        table.TryPark(Caller(WaitingCallers.Capacity)).ShouldBeFalse();
        table.Count.ShouldBe(WaitingCallers.Capacity);
    }

    [Fact]
    public async Task Of_many_simultaneous_answers_one_wins()
    {
        var table = new WaitingCallers(_time);
        for (var round = 0; round < 200; round++)
        {
            var caller = Caller(round);
            table.TryPark(caller);
            var takes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => table.TryTake(caller))));
            takes.Count(t => t).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Draining_ends_with_the_last_caller()
    {
        var table = new WaitingCallers(_time);
        await table.WhenEmptyAsync();
        var (one, two) = (Caller(1), Caller(2));
        table.TryPark(one);
        table.TryPark(two);
        var empty = table.WhenEmptyAsync();
        table.TryDrop(one).ShouldBeTrue();
        table.TryTake(two).ShouldBeTrue();
        empty.IsCompleted.ShouldBeFalse("its answer is still being sent");
        table.Finish();
        await empty.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Tickets_can_not_be_guessed_from_the_address()
    {
        var tickets = Enumerable.Range(0, 1000).Select(_ => Convert.ToHexString(Caller(1).Ticket)).ToHashSet();
        tickets.Count.ShouldBeGreaterThan(990);
        var caller = Caller(1);
        caller.Matches(caller.Ticket).ShouldBeTrue();
        caller.Matches([.. caller.Ticket, 0]).ShouldBeFalse();
        caller.Matches([]).ShouldBeFalse();
    }

    [Fact]
    public void Recent_introductions_are_remembered_for_three_minutes_and_bounded()
    {
        var recent = new RecentIntroductions(_time);
        var host = PeerAddress.From(IPAddress.Parse("1.2.3.4"), 99);
        recent.Add(host, "a");
        recent.Contains(host.WithPort(5), "a").ShouldBeTrue();
        recent.Contains(host, "b").ShouldBeFalse();
        recent.Contains(PeerAddress.From(IPAddress.Parse("1.2.3.5"), 99), "a").ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(179));
        recent.Sweep();
        recent.Contains(host, "a").ShouldBeTrue();
        for (var i = 0; i < 2; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(181));
            recent.Sweep();
        }

        recent.Contains(host, "a").ShouldBeFalse();
        for (var i = 0; i < 3 * RecentIntroductions.Capacity; i++) recent.Add(host, $"{i}");
        recent.Count.ShouldBeLessThanOrEqualTo(2 * RecentIntroductions.Capacity);
        recent.Contains(host, $"{(3 * RecentIntroductions.Capacity) - 1}").ShouldBeTrue();
    }

    [Fact]
    public void The_punch_log_is_a_ring_that_skips_repeats()
    {
        var log = new PunchLog(_time);
        var host = PeerAddress.From(IPAddress.Parse("1.2.3.4"), 99);
        log.Add(host, "a", host);
        log.Add(host.WithPort(100), "a", host);
        log.Page(0, 10).Length.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(61));
        log.Add(host, "a", host);
        log.Page(0, 10).Length.ShouldBe(2);
        for (var i = 0; i < 2 * PunchLog.Capacity; i++) log.Add(host, $"{i}", host);
        log.Page(0, int.MaxValue).Length.ShouldBe(PunchLog.Capacity);
        log.Page(0, 1)[0].TargetId.ShouldBe($"{PunchLog.Capacity}");
    }

    [Fact]
    public void A_changed_device_key_is_signed_anew()
    {
        var signed = new SignedKeys(RendezvousRig.Key);
        var peer = new PeerSnapshot("123456789", RendezvousRig.DeviceKey, default, default, true, null);
        RendezvousRig.ShouldVouchFor(signed.For(peer));
        signed.For(peer).ShouldBeSameAs(signed.For(peer));
        var other = new byte[32];
        SignedIdPk.TryVerify(signed.For(peer with { PublicKey = other }).Span, RendezvousRig.Key.Public, out var idPk)
            .ShouldBeTrue();
        idPk!.Pk.ToByteArray().ShouldBe(other);
    }

    [Fact]
    public async Task A_prepared_offer_is_given_once()
    {
        var offers = new KeyOffers(RendezvousRig.Key);
        offers.Refill();
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 50).Select(_ => Convert.ToHexString(offers.Take().Agreement.Public)).ToArray())));
        taken.SelectMany(t => t).Distinct().Count().ShouldBe(200);
    }

    [Theory]
    [InlineData("relay.example:21117", "relay.example:21117")]
    [InlineData("[2001:db8::1]:21117", "[2001:db8::1]:21117")]
    [InlineData("a b", "")]
    [InlineData("http://x/", "")]
    [InlineData("x\n", "")]
    public void Only_a_hosts_text_is_passed_on(string text, string expected) =>
        FieldLimits.Relay(text).ShouldBe(expected);

    private static WaitingCaller Caller(int number) => new(
        new Silent(PeerAddress.FromIPv4(0x0A000000u + (uint)number, 1000)), "123456789", IntroductionKind.Punch);

    private sealed class Silent(PeerAddress remote) : PeerConnection
    {
        public override PeerAddress Remote => remote;

        public override bool IsOpen => true;

        public override bool TrySend(RendezvousMessage message) => true;

        public override void Close()
        {
        }
    }
}
