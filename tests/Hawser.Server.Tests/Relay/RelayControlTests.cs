using System.Net.Sockets;
using System.Text;
using Hawser.Relay;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Relay;

/// <summary>What an operator sees and changes: console, lists, caps, ports, logs.</summary>
public sealed class RelayControlTests
{
    [Fact]
    public async Task T61_console_answers_have_the_known_shapes()
    {
        await using var rig = await RelayRig.StartAsync(o => (o.SingleBandwidth, o.TotalBandwidth) = (128, 1024));
        var role = rig.Role;
        role.Execute("ls").ShouldBe("32Mb/s\n");
        role.Execute("tb").ShouldBe("1024Mb/s\n");
        role.Execute("sb").ShouldBe("128Mb/s\n");
        role.Execute("dt").ShouldBe("0.66\n");
        role.Execute("t").ShouldBe("1800s\n");
        role.Execute("B").ShouldBe("");
        role.Execute("u").ShouldBe("");
        role.Execute("h").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(12);
        role.Execute("nonsense").ShouldBe("");
        role.Execute(" total-bandwidth 2.5\n").ShouldBe("");
        role.Execute("total-bandwidth").ShouldBe("2.5Mb/s\n");
        foreach (var bad in new[] { "-1", "0", "x", "NaN", "Infinity" }) role.Execute($"tb {bad}").ShouldBe("");
        role.Execute("tb").ShouldBe("2.5Mb/s\n");
        role.Execute("t 60").ShouldBe("");
        role.Execute("t").ShouldBe("60s\n");
    }

    [Fact]
    public async Task T61_lists_are_changed_by_the_console_and_normalised()
    {
        await using var rig = await RelayRig.StartAsync(
            blocklist: "203.0.113.7 somebody\n\n# note\n198.51.100.0/24\r\n");
        var role = rig.Role;
        role.Execute("B").ShouldBe("198.51.100.0/24\n203.0.113.7\n", StringCompareShould.IgnoreCase);
        role.Execute("B 203.0.113.7").ShouldBe("true\n");
        role.Execute("B ::ffff:203.0.113.7").ShouldBe("true\n");
        role.Execute("B 198.51.100.77").ShouldBe("true\n");
        role.Execute("B 192.0.2.1").ShouldBe("false\n");
        role.Execute("Ba 192.0.2.1|2001:db8::1|rubbish").ShouldBe("");
        role.Execute("blocklist 2001:db8::1").ShouldBe("true\n");
        role.Execute("Br ::ffff:192.0.2.1").ShouldBe("");
        role.Execute("B 192.0.2.1").ShouldBe("false\n");
        role.Execute("Br all").ShouldBe("");
        role.Execute("B").ShouldBe("");
        role.Execute("ba 192.0.2.9").ShouldBe("");
        role.Execute("b").ShouldBe("192.0.2.9\n");
    }

