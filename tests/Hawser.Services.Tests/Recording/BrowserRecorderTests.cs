using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Hawser.Recording;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Recording;

/// <summary>What real people do: Chromium's MediaRecorder, the page of ours, and the stock Socket.IO client.</summary>
public sealed class BrowserRecorderTests
{
    [Fact]
    public async Task C10_C12_The_documents_sample_word_for_word_loses_no_frame_though_it_stops_before_its_last_chunk()
    {
        await using var server = await StartAsync();
        var seen = await BrowseAsync(server, "sample");
        var id = seen.GetProperty("recordId").GetString()!;
        var events = seen.GetProperty("events").EnumerateArray().Select(e => e.GetString()!).ToList();
        var sent = seen.GetProperty("sent").GetInt32();
        events.ShouldBe(["started", .. Enumerable.Range(0, sent).Select(i => $"saved {i}"), "finished"]);
        var (joined, final, bytes) = await FramesAsync(server, id);
        bytes.ShouldBe(seen.GetProperty("bytes").GetInt64());
        (final > 0, final).ShouldBe((true, joined));
    }

    [Fact]
    public async Task C42_The_page_records_its_test_picture_and_the_file_plays_and_seeks()
    {
        await using var server = await StartAsync();
        var seen = await BrowseAsync(server, "page");
        seen.GetProperty("errors").GetArrayLength().ShouldBe(0, seen.ToString());
        var duration = seen.GetProperty("duration").GetDouble();
        duration.ShouldBeInRange(1, 600);
        Math.Abs(seen.GetProperty("seeked").GetDouble() - seen.GetProperty("wanted").GetDouble()).ShouldBeLessThan(0.5);
        seen.GetProperty("width").GetInt32().ShouldBe(640);
        var (joined, final, _) = await FramesAsync(server, seen.GetProperty("recordId").GetString()!);
        (final > 0, final).ShouldBe((true, joined));
        // What the browser's encoder leaves out on a slow machine is its own business; it invents nothing.
        final.ShouldBeLessThanOrEqualTo(seen.GetProperty("frames").GetInt32() + 1);
    }

