using System.Text.RegularExpressions;
using Hawser.Api.Http;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Access;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Users (admin reference §4.1).</summary>
public partial class UserAdminTests
{
    private const string Password = "Tulip#42 of Ann";

    [Fact]
    public async Task A_user_is_made_found_switched_off_and_on_and_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Help desk");
        var guid = (await rig.PostAsync("/api/users", $$"""
            {"name":"ann","password":"{{Password}}","group_name":"Help desk","email":"ann@example.com","note":"n"}
            """)).ShouldBeFine().Of("guid");
        var row = (await rig.AllAsync("/api/users?name=ann&group_name=%25Help%25")).Single();
        (row.Of("guid"), row.Of("email"), row.Of("note"), row.Of("status"), row.Of("group_name"), row.Of("tfa"))
            .ShouldBe((guid, "ann@example.com", "n", "1", "Help desk", "none"));
        (await rig.Api.LoginAsync("ann", Password)).Member("access_token").ShouldNotBeNull();

        (await rig.PostAsync("/api/users", $$"""{"name":"ANN","password":"{{Password}}","group_name":"Default"}""")).ShouldBeRefused("name");
        (await rig.PostAsync("/api/users", $$"""{"name":"x","password":"{{Password}}","group_name":"Nowhere"}""")).ShouldBeRefused("Nowhere");
        (await rig.PostAsync("/api/users", """{"name":"x","password":"short","group_name":"Default"}""")).ShouldBeRefused("8");
        (await rig.PostAsync("/api/users", """{"name":"x","group_name":"Default"}""")).ShouldBeRefused("password");
        (await rig.PostAsync("/api/users", $$"""{"name":"x","password":"{{Password}}","email":"nonsense"}""")).ShouldBeRefused("mail");

        var token = await rig.Api.TokenAsync(await UserAsync(rig, "ann"));
        (await rig.PostAsync($"/api/users/{guid}/disable")).ShouldBeDone();
        (await rig.PostAsync($"/api/users/{guid}/disable")).ShouldBeDone();
        (await rig.Api.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(401, "at once");
        (await rig.AllAsync("/api/users?name=ann")).Single().Of("status").ShouldBe("0");
        (await rig.PostAsync($"/api/users/{guid}/enable")).ShouldBeDone();
        (await rig.Api.LoginAsync("ann", Password)).Member("access_token").ShouldNotBeNull();

        (await rig.DeleteAsync($"/api/users/{guid}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/users/{guid}")).ShouldBeRefused("no such");
        (await rig.LogAsync()).ShouldBe([(2, "ann"), (7, "ann"), (6, "ann"), (13, "ann")]);
    }

