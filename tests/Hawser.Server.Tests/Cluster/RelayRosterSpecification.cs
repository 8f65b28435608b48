using Hawser.Cluster;
using Hawser.Cluster.InProcess;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Cluster;

public abstract class RelayRosterSpecification
{
    protected ManualTime Time { get; } = new();

    /// <summary>A roster whose sweeper the given heartbeat calls.</summary>
    protected abstract IRelayRoster Create(NodeHeartbeat heartbeat);

    private NodeHeartbeat Heartbeat { get; set; } = null!;

    private IRelayRoster Create(params string[] configured)
    {
        Heartbeat = new NodeHeartbeat(Time, e => throw e);
        var roster = Create(Heartbeat);
        roster.Configure(configured);
        return roster;
    }

    private void Pass(TimeSpan time)
    {
        for (var t = TimeSpan.Zero; t < time; t += TimeSpan.FromSeconds(1))
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            Heartbeat.Tick();
        }
    }

    private static Dictionary<string, int> Draw(IRelayRoster roster, int count) =>
        Enumerable.Range(0, count)
            .Select(_ => roster.Choose(default)).GroupBy(a => a).ToDictionary(g => g.Key, g => g.Count());

    [Fact]
    public void No_relay_means_that_clients_derive_it() => Create().Choose(default).ShouldBe("");

    [Fact]
    public void One_relay_is_the_relay_and_its_text_stays_as_given() =>
        Draw(Create(" r1.example.com:22117 ", "", " "), 5)
        .ShouldBe(new Dictionary<string, int> { ["r1.example.com:22117"] = 5 });

    [Fact]
    public void Several_relays_take_turns_and_doubles_count_once()
    {
        var drawn = Draw(Create("a", "b", "A", "c"), 300);
        drawn.Count.ShouldBe(3);
        drawn.Values.ShouldAllBe(n => n == 100);
    }

    [Fact]
    public void A_relay_that_fails_its_check_is_passed_over_until_it_answers_again()
    {
        var roster = Create("a", "b");
        roster.Check("b", false);
        Draw(roster, 10).Keys.ShouldBe(["a"]);
        roster.List().Select(r => (r.Address, r.Healthy)).ShouldBe([("a", true), ("b", false)]);
        Pass(TimeSpan.FromMinutes(5));
        Draw(roster, 10).Keys.Single().ShouldBe("a", "silence is no proof of health");
        roster.Check("b", true);
        Draw(roster, 10).Count.ShouldBe(2);
    }

    [Fact]
    public void A_check_tells_nothing_of_the_load_and_strangers_do_not_join_by_it()
    {
        var roster = Create("a");
        roster.Announce(new RelayStatus("a", Healthy: true, Pairs: 7, BytesPerSecond: 8, Draining: true));
        roster.Check("a", false);
        roster.Check("unknown", true);
        roster.List().ShouldBe([new RelayStatus("a", false, 7, 8, true)]);
        roster.Check("a", true);
        roster.List().ShouldBe([new RelayStatus("a", true, 7, 8, true)]);
    }

    [Fact]
    public void When_all_fail_the_last_good_ones_go_on_because_our_own_view_may_be_what_failed()
    {
        var roster = Create("a", "b", "c");
        roster.Check("c", false);
        roster.Check("b", false);
        roster.Check("a", false);
        Draw(roster, 10).Keys.ShouldBe(["a"]);
        roster.Check("c", false);
        Draw(roster, 10).Keys.ShouldBe(["a"]);
        roster.Check("c", true);
        Draw(roster, 10).Keys.ShouldBe(["c"]);
        roster.Configure(["d"]);
        Draw(roster, 10).Keys.ShouldBe(["d"]);
        roster.Configure([]);
        roster.Choose(default).ShouldBe("");
    }

    [Fact]
    public void A_relay_that_drains_gets_no_new_pairs_unless_it_is_the_only_one()
    {
        var roster = Create("a", "b");
        roster.Announce(new RelayStatus("a", Healthy: true, Draining: true));
        Draw(roster, 10).Keys.ShouldBe(["b"]);
        roster.Check("b", false);
        Draw(roster, 10).Keys.Single().ShouldBe("b", "a drains, and b was good a moment ago");
        roster.Configure(["a"]);
        Draw(roster, 10).Keys.Single().ShouldBe("a", "a relay that drains is better than none");
    }

    [Fact]
    public void A_busy_relay_steps_aside_and_reports_do_not_send_everyone_to_one()
    {
        var roster = Create("a", "b", "c");
        roster.Announce(new RelayStatus("a", Healthy: true, Pairs: 500));
        roster.Announce(new RelayStatus("b", Healthy: true, Pairs: 10));
        roster.Announce(new RelayStatus("c", Healthy: true, Pairs: 11));
        var drawn = Draw(roster, 300);
        drawn.ShouldNotContainKey("a");
        drawn["b"].ShouldBeGreaterThan(50);
        drawn["c"].ShouldBeGreaterThan(50);
    }

    [Fact]
    public void An_announced_relay_joins_and_leaves_when_it_falls_silent()
    {
        var roster = Create("a");
        roster.Announce(new RelayStatus("far:21117", Healthy: true, Pairs: 3, BytesPerSecond: 9));
        roster.List().ShouldBe([new RelayStatus("a", true), new RelayStatus("far:21117", true, 3, 9) { Announced = true }]);
        for (var i = 0; i < 20; i++)
        {
            Pass(TimeSpan.FromSeconds(10));
            roster.Announce(new RelayStatus("far:21117", Healthy: true));
        }

        roster.List().Count.ShouldBe(2);
        Pass(TimeSpan.FromSeconds(60));
        roster.List().Select(r => r.Address).ShouldBe(["a"]);
        Draw(roster, 5).Keys.ShouldBe(["a"]);
    }

    [Fact]
    public void Neither_an_open_port_nor_a_sick_announcement_keeps_a_relay_in_the_list()
    {
        var roster = Create("a");
        roster.Announce(new RelayStatus("far", Healthy: false));
        roster.List().Count.ShouldBe(1, "a dead relay can't join");
        roster.Announce(new RelayStatus("far", Healthy: true));
        for (var i = 0; i < 10; i++)
        {
            Pass(TimeSpan.FromSeconds(10));
            roster.Announce(new RelayStatus("far", Healthy: false));
            roster.Check("far", true);
        }

        roster.List().Select(r => r.Address).ShouldBe(["a"]);
    }

    [Fact]
    public void A_configured_relay_that_falls_silent_stays_but_what_it_said_is_forgotten()
    {
        var roster = Create("a", "b");
        roster.Announce(new RelayStatus("a", Healthy: true, Pairs: 99, Draining: true));
        for (var i = 0; i < 12; i++)
        {
            Pass(TimeSpan.FromSeconds(10));
            roster.Check("a", true);
        }

        roster.List().ShouldBe([new RelayStatus("a", true), new RelayStatus("b", true)]);
    }

    [Fact]
    public void Configuring_again_keeps_what_is_known_of_those_that_stay()
    {
        var roster = Create("a", "b");
        roster.Check("b", false);
        roster.Announce(new RelayStatus("far", Healthy: true, Pairs: 2));
        roster.Configure(["b", "c"]);
        roster.List()
            .ShouldBe([new RelayStatus("b", false), new RelayStatus("c", true), new RelayStatus("far", true, 2) { Announced = true }]);
        roster.Configure(["far"]);
        Pass(TimeSpan.FromMinutes(2));
        roster.List().Select(r => r.Address).ShouldBe(["far"], "it is configured now, so silence does not remove it");
    }

    [Fact]
    public void Announced_relays_are_bounded()
    {
        var roster = Create("a");
        for (var i = 0; i < 5000; i++) roster.Announce(new RelayStatus($"r{i}", Healthy: true));
        roster.List().Count.ShouldBeLessThan(1000);
        roster.Announce(new RelayStatus("r0", Healthy: true, Pairs: 7));
        roster.List().ShouldContain(r => r.Address == "r0" && r.Pairs == 7);
        roster.Announce(new RelayStatus("", Healthy: true));
        roster.List().ShouldNotContain(r => r.Address == "");
    }

    [Fact]
    public void Choosing_goes_on_while_the_list_changes()
    {
        var roster = Create("a", "b", "c");
        Parallel.For(0, 4, worker =>
        {
            for (var i = 0; i < 2000; i++)
            {
                if (worker == 0) roster.Configure(i % 2 == 0 ? ["a"] : ["a", "b", "c", "d"]);
                else if (worker == 1) roster.Announce(new RelayStatus("b", Healthy: i % 3 != 0, Pairs: i));
                else roster.Choose(default).ShouldNotBeNullOrEmpty();
            }
        });
    }

    [Fact]
    public void A_ticket_is_expected_by_both_legs_and_forgotten_after_a_while()
    {
        var roster = Create();
        roster.IsExpected("t-1").ShouldBeFalse();
        roster.Expect("t-1");
        roster.IsExpected("t-1").ShouldBeTrue();
        roster.IsExpected("t-1").ShouldBeTrue("the second leg presents it too");
        roster.IsExpected("T-1").ShouldBeFalse();
        Pass(TimeSpan.FromSeconds(61));
        roster.IsExpected("t-1").ShouldBeTrue("join and waiting time of a relay");
        Pass(TimeSpan.FromMinutes(4));
        roster.IsExpected("t-1").ShouldBeFalse();
    }

    [Fact]
    public void Tickets_are_bounded_and_a_flood_costs_the_oldest()
    {
        var roster = Create();
        for (var i = 0; i < 350_000; i++) roster.Expect($"flood-{i}");
        roster.IsExpected("flood-0").ShouldBeFalse();
        roster.IsExpected("flood-349999").ShouldBeTrue();
        roster.Expect("");
        roster.Expect(new string('x', 10_000));
        roster.IsExpected("").ShouldBeFalse();
        roster.IsExpected(new string('x', 10_000)).ShouldBeFalse();
    }

    [Fact]
    public void What_administrators_decide_stays_whatever_is_configured()
    {
        var roster = Create(new NodeHeartbeat(Time, _ => { }));
        roster.Configure(["a", "b"]);
        roster.Override(["c"], ["A"]);
        roster.Configure(["a", "d"]);

        roster.List().Select(r => (r.Address, r.Disabled)).ShouldBe([("a", true), ("d", false), ("c", false)]);
        Enumerable.Range(0, 10).Select(_ => roster.Choose(default)).Distinct().Order().ShouldBe(["c", "d"]);
        roster.Check("c", false);
        roster.Check("d", false);
        roster.Choose(default).ShouldNotBe("a", "also when all others fail");
        roster.Override([], ["a", "d"]);
        roster.Choose(default).ShouldBe("", "none is left");
        roster.Override([], []);
        roster.Check("d", true);
        roster.List().Select(r => r.Address).ShouldBe(["a", "d"]);
    }
}

public sealed class InProcessRelayRosterTests : RelayRosterSpecification
{
    protected override IRelayRoster Create(NodeHeartbeat heartbeat) => new InProcessRelayRoster(Time, heartbeat);

    [Fact]
    public void Choosing_allocates_nothing()
    {
        var roster = new InProcessRelayRoster(Time, null);
        roster.Configure(["a", "b", "c"]);
        roster.Choose(default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) roster.Choose(default);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
