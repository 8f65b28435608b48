using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Data.Accounts;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Recordings;
using Hawser.Server.Tests.Api.Admin;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>What Home tells staff: what lies in their scope, and nothing of the rest.</summary>
public sealed class AttentionTests : IAsyncLifetime
{
    private AdminRig _rig = null!;
    private User _helper = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        _helper = await _rig.UserAsync("helper", group: await _rig.UserGroupAsync("Help desk"));
        await _rig.DeviceGroupAsync("Tills");
        var devices = await _rig.DevicesAsync(3);
        (await _rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["Tills"]}""")).ShouldBeFine();
        var guests = await _rig.UserGroupAsync("Guests");
        await using var db = _rig.Db();
        var now = DateTime.UtcNow;
        foreach (var device in devices)
        {
            db.DeviceClaims.Add(new DeviceClaim
            {
                Guid = Guid.NewGuid(), DeviceId = device.Id, Uuid = [1, 2], PublicKey = new byte[32], State = ClaimState.Refused,
                FirstSeenAt = now, LastSeenAt = now,
            });
            db.Recordings.Add(new RecordingRow
            {
                RecordId = "rec-" + device.Id, Door = RecordingDoor.Stream, Owner = $"account:{_rig.Root.Guid:N}", OwnerGuid = _rig.Root.Guid,
                DeviceId = device.Id, DeviceGuid = device.Guid, Status = RecordingStatus.Failed, Chunks = 1, Size = 1,
                CreatedAt = now, UpdatedAt = now, ActiveAt = now,
            });
        }

        db.DeviceClaims.Add(new DeviceClaim
        {
            Guid = Guid.NewGuid(), DeviceId = "771200345", Uuid = [3], PublicKey = new byte[32], State = ClaimState.Waiting,
            FirstSeenAt = now, LastSeenAt = now,
        });
        db.AlarmAudits.Add(new AlarmAudit { Type = AlarmTexts.SignInStorms[0], CreatedAt = now });
        db.Users.AddRange(Newcomer("nina", guests, "x"), Newcomer("nils", _helper.UserGroupGuid, "x"), Newcomer("nora", guests, null));
        await db.SaveChangesAsync();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Administrators_are_told_of_everything_and_people_without_a_role_of_nothing()
    {
        (await ToldAsync(_rig.Person)).ShouldBe(
            ["accounts 2", "identity 3", "pending 1", "recordings 3", "signins 1"], ignoreOrder: true);
        (await _rig.GetAsync("/api/console/overview", await _rig.Api.TokenAsync(_helper))).ShouldBeFine()
            .GetProperty("attention").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Staff_of_groups_are_told_of_the_devices_recordings_and_newcomers_of_those_groups()
    {
        await RoleAsync("group", "devices.view recordings.view users.enable", "\"device_groups\":[\"Tills\"],\"user_groups\":[\"Guests\"]");
        (await ToldAsync()).ShouldBe(["accounts 1", "identity 1", "recordings 1"], ignoreOrder: true);
        (await _rig.AllAsync("/api/users?state=waiting", token: await _rig.Api.TokenAsync(_helper))).ShouldHaveSingleItem()
            .Of("name").ShouldBe("nina");
        // Pending machines are nobody's: whose right reaches such devices decides about them.
        await RoleAsync("group", "devices.view", "\"unassigned\":true", "Second");
        (await ToldAsync()).ShouldContain("pending 1");
    }

    [Fact]
    public async Task Staff_with_a_right_to_something_else_are_told_of_none_of_it()
    {
        await RoleAsync("group", "users.view", "\"user_groups\":[\"Guests\"]");
        (await ToldAsync()).ShouldBeEmpty("who may not enable newcomers can't decide about them");
        await RoleAsync("global", "audit.view", "\"unassigned\":false", "Second");
        (await ToldAsync()).ShouldBe(["signins 1"]);
        await RoleAsync("individual", "devices.view recordings.view audit.view", "\"unassigned\":false", "Third");
        (await ToldAsync()).ShouldBe(["signins 1"]);
    }

    [Fact]
    public async Task An_account_that_somebody_enabled_waits_no_more_also_when_it_is_disabled_later()
    {
        var nina = (await _rig.AllAsync("/api/users?name=nina")).ShouldHaveSingleItem();
        nina.Of("state").ShouldBe("waiting");
        (await _rig.AllAsync("/api/users?state=disabled")).ShouldHaveSingleItem().Of("name").ShouldBe("nora", "its address is not confirmed");
        var states = (await _rig.GetAsync("/api/users/facets")).ShouldBeFine().GetProperty("states").EnumerateArray()
            .ToDictionary(s => s.Of("value"), s => s.Of("count"));
        (states["waiting"], states["disabled"]).ShouldBe(("2", "1"));
        (await _rig.PostAsync($"/api/users/{nina.Of("guid")}/enable")).ShouldBeDone();
        (await _rig.PostAsync($"/api/users/{nina.Of("guid")}/disable")).ShouldBeDone();
        (await _rig.AllAsync("/api/users?state=waiting")).ShouldHaveSingleItem().Of("name").ShouldBe("nils");
        (await ToldAsync(_rig.Person)).ShouldContain("accounts 1");
    }

    private static User Newcomer(string name, Guid group, string? hash) => new()
    {
        Name = name, NormalizedName = name.ToUpperInvariant(), Status = UserStatus.Disabled, AwaitsApproval = true,
        PasswordHash = hash, UserGroupGuid = group, SecurityStamp = name, ConcurrencyStamp = name, CreatedAt = DateTime.UtcNow,
    };

    private async Task<List<string>> ToldAsync(string? token = null) =>
        [.. (await _rig.GetAsync("/api/console/overview", token ?? await _rig.Api.TokenAsync(_helper))).ShouldBeFine()
            .GetProperty("attention").EnumerateArray().Where(a => a.Of("part") != "part")
            .Select(a => $"{a.Of("part")} {a.Of("about")}")];

    private async Task RoleAsync(string type, string rights, string more, string name = "Role")
    {
        var list = JsonSerializer.Serialize(rights.Split(' '));
        var made = await _rig.PostAsync(
            "/api/admin-roles", $$"""{"name":"{{name}}","type":"{{type}}","rights":{{list}},"users":["helper"],{{more}}}""", _rig.Person);
        made.Status.ShouldBe(200, made.Text);
    }
}
