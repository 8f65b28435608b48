using System.Text.Json;
using Hawser.Server.Tests.Api.Admin;
using Hawser.Server.Tests.Options;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Program;

/// <summary><c>hawser apply</c>: the real program against a real server.</summary>
public sealed class ApplyTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private AdminRig _rig = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = await AdminRig.StartAsync();
        _folder.Write("token", _rig.Script);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_example_of_the_page_is_planned_applied_and_then_nothing_is_left_to_do()
    {
        await _rig.DevicesAsync(2, null, 482_913_377);
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "apply.md"));
        var start = page.IndexOf("```yaml\n", StringComparison.Ordinal) + "```yaml\n".Length;
        _folder.Write("fleet.yaml", page[start..page.IndexOf("```", start, StringComparison.Ordinal)]);

        var plan = await ApplyAsync("--plan");
        plan.Code.ShouldBe(2, plan.Errors);
        plan.Output.ShouldContain("+ device_groups \"Tills\"");
        plan.Output.ShouldContain("0 to change, 0 to remove");
        (await _rig.NamesAsync("/api/device-groups")).ShouldBeEmpty("a plan changes nothing");

        var done = await ApplyAsync();
        done.Code.ShouldBe(0, done.Errors);
        (await _rig.NamesAsync("/api/devices?device_group_name=Tills", "id")).ShouldBe(["482913377", "482913378"]);
        var group = (await _rig.GetAsync("/api/device-groups?name=Tills")).Json.GetProperty("data")[0];
        group.Of("strategy_name").ShouldBe("Kiosk");
        var rule = (await _rig.GetAsync("/api/access/rules")).Json.GetProperty("data").EnumerateArray().Single();
        rule.GetProperty("subject").Of("name").ShouldBe("Help desk");
        rule.Of("control_role").ShouldBe("View only");
        var book = (await _rig.GetAsync("/api/ab/shared/profiles")).Json.GetProperty("data")[0].Of("guid");
        (await _rig.GetAsync($"/api/ab/peers?ab={book}")).Json.GetProperty("data")[0].Of("alias").ShouldBe("Till 1");
        (await _rig.GetAsync($"/api/ab/rules?ab={book}")).Json.GetProperty("total").GetInt32().ShouldBe(2);

        var again = await ApplyAsync("--plan");
        again.Code.ShouldBe(0, again.Output);
        again.Output.ShouldStartWith("0 to add, 0 to change, 0 to remove;");
        var rows = (await _rig.LogAsync()).Count;
        (await ApplyAsync()).Code.ShouldBe(0);
        (await _rig.LogAsync()).Count.ShouldBe(rows, "nothing is done twice");
    }

    [Fact]
    public async Task What_differs_is_shown_and_changed_and_the_rest_is_left_alone()
    {
        (await _rig.PostAsync("/api/strategies", """{"name":"Kiosk","note":"mine","config_options":{"enable-audio":"N"}}""")).ShouldBeFine();
        (await _rig.PostAsync("/api/user-groups", """{"name":"Other"}""")).ShouldBeFine();
        _folder.Write("fleet.yaml", """
            strategies:
              - name: kiosk
                options: {enable-audio: Y}
            user_groups:
              - name: Default
                note: everybody else
            """);

        var plan = await ApplyAsync("--plan", "--json");
        plan.Code.ShouldBe(2, plan.Errors);
        var changes = JsonDocument.Parse(plan.Output).RootElement.GetProperty("changes").EnumerateArray().ToList();
        changes.Select(c => (c.Of("action"), c.Of("section"), c.Of("line"))).ShouldBe(
            [("change", "strategies", "2"), ("change", "user_groups", "5")]);
        changes[0].GetProperty("details")[0].GetString().ShouldBe("""options: {"enable-audio":"N"} -> {"enable-audio":"Y"}""");

        (await ApplyAsync()).Code.ShouldBe(0);
        var strategy = (await _rig.GetAsync("/api/strategies")).Json[0];
        (strategy.Of("name"), strategy.Of("note")).ShouldBe(("Kiosk", "mine"));
        strategy.GetProperty("config_options").Of("enable-audio").ShouldBe("Y");
        (await _rig.NamesAsync("/api/user-groups")).ShouldBe(["Default", "Other"]);
    }

    [Fact]
    public async Task Only_a_switch_removes_and_only_in_the_sections_of_the_file()
    {
        await _rig.DevicesAsync(2, null, 100_000);
        _folder.Write("fleet.yaml", """
            user_groups:
              - name: Keep
              - name: Gone
            device_groups:
              - name: Tills
                devices: ["100000", "100001"]
            strategies:
              - name: Stays
            """);
        (await ApplyAsync()).Code.ShouldBe(0);
        _folder.Write("fleet.yaml", """
            user_groups:
              - name: Keep
            device_groups:
              - name: Tills
                devices: [100000]
            """);

        (await ApplyAsync("--plan")).Code.ShouldBe(0, "what the file does not have stays");
        var plan = await ApplyAsync("--plan", "--prune");
        plan.Code.ShouldBe(2, plan.Errors);
        plan.Output.ShouldContain("- user_groups \"Gone\"");
        plan.Output.ShouldContain("devices: - 100001");
        plan.Output.ShouldNotContain("Default");
        (await ApplyAsync("--prune")).Code.ShouldBe(0);
        (await _rig.NamesAsync("/api/user-groups")).ShouldBe(["Default", "Keep"]);
        (await _rig.NamesAsync("/api/devices?device_group_name=Tills", "id")).ShouldBe(["100000"]);
        (await _rig.GetAsync("/api/strategies")).Json.GetArrayLength().ShouldBe(1);
        (await ApplyAsync("--plan", "--prune")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_file_is_told_with_its_line()
    {
        _folder.Write("fleet.yaml", """
            groups: []
            device_groups:
              - name: A
                colour: red
                rank: high
              - note: nameless
              - name: a
            access_rules:
              - name: R
                from: [x]
                to: all_devices
            address_books:
              - name: B
                shares: [{user: mara, permission: everything}]
                tags: {north: red}
            """);
        var wrong = await ApplyAsync("--plan");
        wrong.Code.ShouldBe(1);
        foreach (var part in new[]
        {
            "fleet.yaml:1: \"groups\" is no section", "fleet.yaml:4: \"colour\" is no key", "fleet.yaml:5: This is a whole number",
            "fleet.yaml:6: An item of device_groups has no name", "fleet.yaml:7: device_groups \"a\" is there twice; first in line 3",
            "fleet.yaml:10:", "fleet.yaml:14: A share is", "fleet.yaml:15: This is a colour",
        })
        {
            wrong.Errors.ShouldContain(part);
        }

        _folder.Write("fleet.yaml", "device_groups:\n  - name: [\n");
        (await ApplyAsync()).Errors.ShouldContain("is no YAML");
        _folder.Write("fleet.yaml", """
            device_groups:
              - name: A
                strategy: Nowhere
                devices: [999999]
            access_rules:
              - name: R
                from: {user_group: Nobody}
                to: {device_group: A}
            """);
        var missing = await ApplyAsync("--plan");
        missing.Code.ShouldBe(1);
        missing.Errors.ShouldContain("fleet.yaml:2: device_groups \"A\": there is no \"Nowhere\" in strategies");
        missing.Errors.ShouldContain("fleet.yaml:2: device_groups \"A\": there is no device 999999");
        missing.Errors.ShouldContain("fleet.yaml:6: access_rules \"R\": there is no \"Nobody\" in user_groups");
    }

    [Fact]
    public async Task What_the_server_refuses_is_told_with_its_line_and_with_what_was_done()
    {
        _folder.Write("fleet.yaml", """
            user_groups:
              - name: First
            strategies: []
            access_rules:
              - name: R
                from: {user: nobody}
                to: all_devices
            """);
        var refused = await ApplyAsync();
        refused.Code.ShouldBe(1);
        refused.Errors.ShouldContain("fleet.yaml:5: access_rules \"R\"");
        refused.Errors.ShouldContain("1 of 2 changes were made");
        _folder.Write("token", await _rig.Api.ApiTokenAsync(_rig.Root, "user_group:r"));
        (await ApplyAsync("--plan")).Errors.ShouldContain("lacks a scope");
        _folder.Write("token", "nonsense");
        (await ApplyAsync("--plan")).Errors.ShouldContain("token is not valid");
        (await RunAsync("apply", "-f", "fleet.yaml", "--url", "http://127.0.0.1:1", "--token-file", "token"))
            .Errors.ShouldContain("can't be reached");
        (await RunAsync("apply", "-f", "fleet.yaml")).Errors.ShouldContain("An API token is needed");
    }

    [Fact]
    public async Task On_the_server_itself_its_folder_is_enough_and_no_token_stays()
    {
        // The child finds the database by the folder alone; on another engine it would need the rig's options.
        if (_rig.Server.Options.Database != "sqlite") return;
        _folder.Write("fleet.yaml", "user_groups:\n  - name: By folder\n");
        var done = await RunAsync(
            "apply", "-f", "fleet.yaml", "--url", _rig.Server.Http.ToString(), "--data", _rig.Server.Folder, "--user", "root");
        done.Code.ShouldBe(0, done.Errors);
        (await _rig.NamesAsync("/api/user-groups")).ShouldContain("By folder");
        await using var db = _rig.Db();
        (await db.AccessTokens.CountAsync(t => t.Name.StartsWith("hawser apply"))).ShouldBe(0);
        (await _rig.LogAsync()).ShouldContain(l => l.Operation == 1 && l.Targets == "By folder");
    }

    private Task<(int Code, string Output, string Errors)> ApplyAsync(params string[] more) => RunAsync(
        ["apply", "-f", "fleet.yaml", "--url", _rig.Server.Http.ToString(), "--token-file", "token", .. more]);

    private Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments) =>
        HawserProcess.RunAsync(_folder.Path, arguments);
}
