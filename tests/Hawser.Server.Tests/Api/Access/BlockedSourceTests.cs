using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>Addresses that an administrator blocked, for instance from an alarm.</summary>
public sealed class BlockedSourceTests
{
    private const string Path = "/api/access/blocked";

    [Fact]
    public async Task From_a_blocked_address_nobody_is_introduced_until_it_is_taken_back()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var root = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("root", admin: true));
        var anna = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.9")).ShouldBeEmpty();

        var blocked = await rig.Api.PostAsync(Path, """{"addresses":["127.0.0.9","203.0.113.0/24"]}""", root);
        blocked.Json.GetProperty("addresses").ToString().ShouldBe("""["127.0.0.9","203.0.113.0/24"]""");
        (await rig.Api.PostAsync(Path, """{"addresses":["127.0.0.9"]}""", root)).Json.GetProperty("addresses").GetArrayLength().ShouldBe(2);
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(), "127.0.0.9")).ShouldContain("blocked");
        (await rig.RefusalAsync(target, AccessRig.AskRelay(anna), "127.0.0.9")).ShouldContain("blocked");
        (await rig.RefusalAsync(target, rig.Ask(anna), "127.0.0.8")).ShouldBeEmpty();

        (await rig.Api.PostAsync(Path + "/remove", """{"addresses":["127.0.0.9"]}""", root)).Status.ShouldBe(200);
        (await rig.Api.GetAsync(Path, root)).Json.GetProperty("addresses").ToString().ShouldBe("""["203.0.113.0/24"]""");
        await rig.LookAsync();
        (await rig.RefusalAsync(target, rig.Ask(anna), "127.0.0.9")).ShouldBeEmpty();
    }

    [Fact]
    public async Task From_a_blocked_address_nobody_signs_in_and_devices_go_on_reporting()
    {
        await using var rig = await AccessRig.StartAsync();
        var device = await rig.Api.AddDeviceAsync("482913377");
        var anna = await rig.Api.AddUserAsync("anna");
        var token = await rig.Api.TokenAsync(anna);
        await rig.SetAsync(s => s.BlockedAddresses = ["127.0.0.1"]);
        (await rig.Api.LoginAsync("anna")).ToString().ShouldContain("blocked");
        (await rig.Api.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(403);
        (await rig.Api.GetAsync("/api/console/me")).Status.ShouldBe(403);
        (await rig.Api.PostAsync("/api/heartbeat", $"{{{device.Members},\"ver\":1004090,\"modified_at\":0}}")).Status.ShouldBe(200);
        await rig.SetAsync(s => s.BlockedAddresses = []);
        (await rig.Api.LoginAsync("anna")).ToString().ShouldContain("access_token");
        (await rig.Api.PostAsync("/api/currentUser", "{}", token)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_is_wrong_is_said_and_nobody_blocks_the_own_address()
    {
        await using var rig = await AccessRig.StartAsync();
        var root = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("root", admin: true));
        var anna = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna"));
        (await rig.Api.PostAsync(Path, """{"addresses":["office"]}""", root)).Status.ShouldBe(400);
        (await rig.Api.PostAsync(Path, """{"addresses":[null]}""", root)).Status.ShouldBe(400);
        (await rig.Api.PostAsync(Path, "{}", root)).Status.ShouldBe(400);
        var own = await rig.Api.PostAsync(Path, """{"addresses":["127.0.0.0/8"]}""", root);
        (own.Status, own.Member("code")).ShouldBe((409, "own_address"));
        (await rig.Api.PostAsync(Path, """{"addresses":["203.0.113.7"]}""", anna)).Status.ShouldBe(403);
        (await rig.Api.GetAsync(Path, anna)).Status.ShouldBe(403);
        (await rig.Api.GetAsync(Path, root)).Json.GetProperty("addresses").GetArrayLength().ShouldBe(0);
    }
}
