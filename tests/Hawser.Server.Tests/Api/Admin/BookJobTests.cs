using System.Text.Json;
using Hawser.Data.Jobs;
using Hawser.Data.Leases;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Work on many devices of a book as a job of who asked for it, and of nobody else.</summary>
public sealed class BookJobTests : IAsyncLifetime
{
    private AdminRig _rig = null!;
    private string _ann = "";
    private string _bob = "";
    private string _book = "";

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        _ann = await _rig.Api.TokenAsync(await _rig.UserAsync("ann"));
        _bob = await _rig.Api.TokenAsync(await _rig.UserAsync("bob"));
        _book = await BookAsync("Shops");
        await _rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{_book}}","rule":2,"user":"ann"}""");
        await _rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{_book}}","rule":1,"user":"bob"}""");
        await _rig.PostAsync($"/api/books/{_book}/entries", """
            {"rows":[{"id":"1","alias":"one","password":"s3cret"},{"id":"2","tags":["north"]},{"id":"3","tags":["south"]}]}
            """);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task All_of_it_is_taken_back_but_what_was_so_before()
    {
        var other = await BookAsync("Others");
        await _rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{other}}","rule":2,"user":"ann"}""");
        await _rig.PostAsync($"/api/books/{other}/entries", """{"rows":[{"id":"3","alias":"theirs"}]}""");
        var before = await StateAsync(_book);

        var tagged = await EndedAsync("""{"action":"tag","tag":"north","query":"","expected":3}""");
        (tagged.Of("kind"), tagged.Of("total"), tagged.Of("failed")).ShouldBe(("books.tag", "2", "0"));
        (await StateAsync(_book)).ShouldBe(["1: north", "2: north", "3: south,north"]);
        await UndoneAsync(tagged);
        (await StateAsync(_book)).ShouldBe(before);
        await UndoneAsync(await EndedAsync("""{"action":"untag","tag":"south","query":""}"""));
        (await StateAsync(_book)).ShouldBe(before);

        var moved = await EndedAsync($$"""{"action":"move","to":"{{other}}","query":"","with_passwords":true}""");
        (moved.Of("kind"), moved.Of("total")).ShouldBe(("books.move", "2"), "what the other book has is no part of it");
        (await StateAsync(_book)).ShouldBe(["3: south"]);
        (await StateAsync(other)).ShouldBe(["1: ", "2: north", "3: "]);
        (await _rig.AllAsync($"/api/books/{other}/entries?has_password=1")).ShouldHaveSingleItem().Of("id").ShouldBe("1");
        await UndoneAsync(moved);
        (await StateAsync(_book)).ShouldBe(before);
        (await StateAsync(other)).ShouldBe(["3: "]);
        (await _rig.AllAsync($"/api/books/{_book}/entries?has_password=1")).ShouldHaveSingleItem().Of("id").ShouldBe("1");

        await UndoneAsync(await EndedAsync($$"""{"action":"copy","to":"{{other}}","query":""}"""));
        (await StateAsync(other)).ShouldBe(["3: "]);
        var binned = await EndedAsync("""{"action":"bin","ids":["1","2"]}""");
        (await StateAsync(_book)).ShouldBe(["3: south"]);
        await UndoneAsync(binned);
        (await StateAsync(_book)).ShouldBe(before);
        (await _rig.PostAsync($"/api/jobs/{binned.Of("guid")}/undo", null, _ann)).ShouldBeProblem(409, "undone");
        (await _rig.GetAsync("/api/audits/console")).Text.ShouldContain("north");
    }

    [Fact]
    public async Task A_job_is_its_owners_and_nobody_elses_administrators_neither()
    {
        var own = (await _rig.GetAsync("/api/books", _ann)).Json.GetProperty("personal").Of("guid");
        await _rig.PostAsync($"/api/books/{own}/entries", """{"rows":[{"id":"7"}]}""", _ann);
        var job = await _rig.EndedAsync(await BulkAsync("""{"action":"bin","ids":["7"]}""", _ann, own), _ann);
        var theirs = await _rig.PostAsync("/api/devices/bulk", $$"""{"action":"refresh","guids":["{{(await _rig.DevicesAsync(1))[0].Guid}}"]}""");
        await _rig.EndedAsync(theirs);
        (await _rig.AllAsync("/api/jobs", token: _ann)).ShouldHaveSingleItem().Of("guid").ShouldBe(job.Of("guid"));
        (await _rig.AllAsync("/api/jobs", token: _bob)).ShouldBeEmpty();
        (await _rig.AllAsync("/api/jobs")).ShouldHaveSingleItem().Of("kind").ShouldBe("devices.refresh");
        foreach (var (whose, token) in new[]
        {
            (job.Of("guid"), _bob), (job.Of("guid"), _rig.Person), (job.Of("guid"), _rig.Script), (theirs.Member("guid")!, _ann),
            ("nonsense", _ann), (Guid.Empty.ToString(), _ann),
        })
        {
            (await _rig.GetAsync($"/api/jobs/{whose}", token)).ShouldBeProblem(404, "not_found");
            foreach (var way in new[] { "cancel", "undo", "retry" })
            {
                (await _rig.PostAsync($"/api/jobs/{whose}/{way}", null, token)).ShouldBeProblem(404, "not_found");
            }
        }

        // Nothing of this was done.
        (await _rig.AllAsync($"/api/ab/bin/{own}", token: _ann)).ShouldHaveSingleItem();
        await UndoneAsync(job);
        (await _rig.AllAsync($"/api/ab/bin/{own}", token: _ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rights_are_those_of_now_at_each_device()
    {
        foreach (var action in new[] { "move", "tag", "untag", "bin" })
        {
            (await BulkAsync($$"""{"action":"{{action}}","tag":"t","to":"{{_book}}","query":""}""", _bob)).Status.ShouldBe(403, action);
        }

        var job = await EndedAsync("""{"action":"bin","ids":["1","2"]}""");
        var rules = await _rig.AllAsync($"/api/ab/rules?ab={_book}");
        var hers = rules.Single(r => r.ToString().Contains("ann", StringComparison.Ordinal)).Of("guid");
        (await _rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{hers}}","rule":1}""")).ShouldBeDone();
        var undo = await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo", null, _ann), _ann);
        (undo.Of("done"), undo.Of("failed")).ShouldBe(("2", "2"));
        undo.GetProperty("failures")[0].Of("detail").ShouldContain("you may not do this there any more");
        (await StateAsync(_book)).ShouldBe(["3: south"]);

        (await _rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{hers}}","rule":2}""")).ShouldBeDone();
        var again = await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{undo.Of("guid")}/retry", null, _ann), _ann);
        again.Of("failed").ShouldBe("0");
        (await StateAsync(_book)).ShouldBe(["1: ", "2: north", "3: south"]);
    }

    [Theory]
    [InlineData("""{"action":"password","password":"x","ids":["1"]}""")]
    [InlineData("""{"action":"copy","to":"","query":"","dry_run":true}""")]
    [InlineData("""{"action":"tag","tag":"a\nb","query":""}""")]
    [InlineData("""{"action":"tag","tag":"north","ids":["2"]}""")]
    [InlineData("""{"action":"untag","tag":"nope","query":""}""")]
    [InlineData("""{"action":"tag","tag":"t","ids":["9"]}""")]
    public async Task What_makes_no_sense_is_no_job(string body)
    {
        (await BulkAsync(body, _ann)).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"copy","to":"{{_book}}","query":""}""", _ann)).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"copy","to":"{{Guid.NewGuid()}}","query":""}""", _ann)).Status.ShouldBe(403);
        (await _rig.AllAsync("/api/jobs", token: _ann)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_fills_the_queue_alone()
    {
        var leases = new JobLeases(_rig.Server.Node.Store!, TimeProvider.System);
        await using (var db = _rig.Db())
        {
            var ann = await db.Users.SingleAsync(u => u.Name == "ann");
            for (var i = 0; i < 5; i++)
            {
                var row = new Job { Kind = "books.bin", Total = 1, UserGuid = ann.Guid, UserName = "ann", CreatedAt = DateTime.UtcNow };
                // Another node is at it.
                (await leases.TryTakeAsync($"job-{row.Guid:N}", TimeSpan.FromMinutes(30), CancellationToken.None)).ShouldBeTrue();
                db.Jobs.Add(row);
            }

            await db.SaveChangesAsync();
        }

        (await BulkAsync("""{"action":"bin","ids":["1"]}""", _ann)).ShouldBeProblem(429, "busy");
        (await StateAsync(_book)).Length.ShouldBe(3);
        var others = await BookAsync("Roots");
        await _rig.PostAsync($"/api/books/{others}/entries", """{"rows":[{"id":"1"}]}""");
        await _rig.EndedAsync(await BulkAsync("""{"action":"bin","ids":["1"]}""", _rig.Script, others));
    }

    private async Task<JsonElement> EndedAsync(string body)
    {
        var job = await _rig.EndedAsync(await BulkAsync(body, _ann), _ann);
        job.Of("state").ShouldBe("done");
        return job;
    }

    private async Task UndoneAsync(JsonElement job)
    {
        job.Of("can_undo").ShouldBe("True");
        var undo = await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo", null, _ann), _ann);
        (undo.Of("kind"), undo.Of("failed"), undo.Of("can_undo")).ShouldBe(("books.restore", "0", "False"));
    }

    private async Task<string> BookAsync(string name) =>
        (await _rig.PostAsync("/api/ab/shared/add", $$"""{"name":"{{name}}"}""")).ShouldBeFine().Of("guid");

    private Task<Answer> BulkAsync(string body, string token, string? book = null) =>
        _rig.PostAsync($"/api/books/{book ?? _book}/entries/bulk", body[..^1] + ",\"as_job\":true}", token);

    private async Task<string[]> StateAsync(string book) =>
        [.. (await _rig.AllAsync($"/api/books/{book}/entries?sort=id")).Select(e => $"{e.Of("id")}: "
            + string.Join(',', e.GetProperty("tags").EnumerateArray().Select(t => t.GetString())))];
}
