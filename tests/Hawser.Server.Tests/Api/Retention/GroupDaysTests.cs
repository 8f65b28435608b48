using Hawser.Api.Retention;
using Hawser.Api.Settings;
using Hawser.Data.Audit;
using Hawser.Data.Groups;
using Hawser.Data.Recordings;
using Hawser.Data.Retention;
using Hawser.Recording.Library;
using Hawser.Server.Tests.Api.Admin;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Retention;

/// <summary>Days of recordings as a setting, and days of their own for groups of devices.</summary>
public sealed class GroupDaysTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly Dictionary<string, Guid> _devices = [];
    private AdminRig _rig = null!;

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    public async ValueTask InitializeAsync() => _rig = await AdminRig.StartAsync(
        _time, o => (o.Recorder.KeepFree, o.Recorder.Finish) = (0, false));

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public void The_longest_of_several_groups_counts_and_nothing_is_in_two_steps()
    {
        var (a, b, c) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        var days = new DaysByGroup(30, [new(a, 7), new(b, 90), new(c, 0)]);
        (days.Of([]), days.Of([a]), days.Of([a, b]), days.Of([a, c]), days.Of([Guid.NewGuid()])).ShouldBe((30, 7, 90, 0, 30));
        days.Steps().Select(s => (s.Days, s.In.Length, s.NotIn.Length)).ShouldBe([(90, 1, 1), (7, 1, 2), (30, 0, 3)]);
        new DaysByGroup(0, []).Steps().ShouldBeEmpty();
        new DaysByGroup(0, [new(a, 7)]).Steps().Select(s => s.Days).ShouldBe([7]);
    }

    [Fact]
    public async Task Evidence_of_a_groups_devices_is_kept_for_the_groups_days_and_the_preview_says_the_same()
    {
        var groups = await SetUpAsync();
        var setting = $$"""
            {"connection_days":30,"file_days":30,"alarm_days":30,"recording_days":30,"groups":[
              {"group":"{{groups["short"]}}","connection_days":10,"file_days":10,"alarm_days":10,"recording_days":10},
              {"group":"{{groups["long"]}}","connection_days":100,"file_days":100,"alarm_days":0,"recording_days":100}]}
            """;
        var asked = (await _rig.PostAsync("/api/retention/preview", setting)).ShouldBeFine();
        (await _rig.PatchAsync("/api/settings/retention", setting)).ShouldBeFine();
        var plan = (await _rig.GetAsync("/api/retention/preview")).ShouldBeFine();
        plan.ToString().ShouldBe(asked.ToString());
        // Of 20, 50 and 200 days. none: two; short: three; long: one, or none for ever; both as long; gone as none.
        Rows(plan).ShouldBe("connection audits 9, file audits 9, alarms 7, recordings 8");

        await _rig.Api.Services.GetRequiredService<RetentionJob>().RunAsync(CancellationToken.None);
        await _rig.Api.Services.GetRequiredService<LibrarySweeper>().SweepAsync(CancellationToken.None);

        await using var db = _rig.Db();
        var kept = "both 20, both 50, gone 20, long 20, long 50, none 20";
        Sorted(await db.ConnectionAudits.Select(a => a.PeerId).ToListAsync()).ShouldBe(kept);
        Sorted(await db.FileAudits.Select(a => a.PeerId).ToListAsync()).ShouldBe(kept);
        Sorted(await db.AlarmAudits.Select(a => a.Source).ToListAsync()).ShouldBe(
            "both 20, both 200, both 50, gone 20, long 20, long 200, long 50, none 20");
        Sorted(await db.Recordings.Select(r => r.Title).ToListAsync()).ShouldBe(
            "both 20, both 50, gone 20, long 20, long 50, none 20, short 200", "what is held stays");
        Rows((await _rig.GetAsync("/api/retention/preview")).ShouldBeFine()).ShouldBe("");
    }

    [Fact]
    public async Task The_list_of_recordings_says_until_when_each_is_kept()
    {
        var groups = await SetUpAsync();
        await SetAsync(new RetentionSettings { RecordingDays = 300, Groups = [new() { Group = groups["long"], RecordingDays = 0 }] });
        var rows = (await _rig.GetAsync("/api/recordings?pageSize=100", _rig.Person)).ShouldBeFine().GetProperty("data");
        var kept = rows.EnumerateArray().ToDictionary(
            r => r.Of("title"), r => r.TryGetProperty("keptUntil", out var at) ? at.GetDateTime().ToUniversalTime() : (DateTime?)null);
        (kept["none 20"], kept["short 50"], kept["long 20"], kept["both 50"], kept["short 200"]).ShouldBe(
            (Now.AddDays(280), Now.AddDays(250), null, null, null));
    }

    [Theory]
    [InlineData("""{"recording_days":-1}""", "recording_days must be a number from 0 to 36500")]
    [InlineData("""{"console_days":2000000000}""", "console_days must be")]
    [InlineData("""{"groups":[{"group":"0198e7f0-0000-7000-8000-000000000001","file_days":36501}]}""", "groups: days must be")]
    [InlineData("""{"groups":[{"group":"0198e7f0-0000-7000-8000-000000000001"}]}""", "no days of its own")]
    [InlineData("""{"groups":[{"group":"Tills","file_days":1}]}""", "")]
    [InlineData("""{"groups":null}""", "")]
    [InlineData("""{"groups":[null]}""", "")]
    [InlineData("""{"groups":[{"group":"0198e7f0-0000-7000-8000-000000000001","file_days":1},{"group":"0198e7f0-0000-7000-8000-000000000001","file_days":2}]}""", "named twice")]
    [InlineData("""{"groups":[{"group":"0198e7f0-0000-7000-8000-000000000001","mail_days":1}]}""", "mail_days")]
    public async Task What_makes_no_sense_is_refused(string body, string complaint)
    {
        var answer = await _rig.PatchAsync("/api/settings/retention", body);
        answer.ShouldBeProblem(400, "invalid");
        answer.Text.ShouldContain(complaint);
        (await _rig.PostAsync("/api/retention/preview", body)).ShouldBeProblem(400, "invalid");
        var many = string.Join(',', Enumerable.Range(0, 51).Select(_ => $$"""{"group":"{{Guid.NewGuid()}}","file_days":1}"""));
        (await _rig.PatchAsync("/api/settings/retention", $$"""{"groups":[{{many}}]}""")).Text.ShouldContain("50 at most");
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static string Rows(System.Text.Json.JsonElement plan) => string.Join(", ", plan.GetProperty("kinds").EnumerateArray()
        .Where(k => k.Of("rows") != "0").Select(k => $"{k.Of("kind")} {k.Of("rows")}"));

    // A device in no group, in either, in both, and one that was forgotten, each with things of 20, 50 and 200 days.
    private async Task<Dictionary<string, Guid>> SetUpAsync()
    {
        var groups = new Dictionary<string, Guid>
        {
            ["short"] = await _rig.DeviceGroupAsync("short"), ["long"] = await _rig.DeviceGroupAsync("long"),
        };
        var devices = await _rig.DevicesAsync(4);
        foreach (var (name, device) in new[] { "none", "short", "long", "both" }.Zip(devices)) _devices[name] = device.Guid;
        await using var db = _rig.Db();
        void Join(string device, string group) =>
            db.DeviceGroupMembers.Add(new DeviceGroupMember { DeviceGuid = _devices[device], GroupGuid = groups[group], AddedAt = Now });
        Join("short", "short");
        Join("long", "long");
        Join("both", "short");
        Join("both", "long");
        foreach (var name in new[] { "none", "short", "long", "both", "gone" })
        {
            Guid? device = _devices.TryGetValue(name, out var guid) ? guid : null;
            foreach (var days in (int[])[20, 50, 200])
            {
                var (at, title) = (Now.AddDays(-days), $"{name} {days}");
                db.ConnectionAudits.Add(new ConnectionAudit { DeviceGuid = device, PeerId = title, CreatedAt = at, EndedAt = at });
                db.FileAudits.Add(new FileAudit { DeviceGuid = device, PeerId = title, CreatedAt = at });
                db.AlarmAudits.Add(new AlarmAudit { DeviceGuid = device, Source = title, CreatedAt = at });
                db.Recordings.Add(new RecordingRow
                {
                    RecordId = title.Replace(' ', '-'), Title = title, DeviceGuid = device, Owner = "anonymous", Door = RecordingDoor.Upload,
                    Status = days == 50 ? RecordingStatus.Failed : RecordingStatus.Ready, CreatedAt = at, UpdatedAt = at, ActiveAt = at,
                    FinishedAt = at, HeldAt = title == "short 200" ? Now : null,
                });
            }
        }

        await db.SaveChangesAsync();
        return groups;
    }

    private Task SetAsync(RetentionSettings settings) => _rig.Api.Services.GetRequiredService<SettingsStore>()
        .SetAsync(RetentionSettings.Key, settings, CancellationToken.None);
}
