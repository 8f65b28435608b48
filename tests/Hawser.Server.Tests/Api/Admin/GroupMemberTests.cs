using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class GroupMemberTests
{
    [Fact]
    public async Task Devices_come_and_go_at_once_and_stay_in_their_other_groups()
    {
        await using var rig = await AdminRig.StartAsync();
        var mara = await rig.UserAsync("mara");
        var devices = await rig.DevicesAsync(5, mara);
        var tills = await rig.DeviceGroupAsync("Tills");
        var north = await rig.DeviceGroupAsync("North");
        (await rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["North","Tills"]}""")).ShouldBeFine();

        (await ChangeAsync(rig, "device", tills, [devices[1].Guid, devices[2].Guid], [devices[0].Guid])).ShouldBeDone();
        (await KeysAsync(rig, "device", tills, "member=1")).ShouldBe([devices[1].Id, devices[2].Id]);
        (await KeysAsync(rig, "device", north, "member=1")).ShouldBe([devices[0].Id], "its other group is its own");
        (await KeysAsync(rig, "device", tills, "member=0")).ShouldBe([devices[0].Id, devices[3].Id, devices[4].Id]);
        (await KeysAsync(rig, "device", tills, $"q={devices[3].Id}")).ShouldBe([devices[3].Id]);
        (await KeysAsync(rig, "device", tills, "q=MARA&pageSize=2")).Count.ShouldBe(2);
        (await ChangeAsync(rig, "device", tills, [devices[1].Guid], [])).ShouldBeDone();
        (await rig.GetAsync($"/api/device-groups/{tills}")).ShouldBeFine().Of("device_count").ShouldBe("2", "who is in it already is in it once");
        (await rig.LogAsync()).Count(l => l.Targets == "Tills").ShouldBe(2);
    }

    [Fact]
    public async Task Users_move_in_and_who_leaves_goes_to_the_default_group()
    {
        await using var rig = await AdminRig.StartAsync();
        var shop = await rig.UserGroupAsync("Shop");
        var desk = await rig.UserGroupAsync("Desk");
        var (ann, bob, eve) = (await rig.UserAsync("ann", group: shop), await rig.UserAsync("bob"), await rig.UserAsync("eve", group: desk));

        (await ChangeAsync(rig, "user", shop, [bob.Guid], [ann.Guid, eve.Guid])).ShouldBeDone();
        (await KeysAsync(rig, "user", shop, "member=1")).ShouldBe(["bob"]);
        (await KeysAsync(rig, "user", desk, "member=1")).ShouldBe(["eve"], "she was in another group, and stays there");
        var home = (await rig.AllAsync("/api/user-groups")).Single(g => g.Of("is_default") == "True");
        (await KeysAsync(rig, "user", Guid.Parse(home.Of("guid")), "member=1")).ShouldContain("ann");
        (await ChangeAsync(rig, "user", Guid.Parse(home.Of("guid")), [], [ann.Guid])).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync($"/api/user-groups/{shop}")).ShouldBeFine().Of("user_count").ShouldBe("1");
    }

    [Fact]
    public async Task What_is_not_there_changes_nothing_and_who_has_no_right_sees_nothing()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(2);
        var tills = await rig.DeviceGroupAsync("Tills");
        (await ChangeAsync(rig, "device", tills, [devices[0].Guid, Guid.CreateVersion7()], [])).ShouldBeProblem(404, "not_found");
        (await KeysAsync(rig, "device", tills, "member=1")).ShouldBeEmpty("all or nothing");
        (await ChangeAsync(rig, "device", Guid.CreateVersion7(), [devices[0].Guid], [])).ShouldBeProblem(404, "not_found");
        (await ChangeAsync(rig, "device", tills, [], [])).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync($"/api/device-groups/{tills}/members", """{"add":["nonsense"]}""")).ShouldBeProblem(400, "invalid");
        (await rig.GetAsync("/api/device-groups/nonsense")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync("/api/user-groups/nonsense/members")).ShouldBeProblem(404, "not_found");
        var nobody = await rig.Api.TokenAsync(await rig.UserAsync("nobody"));
        (await rig.GetAsync($"/api/device-groups/{tills}/members", nobody)).Status.ShouldBe(403);
        (await rig.PostAsync($"/api/device-groups/{tills}/members", $$"""{"add":["{{devices[0].Guid}}"]}""", nobody)).Status.ShouldBe(403);
    }

    private static Task<TestRig.Answer> ChangeAsync(AdminRig rig, string kind, Guid group, Guid[] add, Guid[] remove) =>
        rig.PostAsync($"/api/{kind}-groups/{group}/members",
            System.Text.Json.JsonSerializer.Serialize(new { add, remove }));

    private static async Task<List<string>> KeysAsync(AdminRig rig, string kind, Guid group, string query) =>
        [.. (await rig.GetAsync($"/api/{kind}-groups/{group}/members?{query}")).ShouldBeFine().GetProperty("data")
            .EnumerateArray().Select(r => r.Of("key"))];
}
