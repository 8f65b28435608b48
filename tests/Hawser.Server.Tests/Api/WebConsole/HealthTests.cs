using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Notifications;
using Hawser.Server.Tests.Api.Admin;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.WebConsole;

/// <summary>How the server is, with reasons.</summary>
public sealed class HealthTests
{
    private static JsonElement Check(JsonElement health, string part) =>
        health.GetProperty("checks").EnumerateArray().Single(c => c.Of("part") == part);

    [Fact]
    public async Task Each_part_says_how_it_is_and_why_and_what_waits_is_counted()
    {
        await using var rig = await AdminRig.StartAsync();
        var health = (await rig.GetAsync("/api/console/health")).ShouldBeFine();
        Check(health, "database").Of("state").ShouldBe("ready");
        Check(health, "mail").Of("reason").ShouldBe("not_set");
        Check(health, "relays").Of("state").ShouldBe("off");
        Check(health, "certificate").Of("state").ShouldBe("off");
        Check(health, "storage").Of("detail").ShouldNotBeEmpty();

        await rig.Server.Node.Services!.GetRequiredService<SettingsStore>().SetAsync(
            NotificationSettings.Mail,
            new MailSettings { Host = "127.0.0.1", Port = 1, From = "hawser@example.com" }, CancellationToken.None);
        var roster = rig.Server.Node.Roster;
        roster.Configure(["a", "b"]);
        roster.Check("b", false);
        var now = rig.Server.Node.Time.GetUtcNow().UtcDateTime;
        await using (var db = rig.Db())
        {
            db.Outbox.Add(new OutboxMessage
            {
                Channel = "email", Recipient = "mara@example.com", CreatedAt = now.AddMinutes(-5),
                FailedAt = now, NextAttemptAt = now, GiveUpAt = now, LastError = "550 no such mailbox",
            });
            db.Outbox.Add(new OutboxMessage
            {
                Channel = "webhook", Recipient = "https://example.com", CreatedAt = now, NextAttemptAt = now.AddDays(1),
                GiveUpAt = now.AddDays(2),
            });
            await db.SaveChangesAsync();
        }

        health = (await rig.GetAsync("/api/console/health")).ShouldBeFine();
        Check(health, "mail").Of("detail").ShouldBe("550 no such mailbox");
        (Check(health, "relays").Of("state"), Check(health, "relays").Of("detail")).ShouldBe(("degraded", "1/2"));
        var messages = health.GetProperty("queues").EnumerateArray().Single(q => q.Of("name") == "messages");
        (messages.GetProperty("waiting").GetInt32(), messages.GetProperty("failed").GetInt32()).ShouldBe((1, 1));
    }
}
