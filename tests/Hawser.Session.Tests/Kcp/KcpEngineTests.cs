using System.Buffers.Binary;
using System.Security.Cryptography;
using Hawser.Session.Kcp;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Kcp;

/// <summary>The protocol alone, in simulated time: nothing here waits.</summary>
public sealed class KcpEngineTests
{
    [Theory]
    [InlineData(0, 25, 0)]
    [InlineData(0.05, 25, 0)]
    [InlineData(0.05, 25, 20)]
    [InlineData(0.3, 5, 5)]
    public void T12_What_is_written_is_read_whatever_the_path_loses_and_reorders(double loss, int delay, int jitter)
    {
        var network = new SimulatedNetwork(seed: 1, delay, loss, jitter);
        Transfer(network, 2_000_000).ShouldBeTrue();
        network.Longest.ShouldBeLessThanOrEqualTo(1214);
        network.Left.Waiting.ShouldBe(0);
        if (loss == 0 && jitter == 0) network.Left.Repeats.ShouldBe(0);
    }

    [Fact]
    public void The_clock_and_the_numbers_may_pass_their_end()
    {
        var network = new SimulatedNetwork(2, 10, 0.02, 5, start: uint.MaxValue - 100);
        Transfer(network, 300_000).ShouldBeTrue();
    }

    [Fact]
    public void Half_a_second_of_round_trip_and_one_percent_of_loss_still_carry_a_megabyte_a_second()
    {
        var network = new SimulatedNetwork(3, 250, 0.01);
        var start = network.Now;
        Transfer(network, 5_000_000).ShouldBeTrue();
        (network.Now - start).ShouldBeLessThan(5_000u + 2_500u);
    }

    [Fact]
    public void A_reader_that_stops_stops_the_writer_and_memory_is_bounded()
    {
        var network = new SimulatedNetwork(4, 5, 0);
        var bytes = new byte[64 * 1024];
        long written = 0;
        for (var i = 0; i < 20_000; i++)
        {
            written += network.Left.Write(bytes);
            network.Left.Flush(network.Now);
            network.Step();
        }

        // What waits here, and what waits there.
        written.ShouldBeLessThanOrEqualTo((KcpEngine.WaitingLimit + KcpEngine.Window) * (long)KcpEngine.SegmentSize);
        network.Left.Write(bytes).ShouldBe(0);
        long read = 0;
        for (var i = 0; i < 20_000 && read < written; i++)
        {
            for (var count = 1; count > 0; read += count) count = network.Right.Read(bytes);
            network.Right.Flush(network.Now);
            network.Step();
        }

        read.ShouldBe(written);
    }

    [Theory]
    [InlineData(25, 0, 300)]
    [InlineData(25, 0.01, 600)]
    [InlineData(5, 0, 300)]
    public void A_short_stream_keeps_little_under_way_and_most_of_its_speed(int delay, double loss, int most)
    {
        // 5 Mbit/s.
        const int width = 625;
        var (longest, speed) = Saturate(new SimulatedNetwork(5, delay, loss, bytesPerMs: width), keepShort: true);
        longest.ShouldBeLessThan((uint)most);
        speed.ShouldBeGreaterThan((loss > 0 ? 0.6 : 0.8) * width);
        Saturate(new SimulatedNetwork(5, delay, 0, bytesPerMs: width), keepShort: false).Longest.ShouldBeGreaterThan(1_000u);
    }

    // How long a byte was on its way at the most, from when it was taken to when it was read, and bytes in a millisecond.
    private static (uint Longest, double Speed) Saturate(SimulatedNetwork network, bool keepShort)
    {
        const uint warm = 3_000;
        const uint end = 8_000;
        if (keepShort) network.Left.KeepShort();
        var written = new Queue<(long Upto, uint At)>();
        var (sent, got, counted) = (0L, 0L, 0L);
        var longest = 0u;
        var room = new byte[64 * 1024];
        while (network.Now < end)
        {
            // One segment at a time, so that what was taken last can be told.
            int taken;
            while ((taken = network.Left.Write(room.AsSpan(0, KcpEngine.SegmentSize))) > 0)
            {
                sent += taken;
                written.Enqueue((sent, network.Now));
            }

            network.Left.Flush(network.Now);
            network.Step();
            var count = network.Right.Read(room);
            got += count;
            if (network.Now > warm) counted += count;
            while (written.TryPeek(out var first) && first.Upto <= got)
            {
                written.Dequeue();
                if (network.Now > warm) longest = Math.Max(longest, network.Now - first.At);
            }
        }

        return (longest, (double)counted / (end - warm));
    }

