using Hawser.Api.Directories;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Directories;

/// <summary>Logging in with a password of the directory, and keeping users in line with it.</summary>
public sealed class DirectorySyncTests
{
    [Fact]
    public async Task A_password_of_the_directory_logs_in_and_makes_the_account()
    {
        await using var slapd = await Slapd.StartAsync();
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        await SetAsync(client, slapd.Settings with
        {
            StartTls = true, Authorities = slapd.Authority, AdminGroups = ["root"],
            Groups = [new() { From = "staff", To = "Office" }],
        });
        var answer = await client.LoginAsync("mara", "pw-mara");
        answer.Member("type").ShouldBe("access_token", answer + server.Log);
        var user = answer.Json.GetProperty("user");
        user.GetProperty("name").GetString().ShouldBe("mara");
        user.GetProperty("is_admin").GetBoolean().ShouldBeTrue();
        user.GetProperty("third_auth_type").GetString().ShouldBe("ldap");
        (await client.LoginAsync("mara", "wrong")).Error.ShouldBe("Wrong credentials");
        (await client.LoginAsync("mara", "")).Error.ShouldNotBeNull();
        (await client.LoginAsync("mar*", "pw-mara")).Error.ShouldBe("Wrong credentials");
        await using var db = client.OpenDb();
        var group = await (from u in db.Users join g in db.UserGroups on u.UserGroupGuid equals g.Guid
                           where u.Name == "mara" select g.Name).SingleAsync();
        group.ShouldBe("Office");
        server.Log.ShouldNotContain("pw-mara");
    }

    [Fact]
    public async Task A_local_account_is_not_opened_by_a_directory_password()
    {
        await using var slapd = await Slapd.StartAsync();
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        await SetAsync(client, slapd.Settings);
        await client.AddUserAsync("otto");
        (await client.LoginAsync("otto", "pw-otto")).Error.ShouldBe("Wrong credentials");
        (await client.LoginAsync("otto")).Member("type").ShouldBe("access_token");
    }

    [Fact]
    public async Task A_directory_that_is_away_lets_nobody_in_and_local_accounts_go_on()
    {
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        await SetAsync(client, new DirectorySettings
        {
            Urls = ["ldap://127.0.0.1:1"], BaseDn = Slapd.Suffix, BindDn = "cn=x", BindPassword = "y", TimeoutSeconds = 1,
        });
        await client.AddUserAsync("local");
        (await client.LoginAsync("mara", "pw-mara")).Error.ShouldBe("Wrong credentials");
        (await client.LoginAsync("local")).Member("type").ShouldBe("access_token");
        server.Log.ShouldContain("can't be reached");
    }

    [Fact]
    public async Task The_synchronisation_makes_updates_disables_and_takes_back()
    {
        await using var slapd = await Slapd.StartAsync(people: 12);
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        var settings = slapd.Settings with { Urls = [slapd.Tls], Authorities = slapd.Authority };
        var trial = await SyncAsync(client, settings, trial: true);
        (trial.Read, trial.Admitted, trial.Created).ShouldBe((12, 0, 12));
        (await SyncAsync(client, settings)).Admitted.ShouldBe(12);
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Normal);
        var token = (await LoginAsync(client, settings, "nils")).Member("access_token")!;

