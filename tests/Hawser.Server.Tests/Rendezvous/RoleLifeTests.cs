using System.Net;
using System.Net.Sockets;
using Hawser.Cluster;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Introducing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Starting, reloading, draining, and the relays' health.</summary>
public class RoleLifeTests
{
    [Fact]
    public async Task A_taken_port_is_named_with_its_option()
    {
        await using var rig = await RendezvousRig.StartAsync();
        foreach (var shift in new[] { 0, -1, 1 })
        {
            // P, P-1 or both belong to the first one.
            var error = await Should.ThrowAsync<InvalidOperationException>(
                () => RendezvousRig.StartAsync(o => o.Port = rig.Port + shift));
            error.Message.ShouldContain("--rendezvous-port");
        }

        rig.Role.IsReady.ShouldBeTrue();
    }

    [Fact]
    public async Task A_bad_network_is_named_with_its_option()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(
            () => RendezvousRig.StartAsync(o => o.LanNetworks.Add("10.0.0.0/99")));
        error.Message.ShouldContain("rendezvous.lanNetworks");
        error.Message.ShouldContain("10.0.0.0/99");
    }

    [Fact]
    public async Task Draining_lets_an_introduction_finish_and_begins_none()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        var push = (await b.ReceiveMessageAsync())!.PunchHole;

        var stopping = rig.Role.StopAsync(TimeSpan.FromSeconds(20));
        rig.Role.IsReady.ShouldBeFalse();
        using var late = await rig.ConnectAsync();
        await late.SendAsync(RendezvousRig.Ask());
        (await late.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldContain("restarting");
        stopping.IsCompleted.ShouldBeFalse();

        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(new RendezvousMessage
            { PunchHoleSent = new PunchHoleSent { SocketAddr = push.SocketAddr, Id = RendezvousRig.Id } });
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.Pk.ShouldNotBeEmpty();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        (await a.ReceiveAsync()).ShouldBeNull();
        await Should.ThrowAsync<SocketException>(() => rig.ConnectAsync());
    }

    [Fact]
    public async Task Draining_gives_up_at_its_deadline()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        using var b = await rig.RegisterAsync();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await b.ReceiveMessageAsync())!.PunchHole.ShouldNotBeNull();
        var stopping = rig.Role.StopAsync(TimeSpan.FromSeconds(5));
        stopping.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(6));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        await rig.Role.StopAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_reload_takes_effect_at_once_and_a_bad_one_changes_nothing()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var b = await rig.RegisterAsync();
        var options = new Hawser.Rendezvous.RendezvousOptions { Port = rig.Port, RequireLogin = true };
        options.RelayServers.Add("other.example");
        options.LanNetworks.Add("rubbish");
        Should.Throw<InvalidOperationException>(() => rig.Role.Reload(options));
        rig.Role.Execute("rs").ShouldBe("relay.example\n");
        options.LanNetworks.Clear();
        rig.Role.Reload(options);
        rig.Role.Execute("rs").ShouldBe("other.example\n");
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldBe("Please log in");
    }

    [Fact]
    public async Task Relays_that_do_not_answer_are_not_proposed()
    {
        using var relay = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        relay.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        relay.Listen();
        var good = $"127.0.0.1:{((IPEndPoint)relay.LocalEndPoint!).Port}";
        var bad = $"127.0.0.1:{FreePorts.Block(1)}";
        await using var rig = await RendezvousRig.StartAsync(o =>
        {
            o.RelayServers.Clear();
            o.RelayServers.Add(bad);
            o.RelayServers.Add(good);
        });
        await rig.Role.Probe.CheckAllAsync(CancellationToken.None);
        rig.Roster.List().ShouldBe([new RelayStatus(bad, false), new RelayStatus(good, true)]);
        rig.Role.Execute("rs").ShouldBe(good + "\n");
        for (var i = 0; i < 4; i++) rig.Roster.Choose(default).ShouldBe(good);
    }

    [Fact]
    public async Task Unknown_ids_are_not_denied_while_devices_are_loaded()
    {
        await using var rig = await RendezvousRig.StartAsync(load: false);
        rig.Role.IsReady.ShouldBeFalse();
        using var a = await rig.ConnectAsync();
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldNotBeEmpty();
        await Eventually.IsAsync(() => rig.Role.Metrics.Introductions(IntroductionOutcome.NotReady), 1, "the count of NotReady");
        await rig.Role.LoadAsync(CancellationToken.None);
        rig.Role.IsReady.ShouldBeTrue();
        await a.SendAsync(RendezvousRig.Ask());
        (await a.ReceiveAsync()).ShouldBe(Convert.FromHexString("5a00"));
    }

    [Fact]
    public async Task Introductions_of_one_source_are_budgeted()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(
            o => o.IntroductionsPerMinute = 3, new RigParts(Time: time));
        using var a = await rig.ConnectAsync();
        var answers = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            await a.SendAsync(RendezvousRig.Ask());
            answers.Add((await a.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure);
        }

        answers[0].ShouldBeEmpty();
        answers[^1].ShouldContain("Too many requests");
        using var other = await rig.ConnectAsync("127.0.0.8");
        await other.SendAsync(RendezvousRig.Ask());
        (await other.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_target_whose_address_has_had_enough_is_not_called_offline()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.PushesPerMinute = 1);
        using var b = await rig.RegisterAsync();
        using var first = await rig.ConnectAsync();
        await first.SendAsync(RendezvousRig.Ask());
        (await b.ReceiveMessageAsync()).ShouldNotBeNull();
        using var second = await rig.ConnectAsync();
        await second.SendAsync(RendezvousRig.Ask());
        (await second.ReceiveAnswerAsync())!.PunchHoleResponse.OtherFailure.ShouldContain("Too many requests");
    }
}
