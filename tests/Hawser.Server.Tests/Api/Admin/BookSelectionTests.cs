using Hawser.Data.Audit;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What is done with a selection of a book's devices, and tags that become one.</summary>
public class BookSelectionTests
{
    [Fact]
    public async Task What_matches_is_tagged_and_untagged_without_what_came_after_it_was_read()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = await BookAsync(rig, "Shops");
        await rig.PostAsync($"/api/books/{book}/entries", """
            {"rows":[{"id":"11","alias":"Till 1","tags":["north"]},{"id":"12","alias":"Till 2"},{"id":"13","alias":"Lager"}]}
            """);
        var list = await rig.GetAsync($"/api/books/{book}/entries?q=till");
        var asOf = list.Json.Of("as_of");
        list.Json.Of("total").ShouldBe("2");
        await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[{"id":"14","alias":"Till 3"}]}""");
        await using (var db = rig.Db())
        {
            var later = DateTime.UtcNow.AddMinutes(1);
            await db.AddressBookEntries.Where(e => e.Id == "14").ExecuteUpdateAsync(s => s.SetProperty(e => e.CreatedAt, later));
        }

        var done = (await BulkAsync(rig, book, $$"""{"action":"tag","tag":"north","query":"q=till","expected":2,"as_of":{{asOf}}}""")).ShouldBeFine();
        (done.Of("ids"), done.Of("kept"), done.Of("refused")).ShouldBe(("[\"12\"]", "1", "0"));
        (await rig.NamesAsync($"/api/books/{book}/entries?tag=north&sort=id", "id")).ShouldBe(["11", "12"]);
        (await BulkAsync(rig, book, """{"action":"tag","tag":"x","query":"q=till","expected":2}""")).ShouldBeProblem(409, "count_changed");
        // Nothing is lost by repeating it, and the ids take it back.
        (await BulkAsync(rig, book, """{"action":"tag","tag":"north","ids":["11","12"]}""")).ShouldBeFine().Of("kept").ShouldBe("2");
        (await BulkAsync(rig, book, """{"action":"untag","tag":"north","ids":["11","12","13"]}""")).ShouldBeFine().Of("kept").ShouldBe("1");
        (await rig.NamesAsync($"/api/books/{book}/entries?untagged=1&sort=id", "id")).ShouldBe(["11", "12", "13", "14"]);
        (await rig.GetAsync("/api/audits/console")).Text.ShouldContain("untag");
    }

    [Fact]
    public async Task A_copy_leaves_passwords_behind_unless_they_are_asked_for_and_what_is_there_stays()
    {
        await using var rig = await AdminRig.StartAsync();
        var (from, to) = (await BookAsync(rig, "From"), await BookAsync(rig, "To"));
        await rig.PostAsync($"/api/ab/tag/add/{from}", """{"name":"north","color":4294198070}""");
        await rig.PostAsync($"/api/books/{from}/entries", """
            {"rows":[{"id":"1","alias":"one","tags":["north"],"password":"s3cret","forceAlwaysRelay":"true"},{"id":"2","alias":"two"},
            {"id":"3","alias":"three"}]}
            """);
        await rig.PostAsync($"/api/books/{to}/entries", """{"rows":[{"id":"3","alias":"other"}]}""");
        var body = $$"""{"action":"copy","to":"{{to}}","query":""}""";

        var trial = (await BulkAsync(rig, from, body.Replace("\"query\"", "\"dry_run\":true,\"query\""))).ShouldBeFine();
        (trial.Of("ids"), trial.Of("kept"), trial.Of("passwords")).ShouldBe(("[\"1\",\"2\"]", "1", "1"));
        (await rig.NamesAsync($"/api/books/{to}/entries", "id")).ShouldBe(["3"]);
        var done = (await BulkAsync(rig, from, body)).ShouldBeFine();
        done.ToString().ShouldBe(trial.ToString());
        var copied = await rig.AllAsync($"/api/books/{to}/entries?sort=id");
        copied.Select(e => (e.Of("alias"), e.Of("password_set"))).ShouldBe([("one", "False"), ("two", "False"), ("other", "False")]);
        copied[0].Of("force_always_relay").ShouldBe("True");
        (await rig.GetAsync($"/api/ab/tags/{to}")).Json[0].Of("color").ShouldBe("4294198070");

        await rig.DeleteAsync($"/api/ab/peer/{to}", """["1"]""");
        (await BulkAsync(rig, from, $$"""{"action":"move","to":"{{to}}","ids":["1","3"],"with_passwords":true}""")).ShouldBeFine()
            .Of("ids").ShouldBe("[\"1\"]");
        // What the other book has already does not leave this one.
        (await rig.NamesAsync($"/api/books/{from}/entries?sort=id", "id")).ShouldBe(["2", "3"]);
        (await rig.AllAsync($"/api/books/{to}/entries?has_password=1")).Single().Of("id").ShouldBe("1");
        (await rig.AllAsync($"/api/ab/bin/{from}")).Single().Of("id").ShouldBe("1");
        (await rig.GetAsync("/api/audits/console")).Text.ShouldContain("taken along");
    }

    [Fact]
    public async Task Who_may_only_read_copies_into_a_book_of_his_own_and_nothing_else()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.Api.TokenAsync(await rig.UserAsync("ann"));
        var (book, other) = (await BookAsync(rig, "Shops"), await BookAsync(rig, "Others"));
        await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1,"user":"ann"}""");
        await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[{"id":"1","password":"s3cret"}]}""");
        var own = (await rig.GetAsync("/api/books", ann)).Json.GetProperty("personal").Of("guid");
        var path = $"/api/books/{book}/entries/bulk";

        var done = (await rig.PostAsync(path, $$"""{"action":"copy","to":"{{own}}","ids":["1"]}""", ann)).ShouldBeFine();
        (done.Of("ids"), done.Of("passwords")).ShouldBe(("[\"1\"]", "1"));
        (await rig.GetAsync($"/api/books/{own}/entries", ann)).Json.GetProperty("data")[0].Of("password_set").ShouldBe("False");
        foreach (var action in new[] { "move", "tag", "untag", "password", "bin" })
        {
            (await rig.PostAsync(path, $$"""{"action":"{{action}}","tag":"t","to":"{{own}}","ids":["1"]}""", ann)).Status.ShouldBe(403, action);
        }

        (await rig.PostAsync(path, $$"""{"action":"copy","to":"{{own}}","ids":["1"],"with_passwords":true}""", ann)).Status.ShouldBe(403);
        (await rig.PostAsync(path, $$"""{"action":"copy","to":"{{other}}","ids":["1"]}""", ann)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/books/{other}/entries/bulk", $$"""{"action":"copy","to":"{{own}}","query":""}""", ann)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/books/{other}/tags/merge", """{"from":["a"],"into":"b"}""", ann)).Status.ShouldBe(403);
        (await rig.NamesAsync($"/api/books/{book}/entries", "id")).ShouldBe(["1"]);
        // A hash of one's own is nobody else's password.
        await rig.PostAsync($"/api/ab/peer/add/{own}", """{"id":"2","hash":"aGFzaA=="}""", ann);
        (await rig.PostAsync($"/api/books/{own}/entries/bulk", $$"""{"action":"copy","to":"{{book}}","ids":["2"],"with_passwords":true}""", ann)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/books/{own}/entries/bulk", """{"action":"password","password":"x","ids":["2"]}""", ann)).ShouldBeProblem(400, "invalid");
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"action":"tag","tag":"t"}""")]
    [InlineData("""{"action":"tag","tag":"t","ids":["1"],"query":""}""")]
    [InlineData("""{"action":"tag","tag":"","ids":["1"]}""")]
    [InlineData("""{"action":"tag","tag":"a\nb","ids":["1"]}""")]
    [InlineData("""{"action":"tag","tag":"t","ids":[null]}""")]
    [InlineData("""{"action":"tag","tag":"t","ids":["9"]}""")]
    [InlineData("""{"action":"tag","tag":"t","ids":["1"],"as_of":-1}""")]
    [InlineData("""{"action":"tag","tag":"t","query":"","as_of":9223372036854775807}""")]
    [InlineData("""{"action":"bin","ids":["1"],"dry_run":true}""")]
    [InlineData("""{"action":"password","password":null,"ids":[]}""")]
    public async Task What_can_not_be_understood_changes_nothing(string body)
    {
        await using var rig = await AdminRig.StartAsync();
        var book = await BookAsync(rig, "Shops");
        await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[{"id":"1"}]}""");
        (await BulkAsync(rig, book, body)).ShouldBeProblem(400, "invalid");
        (await BulkAsync(rig, book, $$"""{"action":"copy","to":"{{book}}","ids":["1"]}""")).ShouldBeProblem(400, "invalid");
        (await rig.AllAsync($"/api/books/{book}/entries")).Single().Of("tags").ShouldBe("[]");
    }

    [Fact]
    public async Task Merged_tags_are_on_each_device_once_and_can_be_taken_back()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = await BookAsync(rig, "Shops");
        await rig.PostAsync($"/api/books/{book}/entries", """
            {"rows":[{"id":"1","tags":["till","Tills"]},{"id":"2","tags":["kasse","x","till"]},{"id":"3","tags":["Tills"]},
            {"id":"4","tags":["x"]},{"id":"5","tags":["till"]}]}
            """);
        await rig.DeleteAsync($"/api/ab/peer/{book}", """["5"]""");
        var path = $"/api/books/{book}/tags/merge";

        var merged = (await rig.PostAsync(path, """{"from":["till","kasse","Tills"],"into":"Tills"}""")).ShouldBeFine();
        merged.GetProperty("tags").EnumerateArray().Select(t => (t.Of("name"), t.Of("ids"))).ShouldBe(
            [("kasse", "[\"2\"]"), ("till", "[\"1\",\"2\"]")], ignoreOrder: true);
        merged.Of("gained").ShouldBe("[\"2\"]");
        (await TagsAsync()).ShouldBe(["1: Tills", "2: Tills,x", "3: Tills", "4: x"]);
        (await rig.GetAsync($"/api/books/{book}/tags")).Json.EnumerateArray().Select(t => (t.Of("name"), t.Of("count")))
            .ShouldBe([("Tills", "3"), ("x", "2")], ignoreOrder: true);
        (await rig.AllAsync($"/api/ab/bin/{book}")).Single().Of("tags").ShouldBe("[\"Tills\"]");

        foreach (var tag in merged.GetProperty("tags").EnumerateArray())
        {
            await rig.PostAsync($"/api/ab/tag/add/{book}", $$"""{"name":"{{tag.Of("name")}}","color":{{tag.Of("color")}}}""");
            (await BulkAsync(rig, book, $$"""{"action":"tag","tag":"{{tag.Of("name")}}","ids":{{tag.Of("ids")}}}""")).ShouldBeFine();
        }

        (await BulkAsync(rig, book, $$"""{"action":"untag","tag":"Tills","ids":{{merged.Of("gained")}}}""")).ShouldBeFine();
        (await TagsAsync()).ShouldBe(["1: Tills,till", "2: kasse,till,x", "3: Tills", "4: x"]);
        (await rig.PostAsync(path, """{"from":["nope"],"into":"x"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(path, """{"from":["x"],"into":"nope"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(path, """{"from":["x"],"into":"x"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync(path, """{"from":[null],"into":"x"}""")).ShouldBeProblem(400, "invalid");

        async Task<string[]> TagsAsync() =>
            [.. (await rig.AllAsync($"/api/books/{book}/entries?sort=id")).Select(e => $"{e.Of("id")}: "
                + string.Join(',', e.GetProperty("tags").EnumerateArray().Select(t => t.GetString()).Order(StringComparer.Ordinal)))];
    }

    [Fact]
    public async Task State_and_system_are_asked_for_as_they_are_shown_and_a_selection_is_a_file()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = await BookAsync(rig, "Shops");
        var id = (await rig.DevicesAsync(1)).Single().Id;
        await rig.PostAsync($"/api/books/{book}/entries", $$"""
            {"rows":[{"id":"{{id}}"},{"id":"10.0.0.7","platform":"Windows"},{"id":"77"}]}
            """);
        var list = $"/api/books/{book}/entries";
        var shown = (await rig.AllAsync(list + $"?q={id}")).Single();
        shown.Of("is_known").ShouldBe("True");

        (await rig.NamesAsync(list + $"?platform={Uri.EscapeDataString(shown.Of("platform"))}", "id")).ShouldContain(id);
        (await rig.NamesAsync(list + "?platform=Android", "id")).ShouldBeEmpty();
        (await rig.NamesAsync(list + "?state=unknown&sort=id", "id")).ShouldBe(["10.0.0.7", "77"]);
        (await rig.NamesAsync(list + (shown.Of("is_online") == "True" ? "?state=online" : "?state=offline"), "id")).ShouldBe([id]);
        (await rig.NamesAsync(list + "?state=nonsense", "id")).ShouldBeEmpty();
        var file = (await rig.GetAsync(list + "?format=csv&sort=id&ids=77,10.0.0.7")).Text;
        file.Split("\r\n").Length.ShouldBe(4, file);
        (await rig.GetAsync(list + "?ids=" + string.Join(',', Enumerable.Range(0, 501)))).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task Who_looks_is_told_when_he_was_last_connected_unless_logs_are_for_administrators()
    {
        await using var rig = await AdminRig.StartAsync();
        var (annRow, bob) = (await rig.UserAsync("ann"), await rig.UserAsync("bob"));
        var ann = await rig.Api.TokenAsync(annRow);
        var book = await BookAsync(rig, "Shops");
        await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1}""");
        await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[{"id":"1"},{"id":"2"}]}""");
        var day = new DateTime(2026, 3, 1, 8, 0, 0, DateTimeKind.Utc);
        await using (var db = rig.Db())
        {
            foreach (var (user, hours, isIn) in new[] { (annRow, 0, true), (annRow, 2, true), (annRow, 4, false), (bob, 6, true) })
            {
                db.ConnectionAudits.Add(new ConnectionAudit
                {
                    DeviceId = "1", UserGuid = user.Guid, CreatedAt = day.AddHours(hours), ConnId = hours,
                    AuthorizedAt = isIn ? day.AddHours(hours) : null,
                });
            }

            await db.SaveChangesAsync();
        }

        var at = new DateTimeOffset(day.AddHours(2)).ToUnixTimeSeconds();
        (await LastAsync()).ShouldBe([$"1: {at}", "2: "]);
        (await rig.PatchAsync("/api/settings/audit", """{"admins_only":true}""")).ShouldBeFine();
        (await LastAsync()).ShouldBe(["1: ", "2: "]);
        var limits = (await rig.GetAsync("/api/books", ann)).Json.GetProperty("limits");
        (limits.Of("entries"), limits.Of("tags"), limits.Of("bin_days")).ShouldBe(("50000", "1000", "30"));

        async Task<string[]> LastAsync() =>
            [.. (await rig.GetAsync($"/api/books/{book}/entries?sort=id", ann)).Json.GetProperty("data").EnumerateArray().Select(e =>
                $"{e.Of("id")}: {(e.TryGetProperty("last_connected", out var last) ? last.ToString() : "")}")];
    }

    private static async Task<string> BookAsync(AdminRig rig, string name) =>
        (await rig.PostAsync("/api/ab/shared/add", $$"""{"name":"{{name}}"}""")).ShouldBeFine().Of("guid");

    private static Task<Answer> BulkAsync(AdminRig rig, string book, string body) =>
        rig.PostAsync($"/api/books/{book}/entries/bulk", body);
}