    [Fact]
    public void A_closed_window_is_asked_about_when_the_word_that_it_opened_is_lost()
    {
        var network = new SimulatedNetwork(5, 5, 0);
        var bytes = new byte[KcpEngine.SegmentSize * KcpEngine.WaitingLimit];
        network.Left.Write(bytes).ShouldBe(bytes.Length);
        for (var i = 0; i < 1000; i++) network.Step();
        network.IsCut = true;
        for (var count = 1; count > 0;) count = network.Right.Read(bytes);
        network.Right.Flush(network.Now);
        network.IsCut = false;
        for (var i = 0; i < 20_000 && network.Left.Waiting > 0; i++)
        {
            network.Step();
            network.Right.Read(bytes);
        }

        network.Left.Waiting.ShouldBe(0);
    }

    [Fact]
    public void Small_writes_share_a_segment_until_it_leaves()
    {
        List<byte[]> sent = [];
        var engine = new KcpEngine(0x01020304, datagram => sent.Add(datagram.ToArray()));
        engine.Write("ab"u8);
        engine.Write("cd"u8);
        engine.Flush(5);
        // Envelope, then conversation, push, no fragments, window 1024, stamp 5, number 0, una 0, length 4.
        Convert.ToHexStringLower(sent.ShouldHaveSingleItem()).ShouldBe(
            "0403020100000000000000000a00" + "04030201" + "51" + "00" + "0004" + "05000000" + "00000000" + "00000000"
            + "04000000" + "61626364");
    }

    [Fact]
    public void An_acknowledgement_gives_the_stamp_back()
    {
        List<byte[]> sent = [];
        var engine = new KcpEngine(1, datagram => sent.Add(datagram.ToArray()));
        var push = new byte[KcpHeader.Size + 2];
        new KcpHeader(1, KcpCommand.Push, 128, 77, 0, 0, 2).Write(push);
        engine.Take(push, 5);
        engine.Flush(6);
        KcpHeader.TryRead(sent.ShouldHaveSingleItem().AsSpan(KcpEnvelope.Length), out var header).ShouldBeTrue();
        header.ShouldBe(new KcpHeader(1, KcpCommand.Acknowledge, 1023, 77, 0, 1, 0));
    }

    [Fact]
    public void Nonsense_changes_nothing()
    {
        var random = new Random(6);
        var engine = new KcpEngine(1, _ => { });
        engine.Write(new byte[100_000]);
        engine.Flush(1);
        var before = engine.Waiting;
        var bytes = new byte[1400];
        for (var i = 0; i < 20_000; i++)
        {
            random.NextBytes(bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, 1);
            bytes[4] = (byte)random.Next(78, 90);
            if (bytes[4] is 82) bytes[4] = 81;
            // Numbers far outside of both windows, lengths that lie.
            bytes[15] = (byte)random.Next(1, 127);
            bytes[19] = (byte)random.Next(1, 127);
            engine.Take(bytes.AsSpan(0, random.Next(bytes.Length)), (uint)i);
            engine.Update((uint)i);
        }

        engine.Waiting.ShouldBe(before);
        engine.IsReadable.ShouldBeFalse();
    }

    private static bool Transfer(SimulatedNetwork network, int length)
    {
        var source = new byte[length];
        new Random(9).NextBytes(source);
        using var arrived = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (written, read) = (0, 0);
        var buffer = new byte[16 * 1024];
        for (var steps = 0; read < length && steps < 200_000; steps++)
        {
            written += network.Left.Write(source.AsSpan(written, Math.Min(32 * 1024, length - written)));
            network.Left.Flush(network.Now);
            network.Step();
            for (int count; (count = network.Right.Read(buffer)) > 0; read += count)
            {
                arrived.AppendData(buffer, 0, count);
            }
        }

        // The last acknowledgements.
        for (var i = 0; i < 20_000 && network.Left.Waiting > 0; i++) network.Step();
        return arrived.GetHashAndReset().AsSpan().SequenceEqual(SHA256.HashData(source));
    }
}
