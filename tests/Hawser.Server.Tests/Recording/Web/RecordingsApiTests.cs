using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Groups;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.Recording.Rights;
using Hawser.Server.Tests.Api.Admin;
using Hawser.Server.Tests.Api.WebConsole;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>The library over HTTP: lists, titles and notes, holding, finishing again, links, and the console's cookie.</summary>
public sealed class RecordingsApiTests
{
    private static readonly DateTime Day = new(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("", "r5 r4 r3 r2 r1 r0")]
    [InlineData("pageSize=4", "r5 r4 r3 r2")]
    [InlineData("pageSize=4&current=2", "r1 r0")]
    [InlineData("current=99", "")]
    [InlineData("current=99999999999&pageSize=-3", "r5 r4 r3 r2 r1 r0")]
    [InlineData("sort=created", "r0 r1 r2 r3 r4 r5")]
    [InlineData("sort=-duration", "r5 r4 r3 r2 r1 r0")]
    [InlineData("sort=size", "r5 r4 r3 r2 r1 r0")]
    [InlineData("sort=device", "r1 r3 r5 r0 r2 r4")]
    [InlineData("sort=-device", "r4 r2 r0 r5 r3 r1")]
    [InlineData("sort=title", "r0 r1 r2 r3 r5 r4")]
    [InlineData("sort=nonsense", "r5 r4 r3 r2 r1 r0")]
    [InlineData("status=ready", "r3 r2")]
    [InlineData("status=processing", "r1 r0")]
    [InlineData("status=recording", "r4")]
    [InlineData("status=error", "r5")]
    [InlineData("device=100000", "r4 r2 r0")]
    [InlineData("device=10000", "")]
    [InlineData("peer=777", "r5 r3 r1")]
    [InlineData("direction=incoming", "r2 r1 r0")]
    [InlineData("codec=VP9", "r3 r0")]
    [InlineData("source=upload", "r1")]
    [InlineData("source=stream&direction=incoming", "r2 r0")]
    [InlineData("held=true", "r2")]
    [InlineData("held=false&status=ready", "r3")]
    [InlineData("incomplete=true", "r3")]
    [InlineData("from=2026-03-04T08:00:00Z", "r5 r4 r3")]
    [InlineData("from=2026-03-04T10:00:00%2B02:00&to=2026-03-05", "r3")]
    [InlineData("to=2026-03-02", "r0")]
    [InlineData("longer=4", "r5 r4")]
    [InlineData("text=QUARTERLY", "r4")]
    [InlineData("text=note%20of%20r2", "r2")]
    [InlineData("text=%25", "")]
    [InlineData("text=_", "")]
    [InlineData("text=777", "r5 r3 r1")]
    [InlineData("user=GUID-OF-ANN", "r4 r3 r2 r1 r0")]
    [InlineData("group=GUID-OF-GROUP", "r4 r2 r0")]
    [InlineData("owner=anonymous", "r5")]
    [InlineData("operator=aNN", "r4 r3 r2 r1 r0")]
    [InlineData("operator=%25", "")]
    [InlineData("operator=ben", "")]
    [InlineData("events=true", "")]
    [InlineData("status=ready&status=error&status=", "r5 r3 r2")]
    [InlineData("device=1000%25", "r4 r2 r0")]
    [InlineData("source=upload&source=stream&direction=incoming", "r2 r1 r0")]
    [InlineData("codec=VP9&codec=none", "r3 r0")]
    [InlineData("group=GUID-OF-GROUP&group=GUID-OF-ANN", "r4 r2 r0")]
    [InlineData("operator=ben&operator=%25An%25", "r4 r3 r2 r1 r0")]
    public async Task Lists_are_filtered_sorted_and_paged_the_same_each_time(string query, string expected)
    {
        await using var rig = await LibraryAsync();
        foreach (var (name, guid) in rig.Guids) query = query.Replace(name, guid.ToString(), StringComparison.Ordinal);
        var answer = await rig.Api.Api.GetAsync("/api/recordings?" + query, rig.Api.Person);
        answer.Status.ShouldBe(200, answer.Text);
        Ids(answer).ShouldBe(expected);
        (await rig.Api.Api.GetAsync("/recordings?" + query, rig.Api.Person)).Text.Length.ShouldBe(answer.Text.Length);
    }

