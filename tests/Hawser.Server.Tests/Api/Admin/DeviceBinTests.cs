using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Deleted devices that are had back, what failed tried again, and by which ways a device is heard of.</summary>
public sealed class DeviceBinTests : IAsyncLifetime
{
    private AdminRig _rig = null!;
    private User _ann = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        _ann = await _rig.UserAsync("ann");
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task S14_a_deleted_device_comes_back_with_owner_groups_strategy_rules_and_note()
    {
        var device = (await _rig.DevicesAsync(1, _ann))[0];
        await _rig.DeviceGroupAsync("Tills");
        (await _rig.PostAsync("/api/strategies", """{"name":"Quiet","options":{}}""")).Status.ShouldBeLessThan(300);
        (await _rig.PatchAsync($"/api/devices/{device.Guid}",
            """{"device_groups":["Tills"],"strategy_name":"Quiet","note":"at the door","device_name":"Till 3","status":0}""")).ShouldBeFine();
        await using (var db = _rig.Db())
        {
            db.AccessRules.Add(new()
            {
                Name = "Ann to till", SubjectKind = Hawser.Data.Access.AccessSubject.User, SubjectGuid = _ann.Guid,
                TargetKind = Hawser.Data.Access.AccessTarget.Device, TargetGuid = device.Guid, Enabled = true,
                CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch,
            });
            await db.SaveChangesAsync();
        }

        (await _rig.DeleteAsync($"/api/devices/{device.Guid}", token: _rig.Person)).ShouldBeDone();
        (await _rig.AllAsync("/api/devices")).ShouldBeEmpty();
        var binned = (await _rig.AllAsync("/api/devices/deleted?q=till")).ShouldHaveSingleItem();
        (binned.Of("id"), binned.Of("device_name"), binned.Of("user_name"), binned.Of("deleted_by")).ShouldBe((device.Id, "Till 3", "ann", "root"));

        (await EndedAsync(await _rig.PostAsync("/api/devices/deleted/restore", Guids(device)))).Of("failed").ShouldBe("0");
        (await _rig.AllAsync("/api/devices/deleted")).ShouldBeEmpty();
        var back = (await _rig.GetAsync($"/api/devices/{device.Guid}")).ShouldBeFine();
        var row = back.GetProperty("device");
        (row.Of("user_name"), row.Of("device_group_name"), row.Of("strategy_name"), row.Of("note"), row.Of("status")).ShouldBe(("ann", "Tills", "Quiet", "at the door", "0"));
        (await _rig.GetAsync("/api/access/rules")).Text.ShouldContain("Ann to till");
        // Once more is nothing more.
        (await EndedAsync(await _rig.PostAsync("/api/devices/deleted/restore", Guids(device)))).Of("failed").ShouldBe("0");
        (await _rig.PostAsync("/api/devices/deleted/restore", """{"guids":[]}""")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task S14_many_are_deleted_as_a_job_and_taken_back_and_an_id_that_another_machine_has_stays_its_own()
    {
        var devices = await _rig.DevicesAsync(3);
        var job = await EndedAsync(await _rig.PostAsync("/api/devices/bulk", """{"action":"delete","query":"seen=>30d","expected":3}"""));
        (job.Of("done"), job.Of("failed"), job.Of("can_undo")).ShouldBe(("3", "0", "True"));
        (await _rig.AllAsync("/api/devices/deleted")).Count.ShouldBe(3);
        await using (var db = _rig.Db())
        {
            db.Devices.Add(new(Guid.CreateVersion7(), devices[1].Id, [9], new byte[32], DateTime.UnixEpoch));
            await db.SaveChangesAsync();
        }

        var undo = await EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo"));
        (undo.Of("done"), undo.Of("failed"), undo.Of("can_retry")).ShouldBe(("3", "1", "True"));
        undo.GetProperty("failures")[0].Of("detail").ShouldContain("Another machine");
        (await _rig.AllAsync("/api/devices")).Count.ShouldBe(3);
        (await _rig.AllAsync("/api/devices/deleted")).ShouldHaveSingleItem().Of("id").ShouldBe(devices[1].Id);

        // The other machine goes; what failed is tried again, once.
        await using (var db = _rig.Db()) await db.Devices.Where(d => d.Id == devices[1].Id).ExecuteDeleteAsync();
        var again = await EndedAsync(await _rig.PostAsync($"/api/jobs/{undo.Of("guid")}/retry"));
        (again.Of("total"), again.Of("failed"), again.Of("can_retry")).ShouldBe(("1", "0", "False"));
        (await _rig.PostAsync($"/api/jobs/{undo.Of("guid")}/retry")).ShouldBeProblem(409, "no_retry");
        (await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/retry")).ShouldBeProblem(409, "no_retry");
        (await _rig.AllAsync("/api/devices")).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_device_that_registered_again_gets_what_people_gave_it_and_what_is_purged_is_gone()
    {
        var devices = await _rig.DevicesAsync(2, _ann);
        await EndedAsync(await _rig.PostAsync("/api/devices/bulk", """{"action":"delete","query":""}"""));
        Guid known;
        await using (var db = _rig.Db())
        {
            db.Devices.Add(new(known = Guid.CreateVersion7(), devices[0].Id, Convert.FromBase64String(devices[0].Uuid), new byte[32], DateTime.UnixEpoch));
            await db.SaveChangesAsync();
        }

        await EndedAsync(await _rig.PostAsync("/api/devices/deleted/restore", Guids(devices[0])));
        (await _rig.GetAsync($"/api/devices/{known}")).ShouldBeFine().GetProperty("device").Of("user_name").ShouldBe("ann");
        await EndedAsync(await _rig.PostAsync("/api/devices/deleted/purge", Guids(devices[1], "retired"), _rig.Person));
        (await _rig.AllAsync("/api/devices/deleted")).ShouldBeEmpty();
        (await EndedAsync(await _rig.PostAsync("/api/devices/deleted/restore", Guids(devices[1])))).Of("failed").ShouldBe("1");
        await using var after = _rig.Db();
        (await after.ConsoleAudits.Select(a => a.Info).ToListAsync()).ShouldContain(i => i.Contains("reason=retired", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whose_role_deletes_in_some_groups_sees_in_the_bin_what_he_deleted()
    {
        var devices = await _rig.DevicesAsync(2);
        await _rig.DeviceGroupAsync("Tills");
        (await _rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["Tills"],"status":0}""")).ShouldBeFine();
        (await _rig.PostAsync("/api/admin-roles", """{"name":"Clerks","type":"group","rights":["devices.delete"],"device_groups":["Tills"],"users":["ann"]}""", _rig.Person)).Status.ShouldBeLessThan(300);
        var token = await _rig.Api.TokenAsync(_ann);
        (await _rig.DeleteAsync($"/api/devices/{devices[1].Guid}", token: _rig.Person)).ShouldBeDone();
        (await _rig.DeleteAsync($"/api/devices/{devices[0].Guid}", token: token)).ShouldBeDone();
        (await _rig.AllAsync("/api/devices/deleted", token: token)).ShouldHaveSingleItem().Of("id").ShouldBe(devices[0].Id);
        (await _rig.PostAsync("/api/devices/deleted/restore", Guids(devices[1]), token)).ShouldBeProblem(404, "not_found");
        await EndedAsync(await _rig.PostAsync("/api/devices/deleted/restore", Guids(devices[0]), token));
        (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem().Of("device_group_name").ShouldBe("Tills");
    }

    [Fact]
    public async Task Seen_narrows_the_list_by_how_long_ago_and_nonsense_matches_nothing()
    {
        var devices = await _rig.DevicesAsync(3);
        var now = _rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        await _rig.Server.Node.Store!.Devices.TouchAsync([new(devices[0].Id, now), new(devices[1].Id, now.AddDays(-40))], CancellationToken.None);
        (await _rig.NamesAsync("/api/devices?seen=<2d", "id")).ShouldBe([devices[0].Id]);
        (await _rig.NamesAsync("/api/devices?seen=>30d", "id")).ShouldBe([devices[1].Id, devices[2].Id]);
        (await _rig.NamesAsync("/api/devices?seen=<8w", "id")).ShouldBe([devices[0].Id, devices[1].Id]);
        (await _rig.NamesAsync("/api/devices?seen=-", "id")).ShouldBe([devices[2].Id]);
        (string today, string then) = ($"{now:yyyy-MM-dd}", $"{now.AddDays(-40):yyyy-MM-dd}");
        (await _rig.NamesAsync($"/api/devices?seen={then}..", "id")).ShouldContain(devices[0].Id);
        (await _rig.NamesAsync($"/api/devices?seen={then}", "id")).ShouldBe([devices[1].Id]);
        (await _rig.NamesAsync($"/api/devices?seen={then}..{today}", "id")).ShouldBe([devices[0].Id, devices[1].Id]);
        (await _rig.NamesAsync($"/api/devices?seen=..{then}", "id")).ShouldBe([devices[1].Id, devices[2].Id]);
        foreach (var nonsense in new[] { "..", "2026-02-30", "2026-03-01..x", "9999-12-31", "2026-03-01...", "30d", ">d", ">99999999999d", "<-1d", ">1y", "%" })
        {
            (await _rig.AllAsync($"/api/devices?seen={Uri.EscapeDataString(nonsense)}")).ShouldBeEmpty(nonsense);
        }

        (await _rig.GetAsync("/api/devices/facets?seen=<2d")).ShouldBeFine().Of("total").ShouldBe("1");
        (await _rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":"seen=nonsense"}""")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task S17_who_was_asked_to_describe_himself_has_a_new_time_although_nothing_changed()
    {
        var device = (await _rig.DevicesAsync(1))[0];
        var sysinfo = $$"""{{{device.Members}},"version":"1.4.9","os":"linux / Debian 12","hostname":"pc"}""";
        var beat = $$"""{{{device.Members}},"ver":1004009,"modified_at":0}""";
        await _rig.Api.PostAsync("/api/heartbeat", beat);
        (await _rig.Api.PostAsync("/api/sysinfo", sysinfo)).Text.ShouldBe("SYSINFO_UPDATED");
        await using var db = _rig.Db();
        await db.DeviceDetails.ExecuteUpdateAsync(s => s.SetProperty(d => d.SysinfoAt, DateTime.UnixEpoch.AddDays(9)));
        (await SignalsAsync(device)).GetProperty("sysinfo").Of("at").ShouldBe("777600");

        (await _rig.PostAsync($"/api/devices/{device.Guid}/refresh")).ShouldBeDone();
        (await SignalsAsync(device)).Of("refresh_asked_at").ShouldNotBeEmpty();
        (await _rig.Api.PostAsync("/api/heartbeat", beat)).Text.ShouldContain("sysinfo");
        (await _rig.Api.PostAsync("/api/sysinfo", sysinfo)).Text.ShouldBe("SYSINFO_UPDATED");
        var signals = await SignalsAsync(device);
        signals.Of("refresh_asked_at").ShouldBeEmpty();
        long.Parse(signals.GetProperty("sysinfo").Of("at")).ShouldBeGreaterThan(777_600);
        signals.GetProperty("heartbeat").Of("is_on").ShouldBe("True");
        signals.GetProperty("id_server").Of("is_on").ShouldBe("False", "it never registered");
        signals.Of("key_fingerprint").Length.ShouldBe(64);
        (await _rig.Api.PostAsync("/api/heartbeat", beat)).Text.ShouldNotContain("sysinfo");
        // Who does not reach it learns nothing of it.
        (await _rig.GetAsync($"/api/devices/{device.Guid}/signals", await _rig.Api.TokenAsync(_ann))).Status.ShouldBe(404);
        (await _rig.GetAsync("/api/devices/nonsense/signals")).ShouldBeProblem(404, "not_found");
    }

    private async Task<JsonElement> SignalsAsync(TestDevice device) =>
        (await _rig.GetAsync($"/api/devices/{device.Guid}/signals")).ShouldBeFine();

    private static string Guids(TestDevice device, string? reason = null) =>
        JsonSerializer.Serialize(new { guids = new[] { device.Guid }, reason });

    private async Task<JsonElement> EndedAsync(Answer started)
    {
        started.Status.ShouldBe(202, started.Text);
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(90))
        {
            var job = (await _rig.GetAsync($"/api/jobs/{started.Member("guid")}")).ShouldBeFine();
            if (job.TryGetProperty("ended_at", out _)) return job;
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System);
        }

        throw new TimeoutException("never: the job ended");
    }
}
