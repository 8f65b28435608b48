using Hawser.Api;
using Hawser.Api.Devices;
using Hawser.Api.Watch;
using Hawser.Cluster;
using Hawser.Data.Leases;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Postgres;

/// <summary>Two nodes write how much is going on into one database, at the same moment.</summary>
public sealed class ActivityTests(PostgresFixture fixture)
{
    [Fact]
    public async Task What_both_nodes_see_is_one_row_and_hours_are_made_once()
    {
        var cluster = await fixture.ClusterAsync();
        await using var server = await TestHawser.StartAsync(
            o => o.Database = $"{cluster.Administrator};Database=activity;Maximum Pool Size=10");
        using var api = new ApiClient(server);
        var clock = new ManualTime();
        using var one = Sampler(api, clock, "1");
        using var two = Sampler(api, clock, "2");
        for (var minute = 0; minute < 75; minute++)
        {
            await Task.WhenAll(one.LookAsync(default), two.LookAsync(default));
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        await using var db = api.OpenDb();
        var day = new DateTime(2026, 1, 3, 0, 0, 0, DateTimeKind.Utc);
        var rows = await db.ActivitySamples.AsNoTracking().Where(s => s.At < day).ToListAsync();
        rows.Count(r => r.Minutes == 5 && r.Source == "relay.example.net").ShouldBe(15);
        rows.Count(r => r.Minutes == 5 && r.Source.Length == 0).ShouldBe(15);
        var hours = rows.FindAll(r => r.Minutes == 60);
        hours.ConvertAll(h => h.At.Hour).Distinct().ShouldBe([3]);
        hours.Single(h => h.Source == "relay.example.net").Value.ShouldBe(250);
        var answer = await api.GetAsync("/api/console/activity?range=week", await api.TokenAsync(await api.AddUserAsync("root", admin: true)));
        answer.Status.ShouldBe(200, answer.Text);
    }

    private static ActivitySampler Sampler(ApiClient api, ManualTime clock, string name)
    {
        T Get<T>() where T : notnull => api.Services.GetRequiredService<T>();
        var parts = Get<ApiParts>() with
        {
            DataFolder = name, Paths = null, OwnRelay = null,
            Relays = () => [new RelayStatus("relay.example.net", true, 1, 250) { Announced = true }],
        };
        var node = new NodeNews(parts, Get<ApiGate>(), Get<DevicePresence>(), clock, NullLogger<NodeNews>.Instance);
        var leases = new JobLeases(parts.Store, TimeProvider.System);
        return new ActivitySampler(
            parts, Get<ApiGate>(), node, Get<DevicePresence>(), leases, clock, NullLogger<ActivitySampler>.Instance);
    }
}
