using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>By what people sign in, as administrators see it and take single things away.</summary>
public class UserSecurityTests
{
    private static readonly DateTime Day = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task What_somebody_signs_in_by_is_listed_without_anything_to_sign_in_by()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await AnnAsync(rig);
        var answer = await rig.GetAsync($"/api/users/{ann.Guid}/security");
        var said = answer.ShouldBeFine();
        (said.Of("factor"), said.Of("recovery_codes"), said.Of("email_codes"), said.Of("has_password"), said.Of("editable"))
            .ShouldBe(("enabled", "2", "True", "False", "True"));
        said.GetProperty("passkeys").EnumerateArray().Select(k => k.Of("name")).ShouldBe(["Phone", "Laptop"]);
        said.GetProperty("trusted").EnumerateArray().Single().Of("name").ShouldBe("Firefox");
        said.GetProperty("outside").EnumerateArray().Single().Of("provider").ShouldBe("corp");
        foreach (var secret in new[] { "hidden-secret", "hidden-credential", "hidden-code", "hidden-uuid", "hidden-subject" })
        {
            answer.Text.ShouldNotContain(secret);
        }

        (await rig.GetAsync($"/api/users/{Guid.NewGuid()}/security")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/users/x/security")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task One_passkey_and_one_browser_are_taken_away_and_written_down()
    {
        await using var rig = await AdminRig.StartAsync();
        var (ann, bob) = (await AnnAsync(rig), await rig.UserAsync("bob"));
        var said = (await rig.GetAsync($"/api/users/{ann.Guid}/security")).ShouldBeFine();
        var phone = said.GetProperty("passkeys").EnumerateArray().Single(k => k.Of("name") == "Phone").Of("id");
        var browser = said.GetProperty("trusted").EnumerateArray().Single().Of("guid");
        // Those of others are not there.
        (await rig.DeleteAsync($"/api/users/{bob.Guid}/security/passkeys/{phone}")).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync($"/api/users/{bob.Guid}/security/trusted/{browser}")).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync($"/api/users/{ann.Guid}/security/passkeys/{new string('A', 3000)}")).Status.ShouldBe(404);
        (await rig.DeleteAsync($"/api/users/{ann.Guid}/security/passkeys/no*base64")).Status.ShouldBe(404);
        (await rig.DeleteAsync($"/api/users/{ann.Guid}/security/passkeys/{phone}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/users/{ann.Guid}/security/passkeys/{phone}")).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync($"/api/users/{ann.Guid}/security/trusted/{browser}")).ShouldBeDone();
        await using var db = rig.Db();
        (await db.Passkeys.Select(p => p.Name).ToListAsync()).ShouldBe(["Laptop"]);
        (await db.TrustedDevices.CountAsync()).ShouldBe(0);
        (await rig.LogAsync()).ShouldBe([(109, "ann"), (112, "ann")]);
        (await db.ConsoleAudits.Select(c => c.Info).ToListAsync()).ShouldContain(i => i.Contains("Phone"));
    }

    [Fact]
    public async Task Staff_see_it_where_they_may_and_change_nothing_of_who_holds_a_role()
    {
        await using var rig = await AdminRig.StartAsync();
        var (ann, eve) = (await AnnAsync(rig), await rig.UserAsync("eve"));
        var token = await rig.Api.TokenAsync(eve);
        var path = $"/api/users/{ann.Guid}/security";
        (await rig.GetAsync(path, token)).Status.ShouldBe(403);
        await using (var db = rig.Db())
        {
            var role = new AdminRole
            {
                Name = "Desk", NormalizedName = "DESK", Kind = AdminRoleKind.Global, Rights = "users.view users.second_factor", CreatedAt = Day,
            };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = eve.Guid });
            await db.SaveChangesAsync();
        }

        token = await rig.Api.TokenAsync(eve);
        (await rig.GetAsync(path, token)).ShouldBeFine().Of("editable").ShouldBe("True");
        var own = $"/api/users/{eve.Guid}/security";
        (await rig.GetAsync(own, token)).ShouldBeFine().Of("editable").ShouldBe("False", "she holds a role");
        var root = $"/api/users/{rig.Root.Guid}/security";
        await using (var db = rig.Db())
        {
            db.Passkeys.Add(new Passkey { CredentialId = [7, 7], UserGuid = rig.Root.Guid, Name = "Root", Data = "{}", CreatedAt = Day });
            await db.SaveChangesAsync();
        }

        (await rig.DeleteAsync($"{root}/passkeys/Bwc", token: token)).Status.ShouldBe(404);
        (await rig.GetAsync(root, token)).ShouldBeFine().Of("editable").ShouldBe("False");
    }

    [Fact]
    public async Task Who_has_to_wait_or_is_locked_may_try_at_once_after_somebody_unlocked_the_account()
    {
        await using var rig = await AdminRig.StartAsync(new ManualTime());
        var ann = await rig.UserAsync("ann");
        var path = $"/api/users/{ann.Guid}";
        (await rig.GetAsync(path + "/security")).ShouldBeFine().Of("unlockable").ShouldBe("False");
        for (var i = 0; i < 6; i++) await rig.Api.LoginAsync("ann", "guess");
        (await rig.Api.LoginAsync("ann")).Status.ShouldBe(429);
        await rig.Api.LoginAsync("annabel", "guess");
        var said = (await rig.GetAsync(path + "/security")).ShouldBeFine();
        (said.Of("unlockable"), said.Of("locked_until").Length > 5).ShouldBe(("True", true));

        // Who may only see people unlocks nobody; nobody unlocks who stands above.
        var eve = await rig.UserAsync("eve");
        await using (var db = rig.Db())
        {
            var role = new AdminRole { Name = "Look", NormalizedName = "LOOK", Kind = AdminRoleKind.Global, Rights = "users.view", CreatedAt = Day };
            db.AdminRoles.Add(role);
            db.AdminRoleHolders.Add(new() { RoleGuid = role.Guid, UserGuid = eve.Guid });
            await db.SaveChangesAsync();
        }

        var token = await rig.Api.TokenAsync(eve);
        (await rig.PostAsync(path + "/unlock", null, token)).Status.ShouldBe(403);
        await using (var db = rig.Db())
        {
            await db.AdminRoles.ExecuteUpdateAsync(s => s.SetProperty(r => r.Rights, "users.view users.enable"));
        }

        token = await rig.Api.TokenAsync(eve);
        (await rig.PostAsync($"/api/users/{rig.Root.Guid}/unlock", null, token)).Status.ShouldBe(404);
        (await rig.PostAsync("/api/users/x/unlock")).Status.ShouldBe(404);
        (await rig.PostAsync(path + "/unlock", null, token)).ShouldBeDone();
        (await rig.GetAsync(path + "/security")).ShouldBeFine().Of("unlockable").ShouldBe("False");
        (await rig.Api.LoginAsync("ann", "guess")).Error.ShouldBe("Wrong credentials", "it is looked at again");

        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.Guid == ann.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.LockoutEnd, Day.AddYears(99)));
        }

        (await rig.GetAsync(path)).Text.ShouldContain("\"locked\"");
        (await rig.PostAsync(path + "/unlock")).ShouldBeDone();
        (await rig.GetAsync(path)).Text.ShouldNotContain("\"locked\"");
        (await rig.LogAsync()).Where(l => l.Operation == 245).ShouldBe([(245, "ann"), (245, "ann")]);
    }

    private static async Task<User> AnnAsync(AdminRig rig)
    {
        var ann = await rig.UserAsync("ann");
        await using var db = rig.Db();
        var row = await db.Users.SingleAsync(u => u.Guid == ann.Guid);
        (row.TotpEnabled, row.TotpSecret, row.EmailLogin, row.RecoveryCodes) = (true, "hidden-secret", true, "hidden-code1;hidden-code2");
        db.Passkeys.Add(new Passkey { CredentialId = [1, 2, 3], UserGuid = ann.Guid, Name = "Phone", Data = "hidden-credential", CreatedAt = Day });
        db.Passkeys.Add(new Passkey { CredentialId = [4], UserGuid = ann.Guid, Name = "Laptop", Data = "hidden-credential", CreatedAt = Day.AddDays(1) });
        db.TrustedDevices.Add(new TrustedDevice
        {
            UserGuid = ann.Guid, DeviceId = "1", DeviceUuid = "hidden-uuid", Os = "Linux", Type = "console", Name = "Firefox", CreatedAt = Day,
            ExpiresAt = new DateTime(2099, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        });
        db.ExternalLogins.Add(new ExternalLogin { Provider = "corp", Subject = "hidden-subject", UserGuid = ann.Guid, CreatedAt = Day });
        await db.SaveChangesAsync();
        return ann;
    }
}
