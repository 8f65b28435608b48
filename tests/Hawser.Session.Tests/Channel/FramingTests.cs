using Hawser.Protocol;
using Hawser.Protocol.Framing;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Channel;

/// <summary>Session reference §2.1; numbers are the cases of §24.</summary>
public sealed class FramingTests
{
    private const int Cap = 64 << 20;

    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "04")]
    [InlineData(63, "fc")]
    [InlineData(64, "0101")]
    [InlineData(16_383, "fdff")]
    [InlineData(16_384, "020001")]
    [InlineData(4_194_303, "feffff")]
    [InlineData(4_194_304, "03000001")]
    public void T01_lengths_have_their_headers_and_come_back(int length, string header)
    {
        var frame = FrameWriter.Frame(new byte[length]);
        Convert.ToHexStringLower(frame.AsSpan(0, frame.Length - length)).ShouldBe(header);
        Read(frame, frame.Length).ShouldHaveSingleItem().Length.ShouldBe(length);
    }

    [Fact]
    public void T02_T05_the_same_frames_come_out_whatever_pieces_go_in()
    {
        byte[][] payloads = [[1, 2, 3], [], [.. Enumerable.Range(0, 500).Select(i => (byte)i)]];
        var stream = payloads.SelectMany(p => FrameWriter.Frame(p)).ToArray();
        foreach (var piece in (int[])[1, 2, 7, stream.Length]) Read(stream, piece).ShouldBe(payloads);
    }

    [Fact]
    public void T03_a_header_may_be_longer_than_it_needs_to_be() =>
        Read([5 << 2 | 3, 0, 0, 0, 1, 2, 3, 4, 5], 3).ShouldHaveSingleItem().ShouldBe([1, 2, 3, 4, 5]);

    [Fact]
    public void T04_an_announced_gigabyte_is_refused_by_its_header()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ProtocolViolation>(() => Read([0xff, 0xff, 0xff, 0xff], 4));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    private static List<byte[]> Read(byte[] stream, int piece)
    {
        using var reader = new FrameReader(Cap);
        var all = new List<byte[]>();
        for (var at = 0; at < stream.Length;)
        {
            var memory = reader.GetMemory();
            var count = Math.Min(Math.Min(piece, memory.Length), stream.Length - at);
            stream.AsMemory(at, count).CopyTo(memory);
            reader.Advance(count);
            at += count;
            while (reader.TryRead(out var payload)) all.Add(payload.ToArray());
        }

        return all;
    }
}