        await slapd.ModifyAsync($"dn: uid=otto,ou=people,{Slapd.Suffix}\nchangetype: modify\nreplace: cn\ncn: Otto O.\n");
        await slapd.DeleteAsync($"uid=nils,ou=people,{Slapd.Suffix}");
        var report = await SyncAsync(client, settings);
        (report.Vanished, report.Disabled, report.Complaint).ShouldBe((1, 1, ""));
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Disabled);
        (await client.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(401);
        await using (var db = client.OpenDb())
        {
            (await db.Users.SingleAsync(u => u.Name == "otto")).DisplayName.ShouldBe("Otto O.");
        }

        (await SyncAsync(client, settings)).Vanished.ShouldBe(0);
        // Another entry of the same name is another person.
        await slapd.AddAsync(Slapd.Person("nils"));
        (await SyncAsync(client, settings)).Disabled.ShouldBe(0);
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Disabled);
        (await StatusAsync(client, "nils-2")).ShouldBe(UserStatus.Normal);
    }

    [Fact]
    public async Task Who_comes_back_into_an_allowed_group_may_log_in_again_but_not_who_was_disabled_here()
    {
        await using var slapd = await Slapd.StartAsync(people: 12);
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        var settings = slapd.Settings;
        await SyncAsync(client, settings);
        await using (var db = client.OpenDb())
        {
            await db.Users.Where(u => u.Name == "user0005")
                .ExecuteUpdateAsync(s => s.SetProperty(u => u.Status, UserStatus.Disabled));
        }

        var fewer = settings with { UserFilter = "(&(objectClass=inetOrgPerson)(!(uid=nils)))" };
        (await SyncAsync(client, fewer)).Disabled.ShouldBe(1);
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Disabled);
        await SyncAsync(client, settings);
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Normal);
        (await StatusAsync(client, "user0005")).ShouldBe(UserStatus.Disabled);
    }

    [Fact]
    public async Task When_nearly_everybody_vanishes_nobody_is_disabled()
    {
        await using var slapd = await Slapd.StartAsync(people: 12);
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        await SyncAsync(client, slapd.Settings);
        foreach (var filter in new[] { "(uid=nobody)", "(uid=mara)", "(uid=user*)" })
        {
            var report = await SyncAsync(client, slapd.Settings with { UserFilter = filter });
            report.Disabled.ShouldBe(0);
            report.Complaint.ShouldContain("nobody was disabled");
        }

        await using (var db = client.OpenDb())
        {
            (await db.Users.CountAsync(u => u.Origin == "ldap" && u.Status == UserStatus.Normal)).ShouldBe(12);
        }

        // Somebody who means it can raise the limit.
        var meant = slapd.Settings with { UserFilter = "(uid=user*)", MaximumVanishedPercent = 50 };
        (await SyncAsync(client, meant)).Disabled.ShouldBe(3);
    }

    [Fact]
    public async Task The_job_runs_when_it_is_due_and_keeps_its_report()
    {
        await using var slapd = await Slapd.StartAsync();
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        var job = client.Services.GetRequiredService<DirectorySyncJob>();
        await SetAsync(client, slapd.Settings with { SyncMinutes = 0 });
        await job.RunWhenDueAsync(default);
        await using var db = client.OpenDb();
        (await db.ExternalLogins.CountAsync()).ShouldBe(0);
        await SetAsync(client, slapd.Settings);
        await job.RunWhenDueAsync(default);
        (await db.ExternalLogins.CountAsync()).ShouldBe(3);
        var report = client.Services.GetRequiredService<SettingsStore>().Get(SyncReport.Key);
        (report.Read, report.At.HasValue).ShouldBe((3, true));
        await slapd.AddAsync(Slapd.Person("late"));
        await job.RunWhenDueAsync(default);
        (await db.ExternalLogins.CountAsync()).ShouldBe(3);
    }

    private static Task SetAsync(ApiClient client, DirectorySettings settings) => client.Services
        .GetRequiredService<SettingsStore>().SetAsync(DirectorySettings.Key, settings with { SyncMinutes = settings.SyncMinutes }, default);

    private static Task<SyncReport> SyncAsync(ApiClient client, DirectorySettings settings, bool trial = false) =>
        client.Services.GetRequiredService<DirectorySync>().RunAsync(settings, trial, default);

    private static async Task<Answer> LoginAsync(ApiClient client, DirectorySettings settings, string name)
    {
        await SetAsync(client, settings);
        return await client.LoginAsync(name, "pw-" + name);
    }

    private static async Task<UserStatus> StatusAsync(ApiClient client, string name)
    {
        await using var db = client.OpenDb();
        return (await db.Users.SingleAsync(u => u.Name == name)).Status;
    }
}
