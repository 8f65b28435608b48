using Hawser.Protocol.Compression;
using Shouldly;
using Xunit;

namespace Hawser.Protocol.Tests.Compression;

public sealed class ZstdTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(128 * 1024)]
    [InlineData((128 * 1024) + 1)]
    [InlineData(3_000_000)]
    public void What_was_packed_comes_out_again(int length)
    {
        var plain = new byte[length];
        for (var i = 0; i < length; i += 7) plain[i] = (byte)(i % 251);
        var packed = Zstd.Compress(plain);
        Zstd.TryDecompress(packed, Math.Max(length, 1), out var back).ShouldBeTrue();
        back.ShouldBe(plain);
        if (length > 1) Zstd.TryDecompress(packed, length - 1, out _).ShouldBeFalse();
    }

    [Fact]
    public void Q23_a_bomb_costs_no_more_than_the_cap()
    {
        var bomb = Zstd.Compress(new byte[200_000_000]);
        bomb.Length.ShouldBeLessThan(20_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Zstd.TryDecompress(bomb, 100_000, out var plain).ShouldBeFalse();
        plain.ShouldBeEmpty();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Broken_frames_are_refused_whatever_is_broken()
    {
        Zstd.TryDecompress([], 100, out _).ShouldBeFalse();
        var random = new Random(5);
        var packed = Zstd.Compress([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i))]);
        for (var cut = 0; cut < packed.Length; cut += 3) Zstd.TryDecompress(packed.AsSpan(0, cut), 10_000, out _).ShouldBeFalse();
        for (var round = 0; round < 5000; round++)
        {
            var bytes = (byte[])packed.Clone();
            for (var n = random.Next(1, 6); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (Zstd.TryDecompress(bytes, 10_000, out var plain)) plain.Length.ShouldBeLessThanOrEqualTo(10_000);
        }
    }
}
