using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Api.Settings;
using Hawser.Data.Notifications;
using Hawser.Server.Configuration;
using Hawser.Server.Tests.Api.Admin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    [Fact]
    public async Task The_clock_ffmpeg_and_places_are_told_of_honestly()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.Recorder.Ffmpeg = "/nowhere/ffmpeg");
        var health = (await rig.GetAsync("/api/console/health")).ShouldBeFine();
        var (clock, isShared) = (Check(health, "clock"), rig.Server.Node.Store!.Address.IsPostgres);
        clock.Of("reason").ShouldBe(isShared ? "apart" : "alone");
        clock.Of("state").ShouldBe(isShared ? "ready" : "off");
        // Nothing waits for it.
        (Check(health, "ffmpeg").Of("state"), Check(health, "ffmpeg").Of("reason")).ShouldBe(("off", "missing"));
        Check(health, "geo").Of("reason").ShouldBe("not_installed");

        await using var without = await AdminRig.StartAsync(configure: o => o.Recorder.Finish = false);
        Check((await without.GetAsync("/api/console/health")).ShouldBeFine(), "ffmpeg").Of("reason").ShouldBe("not_used");
    }

    [Fact]
    public async Task The_last_warnings_are_shown_without_secrets_and_only_so_many()
    {
        await using var rig = await AdminRig.StartAsync();
        var log = rig.Server.Node.Logs.CreateLogger("Hawser.Test");
        void Say(LogLevel level, string text, Exception? cause = null) =>
            log.Log(level, new EventId(7), text, cause, (state, _) => state);

        for (var i = 0; i < 150; i++) Say(LogLevel.Warning, $"number {i}");
        Say(LogLevel.Information, "nobody needs to see this");
        Say(
            LogLevel.Error, "could not log in",
            new IOException("Host=db;Password=hunter2;User=hawser at postgres://hawser:hunter3@db/x \"token\": \"hunter4\" Authorization: Bearer hunter5"));
        Say(LogLevel.Critical, "two\nlines " + new string('x', 2000));
        var troubles = (await rig.GetAsync("/api/console/health")).ShouldBeFine().GetProperty("troubles").EnumerateArray().ToList();
        troubles.Count.ShouldBe(100);
        troubles[0].Of("level").ShouldBe("critical");
        troubles[0].Of("message").ShouldStartWith("two lines x");
        troubles[0].Of("message").Length.ShouldBeLessThan(600);
        (troubles[1].Of("level"), troubles[1].Of("category"), troubles[1].Of("event")).ShouldBe(("error", "Hawser.Test", "7"));
        troubles[1].Of("message").ShouldStartWith("could not log in: Host=db");
        troubles[1].Of("message").ShouldNotContain("hunter");
        troubles[2].Of("message").ShouldBe("number 149");
    }

    [Fact]
    public async Task Options_say_where_they_were_set_and_never_a_secret()
    {
        await using var rig = await AdminRig.StartAsync(configure: o => o.JoinKey = "a very long join key of ours");
        var read = OptionReader.Read(new OptionSources(
            ["--relay-single-bandwidth", "64", "--http-port", "1"],
            new Dictionary<string, string> { ["HAWSER_LOG_LEVEL"] = "error" }, rig.Server.Folder));
        rig.Server.Node.Effective = () => read;
        var answer = await rig.GetAsync("/api/console/options");
        answer.Text.ShouldNotContain("very long join key");
        var options = answer.ShouldBeFine().EnumerateArray().ToDictionary(o => o.Of("path"));
        (options["relay.singleBandwidth"].Of("source"), options["relay.singleBandwidth"].Of("origin"), options["relay.singleBandwidth"].Of("value"))
            .ShouldBe(("command_line", "--relay-single-bandwidth", "64"));
        (options["log.level"].Of("source"), options["log.level"].Of("value")).ShouldBe(("environment", "error"));
        options["log.level"].Of("origin").ShouldContain("HAWSER_LOG_LEVEL");
        // Another port was read, but this one is open until a restart.
        (options["http.port"].Of("needs_restart"), options["http.port"].Of("waits"), options["http.port"].Of("value"))
            .ShouldBe(("True", "True", rig.Server.HttpPort.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        (options["recorder.keepDays"].Of("source"), options["recorder.keepDays"].Of("origin")).ShouldBe(("default", ""));
        options["joinKey"].Of("value").ShouldBe("(set)");
        options["recorder.keepDays"].Of("about").ShouldContain("Days after which");
        options.Keys.ShouldNotContain("joinKeyFile");

        var mara = await rig.UserAsync("mara");
        (await rig.GetAsync("/api/console/options", await rig.Api.TokenAsync(mara))).Status.ShouldBe(403);
    }
}
