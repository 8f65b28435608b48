using Hawser.Protocol.Identity;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;

namespace Hawser.Server.Tests.Rendezvous.Registering;

public sealed class SourceBudgetsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void ABudgetIsUsedUpAndComesBackEvenly()
    {
        var budgets = new SourceBudgets(new RendezvousOptions { IntroductionsPerMinute = 60 }, _time);
        var source = At("203.0.113.7:1");
        for (var i = 0; i < 60; i++) budgets.TryTake(source.WithPort(i), BudgetKind.Introduction).ShouldBeTrue();
        budgets.TryTake(source, BudgetKind.Introduction).ShouldBeFalse();
        budgets.TryTake(source, BudgetKind.OnlineQuery).ShouldBeTrue("kinds are apart");
        budgets.TryTake(At("203.0.113.8:1"), BudgetKind.Introduction).ShouldBeTrue("sources are apart");
        _time.Advance(TimeSpan.FromSeconds(10.5));
        budgets.TryTake(source, BudgetKind.Introduction, 11).ShouldBeFalse();
        budgets.TryTake(source, BudgetKind.Introduction, 10).ShouldBeTrue();
        budgets.TryTake(source, BudgetKind.Introduction).ShouldBeFalse();
        _time.Advance(TimeSpan.FromHours(1));
        budgets.TryTake(source, BudgetKind.Introduction, 61).ShouldBeFalse("a rest does not save more than the limit");
        budgets.TryTake(source, BudgetKind.Introduction, 60).ShouldBeTrue();
    }

    [Fact]
    public void ASubscribersIPv6NetworkIsOneSource()
    {
        var budgets = new SourceBudgets(new RendezvousOptions { IntroductionsPerMinute = 1 }, _time);
        budgets.TryTake(At("[2001:db8:0:1::1]:1"), BudgetKind.Introduction).ShouldBeTrue();
        budgets.TryTake(At("[2001:db8:0:1:ffff::2]:1"), BudgetKind.Introduction).ShouldBeFalse();
        budgets.TryTake(At("[2001:db8:0:2::1]:1"), BudgetKind.Introduction).ShouldBeTrue();
    }

    [Fact]
    public void AFloodOfForgedSourcesDoesNotFreeTheOnesThatAreHeldBack()
    {
        var budgets = new SourceBudgets(new RendezvousOptions { KeyRegistrationsPerMinute = 10 }, _time, sets: 64);
        var guilty = At("203.0.113.7");
        while (budgets.TryTake(guilty, BudgetKind.KeyRegistration))
        {
        }

        for (var i = 0u; i < 100_000; i++)
        {
            budgets.TryTake(PeerAddress.FromIPv4(0x0A000000 + i, 1), BudgetKind.KeyRegistration).ShouldBeTrue();
        }

        budgets.TryTake(guilty, BudgetKind.KeyRegistration).ShouldBeFalse();
        budgets.List(BudgetKind.KeyRegistration).Count.ShouldBeLessThanOrEqualTo(64 * 8);
    }

    [Fact]
    public void TheConsoleSeesWhatWasUsedAndCanForgive()
    {
        var budgets = new SourceBudgets(new RendezvousOptions(), _time);
        var source = At("203.0.113.7");
        budgets.TryTake(source, BudgetKind.KeyRegistration, 5).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(2));
        var use = budgets.List(BudgetKind.KeyRegistration).ShouldHaveSingleItem();
        (use.Source, use.Age).ShouldBe((source, TimeSpan.FromSeconds(2)));
        use.Used.ShouldBeInRange(4, 5);
        budgets.Forget(source, BudgetKind.KeyRegistration).ShouldBeTrue();
        budgets.Forget(source, BudgetKind.KeyRegistration).ShouldBeFalse();
        budgets.List(BudgetKind.KeyRegistration).ShouldBeEmpty();
    }

    [Fact]
    public void ReloadChangesLimits()
    {
        var budgets = new SourceBudgets(new RendezvousOptions { IntroductionsPerMinute = 1 }, _time);
        budgets.TryTake(At("203.0.113.7"), BudgetKind.Introduction).ShouldBeTrue();
        budgets.TryTake(At("203.0.113.7"), BudgetKind.Introduction).ShouldBeFalse();
        budgets.Reload(new RendezvousOptions { IntroductionsPerMinute = 1000 });
        _time.Advance(TimeSpan.FromSeconds(1));
        budgets.TryTake(At("203.0.113.7"), BudgetKind.Introduction).ShouldBeTrue();
    }

    [Fact]
    public void AddressChangesAreBoundedAndExpire()
    {
        var changes = new AddressChanges(_time);
        changes.Record("roaming", At("203.0.113.7:1"));
        changes.Record("roaming", At("198.51.100.9:1"));
        changes.Record("roaming", At("203.0.113.7:2"));
        for (var i = 0; i < 100; i++) changes.Record("restless", PeerAddress.FromIPv4((uint)i + 1, 0));
        changes.Record("once", At("203.0.113.7:1"));
        _time.Advance(TimeSpan.FromSeconds(10));
        var list = changes.List();
        list.Select(c => c.Id).ShouldBe(["restless", "roaming"]);
        list[0].Hosts.Count.ShouldBe(32);
        list[1].Age.ShouldBe(TimeSpan.FromSeconds(10));
        list[1].Hosts.ShouldContain(new KeyValuePair<PeerAddress, int>(At("203.0.113.7"), 2));
        for (var i = 0; i < 20_000; i++) changes.Record($"id-{i}", At("203.0.113.7:1"));
        changes.Find("id-19999").ShouldNotBeNull("entries with one address make room");
        _time.Advance(TimeSpan.FromMinutes(7));
        changes.Sweep();
        changes.Find("roaming").ShouldBeNull();
    }
}
