using System.Net.Http.Headers;
using System.Text;
using Hawser.Data.Jobs;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class JobTests
{
    [Fact]
    public async Task Many_devices_are_disabled_as_a_job_and_taken_back_to_what_each_was()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(60);
        (await rig.PostAsync($"/api/devices/{devices[0].Guid}/disable")).ShouldBeDone();

        var job = await rig.EndedAsync(await rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":""}"""));
        (job.Of("state"), job.Of("total"), job.Of("done"), job.Of("failed"), job.Of("can_undo")).ShouldBe(("done", "60", "60", "0", "True"));
        (await rig.AllAsync("/api/devices?status=1")).ShouldBeEmpty();

        var undo = await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo"));
        undo.Of("undo_of").ShouldBe(job.Of("guid"));
        (await rig.AllAsync("/api/devices?status=0")).ShouldHaveSingleItem().Of("id").ShouldBe(devices[0].Id, "it was off before");
        (await rig.PostAsync($"/api/jobs/{job.Of("guid")}/undo")).ShouldBeProblem(409, "undone");
        (await rig.PostAsync($"/api/jobs/{undo.Of("guid")}/undo")).ShouldBeProblem(409, "no_undo");
        (await rig.AllAsync("/api/jobs")).Select(j => j.Of("kind")).ShouldBe(["devices.restore", "devices.disable"]);
        // Each device has rows of its own.
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldBe(
            [9, 210, .. Enumerable.Repeat(9, 60), 212, 9, .. Enumerable.Repeat(8, 59)], ignoreOrder: true);
    }

    [Fact]
    public async Task Groups_and_owners_come_back_and_what_can_not_be_done_is_told_item_by_item()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("bob");
        var devices = await rig.DevicesAsync(3, ann);
        await rig.DeviceGroupAsync("Old");
        await rig.DeviceGroupAsync("New");
        (await rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["Old"]}""")).ShouldBeFine();
        var guids = $"[\"{devices[0].Guid}\",\"{devices[1].Guid}\",\"{Guid.CreateVersion7()}\"]";

        (await rig.PostAsync("/api/devices/bulk", $$"""{"action":"assign","type":"user_name","value":"nobody","guids":{{guids}}}""")).ShouldBeProblem(400, "invalid");
        var owned = await rig.EndedAsync(await rig.PostAsync("/api/devices/bulk", $$"""{"action":"assign","type":"user_name","value":"bob","guids":{{guids}}}"""));
        (owned.Of("done"), owned.Of("failed")).ShouldBe(("3", "1"));
        owned.GetProperty("failures")[0].Of("detail").ShouldContain("no such device");
        var grouped = await rig.EndedAsync(await rig.PostAsync("/api/devices/bulk", """{"action":"assign","type":"device_group_name","value":"New","query":"user_name=bob"}"""));
        grouped.Of("total").ShouldBe("2");
        (await rig.AllAsync("/api/devices?device_group_name=New&user_name=bob")).Count.ShouldBe(2);

        await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{grouped.Of("guid")}/undo"));
        await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{owned.Of("guid")}/undo"));
        (await rig.AllAsync("/api/devices?user_name=ann")).Select(d => d.Of("device_group_name")).ShouldBe(["Old", "", ""]);
    }

    [Fact]
    public async Task Devices_join_one_group_more_and_leave_one_and_their_others_stay()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(2);
        await rig.DeviceGroupAsync("Old");
        await rig.DeviceGroupAsync("New");
        (await rig.PatchAsync($"/api/devices/{devices[0].Guid}", """{"device_groups":["Old"]}""")).ShouldBeFine();
        async Task<System.Text.Json.JsonElement> DoAsync(string type, string group) => await rig.EndedAsync(await rig.PostAsync(
            "/api/devices/bulk", $$"""{"action":"assign","type":"{{type}}","value":"{{group}}","query":""}"""));
        async Task<string> GroupsAsync() => (await rig.GetAsync($"/api/devices/{devices[0].Guid}")).ShouldBeFine().GetProperty("device_groups").GetRawText();

        var joined = await DoAsync("device_group_add", "New");
        (joined.Of("done"), joined.Of("failed")).ShouldBe(("2", "0"));
        (await GroupsAsync()).ShouldBe("""["New","Old"]""");
        await DoAsync("device_group_remove", "Old");
        (await GroupsAsync()).ShouldBe("""["New"]""");
        await rig.EndedAsync(await rig.PostAsync($"/api/jobs/{joined.Of("guid")}/undo"));
        (await GroupsAsync()).ShouldBe("""["Old"]""", "what it had before it joined");
        (await rig.PostAsync("/api/devices/bulk", """{"action":"assign","type":"device_group_add","value":"Nowhere","query":""}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/devices/bulk", """{"action":"assign","type":"device_group_remove","value":"","query":""}""")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task The_same_key_is_the_same_job_and_another_request_with_it_is_refused()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(2);
        Task<TestRig.Answer> SendAsync(string body) => rig.Api.SendAsync(
            HttpMethod.Post, "/api/devices/bulk", body, rig.Script, r => r.Headers.Add("Idempotency-Key", "k1"));

        var first = await SendAsync("""{"action":"disable","query":""}""");
        var again = await SendAsync("""{"action":"disable","query":""}""");
        again.Member("guid").ShouldBe(first.Member("guid"));
        (await SendAsync("""{"action":"enable","query":""}""")).ShouldBeProblem(409, "key_reused");
        await rig.EndedAsync(first);
        (await rig.AllAsync("/api/jobs")).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_job_goes_on_after_a_restart_where_it_was_and_one_that_is_not_wanted_any_more_stops()
    {
        await using var rig = await AdminRig.StartAsync();
        await using var db = rig.Db();
        var secrets = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<Hawser.Api.Http.Secrets>(rig.Api.Services);
        var devices = await rig.DevicesAsync(3);
        var items = string.Join(',', devices.Select(d => $"\"{d.Guid}\""));
        Job Row(bool cancel) => new()
        {
            Kind = "devices.disable", State = JobState.Running, Total = 3, Done = 1, CancelAsked = cancel,
            Request = secrets.Protect($$"""{"args":{},"items":[{{items}}]}"""), UserGuid = rig.Root.Guid,
            CreatedAt = DateTime.UnixEpoch,
        };
        var (goesOn, stops) = (Row(false), Row(true));
        db.Jobs.AddRange(goesOn, stops);
        await db.SaveChangesAsync();

        (await rig.EndedAsync(goesOn.Guid.ToString())).Of("state").ShouldBe("done");
        (await rig.EndedAsync(stops.Guid.ToString())).Of("state").ShouldBe("cancelled");
        (await rig.AllAsync("/api/devices?status=1")).ShouldHaveSingleItem().Of("id").ShouldBe(devices[0].Id, "it was done before the restart");
        (await db.Jobs.AsNoTracking().Select(j => j.Request).ToListAsync()).ShouldBe(["", ""], "nothing of it is kept");
    }

    [Fact]
    public async Task Users_come_from_CSV_after_a_dry_run_that_names_the_rows_at_fault()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("ann");
        const string Csv = "\uFEFFname;password;email;note\r\nmara;\"Tulip#42; of Mara\";mara@example.com;\"two\r\nlines\"\r\nann;;;\r\nbob;short;;\r\nMARA;;;\r\nzoe;;nonsense;\r\n";

        var plan = (await SendCsvAsync(rig, "/api/users/import?dry_run=1", Csv)).ShouldBeFine();
        (plan.Of("total"), plan.Of("good"), plan.Of("bad")).ShouldBe(("5", "1", "4"));
        plan.GetProperty("rows").EnumerateArray().Select(r => (r.Of("line"), r.Of("key"))).ShouldBe([("4", "ann"), ("5", "bob"), ("6", "MARA"), ("7", "zoe"), ("2", "mara")]);
        plan.ToString().ShouldNotContain("Tulip");
        var refused = await SendCsvAsync(rig, "/api/users/import", Csv);
        refused.ShouldBeProblem(400, "invalid");
        refused.Text.ShouldContain("Line 4: ");
        (await rig.NamesAsync("/api/users")).ShouldBe(["ann", "root"]);

        var job = await rig.EndedAsync(await SendCsvAsync(rig, "/api/users/import?skip_bad=1", Csv));
        (job.Of("state"), job.Of("done"), job.Of("failed")).ShouldBe(("done", "1", "0"));
        (await rig.NamesAsync("/api/users")).ShouldBe(["ann", "mara", "root"]);
        (await rig.Api.LoginAsync("mara", "Tulip#42; of Mara")).Error.ShouldBeNull();
        (await SendCsvAsync(rig, "/api/users/import", "name,colour\r\nx,red")).ShouldBeProblem(400, "invalid");
        (await SendCsvAsync(rig, "/api/users/import", "")).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task Devices_are_assigned_by_CSV()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("ann");
        await rig.DeviceGroupAsync("Tills");
        await rig.DevicesAsync(2);
        var bad = (await SendCsvAsync(rig, "/api/devices/import?dry_run=1", "id,user_name\n100000,nobody\n7,ann\n100001,ann\n100001,ann\n")).ShouldBeFine();
        (bad.Of("good"), bad.Of("bad")).ShouldBe(("1", "3"));
        await rig.EndedAsync(await SendCsvAsync(rig, "/api/devices/import", "id\tuser_name\tdevice_group_name\tnote\n100000\tANN\ttills\t\"a \"\"note\"\"\"\n100001\t\tTills\t\n"));
        var rows = await rig.AllAsync("/api/devices?device_group_name=Tills");
        rows.Select(r => (r.Of("user_name"), r.Of("note"))).ShouldBe([("ann", "a \"note\""), ("", "")]);
    }

    [Fact]
    public async Task A_backup_is_made_listed_downloaded_and_deleted()
    {
        await using var rig = await AdminRig.StartAsync();
        var job = await rig.EndedAsync(await rig.PostAsync("/api/backups", "{}"));
        job.Of("state").ShouldBe("done", job.ToString());
        var name = job.GetProperty("result").Of("name");
        int.Parse(job.GetProperty("result").Of("rows")).ShouldBeGreaterThan(2);
        (await rig.GetAsync("/api/backups")).Json.EnumerateArray().Single().Of("name").ShouldBe(name);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/backups/{name}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", rig.Script);
        using var response = await rig.Api.Http.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        using (var zip = new System.IO.Compression.ZipArchive(new MemoryStream(bytes)))
        {
            zip.GetEntry("counts.json").ShouldNotBeNull("it is complete");
        }

        (await rig.EndedAsync(await rig.PostAsync("/api/backups", "{}"))).Of("state").ShouldBe("done");
        (await rig.GetAsync("/api/backups/..%2Fhawser.db")).Status.ShouldBe(404);
        (await rig.GetAsync("/api/backups/hawser-20260101-000000.zip")).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync($"/api/backups/{name}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/backups/{name}")).ShouldBeProblem(404, "not_found");
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldContain(171);
        // A browser that proved long ago who sits there is asked again.
        (await rig.GetAsync("/api/retention/preview")).ShouldBeFine().Of("total").ShouldBe("0");
        (await rig.PostAsync("/api/retention/preview", """{"nonsense":1}""")).ShouldBeProblem(400, "invalid");
    }

    private static async Task<TestRig.Answer> SendCsvAsync(AdminRig rig, string path, string csv) =>
        await rig.Api.SendAsync(HttpMethod.Post, path, null, rig.Script, r =>
        {
            r.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
            r.Content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        });
}
