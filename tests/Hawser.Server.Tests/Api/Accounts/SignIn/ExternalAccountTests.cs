using System.Text.Json.Nodes;
using Hawser.Api.Accounts.SignIn;
using Hawser.Data.Accounts;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts.SignIn;

/// <summary>Which account belongs to somebody from outside.</summary>
public class ExternalAccountTests
{
    [Fact]
    public async Task A_verified_address_finds_the_account_and_an_unverified_one_does_not()
    {
        await using var rig = await SignInRig.StartAsync(p => p.CreateUsers = false);
        var local = await rig.Client.AddUserAsync("local", change: u => u.Email = "Mara@Example.net");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("email_verified", false)));
        (await rig.SignInAsync()).Error!.ShouldContain("no account");
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        var answer = await rig.SignInAsync();
        answer.Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("local");
        await using var db = rig.Client.OpenDb();
        (await db.ExternalLogins.SingleAsync()).UserGuid.ShouldBe(local.Guid);
        // From now on it is the subject that counts, not the address.
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("email", "new@example.net")));
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("local");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("sub", "subject-2")));
        (await rig.SignInAsync()).Error!.ShouldContain("no account");
    }

    [Fact]
    public async Task A_name_that_is_taken_is_not_taken_over()
    {
        await using var rig = await SignInRig.StartAsync();
        await rig.Client.AddUserAsync("mara", admin: true);
        var user = (await rig.SignInAsync()).Json.GetProperty("user");
        user.GetProperty("name").GetString().ShouldBe("mara-2");
        user.GetProperty("is_admin").GetBoolean().ShouldBeFalse();
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("name").GetString().ShouldBe("mara-2");
    }

    [Fact]
    public async Task C4_A_disabled_account_stays_outside_also_between_browser_and_poll()
    {
        await using var rig = await SignInRig.StartAsync();
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        await rig.LeaveAsync();
        await rig.ReturnAsync();
        await SetStatusAsync(rig, UserStatus.Disabled);
        (await rig.Browser.PollAsync()).Error!.ShouldContain("disabled");
        (await rig.SignInAsync()).Error!.ShouldContain("disabled");
    }

    [Fact]
    public async Task Groups_there_choose_the_group_and_the_rights_here_and_take_them_back()
    {
        await using var rig = await SignInRig.StartAsync(p =>
        {
            p.Groups = [new() { From = "support", To = "Helpdesk" }, new() { From = "staff", To = "Everybody" }];
            p.AdminGroups = ["root"];
        });
        await rig.Client.AddUserAsync("boss", admin: true);
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("staff", "Support", "root"))));
        var user = (await rig.SignInAsync()).Json.GetProperty("user");
        user.GetProperty("is_admin").GetBoolean().ShouldBeTrue();
        (await GroupAsync(rig)).ShouldBe("Helpdesk");
        // Who is in no group any more has no claim at any provider that leaves empty ones away.
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeFalse();
        (await GroupAsync(rig)).ShouldBe("Helpdesk", "no line fits: it stays");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("staff"))));
        await rig.SignInAsync();
        (await GroupAsync(rig)).ShouldBe("Everybody");
        (await ToldAsync(rig)).ShouldBe(
            ["""11 {"targets":["mara"],"is_admin":"true","source":"oidc/corp"}""", """11 {"targets":["mara"],"is_admin":"false","source":"oidc/corp"}"""], ignoreOrder: true);
    }

    [Fact]
    public async Task Groups_there_give_the_admin_roles_that_the_mapping_names_and_no_more_and_they_go_with_the_group()
    {
        await using var rig = await SignInRig.StartAsync(p => p.AdminRoles =
        [
            new() { From = "desk", To = "help DESK" }, new() { From = "auditors", To = "Audit" }, new() { From = "desk", To = "Nowhere" },
        ]);
        await AddRolesAsync(rig, "Help desk", "Audit", "Everything", "desk");
        // Neither a role's own name, nor a part of a group's, nor a path or pattern gives anything.
        foreach (var said in new[] { "Everything", "Help desk", "desk-2", "des", "%", "*", "desk,auditors", "/desk", "" })
        {
            rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray(said))));
            await rig.SignInAsync();
            (await RolesAsync(rig)).ShouldBeEmpty(said);
        }

        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("DESK", "auditors", "Everything"))));
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeFalse();
        (await RolesAsync(rig)).ShouldBe(["Audit", "Help desk"]);
        await rig.SignInAsync();
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("auditors"))));
        await rig.SignInAsync();
        (await RolesAsync(rig)).ShouldBe(["Audit"]);
        // Also when the claim is gone as a whole.
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        await rig.SignInAsync();
        (await RolesAsync(rig)).ShouldBeEmpty();
        (await ToldAsync(rig)).ShouldBe(
        [
            """138 {"targets":["Audit"],"given_to":"mara","source":"oidc/corp"}""",
            """138 {"targets":["Help desk"],"given_to":"mara","source":"oidc/corp"}""",
            """138 {"targets":["Help desk"],"taken_from":"mara","source":"oidc/corp"}""",
            """138 {"targets":["Audit"],"taken_from":"mara","source":"oidc/corp"}""",
        ], ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_person_gave_stays_and_a_line_that_is_gone_takes_back_what_it_gave()
    {
        await using var rig = await SignInRig.StartAsync(
            p => p.AdminRoles = [new() { From = "desk", To = "Help desk" }, new() { From = "desk", To = "Audit" }]);
        await AddRolesAsync(rig, "Help desk", "Audit");
        await rig.SignInAsync();
        await using (var db = rig.Client.OpenDb())
        {
            var mara = await db.Users.SingleAsync(u => u.Name == "mara");
            var audit = await db.AdminRoles.SingleAsync(r => r.Name == "Audit");
            db.AdminRoleHolders.Add(new() { RoleGuid = audit.Guid, UserGuid = mara.Guid });
            await db.SaveChangesAsync();
        }

        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("desk"))));
        await rig.SignInAsync();
        (await RolesAsync(rig)).ShouldBe(["Audit", "Help desk"]);
        await rig.SetAsync(p => p.AdminRoles = []);
        await rig.SignInAsync();
        (await RolesAsync(rig)).ShouldBe(["Audit"]);
    }

    [Fact]
    public async Task Groups_that_are_too_many_to_be_named_take_nothing_and_let_nobody_in_who_needs_one()
    {
        await using var rig = await SignInRig.StartAsync(p =>
        {
            p.AdminGroups = ["root"];
            p.AdminRoles = [new() { From = "desk", To = "Help desk" }, new() { From = "desk", To = "Audit" }];
        });
        await rig.Client.AddUserAsync("boss", admin: true);
        await AddRolesAsync(rig, "Help desk", "Audit");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("root", "desk"))));
        await rig.SignInAsync();
        rig.Issuer.IdToken = () => rig.Key.Token(With(
            rig.Claims(), ("_claim_names", new JsonObject { ["groups"] = "src1" }),
            ("_claim_sources", new JsonObject { ["src1"] = new JsonObject { ["endpoint"] = "https://graph.example/groups" } })));
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeTrue();
        (await RolesAsync(rig)).ShouldBe(["Audit", "Help desk"]);
        // A line that is gone takes back what it gave all the same, and a new one gives nothing.
        await AddRolesAsync(rig, "New");
        await rig.SetAsync(p => p.AdminRoles = [new() { From = "desk", To = "Audit" }, new() { From = "desk", To = "New" }]);
        await rig.SignInAsync();
        (await RolesAsync(rig)).ShouldBe(["Audit"]);
        await rig.SetAsync(p => p.AllowedGroups = ["desk"]);
        (await rig.SignInAsync()).Error!.ShouldContain("more groups than the provider names");
    }

    [Fact]
    public async Task The_last_administrator_stays_one()
    {
        await using var rig = await SignInRig.StartAsync(p => p.AdminGroups = ["root"]);
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("root"))));
        await rig.SignInAsync();
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray())));
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Only_the_allowed_domains_and_groups_come_in()
    {
        await using var rig = await SignInRig.StartAsync(p => p.AllowedDomains = ["corp.example"]);
        (await rig.SignInAsync()).Error!.ShouldContain("mail address");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("email", "mara@corp.example")));
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
        await rig.SetAsync(p => p.AllowedGroups = ["staff"]);
        (await rig.SignInAsync()).Error!.ShouldContain("group");
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("staff"))));
        (await rig.SignInAsync()).Member("access_token").ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_plain_OAuth2_provider_of_GitHubs_kind_works_too()
    {
        await using var rig = await SignInRig.StartAsync(settings: s => s.Providers =
        [
            new ProviderSettings { Name = "github", ClientId = "gh", ClientSecret = "gs", CreateUsers = true, AdminGroups = [] },
        ]);
        await rig.SetAsync(settings: s => s.Providers =
        [
            new ProviderSettings
            {
                Name = "github", ClientId = "gh", ClientSecret = "gs", CreateUsers = true,
                AuthorizeUrl = rig.Issuer.Address + "/authorize", TokenUrl = rig.Issuer.Address + "/token",
                UserUrl = rig.Issuer.Address + "/userinfo", EmailUrl = rig.Issuer.Address + "/emails", GroupUrl = "",
            },
        ]);
        rig.Issuer.UserInfo = new JsonObject
        {
            ["id"] = 583231, ["login"] = "octo-cat", ["name"] = "The Cat", ["avatar_url"] = "https://pics.example/1.png",
            ["email"] = "public@example.net",
        };
        rig.Issuer.Emails =
        [
            new JsonObject { ["email"] = "old@example.net", ["verified"] = true, ["primary"] = false },
            new JsonObject { ["email"] = "cat@example.net", ["verified"] = true, ["primary"] = true },
            new JsonObject { ["email"] = "evil@example.net", ["verified"] = false, ["primary"] = false },
        ];
        var user = (await rig.SignInAsync("github")).Json.GetProperty("user");
        user.GetProperty("name").GetString().ShouldBe("octo-cat");
        user.GetProperty("display_name").GetString().ShouldBe("The Cat");
        user.GetProperty("email").GetString().ShouldBe("cat@example.net");
        rig.Issuer.TokenForm["client_secret"].ShouldBe("gs");
        rig.Issuer.TokenAuthorization.ShouldBeEmpty();
        await using var db = rig.Client.OpenDb();
        (await db.ExternalLogins.SingleAsync()).Subject.ShouldBe("583231");
    }

    private static async Task AddRolesAsync(SignInRig rig, params string[] names)
    {
        await using var db = rig.Client.OpenDb();
        db.AdminRoles.AddRange(names.Select(n => new AdminRole { Name = n, NormalizedName = n.ToUpperInvariant(), Rights = "devices.view" }));
        await db.SaveChangesAsync();
    }

    private static async Task<List<string>> RolesAsync(SignInRig rig)
    {
        await using var db = rig.Client.OpenDb();
        return await (from holder in db.AdminRoleHolders
                      join role in db.AdminRoles on holder.RoleGuid equals role.Guid
                      join user in db.Users on holder.UserGuid equals user.Guid
                      where user.Name == "mara"
                      orderby role.Name
                      select role.Name).ToListAsync();
    }

    private static async Task<List<string>> ToldAsync(SignInRig rig)
    {
        await using var db = rig.Client.OpenDb();
        return await db.ConsoleAudits.Where(a => a.Operator == "server").OrderBy(a => a.Guid)
            .Select(a => a.Operation + " " + a.Info).ToListAsync();
    }

    private static JsonObject With(JsonObject claims, params (string Name, JsonNode Value)[] more)
    {
        foreach (var (name, value) in more) claims[name] = value;
        return claims;
    }

    private static async Task SetStatusAsync(SignInRig rig, UserStatus status)
    {
        await using var db = rig.Client.OpenDb();
        await db.Users.ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, status));
    }

    private static async Task<string> GroupAsync(SignInRig rig)
    {
        await using var db = rig.Client.OpenDb();
        return await (from user in db.Users
                      join groups in db.UserGroups on user.UserGroupGuid equals groups.Guid
                      where user.Name == "mara"
                      select groups.Name).SingleAsync();
    }
}
