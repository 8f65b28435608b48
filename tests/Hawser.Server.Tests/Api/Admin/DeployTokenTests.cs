using Hawser.Api.Devices;
using Hawser.Api.Settings;
using Hawser.Data.AddressBooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class DeployTokenTests
{
    private const string Pk = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Fact]
    public async Task A_device_that_comes_with_the_token_gets_what_it_says_once_and_the_token_counts()
    {
        await using var rig = await AdminRig.StartAsync();
        await rig.UserAsync("mara");
        await rig.DeviceGroupAsync("Tills");
        await RequireAsync(rig);
        await using (var db = rig.Db())
        {
            db.AddressBooks.Add(new AddressBook { Name = "Shops", NormalizedName = "SHOPS", OwnerGuid = rig.Root.Guid });
            await db.SaveChangesAsync();
        }

        (await rig.PostAsync("/api/strategies", """{"name":"Quiet","config_options":{"enable-audio":"N"}}""", rig.Person)).ShouldBeFine();
        var made = (await rig.PostAsync("/api/deploy-tokens", """
            {"name":"tills","maximum_uses":1,"user_name":"MARA","device_group_name":"tills","strategy_name":"Quiet",
            "address_book_name":"shops","address_book_tag":"new","note":"2026"}
            """, rig.Person)).ShouldBeFine();
        var token = made.Of("token");
        token.ShouldStartWith("hwd_");

        (await rig.PostAsync("/api/devices/deploy", Body("111222333", "one"), token)).Member("result").ShouldBe("OK");
        (await rig.PostAsync("/api/devices/deploy", Body("111222333", "one"), token)).Member("result").ShouldBe("OK", "the same device comes again");
        (await rig.PostAsync("/api/devices/deploy", Body("111222334", "two"), token)).Error.ShouldBe(DeployDesk.UsedUp);

        var device = (await rig.AllAsync("/api/devices")).Single();
        device.Of("user_name").ShouldBe("mara");
        device.Of("device_group_name").ShouldBe("Tills");
        device.Of("strategy_name").ShouldBe("Quiet");
        device.Of("note").ShouldBe("2026");
        var listed = (await rig.AllAsync("/api/deploy-tokens", token: rig.Person)).Single();
        listed.Of("uses").ShouldBe("1");
        listed.Of("user_name").ShouldBe("mara");
        listed.Of("address_book_name").ShouldBe("Shops");
        listed.ToString().ShouldNotContain(token);
        await using var after = rig.Db();
        var entry = await after.AddressBookEntries.SingleAsync();
        (entry.Id, entry.Tags.Trim()).ShouldBe(("111222333", "new"));
    }

    [Fact]
    public async Task A_token_does_nothing_else_and_takes_nothing_from_anybody()
    {
        await using var rig = await AdminRig.StartAsync();
        var ann = await rig.UserAsync("ann");
        await rig.UserAsync("eve");
        var device = (await rig.DevicesAsync(1, ann))[0];
        var token = await MakeAsync(rig, """{"name":"x","user_name":"eve"}""");

        (await rig.GetAsync("/api/devices", token)).Status.ShouldBe(403);
        (await rig.GetAsync("/api/console/me", token)).Status.ShouldBe(403);
        (await rig.PostAsync("/api/devices/cli", $$"""{{{device.Members}},"user_name":"eve"}""", token)).Status.ShouldBe(403);
        (await rig.PostAsync("/api/devices/cli", $$"""{{{device.Members}},"note":"hello"}""", token)).ShouldBeDone();

        var row = (await rig.AllAsync("/api/devices")).Single();
        row.Of("user_name").ShouldBe("ann", "it had an owner");
        row.Of("note").ShouldBe("hello");
    }

    [Fact]
    public async Task A_token_ends_when_it_is_revoked_when_its_time_is_over_and_when_its_maker_is_no_administrator()
    {
        await using var rig = await AdminRig.StartAsync();
        await RequireAsync(rig);
        var token = await MakeAsync(rig, """{"name":"x"}""");
        var guid = (await rig.AllAsync("/api/deploy-tokens", token: rig.Person)).Single().Of("guid");
        (await rig.DeleteAsync($"/api/deploy-tokens/{guid}", token: rig.Person)).ShouldBeDone();
        (await rig.PostAsync("/api/devices/deploy", Body("111222333", "one"), token)).Status.ShouldBe(401);
        (await rig.DeleteAsync($"/api/deploy-tokens/{guid}", token: rig.Person)).ShouldBeProblem(404, "not_found");

        var second = await MakeAsync(rig, """{"name":"y","allowed_from":"10.0.0.0/8"}""");
        (await rig.PostAsync("/api/devices/deploy", Body("111222333", "one"), second)).Status.ShouldBe(401, "not from here");
        (await rig.PostAsync("/api/deploy-tokens", """{"name":"z","user_name":"nobody"}""", rig.Person)).ShouldBeProblem(400, "invalid");
        var script = await rig.Api.ApiTokenAsync(rig.Root, "device:rw setting:rw");
        (await rig.PostAsync("/api/deploy-tokens", """{"name":"z"}""", script)).Status.ShouldBe(403, "that takes a scope of its own");
        (await rig.LogAsync()).ConvertAll(l => l.Operation).ShouldBe([180, 181, 180]);
        (await rig.GetAsync("/api/sessions?all=1", rig.Person)).Text.ShouldNotContain("hwd_");
        (await rig.AllAsync("/api/sessions?all=1", token: rig.Person)).Count.ShouldBe(1, "a deployment token is no login");
    }

    private static async Task<string> MakeAsync(AdminRig rig, string body) =>
        (await rig.PostAsync("/api/deploy-tokens", body, rig.Person)).ShouldBeFine().Of("token");

    private static Task RequireAsync(AdminRig rig) => rig.Api.Services.GetRequiredService<SettingsStore>()
        .SetAsync(DeviceSettings.Key, new DeviceSettings { DeploymentRequired = true }, default);

    private static string Body(string id, string uuid) =>
        $$"""{"id":"{{id}}","uuid":"{{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(uuid))}}","pk":"{{Pk}}"}""";
}
