using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hawser.Api.Watch;
using Hawser.Data.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Admin;

/// <summary>New work is kept from a node, and given to it again.</summary>
public sealed class NodeDrainTests
{
    [Fact]
    public async Task A_node_that_drains_is_not_ready_and_takes_no_new_pairs_until_it_is_used_again()
    {
        // Both are asked every few seconds, so both must be there.
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var (own, other) = ("", elsewhere.LocalEndpoint.ToString()!);
        await using var rig = await AdminRig.StartAsync(configure: o =>
        {
            o.PublicHost = "127.0.0.1";
            own = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{o.Relay.Port}");
            o.Rendezvous.RelayServers.Add(own);
            o.Rendezvous.RelayServers.Add(other);
        });
        await NewsOf(rig).WriteAsync(default);
        var path = $"/api/console/nodes/{NewsOf(rig).Own}";
        var drained = (await rig.PatchAsync(path, """{"draining":true}""")).ShouldBeFine();
        drained.Of("drains_since").ShouldNotBeEmpty();
        // It wrote of itself after it was told to, so it obeys.
        drained.GetProperty("seen_at").GetDateTime().ShouldBeGreaterThanOrEqualTo(drained.GetProperty("drains_since").GetDateTime());
        rig.Server.Relay.Status("").Draining.ShouldBeTrue();
        rig.Server.Rendezvous.IsReady.ShouldBeTrue("devices that are registered here are still answered");
        for (var i = 0; i < 4; i++) rig.Server.Node.Roster.Choose(default).ShouldBe(other);

        var ready = await rig.Api.GetAsync("/health/ready");
        ready.Status.ShouldBe(503);
        ready.Member("status").ShouldBe("draining");
        ready.Json.GetProperty("parts").Of("relay").ShouldBe("draining");
        var health = (await rig.GetAsync("/api/console/health")).ShouldBeFine().GetProperty("parts").EnumerateArray()
            .Select(p => $"{p.Of("part")} {p.Of("state")}").ToList();
        health.ShouldContain("node draining");
        (await rig.GetAsync("/api/console/overview", rig.Person)).ShouldBeFine().GetProperty("attention").EnumerateArray()
            .Select(a => $"{a.Of("about")} {a.Of("state")}").ShouldContain("node draining");

        // Told twice, done once.
        (await rig.PatchAsync(path, """{"draining":true}""")).ShouldBeFine();
        (await rig.PatchAsync(path, """{"draining":false}""")).ShouldBeFine().Of("drains_since").ShouldBe("");
        rig.Server.Relay.Status("").Draining.ShouldBeFalse();
        (await rig.Api.GetAsync("/health/ready")).Status.ShouldBe(200);
        Enumerable.Range(0, 4).Select(_ => rig.Server.Node.Roster.Choose(default)).ShouldContain(own);
        (await rig.LogAsync()).ShouldBe([(197, Environment.MachineName), (198, Environment.MachineName)]);
    }

    [Fact]
    public async Task Another_node_is_told_by_its_row_and_strangers_tell_nobody()
    {
        await using var rig = await AdminRig.StartAsync();
        var other = Guid.NewGuid();
        await using (var db = rig.Db())
        {
            // A row that is a week old is swept.
            var now = rig.Server.Node.Time.GetUtcNow().UtcDateTime;
            db.ServerNodes.Add(new ServerNode { Guid = other, Name = "second", Version = "1", StartedAt = now, SeenAt = now });
            await db.SaveChangesAsync();
        }

        (await rig.PatchAsync($"/api/console/nodes/{other}", """{"draining":true}""")).ShouldBeFine().Of("name").ShouldBe("second");
        rig.Server.Relay.Status("").Draining.ShouldBeFalse();
        await using (var db = rig.Db())
        {
            (await db.ServerNodes.SingleAsync(n => n.Guid == other)).DrainsSince.ShouldNotBeNull();
        }

        (await rig.PatchAsync($"/api/console/nodes/{Guid.NewGuid()}", """{"draining":true}""")).ShouldBeProblem(404, "not_found");
        foreach (var body in new[] { "{}", """{"draining":null}""" })
        {
            (await rig.PatchAsync($"/api/console/nodes/{other}", body)).ShouldBeProblem(400, "invalid");
        }

        (await rig.PatchAsync($"/api/console/nodes/{other}", """{"draining":"yes"}""")).Status.ShouldBe(400);
        var mara = await rig.UserAsync("mara");
        var token = await rig.Api.TokenAsync(mara);
        (await rig.PatchAsync($"/api/console/nodes/{other}", """{"draining":false}""", token)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_node_reads_from_its_row_that_it_drains()
    {
        await using var rig = await AdminRig.StartAsync();
        await NewsOf(rig).WriteAsync(default);
        await using (var db = rig.Db())
        {
            await db.ServerNodes.ExecuteUpdateAsync(s => s.SetProperty(n => n.DrainsSince, DateTime.UnixEpoch.AddYears(56)));
        }

        await NewsOf(rig).WriteAsync(default);
        rig.Server.Relay.Status("").Draining.ShouldBeTrue();
        (await rig.Api.GetAsync("/health/ready")).Status.ShouldBe(503);
        rig.Server.Log.ShouldContain("Draining: new work is sent elsewhere");
    }

    private static NodeNews NewsOf(AdminRig rig) => rig.Api.Services.GetRequiredService<NodeNews>();
}
