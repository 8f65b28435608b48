using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>API tokens, logins, settings, providers and single devices (ours).</summary>
public class TokenAndSettingTests
{
    [Fact]
    public async Task A_token_is_told_once_works_and_ends()
    {
        await using var rig = await AdminRig.StartAsync();
        var made = (await rig.PostAsync("/api/tokens", """{"name":"report","scopes":"device:r","days":30,"allowed_from":"127.0.0.0/8"}""", rig.Person)).ShouldBeFine();
        var (guid, text) = (made.Of("guid"), made.Of("token"));
        (await rig.GetAsync("/api/devices", text)).Status.ShouldBe(200);
        (await rig.GetAsync("/api/users", text)).Status.ShouldBe(403);
        var list = await rig.GetAsync("/api/tokens", rig.Person);
        list.Text.ShouldNotContain(text);
        var row = list.Json.GetProperty("data").EnumerateArray().Single(t => t.Of("guid") == guid);
        (row.Of("name"), row.Of("scopes"), row.Of("kind"), row.Of("user"), row.Of("created_by")).ShouldBe(("report", "device:r", "api", "root", "root"));
        foreach (var wrong in new[] { """{"name":"x"}""", """{"name":"x","scopes":"flying:rw"}""", """{"scopes":"device:r"}""",
            """{"name":"x","scopes":"device:r","days":-1}""", """{"name":"x","scopes":"device:r","allowed_from":"here"}""" })
        {
            (await rig.PostAsync("/api/tokens", wrong, rig.Person)).ShouldBeProblem(400, "invalid");
        }

        (await rig.DeleteAsync($"/api/tokens/{guid}", token: rig.Person)).ShouldBeDone();
        (await rig.GetAsync("/api/devices", text)).Status.ShouldBe(401);
        (await rig.DeleteAsync($"/api/tokens/{guid}", token: rig.Person)).ShouldBeProblem(404, "not_found");
        (await rig.LogAsync()).ShouldBe([(107, "report"), (108, $"report {guid}")]);
    }