    [Fact]
    public async Task T61_usage_lists_pairs_under_the_second_partys_address_largest_first()
    {
        var time = new ManualTime();
        await using var rig = await RelayRig.StartAsync(time: time);
        using var a = await rig.JoinTcpAsync("small");
        using var b = await rig.JoinTcpAsync("small");
        // Or the one that waits below is one of these, and the larger pair's second party is the first.
        await rig.PairsAsync(1);
        using var c = await rig.JoinTcpAsync("large");
        await rig.WaitingAsync(1);
        using var d = await rig.JoinTcpAsync("large");
        await rig.PairsAsync(2);
        rig.Role.Execute("u").ShouldBe("");
        await c.SendAsync(new byte[1024 * 1024]);
        (await d.ReceiveAsync(1024 * 1024)).Length.ShouldBe(1024 * 1024);
        time.Advance(TimeSpan.FromSeconds(2));
        rig.Heartbeat.Tick();
        time.Advance(TimeSpan.FromSeconds(2));
        rig.Heartbeat.Tick();
        var lines = rig.Role.Execute("usage").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        lines[0].ShouldBe($"{d.Socket.LocalEndPoint}: 4s 1.00MB 4194kb/s 2097kb/s 0kb/s");
        lines[1].ShouldEndWith(": 4s 0.00MB 0kb/s 0kb/s 0kb/s");
        rig.Role.Status("relay.example").Pairs.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T61_the_text_console_is_on_loopback_when_it_is_switched_on(bool portable)
    {
        await using var rig = await RelayRig.StartAsync(o => (o.TextConsole, o.Portable) = (true, portable));
        (await AskAsync(rig, "h")).Split('\n').Length.ShouldBe(13);
        (await AskAsync(rig, "ls\r\n")).ShouldBe("32Mb/s\n");
        (await AskAsync(rig, "Ba 203.0.113.7")).ShouldBe("");
        (await AskAsync(rig, "B")).ShouldBe("203.0.113.7\n");
        using var a = await rig.JoinTcpAsync("t");
        using var b = await rig.JoinTcpAsync("t");
        await a.SendAsync(new byte[] { 1 });
        (await b.ReceiveAsync(1)).ShouldBe([1]);
    }

    [Fact]
    public async Task T61_the_text_console_is_off_by_default()
    {
        await using var rig = await RelayRig.StartAsync(o => o.JoinSeconds = 1);
        using var socket = await rig.ConnectAsync();
        await socket.SendAsync("h"u8.ToArray());
        socket.Shutdown(SocketShutdown.Send);
        (await new TcpPeer(socket, framed: false).IsClosedAsync()).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, "127.0.0.1")]
    [InlineData(false, "127.0.0.1")]
    [InlineData(false, "127.0.0.0/8")]
    [InlineData(false, "::ffff:127.0.0.1")]
    public async Task T57_a_blocked_source_is_refused_on_the_dual_stack_socket(bool portable, string entry)
    {
        await using var rig = await RelayRig.StartAsync(o => o.Portable = portable, blocklist: entry + " why\n");
        using var peer = new TcpPeer(await rig.ConnectAsync(), framed: false);
        (await peer.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Refusals(AcceptRefusal.Blocked) == 1, "it is counted");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C8_a_running_pair_and_a_waiting_leg_end_when_their_address_is_blocked(bool portable)
    {
        await using var rig = await RelayRig.StartAsync(o => o.Portable = portable);
        using var a = await rig.JoinTcpAsync("t");
        using var b = await rig.JoinTcpAsync("t");
        await rig.PairsAsync(1);
        using var waiting = await rig.JoinTcpAsync("alone");
        await rig.WaitingAsync(1);
        rig.Role.Execute("Ba 127.0.0.1");
        rig.Heartbeat.Tick();
        (await a.IsClosedAsync()).ShouldBeTrue();
        (await b.IsClosedAsync()).ShouldBeTrue();
        (await waiting.IsClosedAsync()).ShouldBeTrue();
        await rig.PairsAsync(0);
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Ends(RelayEnd.Blocked) == 1, "it is counted");
    }

    [Fact]
    public async Task C8_a_black_listed_address_of_either_leg_gets_the_low_rate_at_once()
    {
        await using var rig = await RelayRig.StartAsync(o => o.LimitSpeed = 4);
        using var a = await rig.JoinTcpAsync("t");
        using var b = await rig.JoinTcpAsync("t");
        await rig.PairsAsync(1);
        var pair = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().Single();
        pair.Meter.ShouldBeNull();
        rig.Role.Execute("ba 127.0.0.0/8");
        rig.Heartbeat.Tick();
        pair.Meter!.MegabitsPerSecond.ShouldBe(4);
        rig.Role.Execute("br all");
        rig.Heartbeat.Tick();
        pair.Meter.ShouldBeNull();
    }

    [Fact]
    public async Task P6_a_pair_is_downgraded_only_while_the_relay_is_short_of_bandwidth()
    {
        const int Megabit = 1024 * 1024 / 8;
        var time = new ManualTime();
        await using var rig = await RelayRig.StartAsync(o =>
        {
            (o.SingleBandwidth, o.TotalBandwidth, o.LimitSpeed) = (4, 16, 1);
            o.DowngradeStartCheck = 10;
        }, time);
        using var a = await rig.JoinTcpAsync("t");
        using var b = await rig.JoinTcpAsync("t");
        await rig.PairsAsync(1);
        var pair = rig.Role.Context.Lobby.Entries.OfType<RelayPair>().Single();
        // The loop is idle, so the test may play it: so many seconds with so much traffic.
        void Pass(int seconds, int megabits)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            pair.ForwardBytes += megabits * Megabit;
            rig.Heartbeat.Tick();
        }

