using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Xunit;

namespace Hawser.Services.Tests.WebConsole;

/// <summary>
/// What is decided about devices and people, in a real Chromium (web/tests/browser/policy.mjs). The numbers are those of
/// the console's scenarios.
/// </summary>
public sealed class PolicyTests
{
    [Fact]
    public async Task T8_whether_somebody_reaches_a_device_and_why()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        await api.AddDeviceAsync("482913377", await api.AddUserAsync("alice"));
        await BrowserRun.PlayAsync("policy", "reach", hawser);
    }

    [Fact]
    public async Task S23_S24_every_question_of_a_decision_and_what_would_be_otherwise()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        var alice = await api.AddUserAsync("alice");
        Guid desk;
        await using (var db = api.OpenDb())
        {
            var group = new UserGroup { Name = "Outside", NormalizedName = "OUTSIDE" };
            db.UserGroups.Add(group);
            await db.SaveChangesAsync();
            desk = group.Guid;
        }

        await api.AddUserAsync("eve", change: u => u.UserGroupGuid = desk);
        var ids = Enumerable.Range(482913377, 23).Select(i => $"{i}").ToArray();
        foreach (var id in ids) await api.AddDeviceAsync(id, alice);
        await BrowserRun.PlayAsync("policy", "explorer", hawser, new { ids });
    }

    [Fact]
    public async Task S20_a_draft_is_tried_before_it_is_stored_and_a_version_put_back()
    {
        BrowserRun.NeedsConsole();
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);
        await api.AddUserAsync("admin", admin: true);
        var ids = new[] { "482913377", "482913378", "482913379" };
        await using (var db = api.OpenDb())
        {
            foreach (var id in ids)
            {
                var device = await api.AddDeviceAsync(id);
                db.DeviceDetails.Add(new DeviceDetails
                {
                    DeviceGuid = device.Guid, Enabled = true, Hostname = "till-" + id[^1], Version = "1.4.2",
                });
            }

            await db.SaveChangesAsync();
        }

        await BrowserRun.PlayAsync("policy", "draft", hawser, new { ids });
    }
}
