using Hawser.Protocol.Framing;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Framing;

public class FrameCodecTests
{
    [Fact]
    public void T69_headers_are_the_golden_bytes_and_read_back()
    {
        var header = new byte[FrameHeader.MaxLength];
        foreach (var row in Vectors.Load("frame-headers.json").GetProperty("headers").EnumerateArray())
        {
            var length = row.GetProperty("length").GetInt32();
            var written = FrameHeader.Write(header, length);
            header.AsSpan(0, written).ToArray().ToHex().ShouldBe(row.Text("header"));
            FrameHeader.LengthFor(length).ShouldBe(written);
            FrameHeader.TryRead(row.Hex("header"), out var headerLength, out var payload).ShouldBeTrue();
            (headerLength, payload).ShouldBe((written, length));
        }
    }

    [Fact]
    public void T45_headers_that_are_not_the_shortest_are_read()
    {
        foreach (var row in Vectors.Load("frame-headers.json").GetProperty("acceptedNonShortest").EnumerateArray())
        {
            FrameHeader.TryRead(row.Hex("header"), out var headerLength, out var payload).ShouldBeTrue();
            headerLength.ShouldBe(row.Hex("header").Length);
            payload.ShouldBe(row.GetProperty("length").GetInt32());
        }
    }

    [Fact]
    public void A_header_is_not_read_before_all_of_it_is_there()
    {
        FrameHeader.TryRead([], out _, out _).ShouldBeFalse();
        FrameHeader.TryRead([0xff, 0xff, 0xff], out _, out _).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => FrameHeader.LengthFor(FrameHeader.MaxPayload + 1));
        Should.Throw<ArgumentOutOfRangeException>(() => FrameHeader.LengthFor(-1));
    }

    [Fact]
    public void T46_a_stream_of_frames_reads_the_same_at_every_split()
    {
        byte[][] payloads = [[], [1], Pattern(62), Pattern(63), Pattern(64), [], Pattern(300), [9, 9]];
        var stream = payloads.SelectMany(p => FrameWriter.Frame(p)).ToArray();
        for (var split = 0; split <= stream.Length; split++)
        {
            using var reader = new FrameReader(1024);
            var got = new List<byte[]>();
            Feed(reader, stream.AsSpan(0, split), got);
            Feed(reader, stream.AsSpan(split), got);
            got.Count.ShouldBe(payloads.Length);
            for (var i = 0; i < payloads.Length; i++) got[i].ShouldBe(payloads[i]);
            reader.Buffered.ShouldBe(0);
        }
    }

    [Fact]
    public void T46_a_stream_of_frames_reads_byte_by_byte()
    {
        byte[][] payloads = [Pattern(20_000), [], Pattern(5), Pattern(70_000)];
        using var reader = new FrameReader(1 << 20);
        var got = new List<byte[]>();
        foreach (var b in payloads.SelectMany(p => FrameWriter.Frame(p))) Feed(reader, [b], got);
        got.Count.ShouldBe(4);
        for (var i = 0; i < 4; i++) got[i].ShouldBe(payloads[i]);
    }

    [Fact]
    public void T43_an_announced_gigabyte_allocates_nothing_and_is_refused_over_the_cap()
    {
        using var strict = new FrameReader(64 * 1024);
        Should.Throw<ProtocolViolation>(() => Feed(strict, [0xff, 0xff, 0xff, 0xff], []));

        // Even where a gigabyte is allowed, memory follows what really arrives.
        using var lax = new FrameReader(FrameHeader.MaxPayload);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Feed(lax, [0xff, 0xff, 0xff, 0xff], []);
        Feed(lax, Pattern(4000), []);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(128 * 1024);
    }

    [Fact]
    public void The_cap_holds_exactly()
    {
        using var reader = new FrameReader(100);
        var got = new List<byte[]>();
        Feed(reader, FrameWriter.Frame(Pattern(100)), got);
        got.ShouldHaveSingleItem().Length.ShouldBe(100);
        Should.Throw<ProtocolViolation>(() => Feed(reader, FrameWriter.Frame(Pattern(101)), got));
    }

    [Fact]
    public void The_bytes_behind_the_last_frame_can_be_taken_when_a_stream_stops_being_framed()
    {
        using var reader = new FrameReader(100);
        byte[] bytes = [.. FrameWriter.Frame([7]), 1, 2, 3];
        bytes.CopyTo(reader.GetMemory());
        reader.Advance(bytes.Length);
        reader.TryRead(out var payload).ShouldBeTrue();
        payload.ToArray().ShouldBe([7]);
        reader.TakeRest().ShouldBe([1, 2, 3]);
        reader.Buffered.ShouldBe(0);
    }

    [Fact]
    public void A_seeded_fuzz_run_only_ever_yields_frames_or_a_violation()
    {
        var random = new Random(20261120);
        for (var round = 0; round < 3000; round++)
        {
            using var reader = new FrameReader(2000);
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            var total = 0;
            try
            {
                var got = new List<byte[]>();
                for (var at = 0; at < bytes.Length;)
                {
                    var piece = Math.Min(random.Next(1, 50), bytes.Length - at);
                    Feed(reader, bytes.AsSpan(at, piece), got);
                    at += piece;
                }

                total = got.Sum(p => p.Length);
                (total + reader.Buffered).ShouldBeLessThanOrEqualTo(bytes.Length);
            }
            catch (ProtocolViolation)
            {
                total.ShouldBeLessThanOrEqualTo(bytes.Length);
            }
        }
    }

    private static byte[] Pattern(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static void Feed(FrameReader reader, ReadOnlySpan<byte> bytes, List<byte[]> got)
    {
        while (!bytes.IsEmpty)
        {
            var memory = reader.GetMemory();
            var count = Math.Min(memory.Length, bytes.Length);
            bytes[..count].CopyTo(memory.Span);
            reader.Advance(count);
            bytes = bytes[count..];
            while (reader.TryRead(out var payload)) got.Add(payload.ToArray());
        }
    }
}
