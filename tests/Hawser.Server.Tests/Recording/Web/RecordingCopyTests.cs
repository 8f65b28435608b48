using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>Recordings as MP4, for browsers that can't play their files: made by the real FFmpeg, and by others.</summary>
public sealed class RecordingCopyTests
{
    private const string Id = "film";
    private static readonly DateTime Day = new(2026, 3, 2, 9, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task An_MP4_is_made_once_is_fetched_as_the_file_is_and_goes_with_the_recording()
    {
        await using var rig = await Rig.StartAsync();
        var eve = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("eve"));
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post])
        {
            (await rig.Api.SendAsync(method, $"/api/recordings/{Id}/copy")).Status.ShouldBe(401, "nobody");
            (await rig.Api.SendAsync(method, $"/api/recordings/{Id}/copy", null, eve)).Status.ShouldBe(404, "another's");
            (await rig.Api.SendAsync(method, "/api/recordings/none/copy", null, rig.Ann)).Status.ShouldBe(404);
            (await rig.Api.SendAsync(method, "/api/recordings/a..b/copy", null, rig.Ann)).Status.ShouldBe(400);
        }

        (await rig.CopyAsync()).ShouldBe("none True");
        (await rig.FetchAsync($"/recordings/download/{Id}%2Fcopy.mp4", rig.Ann)).Status.ShouldBe(HttpStatusCode.NotFound, "there is none yet");
        (await rig.MakeAsync()).Status.ShouldBe(202);
        var ready = await rig.UntilAsync("ready");
        (await rig.MakeAsync()).Member("downloadUrl").ShouldNotBeNull();
        var link = ready.GetProperty("downloadUrl").GetString()!;
        link.ShouldStartWith($"/recordings/download/{Id}%2Fcopy.mp4?exp=");

        // By the link, by the account, by ranges; nobody else, and not by a link to the other file.
        var (_, type, film) = await rig.FetchAsync(link);
        (type, Encoding.ASCII.GetString(film, 4, 4), film.Length).ShouldBe(("video/mp4", "ftyp", ready.GetProperty("size").GetInt32()));
        var path = rig.FileOf("copy.mp4");
        var (video, _, seconds) = await TestVideo.ProbeAsync(path);
        (video, seconds).ShouldBe((100, 4), "each picture, for as long as it was shown");
        (await rig.FetchAsync($"/recordings/download/{Id}%2Fcopy.mp4?inline=1", rig.Ann, (0, 3))).Bytes.ShouldBe(film[..4]);
        (await rig.FetchAsync($"/recordings/download/{Id}%2Fcopy.mp4", eve)).Status.ShouldBe(HttpStatusCode.NotFound);
        (await rig.FetchAsync(link.Replace("copy.mp4", "final.webm", StringComparison.Ordinal))).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await rig.DeedsAsync()).ShouldBe("169 ann, 164 ann, 168 ann");

        // Counted, and gone with the recording.
        var facts = await RecordingRole.DescribeStorageAsync(rig.Server.Node.Services!, default);
        facts.Used.ShouldBe(new FileInfo(rig.FileOf("final.webm")).Length + film.Length);
        (await rig.Api.SendAsync(HttpMethod.Delete, $"/api/recordings/{Id}?reason=over", null, rig.Ann)).Status.ShouldBe(204);
        (Directory.Exists(rig.FileOf("")), await rig.RowsAsync()).ShouldBe((false, ""));
        (await rig.FetchAsync(link)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_every_browser_plays_is_not_finished_or_has_no_picture_is_not_made_again()
    {
        await using var rig = await Rig.StartAsync();
        Action<RecordingRow>[] changes =
        [
            r => (r.MimeType, r.Codec, r.FinalName) = ("video/mp4", "h264", "final.mp4"), r => r.MimeType = "audio/webm",
            r => r.Status = RecordingStatus.Finalising, r => r.Status = RecordingStatus.Failed,
        ];
        foreach (var change in changes)
        {
            await rig.ChangeAsync(change);
            (await rig.CopyAsync()).ShouldBe("none False");
            (await rig.MakeAsync()).Status.ShouldBe(409);
        }

        await using var off = await Rig.StartAsync(o => o.CopyMinutes = 0);
        (await off.CopyAsync()).ShouldBe("none False");
        (await off.MakeAsync()).Status.ShouldBe(409);
        await using var full = await Rig.StartAsync(o => (o.KeepFree, o.StartFree) = (1, 1 << 24));
        (await full.MakeAsync()).Text.ShouldContain("There is no room");
        await using var used = await Rig.StartAsync(o => o.MaxTotal = 1);
        await used.ChangeAsync(r => r.FinalSize = 1 << 20);
        (await used.MakeAsync()).Status.ShouldBe(409, "the quota is used up");
        (await used.RowsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Twenty_may_wait_and_a_recording_that_went_on_has_none()
    {
        await using var rig = await Rig.StartAsync();
        (await rig.MakeAsync()).Status.ShouldBe(202);
        var first = (await rig.UntilAsync("ready")).GetProperty("size").GetInt64();
        var quota = rig.Server.Node.Services!.GetRequiredService<RecordingQuota>();
        await using (var db = rig.Api.OpenDb()) await quota.LoadAsync(db, default);
        var counted = quota.Total;
        await rig.ChangeAsync(r => r.FinishedAt = Day.AddHours(1));
        (await rig.CopyAsync()).ShouldBe("none True", "its file is another one now");
        (await rig.FetchAsync($"/recordings/download/{Id}%2Fcopy.mp4", rig.Ann)).Status.ShouldBe(HttpStatusCode.NotFound);

        var later = TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(1);
        await using (var db = rig.Api.OpenDb())
        {
            // As if other nodes made them.
            db.RecordingCopies.AddRange(Enumerable.Range(0, 20).Select(_ => new RecordingCopy
            {
                RecordingGuid = Guid.NewGuid(), Status = RecordingCopyStatus.Making, SourceAt = Day, AskedAt = Day, Maker = "other", MakerUntil = later,
            }));
            await db.SaveChangesAsync();
        }

        var busy = await rig.MakeAsync();
        (busy.Status, busy.Text.Contains("Too many", StringComparison.Ordinal)).ShouldBe((503, true));
        (await rig.CopyAsync()).ShouldBe("none True");
        await using (var db = rig.Api.OpenDb()) await db.RecordingCopies.Where(c => c.Maker == "other").ExecuteDeleteAsync();
        (await rig.MakeAsync()).Status.ShouldBe(202);
        (await rig.UntilAsync("ready")).GetProperty("size").GetInt64().ShouldBe(first);
        await Eventually.IsAsync(() => quota.Total, counted, "what is counted after the older copy was replaced");
        (await rig.DeedsAsync()).ShouldBe("169 ann, 169 ann");
    }

    [Theory]
    [InlineData("", "FFmpeg is not installed, or not found (--recorder-ffmpeg)")]
    [InlineData("exit 1", "FFmpeg ended with 1: it said nothing")]
    [InlineData("echo \"Unknown encoder 'libx264'\" >&2; exit 1", "This server's FFmpeg can't make H.264 and AAC: it was built without libx264.")]
    [InlineData("echo nonsense > $last", "FFmpeg made no playable file.")]
    [InlineData("exec ffmpeg -v error -f lavfi -i testsrc=size=64x64 -t 1 -c:v libx264 -f mp4 -y $last", "The file would be larger than it may be.")]
    [InlineData("echo 'No space left on device' >&2; exit 1", "There is no room for it.")]
    [InlineData("yes >&2 & sleep 1; kill $!; exit 1", "FFmpeg ended with 1: y")]
    public async Task What_goes_wrong_is_told_and_asked_for_again(string script, string reason)
    {
        using var folder = new TemporaryFolder();
        var program = folder.File("ffmpeg");
        if (script.Length > 0) Script(program, "for last; do :; done; " + script);
        await using var rig = await Rig.StartAsync(o => o.Ffmpeg = program);
        (await rig.MakeAsync()).Status.ShouldBe(202);
        (await rig.UntilAsync("failed")).GetProperty("reason").GetString().ShouldBe(reason);
        File.Exists(rig.FileOf("copy.mp4")).ShouldBeFalse();
        await Eventually.HoldsAsync(() => Directory.GetFiles(rig.FileOf(""), "*.tmp").Length == 0, "what was half made is deleted");
        (await rig.CopyAsync()).ShouldBe("failed True");
        Script(program, "exec ffmpeg \"$@\"");
        (await rig.MakeAsync()).Status.ShouldBe(202);
        await rig.UntilAsync("ready");
    }

    [Fact]
    public async Task A_stop_begins_it_anew_later_and_who_deletes_the_recording_ends_it()
    {
        using var folder = new TemporaryFolder();
        var (program, pids) = (folder.File("ffmpeg"), folder.File("pids"));
        Script(program, $"echo $$ >> {pids}; sleep 600");
        await using (var rig = await Rig.StartAsync(o => o.Ffmpeg = program, folder.File("data")))
        {
            (await rig.MakeAsync()).Status.ShouldBe(202);
            await rig.UntilAsync("making");
            await Eventually.HoldsAsync(() => File.Exists(pids), "FFmpeg runs", 60);
        }

        IsRunning(await File.ReadAllTextAsync(pids)).ShouldBeFalse();
        File.Delete(pids);
        var draft = Path.Combine(folder.File("data"), "recordings", Id, "0123456789ab-0.mp4.tmp");
        await File.WriteAllTextAsync(draft, "left by a crash");
        // Younger ones may be another node's, where there are some.
        File.SetLastWriteTimeUtc(draft, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-2));
        await using (var rig = await Rig.StartAsync(o => o.Ffmpeg = program, folder.File("data"), isNew: false))
        {
            await Eventually.HoldsAsync(() => File.Exists(pids), "it is begun anew", 60);
            await Eventually.HoldsAsync(() => !File.Exists(draft), "leftovers are deleted", 60);
            (await rig.Api.SendAsync(HttpMethod.Delete, $"/api/recordings/{Id}?reason=over", null, rig.Ann)).Status.ShouldBe(204);
            await Eventually.HoldsAsync(() => !IsRunning(File.ReadAllText(pids)), "nobody goes on with it", 60);
            (Directory.Exists(rig.FileOf("")), await rig.RowsAsync()).ShouldBe((false, ""));
        }
    }

    private static void Script(string path, string text)
    {
        File.WriteAllText(path, $"#!/bin/bash\n{text}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static bool IsRunning(string id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id.Trim()}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record Rig(TestHawser Server, ApiClient Api, string Ann) : IAsyncDisposable
    {
        /// <summary>A server with one recording of ann's: four seconds of VP9 in WebM.</summary>
        public static async Task<Rig> StartAsync(Action<RecordingOptions>? configure = null, string? folder = null, bool isNew = true)
        {
            var server = await TestHawser.StartAsync(
                o =>
                {
                    (o.Recorder.KeepFree, o.Recorder.StartFree, o.Recorder.StartFreePercent) = (0, 0, 0);
                    (o.Recorder.Posters, o.Recorder.Flush) = (false, FlushPolicy.None);
                    configure?.Invoke(o.Recorder);
                },
                folder: folder);
            var api = new ApiClient(server);
            if (!isNew)
            {
                await using var known = api.OpenDb();
                return new Rig(server, api, await api.TokenAsync(await known.Users.FirstAsync(u => u.Name == "ann")));
            }

            var ann = await api.AddUserAsync("ann");
            var rig = new Rig(server, api, await api.TokenAsync(ann));
            var file = await TestVideo.FinishedWebmAsync();
            Directory.CreateDirectory(rig.FileOf(""));
            await File.WriteAllBytesAsync(rig.FileOf("final.webm"), file);
            await using var db = api.OpenDb();
            db.Recordings.Add(new RecordingRow
            {
                RecordId = Id, Owner = RecordingRow.OwnerOf(ann.Guid), OwnerGuid = ann.Guid, Door = RecordingDoor.Upload, Codec = "vp9",
                Status = RecordingStatus.Ready, FinalName = "final.webm", FinalSize = file.Length, Size = file.Length, MimeType = "video/webm",
                DurationMs = 4000, FileHash = "-", Stopped = true, CreatedAt = Day, StartedAt = Day, UpdatedAt = Day, ActiveAt = Day, FinishedAt = Day,
                ChunksDeletedAt = Day,
            });
            await db.SaveChangesAsync();
            return rig;
        }

        public string FileOf(string name) => Path.Combine(Server.Folder, "recordings", Id, name);

        public Task<Answer> MakeAsync() => Api.PostAsync($"/api/recordings/{Id}/copy", "", Ann);

        public async Task<string> CopyAsync()
        {
            var copy = (await Api.GetAsync($"/api/recordings/{Id}/copy", Ann)).Json;
            return $"{copy.GetProperty("status").GetString()} {copy.GetProperty("canMake").GetBoolean()}";
        }

        public async Task<System.Text.Json.JsonElement> UntilAsync(string status)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            while (true)
            {
                var copy = (await Api.GetAsync($"/api/recordings/{Id}/copy", Ann)).Json;
                if (copy.GetProperty("status").GetString() == status) return copy;
                await Task.Delay(50, deadline.Token);
            }
        }

        public async Task<(HttpStatusCode Status, string? Type, byte[] Bytes)> FetchAsync(
            string path, string? token = null, (long From, long To)? range = null)
        {
            using var http = new HttpClient { BaseAddress = Server.Http };
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (range is { } part) request.Headers.Range = new RangeHeaderValue(part.From, part.To);
            using var answer = await http.SendAsync(request);
            return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsByteArrayAsync());
        }

        public async Task ChangeAsync(Action<RecordingRow> change)
        {
            await using var db = Api.OpenDb();
            change(await db.Recordings.FirstAsync(r => r.RecordId == Id));
            await db.SaveChangesAsync();
        }

        public async Task<string> DeedsAsync()
        {
            await using var db = Api.OpenDb();
            var rows = await db.ConsoleAudits.AsNoTracking().Where(a => a.Area == 9).OrderBy(a => a.CreatedAt).ThenBy(a => a.Guid).ToListAsync();
            return string.Join(", ", rows.Select(a => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{a.Operation} {a.Operator}")));
        }

        public async Task<string> RowsAsync()
        {
            await using var db = Api.OpenDb();
            return string.Join(' ', await db.RecordingCopies.Select(c => c.RecordingGuid).ToListAsync());
        }

        public async ValueTask DisposeAsync()
        {
            Api.Dispose();
            await Server.DisposeAsync();
        }
    }
}
