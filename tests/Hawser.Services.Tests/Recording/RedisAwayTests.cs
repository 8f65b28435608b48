using Hawser.Server.Tests.Recording.Web;
using Hawser.Services.Tests.Redis;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>C51 as a recorder sees it: Redis goes and comes back empty while a socket records.</summary>
public sealed class RedisAwayTests
{
    [Fact]
    public async Task C51_C60_a_recorder_is_told_keeps_its_connection_and_loses_nothing()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        await using var node = await RecorderNode.StartAsync(o =>
            (o.Redis.Host, o.Redis.Port, o.Redis.TimeoutMs) = ("127.0.0.1", redis.Port, 2000));
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await using var client = await RecorderClient.JoinAsync(node.Server);
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        for (var i = 0; i < 2; i++) (await SendAsync(client, chunks[i])).ShouldBe($"saved {i}");
        await redis.StopAsync();
        (await SendAsync(client, chunks[2])).ShouldBe("index_unavailable");
        await client.EmitAsync("start", """{"recordId":"another"}""");
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("index_unavailable");
        await redis.StartAgainAsync();
        var answer = "";
        await Eventually.HoldsAsync(
            () => (answer = SendAsync(client, chunks[2]).GetAwaiter().GetResult()) != "index_unavailable", "it goes on", 60);
        answer.ShouldBe("saved 2", "nothing was overwritten, no number was lost");
        (await SendAsync(client, chunks[3])).ShouldBe("saved 3");
        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":4}""");
        (await client.EventAsync()).Name.ShouldBe("finished");
        var final = Path.Combine(node.Server.Folder, "recordings", "abc123", "final.webm");
        (await TestVideo.ProbeAsync(final)).Video.ShouldBe(150);
    }

    [Fact]
    public async Task C23_C38_what_was_not_started_and_ids_that_are_none_leave_no_key()
    {
        await using var redis = await RedisServerProcess.StartAsync();
        await using var node = await RecorderNode.StartAsync(o => (o.Redis.Host, o.Redis.Port) = ("127.0.0.1", redis.Port));
        await using var client = await RecorderClient.JoinAsync(node.Server);
        (await SendAsync(client, [1, 2, 3])).ShouldBe("not_started");
        var ids = (string[])["..", "../x", "a/b", "a\\\\b", "a:b", "*", "", ".hidden", "a..b", "\\u0000", "\\ud800", new string('a', 129)];
        foreach (var id in ids)
        {
            await client.EmitAsync("start", $"{{\"recordId\":\"{id}\"}}");
            (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("bad_record_id", id);
        }

        await client.EmitAsync("start", "{\"recordId\":5}");
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("bad_record_id");
        (await redis.CountKeysAsync()).ShouldBe(0);
        var folder = Path.Combine(node.Server.Folder, "recordings");
        (Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : []).ShouldBeEmpty();
        await client.EmitAsync("start", "{\"recordId\":\"abc123\"}");
        (await client.EventAsync()).Name.ShouldBe("started");
        (await redis.CountKeysAsync()).ShouldBe(1);
    }

    private static async Task<string> SendAsync(RecorderClient client, byte[] chunk)
    {
        await client.ChunkAsync(chunk);
        var (name, payload) = await client.EventAsync();
        return name == "chunkSaved" ? $"saved {payload.GetProperty("index").GetInt32()}" : payload.GetProperty("code").GetString()!;
    }
}
