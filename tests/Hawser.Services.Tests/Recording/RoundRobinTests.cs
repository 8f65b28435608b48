using System.Diagnostics;
using System.Text.Json;
using Hawser.Services.Tests.Postgres;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>
/// The stock client before two servers behind a proxy where nothing sticks: its chunks come to one server and the other in
/// turn, with Redis, and without it by the database.
/// </summary>
public sealed class RoundRobinTests(PostgresFixture fixture)
{
    private const int Pieces = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C26_C27_C52_chunks_that_change_servers_make_one_whole_file(bool redis)
    {
        await using var pair = await RecorderPair.StartAsync(fixture, redis);
        await using var proxy = new RoundRobinProxy(pair.One.Server.RecorderPort, pair.Two.Server.RecorderPort);
        var folder = Directory.CreateTempSubdirectory("hawser-chunks-").FullName;
        try
        {
            var files = await CutAsync(folder);

            // Every connection goes to the next server, so each of them takes half of the chunks.
            var fresh = await RunAsync("fresh", proxy, files);
            Numbers(fresh, "saved").ShouldBe(Enumerable.Range(0, Pieces));
            fresh.GetProperty("resumed").GetInt32().ShouldBe(Pieces - 1);

            // C25: the next chunk is sent while there is no connection, and comes before anything else on the next one.
            var broken = await RunAsync("break", proxy, files);
            Numbers(broken, "saved").ShouldBe(Enumerable.Range(0, Pieces));
            // C19: what the other server has stored already is told with its first number.
            Numbers(broken, "duplicates").ShouldBe([1, 4, 7]);

            var both = await RunAsync("pair", proxy, files);
            Numbers(both, "saved").Order().ShouldBe(Enumerable.Range(0, Pieces));

            proxy.Served.ShouldAllBe(n => n >= Pieces);
            foreach (var port in (int[])[pair.One.Server.RecorderPort, pair.Two.Server.RecorderPort])
            {
                foreach (var id in (string[])["fresh", "break", "pair"]) (await FramesAsync(port, id, folder)).ShouldBe(150, id);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task C59_C19_C21_a_server_that_stops_an_answer_that_is_lost_and_whatever_holds_bytes()
    {
        await using var pair = await RecorderPair.StartAsync(fixture, redis: false);
        await using var proxy = new RoundRobinProxy(pair.One.Server.RecorderPort, pair.Two.Server.RecorderPort);
        var folder = Directory.CreateTempSubdirectory("hawser-chunks-").FullName;
        try
        {
            var files = await CutAsync(folder);
            var kinds = await RunAsync("kinds", proxy, files);
            Numbers(kinds, "saved").ShouldBe(Enumerable.Range(0, Pieces));

            // The client itself repeats what it has no answer to, on the other server.
            proxy.CutBefore("\"chunkSaved\",{\"recordId\":\"retries\",\"index\":3}");
            var retries = await RunAsync("retries", proxy, files);
            Numbers(retries, "saved").ShouldBe(Enumerable.Range(0, Pieces));
            Numbers(retries, "duplicates").ShouldBe([3]);

            // Whoever has the connection stops as on SIGTERM; the client goes on at the other by itself.
            var half = await RunAsync("half", proxy, files, () => (proxy.Last == 0 ? pair.One : pair.Two).Server.StopAsync());
            Numbers(half, "saved").ShouldBe(Enumerable.Range(0, Pieces));
            half.GetProperty("reason").GetString().ShouldBe("transport close");
            var left = (proxy.Last == 0 ? pair.One : pair.Two).Server.RecorderPort;
            foreach (var id in (string[])["kinds", "retries", "half"]) (await FramesAsync(left, id, folder)).ShouldBe(150, id);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task C55_a_client_whose_token_is_none_is_told_and_does_not_come_again()
    {
        await using var server = await TestHawser.StartAsync(o => o.Recorder.Bind = "*");
        await using var proxy = new RoundRobinProxy(server.RecorderPort);
        var seen = await RunAsync("refused", proxy, []);
        (seen.GetProperty("message").GetString(), seen.GetProperty("tries").GetInt32(), seen.GetProperty("active").GetBoolean())
            .ShouldBe(("unauthorized", 1, false));
        seen.GetProperty("data").GetProperty("code").GetString().ShouldBe("unauthorized");
        proxy.Served.ShouldBe([1]);
    }

    private static async Task<List<string>> CutAsync(string folder)
    {
        var files = new List<string>();
        foreach (var chunk in TestVideo.Cut(await TestVideo.WebmAsync(), Pieces))
        {
            files.Add(Path.Combine(folder, $"{files.Count}"));
            await File.WriteAllBytesAsync(files[^1], chunk);
        }

        return files;
    }

    private static int[] Numbers(JsonElement seen, string name) => [.. seen.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];

    private static async Task<int> FramesAsync(int port, string id, string folder)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var file = Path.Combine(folder, "final.webm");
        await File.WriteAllBytesAsync(file, await http.GetByteArrayAsync($"/recordings/download/{id}%2Ffinal.webm"));
        return (await TestVideo.ProbeAsync(file)).Video;
    }

    private static async Task<JsonElement> RunAsync(
        string mode, RoundRobinProxy proxy, List<string> files, Func<Task>? atHalf = null)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Repository.File("tests/services-npm"), UseShellExecute = false,
            RedirectStandardOutput = true, RedirectStandardInput = true,
        };
        foreach (var argument in (string[])["recorder-client.mjs", mode, $"http://127.0.0.1:{proxy.Port}", mode, .. files])
        {
            start.ArgumentList.Add(argument);
        }

        using var client = Process.Start(start)!;
        try
        {
            if (atHalf is not null)
            {
                var line = await client.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(120));
                line.ShouldBe("half");
                await atHalf();
                await client.StandardInput.WriteLineAsync("go on");
                await client.StandardInput.FlushAsync();
            }

            var text = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(240));
            var seen = JsonDocument.Parse(text).RootElement.Clone();
            if (mode == "refused") return seen;
            seen.GetProperty("errors").GetArrayLength().ShouldBe(0, text);
            seen.GetProperty("finished").TryGetProperty("code", out _).ShouldBeFalse(text);
            return seen;
        }
        finally
        {
            if (!client.HasExited) client.Kill(entireProcessTree: true);
        }
    }
}