    [Fact]
    public async Task The_last_administrator_and_oneself_stay()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.PostAsync($"/api/users/{rig.Root.Guid}/disable")).ShouldBeRefused("last administrator");
        (await rig.DeleteAsync($"/api/users/{rig.Root.Guid}")).ShouldBeRefused("own account");
        var second = await rig.UserAsync("second", admin: true);
        (await rig.PostAsync($"/api/users/{second.Guid}/disable")).ShouldBeDone();
        (await rig.PatchAsync($"/api/users/{rig.Root.Guid}", """{"is_admin":false}""", rig.Person)).ShouldBeProblem(400, "invalid");
        (await rig.LogAsync()).ShouldBe([(7, "second")], "what was refused did not happen");
    }

    [Fact]
    public async Task A_user_that_goes_takes_his_rules_shares_and_assignments_along()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.DevicesAsync(1, ann);
        await rig.PostAsync("/api/strategies", """{"name":"Strict"}""");
        var strategy = (await rig.GetAsync("/api/strategies")).Json[0].Of("guid");
        (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{strategy}}","peers":[],"users":["{{ann.Guid}}"],"groups":[]}""")).ShouldBeDone();
        var book = (await rig.PostAsync("/api/ab/shared/add", """{"name":"B"}""")).ShouldBeFine().Of("guid");
        (await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":2,"user":"ann"}""")).ShouldBeFine();
        await using (var db = rig.Db())
        {
            db.AccessRules.Add(new AccessRule { SubjectKind = AccessSubject.User, SubjectGuid = ann.Guid, TargetKind = AccessTarget.AllDevices });
            await db.SaveChangesAsync();
        }

        (await rig.AllAsync("/api/users?name=ann")).Single().Of("strategy_name").ShouldBe("Strict");
        (await rig.DeleteAsync($"/api/users/{ann.Guid}")).ShouldBeDone();
        await using var after = rig.Db();
        (await after.AccessRules.CountAsync(), await after.AddressBookShares.CountAsync(), await after.StrategyAssignments.CountAsync())
            .ShouldBe((0, 0, 0));
        (await rig.AllAsync("/api/devices?user_name=-")).Count.ShouldBe(1, "the device stays, and is nobody's");
    }

    [Fact]
    public async Task A_mail_invites_and_its_link_sets_the_first_password_once()
    {
        await using var rig = await AdminRig.StartAsync();
        const string Invitation = """{"name":"ann","email":"ann@example.com","group_name":"Default","note":"new"}""";
        (await rig.PostAsync("/api/users/invite", Invitation)).ShouldBeRefused("mail");
        await MailAsync(rig);
        (await rig.PostAsync("/api/users/invite", """{"name":"ann","group_name":"Default"}""")).ShouldBeRefused("mail address");
        (await rig.PostAsync("/api/users/invite", Invitation)).ShouldBeFine();
        (await rig.AllAsync("/api/users?name=ann")).Single().Of("status").ShouldBe("-1");
        (await rig.Api.LoginAsync("ann", Password)).Error.ShouldNotBeNull();
        var first = await LinkAsync(rig);
        (await rig.PostAsync("/api/users/invite", Invitation)).ShouldBeFine();
        var link = await LinkAsync(rig);
        link.ShouldNotBe(first);
        (await rig.Api.GetAsync(first)).Status.ShouldBe(400, "the new one counts");

        var page = await rig.Api.GetAsync(link);
        page.Status.ShouldBe(200);
        page.Text.ShouldContain("ann");
        var code = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        (await FormAsync(rig, code, Password, "another one")).Status.ShouldBe(400);
        (await FormAsync(rig, code, "short", "short")).Status.ShouldBe(400);
        (await rig.Api.LoginAsync("ann", "short")).Error.ShouldNotBeNull();
        (await FormAsync(rig, code, Password, Password)).Status.ShouldBe(200);
        (await rig.Api.LoginAsync("ann", Password)).Member("access_token").ShouldNotBeNull();
        (await FormAsync(rig, code, Password + "2", Password + "2")).Status.ShouldBe(400, "once");
        (await rig.PostAsync("/api/users/invite", Invitation)).ShouldBeRefused("name");
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([100, 100]);
    }

    [Fact]
    public async Task T10_a_password_for_once_leads_to_ones_own_with_group_and_roles()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Shops");
        (await rig.PostAsync("/api/admin-roles", """{"name":"Help desk","type":"global","rights":["users.view"]}""", rig.Person)).ShouldBeFine();
        const string Ann = """{"name":"ann","one_time_password":true,"group_name":"Shops","control_role":"Default","admin_roles":["help DESK"]}""";
        (await rig.PostAsync("/api/users", Ann)).ShouldBeRefused("in person");
        (await rig.PostAsync("/api/users", """{"name":"ann","one_time_password":true,"password":"Tulip#42 of Ann"}""")).ShouldBeRefused("Either");
        (await rig.PostAsync("/api/users", """{"name":"ann","one_time_password":true,"control_role":"Nothing"}""")).ShouldBeRefused("Nothing");
        (await rig.PostAsync("/api/users", """{"name":"ann","one_time_password":true,"admin_roles":["Nothing"]}""", rig.Person)).ShouldBeRefused("Nothing");
        (await rig.NamesAsync("/api/users")).ShouldBe(["root"], "what was refused left nobody");
        var once = (await rig.PostAsync("/api/users", Ann, rig.Person)).ShouldBeFine().Of("password");
        once.Length.ShouldBe(19);
        var row = (await rig.AllAsync("/api/users?name=ann")).Single();
        (row.Of("state"), row.Of("group_name"), row.Of("control_role"), row.GetProperty("admin_roles")[0].GetString()).ShouldBe(("invited", "Shops", "Default", "Help desk"));

        (await rig.Api.LoginAsync("ann", once)).Error.ShouldNotBeNull().ShouldContain("not confirmed");
        async Task<Answer> SignInAsync(string password) => await rig.Api.SendAsync(
            HttpMethod.Post, "/api/console/sign-in", $$"""{"name":"ann","password":"{{password}}"}""", null, r => r.Headers.Add("X-Hawser-Console", "1"));
        (await SignInAsync("something else")).Status.ShouldBe(422);
        var step = (await SignInAsync(once)).ShouldBeFine();
        step.Of("step").ShouldBe("choice");
        (await rig.Api.GetAsync($"/invite?code={step.Of("handle")}")).Status.ShouldBe(200);
        (await FormAsync(rig, step.Of("handle"), Password, Password)).Status.ShouldBe(200);
        (await SignInAsync(once)).Status.ShouldBe(422, "it was for once");
        (await SignInAsync(Password)).ShouldBeFine().Of("step").ShouldBe("done");
        (await rig.AllAsync("/api/users?name=ann")).Single().Of("state").ShouldBe("active");
        (await rig.LogAsync()).Where(l => l.Operation == 2).ShouldBe([(2, "ann")]);
    }

    [Fact]
    public async Task A_password_for_once_ends_after_a_week()
    {
        await using var rig = await AdminRig.StartAsync();
        var once = (await rig.PostAsync("/api/users", """{"name":"ann","one_time_password":true}""")).ShouldBeFine().Of("password");
        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.Name == "ann").ExecuteUpdateAsync(s => s.SetProperty(u => u.CreatedAt, u => u.CreatedAt.AddDays(-8)));
        }

        (await rig.Api.SendAsync(HttpMethod.Post, "/api/console/sign-in", $$"""{"name":"ann","password":"{{once}}"}""", null,
            r => r.Headers.Add("X-Hawser-Console", "1"))).Member("code").ShouldBe("account_unverified");
    }

    [Fact]
    public async Task It_is_told_what_somebody_new_would_reach()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserGroupAsync("Shops");
        await rig.DevicesAsync(3);
        await rig.PatchAsync("/api/settings/access", """{"default_policy":"rules","login_required":true}""");
        (await rig.GetAsync("/api/access/reach?user_group=Shops&pageSize=1")).ShouldBeFine().Of("total").ShouldBe("0");
        (await rig.PostAsync("/api/access/rules", """{"subject":{"kind":"user_group","name":"Shops"},"target":{"kind":"all_devices"}}""")).ShouldBeFine();
        (await rig.GetAsync("/api/access/reach?user_group=shops&pageSize=1")).ShouldBeFine().Of("total").ShouldBe("3");
        (await rig.GetAsync("/api/access/reach?user_group=Default&pageSize=1")).ShouldBeFine().Of("total").ShouldBe("0");
        (await rig.GetAsync("/api/access/reach?user_group=Nowhere")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task An_invitation_is_no_second_factor_and_ends_with_the_account()
    {
        await using var rig = await AdminRig.StartAsync();
        await MailAsync(rig);
        var guid = (await rig.PostAsync("/api/users/invite", """{"name":"ann","email":"ann@example.com"}""")).ShouldBeFine().Of("guid");
        var link = await LinkAsync(rig);
        var code = link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];
        (await rig.Api.PostAsync("/api/login", $$"""
            {"username":"ann","id":"1","uuid":"MQ==","type":"email_code","verificationCode":"","secret":"{{code}}"}
            """)).Member("access_token").ShouldBeNull();
        (await rig.PostAsync($"/api/users/{guid}/disable")).ShouldBeDone();
        (await rig.Api.GetAsync(link)).Status.ShouldBe(400);
        (await rig.Api.GetAsync("/invite")).Status.ShouldBe(400);
    }

    [Fact]
    public async Task Second_factors_are_demanded_released_reset_and_mailed_about_once()
    {
        await using var rig = await AdminRig.StartAsync();
        await MailAsync(rig);
        var ann = await rig.UserAsync("ann", email: "ann@example.com");
        var bob = await rig.UserAsync("bob");
        await using (var db = rig.Db())
        {
            await db.Users.Where(u => u.Guid == bob.Guid).ExecuteUpdateAsync(s => s.SetProperty(u => u.TotpEnabled, true)
                .SetProperty(u => u.TotpSecret, "x").SetProperty(u => u.EmailLogin, true));
        }

        var guids = $"[\"{ann.Guid}\",\"{bob.Guid}\",\"{Guid.NewGuid()}\"]";
        foreach (var _ in new[] { 1, 2 })
        {
            (await rig.PutAsync("/api/users/tfa/totp/enforce",
                $$"""{"user_guids":{{guids}},"enforce":true,"url":"https://hawser.example.com"}""")).ShouldBeDone();
        }

        (await TfaAsync(rig)).ShouldBe("ann enforced, bob enabled, root none");
        await using (var db = rig.Db())
        {
            var mail = (await db.Outbox.ToListAsync()).ShouldHaveSingleItem("only ann, and only once");
            rig.Api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!.ShouldContain("https://hawser.example.com");
        }

        (await rig.PutAsync("/api/users/tfa/totp/enforce", $$"""{"user_guids":{{guids}},"enforce":true,"url":"javascript:x"}"""))
            .ShouldBeRefused("url");
        (await rig.PutAsync("/api/users/tfa/totp/enforce", $$"""{"user_guids":{{guids}},"enforce":false,"url":""}""")).ShouldBeDone();
        (await TfaAsync(rig)).ShouldBe("ann none, bob enabled, root none");
        (await rig.PutAsync("/api/users/disable_login_verification", $$"""{"user_guids":{{guids}},"type":"2fa"}""")).ShouldBeDone();
        (await TfaAsync(rig)).ShouldBe("ann none, bob none, root none");
        (await rig.AllAsync("/api/users?name=bob")).Single().Of("email_verification").ShouldBe("True");
        (await rig.PutAsync("/api/users/disable_login_verification", $$"""{"user_guids":{{guids}},"type":"email"}""")).ShouldBeDone();
        (await rig.AllAsync("/api/users?name=bob")).Single().Of("email_verification").ShouldBe("False");
        (await rig.PutAsync("/api/users/disable_login_verification", $$"""{"user_guids":{{guids}},"type":"sms"}""")).ShouldBeRefused("type");
        (await rig.PutAsync("/api/users/disable_login_verification", """{"type":"2fa"}""")).ShouldBeRefused("user_guids");
    }

    [Fact]
    public async Task Forced_logouts_end_logins_at_once_and_leave_API_tokens()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var (login, script) = (await rig.Api.TokenAsync(ann), await rig.Api.ApiTokenAsync(ann, "device:r"));
        (await rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(200);
        (await rig.PostAsync("/api/users/force-logout", $"{{\"user_guids\":[\"{ann.Guid}\"]}}")).ShouldBeDone();
        (await rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(401);
        (await rig.GetAsync("/api/devices", script)).Status.ShouldBe(200);
        (await rig.PostAsync("/api/users/force-logout", "{}")).ShouldBeRefused("user_guids");
        (await rig.LogAsync()).ShouldBe([(105, "ann")]);
    }

    [Fact]
    public async Task One_user_is_read_and_changed_and_scripts_make_no_administrators()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.UserGroupAsync("Shops");
        (await rig.GetAsync($"/api/users/{ann.Guid}")).ShouldBeFine().Of("name").ShouldBe("ann");
        (await rig.GetAsync($"/api/users/{Guid.NewGuid()}")).ShouldBeProblem(404, "not_found");
        var row = (await rig.PatchAsync($"/api/users/{ann.Guid}",
            """{"display_name":"Ann Lee","email":"ann@example.com","group_name":"Shops","control_role":"Default","note":"n"}""")).ShouldBeFine();
        (row.Of("display_name"), row.Of("group_name"), row.Of("control_role")).ShouldBe(("Ann Lee", "Shops", "Default"));
        row = (await rig.PatchAsync($"/api/users/{ann.Guid}", """{"control_role":""}""")).ShouldBeFine();
        (row.Of("control_role"), row.Of("note"), row.Of("email")).ShouldBe(("", "n", "ann@example.com"));
        (await rig.PatchAsync($"/api/users/{ann.Guid}", """{"name":"root"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/users/{ann.Guid}", """{"group_name":"x"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/users/{ann.Guid}", "[]")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/users/{ann.Guid}", $$"""{"password":"{{Password}}"}""")).ShouldBeFine();
        (await rig.Api.LoginAsync("ann", Password)).Member("access_token").ShouldNotBeNull();
        (await rig.PatchAsync($"/api/users/{ann.Guid}", """{"is_admin":true}""")).ShouldBeProblem(403, "in_person");
        (await rig.PatchAsync($"/api/users/{rig.Root.Guid}", $$"""{"password":"{{Password}}"}""")).ShouldBeProblem(403, "in_person");
        (await rig.PostAsync("/api/users", $$"""{"name":"eve","password":"{{Password}}","is_admin":true}""")).ShouldBeRefused("person");
        (await rig.PatchAsync($"/api/users/{ann.Guid}", """{"is_admin":true}""", rig.Person)).ShouldBeFine().Of("is_admin").ShouldBe("True");
    }

    [Theory]
    [InlineData(29)]
    [InlineData(30)]
    [InlineData(50)]
    [InlineData(100)]
    public async Task A7_2_counts_of_users_match_on_every_page(int more)
    {
        await using var rig = await AdminRig.StartAsync();
        await using (var db = rig.Db())
        {
            var group = rig.Root.UserGroupGuid;
            for (var i = 0; i < more; i++)
            {
                db.Users.Add(new User { Name = $"u{i:D3}", NormalizedName = $"U{i:D3}", Status = UserStatus.Normal, UserGroupGuid = group });
            }

            await db.SaveChangesAsync();
        }

        foreach (var size in new[] { 30, 50, 100 }) (await rig.NamesAsync("/api/users", size: size)).Distinct().Count().ShouldBe(more + 1);
        (await rig.GetAsync("/api/users?pageSize=50&name=u001")).Json.GetProperty("data")[0].Of("name").ShouldBe("u001", "no page is the first");
        (await rig.GetAsync("/api/users?format=csv")).Text.Split("\r\n").Length.ShouldBe(more + 3);
    }

    [Fact]
    public async Task A7_9_stock_clients_go_on_listing_users()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann", email: "ann@example.com");
        var bob = await rig.UserAsync("bob", email: "bob@example.com");
        var answer = await rig.GetAsync("/api/users?current=1&pageSize=100&accessible=&status=1", await rig.Api.TokenAsync(ann));
        answer.Json.GetProperty("data").GetArrayLength().ShouldBe(3);
        answer.Text.ShouldNotContain("bob@example.com");
        answer.Text.ShouldNotContain("strategy_name");
        (await rig.GetAsync("/api/users?current=1&pageSize=30", await rig.Api.TokenAsync(bob))).Status.ShouldBe(403);
    }

    private static async Task<User> UserAsync(AdminRig rig, string name)
    {
        await using var db = rig.Db();
        return await db.Users.AsNoTracking().SingleAsync(u => u.Name == name);
    }

    private static async Task<string> TfaAsync(AdminRig rig) =>
        string.Join(", ", (await rig.AllAsync("/api/users")).Select(r => $"{r.Of("name")} {r.Of("tfa")}"));

    // Nobody listens there; what is written stays in the outbox.
    private static Task MailAsync(AdminRig rig) => rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
        NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 9, From = "hawser@example.com" }, default);

    private static async Task<string> LinkAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        var mail = await db.Outbox.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Guid).FirstAsync();
        mail.Recipient.ShouldBe("ann@example.com");
        var body = rig.Api.Services.GetRequiredService<Secrets>().Unprotect(mail.Body)!;
        return Link().Match(body).Value;
    }

    private static async Task<Answer> FormAsync(AdminRig rig, string code, string password, string again)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["code"] = code, ["password"] = password, ["again"] = again });
        using var response = await rig.Api.Http.PostAsync(new Uri("/invite", UriKind.Relative), form);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType);
    }

    [GeneratedRegex(@"/invite\?code=[\w-]+")]
    private static partial Regex Link();
}