    [Fact]
    public async Task What_a_setting_usually_is_does_not_change_with_it()
    {
        await using var rig = await AdminRig.StartAsync();
        var usual = (await rig.GetAsync("/api/settings/retention/defaults")).ShouldBeFine().GetRawText();
        (await rig.GetAsync("/api/settings/retention")).ShouldBeFine().GetRawText().ShouldBe(usual);
        (await rig.PatchAsync("/api/settings/retention", """{"connection_days":7}""")).ShouldBeFine().Of("connection_days").ShouldBe("7");
        (await rig.GetAsync("/api/settings/retention/defaults")).ShouldBeFine().GetRawText().ShouldBe(usual);
        (await rig.GetAsync("/api/settings/nothing/defaults")).ShouldBeProblem(404, "not_found");
        var ann = await rig.Api.TokenAsync(await rig.UserAsync("ann"));
        (await rig.GetAsync("/api/settings/retention/defaults", ann)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task No_token_makes_tokens_and_no_user_does()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.Api.TokenAsync(await rig.UserAsync("ann"));
        foreach (var token in new[] { rig.Script, ann })
        {
            (await rig.PostAsync("/api/tokens", """{"name":"x","scopes":"device:r"}""", token)).Status.ShouldBe(403);
            (await rig.GetAsync("/api/tokens", token)).Status.ShouldBe(403);
        }
    }

    [Fact]
    public async Task Users_see_and_end_their_own_logins_and_administrators_everybodys()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var (one, two) = (await rig.Api.TokenAsync(ann), await rig.Api.TokenAsync(ann));
        var eve = await rig.Api.TokenAsync(await rig.UserAsync("eve"));
        var mine = await rig.AllAsync("/api/sessions", token: one);
        mine.Count.ShouldBe(2);
        mine.Count(s => s.TryGetProperty("current", out _)).ShouldBe(1);
        var other = mine.Single(s => !s.TryGetProperty("current", out _)).Of("guid");
        (await rig.DeleteAsync($"/api/sessions/{other}", token: eve)).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync($"/api/sessions?user={ann.Guid}", eve)).ShouldBeProblem(403, "not_yours");
        (await rig.GetAsync("/api/sessions?all=1", eve)).ShouldBeProblem(403, "not_yours");
        (await rig.DeleteAsync($"/api/sessions/{other}", token: one)).ShouldBeDone();
        (await rig.GetAsync("/api/sessions", two)).Status.ShouldBe(401, "at once");
        (await rig.AllAsync("/api/sessions?all=1", token: rig.Person)).Count.ShouldBe(3);
        var last = (await rig.AllAsync($"/api/sessions?user={ann.Guid}", token: rig.Person)).Single().Of("guid");
        (await rig.DeleteAsync($"/api/sessions/{last}", token: rig.Person)).ShouldBeDone();
        (await rig.GetAsync("/api/sessions", one)).Status.ShouldBe(401);
        (await rig.GetAsync("/api/sessions", rig.Script)).Status.ShouldBe(403, "in person");
    }

    [Fact]
    public async Task Settings_are_read_replaced_and_merged_and_secrets_are_stars()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.GetAsync("/api/settings")).Json.EnumerateArray().Select(s => s.Of("name")).ShouldContain("access");
        var set = (await rig.PatchAsync("/api/settings/mail", """{"host":"mail.example.com","password":"s3cret","from":"a@example.com"}""")).ShouldBeFine();
        (set.Of("host"), set.Of("password")).ShouldBe(("mail.example.com", "********"));
        (await rig.PatchAsync("/api/settings/mail", """{"password":"********","port":25}""")).ShouldBeFine().Of("port").ShouldBe("25");
        (await rig.GetAsync("/api/settings/MAIL")).Text.ShouldNotContain("s3cret");
        var mail = rig.Api.Services.GetService(typeof(Hawser.Api.Settings.SettingsStore)) as Hawser.Api.Settings.SettingsStore;
        mail!.Get(Hawser.Api.Notifications.NotificationSettings.Mail).Password.ShouldBe("s3cret");
        var put = (await rig.PutAsync("/api/settings/mail", """{"host":"other.example.com"}""")).ShouldBeFine();
        (put.Of("from"), put.Of("port"), put.Of("security"), put.Of("from_name")).ShouldBe(("", "587", "starttls", "Hawser"));
        foreach (var wrong in new[] { """{"hosts":"x"}""", """{"port":"x"}""", """{"port":{}}""", "[]", "null", "", "7", """{"host":"a","host":"b"}""" })
        {
            (await rig.PatchAsync("/api/settings/mail", wrong)).ShouldBeProblem(400, "invalid");
        }

        (await rig.GetAsync("/api/settings/nothing")).ShouldBeProblem(404, "not_found");
        await using var db = rig.Db();
        (await db.ConsoleAudits.Select(a => a.Info).ToListAsync()).ShouldAllBe(i => !i.Contains("s3cret"));
        (await rig.LogAsync()).Select(l => l.Operation).ShouldBe([140, 140, 140]);
    }

    [Fact]
    public async Task Providers_are_added_changed_and_removed_one_by_one()
    {
        await using var rig = await AdminRig.StartAsync();
        (await rig.GetAsync("/api/oidc/providers")).Text.ShouldBe("[]");
        var made = (await rig.PostAsync("/api/oidc/providers", """{"name":"google","clientId":"id","clientSecret":"s3cret"}""")).ShouldBeFine();
        (made.Of("name"), made.Of("clientSecret")).ShouldBe(("google", "********"));
        (await rig.PostAsync("/api/oidc/providers", """{"name":"Google","clientId":"id"}""")).ShouldBeProblem(409, "name_taken");
        (await rig.PostAsync("/api/oidc/providers", """{"name":"bad name","clientId":"id"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync("/api/oidc/providers", """{"name":"x"}""")).ShouldBeProblem(400, "invalid");
        (await rig.PatchAsync("/api/oidc/providers/google", """{"enabled":false,"clientSecret":"********"}""")).ShouldBeFine().Of("enabled").ShouldBe("False");
        var settings = (Hawser.Api.Settings.SettingsStore)rig.Api.Services.GetService(typeof(Hawser.Api.Settings.SettingsStore))!;
        settings.Get(Hawser.Api.Accounts.SignIn.SignInSettings.Key).Providers.Single().ClientSecret.ShouldBe("s3cret");
        (await rig.PatchAsync("/api/oidc/providers/nobody", "{}")).ShouldBeProblem(404, "not_found");
        (await rig.DeleteAsync("/api/oidc/providers/google")).ShouldBeDone();
        (await rig.DeleteAsync("/api/oidc/providers/google")).ShouldBeProblem(404, "not_found");
    }

    [Fact]
    public async Task A_device_is_in_several_groups_and_shows_the_strategy_in_effect()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        var device = (await rig.DevicesAsync(1))[0];
        await rig.DeviceGroupAsync("North");
        await rig.DeviceGroupAsync("Tills");
        var strategy = (await rig.PostAsync("/api/strategies", """{"name":"S","config_options":{"enable-audio":"N"}}""")).ShouldBeFine().Of("guid");
        await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{strategy}}","peers":[],"users":["{{ann.Guid}}"],"groups":[]}""");
        var path = $"/api/devices/{device.Guid}";
        var row = (await rig.PatchAsync(path, """{"user_name":"ann","device_groups":["tills","North"],"note":"n","status":0}""")).ShouldBeFine();
        row.Of("device_groups").ShouldBe("""["North","Tills"]""");
        (row.Of("strategy_in_effect"), row.GetProperty("options").Of("enable-audio")).ShouldBe(("S", "N"));
        (row.GetProperty("device").Of("status"), row.GetProperty("device").Of("note")).ShouldBe(("0", "n"));
        (await rig.PatchAsync(path, """{"user_name":"","device_groups":["Nowhere"]}""")).ShouldBeProblem(400, "invalid");
        row = (await rig.GetAsync(path)).ShouldBeFine();
        (row.GetProperty("device").Of("user_name"), row.Of("device_groups")).ShouldBe(("ann", """["North","Tills"]"""), "all or nothing");
        row = (await rig.PatchAsync(path, """{"device_groups":[],"status":1}""")).ShouldBeFine();
        (row.Of("device_groups"), row.GetProperty("device").Of("note")).ShouldBe(("[]", "n"));
        (await rig.PatchAsync(path, """{"status":7}""")).ShouldBeProblem(400, "invalid");
        (await rig.PostAsync($"{path}/refresh")).ShouldBeDone();
        (await rig.PostAsync($"/api/devices/{Guid.NewGuid()}/refresh")).ShouldBeProblem(404, "not_found");
        (await rig.GetAsync($"/api/devices/{Guid.NewGuid()}")).ShouldBeProblem(404, "not_found");
        await rig.Api.PostAsync("/api/heartbeat", $"{{{device.Members},\"ver\":1004009}}");
        var eve = await rig.Api.TokenAsync(await rig.UserAsync("eve", group: await rig.UserGroupAsync("Other")));
        (await rig.GetAsync(path, eve)).ShouldBeProblem(404, "not_found");
        var hers = (await rig.GetAsync(path, await rig.Api.TokenAsync(ann))).ShouldBeFine();
        hers.TryGetProperty("options", out _).ShouldBeFalse();
        hers.GetProperty("device").GetProperty("info").Of("ip").ShouldBe("");
    }
}
