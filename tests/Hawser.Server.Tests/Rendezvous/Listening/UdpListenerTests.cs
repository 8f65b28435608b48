using System.Net;
using System.Net.Sockets;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Listening.Linux;
using Hawser.Server.Tests.Rendezvous.Registering;
using Hawser.TestRig;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;

namespace Hawser.Server.Tests.Rendezvous.Listening;

/// <summary>With Linux's batch calls, where they are.</summary>
public sealed class BatchedUdpTests : UdpListenerSpecification
{
    protected override bool IsPortable => false;
}

/// <summary>With the framework's calls.</summary>
public sealed class PortableUdpTests : UdpListenerSpecification
{
    protected override bool IsPortable => true;
}

/// <summary>What both ways of receiving must do, on real sockets.</summary>
public abstract class UdpListenerSpecification
{
    protected abstract bool IsPortable { get; }

    [Fact]
    public async Task T1_T4_T5_AnUnknownIdIsAskedForItsKeyAndIsOnlineAfterwards()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        plane.Registry.IsOnline("123456789").ShouldBeFalse();
        (await AskAsync(client, KeyDatagram)).ShouldBe(Ok);
        var row = plane.Store.Rows["123456789"];
        System.Text.Encoding.UTF8.GetString(row.Uuid).ShouldBe("uuid-0001");
        row.LastHost.ToString().ShouldBe("127.0.0.1");
        (await AskAsync(client, PeerDatagram)).ShouldBe(Registered);
        plane.Registry.TryFind("123456789", out var peer).ShouldBeTrue();
        peer.IsOnline.ShouldBeTrue();
        peer.Address.ToIPEndPoint().ShouldBe(client.Local);
        Convert.ToHexStringLower(peer.PublicKey).ShouldStartWith("29acbae1");
    }

    [Fact]
    public async Task T2_T3_T6_T17_WhatIsNotServedByUdpIsNotAnswered()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        var random = new Random(3);
        await client.SendHexAsync("3200");
        await client.SendRawAsync([]);
        for (var i = 0; i < 50; i++)
        {
            var noise = new byte[64];
            random.NextBytes(noise);
            await client.SendRawAsync(noise);
        }

        await client.SendAsync(new RendezvousMessage { RegisterPk = new RegisterPk { Id = "123456789", Pk = Key("x").Pk } });
        await client.SendAsync(new RendezvousMessage { RegisterPk = new RegisterPk { Id = "123456789", Uuid = Key("x").Uuid } });
        await client.SendAsync(new RendezvousMessage { PunchHoleRequest = new PunchHoleRequest { Id = "123456789" } });
        await client.SendAsync(new RendezvousMessage { LocalAddr = new LocalAddr { Id = "123456789" } });
        await client.SendAsync(new RendezvousMessage { PunchHoleSent = new PunchHoleSent { Id = "123456789" } });
        await client.SendAsync(new RendezvousMessage { SoftwareUpdate = new SoftwareUpdate { Url = "1.4.9" } });
        // The answer to the last one is the first that comes.
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        await Eventually.HoldsAsync(() => plane.Metrics.Datagrams(DatagramCount.NotForUdp) >= 3, "they are counted");
        await Eventually.HoldsAsync(() => plane.PunchHoleSents.Count == 1, "PunchHoleSent reaches the broker");
        plane.Store.Rows.ShouldBeEmpty();
    }

    [Fact]
    public async Task T44_NestedGroupsAndOversizedDatagramsAreRefused()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        client.Socket.SendBufferSize = 1 << 20;
        await client.SendRawAsync([.. Enumerable.Repeat((byte)0x0b, 30_000), .. Enumerable.Repeat((byte)0x0c, 30_000)]);
        await client.SendRawAsync([.. Enumerable.Repeat((byte)0x0b, 700), .. Enumerable.Repeat((byte)0x0c, 700)]);
        // The same inside a RegisterPk.
        await client.SendHexAsync("7a9001" + string.Concat(Enumerable.Repeat("0b", 72)) + string.Concat(Enumerable.Repeat("0c", 72)));
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        await Eventually.HoldsAsync(
            () => plane.Metrics.Datagrams(DatagramCount.TooLong) == 1 && plane.Metrics.Datagrams(DatagramCount.Malformed) == 2,
            "they are counted");
    }

    [Fact]
    public async Task T47_TheOriginalsSelfTestIsAnsweredAndNotStored()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerHex("(:test_hbbs:)"))).ShouldBe(KeyWanted);
        plane.Registry.Count.ShouldBe(0);
    }

    [Fact]
    public async Task T15_T16_ANewerConfigurationReachesKnownPeersOnly()
    {
        await using var plane = new DataPlane(new RendezvousOptions { Serial = 5, RendezvousServers = { "a.example:21116", "b.example" } })
            .Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        (await AskAsync(client, KeyDatagram)).ShouldBe(Ok);
        await client.SendHexAsync(PeerDatagram);
        string[] answers = [Hex(await client.ReceiveAsync()), Hex(await client.ReceiveAsync())];
        answers.ShouldBe([Registered, "721e0805120f612e6578616d706c653a32313131361209622e6578616d706c65"], ignoreOrder: true);
        await client.SendAsync(new RendezvousMessage { ConfigureUpdate = new ConfigUpdate { Serial = 9, RendezvousServers = { "c.example" } } });
        await Eventually.HoldsAsync(() => plane.Configuration.Serial == 9, "loopback sets the serial");
        await client.SendHexAsync(PeerDatagram);
        answers = [Hex(await client.ReceiveAsync()), Hex(await client.ReceiveAsync())];
        answers.ShouldContain(hex => hex.StartsWith("720d0809", StringComparison.Ordinal));
    }

    [Fact]
    public async Task APeerRegistersWhileTheStoreHangsAndKeysPileUp()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        plane.Registry.Load(Device("987654321", "127.0.0.1"));
        plane.Store.Gate = new TaskCompletionSource();
        using var client = new WireDatagrams(plane.Options.Port);
        // Apart, because some of the keys are refused at once.
        using var storm = new WireDatagrams(plane.Options.Port);
        for (var i = 0; i < 500; i++)
        {
            await storm.SendAsync(new RendezvousMessage { RegisterPk = Key($"device-{i:D3}") });
            if (i % 100 == 0) (await AskAsync(client, PeerHex("987654321"))).ShouldBe(Registered);
        }

        (await AskAsync(client, PeerHex("987654321"))).ShouldBe(Registered);
        plane.Store.Gate.SetResult();
    }

    [Fact]
    public async Task TheOutsidePortIsToldToWhoAsks()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var client = new WireDatagrams(plane.Options.Port);
        await client.SendHexAsync("a20100");
        (await client.ReceiveMessageAsync())!.TestNatResponse.Port.ShouldBe(client.Local.Port);
    }

    [Fact]
    public async Task IPv4AndIPv6ReachTheSameSocketAndIPv4IsNotMapped()
    {
        if (!Socket.OSSupportsIPv6) return;
        await using var plane = new DataPlane().Listen(IsPortable);
        using var six = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        await six.ConnectAsync(IPAddress.IPv6Loopback, plane.Options.Port);
        await six.SendAsync(Convert.FromHexString(KeyDatagram));
        var buffer = new byte[64];
        Hex(buffer[..six.Receive(buffer)]).ShouldBe(Ok);
        plane.Registry.TryFind("123456789", out var peer).ShouldBeTrue();
        peer.Address.ToIPEndPoint().ShouldBe(six.LocalEndPoint);
        using var four = new WireDatagrams(plane.Options.Port);
        (await AskAsync(four, PeerDatagram)).ShouldBe(Registered);
        plane.Registry.TryFind("123456789", out peer).ShouldBeTrue();
        peer.Address.IsIPv4.ShouldBeTrue();
        plane.Registry.TryPush(peer, new RendezvousMessage { PunchHole = new PunchHole { RelayServer = "r" } }).ShouldBeTrue();
        (await four.ReceiveMessageAsync())!.PunchHole.RelayServer.ShouldBe("r");
    }

    [Fact]
    public async Task AnAnswerThatCannotBeDeliveredDoesNotDisturbOthers_C5()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        plane.Listener!.TrySend([1], At("255.255.255.255:9")).ShouldBeFalse();
        using (var gone = new WireDatagrams(plane.Options.Port)) await gone.SendHexAsync(PeerDatagram);
        using var client = new WireDatagrams(plane.Options.Port);
        for (var i = 0; i < 20; i++) (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        plane.Listener.IsHealthy.ShouldBeTrue();
    }

    [Fact]
    public async Task ASecondServerOnThePortIsRefusedWithASentence_C15()
    {
        await using var plane = new DataPlane().Listen(IsPortable);
        using var second = new UdpListener(plane.Options, null, plane.Parts, plane.Metrics, NullLoggerFactory.Instance);
        Should.Throw<InvalidOperationException>(second.Start).Message.ShouldContain("--rendezvous-port");
        using var elsewhere = new UdpListener(
            new RendezvousOptions { Port = plane.Options.Port + 1 }, IPAddress.Parse("203.0.113.99"), plane.Parts, plane.Metrics, NullLoggerFactory.Instance);
        Should.Throw<InvalidOperationException>(elsewhere.Start).Message.ShouldContain("--bind");
    }

    [Fact]
    public async Task StoppingWakesTheThreadsAndFreesThePort()
    {
        await using var plane = new DataPlane().Listen(IsPortable, threads: 4);
        var listener = plane.Listener!;
        listener.IsHealthy.ShouldBeTrue();
        var stopping = Task.Run(listener.Dispose);
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        listener.TrySend([1], At("127.0.0.1:9")).ShouldBeFalse();
        using var again = new UdpListener(plane.Options, null, plane.Parts, plane.Metrics, NullLoggerFactory.Instance);
        again.Start();
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
    }

    [Fact]
    public async Task AThreadThatDiesMakesTheListenerUnhealthyAndNothingElse_C6()
    {
        await using var plane = new DataPlane();
        plane.Options.Port = FreePorts.Block();
        (plane.Options.PortableUdp, plane.Options.UdpThreads) = (IsPortable, 1);
        // The only exception that a thread does not take as one datagram's fault.
#pragma warning disable MA0012
        var parts = plane.Parts with { PunchHoleSent = (_, _) => throw new InsufficientMemoryException("for the test") };
#pragma warning restore MA0012
        using var logs = new LogCatcher();
        using var listener = new UdpListener(plane.Options, null, parts, plane.Metrics, logs);
        listener.Start();
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        listener.IsHealthy.ShouldBeTrue();

        await client.SendAsync(new RendezvousMessage { PunchHoleSent = new PunchHoleSent { Id = "123456789" } });

        await Eventually.HoldsAsync(() => !listener.IsHealthy, "the listener is not healthy");
        await Eventually.HoldsAsync(() => logs.Lines.Any(l => l.Contains("has ended")), "it is told");
    }

    [Fact]
    public async Task AListenerThatHearsNothingIsUnhealthyAndHealthyAgainWhenItHears_C6()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var plane = new DataPlane().Listen(IsPortable, threads: 1);
        using var client = new WireDatagrams(plane.Options.Port);
        (await AskAsync(client, PeerDatagram)).ShouldBe(KeyWanted);
        using var swap = SocketSwap.OfUdpPort(plane.Options.Port);
        // The call that waits still has the socket.
        await client.SendHexAsync(PeerDatagram);
        await Eventually.HoldsAsync(() => !plane.Listener!.IsHealthy, "the listener is not healthy");
        // The framework's socket does not get over having been none for a while: it could not be closed any more.
        if (IsPortable) return;

        swap.PutBack();
        await client.SendHexAsync(PeerDatagram);
        await Eventually.HoldsAsync(() => plane.Listener!.IsHealthy, "it hears again");
    }

    [Fact]
    public async Task EveryDatagramOfABurstIsAnsweredAndTheThreadAllocatesNothing()
    {
        await using var plane = new DataPlane();
        for (var i = 0; i < 500; i++) plane.Registry.Load(Device($"1000{i:D5}", "127.0.0.1"));
        var datagrams = Enumerable.Range(0, 500).Select(i => Convert.FromHexString(PeerHex($"1000{i:D5}"))).ToArray();
        foreach (var datagram in datagrams) plane.Handle(datagram, At("127.0.0.1:9")).ShouldBe(Registered);

        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var stop = new CancellationTokenSource();
        var handler = new DatagramHandler(plane.Parts, plane.Metrics.AddDatagramCounters(), (_, _) => true, NullLogger.Instance);
        using IDatagramLoop loop = IsPortable || !OperatingSystem.IsLinux()
            ? new PortableLoop(socket, handler, stop.Token)
            : new BatchLoop(socket, handler, stop.Token);
        var allocated = -1L;
        var thread = new Thread(() =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            loop.Run();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        thread.Start();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = 30_000, ReceiveBufferSize = 4 << 20,
        };
        await client.ConnectAsync(socket.LocalEndPoint!);
        var buffer = new byte[64];
        for (var round = 0; round < 40; round++)
        {
            foreach (var datagram in datagrams.AsSpan(0, 250)) client.Send(datagram);
            for (var i = 0; i < 250; i++) client.Receive(buffer).ShouldBe(2);
        }

        stop.Cancel();
        loop.Wake();
        thread.Join(30_000).ShouldBeTrue();
        handler.Counters.Read(DatagramCount.Registered).ShouldBe(40 * 250);
        // Starting and stopping may; one object a datagram would be 240,000 bytes.
        allocated.ShouldBeInRange(0, 30_000);
    }

    private static async Task<string> AskAsync(WireDatagrams client, string hex)
    {
        await client.SendHexAsync(hex);
        return Hex(await client.ReceiveAsync());
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "nothing" : Convert.ToHexStringLower(bytes);
}
