using System.Globalization;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

public sealed class StrategyDeliveryTests
{
    [Fact]
    public async Task A_strategy_counts_the_devices_it_governs_after_precedence_and_those_that_have_it()
    {
        // Standing still, counting takes no time and is never kept.
        await using var rig = await AdminRig.StartAsync(new ManualTime());
        var ann = await rig.UserAsync("ann");
        var own = await rig.DevicesAsync(2, ann);
        var others = await rig.DevicesAsync(3, from: 200_000);
        var (first, second) = (await rig.DeviceGroupAsync("First"), await rig.DeviceGroupAsync("Second"));
        // A script's call moves devices; those of the console are in several groups.
        await using (var db = rig.Db())
        {
            foreach (var device in own.Concat(others))
            {
                db.DeviceGroupMembers.Add(new() { DeviceGuid = device.Guid, GroupGuid = first, AddedAt = DateTime.UnixEpoch });
                db.DeviceGroupMembers.Add(new() { DeviceGuid = device.Guid, GroupGuid = second, AddedAt = DateTime.UnixEpoch });
            }

            await db.SaveChangesAsync();
        }

        var high = await MakeAsync("High");
        var low = await MakeAsync("Low");
        var person = await MakeAsync("Person");
        var one = await MakeAsync("One");
        await GiveAsync(high, $"\"groups\":[\"{first}\"]");
        await GiveAsync(low, $"\"groups\":[\"{second}\"]");
        await GiveAsync(person, $"\"users\":[\"{ann.Guid}\"]");
        await GiveAsync(one, $"\"peers\":[\"{own[0].Guid}\"]");
        (await CountsAsync(high)).ShouldBe("3 0 3 0", "the first of two groups of one rank by name");
        (await CountsAsync(low)).ShouldBe("0 0 0 0");
        (await CountsAsync(person)).ShouldBe("1 0 1 0");
        (await CountsAsync(one)).ShouldBe("1 0 1 0");

        var stamp = await BeatAsync(others[0], 0);
        (await CountsAsync(high)).ShouldBe("3 0 3 0", "it was told, and did not say that it has it");
        await BeatAsync(others[0], stamp);
        (await CountsAsync(high)).ShouldBe("3 1 2 0");
        (await rig.PatchAsync($"/api/strategies/{high}", """{"config_options":{"enable-audio":"Y"}}""")).ShouldBeFine();
        stamp = await BeatAsync(others[0], stamp);
        (await CountsAsync(high)).ShouldBe("3 0 3 0", "what it has is older");
        await BeatAsync(others[0], stamp);
        (await CountsAsync(high)).ShouldBe("3 1 2 0");
        (await ItemAsync(high)).Of("changed_by").ShouldBe("root");
        (await ItemAsync(high)).Of("overdue").ShouldBe("0");
        (await rig.GetAsync("/api/console/overview", rig.Person)).Text.ShouldNotContain("\"part\":\"strategy\"");
        await using (var db = rig.Db())
        {
            await db.DeviceStrategyStates.Where(s => s.DeviceGuid == others[0].Guid)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.Stamp, stamp - 90_000));
        }

        (await ItemAsync(high)).Of("overdue").ShouldBe("1", "it is online, and has something else for longer than a day");
        (await rig.GetAsync("/api/console/overview", rig.Person)).Text
            .ShouldContain("\"part\":\"strategy\",\"state\":\"waiting\",\"about\":\"1\"");
        await using (var db = rig.Db())
        {
            await db.DeviceStrategyStates.Where(s => s.DeviceGuid == others[0].Guid)
                .ExecuteUpdateAsync(s => s.SetProperty(x => x.Stamp, stamp));
        }

        (await rig.PutAsync($"/api/strategies/{one}/status", "false")).ShouldBeDone();
        (await CountsAsync(one)).ShouldBe("1 0 0 0", "nothing further down is used");
        (await CountsAsync(person)).ShouldBe("1 0 1 0");
        (await rig.GetAsync("/api/strategies/delivery", await rig.Api.TokenAsync(ann))).Status.ShouldBe(403);

        async Task<string> MakeAsync(string name) =>
            (await rig.PostAsync("/api/strategies", $$$"""{"name":"{{{name}}}","config_options":{"enable-audio":"N"}}""")).ShouldBeFine().Of("guid");

        async Task GiveAsync(string strategy, string to)
        {
            string[] lists = ["peers", "users", "groups"];
            var rest = string.Concat(lists.Where(l => !to.Contains(l, StringComparison.Ordinal)).Select(l => $",\"{l}\":[]"));
            (await rig.PostAsync("/api/strategies/assign", $$"""{"strategy":"{{strategy}}",{{to}}{{rest}}}""")).ShouldBeDone();
        }

        async Task<System.Text.Json.JsonElement> ItemAsync(string strategy) =>
            (await rig.GetAsync("/api/strategies/delivery")).Json.EnumerateArray().Single(d => d.Of("guid") == strategy);

        async Task<string> CountsAsync(string strategy)
        {
            var item = await ItemAsync(strategy);
            return $"{item.Of("governs")} {item.Of("delivered")} {item.Of("waiting")} {item.Of("unknown")}";
        }

        async Task<long> BeatAsync(TestDevice device, long has)
        {
            var said = await rig.Api.PostAsync("/api/heartbeat", string.Create(
                CultureInfo.InvariantCulture, $$"""{{{device.Members}},"ver":1004009,"conns":[],"modified_at":{{has}}}"""));
            return said.Json.TryGetProperty("modified_at", out var stamp) ? stamp.GetInt64() : has;
        }
    }
}