    [Theory]
    [InlineData("status=deleted")]
    [InlineData("group=7")]
    [InlineData("user=ann")]
    [InlineData("from=yesterday")]
    [InlineData("to=2026-13-45")]
    [InlineData("longer=-1")]
    [InlineData("longer=99999999999999999999")]
    [InlineData("held=1")]
    [InlineData("events=1")]
    [InlineData("source=mail")]
    [InlineData("status=ready&status=deleted")]
    [InlineData("held=true&held=false")]
    [InlineData("device=1&device=2&device=3&device=4&device=5&device=6&device=7&device=8&device=9&device=10&device=11&device=12&device=13&device=14&device=15&device=16&device=17&device=18&device=19&device=20&device=21")]
    public async Task A_filter_that_cant_be_read_is_refused_and_not_ignored(string query)
    {
        await using var rig = await AdminRig.StartAsync();
        var answer = await rig.Api.GetAsync("/api/recordings?" + query, rig.Person);
        (answer.Status, answer.Error).ShouldBe((400, answer.Member("message")));
        answer.Error!.ShouldStartWith(query.Split('=')[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("device=100000")]
    [InlineData("status=ready&status=error")]
    public async Task What_is_counted_is_what_the_list_finds(string query)
    {
        await using var rig = await LibraryAsync();
        var api = rig.Api.Api;
        var counted = (await api.GetAsync("/api/recordings/facets?" + query, rig.Api.Person)).Json;
        (await TotalAsync(query)).ShouldBe(counted.GetProperty("total").GetInt32());
        foreach (var filter in counted.GetProperty("filters").EnumerateObject())
        {
            var rest = string.Join('&', query.Split('&').Where(q => !q.StartsWith(filter.Name + "=", StringComparison.Ordinal)));
            foreach (var one in filter.Value.EnumerateArray())
            {
                if (one.GetProperty("value").GetString() is not { Length: > 0 } value) continue;
                (await TotalAsync($"{rest}&{filter.Name}={value}")).ShouldBe(one.GetProperty("count").GetInt32(), $"{filter.Name} {value}");
            }
        }

        (await api.GetAsync("/recordings/facets?" + query, rig.Api.Person)).Json.ToString().ShouldBe(counted.ToString());
        var ben = await api.TokenAsync(await rig.Api.UserAsync("ben"));
        (await api.GetAsync("/api/recordings/facets?" + query, ben)).Json.GetProperty("total").GetInt32().ShouldBe(0);
        (await api.GetAsync("/api/recordings/facets?status=x", rig.Api.Person)).Status.ShouldBe(400);

        async Task<int> TotalAsync(string asked) =>
            (await api.GetAsync("/api/recordings?pageSize=1&" + asked, rig.Api.Person)).Json.GetProperty("total").GetInt32();
    }

    [Fact]
    public async Task Titles_and_notes_are_changed_by_the_owner_and_administrators_and_nobody_else()
    {
        await using var rig = await LibraryAsync();
        var api = rig.Api.Api;
        var ann = await api.TokenAsync(rig.Ann);
        var reader = await api.ApiTokenAsync(rig.Ann, "recording:r");
        var ben = await api.TokenAsync(await rig.Api.UserAsync("ben"));
        (await PatchAsync(api, "r3", """{"title":" Till 3 ","note":"drawer\nstuck"}""", ann)).Status.ShouldBe(200);
        var answer = await PatchAsync(api, "r3", """{"title":null,"unknown":[1]}""", rig.Api.Person);
        (answer.Member("title"), answer.Member("note"), answer.Member("user")).ShouldBe(("", "drawer\nstuck", "ann"));
        (await PatchAsync(api, "r3", """{"note":"x"}""", ben)).Status.ShouldBe(404);
        (await PatchAsync(api, "r3", """{"note":"x"}""", reader)).Status.ShouldBe(403);
        (await PatchAsync(api, "r3", """{"held":true}""", ann)).Status.ShouldBe(403, "holding is for administrators");
        (await PatchAsync(api, "none", """{"note":"x"}""", ann)).Status.ShouldBe(404);
        (await PatchAsync(api, "a..b", """{"note":"x"}""", ann)).Status.ShouldBe(400);
        string[] bad =
        [
            "", "null", "[]", "{}", "{", """{"title":7}""", """{"title":"\ud800"}""", """{"title":"a\u0000b"}""", """{"title":"a\nb"}""",
            """{"held":"yes"}""", $$"""{"title":"{{new string('x', 201)}}"}""", $$"""{"note":"{{new string('x', 4001)}}"}""",
        ];
        foreach (var body in bad) (await PatchAsync(api, "r3", body, ann)).Status.ShouldBe(400, body);
        (await PatchAsync(api, "r3", $$"""{"note":"{{new string('x', 40_000)}}"}""", ann)).Status.ShouldBe(413);
        (await rig.RowAsync("r3")).Note.ShouldBe("drawer\nstuck");
        var deeds = await rig.DeedsAsync();
        deeds.ShouldBe(["""160 ann {"recordId":"r3","title":"Till 3","note":"drawer\nstuck"}""", """160 root {"recordId":"r3","title":""}"""]);
    }

    [Fact]
    public async Task What_is_held_is_deleted_by_nobody_and_by_no_age_until_it_is_released()
    {
        await using var rig = await LibraryAsync(o => o.Recorder.KeepDays = 1);
        var api = rig.Api.Api;
        var ann = await api.TokenAsync(rig.Ann);
        var held = await PatchAsync(api, "r3", """{"held":true}""", rig.Api.Person);
        held.Json.GetProperty("held").GetBoolean().ShouldBeTrue();
        held.Json.TryGetProperty("keptUntil", out _).ShouldBeFalse();
        foreach (var token in new[] { ann, rig.Api.Person })
        {
            var refused = await api.SendAsync(HttpMethod.Delete, "/api/recordings/r3", null, token);
            (refused.Status, refused.Error).ShouldBe((409, "This recording is held; release it first."));
        }

        await rig.Api.Api.Services.GetRequiredService<LibrarySweeper>().SweepAsync(CancellationToken.None);
        (await rig.RowsAsync()).ShouldBe("r0 r1 r2 r3 r4", "r5 failed long ago; r2 and r3 are held");
        var released = await PatchAsync(api, "r3", """{"held":false}""", rig.Api.Person);
        released.Json.GetProperty("keptUntil").GetDateTime().ShouldBeLessThan(DateTime.MaxValue);
        (await api.SendAsync(HttpMethod.Delete, "/api/recordings/r3?reason=asked%20by%20the%20customer", null, ann)).Status.ShouldBe(204);
        (await api.GetAsync("/api/recordings/r3", rig.Api.Person)).Status.ShouldBe(404);
        (await rig.DeedsAsync()).ShouldBe(
        [
            """165 root {"recordId":"r3"}""", """166 root {"recordId":"r3"}""",
            """161 ann {"recordId":"r3","reason":"asked by the customer"}""",
        ]);
    }

    [Fact]
    public async Task What_failed_is_finished_again_while_its_parts_are_there()
    {
        await using var server = await RecorderEventTests.StartAsync();
        await using var client = await RecorderClient.JoinAsync(server);
        await RecordAsync(client, async () =>
        {
            await using var db = server.Node.Store!.CreateDb();
            // As after a fault that is over: nothing tries any more.
            await db.Recordings.ExecuteUpdateAsync(s => s.SetProperty(r => r.Status, RecordingStatus.Failed)
                .SetProperty(r => r.ReasonCode, "finalize_failed").SetProperty(r => r.FinishedAt, Day));
        });
        using var http = RecorderEventTests.Http(server);
        var failed = JsonDocument.Parse(await http.GetStringAsync("/recordings/abc123")).RootElement;
        (failed.GetProperty("status").GetString(), failed.GetProperty("canFinish").GetBoolean()).ShouldBe(("error", true));
        using var again = await http.PostAsync("/recordings/abc123/finish", null);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await UntilAsync(async () =>
            (await http.GetStringAsync("/recordings/abc123/status")).Contains("\"ready\"", StringComparison.Ordinal));
        using var never = await http.PostAsync("/recordings/abc123/finish", null);
        never.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await http.GetByteArrayAsync("/recordings/download/abc123%2Ffinal.webm")).Length.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public async Task C58_Links_to_file_poster_and_preview_open_what_they_name_until_they_expire_or_their_account_ends()
    {
        await using var rig = await LibraryAsync();
        var api = rig.Api.Api;
        foreach (var file in new[] { "final.webm", "poster.jpg", "preview.webm" }) await rig.WriteAsync("r3", file);
        var item = await api.GetAsync("/api/recordings/r3", await api.TokenAsync(rig.Ann));
        var links = new[] { "downloadUrl", "posterUrl", "previewUrl" }.Select(n => item.Member(n)!).ToArray();
        foreach (var link in links) (await api.GetAsync(link)).Status.ShouldBe(200, link);
        (await api.GetAsync(links[0].Split('?')[0])).Status.ShouldBe(404, "nobody without its query");
        (await api.GetAsync(links[1].Split('?')[0] + "?" + links[0].Split('?')[1])).Status.ShouldBe(403, "another file's query");
        (await api.GetAsync(links[0].Split('&')[0])).Status.ShouldBe(403, "half of one");

        // The same secret and a clock of yesterday: what was signed then is over now.
        var parts = api.Services.GetRequiredService<RecordingParts>();
        var yesterday = parts with { Time = new Earlier(TimeSpan.FromDays(1)) };
        using var signer = new DownloadLinks(api.Services.GetRequiredService<RecordingOptions>(), yesterday);
        var old = await signer.SignAsync("r3/final.webm", rig.Ann.Guid, CancellationToken.None);
        var expired = await api.GetAsync(links[0].Split('?')[0] + old);
        (expired.Status, expired.Member("message")).ShouldBe((403, "This link is no longer valid."));

        await using (var db = rig.Api.Db())
        {
            await db.Users.Where(u => u.Guid == rig.Ann.Guid).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.Status, UserStatus.Disabled));
        }

        foreach (var link in links) (await api.GetAsync(link)).Status.ShouldBe(403, link);
    }

