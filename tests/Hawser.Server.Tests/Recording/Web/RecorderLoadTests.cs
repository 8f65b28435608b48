using System.Globalization;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.TestRig;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>Many recorders at once, one that floods, and chunks of unusual sizes and contents, over sockets.</summary>
public sealed class RecorderLoadTests
{
    private static readonly byte[] Head =
        [0x1a, 0x45, 0xdf, 0xa3, 0x88, 0x42, 0x82, 0x84, (byte)'w', (byte)'e', (byte)'b', (byte)'m', 0xec];

    [Fact]
    public async Task C28_C61_200_recordings_at_once_are_each_their_own_and_one_more_is_refused()
    {
        const int recorders = 200, chunks = 4;
        await using var server = await RecorderEventTests.StartAsync(o => (o.Flush, o.Finish) = (FlushPolicy.Group, false));
        var clients = new List<RecorderClient>();
        try
        {
            await Task.WhenAll(Enumerable.Range(0, recorders).Select(async n =>
            {
                var client = await RecorderClient.JoinAsync(server);
                lock (clients) clients.Add(client);
                await client.EmitAsync("start", Named(n));
                (await client.EventAsync()).Name.ShouldBe("started");
                // As a recorder does it: the next one does not wait for the answer to the last.
                for (var i = 0; i < chunks; i++) await client.ChunkAsync(Chunk(n, i), $"r{n}");
                for (var i = 0; i < chunks; i++)
                {
                    var (name, saved) = await client.EventAsync();
                    (name, saved.GetProperty("recordId").GetString(), saved.GetProperty("index").GetInt32()).ShouldBe(("chunkSaved", $"r{n}", i));
                }
            }));
            await clients[0].EmitAsync("start", Named(recorders));
            (await clients[0].EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("quota_exceeded");
        }
        finally
        {
            foreach (var client in clients) await client.DisposeAsync();
        }

        for (var n = 0; n < recorders; n++)
        {
            for (var i = 0; i < chunks; i++)
            {
                var file = Path.Combine(server.Folder, "recordings", $"r{n}", $"chunk-{i}.webm");
                (await File.ReadAllBytesAsync(file)).AsSpan().SequenceEqual(Chunk(n, i)).ShouldBeTrue(file);
            }
        }

        static byte[] Chunk(int n, int i) => [.. Head, (byte)n, (byte)i, .. new byte[2000]];
    }

    [Fact]
    public async Task C28_ten_recordings_in_one_socket_do_not_mix()
    {
        await using var server = await RecorderEventTests.StartAsync(o => o.Finish = false);
        await using var client = await RecorderClient.JoinAsync(server);
        for (var n = 0; n < 10; n++) await client.EmitAsync("start", Named(n));
        for (var n = 0; n < 10; n++) (await client.EventAsync()).Name.ShouldBe("started");
        for (var i = 0; i < 5; i++)
        {
            for (var n = 0; n < 10; n++) await client.ChunkAsync([.. Head, (byte)n, (byte)i], $"r{n}");
        }

        for (var i = 0; i < 50; i++)
        {
            var (_, saved) = await client.EventAsync();
            (saved.GetProperty("recordId").GetString(), saved.GetProperty("index").GetInt32()).ShouldBe(($"r{i % 10}", i / 10));
        }

        for (var n = 0; n < 10; n++)
        {
            for (var i = 0; i < 5; i++)
            {
                var file = Path.Combine(server.Folder, "recordings", $"r{n}", $"chunk-{i}.webm");
                (await File.ReadAllBytesAsync(file)).ShouldBe([.. Head, (byte)n, (byte)i]);
            }
        }
    }

    [Fact]
    public async Task C61_a_socket_that_floods_is_made_to_wait_and_the_others_go_on()
    {
        const int flood = 64, size = 1 << 20;
        await using var server = await RecorderEventTests.StartAsync(o => o.Finish = false);
        await using var flooder = await RecorderClient.JoinAsync(server);
        await using var other = await RecorderClient.JoinAsync(server);
        await flooder.EmitAsync("start", """{"recordId":"flood"}""");
        await flooder.EventAsync();
        await other.EmitAsync("start", Named(0));
        await other.EventAsync();
        // Its chunks can't be stored for a while, as on a disk that hangs.
        var live = server.Node.Services!.GetRequiredService<LiveRecordings>();
        var held = live.Hold("flood");
        await held.Gate.WaitAsync();
        var sent = 0;
        var flooding = Task.Run(async () =>
        {
            var chunk = new byte[size];
            Head.CopyTo(chunk, 0);
            for (; sent < flood; sent++) await flooder.ChunkAsync(chunk, "flood");
        });
        try
        {
            await Eventually.HoldsAsync(() => Volatile.Read(ref sent) >= 1, "the flood begins");
            for (var i = 0; i < 50; i++)
            {
                await other.ChunkAsync([.. Head, (byte)i], "r0");
                (await other.EventAsync()).Payload.GetProperty("index").GetInt32().ShouldBe(i);
            }

            // What was taken off it meanwhile is one chunk, and what the system's buffers hold.
            Volatile.Read(ref sent).ShouldBeLessThan(flood - 20);
            flooding.IsCompleted.ShouldBeFalse();
        }
        finally
        {
            held.Gate.Release();
            live.LetGo(held);
        }

        for (var i = 0; i < flood; i++)
        {
            (await flooder.EventAsync()).Payload.GetProperty("index").GetInt32().ShouldBe(i, "nothing of it was lost");
        }

        await flooding;
    }

    [Fact]
    public async Task C34_C13_chunks_of_no_byte_of_64_MiB_and_of_something_else()
    {
        await using var server = await RecorderEventTests.StartAsync(o => (o.MaxChunk, o.Finish) = (64, false));
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("start", Named(0));
        await client.EventAsync();
        // A browser may begin with an empty one; what is no recording is refused and takes no number.
        (await SendAsync(client, [])).ShouldBe("saved 0");
        (await SendAsync(client, "GIF89a is not a recording"u8.ToArray())).ShouldBe("unsupported_media");
        (await SendAsync(client, "#EXTM3U\nfile:///etc/passwd"u8.ToArray())).ShouldBe("unsupported_media");
        var large = new byte[64 << 20];
        Head.CopyTo(large, 0);
        large[^1] = 7;
        (await SendAsync(client, large)).ShouldBe("saved 1");
        new FileInfo(Path.Combine(server.Folder, "recordings", "r0", "chunk-1.webm")).Length.ShouldBe(64 << 20);
        (await SendAsync(client, new byte[(64 << 20) + 1])).ShouldBe("chunk_too_large");
        (await SendAsync(client, [1, 2, 3])).ShouldBe("saved 2");
    }

    [Fact]
    public async Task C34_64_MiB_where_16_are_the_limit_are_refused_and_a_byte_more_ends_the_connection()
    {
        await using var server = await RecorderEventTests.StartAsync(o => o.Finish = false);
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("start", Named(0));
        await client.EventAsync();
        (await SendAsync(client, Head)).ShouldBe("saved 0");
        (await SendAsync(client, new byte[64 << 20])).ShouldBe("chunk_too_large");
        (await SendAsync(client, [1])).ShouldBe("saved 1");
        try
        {
            await client.ChunkAsync(new byte[(64 << 20) + 1], "r0");
            (await client.TextAsync()).ShouldBe("closed 1009");
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            // It is cut off while it still sends.
        }

        // Only the connection is gone.
        await using var again = await RecorderClient.JoinAsync(server);
        (await SendAsync(again, [2])).ShouldBe("saved 2");
    }

    private static string Named(int n) => string.Create(CultureInfo.InvariantCulture, $$"""{"recordId":"r{{n}}"}""");

    private static async Task<string> SendAsync(RecorderClient client, byte[] chunk)
    {
        await client.ChunkAsync(chunk, "r0");
        var (name, payload) = await client.EventAsync();
        return name == "chunkSaved"
            ? string.Create(CultureInfo.InvariantCulture, $"saved {payload.GetProperty("index").GetInt32()}")
            : payload.GetProperty("code").GetString()!;
    }
}
