using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Address books as the console reads them: how much is in them, searched lists, many devices at once.</summary>
public class BooksTests
{
    [Fact]
    public async Task Books_tell_how_much_is_in_them_and_never_a_password()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.Api.TokenAsync(await rig.UserAsync("ann"));
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops","info":{"password":"s3cret"}}""")).ShouldBeFine().Of("guid");
        await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1,"user":"ann"}""");
        await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[{"id":"1","password":"s3cret"},{"id":"2"},{"id":"3"}]}""");
        await rig.DeleteAsync($"/api/ab/peer/{book}", """["3"]""");

        var all = await rig.GetAsync("/api/books", ann);
        all.Text.ShouldNotContain("s3cret");
        var row = all.Json.GetProperty("data").EnumerateArray().Single();
        (row.Of("name"), row.Of("rule"), row.Of("password_set"), row.Of("entries"), row.Of("binned"))
            .ShouldBe(("Shops", "1", "True", "2", "1"));
        all.Json.GetProperty("personal").Of("owner").ShouldBe("ann");
        var entries = await rig.GetAsync($"/api/books/{book}/entries", ann);
        entries.Text.ShouldNotContain("s3cret");
        entries.Json.GetProperty("data").EnumerateArray().Select(e => e.Of("password_set")).ShouldBe(["True", "False"]);
        (await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[]}""", ann)).Status.ShouldBe(403);
        (await rig.GetAsync($"/api/books/{Guid.NewGuid()}/entries", ann)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Entries_are_found_by_text_tags_and_platform_and_exported_as_they_are_imported()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops"}""")).ShouldBeFine().Of("guid");
        await rig.PostAsync($"/api/books/{book}/entries", """
            {"rows":[{"id":"11","alias":"Kasse 1","tags":["north","till"],"platform":"Windows"},
            {"id":"12","alias":"前台","tags":["north"],"platform":"Linux","note":"=1+1"},{"id":"13","alias":"Lager"}]}
            """);
        var list = $"/api/books/{book}/entries";

        (await rig.NamesAsync(list + "?q=KASSE", "id")).ShouldBe(["11"]);
        (await rig.NamesAsync(list + "?tag=north&tag=till", "id")).ShouldBe(["11", "12"]);
        (await rig.NamesAsync(list + "?tag=north&tag=till&match=all", "id")).ShouldBe(["11"]);
        (await rig.NamesAsync(list + "?untagged=1", "id")).ShouldBe(["13"]);
        (await rig.NamesAsync(list + "?platform=Linux", "id")).ShouldBe(["12"]);
        (await rig.NamesAsync(list + "?sort=-id", "id")).ShouldBe(["13", "12", "11"]);
        (await rig.GetAsync(list + "?format=csv&sort=id")).Text.TrimStart('\uFEFF').Split("\r\n")[..3].ShouldBe([
            "id,alias,tags,note,username,hostname,platform", "11,Kasse 1,north;till,,,,Windows",
            "12,前台,north,'=1+1,,,Linux",
        ]);
    }

    [Fact]
    public async Task S29_many_at_once_are_tried_and_then_taken_and_a_bad_one_does_not_keep_the_others_out()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops"}""")).ShouldBeFine().Of("guid");
        await rig.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1","alias":"old","note":"stays"}""");
        await rig.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","alias":"same"}""");
        const string Rows = """
            [{"id":"1","alias":"new","tags":["t1"]},{"id":"2","alias":"same"},{"id":"3"},{"id":""},{"id":"3"},
            {"id":"4","tags":["Untagged"]}]
            """;
        string[] expected = ["changed", "same", "added", "refused", "refused", "refused"];

        (await OutcomesAsync($$"""{"dry_run":true,"rows":{{Rows}}}""")).ShouldBe(expected);
        (await rig.NamesAsync($"/api/books/{book}/entries", "id")).ShouldBe(["1", "2"]);
        (await rig.GetAsync($"/api/ab/tags/{book}")).Text.ShouldBe("[]");
        (await OutcomesAsync($$"""{"update":false,"dry_run":true,"rows":{{Rows}}}""")).ShouldBe(
            ["kept", "same", "added", "refused", "refused", "refused"]);
        (await OutcomesAsync($$"""{"rows":{{Rows}}}""")).ShouldBe(expected);
        (await OutcomesAsync($$"""{"rows":{{Rows}}}""")).ShouldBe(["same", "same", "same", "refused", "refused", "refused"]);
        var first = (await rig.AllAsync($"/api/books/{book}/entries?sort=id"))[0];
        (first.Of("alias"), first.Of("note"), first.Of("tags")).ShouldBe(("new", "stays", "[\"t1\"]"));
        (await rig.AllAsync($"/api/books/{book}/entries")).Count.ShouldBe(3);
        (await OutcomesAsync("""{"create_tags":false,"rows":[{"id":"5","tags":["t1","t2"]}]}""")).ShouldBe(["added"]);
        (await rig.AllAsync($"/api/books/{book}/entries?q=5")).Single().Of("tags").ShouldBe("[\"t1\"]");
        (await rig.PostAsync($"/api/books/{book}/entries", """{"rows":[null]}""")).ShouldBeProblem(400, "invalid");

        async Task<string[]> OutcomesAsync(string body) =>
            [.. (await rig.PostAsync($"/api/books/{book}/entries", body)).ShouldBeFine()
                .GetProperty("results").EnumerateArray().Select(r => r.Of("outcome"))];
    }
}
