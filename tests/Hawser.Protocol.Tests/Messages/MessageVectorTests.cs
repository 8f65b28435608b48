using Google.Protobuf;
using Hawser.Protocol.Messages;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Messages;

public class MessageVectorTests
{
    [Fact]
    public void Every_rendezvous_message_has_the_golden_content()
    {
        var rows = Vectors.Load("rendezvous-messages.json").GetProperty("messages").EnumerateArray().ToArray();
        rows.Length.ShouldBeGreaterThan(30);
        foreach (var row in rows)
        {
            var expected = JsonParser.Default.Parse<RendezvousMessage>(row.GetProperty("message").GetRawText());
            var read = WireMessages.ReadRendezvous(row.Hex("hex"));
            read.ShouldBe(expected, row.Text("name"));
            read.UnionCase.ShouldNotBe(RendezvousMessage.UnionOneofCase.None);
            // What we write is as long, and reads back the same: field order is the encoder's own business.
            var written = expected.ToByteArray();
            written.Length.ShouldBe(row.Hex("hex").Length, row.Text("name"));
            WireMessages.ReadRendezvous(written).ShouldBe(expected);
        }
    }

    [Fact]
    public void Every_peer_message_has_the_golden_content()
    {
        foreach (var row in Vectors.Load("peer-messages.json").GetProperty("messages").EnumerateArray())
        {
            var expected = JsonParser.Default.Parse<Message>(row.GetProperty("message").GetRawText());
            WireMessages.ReadPeer(row.Hex("hex")).ShouldBe(expected);
            expected.ToByteArray().ToHex().ShouldBe(row.Text("hex"));
        }
    }

    [Fact]
    public void A_NAT_type_of_zero_is_present_in_a_punch_answer()
    {
        var message = new PunchHoleResponse { NatType = NatType.UnknownNat };
        message.ToByteArray().ToHex().ShouldBe("2800");
        PunchHoleResponse.Parser.ParseFrom(Convert.FromHexString("2800")).UnionCase
            .ShouldBe(PunchHoleResponse.UnionOneofCase.NatType);
    }

    [Fact]
    public void Unknown_enum_values_and_fields_are_tolerated()
    {
        var read = WireMessages.ReadRendezvous(Convert.FromHexString("42051063f80701"));
        read.PunchHoleRequest.NatType.ShouldBe((NatType)0x63);
    }

    [Fact]
    public void T44_deeply_nested_groups_are_refused()
    {
        byte[] bomb = [.. Enumerable.Repeat((byte)0x0b, 300_000), .. Enumerable.Repeat((byte)0x0c, 300_000)];
        WireMessages.TryReadRendezvous(bomb, out _).ShouldBeFalse();
        Should.Throw<ProtocolViolation>(() => WireMessages.ReadRendezvous(bomb));
        Should.Throw<ProtocolViolation>(() => WireMessages.ReadPeer(bomb));
    }

    [Fact]
    public void A_seeded_fuzz_run_over_mutated_messages_never_does_anything_but_read_or_refuse()
    {
        var seeds = Vectors.Load("rendezvous-messages.json").GetProperty("messages").EnumerateArray()
            .Select(r => r.Hex("hex")).ToArray();
        var random = new Random(42);
        int read = 0, refused = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = Mutate((byte[])seeds[random.Next(seeds.Length)].Clone(), seeds, random);
            if (WireMessages.TryReadRendezvous(bytes, out var message))
            {
                read++;
                // Unknown fields are kept, so what was read can always be written again.
                message!.ToByteArray().Length.ShouldBeLessThanOrEqualTo(bytes.Length * 12 + 64);
            }
            else
            {
                refused++;
            }
        }

        read.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
    }

    private static byte[] Mutate(byte[] bytes, byte[][] seeds, Random random)
    {
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            switch (random.Next(4))
            {
                case 0: bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[random.Next(bytes.Length)] = (byte)random.Next(256); break;
                case 2: bytes = bytes[..random.Next(1, bytes.Length + 1)]; break;
                default: bytes = [.. bytes, .. seeds[random.Next(seeds.Length)]]; break;
            }
        }

        return bytes;
    }
}
