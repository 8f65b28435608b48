using Hawser.Api.Devices;
using Hawser.Data.Leases;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class StaleRuleTests
{
    private static DateTime Today => TimeProvider.System.GetUtcNow().UtcDateTime;

    [Fact]
    public async Task Who_stays_away_is_disabled_and_who_stays_longer_goes_to_the_bin()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await AwayAsync(rig, 1, 59, 61, 121);
        await RunAsync(rig);
        (await rig.AllAsync("/api/jobs")).ShouldBeEmpty("it is off until somebody turns it on");
        (await RuleAsync(rig, 60, 120)).ShouldBeFine();

        var plan = (await rig.GetAsync("/api/devices/stale")).ShouldBeFine();
        (plan.Of("disable_now"), plan.Of("bin_now")).ShouldBe(("2", "0"));
        plan.GetProperty("next").EnumerateArray().Select(n => (n.Of("id"), n.Of("action")))
            .ShouldBe([(devices[3].Id, "disable"), (devices[2].Id, "disable"), (devices[1].Id, "disable"), (devices[0].Id, "disable")]);
        var disabling = await TurnAsync(rig);
        (disabling.Of("kind"), disabling.Of("user"), disabling.Of("done"), disabling.Of("failed"), disabling.Of("can_undo"))
            .ShouldBe(("devices.disable", "server", "2", "0", "True"));
        (await rig.AllAsync("/api/devices?status=0")).ConvertAll(d => d.Of("id")).ShouldBe([devices[2].Id, devices[3].Id]);

        (await TurnAsync(rig)).Of("kind").ShouldBe("devices.delete");
        var deleted = (await rig.AllAsync("/api/devices/deleted")).ShouldHaveSingleItem();
        (deleted.Of("id"), deleted.Of("deleted_by")).ShouldBe((devices[3].Id, "server"));
        await RunAsync(rig);
        (await rig.AllAsync("/api/jobs")).Count.ShouldBe(2, "nobody else is away for long enough");
        await using var db = rig.Db();
        (await db.ConsoleAudits.Where(a => a.Operator == "server").Select(a => a.Operation).ToListAsync())
            .ShouldBe([210, 9, 9, 210, 14], ignoreOrder: true);
    }

    [Fact]
    public async Task What_was_given_back_is_not_taken_again_before_its_days_are_over_once_more()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await AwayAsync(rig, 200, 300);
        (await RuleAsync(rig, 60, 120)).ShouldBeFine();
        var first = await TurnAsync(rig);
        await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{first.Of("guid")}/undo"));
        await RunAsync(rig);
        (await rig.AllAsync("/api/devices?status=1")).Count.ShouldBe(2, "taken back is taken back");
        (await rig.PostAsync($"/api/devices/{devices[1].Guid}/disable")).ShouldBeDone();
        await RunAsync(rig);
        (await rig.AllAsync("/api/devices/deleted")).ShouldBeEmpty("its days count from when it was given back");

        (await RuleAsync(rig, 0, 7)).ShouldBeFine();
        await AgeAsync(rig, devices[0], 200);
        var binned = await TurnAsync(rig);
        (binned.Of("kind"), binned.Of("done")).ShouldBe(("devices.delete", "1"));
        await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{binned.Of("guid")}/undo"));
        await RunAsync(rig);
        (await rig.AllAsync("/api/devices")).Count.ShouldBe(2, "it came back from the bin");
    }

    [Fact]
    public async Task One_turn_takes_some_and_who_was_seen_meanwhile_is_left_alone()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(StaleRule.MostATurn + 3);
        await using (var db = rig.Db())
        {
            await db.Devices.ExecuteUpdateAsync(s => s.SetProperty(d => d.LastSeenAt, Today.AddDays(-90)));
        }

        (await RuleAsync(rig, 60, 0)).ShouldBeFine();
        await using (var db = rig.Db())
        {
            var leases = new JobLeases(rig.Server.Node.Store!, TimeProvider.System);
            (await leases.TryTakeAsync("stale-devices", TimeSpan.FromMinutes(5), CancellationToken.None)).ShouldBeTrue();
            await RunAsync(rig);
            (await rig.AllAsync("/api/jobs")).ShouldBeEmpty("another node is at it");
            (await leases.ReleaseAsync("stale-devices", CancellationToken.None)).ShouldBeTrue();
        }

        (await TurnAsync(rig)).Of("done").ShouldBe($"{StaleRule.MostATurn}");
        (await rig.AllAsync("/api/devices?status=1", 100)).Count.ShouldBe(3);
        devices.Count.ShouldBe(StaleRule.MostATurn + 3);
    }

    [Fact]
    public async Task A_draft_can_be_asked_about_and_what_makes_no_sense_is_refused()
    {
        await using var rig = await AdminRig.StartAsync();
        await AwayAsync(rig, 10, 40);
        var plan = (await rig.GetAsync("/api/devices/stale?disable_days=0&bin_days=30")).ShouldBeFine();
        (plan.Of("bin_days"), plan.Of("bin_now"), plan.Of("disable_now")).ShouldBe(("30", "1", "0"));
        (await rig.GetAsync("/api/devices/stale?disable_days=60&bin_days=30")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/devices/stale?disable_days=-1")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/devices/stale?bin_days=99999999999")).ShouldBeProblem(400, "invalid");
        (await RuleAsync(rig, 60, 60)).ShouldBeProblem(400, "invalid");
        (await RuleAsync(rig, 4000, 0)).ShouldBeProblem(400, "invalid");
        var nobody = await rig.Api.TokenAsync(await rig.UserAsync("nobody"));
        (await rig.GetAsync("/api/devices/stale", nobody)).Status.ShouldBe(403);
    }

    private static Task<TestRig.Answer> RuleAsync(AdminRig rig, int disable, int bin) => rig.PatchAsync(
        "/api/settings/stale_devices", $$"""{"disable_days":{{disable}},"bin_days":{{bin}}}""");

    private static Task RunAsync(AdminRig rig) =>
        rig.Api.Services.GetRequiredService<StaleRule>().RunAsync(CancellationToken.None);

    // Runs it, and waits for what it began.
    private static async Task<System.Text.Json.JsonElement> TurnAsync(AdminRig rig)
    {
        var before = (await rig.AllAsync("/api/jobs")).Count;
        await RunAsync(rig);
        var jobs = await rig.AllAsync("/api/jobs");
        jobs.Count.ShouldBe(before + 1);
        return await rig.EndedAsync(jobs[0].Of("guid"));
    }

    private static async Task<List<TestDevice>> AwayAsync(AdminRig rig, params int[] days)
    {
        var devices = await rig.DevicesAsync(days.Length);
        foreach (var (device, away) in devices.Zip(days)) await AgeAsync(rig, device, away);
        return devices;
    }

    private static async Task AgeAsync(AdminRig rig, TestDevice device, int days)
    {
        await using var db = rig.Db();
        var seen = Today.AddDays(-days);
        await db.Devices.Where(d => d.Guid == device.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.LastSeenAt, seen));
        await db.DeviceDetails.Where(d => d.DeviceGuid == device.Guid)
            .ExecuteUpdateAsync(s => s.SetProperty(d => d.KeptAt, (DateTime?)null));
    }
}
