using System.Globalization;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What is done to many users as a job, and how they are found for it.</summary>
public sealed class UserJobTests : IAsyncLifetime
{
    private AdminRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Many_are_disabled_but_oneself_and_taken_back_to_what_each_was()
    {
        await _rig.UserGroupAsync("Shops");
        foreach (var number in Enumerable.Range(0, 30)) await _rig.UserAsync(string.Create(CultureInfo.InvariantCulture, $"u{number:D2}"));
        var off = await _rig.UserAsync("off");
        (await _rig.PostAsync($"/api/users/{off.Guid}/disable")).ShouldBeDone();
        var invited = await _rig.UserAsync("waits");
        await ChangeAsync(invited, u => u.Status = UserStatus.Unverified);
        var login = await _rig.Api.TokenAsync(await FindAsync("u07"));

        (await BulkAsync("""{"action":"disable","query":"","expected":5}""")).ShouldBeProblem(409, "count_changed");
        var job = await _rig.EndedAsync(await BulkAsync("""{"action":"disable","query":"","expected":33}"""));
        (job.Of("state"), job.Of("total"), job.Of("failed"), job.Of("can_undo")).ShouldBe(("done", "33", "1", "True"));
        job.GetProperty("failures")[0].Of("detail").ShouldBe("root: You can't disable your own account.");
        (await _rig.NamesAsync("/api/users?state=active")).ShouldBe(["root"]);
        (await _rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(401, "at once");

        await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo"));
        (await _rig.NamesAsync("/api/users?state=disabled")).ShouldBe(["off"]);
        (await _rig.NamesAsync("/api/users?state=invited")).ShouldBe(["waits"]);
        (await _rig.NamesAsync("/api/users?state=active")).Count.ShouldBe(31);
        (await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/retry")).Status.ShouldBe(202, "what failed may be tried again");

        var enabled = await _rig.EndedAsync(await BulkAsync($$"""{"action":"enable","guids":["{{off.Guid}}","{{invited.Guid}}","{{Guid.NewGuid()}}"]}"""));
        enabled.Of("failed").ShouldBe("2");
        (await _rig.NamesAsync("/api/users?state=invited")).ShouldBe(["waits"], "without a password he could not sign in");
        // Whom it was done to is in the log by name, a hundred in a row.
        var log = await _rig.LogAsync();
        log.Where(l => l.Operation == 7).Select(l => l.Targets.Split(' ').Length).ShouldBe([1, 33]);
        log.ShouldContain((6, "off waits"));
    }

    [Fact]
    public async Task Groups_roles_and_demanded_factors_are_given_and_come_back()
    {
        await MailAsync();
        await _rig.UserGroupAsync("Shops");
        var ann = await _rig.UserAsync("ann", email: "ann@example.com");
        var bob = await _rig.UserAsync("bob", group: await _rig.UserGroupAsync("Old"));
        await ChangeAsync(bob, u => u.TotpEnforced = true);
        var guids = $"[\"{ann.Guid}\",\"{bob.Guid}\"]";
        async Task<string> StartAsync(string more) => (await _rig.EndedAsync(await BulkAsync($"{{{more},\"guids\":{guids}}}"))).Of("guid");

        (await BulkAsync($$"""{"action":"group","guids":{{guids}}}""")).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"group","value":"Nowhere","guids":{{guids}}}""")).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"control_role","value":"Not logged in","guids":{{guids}}}""")).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"paint","guids":{{guids}}}""")).ShouldBeProblem(400, "invalid");
        (await BulkAsync($$"""{"action":"enable","guids":{{guids}},"query":""}""")).ShouldBeProblem(400, "invalid");
        var moved = await StartAsync("\"action\":\"group\",\"value\":\"shops\"");
        var given = await StartAsync("\"action\":\"control_role\",\"value\":\"Default\"");
        var demanded = await StartAsync("\"action\":\"enforce\"");
        (await RowsAsync("/api/users?group_name=Shops&control_role=Default&tfa=enforced")).ShouldBe("ann bob");
        await using (var db = _rig.Db())
        {
            (await db.Outbox.Select(m => m.Recipient).ToListAsync()).ShouldBe(["ann@example.com"], "it is new to her only, and he has no address");
        }

        foreach (var job in new[] { demanded, given, moved }) await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job}/undo"));
        (await RowsAsync("/api/users?group_name=Default&control_role=-&tfa=none")).ShouldBe("ann root");
        (await RowsAsync("/api/users?group_name=Old&control_role=-&tfa=enforced")).ShouldBe("bob");
        await StartAsync("\"action\":\"release\"");
        (await RowsAsync("/api/users?tfa=enforced")).ShouldBe("");
    }

    [Fact]
    public async Task Invitations_go_out_again_factors_go_and_who_is_disabled_is_deleted()
    {
        var ann = await _rig.UserAsync("ann", email: "ann@example.com");
        await ChangeAsync(ann, u => u.Status = UserStatus.Unverified);
        (await BulkAsync("""{"action":"invite","query":"state=invited"}""")).ShouldBeProblem(400, "invalid");
        await MailAsync();
        var silent = await _rig.UserAsync("silent");
        await ChangeAsync(silent, u => u.Status = UserStatus.Unverified);
        var bob = await _rig.UserAsync("bob");
        await ChangeAsync(bob, u => (u.TotpEnabled, u.TotpSecret) = (true, "x"));

        var invited = await _rig.EndedAsync(await BulkAsync($$"""{"action":"invite","guids":["{{ann.Guid}}","{{silent.Guid}}","{{bob.Guid}}"]}"""));
        (invited.Of("done"), invited.Of("failed"), invited.Of("can_undo")).ShouldBe(("3", "2", "False"));
        await using (var db = _rig.Db())
        {
            (await db.Outbox.Select(m => m.Recipient).ToListAsync()).ShouldBe(["ann@example.com"]);
            (await db.LoginChallenges.CountAsync(c => c.UserGuid == ann.Guid)).ShouldBe(1);
        }

        await _rig.EndedAsync(await BulkAsync($$"""{"action":"reset","guids":["{{bob.Guid}}"]}"""));
        (await RowsAsync("/api/users?tfa=enabled")).ShouldBe("");
        var (login, script) = (await _rig.Api.TokenAsync(bob), await _rig.Api.ApiTokenAsync(bob, "device:r"));
        // In person, so that the own session could end, too.
        await _rig.EndedAsync(await _rig.PostAsync("/api/users/bulk", """{"action":"sign_out","query":""}""", _rig.Person));
        (await _rig.Api.PostAsync("/api/currentUser", "{}", login)).Status.ShouldBe(401);
        (await _rig.Api.PostAsync("/api/currentUser", "{}", _rig.Person)).Status.ShouldBe(200, "who began it goes on");
        (await _rig.GetAsync("/api/devices", script)).Status.ShouldBe(200);

        var devices = await _rig.DevicesAsync(1, bob);
        (await _rig.EndedAsync(await BulkAsync("""{"action":"delete","query":""}"""))).Of("failed").ShouldBe("2", "root and bob are in use");
        (await RowsAsync("/api/users")).ShouldBe("bob root");
        (await _rig.PostAsync($"/api/users/{bob.Guid}/disable")).ShouldBeDone();
        (await _rig.EndedAsync(await BulkAsync("""{"action":"delete","query":"state=disabled"}"""))).Of("can_undo").ShouldBe("True", "they are in the bin");
        (await RowsAsync("/api/users")).ShouldBe("root");
        (await _rig.AllAsync("/api/devices?user_name=-")).ShouldHaveSingleItem().Of("id").ShouldBe(devices[0].Id);
    }

    [Fact]
    public async Task A_list_is_narrowed_by_every_column_and_names_the_last_administrator()
    {
        var old = _rig.Server.Node.Time.GetUtcNow().UtcDateTime.AddDays(-200);
        var ann = await _rig.UserAsync("ann");
        await ChangeAsync(ann, u => (u.Origin, u.TotpEnabled, u.TotpSince, u.LastLoginAt) = ("ldap", true, old, old));
        var bob = await _rig.UserAsync("bob");
        await ChangeAsync(bob, u => (u.LockoutEnd, u.LastLoginAt) = (old.AddDays(400), old.AddDays(199)));
        await _rig.DevicesAsync(1, bob);
        (await _rig.PostAsync("/api/admin-roles", """{"name":"Help desk","type":"global","rights":["users.view"],"users":["ann"]}""", _rig.Person)).ShouldBeFine();

        (await RowsAsync("/api/users?state=locked")).ShouldBe("bob");
        (await RowsAsync("/api/users?third_auth_type=ldap")).ShouldBe("ann");
        (await RowsAsync("/api/users?third_auth_type=-")).ShouldBe("bob root");
        (await RowsAsync("/api/users?tfa=expired")).ShouldBe("ann");
        (await RowsAsync("/api/users?last_login=%3E30d")).ShouldBe("ann root", "whoever never signed in counts since he was made");
        (await RowsAsync("/api/users?last_login=%3C30d")).ShouldBe("bob");
        (await RowsAsync("/api/users?last_login=-")).ShouldBe("root");
        (await RowsAsync("/api/users?last_login=lately&sort=name")).ShouldBe("", "nonsense is nobody, not everybody");
        (await RowsAsync("/api/users?state=nonsense")).ShouldBe("");
        (await RowsAsync("/api/users?has_devices=1")).ShouldBe("bob");
        (await RowsAsync("/api/users?admin_role=help desk")).ShouldBe("ann");
        (await RowsAsync("/api/users?admin_role=-")).ShouldBe("bob");
        (await RowsAsync("/api/users?sort=-device_count")).ShouldStartWith("bob");
        var rows = await _rig.AllAsync("/api/users?sort=name");
        rows[0].GetProperty("admin_roles")[0].GetString().ShouldBe("Help desk");
        (rows[1].Of("state"), rows[1].Of("device_count")).ShouldBe(("locked", "1"));
        rows[2].Of("last_admin").ShouldBe("True");
        await _rig.UserAsync("second", admin: true);
        (await _rig.AllAsync("/api/users?is_admin=1")).ShouldAllBe(r => !r.ToString().Contains("last_admin", StringComparison.Ordinal));
        (await _rig.GetAsync("/api/users?format=csv&name=bob")).Text.ShouldContain("locked");
    }

    [Fact]
    public async Task A_role_reaches_its_groups_and_nobody_with_rights_of_his_own()
    {
        var group = await _rig.UserGroupAsync("Shops");
        var (inside, outside) = (await _rig.UserAsync("inside", group: group), await _rig.UserAsync("outside"));
        var peer = await _rig.UserAsync("peer", group: group);
        var helper = await _rig.UserAsync("helper");
        (await _rig.PostAsync("/api/admin-roles", """
            {"name":"Shop","type":"group","rights":["users.enable","users.second_factor","users.delete"],"user_groups":["Shops"],"users":["helper","peer"]}
            """, _rig.Person)).ShouldBeFine();
        var token = await _rig.Api.TokenAsync(helper);
        Task<Answer> AsHelperAsync(string body) => _rig.PostAsync("/api/users/bulk", body, token);

        (await AsHelperAsync($$"""{"action":"disable","guids":["{{outside.Guid}}"]}""")).ShouldBeProblem(404, "not_found");
        (await AsHelperAsync($$"""{"action":"sign_out","guids":["{{inside.Guid}}"]}""")).ShouldBeProblem(403, "forbidden");
        (await AsHelperAsync($$"""{"action":"enforce","guids":["{{peer.Guid}}"]}""")).ShouldBeProblem(404, "not_found");
        (await AsHelperAsync("""{"action":"disable","query":"","expected":2}""")).Status.ShouldBe(202);
        var kept = await _rig.EndedAsync(await AsHelperAsync("""{"action":"delete","query":"name=inside"}"""));
        kept.Of("failed").ShouldBe("0");
        (await RowsAsync("/api/users?group_name=Shops")).ShouldBe("peer");
        (await AsHelperAsync("""{"action":"enforce","query":"name=root"}""")).ShouldBeProblem(400, "invalid");
    }

    private Task<Answer> BulkAsync(string body) => _rig.PostAsync("/api/users/bulk", body);

    private async Task<string> RowsAsync(string path) => string.Join(' ', await _rig.NamesAsync(path));

    private async Task<User> FindAsync(string name)
    {
        await using var db = _rig.Db();
        return await db.Users.AsNoTracking().FirstAsync(u => u.Name == name);
    }

    private async Task ChangeAsync(User user, Action<User> change)
    {
        await using var db = _rig.Db();
        change((await db.Users.FindAsync(user.Guid))!);
        await db.SaveChangesAsync();
    }

    // Nobody listens there: mails stay in the outbox.
    private Task MailAsync() => _rig.Api.Services.GetRequiredService<SettingsStore>().SetAsync(
        NotificationSettings.Mail, new MailSettings { Host = "127.0.0.1", Port = 1, From = "hawser@example.com" }, CancellationToken.None);
}
