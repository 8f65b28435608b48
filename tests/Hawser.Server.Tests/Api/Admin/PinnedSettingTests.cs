using System.Text.Json.Nodes;
using Hawser.Api;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>Members of settings that the server was started with.</summary>
public sealed class PinnedSettingTests
{
    private const string Origin = "HAWSER_SETTING_MAIL_PASSWORD";

    [Fact]
    public async Task A_pin_wins_is_told_with_its_origin_is_not_changed_and_is_not_stored()
    {
        await using var rig = await StartAsync(
            Pin("mail", "host", "pinned.example.com"), Pin("mail", "password", "p1nned"));
        var mail = (await rig.GetAsync("/api/settings/mail")).ShouldBeFine();
        (mail.Of("host"), mail.Of("password")).ShouldBe(("pinned.example.com", "********"));
        var origins = (await rig.GetAsync("/api/settings/mail/origins")).Json.EnumerateArray().ToList();
        origins.Select(o => (o.Of("member"), o.Of("source"), o.Of("origin")))
            .ShouldBe([("host", "environment", Origin), ("password", "environment", Origin)]);
        (await rig.GetAsync("/api/settings/sms/origins")).Text.ShouldBe("[]");
        (await rig.GetAsync("/api/settings/nothing/origins")).ShouldBeProblem(404, "not_found");

        foreach (var change in new[] { """{"host":"other.example.com"}""", """{"password":"other"}""", """{"password":""}""" })
        {
            var refused = await rig.PatchAsync("/api/settings/mail", change);
            refused.ShouldBeProblem(409, "setting_pinned");
            refused.Text.ShouldContain(Origin);
        }

        (await rig.PutAsync("/api/settings/mail", """{"from":"a@example.com"}""")).ShouldBeProblem(409, "setting_pinned");
        (await rig.LogAsync()).ShouldBeEmpty("nothing was changed");
        // As the console saves: the member that was edited, or everything as it was read.
        (await rig.PatchAsync("/api/settings/mail", """{"from":"a@example.com"}""")).ShouldBeFine().Of("host").ShouldBe("pinned.example.com");
        (await rig.PutAsync("/api/settings/mail", """{"from":"b@example.com","host":"pinned.example.com","password":"********"}"""))
            .ShouldBeFine().Of("from").ShouldBe("b@example.com");
        var store = rig.Api.Services.GetRequiredService<SettingsStore>();
        var now = store.Get(NotificationSettings.Mail);
        (now.Host, now.Password, now.From).ShouldBe(("pinned.example.com", "p1nned", "b@example.com"));

        await using var db = rig.Db();
        var row = await db.Settings.SingleAsync(s => s.Key == "mail");
        var stored = rig.Api.Services.GetRequiredService<Hawser.Api.Http.Secrets>().Unprotect(row.Value)!;
        stored.ShouldNotContain("p1nned");
        stored.ShouldNotContain("pinned.example.com");
        stored.ShouldContain("b@example.com");
        await Should.ThrowAsync<PinnedSettingException>(() => store.SetAsync(
            NotificationSettings.Mail, now with { Host = "other" }, CancellationToken.None));
        (await rig.GetAsync("/api/console/options")).Text.ShouldContain("settings.mail.host");
        (await rig.GetAsync("/api/console/options")).Text.ShouldNotContain("p1nned");
    }

    [Fact]
    public async Task Pages_that_change_a_part_of_a_setting_refuse_it_too()
    {
        var pins = new[]
        {
            Pin("access", "login_required", true), Pin("access", "blocked_addresses", new JsonArray("203.0.113.0/24")),
            Pin("devices", "blocked_addresses", new JsonArray("203.0.113.0/24")), Pin("relays", "added", new JsonArray()),
            Pin("signIn", "providers", new JsonArray()), Pin("console", "server_name", "Pinned"),
        };
        await using var rig = await StartAsync(pins);
        (await rig.GetAsync("/api/settings/access")).ShouldBeFine().Of("login_required").ShouldBe("True");
        await RefusedAsync(rig.PatchAsync("/api/settings/access", """{"login_required":false}"""));
        await RefusedAsync(rig.PostAsync("/api/access/blocked", """{"addresses":["198.51.100.7"]}"""));
        await RefusedAsync(rig.PostAsync("/api/access/blocked/remove", """{"addresses":["203.0.113.0/24"]}"""));
        await RefusedAsync(rig.PostAsync("/api/devices/blocked", """{"addresses":["198.51.100.7"]}"""));
        await RefusedAsync(rig.PostAsync("/api/relays", """{"address":"relay.example.com"}"""));
        await RefusedAsync(rig.PostAsync("/api/oidc/providers", """{"name":"google","clientId":"id","clientSecret":"s"}"""));
        (await rig.LogAsync()).ShouldBeEmpty("nothing was changed");

        static async Task RefusedAsync(Task<Answer> answer) => (await answer).ShouldBeProblem(409, "setting_pinned");
    }

    private static Task<AdminRig> StartAsync(params SettingPin[] pins) => AdminRig.StartAsync(configure: o => o.Pins = pins);

    private static SettingPin Pin(string setting, string member, JsonNode value) => new(setting, member, value, "environment", Origin);
}
