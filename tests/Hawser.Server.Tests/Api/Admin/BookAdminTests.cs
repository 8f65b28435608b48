using Hawser.Api.AddressBooks;
using Hawser.Api.Settings;
using Hawser.Data.AddressBooks;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Address books by script (admin reference §4.5).</summary>
public class BookAdminTests
{
    private const string Profiles = "/api/ab/shared/profiles";

    [Fact]
    public async Task A_shared_book_is_made_found_changed_given_away_and_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("ann");
        var guid = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops","note":null,"info":{"password":"s3cret"}}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/ab/shared/add", """{"name":"shops","note":null}""")).ShouldBeRefused("already");
        var row = (await rig.AllAsync(Profiles + "?name=Shops")).Single();
        (row.Of("guid"), row.Of("owner"), row.Of("rule"), row.GetProperty("info").Of("password_set")).ShouldBe((guid, "root", "3", "True"));
        row.ToString().ShouldNotContain("s3cret");

        // A7.5: what is left out stays; an empty password clears.
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{guid}}","note":"n"}""")).ShouldBeDone();
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{guid}}","name":"Shops 2"}""")).ShouldBeDone();
        row = (await rig.AllAsync(Profiles)).Single();
        (row.Of("name"), row.Of("note"), row.GetProperty("info").Of("password_set")).ShouldBe(("Shops 2", "n", "True"));
        (await rig.PutAsync("/api/ab/shared/update/profile", $"{{\"guid\":\"{guid}\",\"info\":{{\"password\":\"\"}}}}")).ShouldBeDone();
        (await rig.AllAsync(Profiles)).Single().GetProperty("info").TryGetProperty("password_set", out _).ShouldBeFalse();
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{guid}}","owner":"nobody"}""")).ShouldBeRefused("nobody");
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{guid}}","name":"My address book"}""")).ShouldBeRefused("reserved");

        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{guid}}","rule":3,"user":"root"}""")).ShouldBeFine();
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{guid}}","owner":"ann"}""")).ShouldBeDone();
        (await rig.AllAsync(Profiles)).Single().Of("owner").ShouldBe("ann");
        (await rig.DeleteAsync("/api/ab/shared", $"[\"{guid}\",\"{Guid.NewGuid()}\"]")).ShouldBeDone();
        (await rig.DeleteAsync("/api/ab/shared", $"[\"{guid}\"]")).ShouldBeDone();
        (await rig.AllAsync(Profiles)).ShouldBeEmpty();
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([15, 110, 17, 110, 20, 110, 16]);
        await using var db = rig.Db();
        (await db.ConsoleAudits.Select(a => a.Info).ToListAsync()).ShouldAllBe(i => !i.Contains("s3cret"));
    }

    [Fact]
    public async Task Entries_and_tags_are_edited_as_the_script_does()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops","note":null}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync($"/api/ab/tag/add/{book}", """{"name":"red","color":4294901760}""")).ShouldBeDone();
        (await rig.PutAsync($"/api/ab/tag/update/{book}", """{"name":"red","color":null}""")).ShouldBeDone();
        (await rig.GetAsync($"/api/ab/tags/{book}")).Text.ShouldBe("""[{"name":"red","color":4294901760}]""");
        (await rig.PostAsync($"/api/ab/peer/add/{book}", """{"id":"123","note":null,"alias":"a","tags":["red"],"password":"s3cret"}""")).ShouldBeDone();
        (await rig.PutAsync($"/api/ab/peer/update/{book}", """{"id":"123","note":"n"}""")).ShouldBeDone();
        var row = (await rig.AllAsync($"/api/ab/peers?ab={book}&id=%25123%25")).Single();
        (row.Of("alias"), row.Of("note"), row.Of("tags")).ShouldBe(("a", "n", "[\"red\"]"));
        row.ToString().ShouldNotContain("s3cret");
        (await rig.PutAsync($"/api/ab/peer/update/{book}", """{"id":"123","tags":[]}""")).ShouldBeDone();
        (await rig.AllAsync($"/api/ab/peers?ab={book}")).Single().Of("tags").ShouldBe("[]");
        (await rig.DeleteAsync($"/api/ab/peer/{book}", """["123","nowhere"]""")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/ab/tag/{book}", """["red"]""")).ShouldBeDone();
        (await rig.AllAsync($"/api/ab/peers?ab={book}")).ShouldBeEmpty();
        (await rig.GetAsync("/api/ab/personal")).ShouldBeFine().Of("guid").Length.ShouldBe(36);
    }

    [Fact]
    public async Task Rules_share_a_book_with_a_user_a_group_and_everybody()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("ann");
        await rig.UserGroupAsync("Shops");
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1}""")).ShouldBeFine();
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":2,"group":"Shops"}""")).ShouldBeFine();
        var made = (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":3,"user":"ann"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":2,"user":"ann"}""")).ShouldBeFine().Of("guid").ShouldBe(made, "once");
        (await RulesAsync()).ShouldBe(["1 everybody", "2 group Shops", "2 user ann"]);
        (await rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{made}}","rule":1}""")).ShouldBeDone();
        (await rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{made}}","rule":4}""")).ShouldBeRefused("rule");
        (await rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{Guid.NewGuid()}}","rule":1}""")).ShouldBeRefused("no such");
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1,"user":"ann","group":"Shops"}""")).ShouldBeRefused("user or for a group");
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1,"user":"nobody"}""")).ShouldBeRefused("nobody");
        (await rig.DeleteAsync("/api/ab/rules", $"[\"{made}\",\"{Guid.NewGuid()}\"]")).ShouldBeDone();
        (await RulesAsync()).ShouldBe(["1 everybody", "2 group Shops"]);
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([15, 20, 20, 20, 20, 22, 21]);

        async Task<List<string>> RulesAsync() => (await rig.AllAsync($"/api/ab/rules?ab={book}")).ConvertAll(r =>
            r.Of("rule") + (r.TryGetProperty("user", out var u) ? $" user {u}" : r.TryGetProperty("group", out var g) ? $" group {g}" : " everybody"));
    }

    [Fact]
    public async Task What_was_deleted_comes_back_from_the_bin_or_goes_for_good()
    {
        await using var rig = await AdminRig.StartAsync();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""")).ShouldBeFine().Of("guid");
        foreach (var id in new[] { "1", "2", "3" }) await rig.PostAsync($"/api/ab/peer/add/{book}", $$"""{"id":"{{id}}","alias":"a{{id}}"}""");
        (await rig.DeleteAsync($"/api/ab/peer/{book}", """["1","2","3"]""")).ShouldBeDone();
        await rig.PostAsync($"/api/ab/peer/add/{book}", """{"id":"2"}""");
        (await rig.NamesAsync($"/api/ab/bin/{book}", "id")).ShouldBe(["1", "2", "3"], ignoreOrder: true);
        (await rig.NamesAsync($"/api/ab/bin/{book}?q=A3", "id")).ShouldBe(["3"]);
        (await rig.NamesAsync($"/api/ab/bin/{book}", "deleted_by")).Distinct().ShouldBe(["root"]);
        (await rig.PostAsync($"/api/ab/bin/{book}/restore", """["1","2","nowhere"]""")).ShouldBeFine().Of("restored").ShouldBe("1");
        (await rig.NamesAsync($"/api/ab/peers?ab={book}", "id")).ShouldBe(["1", "2"]);
        (await rig.AllAsync($"/api/ab/peers?ab={book}&id=1")).Single().Of("alias").ShouldBe("a1");
        (await rig.DeleteAsync($"/api/ab/bin/{book}", """["2"]""")).ShouldBeDone();
        (await rig.NamesAsync($"/api/ab/bin/{book}", "id")).ShouldBe(["3"]);
        (await rig.DeleteAsync($"/api/ab/bin/{book}", "[]")).ShouldBeDone();
        (await rig.NamesAsync($"/api/ab/bin/{book}", "id")).ShouldBeEmpty();
        (await rig.NamesAsync($"/api/ab/peers?ab={book}", "id")).ShouldBe(["1", "2"]);
        (await rig.PostAsync($"/api/ab/bin/{book}/restore", "[null]")).ShouldBeProblem(400, "invalid");
        var ann = await rig.UserAsync("ann");
        await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1,"user":"ann"}""");
        (await rig.GetAsync($"/api/ab/bin/{book}", await rig.Api.TokenAsync(ann))).Status.ShouldBe(403);
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([15, 18, 19, 20]);
    }

    [Fact]
    public async Task Only_full_control_shares_renames_and_deletes()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var token = await rig.Api.TokenAsync(ann);
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""")).ShouldBeFine().Of("guid");
        foreach (var rule in new[] { 0, 1, 2 })
        {
            if (rule > 0) await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":{{rule}},"user":"ann"}""");
            (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{book}}","name":"mine"}""", token)).Status.ShouldBe(403);
            (await rig.DeleteAsync("/api/ab/shared", $"[\"{book}\"]", token)).Status.ShouldBe(403);
            (await rig.GetAsync($"/api/ab/rules?ab={book}", token)).Status.ShouldBe(403);
            (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":3,"user":"ann"}""", token)).Status.ShouldBe(403);
        }

        var share = (await rig.AllAsync($"/api/ab/rules?ab={book}")).Single().Of("guid");
        (await rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{share}}","rule":3}""", token)).ShouldBeRefused("no such");
        (await rig.DeleteAsync("/api/ab/rules", $"[\"{share}\"]", token)).ShouldBeRefused("no such");
        await rig.PatchAsync("/api/ab/rule", $$"""{"guid":"{{share}}","rule":3}""");
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{book}}","name":"mine"}""", token)).ShouldBeDone();
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{book}}","owner":"ann"}""", token)).ShouldBeRefused("owner");
        (await rig.DeleteAsync("/api/ab/shared", $"[\"{book}\"]", token)).ShouldBeDone();
    }

    [Fact]
    public async Task Where_sharing_ends_at_the_group_users_share_within_theirs_and_administrators_everywhere()
    {
        await using var rig = await AdminRig.StartAsync();
        var shops = await rig.UserGroupAsync("Shops");
        var ann = await rig.UserAsync("ann", group: shops);
        await rig.UserAsync("amy", group: shops);
        var token = await rig.Api.TokenAsync(ann);
        await rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
            AddressBookSettings.Key, new AddressBookSettings { ShareToOtherGroups = false }, default);
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""", token)).ShouldBeFine().Of("guid");
        Task<Answer> ShareAsync(string with, string? who = null) =>
            rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":3{{with}}}""", who ?? token);
        (await ShareAsync("")).ShouldBeRefused("own user group");
        (await ShareAsync(",\"group\":\"Default\"")).ShouldBeRefused("own user group");
        (await ShareAsync(",\"user\":\"root\"")).ShouldBeRefused("own user group");
        (await ShareAsync(",\"group\":\"Shops\"")).ShouldBeFine();
        (await ShareAsync(",\"user\":\"amy\"")).ShouldBeFine();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(101)]
    public async Task A7_2_counts_of_books_entries_and_rules_match_on_every_page(int count)
    {
        await using var rig = await AdminRig.StartAsync();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""")).ShouldBeFine().Of("guid");
        await using (var db = rig.Db())
        {
            for (var i = 0; i < count; i++)
            {
                db.AddressBooks.Add(new() { OwnerGuid = rig.Root.Guid, Name = $"b{i:D3}", NormalizedName = $"B{i:D3}" });
                db.AddressBookEntries.Add(new() { BookGuid = Guid.Parse(book), Id = $"{i + 1000}" });
                db.AddressBookShares.Add(new() { BookGuid = Guid.Parse(book), Rule = ShareRule.Read });
            }

            await db.SaveChangesAsync();
        }

        (await rig.NamesAsync(Profiles)).Distinct().Count().ShouldBe(count + 1);
        (await rig.NamesAsync($"/api/ab/peers?ab={book}", "id")).Distinct().Count().ShouldBe(count);
        (await rig.NamesAsync($"/api/ab/rules?ab={book}", "guid")).Distinct().Count().ShouldBe(count);
    }
}