        Pass(seconds: 20, megabits: 80);
        Pass(seconds: 1, megabits: 4);
        pair.Meter!.MegabitsPerSecond.ShouldBe(4, "over the threshold, but the relay has room");
        Pass(seconds: 1, megabits: 16);
        Pass(seconds: 1, megabits: 16);
        pair.Meter!.MegabitsPerSecond.ShouldBe(1, "the total is used up");
        Pass(seconds: 1, megabits: 0);
        Pass(seconds: 30, megabits: 0);
        pair.Meter!.MegabitsPerSecond.ShouldBe(1);
        Pass(seconds: 31, megabits: 0);
        pair.Meter!.MegabitsPerSecond.ShouldBe(4, "a minute later it is over");
    }

    [Fact]
    public async Task S8_only_announced_tickets_pair_when_that_is_asked_for()
    {
        await using var rig = await RelayRig.StartAsync(o => o.KnownTicketsOnly = true);
        using var first = await rig.JoinTcpAsync("unknown");
        await rig.WaitingAsync(1);
        using var second = await rig.JoinTcpAsync("unknown");
        (await second.IsClosedAsync()).ShouldBeTrue();
        // A target may be faster than its own announcement.
        using var a = await rig.JoinTcpAsync("known");
        await rig.WaitingAsync(2);
        rig.Roster.Expect("known");
        using var b = await rig.JoinTcpAsync("known");
        await rig.PairsAsync(1);
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.UnknownTicket) == 1, "it is counted");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S8_caps_hold_for_pairs_and_waiting_ones(bool portable)
    {
        await using var rig = await RelayRig.StartAsync(o => (o.Portable, o.MaxPairs, o.MaxWaiting) = (portable, 1, 3));
        using var a = await rig.JoinTcpAsync("one");
        using var b = await rig.JoinTcpAsync("one");
        await rig.PairsAsync(1);
        using var c = await rig.JoinTcpAsync("two");
        await rig.WaitingAsync(1);
        using var d = await rig.JoinTcpAsync("two");
        (await d.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.Full) == 1, "it is counted");
        await Eventually.HoldsAsync(() => rig.Role.Context.Admission.Unpaired == 1, "the refused one is gone");
        using var e = await rig.JoinTcpAsync("three");
        using var f = await rig.JoinTcpAsync("four");
        await rig.WaitingAsync(3);
        using var g = new TcpPeer(await rig.ConnectAsync(), framed: false);
        (await g.IsClosedAsync()).ShouldBeTrue();
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Refusals(AcceptRefusal.WaitingCap) == 1, "it is counted");
        await a.SendAsync(new byte[] { 1 });
        (await b.ReceiveAsync(1)).ShouldBe([1]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task C15_a_second_relay_on_the_port_is_refused_with_the_options_name(bool portable)
    {
        await using var rig = await RelayRig.StartAsync(o => o.Portable = portable);
        var refusal = await Should.ThrowAsync<InvalidOperationException>(() => RelayRig.StartAsync(o =>
        {
            o.Port = rig.Port;
            o.Portable = portable;
        }));
        refusal.Message.ShouldContain($"--relay-port {rig.Port}");
    }

    [Fact]
    public async Task A_wrong_key_writes_the_line_that_ban_tools_know_and_a_flood_writes_few()
    {
        using var logs = new RelayLogs();
        await using var rig = await RelayRig.StartAsync(key: RelayRig.Key, time: new ManualTime(), logs: logs);
        using (var wrong = await rig.JoinTcpAsync("t", "wrong"))
        {
            (await wrong.IsClosedAsync()).ShouldBeTrue();
            var from = wrong.Socket.LocalEndPoint;
            logs.Lines.Single().ShouldBe($"Relay authentication failed from {from} - invalid key");
        }

        for (var i = 0; i < 60; i++)
        {
            using var wrong = await rig.JoinTcpAsync("t", "wrong");
            (await wrong.IsClosedAsync()).ShouldBeTrue();
        }

        logs.Lines.Count.ShouldBe(20);
        await Eventually.HoldsAsync(() => rig.Role.Context.Metrics.Joins(JoinOutcome.WrongKey) == 61, "it is counted");
    }

    [Fact]
    public async Task A_reload_takes_over_limits_and_lists()
    {
        using var logs = new RelayLogs();
        await using var rig = await RelayRig.StartAsync(logs: logs);
        var options = new RelayOptions { Port = rig.Port, TotalBandwidth = 7, LimitSpeed = 3 };
        options.Blocklist.Add("192.0.2.0/24");
        options.Blacklist.Add("no address");
        rig.Role.Reload(options);
        rig.Role.Execute("tb").ShouldBe("7Mb/s\n");
        rig.Role.Execute("ls").ShouldBe("3Mb/s\n");
        rig.Role.Execute("B 192.0.2.200").ShouldBe("true\n");
        logs.Lines.Single().ShouldContain("'no address'");
    }

    private static async Task<string> AskAsync(RelayRig rig, string command)
    {
        using var socket = await rig.ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(command));
        var peer = new TcpPeer(socket, framed: false);
        return Encoding.ASCII.GetString(await peer.ReceiveAsync(100_000));
    }
}
