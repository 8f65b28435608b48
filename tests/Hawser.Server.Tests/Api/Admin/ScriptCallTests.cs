using System.Text.Json;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>
/// Each request of the vendor's scripts (admin reference §4), with the bodies that they send, by whom they are run:
/// acceptance list §7, points 1 and 5.
/// </summary>
public sealed class ScriptCallTests
{
    [Fact]
    public async Task A7_1_each_command_is_done_for_an_administrators_token_403_without_its_area_and_401_with_a_wrong_one()
    {
        await using var rig = await AdminRig.StartAsync();
        var world = await WorldAsync(rig);
        var wrong = new List<string>();
        foreach (var (method, path, body, area) in Calls(world))
        {
            Task<Answer> RunAsync(string token) => rig.Api.SendAsync(new HttpMethod(method), path, body, token);
            var others = string.Join(' ', AdminRig.AllScopes.Split(' ').Where(s => !s.StartsWith(area + ":", StringComparison.Ordinal)));
            var without = await RunAsync(await rig.Api.ApiTokenAsync(rig.Root, method == "GET" ? others : $"{others} {area}:r"));
            if (without.Status != 403) wrong.Add($"{method} {path} without {area}: {without}");
            var nobody = await RunAsync("rapi_nonsense");
            if (nobody is not { Status: 401, Error: "Invalid token" }) wrong.Add($"{method} {path} with a wrong token: {nobody}");
            var done = await RunAsync(await rig.Api.ApiTokenAsync(rig.Root, $"{area}:{(method == "GET" ? "r" : "rw")}"));
            if (done.Status != 200 || done.Error is not null || !IsFamilyB(done.Text)) wrong.Add($"{method} {path}: {done}");
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task A7_5_empty_lists_and_texts_clear_and_what_is_left_out_is_kept()
    {
        await using var rig = await AdminRig.StartAsync();
        var world = await WorldAsync(rig);
        var group = $"/api/user-groups/{world.UserGroup}";
        (await rig.PatchAsync(group, """{"note":"kept","allowed_incomings":[{"type":0,"name":"Default"}]}""")).ShouldBeDone();
        (await rig.PatchAsync(group, """{"name":"Shops 2"}""")).ShouldBeDone();
        var row = (await rig.AllAsync("/api/user-groups?name=Shops 2")).ShouldHaveSingleItem();
        (row.Of("note"), row.GetProperty("allowed_incomings").GetArrayLength()).ShouldBe(("kept", 1));
        (await rig.PatchAsync(group, """{"allowed_incomings":[]}""")).ShouldBeDone();
        row = (await rig.AllAsync("/api/user-groups?name=Shops 2")).ShouldHaveSingleItem();
        (row.Of("note"), row.GetProperty("allowed_incomings").GetArrayLength()).ShouldBe(("kept", 0));

        (await rig.PutAsync($"/api/ab/peer/update/{world.Book}", """{"id":"100000","alias":"till","tags":["red"]}""")).ShouldBeDone();
        (await rig.PutAsync($"/api/ab/peer/update/{world.Book}", """{"id":"100000","note":"n"}""")).ShouldBeDone();
        var entry = (await rig.AllAsync($"/api/ab/peers?ab={world.Book}")).Single(e => e.Of("id") == "100000");
        (entry.Of("alias"), entry.GetProperty("tags").GetArrayLength()).ShouldBe(("till", 1));
        (await rig.PutAsync($"/api/ab/peer/update/{world.Book}", """{"id":"100000","tags":[]}""")).ShouldBeDone();
        entry = (await rig.AllAsync($"/api/ab/peers?ab={world.Book}")).Single(e => e.Of("id") == "100000");
        (entry.Of("alias"), entry.GetProperty("tags").GetArrayLength()).ShouldBe(("till", 0));

        async Task<bool> HasPasswordAsync()
        {
            await using var db = rig.Db();
            var guid = Guid.Parse(world.Book);
            return (await db.AddressBooks.SingleAsync(b => b.Guid == guid)).Password.Length > 0;
        }

        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{world.Book}}","note":"x"}""")).ShouldBeDone();
        (await HasPasswordAsync()).ShouldBeTrue();
        (await rig.PutAsync("/api/ab/shared/update/profile", $$"""{"guid":"{{world.Book}}","info":{"password":""} }""")).ShouldBeDone();
        (await HasPasswordAsync()).ShouldBeFalse();
    }

    // devices.py, ab.py and audits.py fall over bare literals, and over texts that speak of an error.
    private static bool IsFamilyB(string text) =>
        text.Length == 0 || JsonDocument.Parse(text).RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array;

    private static IEnumerable<(string Method, string Path, string? Body, string Area)> Calls(World w)
    {
        // users.py
        yield return ("GET", "/api/users?name=%25x%25&pageSize=30&current=1", null, "user");
        yield return ("POST", "/api/users", """{"name":"new1","password":"Tulip#42 of new","group_name":"Default"}""", "user");
        yield return ("POST", $"/api/users/{w.User}/disable", null, "user");
        yield return ("POST", $"/api/users/{w.User}/enable", null, "user");
        yield return ("PUT", "/api/users/tfa/totp/enforce", $$"""{"user_guids":["{{w.User}}"],"enforce":true,"url":"https://x"}""", "user");
        yield return ("PUT", "/api/users/tfa/totp/enforce", $$"""{"user_guids":["{{w.User}}"],"enforce":false,"url":""}""", "user");
        yield return ("PUT", "/api/users/disable_login_verification", $$"""{"user_guids":["{{w.User}}"],"type":"email"}""", "user");
        yield return ("PUT", "/api/users/disable_login_verification", $$"""{"user_guids":["{{w.User}}"],"type":"2fa"}""", "user");
        yield return ("POST", "/api/users/force-logout", $$"""{"user_guids":["{{w.User}}"]}""", "user");
        // user-groups.py
        yield return ("GET", "/api/user-groups?pageSize=50&name=Shops&current=1", null, "user_group");
        yield return ("POST", "/api/user-groups", """{"name":"More","allowed_outgoings":[{"type":1,"name":"Tills"}]}""", "user_group");
        yield return ("PATCH", $"/api/user-groups/{w.UserGroup}", """{"note":"n","allowed_incomings":[]}""", "user_group");
        yield return ("POST", $"/api/user-groups/{w.UserGroup}", $"[\"{w.User}\"]", "user_group");
        yield return ("DELETE", $"/api/user-groups/{w.SpareUserGroup}", null, "user_group");
        // device-groups.py
        yield return ("GET", "/api/device-groups?pageSize=50&current=1", null, "device_group");
        yield return ("POST", "/api/device-groups", """{"name":"Kiosks","allowed_incomings":[{"type":2,"name":"mara"}]}""", "device_group");
        yield return ("PATCH", $"/api/device-groups/{w.DeviceGroup}", """{"note":"n"}""", "device_group");
        yield return ("POST", $"/api/device-groups/{w.DeviceGroup}", """["100000"]""", "device_group");
        yield return ("DELETE", $"/api/device-groups/{w.DeviceGroup}/devices", """["100000"]""", "device_group");
        yield return ("DELETE", $"/api/device-groups/{w.SpareDeviceGroup}", null, "device_group");
        // devices.py
        yield return ("GET", "/api/devices?id=%251%25&pageSize=30&current=1", null, "device");
        yield return ("GET", "/api/devices?device_group_name=Tills&id=%25%25&pageSize=50&current=1", null, "device");
        yield return ("POST", $"/api/devices/{w.Device}/disable", null, "device");
        yield return ("POST", $"/api/devices/{w.Device}/enable", null, "device");
        foreach (var (type, value) in new[]
        {
            ("user_name", "mara"), ("strategy_name", "Quiet"), ("device_group_name", "Tills"), ("note", "n"), ("device_username", "u"),
            ("device_name", "d"), ("ab", "Shops,red,alias,secret,note"),
        })
        {
            yield return ("POST", $"/api/devices/{w.Device}/assign", $$"""{"type":"{{type}}","value":"{{value}}"}""", "device");
        }

        yield return ("DELETE", $"/api/devices/{w.SpareDevice}", null, "device");
        foreach (var call in Books(w).Concat(Rest(w))) yield return call;
    }

    private static IEnumerable<(string Method, string Path, string? Body, string Area)> Books(World w)
    {
        yield return ("GET", "/api/ab/shared/profiles?pageSize=30&current=1", null, "address_book");
        yield return ("GET", "/api/ab/personal", null, "address_book");
        yield return ("POST", "/api/ab/shared/add", """{"name":"Other","note":null,"info":{"password":"s"}}""", "address_book");
        yield return ("PUT", "/api/ab/shared/update/profile", $$"""{"guid":"{{w.Book}}","note":"n"}""", "address_book");
        yield return ("GET", $"/api/ab/peers?ab={w.Book}&id=%251%25&pageSize=30&current=1", null, "address_book");
        yield return ("POST", $"/api/ab/peer/add/{w.Book}", """{"id":"777","note":null,"tags":["red"]}""", "address_book");
        yield return ("PUT", $"/api/ab/peer/update/{w.Book}", """{"id":"777","tags":[]}""", "address_book");
        yield return ("DELETE", $"/api/ab/peer/{w.Book}", """["777"]""", "address_book");
        yield return ("GET", $"/api/ab/tags/{w.Book}", null, "address_book");
        yield return ("POST", $"/api/ab/tag/add/{w.Book}", """{"name":"blue","color":4294901760}""", "address_book");
        yield return ("PUT", $"/api/ab/tag/update/{w.Book}", """{"name":"blue","color":null}""", "address_book");
        yield return ("DELETE", $"/api/ab/tag/{w.Book}", """["blue"]""", "address_book");
        yield return ("GET", $"/api/ab/rules?ab={w.Book}&pageSize=30&current=1", null, "address_book");
        yield return ("POST", "/api/ab/rule", $$"""{"guid":"{{w.Book}}","rule":1,"user":"mara"}""", "address_book");
        yield return ("PATCH", "/api/ab/rule", $$"""{"guid":"{{w.Rule}}","rule":3}""", "address_book");
        yield return ("DELETE", "/api/ab/rules", $"[\"{w.Rule}\"]", "address_book");
        yield return ("DELETE", "/api/ab/shared", $"[\"{w.SpareBook}\"]", "address_book");
    }

    private static IEnumerable<(string Method, string Path, string? Body, string Area)> Rest(World w)
    {
        // strategies.py
        yield return ("GET", "/api/strategies", null, "strategy");
        yield return ("GET", $"/api/strategies/{w.Strategy}", null, "strategy");
        yield return ("PUT", $"/api/strategies/{w.Strategy}/status", "false", "strategy");
        yield return ("PUT", $"/api/strategies/{w.Strategy}/status", "true", "strategy");
        yield return ("POST", "/api/strategies/assign", $$"""{"strategy":"{{w.Strategy}}","peers":["{{w.Device}}"],"users":["{{w.User}}"],"groups":["{{w.DeviceGroup}}"]}""", "strategy");
        yield return ("POST", "/api/strategies/assign", $$"""{"peers":["{{w.Device}}"],"users":[],"groups":[]}""", "strategy");
        // audits.py
        yield return ("GET", "/api/audits/conn?pageSize=10&current=1&remote=%251%25&conn_type=0&created_at=2026-01-01 00:00:00.000", null, "audit");
        yield return ("GET", "/api/audits/file?pageSize=10&current=1&remote=%251%25", null, "audit");
        yield return ("GET", "/api/audits/alarm?pageSize=10&current=1&device=%251%25", null, "audit");
        yield return ("GET", "/api/audits/console?pageSize=10&current=1&operator=%25root%25", null, "audit");
        // At last, or the others have nobody to do it to.
        yield return ("POST", $"/api/users/{w.User}/disable", null, "user");
        yield return ("DELETE", $"/api/users/{w.User}", null, "user");
    }

    private static async Task<World> WorldAsync(AdminRig rig)
    {
        await rig.UserAsync("mara");
        var user = await rig.UserAsync("otto");
        var devices = await rig.DevicesAsync(2);
        var shops = await rig.UserGroupAsync("Shops");
        var tills = await rig.DeviceGroupAsync("Tills");
        async Task<string> MadeAsync(string path, string body) => (await rig.PostAsync(path, body)).ShouldBeFine().Of("guid");
        var book = await MadeAsync("/api/ab/shared/add", """{"name":"Shops","note":null,"info":{"password":"s3cret"}}""");
        (await rig.PostAsync($"/api/ab/peer/add/{book}", """{"id":"100000","note":null}""")).ShouldBeDone();
        await rig.PostAsync("/api/ab/rule", $$"""{"guid":"{{book}}","rule":1}""");
        var rule = (await rig.AllAsync($"/api/ab/rules?ab={book}")).ShouldHaveSingleItem().Of("guid");
        return new World(
            user.Guid, devices[0].Guid, devices[1].Guid, shops, await rig.UserGroupAsync("Spare"), tills, await rig.DeviceGroupAsync("Spare"),
            book, await MadeAsync("/api/ab/shared/add", """{"name":"Spare","note":null}"""), rule,
            await MadeAsync("/api/strategies", """{"name":"Quiet","config_options":{"enable-audio":"N"}}"""));
    }

    private sealed record World(
        Guid User, Guid Device, Guid SpareDevice, Guid UserGroup, Guid SpareUserGroup, Guid DeviceGroup, Guid SpareDeviceGroup,
        string Book, string SpareBook, string Rule, string Strategy);
}
