using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hawser.Data.Accounts;
using Hawser.Data.Recordings;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Jobs, imports, rules, relays and tokens in the hands of those whose admin role allows them (admin reference §6.4).</summary>
public sealed class DelegatedWorkTests : IAsyncLifetime
{
    private AdminRig _rig = null!;
    private User _helper = null!;
    private TestDevice _inside = null!;
    private TestDevice _outside = null!;
    private string _token = "";

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        _helper = await _rig.UserAsync("helper", group: await _rig.UserGroupAsync("Help desk"));
        await _rig.DeviceGroupAsync("Tills");
        var devices = await _rig.DevicesAsync(2);
        (_inside, _outside) = (devices[0], devices[1]);
        (await _rig.PatchAsync($"/api/devices/{_inside.Guid}", """{"device_groups":["Tills"]}""")).ShouldBeFine();
    }

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task A_job_reaches_the_devices_of_the_role_is_seen_by_who_began_it_and_can_be_taken_back_while_the_role_lasts()
    {
        var role = await RoleAsync("group", "devices.enable devices.delete", "\"device_groups\":[\"Tills\"]");
        (await BulkAsync($$"""{"action":"disable","guids":["{{_inside.Guid}}","{{_outside.Guid}}"]}""")).ShouldBeProblem(404, "not_found");
        (await BulkAsync($$"""{"action":"disable","guids":["{{_outside.Guid}}"]}""")).ShouldBeProblem(404, "not_found");
        (await BulkAsync("""{"action":"assign","type":"note","value":"x","query":""}""")).ShouldBeProblem(403, "forbidden");
        (await BulkAsync("""{"action":"assign","type":"ab","value":"x","query":""}""")).ShouldBeProblem(403, "forbidden");
        (await BulkAsync("""{"action":"refresh","query":""}""")).ShouldBeProblem(403, "forbidden");

        var kept = await _rig.EndedAsync(await BulkAsync($$"""{"action":"delete","guids":["{{_inside.Guid}}"]}"""));
        kept.GetProperty("failures")[0].Of("detail").ShouldContain("disable it before");
        var job = await _rig.EndedAsync(await BulkAsync("""{"action":"disable","query":"","expected":1}"""));
        (job.Of("total"), job.Of("failed")).ShouldBe(("1", "0"));
        (await _rig.AllAsync("/api/devices?status=0")).ShouldHaveSingleItem().Of("id").ShouldBe(_inside.Id);

        var theirs = await _rig.PostAsync("/api/devices/bulk", """{"action":"refresh","query":""}""");
        (await _rig.GetAsync($"/api/jobs/{theirs.Member("guid")}", _token)).ShouldBeProblem(404, "not_found");
        (await _rig.PostAsync($"/api/jobs/{theirs.Member("guid")}/cancel", null, _token)).ShouldBeProblem(404, "not_found");
        (await _rig.AllAsync("/api/jobs", token: _token)).ConvertAll(j => j.Of("kind")).ShouldBe(["devices.disable", "devices.delete"]);

        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"device_groups":[]}""", _rig.Person)).ShouldBeFine();
        (await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo", null, _token)).ShouldBeProblem(403, "forbidden");
        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"device_groups":["Tills"]}""", _rig.Person)).ShouldBeFine();
        await _rig.EndedAsync(await _rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo", null, _token));
        (await _rig.AllAsync("/api/devices?status=0")).ShouldBeEmpty();
        // A token of his may what he may, within its scopes.
        var script = await _rig.Api.ApiTokenAsync(_helper, "device:rw");
        (await _rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":""}""", script)).Status.ShouldBe(202);
        (await _rig.GetAsync("/api/jobs", script)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Imports_take_the_columns_and_rows_that_the_role_reaches()
    {
        await RoleAsync("group", "devices.info users.create", "\"device_groups\":[\"Tills\"],\"user_groups\":[\"Help desk\"]");
        (await CsvAsync("/api/devices/import?dry_run=1", $"id,user_name\n{_inside.Id},root\n")).ShouldBeProblem(403, "forbidden");
        var plan = (await CsvAsync("/api/devices/import?dry_run=1", $"id,note\n{_inside.Id},a\n{_outside.Id},b\n")).ShouldBeFine();
        (plan.Of("good"), plan.Of("bad")).ShouldBe(("1", "1"));
        plan.GetProperty("rows")[0].Of("detail").ShouldContain("There is no device");
        await _rig.EndedAsync(await CsvAsync("/api/devices/import?skip_bad=1", $"id,note\n{_inside.Id},a\n{_outside.Id},b\n"));
        (await _rig.AllAsync("/api/devices?note=a")).ShouldHaveSingleItem();
        (await _rig.AllAsync("/api/devices?note=b")).ShouldBeEmpty();

        (await CsvAsync("/api/users/import", "name\nzoe\n")).ShouldBeProblem(400, "invalid");
        (await CsvAsync("/api/users/import", "name,group_name\nzoe,Default\n")).Status.ShouldBe(400);
        await _rig.EndedAsync(await CsvAsync("/api/users/import", "name,group_name\nzoe,Help desk\n"));
        (await _rig.AllAsync("/api/users?name=zoe")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Strategies_show_what_they_are_given_to_as_far_as_the_role_sees()
    {
        await RoleAsync("global", "strategies.view");
        var strategy = (await _rig.PostAsync("/api/strategies", """{"name":"Quiet","config_options":{}}""")).ShouldBeFine().Of("guid");
        (await _rig.PostAsync("/api/strategies/assign",
            $$"""{"strategy":"{{strategy}}","peers":["{{_inside.Guid}}"],"users":["{{_helper.Guid}}"],"groups":[]}""")).ShouldBeDone();
        var seen = (await _rig.GetAsync($"/api/strategies/{strategy}/targets", _token)).ShouldBeFine();
        (seen.GetProperty("devices").GetArrayLength(), seen.GetProperty("users").GetArrayLength()).ShouldBe((0, 0));
        (await _rig.GetAsync($"/api/devices/{_inside.Guid}/policy", _token)).Status.ShouldBe(404);
        var preview = (await _rig.PostAsync("/api/strategies/preview", $$"""{"strategy":"{{strategy}}"}""", _token)).ShouldBeFine();
        preview.Of("devices").ShouldBe("2");
        await RoleAsync("group", "devices.view", "\"device_groups\":[\"Tills\"]", "Second");
        (await _rig.GetAsync($"/api/strategies/{strategy}/targets", _token)).ShouldBeFine().GetProperty("devices").GetArrayLength().ShouldBe(1);
        (await _rig.GetAsync($"/api/devices/{_inside.Guid}/policy", _token)).ShouldBeFine();
        (await _rig.GetAsync($"/api/devices/{_outside.Guid}/policy", _token)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Rules_retention_relays_channels_and_backups_each_have_a_right_and_nothing_beyond_it()
    {
        var role = await RoleAsync("global", "access.edit retention.view relays.view channels.edit backups.edit");
        (await _rig.PostAsync("/api/access/rules", """{"subject":{"kind":"everybody"},"target":{"kind":"device_group","name":"Tills"}}""", _token)).ShouldBeFine();
        (await _rig.GetAsync("/api/access/rules", _token)).ShouldBeFine();
        (await _rig.GetAsync($"/api/access/explain?user=helper&device={_inside.Id}", _token)).ShouldBeFine();
        (await _rig.GetAsync("/api/settings/access", _token)).ShouldBeFine();
        (await _rig.PatchAsync("/api/settings/access", """{"login_required":true}""", _token)).ShouldBeFine();
        (await _rig.GetAsync("/api/settings/retention", _token)).ShouldBeFine();
        (await _rig.PatchAsync("/api/settings/retention", "{}", _token)).ShouldBeProblem(403, "forbidden");
        foreach (var other in new[] { "mail", "signin", "directory", "account", "devices" })
        {
            (await _rig.GetAsync($"/api/settings/{other}", _token)).Status.ShouldBeOneOf(403, 404);
            (await _rig.PatchAsync($"/api/settings/{other}", "{}", _token)).Status.ShouldBeOneOf(403, 404);
        }

        (await _rig.GetAsync("/api/settings", _token)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/relays", _token)).ShouldBeFine();
        (await _rig.PostAsync("/api/relays", """{"address":"relay.example.com"}""", _token)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/notifications/deliveries", _token)).ShouldBeFine();
        (await _rig.GetAsync("/api/backups", _token)).ShouldBeFine();
        (await _rig.GetAsync("/api/backups/hawser.zip", _token)).Status.ShouldBe(403, "a backup holds every secret");
        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"rights":["backups.view"]}""", _rig.Person)).ShouldBeFine();
        (await _rig.PostAsync("/api/backups", "{}", _token)).Status.ShouldBe(403);
        (await _rig.GetAsync("/api/access/rules", _token)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Deployment_tokens_of_a_role_give_what_their_maker_may_give_and_end_with_his_right()
    {
        var role = await RoleAsync("global", "deploy_tokens.edit devices.group");
        (await _rig.PostAsync("/api/deploy-tokens", """{"name":"x","user_name":"root"}""", _token)).ShouldBeProblem(403, "forbidden");
        var made = (await _rig.PostAsync("/api/deploy-tokens", """{"name":"x","device_group_name":"Tills"}""", _token)).ShouldBeFine();
        const string Device = """{"id":"111222333","uuid":"b25l","pk":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}""";
        (await _rig.PostAsync("/api/devices/deploy", Device, made.Of("token"))).Member("result").ShouldNotBeNull();
        (await _rig.PostAsync("/api/devices/cli", """{"id":"1","uuid":"MQ==","note":"x"}""", _token)).Status.ShouldBe(403, "the right is for tokens");
        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"rights":["deploy_tokens.view"]}""", _rig.Person)).ShouldBeFine();
        (await _rig.PostAsync("/api/devices/deploy", Device, made.Of("token"))).Status.ShouldBe(403);
        (await _rig.AllAsync("/api/deploy-tokens", token: _token)).ShouldHaveSingleItem();
        (await _rig.DeleteAsync($"/api/deploy-tokens/{made.Of("guid")}", null, _token)).Status.ShouldBe(403);
        // Scripts have a scope of its own.
        (await _rig.GetAsync("/api/deploy-tokens", await _rig.Api.ApiTokenAsync(_rig.Root, "device:rw setting:rw"))).Status.ShouldBe(403);
        (await _rig.DeleteAsync($"/api/deploy-tokens/{made.Of("guid")}", null, await _rig.Api.ApiTokenAsync(_rig.Root, "deploy_token:rw"))).ShouldBeDone();
    }

    [Fact]
    public async Task Recordings_of_the_devices_of_a_role_are_seen_and_with_the_right_named_by_its_holder_whoever_made_them()
    {
        await using (var db = _rig.Db())
        {
            foreach (var device in new[] { _inside, _outside })
            {
                db.Recordings.Add(new RecordingRow
                {
                    RecordId = "rec-" + device.Id, Door = RecordingDoor.Stream, Owner = $"account:{_rig.Root.Guid:N}", OwnerGuid = _rig.Root.Guid,
                    DeviceId = device.Id, DeviceGuid = device.Guid, Status = RecordingStatus.Failed, Chunks = 1, Size = 1,
                    CreatedAt = DateTime.UnixEpoch, UpdatedAt = DateTime.UnixEpoch, ActiveAt = DateTime.UnixEpoch,
                });
            }

            await db.SaveChangesAsync();
        }

        var (inside, outside) = ($"/api/recordings/rec-{_inside.Id}", $"/api/recordings/rec-{_outside.Id}");
        var token = await _rig.Api.TokenAsync(_helper);
        (await _rig.GetAsync("/api/recordings", token)).Json.GetProperty("total").GetInt32().ShouldBe(0);
        var role = await RoleAsync("group", "recordings.view", "\"device_groups\":[\"Tills\"]");
        var seen = (await _rig.GetAsync("/api/recordings", _token)).Json;
        seen.GetProperty("total").GetInt32().ShouldBe(1, seen.ToString());
        seen.ToString().ShouldContain(_inside.Id);
        (await _rig.GetAsync(inside, _token)).Status.ShouldBe(200);
        (await _rig.GetAsync(outside, _token)).Status.ShouldBe(404);
        (await _rig.PatchAsync(inside, """{"note":"x"}""", _token)).Status.ShouldBeOneOf(403, 404);
        (await _rig.PatchAsync($"/api/admin-roles/{role}", """{"rights":["recordings.edit"]}""", _rig.Person)).ShouldBeFine();
        (await _rig.PatchAsync(inside, """{"note":"x"}""", _token)).Status.ShouldBe(200);
        (await _rig.PatchAsync(outside, """{"note":"x"}""", _token)).Status.ShouldBe(404);
        (await _rig.PatchAsync(inside, """{"held":true}""", _token)).Status.ShouldBe(403, "holding is the administrators'");
    }

    [Fact]
    public async Task Rights_say_what_they_allow_and_a_role_can_be_asked_for_alone()
    {
        var role = await RoleAsync("global", "access.edit");
        var rights = (await _rig.GetAsync("/api/admin-roles/rights")).Json.EnumerateArray().ToList();
        rights.ShouldAllBe(r => r.Of("about").Length > 0);
        rights.Select(r => r.Of("name")).Distinct().Count().ShouldBe(rights.Count);
        var one = (await _rig.GetAsync($"/api/admin-roles/{role}")).ShouldBeFine();
        (one.GetProperty("users")[0].GetString(), one.Of("user_count")).ShouldBe(("helper", "1"));
        one.GetProperty("rights").EnumerateArray().Select(r => r.GetString()).ShouldBe(["access.view", "access.edit"]);
        (await _rig.GetAsync($"/api/admin-roles/{Guid.NewGuid()}")).ShouldBeProblem(404, "not_found");
        (await _rig.GetAsync($"/api/admin-roles/{role}", _token)).Status.ShouldBe(403);
    }

    private Task<Answer> BulkAsync(string body) => _rig.PostAsync("/api/devices/bulk", body, _token);

    private Task<Answer> CsvAsync(string path, string csv) => _rig.Api.SendAsync(HttpMethod.Post, path, null, _token, r =>
    {
        r.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        r.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
    });

    private async Task<string> RoleAsync(string type, string rights, string more = "\"unassigned\":false", string name = "Role")
    {
        var list = JsonSerializer.Serialize(rights.Split(' '));
        var made = await _rig.PostAsync("/api/admin-roles", $$"""{"name":"{{name}}","type":"{{type}}","rights":{{list}},"users":["helper"],{{more}}}""", _rig.Person);
        made.Status.ShouldBe(200, made.Text);
        _token = await _rig.Api.TokenAsync(_helper);
        return made.Member("guid")!;
    }
}
