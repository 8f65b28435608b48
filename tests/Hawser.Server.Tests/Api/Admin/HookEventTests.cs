using System.Text.Json;
using Hawser.Api.Notifications;
using Hawser.Data.Audit;
using Hawser.Data.Devices;
using Hawser.Data.Notifications;
using Hawser.Data.Recordings;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>What web hooks are told besides alarms.</summary>
public sealed class HookEventTests : IAsyncLifetime
{
    private const string Path = "/api/notifications/channels";
    private readonly ManualTime _time = new();
    private readonly HookReceiver _hooks = new();
    private AdminRig _rig = null!;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    private HookEvents Events => _rig.Api.Services.GetRequiredService<HookEvents>();

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync(_time);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _hooks.Dispose();
    }

    [Fact]
    public async Task What_happens_after_somebody_asks_is_told_once_each_of_the_kinds_that_are_wanted()
    {
        await AddAsync("before");
        await ChannelAsync("""["session.begun","session.ended","user.created","recording.ready"]""");
        await TellAsync(0, "what was before is no news");
        await AddAsync("after");
        await TellAsync(4);
        await TellAsync(0, "each once");
        var told = (await BodiesAsync()).ToDictionary(b => b.GetProperty("event").GetString()!);
        told.Keys.ShouldBe(["recording.ready", "session.begun", "session.ended", "user.created"], ignoreOrder: true);
        var session = told["session.ended"].GetProperty("session");
        (session.Of("device"), session.Of("operator"), session.Of("operator_id"), session.Of("address")).ShouldBe(("after", "ann", "888", "203.0.113.7"));
        session.Of("ended_at").ShouldEndWith("Z");
        told["session.begun"].GetProperty("session").Of("ended_at").ShouldBeEmpty();
        told["user.created"].GetProperty("user").Of("name").ShouldBe("after");
        (told["recording.ready"].GetProperty("recording").Of("id"), told["recording.ready"].GetProperty("recording").Of("seconds")).ShouldBe(("after", "83"));
    }

    [Fact]
    public async Task Who_wants_no_alarms_is_told_none_and_who_wants_alarms_only_is_told_nothing_else()
    {
        await ChannelAsync("""["device.new"]""");
        await ChannelAsync("[]", "only alarms");
        (await _rig.GetAsync(Path)).Json.EnumerateArray().Select(c => c.GetProperty("events").ToString())
            .ShouldBe(["""["device.new"]""", """["alarm"]"""]);
        await TellAsync(0);
        await ChannelTests.RaiseAsync(_rig, 6, "482913377");
        await _rig.Server.Node.Store!.Devices.SaveAsync(
            [new StoredDevice("417000017", [1, 2, 3, 4], new byte[Device.KeyLength], default, Now, null, Listed: false)], CancellationToken.None);
        await using (var db = _rig.Db())
        {
            (await db.Outbox.CountAsync(m => m.ChannelGuid != null)).ShouldBe(1, "the alarm, to one of them");
        }

        await TellAsync(1);
    }

    [Fact]
    public async Task Of_a_flood_the_first_are_told_and_how_many_more()
    {
        await ChannelAsync("""["user.created"]""");
        await TellAsync(0);
        await using (var db = _rig.Db())
        {
            for (var i = 0; i < HookEvents.MostAtOnce + 7; i++)
            {
                db.Users.Add(new()
                {
                    Name = $"u{i}", NormalizedName = $"U{i}", UserGroupGuid = _rig.Root.UserGroupGuid, CreatedAt = Now.AddMilliseconds(i),
                });
            }

            await db.SaveChangesAsync();
        }

        await TellAsync(HookEvents.MostAtOnce);
        (await BodiesAsync()).Select(b => b.TryGetProperty("not_listed", out var more) ? more.GetInt32() : 0).Sum().ShouldBe(7);
        await TellAsync(0);
    }

    [Fact]
    public async Task A_channel_that_takes_nothing_is_not_filled_without_end()
    {
        var channel = await ChannelAsync("""["user.created"]""");
        await TellAsync(0);
        await using (var db = _rig.Db())
        {
            db.Outbox.AddRange(Enumerable.Range(0, HookEvents.MostWaiting).Select(i => new OutboxMessage
            {
                Channel = "webhook", ChannelGuid = channel, CreatedAt = Now, NextAttemptAt = Now.AddDays(1), GiveUpAt = Now.AddDays(2),
            }));
            await db.SaveChangesAsync();
        }

        await AddAsync("lost");
        await TellAsync(0);
        _rig.Server.Log.ShouldContain("is told no more for now");
    }

    [Theory]
    [InlineData("webhook", """["device.gone"]""")]
    [InlineData("webhook", """[null]""")]
    [InlineData("webhook", """[""]""")]
    [InlineData("webhook", """["alarm,device.new"]""")]
    [InlineData("email", """["user.created"]""")]
    public async Task Unknown_events_are_refused(string kind, string events)
    {
        var answer = await _rig.PostAsync(Path, $$"""
            {"name":"x","kind":"{{kind}}","url":"{{_hooks.Url}}","allow_private":true,"recipients":["a@example.com"],"events":{{events}}}
            """);
        answer.ShouldBeProblem(400, "invalid");
        answer.Json.GetProperty("fields").ToString().ShouldContain("events");
    }

    private async Task<Guid> ChannelAsync(string events, string name = "Ops") => Guid.Parse((await _rig.PostAsync(Path, $$"""
        {"name":"{{name}}","kind":"webhook","url":"{{_hooks.Url}}","allow_private":true,"events":{{events}}}
        """)).ShouldBeFine().Of("guid"));

    private async Task TellAsync(int count, string why = "")
    {
        await using var db = _rig.Db();
        var before = await db.Outbox.CountAsync(m => m.ChannelGuid != null);
        // What is a moment old is waited for.
        _time.Advance(HookEvents.Lag + TimeSpan.FromSeconds(1));
        await Events.TellAsync(CancellationToken.None);
        // The service itself may be there first.
        await Eventually.HoldsAsync(() => db.Outbox.Count(m => m.ChannelGuid != null) - before >= count, $"{count} are told");
        (await db.Outbox.CountAsync(m => m.ChannelGuid != null) - before).ShouldBe(count, why);
    }

    private async Task<List<JsonElement>> BodiesAsync()
    {
        await using var db = _rig.Db();
        var rows = await db.Outbox.AsNoTracking().Where(m => m.ChannelGuid != null).ToListAsync();
        var secrets = _rig.Api.Services.GetRequiredService<Hawser.Api.Http.Secrets>();
        return rows.ConvertAll(m => JsonDocument.Parse(secrets.Unprotect(m.Body)!).RootElement);
    }

    private async Task AddAsync(string name)
    {
        await using var db = _rig.Db();
        db.Users.Add(new() { Name = name, NormalizedName = name.ToUpperInvariant(), UserGroupGuid = _rig.Root.UserGroupGuid, CreatedAt = Now });
        db.ConnectionAudits.Add(new ConnectionAudit
        {
            DeviceId = name, PeerId = "888", UserName = "ann", Address = "203.0.113.7", Type = 0, CreatedAt = Now, AuthorizedAt = Now,
            EndedAt = Now.AddSeconds(1),
        });
        db.Recordings.Add(new RecordingRow
        {
            RecordId = name, Status = RecordingStatus.Ready, CreatedAt = Now, UpdatedAt = Now, ActiveAt = Now, FinishedAt = Now, DurationMs = 83_400,
            Owner = "anonymous",
        });
        await db.SaveChangesAsync();
    }
}
