using System.Text;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;
using Hawser.Server.Tests.Rendezvous.Registering;
using Shouldly;
using Xunit;
using static Hawser.Server.Tests.Rendezvous.Registering.DataPlane;

namespace Hawser.Server.Tests.Rendezvous.Listening;

public sealed class DatagramReaderTests
{
    [Theory]
    [InlineData("320d0a093132333435363738391003", "123456789", 3)]
    [InlineData("320d1003" + "0a09313233343536373839", "123456789", 3)]
    [InlineData("32180a09313233343536373839" + "10ffffffffffffffffff01" + "1800", "123456789", -1)]
    [InlineData("0801" + "32050a03616263" + "2d01020304" + "f90301020304050607080a00", "abc", 0)]
    [InlineData("3285800" + "00a03616263", "abc", 0)]
    [InlineData("3200", "", 0)]
    public void RegisterPeerIsReadAsTheGeneratedParserReadsIt(string hex, string id, int serial)
    {
        var datagram = Convert.FromHexString(hex);
        DatagramReader.ReadEnvelope(datagram, out var body).ShouldBe(6);
        DatagramReader.TryReadRegisterPeer(body, out var bytes, out var read).ShouldBeTrue();
        Encoding.UTF8.GetString(bytes).ShouldBe(id);
        read.ShouldBe(serial);
        var expected = RendezvousMessage.Parser.ParseFrom(datagram).RegisterPeer;
        (expected.Id, expected.Serial).ShouldBe((id, serial));
    }

    [Theory]
    [InlineData("320e0a093132333435363738391003")]
    [InlineData("32ff0a")]
    [InlineData("32ffffffffffffffffff7f0a")]
    [InlineData("3303")]
    [InlineData("34")]
    [InlineData("0001")]
    [InlineData("32023200" + "3200")]
    [InlineData("3003")]
    [InlineData("ffffffffffffffffffff01")]
    [InlineData("80")]
    public void WhatIsNoMessageIsMalformed(string hex) =>
        DatagramReader.ReadEnvelope(Convert.FromHexString(hex), out _).ShouldBe(DatagramReader.Malformed);

    [Fact]
    public async Task SeededFuzzNeverThrowsAndNeverDisagreesWithTheGeneratedParser()
    {
        await using var plane = new DataPlane();
        plane.Registry.Load(Device("123456789"));
        var random = new Random(20);
        byte[][] seeds =
        [
            Convert.FromHexString(PeerDatagram),
            Convert.FromHexString(KeyDatagram),
            Convert.FromHexString("a201020803"),
            Convert.FromHexString(
                "522f0a0aa92af1ac682486ae4a3312093132333435363738391a0d72656c61792e6578616d706c6520012a05312e342e39"),
            Convert.FromHexString("721e0805120f612e6578616d706c653a32313131361209622e6578616d706c65"),
        ];
        for (var i = 0; i < 200_000; i++)
        {
            var datagram = Mutate(seeds[random.Next(seeds.Length)], random);
            plane.Handle(datagram, At("203.0.113.7:1000")).Length.ShouldBeLessThanOrEqualTo(14);
            if (DatagramReader.ReadEnvelope(datagram, out var body) != 6) continue;
            if (!DatagramReader.TryReadRegisterPeer(body, out var id, out var serial)) continue;
            var expected = RegisterPeer.Parser.ParseFrom(body);
            (Encoding.UTF8.GetString(id), serial).ShouldBe((expected.Id, expected.Serial));
        }

        plane.Metrics.Datagrams(DatagramCount.Fault).ShouldBe(0);
        plane.Metrics.Datagrams(DatagramCount.Malformed).ShouldBeGreaterThan(10_000);
        plane.Metrics.Datagrams(DatagramCount.Registered).ShouldBeGreaterThan(1_000);
    }

    [Fact]
    public async Task AStrangersAnswerIsNeverLongerThanTheQuestion_S4()
    {
        await using var plane = new DataPlane();
        foreach (var id in new[] { "1", "123456", new string('x', 200) })
        {
            (plane.Handle(PeerHex(id), At("203.0.113.7:1000")).Length / 2).ShouldBeLessThanOrEqualTo(PeerHex(id).Length / 2);
        }
    }

    [Fact]
    public async Task RegisteringAllocatesNothing_P1()
    {
        await using var plane = new DataPlane();
        plane.Registry.Load(Device("123456789"));
        plane.Registry.Load(Device(new string('x', 60)));
        byte[][] datagrams =
        [
            Convert.FromHexString(PeerDatagram),
            Convert.FromHexString(PeerHex(new string('x', 60))),
            Convert.FromHexString(PeerHex("unknown-peer")),
            Convert.FromHexString("a20100"),
        ];
        var handler = new DatagramHandler(
            plane.Parts, plane.Metrics.AddDatagramCounters(), (_, _) => true, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var reply = new byte[DatagramHandler.MaxReply];
        var source = At("203.0.113.7:1000");
        long before = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (i == 10_000) before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var datagram in datagrams) handler.Handle(datagram, source, handler.Now, reply);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var edits = random.Next(4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1 when bytes.Count > 1:
                    bytes.RemoveAt(at);
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. bytes];
    }
}
