using System.Text;
using Google.Protobuf;
using Hawser.Api.Devices;
using Hawser.Data.AddressBooks;
using Hawser.Data.Devices;
using Hawser.Data.Groups;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;
using Result = Hawser.Protocol.Messages.RegisterPkResponse.Types.Result;

namespace Hawser.Server.Tests.Api.Devices;

public class DeploymentTests
{
    [Fact]
    public async Task C88_Without_permission_the_answer_is_a_readable_error()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var admin = await rig.Api.AddUserAsync("boss", admin: true);
        var user = await rig.Api.AddUserAsync("mara");
        var body = $"{{{device.Members},\"note\":\"x\"}}";
        foreach (var path in (string[])["/api/devices/cli", "/api/devices/deploy"])
        {
            await RefusedAsync(401, null);
            await RefusedAsync(401, "hwp_nonsense");
            await RefusedAsync(403, await rig.Api.ApiTokenAsync(admin, "device:r"));
            await RefusedAsync(403, await rig.Api.ApiTokenAsync(admin, "audit:rw"));
            await RefusedAsync(403, await rig.Api.ApiTokenAsync(user, "device:rw"));
            await RefusedAsync(403, await rig.Api.TokenAsync(user));

            async Task RefusedAsync(int status, string? token)
            {
                var answer = await rig.Api.PostAsync(path, body, token);
                answer.Status.ShouldBe(status, path);
                answer.Error.ShouldNotBeNullOrEmpty();
            }
        }
    }

    [Fact]
    public async Task C89_A_strategy_that_is_assigned_by_command_line_is_told_at_the_next_heartbeat()
    {
        await using var rig = await DeviceRig.StartAsync();
        var token = await TokenAsync(rig);
        var device = await rig.DeviceAsync();
        await rig.StrategyAsync("Locked", ("enable-terminal", "N"));
        (await rig.BeatAsync(device)).Text.ShouldBe("{}");
        var answer = await rig.Api.PostAsync("/api/devices/cli", $"{{{device.Members},\"strategy_name\":\"locked\"}}", token);
        (answer.Status, answer.Text).ShouldBe((200, ""));
        var told = await rig.BeatAsync(device);
        told.Text.ShouldContain("\"enable-terminal\":\"N\"");
        (await rig.Api.PostAsync("/api/devices/cli", $"{{{device.Members},\"strategy_name\":\"\"}}", token)).Text.ShouldBe("");
        (await rig.BeatAsync(device, told.Json.GetProperty("modified_at").GetInt64())).Text.ShouldContain("\"enable-terminal\":\"\"");
    }

    [Fact]
    public async Task Everything_is_assigned_together_and_empty_texts_take_away()
    {
        await using var rig = await DeviceRig.StartAsync();
        var token = await TokenAsync(rig);
        var mara = await rig.Api.AddUserAsync("mara");
        await using var db = rig.Api.OpenDb();
        db.DeviceGroups.Add(new DeviceGroup { Name = "Shops", NormalizedName = "SHOPS" });
        db.AddressBooks.Add(new AddressBook { OwnerGuid = mara.Guid, Name = "Branch", NormalizedName = "BRANCH" });
        await db.SaveChangesAsync();
        var device = await rig.DeviceAsync();
        (await rig.Api.PostAsync("/api/devices/cli", $$"""
            {{{device.Members}},"user_name":"Mara","device_group_name":"shops","note":"till","device_name":"Till 3","device_username":"cash",
            "address_book_name":"Branch","address_book_tag":"shop","address_book_alias":"t3","address_book_password":"pw","address_book_note":"n"}
            """, token)).Text.ShouldBe("");
        var details = (await rig.DetailsAsync(device))!;
        (details.OwnerGuid, details.NameOverride, details.UsernameOverride).ShouldBe((mara.Guid, "Till 3", "cash"));
        (await db.DeviceGroupMembers.CountAsync()).ShouldBe(1);
        (await db.AddressBookEntries.SingleAsync()).Alias.ShouldBe("t3");
        (await rig.Api.PostAsync("/api/devices/cli", $$"""
            {{{device.Members}},"user_name":"","device_group_name":"","note":"","device_name":"","device_username":""}
            """, token)).Text.ShouldBe("");
        details = (await rig.DetailsAsync(device))!;
        (details.OwnerGuid, details.NameOverride, details.UsernameOverride).ShouldBe((null, "", ""));
        (await db.DeviceGroupMembers.CountAsync()).ShouldBe(0);
        (await db.Devices.AsNoTracking().SingleAsync()).Note.ShouldBeNull();
    }

    [Theory]
    [InlineData("\"user_name\":\"nobody\",\"note\":\"x\"", "nobody")]
    [InlineData("\"strategy_name\":\"none\",\"note\":\"x\"", "none")]
    [InlineData("\"device_group_name\":\"none\",\"note\":\"x\"", "none")]
    [InlineData("\"address_book_name\":\"none\",\"note\":\"x\"", "none")]
    [InlineData("\"x\":1", "nothing")]
    public async Task What_can_not_be_assigned_is_told_and_nothing_is_changed(string members, string part)
    {
        await using var rig = await DeviceRig.StartAsync();
        var token = await TokenAsync(rig);
        var device = await rig.DeviceAsync();
        var answer = await rig.Api.PostAsync("/api/devices/cli", $"{{{device.Members},{members}}}", token);
        answer.Status.ShouldBe(400);
        answer.Error!.ShouldContain(part);
        await using var db = rig.Api.OpenDb();
        (await db.Devices.SingleAsync()).Note.ShouldBeNull();
        var stranger = await rig.Api.PostAsync(
            "/api/devices/cli", $"{{{(device with { Uuid = "Y2FmZQ==" }).Members},\"note\":\"x\"}}", token);
        stranger.Status.ShouldBe(403);
        stranger.Error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task C90_Deploying_says_OK_ID_TAKEN_INVALID_INPUT_or_NOT_ENABLED()
    {
        await using var rig = await DeviceRig.StartAsync();
        var token = await TokenAsync(rig);
        var device = TestDevice.Unregistered with { Id = "shop-till-3" };
        var pk = Convert.ToBase64String(new byte[32]);
        (await DeployAsync(device, pk)).ShouldBe("NOT_ENABLED");
        await rig.SettingsAsync(new DeviceSettings { DeploymentRequired = true });
        (await DeployAsync(device, pk)).ShouldBe("OK");
        (await DeployAsync(device, pk)).ShouldBe("OK", "again is fine");
        (await DeployAsync(device with { Uuid = "Y2FmZQ==" }, pk)).ShouldBe("ID_TAKEN");
        (await DeployAsync(device, "AAAA")).ShouldBe("INVALID_INPUT");
        (await DeployAsync(device with { Id = "a b" }, pk)).ShouldBe("INVALID_INPUT");
        (await DeployAsync(device with { Uuid = "" }, pk)).ShouldBe("INVALID_INPUT");
        (await DeployAsync(device with { Uuid = "%" }, pk)).ShouldBe("INVALID_INPUT");
        await using var db = rig.Api.OpenDb();
        (await db.Devices.SingleAsync()).Listed.ShouldBeTrue();
        (await DeployAsync(device with { Id = "shop-till-4" }, pk)).ShouldBe("OK");
        var row = await db.Devices.AsNoTracking().SingleAsync();
        row.Id.ShouldBe("shop-till-4", "the same machine keeps its row");
        (await db.Deployments.CountAsync()).ShouldBe(3);

        async Task<string?> DeployAsync(TestDevice who, string key)
        {
            var answer = await rig.Api.PostAsync("/api/devices/deploy", $"{{{who.Members},\"pk\":\"{key}\"}}", token);
            answer.Status.ShouldBe(200);
            return answer.Member("result");
        }
    }

    [Fact]
    public async Task C90_Where_deployment_is_required_a_device_may_register_as_soon_as_it_was_deployed()
    {
        await using var rig = await DeviceRig.StartAsync();
        await rig.SettingsAsync(new DeviceSettings { DeploymentRequired = true });
        var token = await TokenAsync(rig);
        var (uuid, key) = ("machine-7"u8.ToArray(), new byte[32]);
        key[5] = 7;
        (await RegisterAsync("771200345")).ShouldBe(Result.NotDeployed);
        var body = $"{{\"id\":\"771200345\",\"uuid\":\"{Convert.ToBase64String(uuid)}\",\"pk\":\"{Convert.ToBase64String(key)}\"}}";
        (await rig.Api.PostAsync("/api/devices/deploy", body, token)).Member("result").ShouldBe("OK");
        (await RegisterAsync("771200345")).ShouldBe(Result.Ok);
        (await RegisterAsync("771200346")).ShouldBe(Result.NotDeployed);
        await rig.SettingsAsync(new DeviceSettings());
        (await RegisterAsync("771200346")).ShouldBe(Result.Ok);

        async Task<Result> RegisterAsync(string id)
        {
            using var peer = await WireClient.ConnectAsync(rig.Server.RendezvousPort);
            await peer.SendAsync(new RendezvousMessage
            {
                RegisterPk = new RegisterPk { Id = id, Uuid = ByteString.CopyFrom(uuid), Pk = ByteString.CopyFrom(key) },
            });
            return (await peer.ReceiveAnswerAsync())!.RegisterPkResponse.Result;
        }
    }

    [Fact]
    public async Task C91_A_switch_grant_needs_the_devices_signature_and_a_right_clock()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var secret = new byte[Sodium.SecretKeyLength];
        Sodium.SignKeyPair(new byte[32], secret);
        await rig.Server.Node.Store!.Devices.SaveAsync(
            [new StoredDevice("123456789", [1, 2, 3], secret[32..], default, DateTime.UnixEpoch, null, false)], default);
        const string code = "eNCLSYYV7NcC8O3s75AkYJ1xbnppB2WuGzq4O84jBNA=";
        const string verifier = "a4RBnVCqmNtq94po9isgVh98lo8a6CDIiuHUzE9QQPs=";
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        (await GrantAsync("123456789", now - 600, now - 600)).ShouldBe($"{{\"accepted\":false,\"server_time\":{now}}}");
        (await GrantAsync("123456789", now, now - 1)).ShouldBe("""{"accepted":false}""", "signed another time");
        (await GrantAsync("999999999", now, now)).ShouldBe("""{"accepted":false}""", "no such device");
        (await GrantAsync("123456789", now - 5, now - 5)).ShouldBe("""{"accepted":true}""");
        (await GrantAsync("123456789", now - 5, now - 5)).ShouldBe("""{"accepted":true}""", "the answer may have been lost");
        await using var db = rig.Api.OpenDb();
        var utc = time.GetUtcNow().UtcDateTime;
        (await db.TryUseSwitchGrantAsync(code, "999999999", utc, default)).ShouldBeFalse("it opens its own device only");
        (await db.TryUseSwitchGrantAsync("code-abc", "123456789", utc, default)).ShouldBeFalse();
        (await db.TryUseSwitchGrantAsync(code, "123456789", utc, default)).ShouldBeTrue();
        (await db.TryUseSwitchGrantAsync(code, "123456789", utc, default)).ShouldBeFalse("once");
        (await GrantAsync("123456789", now - 5, now - 5)).ShouldBe("""{"accepted":false}""", "who overheard it can't make it again");

        async Task<string> GrantAsync(string id, long timestamp, long signedTimestamp)
        {
            var text = Encoding.UTF8.GetBytes($"switch-grant\0{id}\0{verifier}\0{signedTimestamp}");
            var signature = Convert.ToBase64String(Sodium.Sign(text, secret)[..64]);
            return (await rig.Api.PostAsync("/api/switch-grant", $$"""
                {"id":"{{id}}","switch_code_verifier":"{{verifier}}","timestamp":"{{timestamp}}","signature":"{{signature}}"}
                """)).Text;
        }
    }

    [Fact]
    public async Task A_switch_grant_ends_after_a_minute()
    {
        await using var rig = await DeviceRig.StartAsync();
        await using var db = rig.Api.OpenDb();
        var now = DateTime.UnixEpoch.AddYears(50);
        db.SwitchGrants.Add(new SwitchGrantRow
        {
            Verifier = SwitchGrant.Verifier("code-abc"), DeviceId = "123456789", CreatedAt = now, ExpiresAt = now + SwitchGrantRow.Life,
        });
        await db.SaveChangesAsync();
        SwitchGrant.Verifier("code-abc").ShouldBe("dMIn3uiPe77XodFB5IKi7PrKJ7l7+zVquNn0ObSaHQc=");
        (await db.TryUseSwitchGrantAsync("code-abc", "123456789", now.AddSeconds(61), default)).ShouldBeFalse();
        (await db.TryUseSwitchGrantAsync("code-abc", "123456789", now.AddSeconds(59), default)).ShouldBeTrue();
    }

    internal static async Task<string> TokenAsync(DeviceRig rig) =>
        await rig.Api.ApiTokenAsync(await rig.Api.AddUserAsync("boss", admin: true), "device:rw");
}
