using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What the console's lists need beside rows: counts for chips, views, columns, everybody's books.</summary>
public sealed class ConsoleListTests
{
    [Fact]
    public async Task Chips_count_what_the_list_would_show_for_the_same_query_as_far_as_one_sees()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var hers = await rig.DevicesAsync(3, ann);
        await rig.DevicesAsync(4, null, 200_000);
        await rig.DeviceGroupAsync("Tills");
        (await rig.PostAsync("/api/strategies", """{"name":"Quiet","config_options":{}}""")).ShouldBeFine();
        (await rig.PatchAsync($"/api/devices/{hers[0].Guid}", """{"device_groups":["Tills"],"strategy_name":"Quiet","status":0}""")).ShouldBeFine();
        await using (var db = rig.Db())
        {
            await db.DeviceDetails.Where(d => d.DeviceGuid == hers[1].Guid)
                .ExecuteUpdateAsync(s => s.SetProperty(d => d.Os, "Linux / Debian 13").SetProperty(d => d.Version, "1.2.3"));
        }

        var all = (await rig.GetAsync("/api/devices/facets")).ShouldBeFine();
        (all.Of("total"), all.Of("enabled"), all.Of("disabled"), all.Of("online")).ShouldBe(("7", "6", "1", "0"));
        Values(all, "platforms").ShouldBe(["Windows 6", "Linux 1"]);
        Values(all, "versions").ShouldBe(["1.4.9 6", "1.2.3 1"]);
        Values(all, "device_groups").ShouldBe(["Tills 1"]);
        Values(all, "strategies").ShouldBe(["Quiet 1"]);
        var some = (await rig.GetAsync("/api/devices/facets?user_name=ann&status=1")).ShouldBeFine();
        (some.Of("total"), Values(some, "platforms").Count, Values(some, "strategies").Count).ShouldBe(("2", 2, 0));

