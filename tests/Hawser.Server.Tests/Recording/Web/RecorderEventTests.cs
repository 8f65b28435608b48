using System.Security.Cryptography;
using System.Text.Json;
using Hawser.Recording;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>The namespace /recording on a raw WebSocket, and the file that comes of it.</summary>
public sealed class RecorderEventTests
{
    private const string Id = "abc123";
    private const string Payload = """{"recordId":"abc123"}""";

    [Fact]
    public async Task C2_C17_C18_The_seeds_conversation_word_for_word_and_the_file_behind_it()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("start", Payload);
        (await client.TextAsync()).ShouldBe("""42/recording,["started",{"recordId":"abc123"}]""");
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 5);
        for (var i = 0; i < 4; i++)
        {
            await client.ChunkAsync(chunks[i]);
            (await client.TextAsync()).ShouldBe($$"""42/recording,["chunkSaved",{"recordId":"abc123","index":{{i}}}]""");
        }

        // C10: as the sample does it, the stop comes before the last chunk.
        await client.EmitAsync("stop", Payload, ack: 7);
        await client.ChunkAsync(chunks[4], ack: 8);
        (await client.TextAsync()).ShouldBe("""42/recording,["chunkSaved",{"recordId":"abc123","index":4}]""");
        (await client.TextAsync()).ShouldBe("""43/recording,8[{"recordId":"abc123","index":4}]""");
        (await client.TextAsync()).ShouldBe("""42/recording,["finished",{"recordId":"abc123"}]""");
        (await client.TextAsync()).ShouldBe("""43/recording,7[{"recordId":"abc123"}]""");

        using var http = Http(server);
        var status = await http.GetStringAsync("/recordings/abc123/status");
        var json = JsonDocument.Parse(status).RootElement;
        json.GetProperty("status").GetString().ShouldBe("ready");
        json.GetProperty("downloadUrl").GetString().ShouldBe("/recordings/download/abc123%2Ffinal.webm");
        var file = await http.GetByteArrayAsync("/recordings/download/abc123%2Ffinal.webm");
        file.Length.ShouldBe((int)json.GetProperty("size").GetInt64());
        using var folder = new Options.TemporaryFolder();
        await File.WriteAllBytesAsync(folder.File("final.webm"), file);
        var (video, audio, seconds) = await TestVideo.ProbeAsync(folder.File("final.webm"));
        (video, audio > 250, Math.Abs(seconds - 6) < 1).ShouldBe((150, true, true), $"{video} {audio} {seconds}");
    }

    [Fact]
    public async Task C3_Other_namespaces_are_refused_and_the_connection_stays()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.OpenAsync(server);
        foreach (var name in new[] { "", "/random,", "/recording/,", "/recording?x=1," })
        {
            await client.SendAsync($"40{name}");
            (await client.TextAsync()).ShouldContain("Invalid namespace");
        }
    }

    [Theory]
    [InlineData("""42/recording,1["chunk",{"recordId":"abc123","chunk":"text"}]""", "bad_chunk")]
    [InlineData("""42/recording,1["chunk",{"recordId":"abc123","chunk":[1,2]}]""", "bad_chunk")]
    [InlineData("""42/recording,1["chunk",{"recordId":"abc123"}]""", "bad_chunk")]
    [InlineData("""42/recording,1["chunk","text"]""", "bad_request")]
    [InlineData("""42/recording,1["chunk"]""", "bad_request")]
    [InlineData("""42/recording,1["start"]""", "bad_request")]
    [InlineData("""42/recording,1["start",{"recordId":5}]""", "bad_record_id")]
    [InlineData("""42/recording,1["start",{"recordId":"\ud800"}]""", "bad_record_id")]
    [InlineData("""42/recording,1["start",{"recordId":"../x"}]""", "bad_record_id")]
    [InlineData("""42/recording,1["start",{"recordId":".hidden"}]""", "bad_record_id")]
    [InlineData("""42/recording,1["start",{"recordId":"a\u0000b"}]""", "bad_record_id")]
    [InlineData("""42/recording,1["stop",{"recordId":"unknown"}]""", "not_started")]
    [InlineData("""42/recording,1["chunk",{"recordId":"abc123","chunk":null,"seq":-1}]""", "bad_request")]
    public async Task C22_C33_C38_What_is_wrong_is_told_with_its_code_and_the_connection_stays(string packet, string code)
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await client.SendAsync(packet);
        var (name, payload) = await client.EventAsync();
        name.ShouldBe(packet.Contains("\"chunk\"", StringComparison.Ordinal) ? "chunkError" : "recordingError");
        payload.GetProperty("code").GetString().ShouldBe(code);
        payload.GetProperty("timestamp").GetInt64().ShouldBeGreaterThan(0);
        (await client.TextAsync()).ShouldStartWith("43/recording,1[{");
        Directory.Exists(Path.Combine(server.Folder, "recordings", Id)).ShouldBeFalse();
        await client.EmitAsync("start", Payload);
        (await client.EventAsync()).Name.ShouldBe("started");
    }

    [Fact]
    public async Task C18_An_unknown_event_is_acknowledged_once_and_without_ack_ignored()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("nonsense", "1");
        await client.EmitAsync("nonsense", "1", ack: 3);
        var text = await client.TextAsync();
        text.ShouldStartWith("43/recording,3[");
        text.ShouldContain("unknown_event");
    }

    [Fact]
    public async Task C19_C20_C21_A_number_is_stored_once_and_a_checksum_is_held_to()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("start", Payload);
        await client.EventAsync();
        var chunk = (await TestVideo.WebmAsync())[..20_000];
        var sum = Convert.ToHexStringLower(SHA256.HashData(chunk));
        await client.ChunkAsync(chunk, more: $",\"seq\":0,\"checksum\":\"{new string('0', 64)}\"");
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("bad_checksum");
        await client.ChunkAsync(chunk, more: $",\"seq\":0,\"checksum\":\"{sum}\"");
        (await client.EventAsync()).Payload.GetProperty("index").GetInt32().ShouldBe(0);
        await client.ChunkAsync(chunk, more: ",\"seq\":0");
        var (_, again) = await client.EventAsync();
        (again.GetProperty("index").GetInt32(), again.GetProperty("duplicate").GetBoolean()).ShouldBe((0, true));
        await client.ChunkAsync([1, 2, 3], more: ",\"seq\":0");
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("seq_conflict");
    }

    [Fact]
    public async Task C23_C33_A_chunk_without_start_leaves_nothing_and_an_empty_recording_fails()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await client.ChunkAsync([1, 2, 3]);
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("not_started");
        Directory.Exists(Path.Combine(server.Folder, "recordings", Id)).ShouldBeFalse();
        await client.EmitAsync("start", Payload);
        await client.EventAsync();
        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":0}""");
        var (name, payload) = await client.EventAsync();
        (name, payload.GetProperty("code").GetString()).ShouldBe(("recordingError", "empty_recording"));
        using var http = Http(server);
        (await http.GetStringAsync("/recordings/abc123/status")).ShouldContain("\"status\":\"error\"");
    }

    [Fact]
    public async Task C24_C25_After_a_break_chunks_are_taken_before_start_which_resets_nothing()
    {
        await using var server = await StartAsync();
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 4);
        await using (var first = await RecorderClient.JoinAsync(server))
        {
            await first.EmitAsync("start", Payload);
            await first.EventAsync();
            await first.ChunkAsync(chunks[0]);
            await first.EventAsync();
            first.Break();
        }

        await using var second = await RecorderClient.JoinAsync(server);
        await second.ChunkAsync(chunks[1]);
        (await second.EventAsync()).Payload.GetProperty("index").GetInt32().ShouldBe(1);
        await second.EmitAsync("start", Payload);
        var (name, started) = await second.EventAsync();
        name.ShouldBe("started");
        (started.GetProperty("resumed").GetBoolean(), started.GetProperty("nextIndex").GetInt32()).ShouldBe((true, 2));
        await second.ChunkAsync(chunks[2]);
        await second.EventAsync();
        await second.ChunkAsync(chunks[3]);
        await second.EventAsync();
        // C30: two sockets, two requests, one finishing; each is told.
        await using var third = await RecorderClient.JoinAsync(server);
        await second.EmitAsync("stop", """{"recordId":"abc123","chunks":4}""");
        await third.EmitAsync("stop", """{"recordId":"abc123","chunks":4}""");
        (await second.EventAsync()).Name.ShouldBe("finished");
        (await third.EventAsync()).Name.ShouldBe("finished");
        await third.EmitAsync("stop", Payload);
        (await third.EventAsync()).Name.ShouldBe("finished");
        await third.EmitAsync("start", Payload);
        (await third.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("finished");
    }

    [Fact]
    public async Task C34_A_chunk_that_is_too_large_is_refused_and_the_connection_stays()
    {
        await using var server = await StartAsync(o => o.MaxChunk = 1);
        await using var client = await RecorderClient.JoinAsync(server);
        await client.EmitAsync("start", Payload);
        await client.EventAsync();
        var video = await TestVideo.WebmAsync();
        var chunk = new byte[1 << 20];
        video.AsSpan(0, Math.Min(video.Length, chunk.Length)).CopyTo(chunk);
        await client.ChunkAsync(chunk);
        (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        await client.ChunkAsync(new byte[(1 << 20) + 1]);
        (await client.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("chunk_too_large");
        await client.ChunkAsync([]);
        (await client.EventAsync()).Payload.GetProperty("index").GetInt32().ShouldBe(1, "an empty chunk takes an index");
    }

    [Fact]
    public async Task C59_A_server_that_stops_closes_with_1001_and_puts_nobody_out()
    {
        await using var server = await StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        var next = client.TextAsync();
        await server.StopAsync();
        (await next).ShouldBe("closed 1001");
    }

    internal static Task<TestHawser> StartAsync(Action<RecordingOptions>? configure = null) => TestHawser.StartAsync(o =>
    {
        (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false);
        configure?.Invoke(o.Recorder);
    });

    internal static HttpClient Http(TestHawser server) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{server.RecorderPort}"), Timeout = TimeSpan.FromSeconds(90) };
}
