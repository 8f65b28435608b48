using System.Text;
using Hawser.Data.Activity;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Hawser.TestRig;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;

namespace Hawser.Server.Tests.Rendezvous.Registering;

public sealed class PeerRegistryTests
{
    private const string Id = "123456789";
    private const string Home = "203.0.113.7:1000";
    private const string Away = "198.51.100.9:1000";

    [Fact]
    public async Task T12_AnotherAddressMustShowItsKeyAndChangesNothing()
    {
        await using var plane = new DataPlane();
        await plane.RegisterAsync(Id, Home);
        plane.Handle(PeerHex(Id), At(Away)).ShouldBe(KeyWanted);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.Address.ShouldBe(At(Home));
        plane.Handle(PeerHex(Id), At("127.0.0.1:5")).ShouldBe(Registered, "loopback is exempt");
    }

    [Fact]
    public async Task APeerIsOnlineForThirtySecondsAndTheSweepSaysWhenItIsGone()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        await plane.RegisterAsync(Id, Home);
        plane.Registry.OnlineCount().ShouldBe(1);
        time.Advance(TimeSpan.FromSeconds(29.9));
        plane.Registry.IsOnline(Id).ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(0.2));
        plane.Registry.IsOnline(Id).ShouldBeFalse();
        plane.Registry.Sweep();
        plane.Registry.OnlineCount().ShouldBe(0);
        plane.Feed.Events.Select(e => e.Kind).ShouldBe(["peer-online", "peer-offline"]);
        time.Advance(TimeSpan.FromDays(60));
        plane.Registry.IsOnline(Id).ShouldBeFalse("C16: time does not wrap");
        plane.Handle(PeerHex(Id), At(Home)).ShouldBe(Registered);
        plane.Registry.IsOnline(Id).ShouldBeTrue();
    }

    [Fact]
    public async Task ALoadedPeerIsKnownButOffline()
    {
        await using var plane = new DataPlane();
        plane.Registry.Load(Device(Id));
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        peer.IsOnline.ShouldBeFalse();
        peer.Address.ShouldBe(At("203.0.113.7"));
        plane.Registry.TryPush(peer, Push()).ShouldBeFalse();
        plane.Sent.ShouldBeEmpty();
    }

    [Fact]
    public async Task AfterAPortFlipBothPortsArePushedForAMinute_S3()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        await plane.RegisterAsync(Id, Home);
        plane.Handle(PeerHex(Id), At("203.0.113.7:2000")).ShouldBe(Registered);
        Pushed(plane).ShouldBe(["203.0.113.7:2000", "203.0.113.7:1000"]);
        // Back and forth between the two goes on; a third port must show the key.
        plane.Handle(PeerHex(Id), At(Home)).ShouldBe(Registered);
        Pushed(plane).ShouldBe(["203.0.113.7:1000", "203.0.113.7:2000"]);
        plane.Handle(PeerHex(Id), At("203.0.113.7:3000")).ShouldBe(KeyWanted);
        Pushed(plane).ShouldBe(["203.0.113.7:1000", "203.0.113.7:2000"]);
        (await plane.RegisterAsync(Id, "203.0.113.7:3000")).ShouldBe(RegisterPkResponse.Types.Result.Ok);
        Pushed(plane).ShouldBe(["203.0.113.7:3000", "203.0.113.7:1000"]);
        for (var i = 0; i < 5; i++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            plane.Handle(PeerHex(Id), At("203.0.113.7:3000")).ShouldBe(Registered);
        }

        Pushed(plane).ShouldBe(["203.0.113.7:3000"]);
        plane.Handle(PeerHex(Id), At("203.0.113.7:4000")).ShouldBe(Registered, "one flip a minute is believed");
    }

    [Fact]
    public async Task PushesAreRationedPerDestinationAndStaySmall_S4()
    {
        await using var plane = new DataPlane(new RendezvousOptions { PushesPerMinute = 3 });
        await plane.RegisterAsync(Id, Home);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        plane.Registry.TryPush(peer, new RendezvousMessage { PunchHole = new PunchHole { RelayServer = new string('x', 2000) } }).ShouldBeFalse();
        for (var i = 0; i < 4; i++) plane.Registry.TryPush(peer, Push()).ShouldBe(i < 3);
        plane.Metrics.Pushes(PushOutcome.OverBudget).ShouldBe(1);
        plane.Metrics.Pushes(PushOutcome.TooLong).ShouldBe(1);
    }

    [Fact]
    public async Task TheNewestConnectionWinsAndUdpIsTheFallback()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        await plane.RegisterAsync(Id, Home);
        var (old, current) = (new FakeConnection(Away), new FakeConnection("198.51.100.9:2"));
        plane.Registry.Attach(Id, old).ShouldBeNull();
        plane.Registry.Attach(Id, current).ShouldBe(old);
        plane.Registry.Detach(Id, old);
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        (peer.Connection, peer.Address).ShouldBe((current, current.Remote));
        plane.Registry.TryPush(peer, Push()).ShouldBeTrue();
        current.Received.Count.ShouldBe(1);
        current.IsBroken = true;
        Pushed(plane).ShouldBe(["203.0.113.7:1000"], "a connection that refuses is not the end");
        time.Advance(TimeSpan.FromMinutes(5));
        plane.Registry.IsOnline(Id).ShouldBeTrue("as long as it is connected");
        plane.Registry.Detach(Id, current);
        plane.Registry.IsOnline(Id).ShouldBeFalse();
        plane.Registry.OnlineCount().ShouldBe(0);
        plane.Registry.Attach("unknown-id", current).ShouldBeNull();
        plane.Registry.IsOnline("unknown-id").ShouldBeFalse();
    }

    [Fact]
    public async Task T15_TheConfigurationIsNotSentToStrangers()
    {
        await using var plane = new DataPlane(new RendezvousOptions { Serial = 5, RendezvousServers = { "a.example" }, ConfigUpdatesPerMinute = 2 });
        plane.Registry.Load(Device(Id));
        plane.Handle(PeerHex(Id), At(Away)).ShouldBe(KeyWanted);
        plane.Handle(PeerHex("987654321"), At(Home)).ShouldBe(KeyWanted);
        plane.Sent.ShouldBeEmpty();
        for (var i = 0; i < 5; i++) plane.Handle(PeerHex(Id), At(Home)).ShouldBe(Registered);
        plane.Sent.Count.ShouldBe(2);
        plane.Handle(PeerHex(Id, serial: 5), At(Home)).ShouldBe(Registered);
        plane.Sent.Count.ShouldBe(2);
    }

    [Fact]
    public async Task T16_ConfigureUpdateFromElsewhereIsIgnored()
    {
        await using var plane = new DataPlane();
        var update = new RendezvousMessage { ConfigureUpdate = new ConfigUpdate { Serial = 9 } };
        var bytes = Google.Protobuf.MessageExtensions.ToByteArray(update);
        plane.Handle(bytes, At(Home)).ShouldBe("");
        plane.Configuration.Serial.ShouldBe(0);
        plane.Handle(bytes, At("127.0.0.1:9")).ShouldBe("");
        plane.Configuration.Serial.ShouldBe(9);
    }

    [Fact]
    public async Task NatTestsAreRationed()
    {
        await using var plane = new DataPlane(new RendezvousOptions { NatTestsPerMinute = 2 });
        for (var i = 0; i < 3; i++) plane.Handle("a20100", At("203.0.113.7:54321")).ShouldBe(i < 2 ? "aa010408b1a803" : "");
        plane.Handle("a20100", At("203.0.113.8:80")).ShouldBe("aa01020850");
        plane.Handle("a20100", At("203.0.113.8:0")).ShouldBe("");
        plane.Handle(PeerHex(Id), At("203.0.113.8:0")).ShouldBe("");
    }

    [Fact]
    public async Task TwoHundredThousandPeersOfEveryLengthAreFoundWhileTheyArrive()
    {
        await using var plane = new DataPlane(new RendezvousOptions { MaxPeers = 1_000_000 });
        const int Count = 200_000;
        await Parallel.ForAsync(0, 4, (part, _) =>
        {
            for (var i = part; i < Count; i += 4) plane.Registry.Load(Device(NameOf(i), HostOf(i).ToString()));
            for (var i = part; i < Count; i += 4)
            {
                var outcome = plane.Registry.Register(Encoding.UTF8.GetBytes(NameOf(i)), HostOf(i).WithPort(7), plane.Registry.Clock.Milliseconds);
                outcome.ShouldBe(RegisterOutcome.Registered);
            }

            return ValueTask.CompletedTask;
        });
        plane.Registry.Count.ShouldBe(Count);
        plane.Registry.OnlineCount().ShouldBe(Count);
        for (var i = 0; i < Count; i += 7)
        {
            plane.Registry.TryFind(NameOf(i), out var peer).ShouldBeTrue();
            (peer.Id, peer.Address, peer.IsOnline).ShouldBe((NameOf(i), HostOf(i).WithPort(7), true));
        }

        plane.Registry.TryFind(NameOf(Count), out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task AddingAndRemovingInAnyOrderAgreesWithADictionary(int seed)
    {
        await using var plane = new DataPlane();
        var random = new Random(seed);
        var model = new Dictionary<string, PeerAddress>(StringComparer.Ordinal);
        for (var step = 0; step < 30_000; step++)
        {
            var number = random.Next(3000);
            var name = NameOf(number);
            if (random.Next(3) == 0)
            {
                plane.Registry.Remove(name);
                model.Remove(name);
            }
            else if (model.TryAdd(name, HostOf(number)))
            {
                plane.Registry.Load(Device(name, HostOf(number).ToString()));
            }
        }

        plane.Registry.Count.ShouldBe(model.Count);
        for (var number = 0; number < 3000; number++)
        {
            var isKnown = plane.Registry.TryFind(NameOf(number), out var peer);
            isKnown.ShouldBe(model.TryGetValue(NameOf(number), out var host));
            if (isKnown) peer.Address.ShouldBe(host);
        }
    }

    [Fact]
    public void AShardAgreesWithADictionaryWhenEveryHashCollidesInPart()
    {
        // One shard only, so that runs are long and deletions close gaps across the end of the index.
        var shard = new PeerShard();
        var random = new Random(7);
        var model = new HashSet<string>(StringComparer.Ordinal);
        for (var step = 0; step < 50_000; step++)
        {
            var name = NameOf(random.Next(500));
            var key = new IdKey(Encoding.UTF8.GetBytes(name));
            if (random.Next(2) == 0) shard.Remove(key).ShouldBe(model.Remove(name));
            else if (model.Add(name)) shard.Add(key).Port = (ushort)name.Length;
        }

        shard.Count.ShouldBe(model.Count);
        Span<byte> buffer = stackalloc byte[16];
        foreach (var name in model)
        {
            ref var record = ref shard.Find(new IdKey(Encoding.UTF8.GetBytes(name)));
            record.Port.ShouldBe((ushort)name.Length);
            Encoding.UTF8.GetString(shard.IdOf(record, buffer)).ShouldBe(name);
        }
    }

    [Fact]
    public async Task SightingsAreToldInSlicesThatCoverEveryPeerOnce()
    {
        var time = new ManualTime();
        await using var plane = new DataPlane(time: time);
        plane.Registry.Load(Device("never-seen"));
        for (var i = 0; i < 300; i++)
        {
            plane.Registry.Load(Device(NameOf(i), HostOf(i).ToString()));
            plane.Handle(PeerHex(NameOf(i)), HostOf(i).WithPort(7)).ShouldBe(Registered);
        }

        var seenAt = time.GetUtcNow().UtcDateTime;
        time.Advance(TimeSpan.FromSeconds(90));
        var told = new List<(string Id, DateTime At)>();
        for (var i = 0; i < 60; i++)
        {
            plane.Registry.Sightings(new LastSeenSlice(i, 60, seenAt), (id, at) => told.Add((id, at)));
            plane.Registry.Sightings(new LastSeenSlice(i, 60, seenAt.AddSeconds(1)), (_, _) => Assert.Fail("too old"));
        }

        told.Select(t => t.Id).Order().ShouldBe(Enumerable.Range(0, 300).Select(NameOf).Order());
        told.ShouldAllBe(t => t.At == seenAt);
    }

    [Fact]
    public void APeerTakesAtMost120Bytes()
    {
        System.Runtime.CompilerServices.Unsafe.SizeOf<PeerRecord>().ShouldBe(104);
    }

    // Lengths 1 to 39: inside the record, at its limit and beyond it.
    private static string NameOf(int i) => $"{i:D6}".PadLeft(6 + (i % 34), 'p');

    private static PeerAddress HostOf(int i) => PeerAddress.FromIPv4(0x0A000000u + (uint)i, 0);

    private static RendezvousMessage Push() => new() { PunchHole = new PunchHole { RelayServer = "relay.example" } };

    private static string[] Pushed(DataPlane plane)
    {
        var before = plane.Sent.Count;
        plane.Registry.TryFind(Id, out var peer).ShouldBeTrue();
        plane.Registry.TryPush(peer, Push()).ShouldBeTrue();
        return [.. plane.Sent.Skip(before).Select(s => s.To.ToString())];
    }

    private sealed class FakeConnection(string remote) : PeerConnection
    {
        public List<RendezvousMessage> Received { get; } = [];

        public bool IsBroken { get; set; }

        public override PeerAddress Remote { get; } = At(remote);

        public override bool IsOpen => !IsBroken;

        public override bool TrySend(RendezvousMessage message)
        {
            if (!IsBroken) Received.Add(message);
            return !IsBroken;
        }

        public override void Close() => IsBroken = true;
    }
}
