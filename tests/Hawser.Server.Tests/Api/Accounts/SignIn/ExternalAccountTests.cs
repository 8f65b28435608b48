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
        // Nothing said: nothing changes.
        rig.Issuer.IdToken = () => rig.Key.Token(rig.Claims());
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeTrue();
        rig.Issuer.IdToken = () => rig.Key.Token(With(rig.Claims(), ("groups", new JsonArray("staff"))));
        (await rig.SignInAsync()).Json.GetProperty("user").GetProperty("is_admin").GetBoolean().ShouldBeFalse();
        (await GroupAsync(rig)).ShouldBe("Everybody");
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
