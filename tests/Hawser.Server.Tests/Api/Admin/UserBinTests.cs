using System.Text.Json;
using Hawser.Api.Retention;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.Data.AddressBooks;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Deleted accounts that are had back, and those that are gone for good.</summary>
public sealed class UserBinTests : IAsyncLifetime
{
    private AdminRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_deleted_account_is_shut_at_once_and_comes_back_with_all_that_was_its_own()
    {
        var ann = await _rig.Api.AddUserAsync("ann");
        var bob = await _rig.UserAsync("bob");
        var device = (await _rig.DevicesAsync(1, ann))[0];
        await _rig.UserGroupAsync("Shops");
        await FillAsync(ann, bob);
        var login = (await _rig.Api.LoginAsync("ann")).Member("access_token").ShouldNotBeNull();
        var script = await _rig.Api.ApiTokenAsync(ann, "device:r");
        (await _rig.PatchAsync($"/api/users/{ann.Guid}", """{"group_name":"Shops","display_name":"Ann Lind","note":"till"}""")).ShouldBeFine();

        (await _rig.DeleteAsync($"/api/users/{ann.Guid}", token: _rig.Person)).ShouldBeDone();
        (await _rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(401, "at once");
        (await _rig.Api.GetAsync("/api/devices", script)).Status.ShouldBe(401);
        (await _rig.Api.LoginAsync("ann")).Error.ShouldNotBeNull();
        (await _rig.NamesAsync("/api/users")).ShouldBe(["bob", "root"]);
        (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem().Of("user_name").ShouldBeEmpty();
        var other = await _rig.Api.TokenAsync(bob);
        (await _rig.GetAsync("/api/books/all")).Text.ShouldNotContain("Shops of Ann");
        (await _rig.Api.PostAsync("/api/ab/shared/profiles", "{}", other)).Text.ShouldNotContain("Shops of Ann");
        var binned = (await _rig.AllAsync("/api/users/deleted?q=lind")).ShouldHaveSingleItem();
        (binned.Of("name"), binned.Of("group_name"), binned.Of("device_count"), binned.Of("book_count"), binned.Of("deleted_by"), binned.Of("name_taken"))
            .ShouldBe(("ann", "Shops", "1", "1", "root", "False"));

        (await EndedAsync("restore", ann.Guid)).Of("failed").ShouldBe("0");
        (await _rig.AllAsync("/api/users/deleted")).ShouldBeEmpty();
        var back = (await _rig.GetAsync($"/api/users/{ann.Guid}")).ShouldBeFine();
        (back.Of("name"), back.Of("group_name"), back.Of("display_name"), back.Of("note"), back.Of("state"), back.Of("device_count"))
            .ShouldBe(("ann", "Shops", "Ann Lind", "till", "active", "1"));
        (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem().Of("guid").ShouldBe(device.Guid.ToString());
        (await _rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(401, "what ended stays ended");
        (await _rig.Api.LoginAsync("ann")).Member("access_token").ShouldNotBeNull("the password is as it was");
        await ShouldBeWholeAsync(ann);
        (await _rig.Api.PostAsync("/api/ab/shared/profiles", "{}", other)).Text.ShouldContain("Shops of Ann");
        (await _rig.LogAsync()).ShouldContain((241, "ann"));
        // Once more is nothing more.
        (await EndedAsync("restore", ann.Guid)).Of("failed").ShouldBe("0");
        (await _rig.PostAsync("/api/users/deleted/restore", """{"guids":[]}""")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task Whose_name_and_book_were_given_away_comes_back_under_other_names()
    {
        var ann = await _rig.UserAsync("ann");
        await FillAsync(ann, _rig.Root);
        (await _rig.DeleteAsync($"/api/users/{ann.Guid}", token: _rig.Person)).ShouldBeDone();
        var second = await _rig.UserAsync("Ann");
        await using (var db = _rig.Db())
        {
            db.AddressBooks.Add(new() { OwnerGuid = second.Guid, Name = "shops of ANN", NormalizedName = "SHOPS OF ANN" });
            await db.SaveChangesAsync();
        }

        (await _rig.AllAsync("/api/users/deleted")).ShouldHaveSingleItem().Of("name_taken").ShouldBe("True");
        var refused = await EndedAsync("restore", ann.Guid);
        refused.GetProperty("failures")[0].Of("detail").ShouldContain("under another name");
        (await _rig.AllAsync("/api/users/deleted")).Count.ShouldBe(1, "it stays");
        (await RestoreAsync($$"""{"guids":["{{ann.Guid}}","{{second.Guid}}"],"name":"x"}""")).ShouldBeProblem(400, "invalid");
        (await RestoreAsync($$"""{"guids":["{{ann.Guid}}"],"name":"\u0007"}""")).ShouldBeProblem(400, "invalid");
        (await _rig.EndedAsync(await RestoreAsync($$"""{"guids":["{{ann.Guid}}"],"name":" ann.old "}"""))).Of("failed").ShouldBe("0");
        (await _rig.NamesAsync("/api/users")).ShouldBe(["Ann", "ann.old", "root"]);
        (await _rig.GetAsync("/api/books/all")).Text.ShouldContain("Shops of Ann (2)");
    }

    [Fact]
    public async Task A_job_that_deleted_is_taken_back_and_what_is_purged_is_gone_with_its_books()
    {
        var (ann, bob) = (await _rig.UserAsync("ann"), await _rig.UserAsync("bob"));
        await FillAsync(ann, bob);
        foreach (var user in new[] { ann, bob }) (await _rig.PostAsync($"/api/users/{user.Guid}/disable")).ShouldBeDone();
        var job = await _rig.EndedAsync(await _rig.PostAsync("/api/users/bulk", """{"action":"delete","query":"state=disabled","expected":2}""", _rig.Person));
        (job.Of("failed"), job.Of("can_undo")).ShouldBe(("0", "True"));
        (await _rig.AllAsync("/api/users/deleted")).ConvertAll(r => r.Of("deleted_by")).ShouldBe(["root", "root"]);
        await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo", token: _rig.Person));
        (await _rig.NamesAsync("/api/users?state=disabled")).ShouldBe(["ann", "bob"], "as they were");

        await _rig.EndedAsync(await _rig.PostAsync("/api/users/bulk", """{"action":"delete","query":"state=disabled"}""", _rig.Person));
        await EndedAsync("purge", ann.Guid);
        (await _rig.AllAsync("/api/users/deleted")).ShouldHaveSingleItem().Of("name").ShouldBe("bob");
        await using var db = _rig.Db();
        (await db.AddressBooks.IgnoreQueryFilters().CountAsync(b => b.OwnerGuid == ann.Guid)).ShouldBe(0);
        (await db.AddressBookEntries.CountAsync()).ShouldBe(0);
        (await EndedAsync("restore", ann.Guid)).Of("failed").ShouldBe("1");
        (await _rig.LogAsync()).ShouldContain((242, "ann"));
        foreach (var rule in RetentionRules.Of(new RetentionSettings(), _rig.Server.Node.Time.GetUtcNow().UtcDateTime.AddDays(31))) await rule.DeleteAsync(db, 100, CancellationToken.None);
        (await _rig.AllAsync("/api/users/deleted")).ShouldBeEmpty("its days are over");
    }

    [Fact]
    public async Task Administrators_come_back_by_administrators_in_person_and_others_see_what_they_deleted()
    {
        var (second, clerk, ann) = (await _rig.UserAsync("second", admin: true), await _rig.UserAsync("clerk"), await _rig.UserAsync("ann"));
        (await _rig.PostAsync("/api/admin-roles", """{"name":"Desk","type":"global","rights":["users.delete"],"users":["clerk"]}""", _rig.Person)).Status.ShouldBeLessThan(300);
        var desk = await _rig.Api.TokenAsync(clerk);
        (await _rig.DeleteAsync($"/api/users/{second.Guid}", token: _rig.Person)).ShouldBeDone();
        (await RestoreAsync($$"""{"guids":["{{second.Guid}}"]}""")).ShouldBeProblem(403, "in_person");
        (await RestoreAsync($$"""{"guids":["{{second.Guid}}"]}""", desk)).Status.ShouldBe(403);
        (await _rig.PostAsync($"/api/users/{ann.Guid}/disable")).ShouldBeDone();
        (await _rig.DeleteAsync($"/api/users/{ann.Guid}", token: desk)).ShouldBeDone();
        (await _rig.EndedAsync(await RestoreAsync($$"""{"guids":["{{ann.Guid}}"]}""", desk))).Of("failed").ShouldBe("0");
        (await _rig.EndedAsync(await RestoreAsync($$"""{"guids":["{{second.Guid}}"]}""", _rig.Person))).Of("failed").ShouldBe("0");
        (await _rig.GetAsync($"/api/users/{second.Guid}")).ShouldBeFine().Of("is_admin").ShouldBe("True");
        (await _rig.GetAsync("/api/users/deleted", await _rig.Api.TokenAsync(await _rig.UserAsync("nobody")))).Status.ShouldBe(403);
    }

    // A rule, a role, a shared book with an entry, somebody else's book shared with the user, a passkey, a view.
    private async Task FillAsync(User user, User other)
    {
        await using var db = _rig.Db();
        var (own, theirs) = (Book(user, "Shops of Ann"), Book(other, "Others"));
        db.AddressBooks.AddRange(own, theirs, new AddressBook { OwnerGuid = user.Guid, IsPersonal = true });
        db.AddressBookEntries.Add(new() { BookGuid = own.Guid, Id = "100000", Tags = "" });
        db.AddressBookShares.Add(new() { BookGuid = own.Guid, SubjectKind = ShareSubject.Everybody, Rule = ShareRule.Read });
        db.AddressBookShares.Add(new() { BookGuid = theirs.Guid, SubjectKind = ShareSubject.User, SubjectGuid = user.Guid, Rule = ShareRule.ReadWrite });
        db.AccessRules.Add(new() { Name = "Ann to all", SubjectKind = AccessSubject.User, SubjectGuid = user.Guid, TargetKind = AccessTarget.AllDevices, Enabled = true });
        var role = new AdminRole { Name = "Viewers", NormalizedName = "VIEWERS", Rights = "devices.view" };
        db.AdminRoles.Add(role);
        db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = user.Guid });
        db.Passkeys.Add(new() { CredentialId = [1, 2, 3], UserGuid = user.Guid, Name = "Key", Data = "{}" });
        db.SavedViews.Add(new() { UserGuid = user.Guid, Page = "devices", Name = "Mine", NormalizedName = "MINE" });
        await db.SaveChangesAsync();
    }

    private async Task ShouldBeWholeAsync(User user)
    {
        await using var db = _rig.Db();
        (await db.AccessRules.CountAsync(r => r.SubjectGuid == user.Guid)).ShouldBe(1);
        (await db.AdminRoleHolders.CountAsync(h => h.UserGuid == user.Guid)).ShouldBe(1);
        (await db.AddressBookShares.CountAsync(s => s.SubjectGuid == user.Guid)).ShouldBe(1);
        (await db.Passkeys.CountAsync(p => p.UserGuid == user.Guid)).ShouldBe(1);
        (await db.SavedViews.CountAsync(v => v.UserGuid == user.Guid)).ShouldBe(1);
        (await db.AddressBooks.CountAsync(b => b.OwnerGuid == user.Guid)).ShouldBe(2);
        (await db.AddressBookEntries.CountAsync(e => e.DeletedAt == null)).ShouldBe(1);
    }

    private static AddressBook Book(User owner, string name) =>
        new() { OwnerGuid = owner.Guid, Name = name, NormalizedName = name.ToUpperInvariant() };

    private Task<Answer> RestoreAsync(string json, string? token = null) => _rig.PostAsync("/api/users/deleted/restore", json, token);

    private async Task<JsonElement> EndedAsync(string work, params Guid[] guids) => await _rig.EndedAsync(
        await _rig.PostAsync($"/api/users/deleted/{work}", JsonSerializer.Serialize(new { guids }), _rig.Person));
}
