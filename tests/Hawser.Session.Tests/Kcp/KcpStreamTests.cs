using System.Collections.Concurrent;
using System.Security.Cryptography;
using Hawser.Session.Kcp;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Session.Tests.Kcp;

/// <summary>Handshake, life and end of a stream, on real sockets with a path between them that can lose.</summary>
public sealed class KcpStreamTests : IDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(80));

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task T10_Both_ends_agree_with_the_datagrams_of_the_reference()
    {
        ConcurrentQueue<(bool FromDialler, byte[] Bytes)> seen = [];
        await using var path = new DatagramPath((fromDialler, datagram) =>
        {
            seen.Enqueue((fromDialler, datagram));
            return false;
        });
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var first = dialled;
        await using var second = accepted;
        await EchoAsync(dialled, accepted);

        var syn = seen.First(each => each.FromDialler).Bytes;
        syn.Length.ShouldBe(14);
        syn[4..].ShouldBe(Convert.FromHexString("00000000000000000100"));
        var answer = seen.First(each => !each.FromDialler).Bytes;
        answer.ShouldBe([.. syn[..4], .. Convert.FromHexString("00000000000000000300")]);
        seen.Where(each => each.FromDialler && each.Bytes.Length == 14 && each.Bytes[12] != 1).First().Bytes
            .ShouldBe([.. syn[..4], .. Convert.FromHexString("00000000000000000a00")]);
        seen.Where(each => each.Bytes.Length > 14)
            .All(each => each.Bytes[12] == 0x0a && each.Bytes.AsSpan(0, 4).SequenceEqual(syn.AsSpan(0, 4))).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0x01, true)]
    [InlineData(0x03, false)]
    [InlineData(0x0a, true)]
    public async Task T11_A_lost_step_of_the_handshake_is_repeated(int flags, bool fromDialler)
    {
        var lost = 0;
        await using var path = new DatagramPath((direction, datagram) => direction == fromDialler
            && datagram.Length == 14 && datagram[12] == flags && Interlocked.Increment(ref lost) == 1);
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var first = dialled;
        await using var second = accepted;
        await EchoAsync(accepted, dialled);
        lost.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task T12_Fifty_megabytes_arrive_whole_over_a_path_that_loses_one_in_twenty()
    {
        var random = new Random(12);
        await using var path = new DatagramPath((_, _) =>
        {
            lock (random) return random.Next(20) == 0;
        });
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var first = dialled;
        await using var second = accepted;
        var bytes = RandomNumberGenerator.GetBytes(50_000_000);
        var writing = WriteAllAsync(accepted, bytes);
        var arrived = new byte[bytes.Length];
        await dialled.ReadExactlyAsync(arrived, _limit.Token);
        await writing;
        arrived.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        accepted.Repeats.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task T13_A_peer_that_vanishes_breaks_the_stream()
    {
        await using var path = new DatagramPath((_, _) => false);
        var quick = new KcpTimings { Ping = TimeSpan.FromMilliseconds(100), Dead = TimeSpan.FromMilliseconds(1500),
            Linger = TimeSpan.FromMilliseconds(20) };
        var (dialled, accepted) = await MeetAsync(path, quick);
        await using var first = dialled;
        await using var second = accepted;
        await EchoAsync(dialled, accepted);
        path.Cut();
        await Should.ThrowAsync<IOException>(async () => await dialled.ReadExactlyAsync(new byte[1], _limit.Token));
        await Should.ThrowAsync<IOException>(async () => await dialled.WriteAsync(new byte[1], _limit.Token));
    }

    [Fact]
    public async Task Signs_of_life_keep_a_silent_stream()
    {
        var pongs = 0;
        await using var path = new DatagramPath((_, datagram) =>
        {
            if (datagram[12] == 0x60) Interlocked.Increment(ref pongs);
            return false;
        });
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings { Ping = TimeSpan.FromMilliseconds(20) });
        await using var first = dialled;
        await using var second = accepted;
        await Eventually.HoldsAsync(() => Volatile.Read(ref pongs) >= 4, "answers to pings");
        await EchoAsync(dialled, accepted);
    }

    [Fact]
    public async Task Closing_delivers_what_was_written_and_ends_the_other_side()
    {
        await using var path = new DatagramPath((_, _) => false);
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var second = accepted;
        var bytes = RandomNumberGenerator.GetBytes(200_000);
        await WriteAllAsync(dialled, bytes);
        var closing = dialled.DisposeAsync();
        var arrived = new byte[bytes.Length];
        await accepted.ReadExactlyAsync(arrived, _limit.Token);
        (await accepted.ReadAsync(new byte[1], _limit.Token)).ShouldBe(0);
        await closing;
        arrived.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task A_writer_is_told_that_its_reader_has_gone()
    {
        await using var path = new DatagramPath((_, _) => false);
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var second = accepted;
        var writing = WriteAllAsync(accepted, new byte[20_000_000]);
        await dialled.ReadExactlyAsync(new byte[1], _limit.Token);
        await dialled.DisposeAsync();
        await Should.ThrowAsync<IOException>(writing);
    }

    [Fact]
    public async Task A_conversation_that_is_over_is_reset()
    {
        var resets = 0;
        await using var path = new DatagramPath((fromDialler, datagram) =>
        {
            if (!fromDialler && datagram[12] == 0x10 && datagram[0] == 42) Interlocked.Increment(ref resets);
            return false;
        });
        var (dialled, accepted) = await MeetAsync(path, new KcpTimings());
        await using var first = dialled;
        await using var second = accepted;
        // As if an older conversation of the same path were still held by the dialler.
        var ping = new byte[14];
        new KcpEnvelope(42, KcpFlags.Ping).Write(ping);
        path.Dialler.Send(ping);
        await Eventually.HoldsAsync(() => Volatile.Read(ref resets) == 1, "the reset");
        await EchoAsync(dialled, accepted);

        var reset = new byte[14];
        new KcpEnvelope(dialled.Conversation, KcpFlags.Reset).Write(reset);
        path.Host.Send(reset);
        await Should.ThrowAsync<IOException>(async () => await dialled.ReadExactlyAsync(new byte[1], _limit.Token));
    }

    private async Task<(KcpStream Dialled, KcpStream Accepted)> MeetAsync(DatagramPath path, KcpTimings timings)
    {
        var accepting = new KcpHandshake(path.Host, path.ToDialler, TimeProvider.System, timings)
            .AcceptAsync(_limit.Token);
        var dialled = await new KcpHandshake(path.Dialler, path.ToHost, TimeProvider.System, timings)
            .DialAsync(_limit.Token);
        return (dialled, await accepting);
    }

    private async Task WriteAllAsync(KcpStream stream, byte[] bytes)
    {
        for (var at = 0; at < bytes.Length; at += 50_000)
        {
            await stream.WriteAsync(bytes.AsMemory(at, Math.Min(50_000, bytes.Length - at)), _limit.Token);
        }
    }

    private async Task EchoAsync(KcpStream from, KcpStream to)
    {
        var answer = new byte[5];
        await from.WriteAsync("there"u8.ToArray(), _limit.Token);
        await to.ReadExactlyAsync(answer, _limit.Token);
        answer.ShouldBe("there"u8.ToArray());
        await to.WriteAsync("again"u8.ToArray(), _limit.Token);
        await from.ReadExactlyAsync(answer, _limit.Token);
        answer.ShouldBe("again"u8.ToArray());
    }
}
