using System.Globalization;
using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Data.Notifications;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class QuietHoursTests
{
    private const string Path = "/api/notifications/channels";

    [Theory]
    [InlineData("22:00", "07:00", "2026-01-05T20:59", null)]
    [InlineData("22:00", "07:00", "2026-01-05T21:00", "2026-01-06T06:00")]
    [InlineData("22:00", "07:00", "2026-01-06T05:59", "2026-01-06T06:00")]
    [InlineData("22:00", "07:00", "2026-01-06T06:00", null)]
    [InlineData("12:00", "13:30", "2026-07-06T11:29", "2026-07-06T11:30")]
    [InlineData("12:00", "13:30", "2026-07-06T11:30", null)]
    // The clock jumps from 2:00 to 3:00: half past two is never.
    [InlineData("01:00", "02:30", "2026-03-29T00:30", "2026-03-29T01:00")]
    // It goes back from 3:00 to 2:00: half past two comes twice, and the later one counts.
    [InlineData("01:00", "02:30", "2026-10-25T00:10", "2026-10-25T01:30")]
    [InlineData("01:00", "02:30", "2026-10-25T01:10", "2026-10-25T01:30")]
    public void Quiet_hours_go_by_the_clock_of_their_zone(string from, string until, string now, string? end)
    {
        var times = ChannelTimes.Of(new NotificationChannel
        {
            QuietFrom = Minutes(from), QuietUntil = Minutes(until), TimeZone = "Europe/Berlin",
        });
        times.QuietUntil(Utc(now)).ShouldBe(end is null ? null : Utc(end));
    }

    [Theory]
    [InlineData("", "2026-01-05T20:59", null)]
    [InlineData("hour", "2026-01-05T12:00", "2026-01-05T13:00")]
    [InlineData("hour", "2026-01-05T12:59", "2026-01-05T13:00")]
    [InlineData("day", "2026-01-05T06:59", "2026-01-05T07:00")]
    [InlineData("day", "2026-01-05T07:00", "2026-01-06T07:00")]
    // What is due in the quiet hours comes after them.
    [InlineData("hour", "2026-01-05T20:30", "2026-01-06T06:00")]
    public void Collected_alarms_are_due_at_the_full_hour_or_at_the_time_of_the_day(string digest, string now, string? due)
    {
        var times = ChannelTimes.Of(new NotificationChannel
        {
            QuietFrom = Minutes("22:00"), QuietUntil = Minutes("07:00"), Digest = digest, DigestAt = Minutes("08:00"),
            TimeZone = "Europe/Berlin",
        });
        times.HeldUntil(Utc(now)).ShouldBe(due is null ? null : Utc(due));
    }

    [Fact]
    public async Task What_is_raised_in_quiet_hours_is_told_together_after_them_and_critical_alarms_at_once()
    {
        // 3:04 in London.
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        using var hooks = new HookReceiver();
        (await AddAsync(rig, hooks, """ "quiet_from":"22:00","quiet_until":"07:00","time_zone":"Europe/Berlin" """)).Of("quiet_from").ShouldBe("22:00");
        await ChannelTests.RaiseAsync(rig, 2, "111111111");
        await ChannelTests.RaiseAsync(rig, 0, "222222222");
        await ChannelTests.RaiseAsync(rig, 6, "333333333");
        await Eventually.HoldsAsync(() => hooks.Got.Count == 1, "the critical one comes at once");
        Event(hooks, 0).GetProperty("alarm").Of("device").ShouldBe("333333333");
        var listed = (await rig.GetAsync(Path)).Json[0];
        (listed.Of("held"), listed.Of("quiet_now")).ShouldBe(("2", "True"));

        time.Advance(TimeSpan.FromMinutes(170));
        (await rig.GetAsync(Path)).Json[0].Of("held").ShouldBe("2");
        // 6:04 in London, 7:04 in Berlin.
        time.Advance(TimeSpan.FromMinutes(10));
        await TellAsync(rig, time, hooks, 2);
        var digest = Event(hooks, 1);
        (digest.Of("event"), digest.Of("count")).ShouldBe(("digest", "2"));
        digest.GetProperty("alarms").EnumerateArray().Select(a => a.Of("device")).Order(StringComparer.Ordinal)
            .ShouldBe(["111111111", "222222222"]);
        hooks.Got.ElementAt(1).Headers["X-Hawser-Event"].ShouldBe("digest");
        listed = (await rig.GetAsync(Path)).Json[0];
        (listed.Of("held"), listed.Of("quiet_now")).ShouldBe(("0", "False"));
    }

    [Fact]
    public async Task A_kind_that_keeps_quiet_is_told_when_its_hours_are_over_also_when_it_is_critical()
    {
        // 3:04 in London.
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        using var hooks = new HookReceiver();
        await AddAsync(rig, hooks, """ "time_zone":"UTC" """);
        const string Setting = "/api/settings/quiet";
        string Rule(string members) => $"{{\"rules\":[{{{members}}}]}}";
        foreach (var wrong in new[]
        {
            """ "types":[] """, """ "types":[2],"from":"25:00" """, """ "types":[2],"from":"07:00" """, """ "types":[2],"time_zone":"Mars/Olympus" """,
        })
        {
            (await rig.PatchAsync(Setting, Rule(wrong))).ShouldBeProblem(400, "invalid");
        }

        (await rig.PatchAsync(Setting, Rule(""" "types":[2,6],"from":"22:00","until":"07:00","time_zone":"Europe/Berlin" """))).ShouldBeFine();
        await ChannelTests.RaiseAsync(rig, 2, "111111111");
        await ChannelTests.RaiseAsync(rig, 6, "333333333");
        await ChannelTests.RaiseAsync(rig, 0, "222222222");
        await Eventually.HoldsAsync(() => hooks.Got.Count == 1, "another kind comes at once");
        Event(hooks, 0).GetProperty("alarm").Of("device").ShouldBe("222222222");
        (await rig.GetAsync(Path)).Json[0].Of("held").ShouldBe("2");

        // 6:04 in London, 7:04 in Berlin.
        time.Advance(TimeSpan.FromMinutes(180));
        await TellAsync(rig, time, hooks, 2);
        Event(hooks, 1).GetProperty("alarms").EnumerateArray().Select(a => a.Of("device")).Order(StringComparer.Ordinal)
            .ShouldBe(["111111111", "333333333"]);
    }

    [Fact]
    public async Task A_channel_that_collects_tells_once_a_period_and_takes_over_new_hours()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        using var hooks = new HookReceiver();
        var guid = (await AddAsync(rig, hooks, """ "digest":"hour","critical_at_once":false """)).Of("guid");
        for (var device = 0; device < 103; device++)
        {
            await ChannelTests.RaiseAsync(rig, 6, (100_000_000 + device).ToString(CultureInfo.InvariantCulture));
        }

        // It is due at 4:00, and quiet until 4:30 by then.
        (await rig.PatchAsync($"{Path}/{guid}", """{"quiet_from":"03:50","quiet_until":"04:30","time_zone":"UTC"}""")).ShouldBeFine();
        time.Advance(TimeSpan.FromMinutes(60));
        await HoldsAsync(
            async () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await using var db = rig.Db();
                return await db.HeldAlarms.AllAsync(h => h.DueAt == new DateTime(2026, 1, 2, 4, 30, 0, DateTimeKind.Utc));
            },
            "it waits for the end of the quiet hours");
        hooks.Got.ShouldBeEmpty();
        time.Advance(TimeSpan.FromMinutes(30));
        await TellAsync(rig, time, hooks, 1);
        var digest = Event(hooks, 0);
        (digest.Of("count"), digest.GetProperty("alarms").GetArrayLength()).ShouldBe(("103", 100));
        await using var after = rig.Db();
        (await after.Outbox.CountAsync()).ShouldBe(1, "one message for all");
    }

    [Fact]
    public async Task What_was_not_taken_before_the_quiet_hours_is_not_tried_again_in_them()
    {
        var time = new ManualTime();
        await using var rig = await AdminRig.StartAsync(time);
        using var hooks = new HookReceiver { Status = 500 };
        await AddAsync(rig, hooks, """ "quiet_from":"03:05","quiet_until":"05:00","time_zone":"UTC" """);
        await ChannelTests.RaiseAsync(rig, 2, "111111111");
        await Eventually.HoldsAsync(() => hooks.Got.Count == 1, "it is tried");
        var end = new DateTime(2026, 1, 2, 5, 0, 0, DateTimeKind.Utc);
        // Only once what the attempt said is stored.
        await HoldsAsync(async () => await OutboxAsync(rig) is { Attempts: 1 }, "the attempt is stored");
        time.Advance(TimeSpan.FromMinutes(5));
        rig.Api.Services.GetRequiredService<Outbox>().Wake();
        await HoldsAsync(async () => (await OutboxAsync(rig)).NextAttemptAt == end, "it waits");
        hooks.Got.Count.ShouldBe(1);
        hooks.Status = 200;
        time.Advance(TimeSpan.FromHours(2));
        rig.Api.Services.GetRequiredService<Outbox>().Wake();
        await HoldsAsync(async () => (await OutboxAsync(rig)).SentAt is not null, "it is sent");
    }

    [Fact]
    public async Task Hours_that_make_no_sense_are_refused_and_those_of_a_channel_that_is_gone_are_forgotten()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hooks = new HookReceiver();
        var guid = (await AddAsync(rig, hooks, """ "digest":"day","digest_at":"08:00" """)).Of("guid");
        foreach (var wrong in new[]
        {
            """{"quiet_from":"22:00"}""", """{"quiet_from":"25:00","quiet_until":"07:00"}""", """{"time_zone":"Mars/Olympus"}""",
            """{"quiet_from":"07:00","quiet_until":"07:00"}""", """{"digest":"week"}""", """{"digest_at":"8"}""",
        })
        {
            (await rig.PatchAsync($"{Path}/{guid}", wrong)).ShouldBeProblem(400, "invalid");
        }

        await ChannelTests.RaiseAsync(rig, 2, "111111111");
        (await rig.GetAsync(Path)).Json[0].Of("held").ShouldBe("1");
        (await rig.DeleteAsync($"{Path}/{guid}")).ShouldBeDone();
        await using var db = rig.Db();
        (await db.HeldAlarms.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_test_of_an_alarm_goes_through_the_channels_that_take_it_quiet_hours_or_not()
    {
        await using var rig = await AdminRig.StartAsync();
        using var hooks = new HookReceiver();
        await AddAsync(rig, hooks, """ "types":[1003],"quiet_from":"00:00","quiet_until":"23:59" """);
        await AddAsync(rig, hooks, """ "types":[1004] """);
        var tests = (await rig.PostAsync("/api/notifications/test", """{"typ":1003}""")).Json.EnumerateArray().ToList();
        tests.ConvertAll(t => (t.Of("channel"), t.Of("ok"))).ShouldBe([("Ops", "True")]);
        Event(hooks, 0).GetProperty("alarm").GetProperty("info").Of("test").ShouldBe("True");
        hooks.Status = 500;
        (await rig.PostAsync("/api/notifications/test", """{"typ":1004}""")).Json[0].Of("detail").ShouldContain("500");
        (await rig.PostAsync("/api/notifications/test", """{"typ":5}""")).Json.GetArrayLength().ShouldBe(0);
        (await rig.PostAsync("/api/notifications/test", "{}")).ShouldBeProblem(400, "invalid");
        (await rig.AllAsync("/api/audits/alarm")).ShouldBeEmpty("a test is no alarm");
    }

    private static async Task<JsonElement> AddAsync(AdminRig rig, HookReceiver hooks, string more) =>
        (await rig.PostAsync(Path, $$"""{"name":"Ops","kind":"webhook","url":"{{hooks.Url}}","allow_private":true,{{more}}}""")).ShouldBeFine();

    // The server looks by its clock, which only moves here.
    private static Task TellAsync(AdminRig rig, ManualTime time, HookReceiver hooks, int count) => Eventually.HoldsAsync(
        () =>
        {
            if (hooks.Got.Count >= count) return true;
            time.Advance(HeldAlarms.Period);
            rig.Api.Services.GetRequiredService<Outbox>().Wake();
            return false;
        },
        "what was collected comes");

    private static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromSeconds(60)) throw new TimeoutException($"never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<OutboxMessage> OutboxAsync(AdminRig rig)
    {
        await using var db = rig.Db();
        return await db.Outbox.AsNoTracking().SingleAsync();
    }

    private static JsonElement Event(HookReceiver hooks, int index) => JsonDocument.Parse(hooks.Got.ElementAt(index).Body).RootElement;

    private static int Minutes(string clock) => (int)TimeOnly.Parse(clock, CultureInfo.InvariantCulture).ToTimeSpan().TotalMinutes;

    private static DateTime Utc(string text) =>
        DateTime.SpecifyKind(DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture), DateTimeKind.Utc);
}
