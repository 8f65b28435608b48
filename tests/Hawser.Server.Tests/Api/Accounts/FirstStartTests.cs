using Hawser.Data.Access;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Accounts;

public class FirstStartTests
{
    [Fact]
    public async Task A_new_server_has_a_default_group_the_built_in_roles_and_shows_a_setup_code_once()
    {
        var folder = Directory.CreateTempSubdirectory("hawser-test-").FullName;
        await using (var server = await TestHawser.StartAsync(folder: folder))
        {
            using var api = new ApiClient(server);
            await using var db = api.OpenDb();
            (await db.UserGroups.SingleAsync()).IsDefault.ShouldBeTrue();
            (await db.ControlRoles.Select(r => r.Kind).ToListAsync())
                .ShouldBe([ControlRoleKind.Default, ControlRoleKind.NotLoggedIn], ignoreOrder: true);
            server.Node.Announcements.ShouldHaveSingleItem().ShouldMatch("Setup code, shown only now: [A-Z2-9]{4}(-[A-Z2-9]{4}){3}\n");
            (await db.Settings.SingleAsync(s => s.Key == "setup-code")).Value.ShouldStartWith("{\"hash\":\"");
            server.Log.ShouldNotContain("Setup code");
        }

        await using (var server = await TestHawser.StartAsync(folder: folder))
        {
            server.Node.Announcements.ShouldHaveSingleItem().ShouldContain("hawser user add NAME --admin");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task With_a_configured_password_the_administrator_is_there_at_once()
    {
        await using var server = await TestHawser.StartAsync(o => o.AdminPassword = "correct horse 7");
        using var api = new ApiClient(server);
        await using var db = api.OpenDb();
        var admin = await db.Users.SingleAsync();
        admin.Name.ShouldBe("admin");
        admin.IsAdmin.ShouldBeTrue();
        admin.PasswordHash!.ShouldStartWith("$argon2id$");
        (await db.Settings.AnyAsync(s => s.Key == "setup-code")).ShouldBeFalse();
        server.Node.Announcements.ShouldHaveSingleItem().ShouldNotContain("correct horse");

        // The setup comes up after the sign-in, until somebody went on with it.
        var token = await api.TokenAsync(admin);
        (await api.GetAsync("/api/console/me", token)).Json.GetProperty("setup_opens").GetBoolean().ShouldBeTrue();
        (await api.PostAsync("/api/console/setup/step", """{"step":2,"skip":true}""", token)).Status.ShouldBe(200);
        (await api.GetAsync("/api/console/me", token)).Json.GetProperty("setup_opens").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_made_for_a_user_answers_who_that_is()
    {
        await using var server = await TestHawser.StartAsync();
        using var api = new ApiClient(server);
        var token = await api.TokenAsync(await api.AddUserAsync("mara"));
        var answer = await api.PostAsync("/api/currentUser", "{}", token);
        answer.Status.ShouldBe(200);
        answer.Member("name").ShouldBe("mara");
    }
}
