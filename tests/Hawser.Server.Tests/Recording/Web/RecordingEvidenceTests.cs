using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Hawser.Recording.Library;
using Hawser.Server.Tests.Api.WebConsole;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>
/// Recordings as evidence: why they are held, the hash of their file, their list as a file, what is saved while they are
/// made, and a proof before they are deleted.
/// </summary>
public sealed class RecordingEvidenceTests
{
    [Fact]
    public async Task Why_a_recording_is_held_and_released_is_in_the_log()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var api = rig.Api.Api;
        Task<Answer> PatchAsync(string body) => api.SendAsync(HttpMethod.Patch, "/api/recordings/r3", body, rig.Api.Person);
        (await PatchAsync("""{"held":true,"reason":" case 17 "}""")).Status.ShouldBe(200);
        (await PatchAsync("""{"held":false,"reason":""}""")).Status.ShouldBe(200);
        (await PatchAsync($$"""{"held":true,"reason":"{{new string('x', 201)}}"}""")).Status.ShouldBe(400);
        (await PatchAsync("""{"held":true,"reason":"a\nb"}""")).Status.ShouldBe(400);
        (await PatchAsync("""{"reason":"for nothing"}""")).Status.ShouldBe(400);
        (await rig.DeedsAsync()).ShouldBe(
            ["""165 root {"recordId":"r3","reason":"case 17"}""", """166 root {"recordId":"r3"}"""]);
    }

    [Fact]
    public async Task The_list_is_a_file_of_what_the_caller_may_see_and_that_is_in_the_log()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var api = rig.Api.Api;
        var ann = await api.TokenAsync(rig.Ann);
        await using (var db = rig.Api.Db())
        {
            await db.Recordings.Where(r => r.RecordId == "r3").ExecuteUpdateAsync(s => s.SetProperty(r => r.Title, "=1+1"));
        }

        var file = await api.GetAsync("/api/recordings?format=csv&status=ready&sort=created", ann);
        (file.Status, file.Type!.MediaType).ShouldBe((200, "text/csv"));
        var lines = file.Text.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith("recordId,guid,title,status,startedAt,durationMs,device");
        lines.Skip(1).Select(l => l.Split(',')[0]).ShouldBe(["r2", "r3"]);
        lines[2].ShouldContain("'=1+1", Case.Sensitive, "no spreadsheet computes it");
        var some = await api.GetAsync("/api/recordings?format=jsonl&columns=user,size&device=100000", rig.Api.Person);
        some.Text.Split('\n')[0].ShouldMatch("""^\{"recordId":"r4","guid":"[0-9a-f-]{36}","user":"ann","size":"996"\}$""");
        // As many as there are, whatever a page has.
        (await api.GetAsync("/api/recordings?format=jsonl&pageSize=1&current=3", rig.Api.Person)).Text.TrimEnd()
            .Split('\n').Length.ShouldBe(6);
        (await api.GetAsync("/api/recordings?format=csv")).Status.ShouldBe(401);
        (await api.GetAsync("/api/recordings?format=csv&status=nonsense", ann)).Status.ShouldBe(400);
        await using var log = rig.Api.Db();
        var rows = await log.ConsoleAudits.Where(a => a.Operation == 151).OrderBy(a => a.CreatedAt).ToListAsync();
        rows.ConvertAll(a => (a.Area, a.Operator)).ShouldBe([(8, "ann"), (8, "root"), (8, "root")]);
        rows[0].Info.ShouldContain("\"targets\":[\"recordings\"]");
        rows[0].Info.ShouldContain("status=ready");
    }

    [Fact]
    public async Task A_hash_is_computed_once_the_file_is_there_and_told_as_programs_read_it()
    {
        await using var server = await RecorderEventTests.StartAsync();
        await using (var client = await RecorderClient.JoinAsync(server))
        {
            await RecordAsync(client);
        }

        using var http = RecorderEventTests.Http(server);
        string? hash = null;
        using (var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90)))
        {
            while ((hash = await HashAsync(server)).Length == 0) await Task.Delay(50, deadline.Token);
        }

        var bytes = await http.GetByteArrayAsync("/recordings/download/abc123%2Ffinal.webm");
        hash.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
        (await http.GetStringAsync("/recordings/abc123")).ShouldContain($"\"sha256\":\"{hash}\"");
        (await http.GetStringAsync("/recordings/abc123/sha256")).ShouldBe($"{hash}  abc123-final.webm\n");
        using var none = await http.GetAsync("/recordings/other/sha256");
        none.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        // One that was finished before there were hashes, or by a node that stopped too early.
        await using (var db = server.Node.Store!.CreateDb())
        {
            var before = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
            await db.Recordings.ExecuteUpdateAsync(
                s => s.SetProperty(r => r.FileHash, "").SetProperty(r => r.FinishedAt, before));
        }

        await server.Node.Services!.GetRequiredService<LibrarySweeper>().SweepAsync(CancellationToken.None);
        (await HashAsync(server)).ShouldBe(hash);
    }

    [Fact]
    public async Task What_is_saved_is_read_by_ranges_while_the_recording_is_made()
    {
        await using var server = await RecorderEventTests.StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        using var http = RecorderEventTests.Http(server);
        using (var none = await http.GetAsync("/recordings/abc123/saved"))
        {
            none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        var all = await TestVideo.WebmAsync();
        var pieces = TestVideo.Cut(all, 7);
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        using (var empty = await http.GetAsync("/recordings/abc123/saved"))
        {
            empty.StatusCode.ShouldBe(HttpStatusCode.NotFound, "nothing came yet");
        }

        var saved = new MemoryStream();
        foreach (var piece in pieces)
        {
            await client.ChunkAsync(piece);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
            // As somebody who watches asks: for what comes after what there is.
            using var more = await AskAsync(http, $"bytes={saved.Length}-");
            more.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            more.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes {saved.Length}-{saved.Length + piece.Length - 1}/*");
            more.Content.Headers.LastModified.ShouldNotBeNull();
            await more.Content.CopyToAsync(saved);
        }

        saved.ToArray().ShouldBe(all);
        (await http.GetByteArrayAsync("/recordings/abc123/saved")).ShouldBe(all);
        var (from, to) = (pieces[0].Length - 3, pieces[0].Length + pieces[1].Length + 5);
        (await BytesAsync(http, $"bytes={from}-{to - 1}")).ShouldBe(all[from..to], "over the ends of chunks");
        (await BytesAsync(http, "bytes=-100")).ShouldBe(all[^100..]);
        (await BytesAsync(http, "bytes=-999999999")).ShouldBe(all);
        (await BytesAsync(http, "bytes=5-5")).ShouldBe(all[5..6]);
        foreach (var beyond in new[] { $"bytes={all.Length}-", "bytes=999999999999-", "bytes=-0" })
        {
            using var refused = await AskAsync(http, beyond);
            refused.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable, beyond);
            refused.Content.Headers.ContentRange!.ToString().ShouldBe($"bytes */{all.Length}");
        }

        await using (var db = server.Node.Store!.CreateDb())
        {
            (await db.ConsoleAudits.CountAsync(a => a.Operation == 168)).ShouldBe(1, "who watches is in the log, once");
        }

        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":7}""");
        (await client.EventAsync()).Name.ShouldBe("finished");
        using var over = await AskAsync(http, "bytes=0-");
        over.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Nobody_else_reads_what_is_saved_or_its_hash()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var api = rig.Api.Api;
        var eve = await api.TokenAsync(await rig.Api.UserAsync("eve"));
        foreach (var path in new[] { "/api/recordings/r4/saved", "/api/recordings/r3/sha256" })
        {
            (await api.GetAsync(path, eve)).Status.ShouldBe(404, path);
            (await api.GetAsync(path)).Status.ShouldBe(401, path);
        }

        (await api.GetAsync("/api/recordings/r3/saved", await api.TokenAsync(rig.Ann))).Status.ShouldBe(409);
        (await api.GetAsync("/api/recordings/a..b/saved", rig.Api.Person)).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Somebody_at_the_console_says_once_more_who_it_is_before_a_recording_is_deleted()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        using var browser = new Browser(rig.Api.Server);
        await rig.Api.Api.AddUserAsync("boss", admin: true);
        (await browser.SignInAsync("boss")).Status.ShouldBe(200);
        await browser.MeAsync();
        await using (var db = rig.Api.Db())
        {
            var old = TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-11);
            await db.AccessTokens.ExecuteUpdateAsync(s => s.SetProperty(t => t.CreatedAt, old));
        }

        rig.Api.Api.Services.GetRequiredService<Hawser.Api.Accounts.TokenDesk>().Forget();
        var refused = await browser.SendAsync(HttpMethod.Delete, "/api/recordings/r3?reason=x");
        (refused.Status, refused.Member("code")).ShouldBe((403, "step_up"));
        var many = await browser.PostAsync("/api/recordings/bulk", """{"action":"delete","query":"","reason":"x"}""");
        (many.Status, many.Member("code")).ShouldBe((403, "step_up"));
        (await browser.SendAsync(HttpMethod.Patch, "/api/recordings/r3", """{"held":true}""")).Status.ShouldBe(200);
        // Scripts have no desk.
        (await rig.Api.Api.SendAsync(HttpMethod.Delete, "/api/recordings/r4", null, rig.Api.Person)).Status.ShouldBe(204);
    }

    private static async Task RecordAsync(RecorderClient client)
    {
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        foreach (var chunk in TestVideo.Cut(await TestVideo.WebmAsync(), 3))
        {
            await client.ChunkAsync(chunk);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        }

        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":3}""");
        (await client.EventAsync()).Name.ShouldBe("finished");
    }

    private static async Task<string> HashAsync(TestHawser server)
    {
        await using var db = server.Node.Store!.CreateDb();
        return (await db.Recordings.AsNoTracking().SingleAsync()).FileHash;
    }

    private static async Task<byte[]> BytesAsync(HttpClient http, string range)
    {
        using var answer = await AskAsync(http, range);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent, range);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string range)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/recordings/abc123/saved");
        request.Headers.Range = RangeHeaderValue.Parse(range);
        return http.SendAsync(request);
    }
}