    [Fact]
    public async Task Axe_finds_nothing_on_the_page_in_any_state_light_dark_and_on_a_phone()
    {
        await using var server = await StartAsync();
        var seen = await BrowseAsync(server, "axe");
        seen.GetProperty("found").EnumerateArray().Select(e => e.GetString()).ShouldBeEmpty();
        seen.GetProperty("errors").EnumerateArray().Select(e => e.GetString()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tab_that_is_closed_in_the_middle_loses_nothing_that_was_saved()
    {
        await using var server = await StartAsync();
        var seen = await BrowseAsync(server, "closed");
        var saved = seen.GetProperty("saved").GetInt32();
        var id = seen.GetProperty("recordId").GetString()!;
        Chunks(server, id).Count.ShouldBeGreaterThanOrEqualTo(saved);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.RecorderPort}") };
        (await http.GetStringAsync($"/recordings/{id}/status")).ShouldContain("\"status\":\"recording\"");
    }

    [Fact]
    public async Task C11_C13_C14_C15_C16_Every_codec_a_pause_another_size_and_no_timeslice_come_out_whole_and_play_to_the_end()
    {
        await using var server = await StartAsync();
        var seen = await BrowseAsync(server, "media");
        seen.GetProperty("errors").EnumerateArray().Select(e => e.GetString()).ShouldBeEmpty();
        var results = seen.GetProperty("results").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!);
        foreach (var (name, result) in results)
        {
            // Builds of Chromium differ in H.264 alone: it is not free.
            if (name == "h264" && !result.GetProperty("supported").GetBoolean()) continue;
            result.GetProperty("supported").GetBoolean().ShouldBeTrue(name);
            result.GetProperty("code").GetString().ShouldBe("", name);
            var sent = result.GetProperty("sent").GetInt32();
            result.GetProperty("indexes").EnumerateArray().Select(i => i.GetInt32()).ShouldBe(Enumerable.Range(0, sent), name);
            var (joined, final, bytes) = await FramesAsync(server, result.GetProperty("recordId").GetString()!);
            bytes.ShouldBe(result.GetProperty("bytes").GetInt64(), name);
            (final > 0, final).ShouldBe((true, joined), name);
            final.ShouldBeLessThanOrEqualTo(result.GetProperty("frames").GetInt32() + 2, name);
            var (duration, wanted) = (result.GetProperty("duration").GetDouble(), result.GetProperty("wanted").GetDouble());
            // A pause leaves no gap: what plays is what was not paused.
            duration.ShouldBeInRange(1, result.GetProperty("active").GetDouble() + 2, name);
            Math.Abs(result.GetProperty("seeked").GetDouble() - wanted).ShouldBeLessThan(0.5, name);
            Math.Abs(result.GetProperty("played").GetDouble() - duration).ShouldBeLessThan(0.5, name);
        }

        (results["paused"].GetProperty("whilePaused").GetInt32(), results["paused"].GetProperty("pausedStatus").GetString())
            .ShouldBe((0, "recording"));
        results["resized"].GetProperty("width").GetInt32().ShouldBe(480, "at its end it has the size that the canvas had then");
        results["no timeslice"].GetProperty("sent").GetInt32().ShouldBeGreaterThan(1);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.RecorderPort}") };
        foreach (var (name, type) in new[] { ("av1", "video/webm"), ("mp4 vp9", "video/webm"), ("h264", "video/x-matroska") })
        {
            if (!results[name].GetProperty("supported").GetBoolean()) continue;
            (await http.GetStringAsync($"/recordings/{results[name].GetProperty("recordId").GetString()}/status")).ShouldContain(type);
        }
    }

    private static Task<TestHawser> StartAsync() => TestHawser.StartAsync(o =>
    {
        (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false);
        o.Recorder.KeepChunks = true;
    });

    private static List<string> Chunks(TestHawser server, string id) =>
    [
        .. Directory.GetFiles(Path.Combine(server.Folder, "recordings", id), "chunk-*.webm").OrderBy(f =>
            int.Parse(Path.GetFileNameWithoutExtension(f)["chunk-".Length..], CultureInfo.InvariantCulture)),
    ];

    /// <summary>Pictures of the chunks joined as bytes, pictures of the final file, and the chunks' bytes.</summary>
    private static async Task<(int Joined, int Final, long Bytes)> FramesAsync(TestHawser server, string id)
    {
        var folder = Directory.CreateTempSubdirectory("hawser-frames-").FullName;
        try
        {
            var joined = Path.Combine(folder, "joined.webm");
            await using (var file = File.Create(joined))
            {
                foreach (var chunk in Chunks(server, id)) await file.WriteAsync(await File.ReadAllBytesAsync(chunk));
            }

            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.RecorderPort}") };
            var final = Path.Combine(folder, "final.webm");
            await File.WriteAllBytesAsync(final, await http.GetByteArrayAsync($"/recordings/download/{id}%2Ffinal.webm"));
            return ((await TestVideo.ProbeAsync(joined)).Video, (await TestVideo.ProbeAsync(final)).Video, new FileInfo(joined).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonElement> BrowseAsync(TestHawser server, string mode)
    {
        var folder = Path.Combine(Repository.Root, "tests", "services-npm");
        if (!File.Exists("/usr/bin/chromium") || !Directory.Exists(Path.Combine(folder, "node_modules", "playwright-core")))
        {
            Assert.Skip("Chromium or playwright-core is not installed: ./test does that");
        }

        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            ArgumentList = { "recorder-browser.mjs", mode, $"http://127.0.0.1:{server.RecorderPort}" },
        };
        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(240));
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var line = output.Split('\n').LastOrDefault(l => l.StartsWith('{'));
            return line is not null ? JsonDocument.Parse(line).RootElement.Clone()
                : throw new InvalidOperationException($"the browser said nothing: {await errors}\n{server.Log}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
