using System.Text.Json;
using Hawser.Data.Recordings;
using Hawser.Recording;
using Hawser.Recording.Library;
using Hawser.Server.Tests.Api.Admin;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Recording.Web;

/// <summary>What is done to many recordings as a job: held, released and deleted, named or all that match.</summary>
public sealed class RecordingJobTests
{
    [Fact]
    public async Task All_that_match_are_held_and_come_back_to_what_each_was()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var asOf = (await rig.Api.GetAsync("/api/recordings?direction=outgoing")).Json.GetProperty("as_of").GetInt64();
        await AddAsync(rig, 6, r => r.CreatedAt = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1));
        (await BulkAsync(rig, """{"action":"hold","query":"direction=outgoing","expected":3}""")).ShouldBeProblem(409, "count_changed");
        var held = await rig.Api.EndedAsync(await BulkAsync(
            rig, $$"""{"action":"hold","reason":" case 17 ","query":"direction=outgoing","expected":3,"as_of":{{asOf}}}"""));
        (held.Of("state"), held.Of("total"), held.Of("failed"), held.Of("can_undo")).ShouldBe(("done", "3", "0", "True"));
        (await HeldAsync(rig)).ShouldBe("r2 r3 r4 r5", "without what was added since");
        var since = (await rig.RowAsync("r2")).HeldAt;

        var released = await rig.Api.EndedAsync(await BulkAsync(rig, """{"action":"release","query":"?pageSize=1&sort=title&text=R"}"""));
        (released.Of("total"), await HeldAsync(rig)).ShouldBe(("7", ""));
        await rig.Api.EndedAsync(await rig.Api.PostAsync($"/api/jobs/{released.Of("guid")}/undo"));
        (await HeldAsync(rig)).ShouldBe("r2 r3 r4 r5");
        (await rig.RowAsync("r2")).HeldAt.ShouldBe(since, "since then, and not since it was taken back");
        await rig.Api.EndedAsync(await rig.Api.PostAsync($"/api/jobs/{held.Of("guid")}/undo"));
        (await HeldAsync(rig)).ShouldBe("r2");

        // One row each, of what did change, with why and by which job.
        var deeds = (await rig.DeedsAsync()).ConvertAll(d => d[..8] + " " + Of(d, "targets") + Of(d, "reason"));
        deeds.Order(StringComparer.Ordinal).ShouldBe(new[]
        {
            "165 root [\"r3\"]case 17", "165 root [\"r4\"]case 17", "165 root [\"r5\"]case 17",
            "166 root [\"r2\"]", "166 root [\"r3\"]", "166 root [\"r4\"]", "166 root [\"r5\"]",
            "165 root [\"r2\"]", "165 root [\"r3\"]", "165 root [\"r4\"]", "165 root [\"r5\"]",
            "166 root [\"r3\"]", "166 root [\"r4\"]", "166 root [\"r5\"]",
        }.Order(StringComparer.Ordinal));
        (await rig.DeedsAsync()).ShouldContain(d => d.Contains(held.Of("guid"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_neither_held_nor_unfinished_is_deleted_and_its_files_follow()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var folder = Path.Combine(rig.Api.Api.Services.GetRequiredService<RecordingStore>().Root, "r3");
        await rig.WriteAsync("r3", "final.webm");
        foreach (var number in Enumerable.Range(10, 130)) await AddAsync(rig, number);
        string[] bad =
        [
            """{"action":"paint","query":"","reason":"x"}""", """{"action":"delete","query":"","reason":" "}""", """{"action":"delete","query":""}""",
            """{"action":"delete","reason":"x"}""", """{"action":"delete","query":"","guids":[],"reason":"x"}""",
            """{"action":"delete","guids":[],"reason":"x"}""", """{"action":"delete","query":"held=1","reason":"x"}""",
            """{"action":"delete","query":"owner=nobody","reason":"x"}""", """{"action":"delete","query":"","as_of":-1,"reason":"x"}""",
            $$"""{"action":"hold","query":"","reason":"{{new string('x', 201)}}"}""",
        ];
        foreach (var body in bad) (await BulkAsync(rig, body)).ShouldBeProblem(400, "invalid");

        var job = await rig.Api.EndedAsync(await BulkAsync(
            rig, $$"""{"action":"delete","guids":["{{Id(0)}}","{{Id(2)}}","{{Id(3)}}","{{Id(4)}}","{{Guid.NewGuid()}}"],"reason":"over"}"""));
        (job.Of("done"), job.Of("failed"), job.Of("can_undo"), job.Of("can_retry")).ShouldBe(("5", "3", "False", "True"));
        job.GetProperty("failures").EnumerateArray().Select(f => f.Of("detail")).ShouldBe(
            ["r0: It is not finished yet.", "r2: It is held; release it first.", "Quarterly numbers: It is not finished yet."]);
        (await rig.Api.GetAsync("/api/recordings/r3")).Status.ShouldBe(404, "at once");
        (await rig.Api.GetAsync("/api/recordings?incomplete=true")).Json.GetProperty("total").GetInt32().ShouldBe(0);
        (await rig.DeedsAsync()).ShouldHaveSingleItem().ShouldStartWith("""161 root {"targets":["r3"],"recordId":"r3","reason":"over","job":""");

        await rig.Api.EndedAsync(await BulkAsync(rig, $$"""{"action":"release","guids":["{{Id(2)}}"]}"""));
        var again = await rig.Api.EndedAsync(await rig.Api.PostAsync($"/api/jobs/{job.Of("guid")}/retry"));
        (again.Of("total"), again.Of("failed")).ShouldBe(("3", "2"), "what was released is deleted now");
        await rig.Api.EndedAsync(await BulkAsync(rig, """{"action":"delete","query":"status=ready","reason":"over"}"""));
        (await rig.RowsAsync()).Split(' ').Length.ShouldBe(136, "their files are there");
        Directory.Exists(folder).ShouldBeTrue();
        await using (var db = rig.Api.Db())
        {
            await db.Recordings.Where(r => r.Status == RecordingStatus.Deleting)
                .ExecuteUpdateAsync(s => s.SetProperty(r => r.UpdatedAt, r => r.CreatedAt));
        }

        await rig.Api.Api.Services.GetRequiredService<LibrarySweeper>().SweepAsync(CancellationToken.None);
        (await rig.RowsAsync()).ShouldBe("r0 r1 r4 r5", "all of them in one round");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Who_holds_a_role_deletes_what_it_reaches_and_what_is_his_own_and_holds_nothing()
    {
        await using var rig = await RecordingsApiTests.LibraryAsync();
        var helper = await rig.Api.UserAsync("helper");
        await AddAsync(rig, 7, r => r.Owner = RecordingRow.OwnerOf(helper.Guid));
        await AddAsync(rig, 8, r => (r.Owner, r.OwnerGuid) = ("device:x", helper.Guid));
        Task<Answer> DeleteAsync(string which, string token) => rig.Api.PostAsync(
            "/api/recordings/bulk", $$"""{"action":"delete","reason":"over",{{which}}}""", token);
        var ann = await rig.Api.Api.TokenAsync(rig.Ann);
        (await DeleteAsync($"\"guids\":[\"{Id(3)}\"]", ann)).Status.ShouldBe(403, "many are for those who administer");
        (await DeleteAsync("\"query\":\"\"", await rig.Api.Api.ApiTokenAsync(rig.Api.Root, "recording:r"))).Status.ShouldBe(403);
        (await rig.Api.Api.PostAsync("/api/recordings/bulk", """{"action":"delete","reason":"x","query":""}""")).Status.ShouldBe(401);

        var made = await rig.Api.PostAsync(
            "/api/admin-roles",
            """{"name":"R","type":"group","rights":["recordings.view"],"users":["helper"],"device_groups":["Tills"]}""", rig.Api.Person);
        var role = made.ShouldBeFine().Of("guid");
        (await DeleteAsync("\"query\":\"\"", await rig.Api.Api.TokenAsync(helper))).Status.ShouldBe(403, "it may look only");
        (await rig.Api.PatchAsync($"/api/admin-roles/{role}", """{"rights":["recordings.edit"]}""", rig.Api.Person)).ShouldBeFine();
        var token = await rig.Api.Api.TokenAsync(helper);
        (await rig.Api.PostAsync("/api/recordings/bulk", """{"action":"hold","query":""}""", token)).Status.ShouldBe(403, "holding is the administrators'");
        foreach (var other in (int[])[3, 5, 8])
        {
            (await DeleteAsync($"\"guids\":[\"{Id(2)}\",\"{Id(other)}\"]", token)).ShouldBeProblem(404, "not_found");
        }

        (await DeleteAsync($"\"guids\":[\"{Guid.NewGuid()}\"]", token)).ShouldBeProblem(404, "not_found");
        var started = await DeleteAsync("\"query\":\"\",\"expected\":4", token);
        started.Status.ShouldBe(202, started.Text);
        await rig.Api.EndedAsync(started.Member("guid")!);
        var job = (await rig.Api.GetAsync($"/api/jobs/{started.Member("guid")}", token)).ShouldBeFine();
        (job.Of("done"), job.Of("failed")).ShouldBe(("4", "3"), "r0 and r4 are not finished, and r2 is held");
        (await rig.RowAsync("r7")).Status.ShouldBe(RecordingStatus.Deleting);
        foreach (var id in (string[])["r3", "r5", "r8"]) (await rig.RowAsync(id)).Status.ShouldNotBe(RecordingStatus.Deleting, id);

        (await rig.Api.PatchAsync($"/api/admin-roles/{role}", """{"rights":["recordings.view"]}""", rig.Api.Person)).ShouldBeFine();
        (await rig.Api.PostAsync($"/api/jobs/{job.Of("guid")}/retry", token: await rig.Api.Api.TokenAsync(helper))).Status.ShouldBe(403, "rights may have gone");
    }

    private static Guid Id(int number) => new(number, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private static async Task AddAsync(RecordingsApiTests.Rig rig, int number, Action<RecordingRow>? change = null)
    {
        var row = RecordingsApiTests.Row(number, "anonymous", null);
        change?.Invoke(row);
        await using var db = rig.Api.Db();
        db.Recordings.Add(row);
        await db.SaveChangesAsync();
    }

    private static Task<Answer> BulkAsync(RecordingsApiTests.Rig rig, string body) => rig.Api.PostAsync("/api/recordings/bulk", body);

    private static async Task<string> HeldAsync(RecordingsApiTests.Rig rig)
    {
        await using var db = rig.Api.Db();
        return string.Join(' ', await db.Recordings.Where(r => r.HeldAt != null).OrderBy(r => r.RecordId).Select(r => r.RecordId).ToListAsync());
    }

    private static string Of(string deed, string name) =>
        JsonDocument.Parse(deed[deed.IndexOf('{', StringComparison.Ordinal)..]).RootElement.TryGetProperty(name, out var value) ? value.ToString() : "";
}
