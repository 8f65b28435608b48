using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.Recording.Playback;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>Who may record and read, and what the addresses of files answer.</summary>
public sealed class RecorderAccessTests
{
    private const string Payload = """{"recordId":"abc123"}""";

    [Fact]
    public async Task C55_C44_C58_A_recording_is_its_owners_and_a_link_opens_one_file_for_a_while()
    {
        await using var server = await OpenAsync();
        using var api = new ApiClient(server);
        var (ann, ben) = (await api.AddUserAsync("ann"), await api.AddUserAsync("ben"));
        var (annToken, benToken) = (await api.TokenAsync(ann), await api.TokenAsync(ben));
        await using var mine = await RecorderClient.JoinAsync(server, annToken);
        await RecordAsync(mine);
        var (_, finished) = await mine.EventAsync();
        var link = finished.GetProperty("downloadUrl").GetString()!;

        await using (var theirs = await RecorderClient.JoinAsync(server, benToken))
        {
            await theirs.EmitAsync("start", Payload);
            (await theirs.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("forbidden");
            await theirs.ChunkAsync([1]);
            (await theirs.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("not_started");
            await theirs.EmitAsync("stop", Payload);
            (await theirs.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("not_started");
        }

        using var http = RecorderEventTests.Http(server);
        var theirStatus = await GetAsync(http, "/recordings/abc123/status", benToken);
        var noStatus = await GetAsync(http, "/recordings/nothing/status", benToken);
        theirStatus.Text.ShouldBe(noStatus.Text.Replace("nothing", "abc123", StringComparison.Ordinal));
        (await GetAsync(http, "/recordings/abc123/status")).Text.ShouldContain("not_found");
        (await GetAsync(http, "/recordings/abc123/status", "void")).Status.ShouldBe(401);
        (await GetAsync(http, "/recordings/download/abc123%2Ffinal.webm", benToken)).Status.ShouldBe(404);
        (await GetAsync(http, "/recordings/download/abc123%2Ffinal.webm", annToken)).Status.ShouldBe(200);

        (await GetAsync(http, link)).Status.ShouldBe(200);
        (await GetAsync(http, link.Replace("abc123", "abc124", StringComparison.Ordinal))).Status.ShouldBe(403);
        (await GetAsync(http, link.Replace("exp=1", "exp=2", StringComparison.Ordinal))).Status.ShouldBe(403);
        (await GetAsync(http, link[..^3] + "AAA")).Status.ShouldBe(403);
        (await GetAsync(http, link.Split('?')[0] + "?exp=1&sig=" + link.Split("sig=")[1])).Status.ShouldBe(403);

        (await GetAsync(http, "/recordings", benToken)).Text.ShouldContain("\"total\":0");
        (await GetAsync(http, "/recordings")).Status.ShouldBe(401);
        var admin = await api.TokenAsync(await api.AddUserAsync("root", admin: true));
        var list = JsonDocument.Parse((await api.GetAsync("/api/recordings", admin)).Text).RootElement;
        list.GetProperty("data")[0].GetProperty("recordId").GetString().ShouldBe("abc123");
        (await SendAsync(http, HttpMethod.Delete, "/recordings/abc123", benToken)).ShouldBe(404);
        (await SendAsync(http, HttpMethod.Delete, "/recordings/abc123", annToken)).ShouldBe(204);
        (await GetAsync(http, link)).Status.ShouldBe(404);
        await using var db = api.OpenDb();
        var deeds = await db.ConsoleAudits.Where(a => a.Area == 9).Select(a => new { a.Operation, a.Operator }).ToListAsync();
        foreach (var deed in new[] { 162, 163, 164, 161 }) deeds.ShouldContain(d => d.Operation == deed && d.Operator == "ann");
        // C64: what is written to the log holds no credentials.
        foreach (var secret in new[] { annToken, benToken, link.Split("sig=")[1] }) server.Log.ShouldNotContain(secret);
    }

    [Fact]
    public async Task C57_Beyond_this_machine_nobody_records_without_a_token_unless_it_is_switched_on()
    {
        await using (var server = await OpenAsync())
        {
            foreach (var join in new[] { "40/recording,", """40/recording,{"token":"void"}""" })
            {
                await using var client = await RecorderClient.OpenAsync(server);
                await client.SendAsync(join);
                (await client.TextAsync()).ShouldBe(
                    """44/recording,{"message":"unauthorized","data":{"code":"unauthorized"}}""");
            }
        }

        await using var open = await TestHawser.StartAsync(o => (o.Recorder.Bind, o.Recorder.Anonymous) = ("*", true));
        await using var anybody = await RecorderClient.JoinAsync(open);
        using var http = new HttpClient { BaseAddress = open.Http };
        (await http.GetStringAsync("/health/ready")).ShouldContain("\"recorder\":\"open to anybody\"");
        open.Log.ShouldContain("--recorder-anonymous");
    }

    [Fact]
    public async Task What_a_proxy_passes_on_or_a_foreign_name_brings_is_not_from_here()
    {
        await using var server = await RecorderEventTests.StartAsync();
        foreach (var (name, value) in new[] { ("X-Forwarded-For", "203.0.113.9"), ("Host", "rebound.example:8000") })
        {
            await using var client = await RecorderClient.OpenAsync(server, configure: o => o.SetRequestHeader(name, value));
            await client.SendAsync("40/recording,");
            (await client.TextAsync()).ShouldContain("unauthorized");
        }
    }

    [Fact]
    public async Task C56_A_page_of_another_host_gets_no_connection()
    {
        await using var server = await RecorderEventTests.StartAsync();
        foreach (var (origin, status) in new[] { ("https://evil.example", 403), ("null", 403), ("http://localhost:3000", 0) })
        {
            try
            {
                await using var client = await RecorderClient.OpenAsync(
                    server, configure: o =>
                    {
                        o.SetRequestHeader("Origin", origin);
                        o.CollectHttpResponseDetails = true;
                    });
                status.ShouldBe(0, origin);
            }
            catch (System.Net.WebSockets.WebSocketException e)
            {
                e.Message.ShouldContain(status.ToString(System.Globalization.CultureInfo.InvariantCulture));
                status.ShouldBe(403);
            }
        }
    }

    [Fact]
    public async Task C55_A_revoked_token_puts_its_recorder_out_and_a_script_that_may_only_look_records_nothing()
    {
        await using var server = await OpenAsync();
        using var api = new ApiClient(server);
        var ann = await api.AddUserAsync("ann");
        await using var viewer = await RecorderClient.JoinAsync(server, await api.ApiTokenAsync(ann, "recording:r"));
        await viewer.EmitAsync("start", Payload);
        (await viewer.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("forbidden");
        await viewer.ChunkAsync([1]);
        (await viewer.EventAsync()).Payload.GetProperty("code").GetString().ShouldBe("forbidden");
        await using var recorder = await RecorderClient.JoinAsync(server, await api.ApiTokenAsync(ann, "recording:rw"));
        await recorder.EmitAsync("start", Payload);
        (await recorder.EventAsync()).Name.ShouldBe("started");
        await using var db = api.OpenDb();
        await db.AccessTokens.Where(t => t.Kind == TokenKind.Api).ExecuteDeleteAsync();
        (await recorder.TextAsync()).ShouldStartWith("41/recording");
    }

    [Fact]
    public async Task C39_C40_C41_Files_are_answered_as_players_and_downloads_need_them()
    {
        await using var server = await RecorderEventTests.StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await RecordAsync(client);
        (await client.EventAsync()).Name.ShouldBe("finished");
        using var http = RecorderEventTests.Http(server);
        const string address = "/recordings/download/abc123%2Ffinal.webm";
        using var whole = await http.GetAsync(address);
        var bytes = await whole.Content.ReadAsByteArrayAsync();
        var tag = whole.Headers.ETag!;
        (whole.Content.Headers.ContentType!.MediaType, tag.IsWeak).ShouldBe(("video/webm", false));
        whole.Content.Headers.ContentDisposition!.ToString().ShouldBe("attachment; filename=\"abc123-final.webm\"");
        using var literal = await http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/recordings/download/abc123/final.webm?inline=1"));
        (literal.StatusCode, literal.Content.Headers.ContentLength).ShouldBe((HttpStatusCode.OK, (long?)bytes.Length));
        literal.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("inline");

        (string Range, int Status, int Length)[] ranges =
        [
            ("bytes=0-3", 206, 4), ("bytes=95-", 206, bytes.Length - 95), ("bytes=-5", 206, 5),
            ($"bytes=0-{bytes.Length + 99}", 206, bytes.Length), ($"bytes={bytes.Length}-", 416, 0),
            ("bytes=0-1,4-5", 200, bytes.Length),
        ];
        foreach (var (range, status, length) in ranges)
        {
            var (code, answer) = await RangeAsync(http, address, range);
            (code, status == 416 ? 0 : answer.Length).ShouldBe((status, length), range);
        }

        (await RangeAsync(http, address, "bytes=0-3", r => r.Headers.IfRange = new RangeConditionHeaderValue(tag))).Code.ShouldBe(206);
        (await RangeAsync(http, address, "bytes=0-3", r => r.Headers.IfRange = new("\"other\""))).Code.ShouldBe(200);
        (await RangeAsync(http, address, null, r => r.Headers.IfNoneMatch.Add(tag))).Code.ShouldBe(304);
        foreach (var key in new[] { "abc", "abc123%2Fchunk-0.webm", "abc123%252Ffinal.webm", "..%2F..%2Fetc%2Fpasswd", "%2e%2e%2Fx", "abc123%5Cfinal.webm" })
        {
            using var answer = await http.SendAsync(new HttpRequestMessage(
                HttpMethod.Get, new Uri(http.BaseAddress + "recordings/download/" + key, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })));
            ((int)answer.StatusCode).ShouldBe(404, key);
            (await answer.Content.ReadAsStringAsync()).ShouldNotContain("etc");
        }

        (await GetAsync(http, "/recordings/a..b/status")).Status.ShouldBe(400);
        (await GetAsync(http, "/api/recordings")).Status.ShouldBe(200, "from this machine");
        using var elsewhere = new HttpClient { BaseAddress = server.Http };
        (await GetAsync(elsewhere, "/api/recordings")).Status.ShouldBe(401, "the HTTP port is everybody's");
        (await GetAsync(http, "/metrics")).Status.ShouldBe(404, "not on this port");
        (await GetAsync(http, "/recorder")).Text.ShouldContain("<h1>Recorder</h1>");
    }

    [Theory]
    [InlineData("/recordings/download/abc123%2Ffinal.webm", true)]
    [InlineData("/recordings/download/abc123/final.webm?x=/", true)]
    [InlineData("/base/recordings/download/abc123%2ffinal.mp4", true)]
    [InlineData("/recordings/download/abc123%252Ffinal.webm", false)]
    [InlineData("/recordings/download/abc123/x/../final.webm", false)]
    [InlineData("/recordings/download//final.webm", false)]
    [InlineData("/recordings/download/..%2Ffinal.webm", false)]
    [InlineData("/recordings/download/abc%00/final.webm", false)]
    [InlineData("/recordings/download/abc%2/final.webm", false)]
    [InlineData("/recordings/download/abc123%2Fpart.webm", false)]
    public void Keys_are_decoded_once(string target, bool isOne) => FileKey.TryParse(target, out _).ShouldBe(isOne);

    private static Task<TestHawser> OpenAsync() => TestHawser.StartAsync(o =>
    {
        (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, Hawser.Recording.FlushPolicy.None, false);
        o.Recorder.Bind = "*";
    });

    private static async Task RecordAsync(RecorderClient client)
    {
        await client.EmitAsync("start", Payload);
        (await client.EventAsync()).Name.ShouldBe("started");
        foreach (var chunk in TestVideo.Cut(await TestVideo.WebmAsync(), 3))
        {
            await client.ChunkAsync(chunk);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        }

        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":3}""");
    }

    private static async Task<(int Status, string Text)> GetAsync(HttpClient http, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<int> SendAsync(HttpClient http, HttpMethod method, string path, string token)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    private static async Task<(int Code, byte[] Bytes)> RangeAsync(
        HttpClient http, string path, string? range, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (range is not null) request.Headers.TryAddWithoutValidation("Range", range);
        change?.Invoke(request);
        using var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }
}
