using Hawser.Api.Directories;
using Hawser.Api.Settings;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Directories;

/// <summary>Keeping users in line with the directory.</summary>
public sealed class DirectorySyncTests
{
    [Fact]
    public async Task The_synchronisation_makes_updates_disables_and_takes_back()
    {
        await using var slapd = await Slapd.StartAsync(people: 12);
        await using var server = await TestHawser.StartAsync();
        using var client = new ApiClient(server);
        var settings = slapd.Settings with { Urls = [slapd.Tls], Authorities = slapd.Authority };
        var trial = await SyncAsync(client, settings, trial: true);
        (trial.Read, trial.Admitted).ShouldBe((12, 0));
        (await SyncAsync(client, settings)).Admitted.ShouldBe(12);
        (await StatusAsync(client, "nils")).ShouldBe(UserStatus.Normal);
        var token = await TokenAsync(client, "nils");
        (await client.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(200);

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

    private static async Task<string> TokenAsync(ApiClient client, string name)
    {
        await using var db = client.OpenDb();
        return await client.TokenAsync(await db.Users.SingleAsync(u => u.Name == name));
    }

    private static async Task<UserStatus> StatusAsync(ApiClient client, string name)
    {
        await using var db = client.OpenDb();
        return (await db.Users.SingleAsync(u => u.Name == name)).Status;
    }
}
