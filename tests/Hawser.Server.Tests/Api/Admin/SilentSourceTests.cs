using Hawser.Api.Accounts.SignIn;
using Hawser.Api.Directories;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Admin roles that providers and the directory gave, once these say nothing any more.</summary>
public sealed class SilentSourceTests
{
    private const string Corp = """{"name":"corp","issuer":"https://id.example.com","clientId":"id","clientSecret":"s"}""";
    private const string Google = """{"name":"google","clientId":"id","clientSecret":"s"}""";
    private const string Ldap = """{"urls":["ldaps://dc.example.com"],"baseDn":"dc=example","syncMinutes":0}""";

    [Fact]
    public async Task A_provider_that_is_removed_takes_its_roles_along_at_once_and_nobody_elses()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PostAsync("/api/oidc/providers", Corp)).ShouldBeFine();
        (await rig.PostAsync("/api/oidc/providers", Google)).ShouldBeFine();
        (await rig.PutAsync("/api/settings/directory", Ldap)).ShouldBeFine();
        var (audit, desk) = (await RoleAsync(rig, "Audit"), await RoleAsync(rig, "Desk"));
        var (mara, otto) = (await rig.UserAsync("mara"), await rig.UserAsync("otto"));
        await GiveAsync(rig, (audit, mara, "oidc/corp"), (desk, mara, ""), (desk, otto, "oidc/corp"), (audit, otto, "ldap"));
        var token = await rig.Api.TokenAsync(mara);
        (await rig.GetAsync("/api/devices", token)).ShouldBeFine();

        (await rig.GetAsync("/api/admin-roles/sources")).Text
            .ShouldBe("""[{"source":"ldap","people":1,"roles":1},{"source":"oidc/corp","people":2,"roles":2}]""");
        (await rig.GetAsync("/api/admin-roles/sources", token)).Status.ShouldBe(403);
        var shown = (await rig.GetAsync($"/api/admin-roles/{desk}")).ShouldBeFine();
        shown.GetProperty("users").ToString().ShouldBe("""["mara","otto"]""");
        shown.GetProperty("by_sources").ToString().ShouldBe("""[{"user":"otto","source":"oidc/corp"}]""");

        (await rig.DeleteAsync("/api/oidc/providers/google")).ShouldBeDone();
        (await HeldAsync(rig)).Count.ShouldBe(4, "that one gave nothing");
        (await rig.DeleteAsync("/api/oidc/providers/corp")).ShouldBeDone();
        (await HeldAsync(rig)).ShouldBe(["Audit otto ldap", "Desk mara "]);
        (await ToldAsync(rig)).ShouldBe(
        [
            """138 {"targets":["Audit"],"taken_from":"mara","source":"oidc/corp"}""",
            """138 {"targets":["Desk"],"taken_from":"otto","source":"oidc/corp"}""",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task Switching_a_provider_or_the_directory_off_takes_theirs_and_other_changes_none()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PostAsync("/api/oidc/providers", Corp)).ShouldBeFine();
        (await rig.PutAsync("/api/settings/directory", Ldap)).ShouldBeFine();
        var desk = await RoleAsync(rig, "Desk");
        var (mara, otto, nina) = (await rig.UserAsync("mara"), await rig.UserAsync("otto"), await rig.UserAsync("nina"));
        await GiveAsync(rig, (desk, mara, "oidc/corp"), (desk, otto, "ldap"), (desk, nina, ""));
        (await rig.PatchAsync("/api/oidc/providers/corp", """{"clientId":"other"}""")).ShouldBeFine();
        (await rig.PatchAsync("/api/settings/directory", """{"baseDn":"dc=other"}""")).ShouldBeFine();
        (await rig.PatchAsync("/api/settings/access", """{"login_required":true}""")).ShouldBeFine();
        (await HeldAsync(rig)).Count.ShouldBe(3);
        (await rig.PatchAsync("/api/oidc/providers/corp", """{"enabled":false}""")).ShouldBeFine();
        (await HeldAsync(rig)).ShouldBe(["Desk nina ", "Desk otto ldap"]);
        (await rig.PatchAsync("/api/settings/directory", """{"enabled":false}""")).ShouldBeFine();
        (await HeldAsync(rig)).ShouldBe(["Desk nina "]);
    }

    [Fact]
    public async Task What_the_command_line_removed_is_taken_too_and_settings_that_can_not_be_read_take_nothing()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        (await rig.PostAsync("/api/oidc/providers", Corp)).ShouldBeFine();
        var (desk, mara) = (await RoleAsync(rig, "Desk"), await rig.UserAsync("mara"));
        await GiveAsync(rig, (desk, mara, "oidc/corp"));
        var settings = rig.Api.Services.GetRequiredService<SettingsStore>();
        var silent = rig.Api.Services.GetRequiredService<SilentSources>();
        var kept = settings.Get(SignInSettings.Key);

        await using (var db = rig.Db())
        {
            await db.Settings.Where(s => s.Key == "signIn").ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, "not ours"));
        }

        await settings.ReloadAsync(default);
        settings.Get(SignInSettings.Key).Providers.ShouldBeEmpty("the default stands in");
        await silent.FollowAsync("signIn", default);
        (await HeldAsync(rig)).ShouldBe(["Desk mara oidc/corp"]);

        await settings.SetAsync(SignInSettings.Key, kept, default);
        await silent.FollowAsync("signIn", default);
        (await HeldAsync(rig)).ShouldBe(["Desk mara oidc/corp"]);
        await settings.SetAsync(SignInSettings.Key, new SignInSettings(), default);
        await Eventually.HoldsAsync(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(1));
                using var db = rig.Db();
                return !db.AdminRoleHolders.Any();
            },
            "the roles are taken back");
    }

    [Fact]
    public async Task A_provider_that_another_node_has_just_stored_keeps_what_it_gave()
    {
        await using var rig = await AdminRig.StartAsync(new ManualTime());
        (await rig.PostAsync("/api/oidc/providers", Corp)).ShouldBeFine();
        var (desk, mara) = (await RoleAsync(rig, "Desk"), await rig.UserAsync("mara"));
        var settings = rig.Api.Services.GetRequiredService<SettingsStore>();
        await using var db = rig.Db();
        var stored = (await db.Settings.AsNoTracking().SingleAsync(s => s.Key == "signIn")).Value;
        await settings.SetAsync(SignInSettings.Key, new SignInSettings(), default);
        await db.Settings.Where(s => s.Key == "signIn").ExecuteUpdateAsync(s => s.SetProperty(x => x.Value, stored));
        await GiveAsync(rig, (desk, mara, "oidc/corp"));
        settings.Get(SignInSettings.Key).Providers.ShouldBeEmpty("this node has not read it yet");
        await rig.Api.Services.GetRequiredService<SilentSources>().FollowAsync("signIn", default);
        (await HeldAsync(rig)).ShouldBe(["Desk mara oidc/corp"]);
    }

    private static async Task<Guid> RoleAsync(AdminRig rig, string name)
    {
        var body = $$"""{"name":"{{name}}","type":"global","rights":["devices.view"]}""";
        return Guid.Parse((await rig.PostAsync("/api/admin-roles", body, rig.Person)).ShouldBeFine().Of("guid"));
    }

    private static async Task GiveAsync(AdminRig rig, params (Guid Role, User User, string Source)[] all)
    {
        await using var db = rig.Db();
        db.AdminRoleHolders.AddRange(all.Select(
            a => new AdminRoleHolder { RoleGuid = a.Role, UserGuid = a.User.Guid, Source = a.Source }));
        await db.SaveChangesAsync();
    }

    private static async Task<List<string>> HeldAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        return await (from holder in db.AdminRoleHolders
                      join role in db.AdminRoles on holder.RoleGuid equals role.Guid
                      join user in db.Users on holder.UserGuid equals user.Guid
                      orderby role.Name, user.Name
                      select role.Name + " " + user.Name + " " + holder.Source).ToListAsync();
    }

    private static async Task<List<string>> ToldAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        return await db.ConsoleAudits.Where(a => a.Operator == "server").OrderBy(a => a.Guid)
            .Select(a => a.Operation + " " + a.Info).ToListAsync();
    }
}
