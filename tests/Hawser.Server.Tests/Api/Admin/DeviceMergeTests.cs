using System.Globalization;
using Hawser.Api.Devices.Admin;
using Hawser.Data.Access;
using Hawser.Data.AddressBooks;
using Hawser.Data.Recordings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Two rows of one machine that become one, and by what a list of devices is sorted and narrowed beside.</summary>
public sealed class DeviceMergeTests : IAsyncLifetime
{
    private AdminRig _rig = null!;

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task What_was_done_on_the_other_and_given_to_it_moves_and_its_row_is_gone()
    {
        var ann = await _rig.UserAsync("ann");
        var devices = await _rig.DevicesAsync(2);
        var (stays, goes) = (devices[0], devices[1]);
        await _rig.DeviceGroupAsync("Tills");
        await _rig.DeviceGroupAsync("North");
        (await _rig.PostAsync("/api/strategies", """{"name":"Quiet","options":{}}""")).Status.ShouldBeLessThan(300);
        (await _rig.PatchAsync($"/api/devices/{stays.Guid}", """{"device_groups":["Tills"],"device_name":"New"}""")).ShouldBeFine();
        (await _rig.PatchAsync($"/api/devices/{goes.Guid}",
            """{"device_groups":["Tills","North"],"user_name":"ann","strategy_name":"Quiet","note":"at the door","device_name":"Old"}""")).ShouldBeFine();
        var books = await FillAsync(ann.Guid, stays, goes);

        var preview = (await _rig.GetAsync($"/api/devices/{stays.Guid}/merge?other={goes.Guid}")).ShouldBeFine();
        (preview.Of("sessions"), preview.Of("files"), preview.Of("recordings"), preview.Of("books"), preview.Of("books_with_both"), preview.Of("rules"))
            .ShouldBe(("2", "1", "1", "1", "1", "1"));
        (preview.GetProperty("device_groups")[0].GetString(), preview.Of("user_name"), preview.Of("strategy_name"), preview.Of("other_online"))
            .ShouldBe(("North", "ann", "Quiet", "False"));
        (await _rig.PostAsync($"/api/devices/{stays.Guid}/merge", $$"""{"other":"{{goes.Guid}}","reason":"set up anew"}""", _rig.Person)).ShouldBeDone();

        var row = (await _rig.AllAsync("/api/devices")).ShouldHaveSingleItem();
        (row.Of("id"), row.Of("user_name"), row.Of("strategy_name"), row.Of("note"), row.GetProperty("info").Of("device_name"))
            .ShouldBe((stays.Id, "ann", "Quiet", "at the door", "New"));
        var detail = (await _rig.GetAsync($"/api/devices/{stays.Guid}")).ShouldBeFine();
        detail.GetProperty("device_groups").GetArrayLength().ShouldBe(2);
        (await _rig.AllAsync($"/api/audits/conn?remote={stays.Id}")).Count.ShouldBe(2);
        (await _rig.AllAsync($"/api/audits/conn?remote={goes.Id}")).ShouldBeEmpty();
        (await _rig.AllAsync($"/api/audits/file?remote={stays.Id}")).Count.ShouldBe(1);
        (await _rig.GetAsync($"/api/devices/{stays.Guid}/signals")).ShouldBeFine().GetProperty("former_ids")[0].Of("id").ShouldBe(goes.Id);
        await using var db = _rig.Db();
        (await db.Recordings.SingleAsync()).DeviceId.ShouldBe(stays.Id);
        (await db.AccessRules.SingleAsync()).TargetGuid.ShouldBe(stays.Guid);
        var entries = await db.AddressBookEntries.ToListAsync();
        entries.Where(e => e.DeletedAt is null).Select(e => (e.BookGuid, e.Id)).ShouldBe([(books[0], stays.Id), (books[1], stays.Id)], ignoreOrder: true);
        entries.Single(e => e.DeletedAt is not null).Id.ShouldBe(goes.Id, "where a book has both, the other goes to its bin");
        (await db.RetiredIds.SingleAsync()).Uuid.ShouldBe(Convert.FromBase64String(goes.Uuid), "only its machine may take the id again");
        (await _rig.LogAsync()).ShouldContain((240, $"{stays.Id} {goes.Id}"));
        (await _rig.PostAsync($"/api/devices/{stays.Guid}/merge", $$"""{"other":"{{goes.Guid}}"}""", _rig.Person)).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task A_device_that_is_online_does_not_go_and_only_administrators_merge()
    {
        var devices = await _rig.DevicesAsync(2);
        var (first, second) = (devices[0], devices[1]);
        await _rig.Api.PostAsync("/api/heartbeat", $$"""{{{second.Members}},"ver":1004009,"modified_at":0}""");
        var body = $$"""{"other":"{{second.Guid}}"}""";
        (await _rig.PostAsync($"/api/devices/{first.Guid}/merge", body)).ShouldBeProblem(409, "online");
        (await _rig.GetAsync($"/api/devices/{first.Guid}/merge?other={second.Guid}")).ShouldBeFine().Of("other_online").ShouldBe("True");
        (await _rig.PostAsync($"/api/devices/{first.Guid}/merge", $$"""{"other":"{{first.Guid}}"}""")).ShouldBeProblem(400, "invalid");
        (await _rig.PostAsync($"/api/devices/{first.Guid}/merge", "{}")).ShouldBeProblem(400, "invalid");
        (await _rig.GetAsync($"/api/devices/{first.Guid}/merge")).ShouldBeProblem(400, "invalid");
        await _rig.UserAsync("clerk");
        (await _rig.PostAsync("/api/admin-roles", """{"name":"Desk","type":"global","rights":["devices.delete","devices.edit"],"users":["clerk"]}""", _rig.Person)).Status.ShouldBeLessThan(500);
        await using var db = _rig.Db();
        var clerk = await db.Users.SingleAsync(u => u.Name == "clerk");
        (await _rig.PostAsync($"/api/devices/{first.Guid}/merge", body, await _rig.Api.TokenAsync(clerk))).Status.ShouldBe(403);
        (await _rig.AllAsync("/api/devices")).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Devices_are_sorted_by_state_and_narrowed_by_the_age_of_their_clients()
    {
        var devices = await _rig.DevicesAsync(12);
        await VersionAsync(devices[0], "1.4.10");
        await VersionAsync(devices[1], "1.3.9-2");
        await VersionAsync(devices[2], "nightly");
        await _rig.Api.PostAsync("/api/heartbeat", $$"""{{{devices[5].Members}},"ver":1004009,"modified_at":0}""");
        (await _rig.PostAsync($"/api/devices/{devices[0].Guid}/disable")).ShouldBeDone();
        var byState = await _rig.NamesAsync("/api/devices?sort=state", "id");
        (byState[0], byState[1], byState[^1]).ShouldBe((devices[5].Id, devices[1].Id, devices[0].Id));
        (await _rig.NamesAsync("/api/devices?sort=-state", "id"))[0].ShouldBe(devices[0].Id);

        (await _rig.NamesAsync("/api/devices?older=1.4.9", "id")).ShouldBe([devices[1].Id]);
        (await _rig.AllAsync("/api/devices?older=1.4.10")).Count.ShouldBe(10, "by numbers, not by letters");
        (await _rig.AllAsync("/api/devices?older=nonsense")).ShouldBeEmpty();
        // A single newer one of twelve is no tenth: 1.4.9 is what the fleet has.
        (await _rig.NamesAsync("/api/devices?needs=outdated", "id")).ShouldBe([devices[1].Id]);
        await VersionAsync(devices[3], "1.4.10");
        (await _rig.AllAsync("/api/devices?needs=outdated")).Count.ShouldBe(9);
        (await _rig.GetAsync("/api/devices/facets?needs=outdated")).ShouldBeFine().Of("total").ShouldBe("9");
        (await _rig.AllAsync("/api/devices?needs=any")).Count.ShouldBe(9);
    }

    [Fact]
    public async Task Another_machines_description_is_refused_and_the_device_needs_attention_for_a_day()
    {
        var device = (await _rig.DevicesAsync(1))[0];
        (await _rig.AllAsync("/api/devices?needs=sysinfo")).ShouldBeEmpty();
        (await _rig.Api.PostAsync("/api/sysinfo", $$"""{"id":"{{device.Id}}","uuid":"AAAA","version":"1.4.9","hostname":"copy"}""")).Text.ShouldBe("UNKNOWN_DEVICE");
        await using var db = _rig.Db();
        await Eventually.IsAsync(() => db.DeviceDetails.AsNoTracking().Count(d => d.SysinfoRefusedAt != null), 1, "devices with a refused description");
        (await _rig.NamesAsync("/api/devices?needs=sysinfo", "id")).ShouldBe([device.Id]);
        (await _rig.GetAsync($"/api/devices/{device.Guid}/signals")).ShouldBeFine().Of("sysinfo_refused_at").ShouldNotBeEmpty();
        await db.DeviceDetails.ExecuteUpdateAsync(s => s.SetProperty(d => d.SysinfoRefusedAt, (DateTime?)DateTime.UnixEpoch));
        (await _rig.AllAsync("/api/devices?needs=sysinfo")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("1.4.9", "1.4.10", true)]
    [InlineData("1.4.9", "1.4.9-1", true)]
    [InlineData("v1.4", "1.4.0", false)]
    [InlineData("2.0", "1.99.99", false)]
    public void Versions_are_compared_by_their_numbers(string one, string other, bool isOlder)
    {
        ClientVersions.TryParse(one, out var first).ShouldBeTrue();
        ClientVersions.TryParse(other, out var second).ShouldBeTrue();
        (first < second).ShouldBe(isOlder);
        foreach (var none in new[] { "", "nightly", "1..2", "1.2.3.4.5", "999999999.1", "1.4.9-beta" }) ClientVersions.TryParse(none, out _).ShouldBeFalse(none);
    }

    private async Task VersionAsync(TestDevice device, string version)
    {
        await using var db = _rig.Db();
        await db.DeviceDetails.Where(d => d.DeviceGuid == device.Guid).ExecuteUpdateAsync(s => s.SetProperty(d => d.Version, version));
    }

    private async Task<List<Guid>> FillAsync(Guid owner, TestDevice stays, TestDevice goes)
    {
        await using var db = _rig.Db();
        foreach (var number in new[] { 1, 2 })
        {
            db.ConnectionAudits.Add(new() { DeviceGuid = goes.Guid, DeviceId = goes.Id, ConnId = number, CreatedAt = DateTime.UnixEpoch, EndedAt = DateTime.UnixEpoch });
        }

        db.FileAudits.Add(new() { DeviceGuid = goes.Guid, DeviceId = goes.Id, CreatedAt = DateTime.UnixEpoch });
        db.Recordings.Add(new RecordingRow { RecordId = "r1", DeviceGuid = goes.Guid, DeviceId = goes.Id, CreatedAt = DateTime.UnixEpoch });
        db.AccessRules.Add(new()
        {
            Name = "To it", SubjectKind = AccessSubject.Everybody, TargetKind = AccessTarget.Device, TargetGuid = goes.Guid,
            CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch,
        });
        List<AddressBook> books = [.. new[] { 1, 2 }.Select(n => new AddressBook
        {
            OwnerGuid = owner, Name = n.ToString(CultureInfo.InvariantCulture), NormalizedName = n.ToString(CultureInfo.InvariantCulture),
        })];
        db.AddressBooks.AddRange(books);
        foreach (var book in books) db.AddressBookEntries.Add(new() { BookGuid = book.Guid, Id = goes.Id, Tags = "" });
        db.AddressBookEntries.Add(new() { BookGuid = books[1].Guid, Id = stays.Id, Tags = "" });
        await db.SaveChangesAsync();
        return books.ConvertAll(b => b.Guid);
    }
}