        var own = (await rig.GetAsync("/api/devices/facets", await rig.Api.TokenAsync(ann))).ShouldBeFine();
        own.Of("total").ShouldBe("2", "what is disabled nobody reaches");
        Values(own, "strategies").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("user_name=ann")]
    [InlineData("device_group_name=Till%25")]
    [InlineData("device_group_name=-&status=1")]
    [InlineData("q=10000")]
    public async Task Each_chip_counts_what_the_list_shows_when_it_is_chosen(string query)
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var devices = (await rig.DevicesAsync(6, ann)).Concat(await rig.DevicesAsync(6, null, 200_000)).ToList();
        foreach (var group in (string[])["Tills", "Backoffice", "Empty"]) await rig.DeviceGroupAsync(group);
        foreach (var name in (string[])["Quiet", "Loud"])
        {
            (await rig.PostAsync("/api/strategies", $$$"""{"name":"{{{name}}}","config_options":{}}""")).ShouldBeFine();
        }

        string[] changes =
        [
            """{"device_groups":["Tills"],"strategy_name":"Quiet"}""", """{"device_groups":["Tills","Backoffice"]}""",
            """{"device_groups":["Backoffice"],"strategy_name":"Loud"}""", """{"status":0,"strategy_name":"Loud"}""",
        ];
        for (var i = 0; i < devices.Count; i++)
        {
            (await rig.PatchAsync($"/api/devices/{devices[i].Guid}", changes[i % changes.Length])).ShouldBeFine();
            await using var db = rig.Db();
            var (guid, os, version) = (devices[i].Guid, i % 3 == 0 ? "Linux / Debian 13" : i % 3 == 1 ? "Windows / 11" : "Windows / 10", $"1.{i % 2}");
            await db.DeviceDetails.Where(d => d.DeviceGuid == guid)
                .ExecuteUpdateAsync(s => s.SetProperty(d => d.Os, os).SetProperty(d => d.Version, version));
        }

        var facets = (await rig.GetAsync("/api/devices/facets?" + query)).ShouldBeFine();
        var total = int.Parse(facets.Of("total"), System.Globalization.CultureInfo.InvariantCulture);
        total.ShouldBe(await TotalAsync(query));
        await Check("platforms", "os", value => value + "%");
        await Check("versions", "version", value => value);
        await Check("device_groups", "device_group_name", value => value);
        await Check("strategies", "strategy_name", value => value);
        if (!query.Contains("status", StringComparison.Ordinal))
        {
            (await TotalAsync(query + "&status=1")).ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(facets.Of("enabled"));
            (await TotalAsync(query + "&status=0")).ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(facets.Of("disabled"));
        }

        async Task Check(string facet, string filter, Func<string, string> pattern)
        {
            foreach (var one in facets.GetProperty(facet).EnumerateArray())
            {
                // A filter that is there twice is not one: those that chose it are counted by the other chips.
                if (query.StartsWith(filter + "=", StringComparison.Ordinal)) continue;
                var found = await TotalAsync($"{query}&{filter}={Uri.EscapeDataString(pattern(one.Of("value")))}");
                one.Of("count").ShouldBe(found.ToString(System.Globalization.CultureInfo.InvariantCulture), $"{filter} {one.Of("value")}");
            }
        }

        async Task<int> TotalAsync(string asked) =>
            (await rig.GetAsync("/api/devices?pageSize=100&" + asked)).ShouldBeFine().GetProperty("total").GetInt32();
    }

    [Fact]
    public async Task A_job_over_a_filter_begins_only_when_it_is_as_many_as_the_caller_saw()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.DevicesAsync(3);
        var refused = await rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":"os=Windows%25","expected":2}""");
        refused.ShouldBeProblem(409, "count_changed");
        refused.Member("detail").ShouldBe("These are 3 devices now, not 2.");
        (await rig.AllAsync("/api/jobs")).ShouldBeEmpty();
        (await rig.PostAsync("/api/devices/bulk", """{"action":"disable","query":"os=Windows%25","expected":3}""")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task Lists_come_as_JSON_Lines_too_with_the_columns_of_the_CSV()
    {
        await using var rig = await AdminRig.StartAsync();
        var devices = await rig.DevicesAsync(3);
        (await rig.PatchAsync($"/api/devices/{devices[1].Guid}", """{"note":"a \"b\"\nc"}""")).ShouldBeFine();
        var answer = await rig.GetAsync("/api/devices?format=jsonl&sort=id");
        answer.Type!.MediaType.ShouldBe("application/jsonl");
        var lines = answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement).ToList();
        lines.ConvertAll(l => l.Of("id")).ShouldBe(["100000", "100001", "100002"]);
        lines[1].Of("note").ShouldBe("a \"b\"\nc");
        (await rig.GetAsync("/api/audits/console?format=jsonl")).Type!.MediaType.ShouldBe("application/jsonl");
    }

    [Fact]
    public async Task Views_are_ones_own_and_those_that_administrators_keep_for_everybody()
    {
        await using var rig = await AdminRig.StartAsync();
        var (ann, bob) = (await rig.Api.TokenAsync(await rig.UserAsync("ann")), await rig.Api.TokenAsync(await rig.UserAsync("bob")));
        const string View = """{"page":"devices","name":"Old","query":"version=1.2%25&sort=-last_online","columns":["name","version"]}""";
        var made = (await rig.PostAsync("/api/views", View, ann)).ShouldBeFine();
        (await rig.PostAsync("/api/views", View, ann)).ShouldBeProblem(409, "name_taken");
        (await rig.PostAsync("/api/views", View, bob)).ShouldBeFine();
        (await rig.PostAsync("/api/views", """{"page":"devices","name":"All","shared":true}""", ann)).ShouldBeProblem(403, "forbidden");
        (await rig.PostAsync("/api/views", """{"page":"devices","name":"All","shared":true}""", rig.Person)).ShouldBeFine();
        (await rig.PostAsync("/api/views", """{"page":"x y","name":"All"}""", ann)).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/views", """{"page":"x","name":"All","columns":["a","a"]}""", ann)).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/views", """{"page":"x","name":"All","columns":["a,b"]}""", ann)).ShouldBeProblem(400, "invalid");

        var listed = (await rig.GetAsync("/api/views?page=devices", ann)).Json.EnumerateArray().ToList();
        listed.ConvertAll(v => v.Of("name") + v.Of("owner") + v.Of("editable")).ShouldBe(["AllrootFalse", "OldannTrue"]);
        (await rig.PatchAsync($"/api/views/{made.Of("guid")}", """{"query":""}""", bob)).ShouldBeProblem(404, "not_found");
        (await rig.PatchAsync($"/api/views/{made.Of("guid")}", """{"query":""}""", rig.Person)).ShouldBeProblem(404, "not_found");
        (await rig.PatchAsync($"/api/views/{made.Of("guid")}", """{"name":"Older"}""", ann)).ShouldBeFine().Of("query").ShouldBe("version=1.2%25&sort=-last_online");
        (await rig.DeleteAsync($"/api/views/{listed[0].Of("guid")}", null, ann)).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync($"/api/views/{made.Of("guid")}", null, ann)).ShouldBeDone();
        (await rig.GetAsync("/api/views", ann)).Json.EnumerateArray().Select(v => v.Of("name")).ShouldBe(["All"]);
    }

    [Fact]
    public async Task Columns_of_a_list_are_kept_for_each_person()
    {
        await using var rig = await AdminRig.StartAsync();
        var (ann, bob) = (await rig.Api.TokenAsync(await rig.UserAsync("ann")), await rig.Api.TokenAsync(await rig.UserAsync("bob")));
        (await rig.GetAsync("/api/views/devices/columns", ann)).Text.ShouldBe("""{"columns":[]}""");
        (await rig.PutAsync("/api/views/devices/columns", """{"columns":["state","name","id"]}""", ann)).ShouldBeFine();
        (await rig.PutAsync("/api/views/devices/columns", """{"columns":["name","state"]}""", ann)).ShouldBeFine();
        (await rig.GetAsync("/api/views/devices/columns", ann)).Text.ShouldBe("""{"columns":["name","state"]}""");
        (await rig.GetAsync("/api/views/devices/columns", bob)).Text.ShouldBe("""{"columns":[]}""");
        (await rig.GetAsync("/api/views", ann)).Text.ShouldBe("[]", "it has no name");
        (await rig.PutAsync("/api/views/devices/columns", "{}", ann)).ShouldBeProblem(400, "invalid");
    }

    [Fact]
    public async Task An_administrator_sees_everybodys_books_looks_into_them_on_record_and_gives_them_to_others()
    {
        await using var rig = await AdminRig.StartAsync();
        var (ann, bob) = (await rig.UserAsync("ann"), await rig.UserAsync("bob"));
        var annToken = await rig.Api.TokenAsync(ann);
        var shops = (await rig.PostAsync("/api/ab/shared/add", """{"name":"Shops","note":"all","info":{"password":"very-secret"}}""", annToken)).ShouldBeFine().Of("guid");
        (await rig.PostAsync($"/api/ab/peer/add/{shops}", """{"id":"123","alias":"till","password":"very-secret","note":null}""", annToken)).ShouldBeDone();
        await using (var db = rig.Db())
        {
            db.AddressBooks.Add(new AddressBook { OwnerGuid = bob.Guid, IsPersonal = true });
            await db.SaveChangesAsync();
        }

        var books = await rig.AllAsync("/api/books/all");
        books.ConvertAll(b => $"{b.Of("owner")} {b.Of("name")} {b.Of("entries")} {b.Of("password_set")}").ShouldBe(["ann Shops 1 True", "bob  0 False"]);
        (await rig.AllAsync("/api/books/all?personal=1")).ShouldHaveSingleItem().Of("owner").ShouldBe("bob");
        (await rig.AllAsync("/api/books/all?q=SHOP&sort=-entries")).ShouldHaveSingleItem();
        var entries = await rig.GetAsync($"/api/books/all/{shops}/entries");
        entries.ShouldBeFine().GetProperty("data")[0].Of("alias").ShouldBe("till");
        entries.Text.ShouldNotContain("very-secret");
        (await rig.PatchAsync($"/api/books/all/{books[1].Of("guid")}", """{"owner":"ann"}""")).ShouldBeProblem(409, "personal");
        (await rig.PatchAsync($"/api/books/all/{shops}", """{"owner":"nobody"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync($"/api/books/all/{shops}", """{"owner":"bob"}""")).ShouldBeFine().Of("owner").ShouldBe("bob");
        (await rig.GetAsync($"/api/books/{shops}/entries", await rig.Api.TokenAsync(bob))).ShouldBeFine();
        (await rig.GetAsync("/api/books/all", annToken)).Status.ShouldBe(403);
        (await rig.DeleteAsync($"/api/books/all/{books[1].Of("guid")}")).ShouldBeProblem(409, "personal");
        (await rig.DeleteAsync($"/api/books/all/{shops}")).ShouldBeDone();
        (await rig.DeleteAsync($"/api/books/all/{shops}")).ShouldBeProblem(404, "not_found");
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([15, 111, 110, 16]);
    }

    [Fact]
    public async Task A_directory_that_does_not_answer_is_told_of_step_by_step_and_a_stored_password_goes_nowhere_else()
    {
        await using var rig = await AdminRig.StartAsync();
        // Nobody listens on port 1 of this machine.
        var answer = (await rig.PostAsync("/api/directory/test", """
            {"settings":{"urls":["ldap://127.0.0.1:1"],"baseDn":"dc=example","bindDn":"cn=x","bindPassword":"s3cret-of-test"},"login":"mara"}
            """)).ShouldBeFine();
        answer.Of("ok").ShouldBe("False");
        var step = answer.GetProperty("steps")[0];
        (step.Of("name"), step.Of("ok")).ShouldBe(("connect", "False"));
        step.Of("detail").ShouldNotBeEmpty();
        answer.ToString().ShouldNotContain("s3cret-of-test");
        (await rig.PostAsync("/api/directory/test", """{"settings":{"urls":["http://x"],"baseDn":"d"}}""")).ShouldBeProblem(400, "invalid");

        (await rig.PutAsync("/api/settings/directory", """
            {"urls":["ldap://127.0.0.1:1"],"baseDn":"dc=example","bindDn":"cn=x","bindPassword":"s3cret-of-test","enabled":false}
            """)).Status.ShouldBe(200);
        (await rig.PostAsync("/api/directory/test", "{}")).ShouldBeFine().Of("ok").ShouldBe("False");
        var elsewhere = await rig.PostAsync("/api/directory/test", """{"settings":{"urls":["ldap://127.0.0.2:1"],"bindPassword":"********"}}""");
        elsewhere.ShouldBeProblem(400, "invalid");
        elsewhere.Json.GetProperty("fields")[0].Of("field").ShouldBe("bindPassword");
        (await rig.PostAsync("/api/directory/test", """{"settings":{"urls":["ldap://127.0.0.2:1"]}}""")).ShouldBeProblem(400, "invalid");
    }

    private static List<string> Values(System.Text.Json.JsonElement facets, string name) =>
        [.. facets.GetProperty(name).EnumerateArray().Select(f => $"{f.Of("value")} {f.Of("count")}")];
}
