using System.Net;
using Hawser.Protocol.Identity;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Identity;

public class MangledAddressTests
{
    [Fact]
    public void T69_every_golden_address_encodes_and_decodes()
    {
        foreach (var row in Vectors.Load("mangled-addresses.json").GetProperty("addresses").EnumerateArray())
        {
            var address = PeerAddress.From(IPEndPoint.Parse(row.Text("address")));
            MangledAddress.Encode(address, row.GetProperty("tm").GetUInt32()).ToHex().ShouldBe(row.Text("encoded"));
            MangledAddress.Decode(row.Hex("encoded")).ToIPEndPoint().ShouldBe(IPEndPoint.Parse(row.Text("decoded")));
        }
    }

    [Fact]
    public void A_random_ticket_decodes_to_the_address_and_differs_each_time()
    {
        var address = PeerAddress.From(IPEndPoint.Parse("203.0.113.7:54321"));
        var seen = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            var bytes = MangledAddress.Encode(address);
            MangledAddress.Decode(bytes).ShouldBe(address);
            seen.Add(bytes.ToHex());
        }

        seen.Count.ShouldBeGreaterThan(195);
    }

    [Fact]
    public void Hostile_bytes_decode_to_some_address_and_never_throw()
    {
        MangledAddress.Decode([]).ShouldBe(PeerAddress.From(IPAddress.Any, 0));
        MangledAddress.Decode(new byte[17]).IsUnspecified.ShouldBeTrue();
        MangledAddress.Decode(new byte[400]).IsUnspecified.ShouldBeTrue();
        var random = new Random(7);
        for (var i = 0; i < 5000; i++)
        {
            var bytes = new byte[random.Next(0, 24)];
            random.NextBytes(bytes);
            _ = MangledAddress.Decode(bytes).ToString();
        }
    }

    [Fact]
    public void Every_address_survives_a_round_trip()
    {
        var random = new Random(11);
        for (var i = 0; i < 5000; i++)
        {
            var address = PeerAddress.FromIPv4((uint)random.NextInt64(1, uint.MaxValue), (ushort)random.Next(0, 65536));
            MangledAddress.Decode(MangledAddress.Encode(address, (uint)random.NextInt64(0, 1L << 32))).ShouldBe(address);
        }
    }

    [Theory]
    [InlineData("::ffff:203.0.113.7", "203.0.113.7")]
    [InlineData("::203.0.113.7", "203.0.113.7")]
    [InlineData("::", "0.0.0.0")]
    [InlineData("::1", "::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    public void Addresses_are_normalised_once(string given, string normal)
    {
        var address = PeerAddress.From(IPAddress.Parse(given), 5);
        address.ToIPAddress().ToString().ShouldBe(normal);
        address.Port.ShouldBe((ushort)5);
    }

    [Fact]
    public void An_IPv6_subscriber_is_one_budget()
    {
        var a = PeerAddress.From(IPAddress.Parse("2001:db8:1:2::1"), 1);
        var b = PeerAddress.From(IPAddress.Parse("2001:db8:1:2:ffff::9"), 2);
        a.BudgetKey.ShouldBe(b.BudgetKey);
        PeerAddress.From(IPAddress.Parse("2001:db8:1:3::1"), 1).BudgetKey.ShouldNotBe(a.BudgetKey);
        PeerAddress.From(IPAddress.Parse("1.2.3.4"), 1).BudgetKey
            .ShouldNotBe(PeerAddress.From(IPAddress.Parse("1.2.3.5"), 1).BudgetKey);
    }
}
