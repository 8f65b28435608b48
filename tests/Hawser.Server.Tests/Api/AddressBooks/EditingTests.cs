using System.Globalization;
using System.Text.Json;
using Hawser.Api.AddressBooks;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.AddressBooks;

public class EditingTests
{
    [Fact]
    public async Task C46_C47_C48_adding_is_answered_by_nothing_and_twice_is_once()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"771200346","alias":"till 4","tags":["shop"]}""")).ShouldBeDone();
        (await ann.EntryAsync(book, "771200346")).Text("alias").ShouldBe("till 4");
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """
            {"id":"771200347","username":"pos","hostname":"TILL5","platform":"Windows","alias":"","tags":["shop","shop"],
            "forceAlwaysRelay":"true","rdpPort":"3390","rdpUsername":"admin","loginName":"ann","device_group_name":"Tills",
            "note":"by the door","same_server":null,"online":false,"newer":{"key":[1]}}
            """)).ShouldBeDone();
        var full = await ann.EntryAsync(book, "771200347");
        (full.Text("hostname"), full.Text("forceAlwaysRelay"), full.Text("rdpPort"), full.Text("device_group_name"), full.Text("note"))
            .ShouldBe(("TILL5", "true", "3390", "Tills", "by the door"));
        full.GetProperty("tags").GetRawText().ShouldBe("""["shop"]""");
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"771200346","alias":"till 4b"}""")).ShouldBeDone();
        var entries = await ann.EntriesAsync(book);
        entries.GetArrayLength().ShouldBe(2);
        (await ann.EntryAsync(book, "771200346")).GetProperty("tags").GetArrayLength().ShouldBe(1);
        (await ann.EntryAsync(book, "771200346")).Text("alias").ShouldBe("till 4b");
    }

    [Fact]
    public async Task C49_a_full_book_says_so()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { MaxEntries = 2 });
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"3"}""")).Error!.ShouldContain("at most 2 devices");
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","alias":"is there"}""")).ShouldBeDone();
        (await ann.DeleteAsync($"/api/ab/peer/{book}", """["1"]""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"3"}""")).ShouldBeDone();
    }

    [Fact]
    public async Task C50_C51_C52_an_update_changes_what_it_holds_and_nothing_else()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        var path = $"/api/ab/peer/update/{book}";
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"7","alias":"till","tags":["a","b"],"note":"n"}""")).ShouldBeDone();
        (await ann.PutAsync(path, """{"id":"7","hash":"c2VjcmV0"}""")).ShouldBeDone();
        (await ann.PutAsync(path, """{"id":"7","alias":""}""")).ShouldBeDone();
        var entry = await ann.EntryAsync(book, "7");
        (entry.Text("alias"), entry.Text("note"), entry.Text("hash")).ShouldBe(("", "n", "c2VjcmV0"));
        (await ann.PutAsync(path, """{"id":"7","tags":["c"]}""")).ShouldBeDone();
        (await ann.PutAsync(path, """{"id":"7","note":"new","username":"u","hostname":"h","platform":"Linux"}""")).ShouldBeDone();
        entry = await ann.EntryAsync(book, "7");
        (entry.Text("note"), entry.Text("username"), entry.Text("hostname"), entry.Text("platform"), entry.Text("hash"))
            .ShouldBe(("new", "u", "h", "Linux", "c2VjcmV0"));
        entry.GetProperty("tags").GetRawText().ShouldBe("""["c"]""");
        (await ann.PutAsync(path, """{"id":"7","tags":[],"hash":"","alias":null}""")).ShouldBeDone();
        entry = await ann.EntryAsync(book, "7");
        entry.GetProperty("tags").GetRawText().ShouldBe("[]");
        entry.Text("hash").ShouldBe("");
    }

    [Fact]
    public async Task C53_C54_unknown_ids_and_readers_are_refused()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var ops = await rig.UserAsync("ops");
        var book = await rig.BookAsync(ops, "Branch North");
        await rig.ShareAsync(book, ShareSubject.User, ann.User.Guid, ShareRule.Read);
        (await ops.PostAsync($"/api/ab/peer/add/{book}", """{"id":"7","alias":"till","password":"entry-Pw"}""")).ShouldBeDone();
        (await ops.PutAsync($"/api/ab/peer/update/{book}", """{"id":"8","alias":"x"}""")).ShouldBeRefused();
        (await ann.PutAsync($"/api/ab/peer/update/{book}", """{"id":"7","alias":"x"}""")).ShouldBeRefused(403);
        (await ann.DeleteAsync($"/api/ab/peer/{book}", """["7"]""")).ShouldBeRefused(403);
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"x","color":1}""")).ShouldBeRefused(403);
        var entry = await ann.EntryAsync(book, "7");
        (entry.Text("alias"), entry.Text("password")).ShouldBe(("till", "entry-Pw"), "readers connect with it");
    }

    [Fact]
    public async Task C55_C56_deleting_needs_right_2_and_forgives_unknown_ids()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var ops = await rig.UserAsync("ops");
        var book = await rig.BookAsync(ops, "Branch North");
        await rig.ShareAsync(book, ShareSubject.UserGroup, ann.User.UserGroupGuid, ShareRule.ReadWrite);
        await rig.EntriesAsync(book, 5, i => $"{i}");
        (await ann.DeleteAsync($"/api/ab/peer/{book}", """["0","1"]""")).ShouldBeDone();
        (await ann.DeleteAsync($"/api/ab/peer/{book}", """["nobody","2",null]""")).ShouldBeDone();
        (await ops.EntriesAsync(book)).EnumerateArray().Select(e => e.Text("id")).ShouldBe(["3", "4"]);
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"0"}""")).ShouldBeDone();
        (await ann.DeleteAsync($"/api/ab/peer/{book}", """["0"]""")).ShouldBeDone();
        await using var db = rig.Db();
        var bin = await db.AddressBookEntries.Where(e => e.BookGuid == book && e.DeletedAt != null).ToListAsync();
        bin.Select(e => e.Id).Order().ShouldBe(["0", "1", "2"]);
    }

    [Fact]
    public async Task C57_C58_tags_are_renamed_and_removed_in_devices_too()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        foreach (var tag in new[] { "shop", "till", "a" })
        {
            (await ann.PostAsync($"/api/ab/tag/add/{book}", $$"""{"name":"{{tag}}","color":4278190335}""")).ShouldBeDone();
        }

        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1","tags":["shop","till","shopping"]}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2","tags":["a","shop","store"]}""")).ShouldBeDone();
        (await ann.PutAsync($"/api/ab/tag/update/{book}", """{"name":"shop","color":4294940672}""")).ShouldBeDone();
        (await ann.PutAsync($"/api/ab/tag/rename/{book}", """{"old":"shop","new":"till"}""")).ShouldBeRefused();
        (await ann.PutAsync($"/api/ab/tag/rename/{book}", """{"old":"none","new":"x"}""")).ShouldBeRefused();
        (await ann.PutAsync($"/api/ab/tag/rename/{book}", """{"old":"shop","new":"Untagged"}""")).ShouldBeRefused();
        (await ann.PutAsync($"/api/ab/tag/rename/{book}", """{"old":"shop","new":"store"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/tags/{book}")).Text.ShouldBe(
            """[{"name":"a","color":4278190335},{"name":"store","color":4294940672},{"name":"till","color":4278190335}]""");
        Tags(await ann.EntryAsync(book, "1")).ShouldBe(["store", "till", "shopping"]);
        Tags(await ann.EntryAsync(book, "2")).ShouldBe(["a", "store"]);
        (await ann.DeleteAsync($"/api/ab/tag/{book}", """["store"]""")).ShouldBeDone();
        (await ann.DeleteAsync($"/api/ab/tag/{book}", """["a"]""")).ShouldBeDone();
        Tags(await ann.EntryAsync(book, "1")).ShouldBe(["till", "shopping"]);
        Tags(await ann.EntryAsync(book, "2")).ShouldBeEmpty();
        (await ann.PostAsync($"/api/ab/tag/add/{book}", """{"name":"untagged","color":1}""")).ShouldBeRefused();
    }

    [Fact]
    public async Task Ids_must_exist_here_when_the_administrator_says_so()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        await rig.Api.AddDeviceAsync("771200345");
        await rig.SetAsync(AddressBookSettings.Key, new AddressBookSettings { IdMustExist = true });
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"771200345"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"192.168.7.7"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"5@other.example"}""")).ShouldBeDone();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"771200346"}""")).ShouldBeRefused();
    }

    [Fact]
    public async Task Two_clients_that_add_the_same_id_at_once_make_one_entry()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            ann.PostAsync($"/api/ab/peer/add/{book}", $$"""{"id":"{{i % 3}}","alias":"{{i}}"}""")));
        foreach (var answer in answers) answer.ShouldBeDone();
        (await ann.EntriesAsync(book)).GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Edits_of_different_fields_at_once_all_count()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", """{"id":"1"}""")).ShouldBeDone();
        var fields = new[] { "alias", "note", "username", "hostname", "platform", "hash" };
        var edits = fields.Select(f => ann.PutAsync($"/api/ab/peer/update/{book}", $$"""{"id":"1","{{f}}":"{{f}}!"}"""))
            .Concat(Enumerable.Range(0, 8).Select(i => ann.PostAsync(
                $"/api/ab/tag/add/{book}", $$"""{"name":"t{{i.ToString(CultureInfo.InvariantCulture)}}","color":1}""")));
        foreach (var answer in await Task.WhenAll(edits)) answer.ShouldBeDone();
        var entry = await ann.EntryAsync(book, "1");
        foreach (var field in fields) entry.Text(field).ShouldBe(field + "!");
        (await ann.PostAsync($"/api/ab/tags/{book}")).Json.GetArrayLength().ShouldBe(8);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":"   "}""")]
    [InlineData("""{"id":["1"]}""")]
    [InlineData("""{"id":"1","tags":"a"}""")]
    [InlineData("""{"id":"1","tags":[1]}""")]
    [InlineData("""{"id":"1","tags":[""]}""")]
    [InlineData("""{"id":"1","tags":["a\nb"]}""")]
    [InlineData("""{"id":"1","alias":{}}""")]
    [InlineData("""{"id":"1","hash":7}""")]
    [InlineData("""{"id":"\ud800"}""")]
    [InlineData("""{"id":"a\u0000b"}""")]
    [InlineData("""{"id":"a\nb"}""")]
    public async Task Malformed_bodies_are_refused_and_change_nothing(string body)
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", body)).ShouldBeRefused();
        (await ann.PutAsync($"/api/ab/peer/update/{book}", body)).ShouldBeRefused();
        (await ann.EntriesAsync(book)).GetArrayLength().ShouldBe(0);
        if (body.StartsWith('[')) return;
        (await ann.DeleteAsync($"/api/ab/peer/{book}", body)).ShouldBeRefused(400);
        (await ann.DeleteAsync($"/api/ab/tag/{book}", body)).ShouldBeRefused(400);
    }

    [Fact]
    public async Task Long_texts_are_refused_and_odd_ones_are_kept()
    {
        await using var rig = await BookRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var book = await ann.PersonalAsync();
        string Add(string field, string value) => JsonSerializer.Serialize(new Dictionary<string, string> { ["id"] = "1", [field] = value });
        (await ann.PostAsync($"/api/ab/peer/add/{book}", Add("id", new string('1', 301)))).ShouldBeRefused();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", Add("alias", new string('x', 256)))).ShouldBeRefused();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", Add("note", new string('x', 1001)))).ShouldBeRefused();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", Add("note", new string('x', 100_000)))).ShouldBeRefused(413);
        var tags = JsonSerializer.Serialize(new { id = "1", tags = Enumerable.Range(0, 65).Select(i => $"t{i}") });
        (await ann.PostAsync($"/api/ab/peer/add/{book}", tags)).ShouldBeRefused();
        (await ann.PostAsync($"/api/ab/peer/add/{book}", Add("alias", "Käse 'x' \"y\" % _ \\ 🧀\0!"))).ShouldBeDone();
        (await ann.EntryAsync(book, "1")).Text("alias").ShouldBe("Käse 'x' \"y\" % _ \\ 🧀!");
        (await ann.PutAsync($"/api/ab/peer/update/{book}", Add("hostname", new string('h', 254) + "🧀"))).ShouldBeDone();
        (await ann.EntryAsync(book, "1")).Text("hostname").ShouldBe(new string('h', 254), "cut, but not through a character");
        var odd = "a\"b,c'd%_🧀 ";
        (await ann.PostAsync($"/api/ab/tag/add/{book}", JsonSerializer.Serialize(new { name = odd, color = 1 }))).ShouldBeDone();
        (await ann.PutAsync($"/api/ab/peer/update/{book}", JsonSerializer.Serialize(new { id = "1", tags = new[] { "b", odd, "," } }))).ShouldBeDone();
        (await ann.PutAsync($"/api/ab/tag/rename/{book}", JsonSerializer.Serialize(new { old = odd, @new = "plain" }))).ShouldBeDone();
        Tags(await ann.EntryAsync(book, "1")).ShouldBe(["b", "plain", ","]);
    }

    private static IEnumerable<string> Tags(JsonElement entry) =>
        entry.GetProperty("tags").EnumerateArray().Select(t => t.GetString()!);
}
