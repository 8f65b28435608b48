using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Admin roles (admin reference §6.4): what their holders see and do, on every route that they open.</summary>
public sealed class DelegationTests : IAsyncLifetime
{
    private AdminRig _rig = null!;
    private User _helper = null!;
    private User _north = null!;
    private User _south = null!;
    private TestDevice _mine = null!;
    private TestDevice _ofNorth = null!;
    private TestDevice _ofSouth = null!;
    private TestDevice _inTills = null!;
    private TestDevice _nobodys = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        var (north, south) = (await _rig.UserGroupAsync("North"), await _rig.UserGroupAsync("South"));
        _helper = await _rig.UserAsync("helper", group: await _rig.UserGroupAsync("Help desk"));
        _north = await _rig.UserAsync("nora", group: north, email: "nora@example.com");
        _south = await _rig.UserAsync("saul", group: south, email: "saul@example.com");
        await _rig.DeviceGroupAsync("Tills");
        _mine = (await _rig.DevicesAsync(1, _helper, 200_001))[0];
        _ofNorth = (await _rig.DevicesAsync(1, _north, 200_002))[0];
        _ofSouth = (await _rig.DevicesAsync(1, _south, 200_003))[0];
        _inTills = (await _rig.DevicesAsync(1, _south, 200_004))[0];
        _nobodys = (await _rig.DevicesAsync(1, null, 200_005))[0];
        (await _rig.PatchAsync($"/api/devices/{_inTills.Guid}", """{"device_groups":["Tills"]}""")).ShouldBeFine();
        (await _rig.Api.SendAsync(HttpMethod.Put, "/api/settings/access", """{"default_policy":"rules"}""", _rig.Script))
            .Status.ShouldBe(200);
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_role_of_groups_reaches_their_users_their_devices_and_those_of_nobody_when_it_says_so()
    {
        await RoleAsync("group", "users.enable devices.enable", """
            "user_groups":["North"],"device_groups":["Tills"],"unassigned":true
            """);
        var token = await _rig.Api.TokenAsync(_helper);

        (await NamesAsync("/api/users", "name", token)).ShouldBe(["nora"]);
        (await NamesAsync("/api/devices", "id", token)).ShouldBe(["200002", "200004", "200005"]);
        foreach (var device in new[] { _ofNorth, _inTills, _nobodys })
        {
            (await _rig.PostAsync($"/api/devices/{device.Guid}/disable", null, token)).ShouldBeDone();
            (await _rig.PostAsync($"/api/devices/{device.Guid}/enable", null, token)).ShouldBeDone();
        }

        (await _rig.PostAsync($"/api/devices/{_ofSouth.Guid}/disable", null, token)).ShouldBeRefused("no such device");
        (await _rig.GetAsync($"/api/devices/{_ofSouth.Guid}", token)).Status.ShouldBe(404);
        (await _rig.PostAsync($"/api/users/{_north.Guid}/disable", null, token)).ShouldBeDone();
        (await _rig.PostAsync($"/api/users/{_south.Guid}/disable", null, token)).ShouldBeRefused("no such user");
        (await _rig.GetAsync($"/api/users/{_south.Guid}", token)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task A_role_for_ones_own_things_reaches_nothing_else()
    {
        await RoleAsync("individual", "devices.info devices.enable audit.edit");
        var token = await _rig.Api.TokenAsync(_helper);

        (await _rig.PatchAsync($"/api/devices/{_mine.Guid}", """{"note":"by me"}""", token)).Status.ShouldBe(200);
        (await _rig.PatchAsync($"/api/devices/{_ofNorth.Guid}", """{"note":"by me"}""", token)).Status.ShouldBe(404);
        (await _rig.PatchAsync($"/api/devices/{_mine.Guid}", """{"user_name":"saul"}""", token)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/users?current=1", token)).Status.ShouldBe(403);
        await using (var db = _rig.Db())
        {
            (await db.Devices.SingleAsync(d => d.Guid == _ofNorth.Guid)).Note.ShouldBeNull();
        }

        // Its holder's own records, also where only administrators see the log.
        (await _rig.PutAsync("/api/settings/audit", """{"admins_only":true}""")).Status.ShouldBe(200);
        (await _rig.GetAsync("/api/audits/console", token)).ShouldBeFine().GetProperty("data").EnumerateArray()
            .ShouldAllBe(r => r.GetProperty("operator").GetString() == "helper");
        (await _rig.GetAsync("/api/audits/console", await _rig.Api.TokenAsync(_south))).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Editing_includes_seeing_and_containers_do_not_include_their_members()
    {
        await RoleAsync("global", "user_groups.edit strategies.edit control_roles.edit device_groups.view");
        var token = await _rig.Api.TokenAsync(_helper);

        (await _rig.GetAsync("/api/user-groups", token)).ShouldBeFine();
        (await _rig.GetAsync("/api/strategies", token)).ShouldBeFine();
        (await _rig.GetAsync("/api/control-roles", token)).ShouldBeFine();
        (await _rig.GetAsync("/api/device-groups", token)).ShouldBeFine();
        (await _rig.PostAsync("/api/user-groups", """{"name":"East"}""", token)).ShouldBeFine();
        (await _rig.PostAsync("/api/device-groups", """{"name":"East"}""", token)).Status.ShouldBe(403);
        var group = await GroupAsync("/api/user-groups", "East");
        (await _rig.PostAsync($"/api/user-groups/{group}", $"""["{_north.Guid}"]""", token)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/users", token)).Status.ShouldBe(403);
        (await _rig.PostAsync("/api/strategies/assign", $$"""{"peers":["{{_ofNorth.Guid}}"],"users":[],"groups":[]}""", token))
            .Status.ShouldBe(403);
        (await NamesAsync("/api/devices", "id", token)).ShouldBe([]);
    }

    [Fact]
    public async Task Assigning_a_strategy_reaches_what_the_role_reaches()
    {
        (await _rig.PostAsync("/api/strategies", """{"name":"S","config_options":{}}""")).ShouldBeFine();
        var strategy = (await _rig.GetAsync("/api/strategies")).Json[0].GetProperty("guid").GetString();
        await RoleAsync("group", "devices.strategy users.strategy", "\"user_groups\":[\"North\"]");
        var token = await _rig.Api.TokenAsync(_helper);
        string Body(Guid? device, Guid? user) => $$"""
            {"strategy":"{{strategy}}","peers":[{{Quoted(device)}}],"users":[{{Quoted(user)}}],"groups":[]}
            """;

        (await _rig.PostAsync("/api/strategies/assign", Body(_ofNorth.Guid, _north.Guid), token)).ShouldBeDone();
        (await _rig.PostAsync("/api/strategies/assign", Body(_ofSouth.Guid, null), token)).ShouldBeRefused("no device");
        (await _rig.PostAsync("/api/strategies/assign", Body(null, _south.Guid), token)).ShouldBeRefused("no user");
        var groups = $$"""{"strategy":"{{strategy}}","peers":[],"users":[],"groups":["{{await GroupAsync("/api/device-groups", "Tills")}}"]}""";
        (await _rig.PostAsync("/api/strategies/assign", groups, token)).ShouldBeRefused("no device group");
    }

    [Fact]
    public async Task Administrators_are_made_and_changed_by_administrators_only()
    {
        var all = string.Join(' ', (await _rig.GetAsync("/api/admin-roles/rights")).Json.EnumerateArray().Select(r => r.Of("name")));
        await RoleAsync("global", all);
        var token = await _rig.Api.TokenAsync(_helper);
        var root = _rig.Root.Guid;

        foreach (var answer in new[]
        {
            await _rig.PostAsync($"/api/users/{root}/disable", null, token),
            await _rig.DeleteAsync($"/api/users/{root}", null, token),
            await _rig.PostAsync("/api/users", """{"name":"x","password":"Tulip#42 of xx","is_admin":true}""", token),
        })
        {
            answer.Status.ShouldBe(200);
            answer.Error.ShouldNotBeNull();
        }

        (await _rig.PatchAsync($"/api/users/{root}", """{"password":"Tulip#42 of xx"}""", token)).Status.ShouldBe(403);
        (await _rig.PatchAsync($"/api/users/{_north.Guid}", """{"is_admin":true}""", token)).Status.ShouldBe(403);
        (await _rig.PutAsync("/api/users/disable_login_verification", $$"""{"user_guids":["{{root}}"],"type":"2fa"}""", token)).ShouldBeDone();
        foreach (var path in new[] { "/api/admin-roles", "/api/settings", "/api/tokens", "/api/books/all", "/api/oidc/providers", "/api/backups/x.zip" })
        {
            (await _rig.GetAsync(path, token)).Status.ShouldBe(403, path);
        }

        (await _rig.PostAsync("/api/admin-roles", """{"name":"Mine","type":"global","rights":[],"users":["helper"]}""", token))
            .Status.ShouldBe(403);
        // And nobody's credentials who holds a role: his password would be worth it.
        var other = await _rig.UserAsync("otto");
        await RoleAsync("global", "settings.none"[..0], holder: "otto", name: "Other");
        (await _rig.PatchAsync($"/api/users/{other.Guid}", """{"password":"Tulip#42 of xx"}""", token)).Status.ShouldBe(403);
        (await _rig.PatchAsync($"/api/users/{other.Guid}", """{"note":"fine"}""", token)).Status.ShouldBe(200);
        await using var db = _rig.Db();
        (await db.Users.SingleAsync(u => u.Guid == root)).ShouldSatisfyAllConditions(
            u => u.Status.ShouldBe(UserStatus.Normal), u => u.IsAdmin.ShouldBeTrue());
        (await db.Users.CountAsync(u => u.IsAdmin)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_deleted_by_a_role_was_disabled_before()
    {
        await RoleAsync("global", "users.delete users.enable devices.delete devices.enable");
        var token = await _rig.Api.TokenAsync(_helper);

        (await _rig.DeleteAsync($"/api/devices/{_nobodys.Guid}", null, token)).ShouldBeRefused("Disable");
        (await _rig.PostAsync($"/api/devices/{_nobodys.Guid}/disable", null, token)).ShouldBeDone();
        (await _rig.DeleteAsync($"/api/devices/{_nobodys.Guid}", null, token)).ShouldBeDone();
        (await _rig.DeleteAsync($"/api/users/{_south.Guid}", null, token)).ShouldBeRefused("Disable");
        (await _rig.PostAsync($"/api/users/{_south.Guid}/disable", null, token)).ShouldBeDone();
        (await _rig.DeleteAsync($"/api/users/{_south.Guid}", null, token)).ShouldBeDone();
    }

    [Fact]
    public async Task Users_are_made_in_the_groups_that_the_role_reaches()
    {
        await RoleAsync("group", "users.create", "\"user_groups\":[\"North\"]");
        var token = await _rig.Api.TokenAsync(_helper);
        string Body(string name, string group) => $$"""{"name":"{{name}}","password":"Tulip#42 of {{name}}x","group_name":"{{group}}"}""";

        (await _rig.PostAsync("/api/users", Body("nick", "North"), token)).ShouldBeFine();
        (await _rig.PostAsync("/api/users", Body("sara", "South"), token)).ShouldBeRefused("does not reach");
        (await _rig.PostAsync("/api/users", """{"name":"dora","password":"Tulip#42 of dora"}""", token)).ShouldBeRefused("does not reach");
    }

    [Fact]
    public async Task Several_roles_are_added_and_a_token_needs_the_scope_beside()
    {
        await RoleAsync("group", "devices.enable", "\"user_groups\":[\"North\"]", name: "A");
        await RoleAsync("group", "devices.info", "\"device_groups\":[\"Tills\"]", name: "B");
        var token = await _rig.Api.ApiTokenAsync(_helper, "device:rw");

        (await NamesAsync("/api/devices", "id", token)).ShouldBe(["200002", "200004"]);
        (await _rig.PostAsync($"/api/devices/{_ofNorth.Guid}/disable", null, token)).ShouldBeDone();
        (await _rig.PostAsync($"/api/devices/{_inTills.Guid}/disable", null, token)).ShouldBeRefused("no such device");
        (await _rig.PostAsync($"/api/devices/{_inTills.Guid}/assign", """{"type":"note","value":"n"}""", token)).ShouldBeDone();
        (await _rig.PostAsync($"/api/devices/{_inTills.Guid}/assign", """{"type":"ab","value":"book"}""", token)).Status.ShouldBe(403);
        var reader = await _rig.Api.ApiTokenAsync(_helper, "device:r");
        (await _rig.PostAsync($"/api/devices/{_ofNorth.Guid}/enable", null, reader)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task The_log_is_seen_and_connections_ended_as_the_role_says()
    {
        Guid connection;
        await using (var db = _rig.Db())
        {
            var row = new Hawser.Data.Audit.ConnectionAudit
            {
                DeviceGuid = _ofSouth.Guid, DeviceId = _ofSouth.Id, PeerId = "9", ConnId = 7, Type = 0,
                CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            };
            db.ConnectionAudits.Add(row);
            await db.SaveChangesAsync();
            connection = row.Guid;
        }

        var role = await RoleAsync("global", "audit.view");
        var token = await _rig.Api.TokenAsync(_helper);
        (await NamesAsync("/api/audits/conn", "guid", token)).ShouldBe([connection.ToString()]);
        (await _rig.PostAsync($"/api/audits/conn/{connection}/disconnect", null, token)).Status.ShouldBe(404);
        (await _rig.Api.SendAsync(HttpMethod.Put, "/api/audit", $$"""{"guid":"{{connection}}","note":"seen"}""", token)).ShouldBeDone();

        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"rights":["audit.edit"]}""", _rig.Person)).Status.ShouldBe(200);
        (await _rig.PostAsync($"/api/audits/conn/{connection}/disconnect", null, token)).ShouldBeDone();
    }

    [Fact]
    public async Task A_role_that_is_taken_away_or_deleted_counts_no_more_at_once()
    {
        var role = await RoleAsync("global", "users.view");
        var token = await _rig.Api.TokenAsync(_helper);
        (await _rig.GetAsync("/api/users", token)).ShouldBeFine();

        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"users":[]}""", _rig.Person)).Status.ShouldBe(200);
        (await _rig.GetAsync("/api/users", token)).Status.ShouldBe(403);
        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"users":["helper"]}""", _rig.Person)).Status.ShouldBe(200);
        (await _rig.GetAsync("/api/users", token)).ShouldBeFine();
        (await _rig.DeleteAsync($"/api/admin-roles/{role}", null, _rig.Person)).ShouldBeDone();
        (await _rig.GetAsync("/api/users", token)).Status.ShouldBe(403);
        (await _rig.LogAsync()).Select(l => l.Operation).Where(o => o is >= 137 and <= 139).ShouldBe([137, 138, 138, 139]);
    }

    [Fact]
    public async Task Roles_are_complained_of_in_words_and_a_deleted_group_leaves_them()
    {
        async Task Wrong(string body, string part) =>
            (await _rig.PostAsync("/api/admin-roles", body, _rig.Person)).Member("detail").ShouldNotBeNull().ShouldContain(part);

        await Wrong("""{"type":"global"}""", "name");
        await Wrong("""{"name":"x","type":"everything"}""", "type");
        await Wrong("""{"name":"x","type":"group","rights":["users.group"]}""", "users.group");
        await Wrong("""{"name":"x","type":"individual","rights":["users.view"]}""", "users.view");
        await Wrong("""{"name":"x","type":"global","rights":["nonsense"]}""", "nonsense");
        await Wrong("""{"name":"x","type":"global","rights":[],"user_groups":["North"]}""", "type group");
        await Wrong("""{"name":"x","type":"group","rights":[],"users":["nobody"]}""", "nobody");
        (await _rig.GetAsync("/api/admin-roles")).Json.GetArrayLength().ShouldBe(0, "nothing of that was stored");

        await RoleAsync("group", "users.enable", "\"user_groups\":[\"North\",\"South\"]");
        (await _rig.PostAsync("/api/admin-roles", """{"name":"ROLE","type":"global","rights":[]}""", _rig.Person)).Status.ShouldBe(409);
        (await _rig.DeleteAsync($"/api/user-groups/{await GroupAsync("/api/user-groups", "North")}")).ShouldBeDone();
        (await _rig.GetAsync("/api/admin-roles")).Json[0].GetProperty("user_groups").EnumerateArray().Select(g => g.GetString())
            .ShouldBe(["South"]);
        (await _rig.PostAsync("/api/admin-roles", "{}")).Status.ShouldBe(403, "no token makes roles, whatever its scopes");
    }

    [Fact]
    public async Task An_authenticator_older_than_half_a_year_is_told_as_expired()
    {
        var now = _rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        async Task<string> TfaAsync(bool on, DateTime? since)
        {
            await using var db = _rig.Db();
            await db.Users.Where(u => u.Guid == _north.Guid).ExecuteUpdateAsync(
                s => s.SetProperty(u => u.TotpEnabled, on).SetProperty(u => u.TotpSince, since));
            return (await _rig.GetAsync($"/api/users/{_north.Guid}")).Member("tfa")!;
        }

        (await TfaAsync(false, null)).ShouldBe("none");
        (await TfaAsync(true, now.AddDays(-179))).ShouldBe("enabled");
        (await TfaAsync(true, now.AddDays(-181))).ShouldBe("expired");
        (await TfaAsync(true, null)).ShouldBe("enabled", "how old it is is not known");
    }

    [Theory]
    [InlineData("group", "users.enable devices.enable recordings.view", true)]
    [InlineData("group", "devices.view", false)]
    [InlineData("group", "", true)]
    [InlineData("global", "users.view user_groups.view device_groups.view audit.view", false)]
    [InlineData("individual", "devices.enable audit.view", false)]
    public async Task What_a_draft_would_show_is_what_its_holder_is_shown_then(string type, string rights, bool unassigned)
    {
        var list = JsonSerializer.Serialize(rights.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var where = type == "group" ? ",\"user_groups\":[\"North\"],\"device_groups\":[\"Tills\"]" : "";
        var draft = $"\"type\":\"{type}\",\"rights\":{list},\"unassigned\":{(unassigned ? "true" : "false")}{where}";
        var seen = (await _rig.PostAsync("/api/admin-roles/preview", $"{{{draft},\"as\":\"helper\"}}", _rig.Person)).ShouldBeFine();
        (await _rig.GetAsync("/api/admin-roles")).Json.GetArrayLength().ShouldBe(0, "nothing is stored");

        (await _rig.PostAsync("/api/admin-roles", $"{{\"name\":\"Role\",\"users\":[\"helper\"],{draft}}}", _rig.Person)).ShouldBeFine();
        var token = await _rig.Api.TokenAsync(_helper);
        var me = (await _rig.GetAsync("/api/console/me", token)).ShouldBeFine();
        seen.GetProperty("rights").EnumerateArray().Select(r => r.GetString())
            .ShouldBe(me.GetProperty("rights").EnumerateArray().Select(r => r.GetString()).Where(r => r != "tokens.own"));
        var counts = seen.GetProperty("counts");
        foreach (var (page, path) in new[]
        {
            ("devices", "/api/devices"), ("users", "/api/users"), ("user_groups", "/api/user-groups"),
            ("device_groups", "/api/device-groups"), ("sessions", "/api/audits/conn?open=1"), ("alarms", "/api/audits/alarm?state=new"),
        })
        {
            if (!counts.TryGetProperty(page, out var count))
            {
                (await _rig.GetAsync(path, token)).Status.ShouldBe(403, page);
                continue;
            }

            (await _rig.GetAsync(path, token)).ShouldBeFine().GetProperty("total").GetInt32().ShouldBe(count.GetInt32(), page);
        }

        var stranger = (await _rig.PostAsync("/api/admin-roles/preview", $"{{{draft}}}", _rig.Person)).ShouldBeFine();
        stranger.GetProperty("counts").GetProperty("devices").GetInt32().ShouldBe(
            counts.GetProperty("devices").GetInt32() - (type == "individual" ? 1 : 0), "the helper's own device is nobody else's");
    }

    [Fact]
    public async Task A_draft_that_could_not_be_stored_is_not_shown_and_only_administrators_look()
    {
        async Task Wrong(string body, string field) =>
            (await _rig.PostAsync("/api/admin-roles/preview", body, _rig.Person)).Text.ShouldContain(field);
        await Wrong("""{"type":"odd"}""", "type");
        await Wrong("""{"type":"group","rights":["strategies.edit"]}""", "strategies.edit");
        await Wrong("""{"type":"group","user_groups":["Nowhere"]}""", "Nowhere");
        await Wrong("""{"type":"group","device_groups":["' OR 1=1 --"]}""", "OR 1=1");
        await Wrong("""{"type":"global","as":"nobody-here"}""", "no user");
        await RoleAsync("global", "users.view devices.view access.edit");
        var token = await _rig.Api.TokenAsync(_helper);
        (await _rig.PostAsync("/api/admin-roles/preview", """{"type":"global"}""", token)).Status.ShouldBe(403);
    }

    private async Task<string> RoleAsync(
        string type, string rights, string more = "\"unassigned\":false", string holder = "helper", string name = "Role")
    {
        var list = JsonSerializer.Serialize(rights.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var answer = await _rig.PostAsync(
            "/api/admin-roles", $$"""{"name":"{{name}}","type":"{{type}}","rights":{{list}},"users":["{{holder}}"],{{more}}}""", _rig.Person);
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Member("guid")!;
    }

    private async Task<List<string>> NamesAsync(string path, string key, string token) =>
        (await _rig.AllAsync(path, token: token)).ConvertAll(r => r.GetProperty(key).GetString()!);

    private async Task<string> GroupAsync(string path, string name) =>
        (await _rig.GetAsync($"{path}?name={name}")).Json.GetProperty("data")[0].GetProperty("guid").GetString()!;

    private static string Quoted(Guid? guid) => guid is null ? "" : $"\"{guid}\"";
}
