using Hawser.Api.Devices;
using Hawser.Api.Devices.Client;
using Hawser.Data.AddressBooks;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Devices;

public class SysinfoTests
{
    [Fact]
    public async Task C66_The_sysinfo_of_a_registered_device_is_stored_and_answered_with_15_bytes()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.Api.AddDeviceAsync("771200345");
        var answer = await rig.SysinfoAsync(device);
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe("SYSINFO_UPDATED");
        answer.Type!.ToString().ShouldBe("text/plain; charset=utf-8");
        var details = (await rig.DetailsAsync(device))!;
        details.Version.ShouldBe("1.4.9");
        details.Hostname.ShouldBe("TILL3");
        details.Os.ShouldBe("windows / Windows 11 Pro - 10 (22631)");
        details.Enabled.ShouldBeTrue();
    }

    [Fact]
    public async Task Only_what_changed_is_written()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var first = (await rig.DetailsAsync(device))!.SysinfoAt;
        (await rig.SysinfoAsync(device)).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(device))!.SysinfoAt.ShouldBe(first);
        (await rig.SysinfoAsync(device, ",\"hostname\":\"TILL4\"")).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(device))!.Hostname.ShouldBe("TILL4");
    }

    [Fact]
    public async Task C67_An_unregistered_device_is_asked_back_soon_for_a_minute_and_seldom_after_that()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var unknown = TestDevice.Unregistered;
        (await rig.SysinfoAsync(unknown)).Text.ShouldBe("ID_NOT_FOUND");
        time.Advance(TimeSpan.FromMinutes(2));
        (await rig.SysinfoAsync(unknown)).Text.ShouldBe(SysinfoEndpoint.Unknown);
        await rig.Api.AddDeviceAsync(unknown.Id, uuid: "8f4e2b7c-11");
        (await rig.SysinfoAsync(unknown)).Text.ShouldBe("SYSINFO_UPDATED");
    }

    [Fact]
    public async Task C67_Where_devices_must_be_deployed_an_unknown_one_is_not_asked_back_soon()
    {
        await using var rig = await DeviceRig.StartAsync();
        await rig.SettingsAsync(new DeviceSettings { DeploymentRequired = true });
        (await rig.SysinfoAsync(TestDevice.Unregistered)).Text.ShouldBe(SysinfoEndpoint.Unknown);
    }

    [Fact]
    public async Task C68_The_right_id_with_a_wrong_uuid_stores_nothing()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.Api.AddDeviceAsync("771200345");
        (await rig.SysinfoAsync(device with { Uuid = "Y2FmZQ==" })).Text.ShouldBe(SysinfoEndpoint.Unknown);
        (await rig.DetailsAsync(device)).ShouldBeNull();
        (await rig.BeatAsync(device with { Uuid = "Y2FmZQ==" })).Text.ShouldBe("{}");
        rig.Get<DevicePresence>().IsOnline(device.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task C69_Presets_count_once_and_do_not_undo_what_an_administrator_did_since()
    {
        await using var rig = await DeviceRig.StartAsync();
        await rig.SettingsAsync(new DeviceSettings { Presets = new() { Owner = true } });
        var mara = await rig.Api.AddUserAsync("mara");
        var ole = await rig.Api.AddUserAsync("ole");
        var device = await rig.Api.AddDeviceAsync("771200345");
        const string presets = ",\"preset-user-name\":\"mara\"";
        (await rig.SysinfoAsync(device, presets)).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(device))!.OwnerGuid.ShouldBe(mara.Guid);
        await using (var db = rig.Api.OpenDb())
        {
            await db.DeviceDetails.ExecuteUpdateAsync(s => s.SetProperty(d => d.OwnerGuid, ole.Guid));
        }

        (await rig.SysinfoAsync(device, presets + ",\"hostname\":\"NEW\",\"preset-note\":\"x\"")).Text.ShouldBe("SYSINFO_UPDATED");
        var details = (await rig.DetailsAsync(device))!;
        details.Hostname.ShouldBe("NEW");
        details.OwnerGuid.ShouldBe(ole.Guid);
        await rig.SysinfoAsync(device, ",\"preset-user-name\":\"MARA\"");
        (await rig.DetailsAsync(device))!.OwnerGuid.ShouldBe(mara.Guid, "another value than the last one is a new wish");
    }

    [Fact]
    public async Task Presets_are_not_applied_unless_their_kind_is_allowed_and_unknown_names_do_no_harm()
    {
        await using var rig = await DeviceRig.StartAsync();
        await rig.Api.AddUserAsync("mara");
        var one = await rig.Api.AddDeviceAsync("771200345");
        (await rig.SysinfoAsync(one, ",\"preset-user-name\":\"mara\"")).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(one))!.OwnerGuid.ShouldBeNull();
        await rig.SettingsAsync(new DeviceSettings { Presets = new() { Owner = true, Strategy = true, DeviceGroup = true, AddressBook = true } });
        var two = await rig.Api.AddDeviceAsync("771200346");
        (await rig.SysinfoAsync(two, """
            ,"preset-user-name":"nobody","preset-strategy-name":"none","preset-device-group-name":"none","preset-address-book-name":"none"
            """)).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(two))!.OwnerGuid.ShouldBeNull();
    }

    [Fact]
    public async Task Every_kind_of_preset_is_applied_when_it_is_allowed()
    {
        await using var rig = await DeviceRig.StartAsync();
        await rig.SettingsAsync(new DeviceSettings
        {
            Presets = new() { Owner = true, Strategy = true, DeviceGroup = true, AddressBook = true, Note = true },
        });
        var mara = await rig.Api.AddUserAsync("mara");
        var strategy = await rig.StrategyAsync("Locked", ("enable-terminal", "N"));
        await using var db = rig.Api.OpenDb();
        db.DeviceGroups.Add(new DeviceGroup { Name = "Shops", NormalizedName = "SHOPS" });
        db.AddressBooks.Add(new AddressBook { OwnerGuid = mara.Guid, Name = "Branch", NormalizedName = "BRANCH" });
        await db.SaveChangesAsync();
        var device = await rig.Api.AddDeviceAsync("771200345");
        (await rig.SysinfoAsync(device, """
            ,"preset-user-name":"mara","preset-strategy-name":"locked","preset-device-group-name":"Shops","preset-note":"till",
            "preset-address-book-name":"branch","preset-address-book-tag":"shop","preset-address-book-alias":"till 3",
            "preset-address-book-password":"b00k-Pw","preset-address-book-note":"by the door"
            """)).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.DetailsAsync(device))!.OwnerGuid.ShouldBe(mara.Guid);
        (await db.StrategyAssignments.SingleAsync()).StrategyGuid.ShouldBe(strategy.Guid);
        (await db.DeviceGroupMembers.SingleAsync()).DeviceGuid.ShouldBe(device.Guid);
        (await db.Devices.SingleAsync()).Note.ShouldBe("till");
        var entry = await db.AddressBookEntries.SingleAsync();
        (entry.Id, entry.Alias, entry.Note, entry.Platform).ShouldBe((device.Id, "till 3", "by the door", "Windows"));
        entry.Password.ShouldNotContain("b00k-Pw");
        (await db.AddressBookTags.SingleAsync()).Name.ShouldBe("shop");
    }

    [Fact]
    public async Task A_burst_of_thousands_is_stored_in_few_transactions()
    {
        await using var rig = await DeviceRig.StartAsync();
        const int count = 2000;
        var devices = await ManyAsync(rig, count);
        var answers = await Task.WhenAll(devices.Select(d => rig.SysinfoAsync(d)));
        answers.ShouldAllBe(a => a.Text == "SYSINFO_UPDATED");
        await using var db = rig.Api.OpenDb();
        (await db.DeviceDetails.CountAsync()).ShouldBe(count);
    }

    [Fact]
    public async Task The_version_text_is_another_one_after_each_start()
    {
        await using var rig = await DeviceRig.StartAsync();
        var answer = await rig.Api.PostAsync("/api/sysinfo_ver");
        (answer.Status, answer.Text.Length).ShouldBe((200, 32));
        (await rig.Api.PostAsync("/api/sysinfo_ver")).Text.ShouldBe(answer.Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"id\":5}")]
    [InlineData("{\"id\":\"")]
    [InlineData("{}")]
    public async Task Nonsense_is_a_4xx_with_an_error(string body)
    {
        await using var rig = await DeviceRig.StartAsync();
        foreach (var path in (string[])["/api/sysinfo", "/api/heartbeat", "/api/switch-grant"])
        {
            var answer = await rig.Api.PostAsync(path, body);
            if (path == "/api/switch-grant" && body == "{}") continue;
            answer.Status.ShouldBeInRange(400, 499, path);
            answer.Error.ShouldNotBeNullOrEmpty(path);
        }
    }

    internal static async Task<List<TestDevice>> ManyAsync(DeviceRig rig, int count)
    {
        var rows = Enumerable.Range(100_000_000, count).Select(i => new StoredDevice(
            $"{i}", System.Text.Encoding.ASCII.GetBytes($"machine-{i}"), new byte[32], default, DateTime.UnixEpoch, null, false)).ToList();
        await rig.Server.Node.Store!.Devices.SaveAsync(rows, default);
        await using var db = rig.Api.OpenDb();
        return await db.Devices.OrderBy(d => d.Id).Select(d => new TestDevice(d.Guid, d.Id, Convert.ToBase64String(d.Uuid))).ToListAsync();
    }
}