    [Fact]
    public async Task Who_watched_and_who_fetched_is_told_also_behind_a_link()
    {
        await using var rig = await LibraryAsync();
        var api = rig.Api.Api;
        await rig.WriteAsync("r3", "final.webm");
        var ann = await api.TokenAsync(rig.Ann);
        var link = (await api.GetAsync("/api/recordings/r3", ann)).Member("downloadUrl")!;
        (await api.GetAsync(link + "&inline=1", rig.Api.Person)).Status.ShouldBe(200);
        (await api.GetAsync(link + "&inline=1", rig.Api.Person)).Status.ShouldBe(200, "the same player's next piece");
        (await api.GetAsync(link)).Status.ShouldBe(200);
        (await api.SendAsync(HttpMethod.Head, link)).Status.ShouldBe(200, "looking at it is not fetching it");
        var views = (await api.GetAsync("/api/recordings/r3/views", ann)).Json.GetProperty("data").EnumerateArray()
            .Select(v => $"{v.GetProperty("user")} {v.GetProperty("byLink")} {v.GetProperty("downloaded")} {v.GetProperty("address")}").Order();
        views.ShouldBe(["ann True True 127.0.0.1", "root False False 127.0.0.1"]);
        (await api.GetAsync("/api/recordings/r4/views", ann)).Json.GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task What_the_logs_say_of_its_time_is_told_of_its_own_two_ends_to_who_may_watch_it()
    {
        await using var rig = await LibraryAsync();
        var api = rig.Api.Api;
        // Four seconds of the fifth of March.
        var start = Day.AddDays(4);
        await using (var db = rig.Api.Db())
        {
            await db.Recordings.Where(r => r.RecordId == "r4").ExecuteUpdateAsync(s => s
                .SetProperty(r => r.PeerId, "888").SetProperty(r => r.StoppedAt, start.AddSeconds(4)));
            FileAudit File(double after, string path, int direction = 0, string peer = "888", string device = "100000") => new()
            {
                DeviceId = device, PeerId = peer, Path = path, Direction = direction, FileCount = 2, CreatedAt = start.AddSeconds(after),
            };
            db.FileAudits.AddRange(
                File(1, "C:\\out"), File(2, "C:\\in", 1), File(3, "", device: "888", peer: "100000"), File(3.5, "Remote print"),
                File(2, "C:\\other", peer: "999"), File(60, "C:\\later"), File(-60, "C:\\before"));
            db.ConnectionAudits.Add(new()
            {
                DeviceId = "100000", PeerId = "888", Type = 0, CreatedAt = start.AddSeconds(-1), AuthorizedAt = start.AddSeconds(-1),
                EndedAt = start.AddSeconds(4), Note = "the toner",
            });
            db.AlarmAudits.Add(new() { DeviceId = "100000", Type = 2, CreatedAt = start.AddSeconds(0.5) });
            await db.SaveChangesAsync();
        }

        var ann = await api.TokenAsync(rig.Ann);
        var events = (await api.GetAsync("/api/recordings/r4/events", ann)).Json.GetProperty("data").EnumerateArray()
            .Select(e => $"{e.GetProperty("atMs")} {e.GetProperty("kind")} {e.GetProperty("text")} {e.GetProperty("count")}");
        events.ShouldBe(
        [
            "0 opened  0", "500 alarm  2", "1000 from C:\\out 2", "2000 to C:\\in 2", "3000 clipboard  2",
            "3500 print Remote print 2", "4000 ended the toner 0",
        ]);
        Ids(await api.GetAsync("/api/recordings?events=true", ann)).ShouldBe("r4");
        Ids(await api.GetAsync("/api/recordings?events=false", ann)).ShouldBe("r3 r2 r1 r0");
        (await api.GetAsync("/api/recordings/r3/events", ann)).Json.GetProperty("total").GetInt32().ShouldBe(0, "one end is not known");
        var eve = await api.TokenAsync(await rig.Api.UserAsync("eve"));
        (await api.GetAsync("/api/recordings/r4/events", eve)).Status.ShouldBe(404);
        (await api.GetAsync("/api/recordings/r4/events")).Status.ShouldBe(401);
        (await api.GetAsync("/api/recordings/r4/activity", ann)).Json.GetProperty("levels").GetArrayLength().ShouldBe(0, "there is no file yet");
        (await api.GetAsync("/api/recordings/r4/activity", eve)).Status.ShouldBe(404);
        (await api.GetAsync("/api/recordings/r4/activity")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task The_consoles_cookie_opens_recordings_on_both_ports_and_changes_them_only_with_its_proof()
    {
        await using var server = await OpenAsync();
        using var api = new ApiClient(server);
        await api.AddUserAsync("root", admin: true);
        await using (var db = api.OpenDb())
        {
            db.Recordings.Add(Row(1, "account:x", null));
            await db.SaveChangesAsync();
        }

        using var browser = new Browser(server);
        (await browser.SendAsync(HttpMethod.Get, "/api/recordings")).Status.ShouldBe(401);
        (await browser.SignInAsync("root")).Status.ShouldBe(200);
        (await browser.SendAsync(HttpMethod.Get, "/api/recordings")).Text.ShouldContain("\"r1\"");
        (await browser.SendAsync(HttpMethod.Patch, "/api/recordings/r1", """{"note":"x"}""")).Status.ShouldBe(401, "no proof");
        await browser.MeAsync();
        (await browser.SendAsync(HttpMethod.Patch, "/api/recordings/r1", """{"note":"x"}""")).Status.ShouldBe(200);

        // Ports do not separate cookies: the recorder's page is signed in too.
        using var http = new HttpClient(new HttpClientHandler { UseCookies = false }) { BaseAddress = new Uri($"http://127.0.0.1:{server.RecorderPort}") };
        http.DefaultRequestHeaders.Add("Cookie", "hawser_session=" + browser.Session);
        (await http.GetStringAsync("/recordings")).ShouldContain("\"r1\"");
        using var stranger = new HttpRequestMessage(HttpMethod.Delete, "/recordings/r1");
        stranger.Headers.Add("Sec-Fetch-Site", "cross-site");
        stranger.Headers.Add("X-Hawser-Proof", browser.Proof);
        using var refused = await http.SendAsync(stranger);
        refused.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, "a page elsewhere made the browser ask");
        await using (var client = await RecorderClient.OpenAsync(server, configure: o => o.SetRequestHeader("Cookie", "hawser_session=" + browser.Session)))
        {
            await client.SendAsync("40/recording,");
            (await client.TextAsync()).ShouldStartWith("40/recording,{\"sid\"");
        }

        // A token that is not the console's own is nothing in its cookie.
        using var planted = new Browser(server);
        planted.Plant(await api.TokenAsync(await api.AddUserAsync("mara", admin: true)));
        (await planted.SendAsync(HttpMethod.Get, "/api/recordings")).Status.ShouldBe(401);
    }

    [Fact]
    public async Task C55_An_expired_token_begins_nothing_but_ends_what_it_began()
    {
        await using var server = await OpenAsync();
        using var api = new ApiClient(server);
        var ann = await api.AddUserAsync("ann");
        var token = await api.ApiTokenAsync(ann, "recording:rw");
        await using var client = await RecorderClient.JoinAsync(server, token);
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        await using (var db = api.OpenDb())
        {
            await db.AccessTokens.ExecuteUpdateAsync(s => s.SetProperty(t => t.ExpiresAt, Day));
        }

        // Seen within about a second.
        var tries = 0;
        var code = "";
        await UntilAsync(async () =>
        {
            await client.EmitAsync("start", $$"""{"recordId":"new-{{tries++}}"}""");
            var (name, payload) = await client.EventAsync();
            if (name == "recordingError") code = payload.GetProperty("code").GetString()!;
            return code.Length > 0;
        });
        code.ShouldBe("forbidden");
        var chunks = TestVideo.Cut(await TestVideo.WebmAsync(), 2);
        foreach (var chunk in chunks)
        {
            await client.ChunkAsync(chunk);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        }

        await client.EmitAsync("stop", """{"recordId":"abc123","chunks":2}""");
        (await client.EventAsync()).Name.ShouldBe("finished");
        await using var late = await RecorderClient.OpenAsync(server);
        await late.SendAsync($$"""40/recording,{"token":"{{token}}"}""");
        (await late.TextAsync()).ShouldContain("unauthorized");
        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (await http.GetAsync("/recordings")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await http.GetAsync("/recordings/abc123/status")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static string Ids(Answer answer) => string.Join(
        ' ', answer.Json.GetProperty("data").EnumerateArray().Select(r => r.GetProperty("recordId").GetString()));

    private static Task<Answer> PatchAsync(ApiClient api, string id, string body, string token) =>
        api.SendAsync(HttpMethod.Patch, "/api/recordings/" + id, body, token);

    private static Task<TestHawser> OpenAsync() => TestHawser.StartAsync(o =>
    {
        (o.Recorder.KeepFree, o.Recorder.Flush, o.Recorder.Posters) = (0, FlushPolicy.None, false);
        (o.Recorder.Bind, o.Recorder.MaxOwnerOpen) = ("*", 1000);
    });

    private static async Task RecordAsync(RecorderClient client, Func<Task> between)
    {
        await client.EmitAsync("start", """{"recordId":"abc123"}""");
        (await client.EventAsync()).Name.ShouldBe("started");
        foreach (var chunk in TestVideo.Cut(await TestVideo.WebmAsync(), 3))
        {
            await client.ChunkAsync(chunk);
            (await client.EventAsync()).Name.ShouldBe("chunkSaved");
        }

        await between();
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await condition()) await Task.Delay(50, deadline.Token);
    }

    internal static RecordingRow Row(int i, string owner, Guid? account) => new()
    {
        Guid = new Guid(i, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        RecordId = $"r{i.ToString(CultureInfo.InvariantCulture)}", Owner = owner, OwnerGuid = account, Door = RecordingDoor.Stream,
        DeviceId = i % 2 == 0 ? "100000" : "", PeerId = i % 2 == 1 ? "777" : "", Direction = i < 3 ? "incoming" : "outgoing",
        Codec = i % 3 == 0 ? "vp9" : "vp8", Size = 1000 - i, Chunks = 1, Status = RecordingStatus.Ready, FinalName = "final.webm",
        FinalSize = 1000 - i, MimeType = "video/webm", DurationMs = i * 1000, Note = $"note of r{i.ToString(CultureInfo.InvariantCulture)}",
        CreatedAt = Day.AddDays(i), StartedAt = Day.AddDays(i), UpdatedAt = Day.AddDays(i), ActiveAt = Day.AddDays(i),
        FinishedAt = Day.AddDays(i), HasPoster = true, HasPreview = true, ChunksDeletedAt = Day.AddDays(i),
    };

    /// <summary>Six recordings, one a day: five of ann's, of all kinds, and one of nobody in particular.</summary>
    internal static async Task<Rig> LibraryAsync(Action<HawserOptions>? configure = null)
    {
        var api = await AdminRig.StartAsync(configure: o =>
        {
            // Nothing finishes or ends by itself.
            (o.Recorder.KeepFree, o.Recorder.Finish) = (0, false);
            configure?.Invoke(o);
        });
        var ann = await api.UserAsync("ann");
        var device = (await api.DevicesAsync(1))[0];
        await using var db = api.Db();
        var group = new DeviceGroup { Name = "Tills", NormalizedName = "TILLS" };
        db.DeviceGroups.Add(group);
        db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = device.Guid, GroupGuid = group.Guid });
        var rows = Enumerable.Range(0, 6).Select(i => Row(i, i == 5 ? "anonymous" : $"account:{ann.Guid:N}", i == 5 ? null : ann.Guid)).ToList();
        foreach (var row in rows) row.DeviceGuid = row.DeviceId.Length > 0 ? device.Guid : null;
        var later = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);
        (rows[0].Status, rows[1].Status, rows[1].Door) = (RecordingStatus.Finalising, RecordingStatus.Finalising, RecordingDoor.Upload);
        (rows[2].HeldAt, rows[3].Incomplete, rows[4].Title) = (Day, true, "Quarterly numbers");
        (rows[4].Status, rows[4].ActiveAt, rows[5].Status) = (RecordingStatus.Recording, later, RecordingStatus.Failed);
        db.Recordings.AddRange(rows);
        await db.SaveChangesAsync();
        return new Rig(api, ann, [("GUID-OF-ANN", ann.Guid), ("GUID-OF-GROUP", group.Guid)]);
    }

    internal sealed record Rig(AdminRig Api, User Ann, (string Name, Guid Guid)[] Guids) : IAsyncDisposable
    {
        public async Task WriteAsync(string id, string file)
        {
            var folder = Path.Combine(Api.Api.Services.GetRequiredService<RecordingStore>().Root, id);
            Directory.CreateDirectory(folder);
            await File.WriteAllTextAsync(Path.Combine(folder, file), "bytes of " + file);
        }

        public async Task<RecordingRow> RowAsync(string id)
        {
            await using var db = Api.Db();
            return await db.Recordings.AsNoTracking().SingleAsync(r => r.RecordId == id);
        }

        public async Task<string> RowsAsync()
        {
            await using var db = Api.Db();
            return string.Join(' ', await db.Recordings.OrderBy(r => r.RecordId).Select(r => r.RecordId).ToListAsync());
        }

        public async Task<List<string>> DeedsAsync()
        {
            await using var db = Api.Db();
            var rows = await db.ConsoleAudits.AsNoTracking().Where(a => a.Area == RecordingAudit.Area).OrderBy(a => a.CreatedAt)
                .ThenBy(a => a.Guid).ToListAsync();
            return rows.ConvertAll(a => string.Create(CultureInfo.InvariantCulture, $"{a.Operation} {a.Operator} {a.Info}"));
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }

    private sealed class Earlier(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() - by;
    }
}
