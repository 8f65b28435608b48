using System.Text;
using Hawser.Api.Devices;
using Hawser.Data.Audit;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Devices;

public class HeartbeatTests
{
    [Fact]
    public async Task C70_With_nothing_to_say_the_answer_is_an_empty_object()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        var answer = await rig.BeatAsync(device);
        (answer.Status, answer.Text).ShouldBe((200, "{}"));
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        rig.Get<DevicePresence>().IsOnline(device.Id).ShouldBeTrue();
        (await rig.BeatAsync(device, 1790000000)).Text.ShouldBe("{}", "told by another server: none of ours");
    }

    [Theory]
    [InlineData("//api/heartbeat")]
    [InlineData("/rd/api/heartbeat")]
    [InlineData("/rd//api/heartbeat")]
    public async Task Doubled_slashes_and_a_path_base_lead_to_the_same(string path)
    {
        await using var rig = await DeviceRig.StartAsync(o => o.Api.PathBase = "/rd");
        var device = await rig.DeviceAsync();
        var url = rig.Server.Http.AbsoluteUri.TrimEnd('/') + path;
        (await rig.Api.PostAsync(url, $"{{{device.Members},\"ver\":1}}")).Text.ShouldBe("{}");
        rig.Get<DevicePresence>().Find(device.Id)!.Version.ShouldBe(1);
        (await rig.Api.GetAsync("/api/heartbeat")).Status.ShouldBeOneOf(404, 405);
    }

    [Fact]
    public async Task The_tunnel_reaches_the_same_code()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        PeerAddress.TryParse("203.0.113.9:4711", out var caller).ShouldBeTrue();
        var response = await rig.Server.Node.Tunnel.SendAsync(
            new TunnelRequest("POST", "/api/heartbeat", [], Encoding.UTF8.GetBytes($"{{{device.Members},\"ver\":7}}"), caller), default);
        (response.Status, Encoding.UTF8.GetString(response.Body.Span)).ShouldBe((200, "{}"));
        rig.Get<DevicePresence>().Find(device.Id)!.Version.ShouldBe(7);
    }

    [Fact]
    public async Task Heartbeats_of_unknown_devices_and_of_old_clients_without_uuid_are_answered_and_stored_nowhere()
    {
        await using var rig = await DeviceRig.StartAsync();
        (await rig.BeatAsync(TestDevice.Unregistered)).Text.ShouldBe("{}");
        (await rig.Api.PostAsync("/api/heartbeat", """{"id":"482913377","ver":1002000}""")).Text.ShouldBe("{}");
        rig.Get<DeviceTable>().Count.ShouldBe(0);
    }

    [Fact]
    public async Task Escaped_texts_unknown_keys_and_nulls_are_understood()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync("shop-till-3");
        var body = $$"""
            {"x":{"y":[1,{"z":2}]},"id":"shop\u002dtill-3","uuid":{{ApiClient.Quote(device.Uuid)}},"conns":null,"ver":1004090,"modified_at":0}
            """;
        (await rig.Api.PostAsync("/api/heartbeat", body)).Text.ShouldBe("{}");
        rig.Get<DevicePresence>().IsOnline("shop-till-3").ShouldBeTrue();
    }

    [Theory]
    [InlineData("{\"id\":\"771200345\",\"uuid\":5}")]
    [InlineData("{\"id\":\"771200345\",\"uuid\":\"x\",\"conns\":[1.5]}")]
    [InlineData("{\"id\":\"771200345\",\"uuid\":\"x\",\"conns\":[99999999999]}")]
    [InlineData("{\"id\":\"771200345\",\"modified_at\":\"0\"}")]
    [InlineData("{\"id\":\"771200345\"} {}")]
    [InlineData("{\"id\":\"\\ud800\"}")]
    public async Task Wrong_types_are_a_4xx_with_an_error(string body)
    {
        await using var rig = await DeviceRig.StartAsync();
        var answer = await rig.Api.PostAsync("/api/heartbeat", body);
        answer.Status.ShouldBe(400);
        answer.Error.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Huge_deep_and_broken_bodies_are_a_4xx_with_an_error()
    {
        await using var rig = await DeviceRig.StartAsync();
        (await rig.Api.PostAsync("/api/heartbeat", "{\"id\":\"" + new string('1', 1 << 20) + "\"}")).Status.ShouldBe(413);
        (await rig.Api.PostAsync("/api/heartbeat", new string('[', 10_000))).Status.ShouldBe(400);
        (await rig.Api.PostAsync("/api/heartbeat", "{\"id\":\"" + new string('1', 2000) + "\"}")).Status.ShouldBe(400);
        var raw = await rig.Api.SendAsync(HttpMethod.Post, "/api/heartbeat", change: r =>
            r.Content = new ByteArrayContent([.. "{\"id\":\""u8, 0xFF, 0xFE, .. "\"}"u8]));
        raw.Status.ShouldBeInRange(200, 499);
        var chunked = await rig.Api.SendAsync(HttpMethod.Post, "/api/heartbeat", change: r =>
        {
            r.Content = new ByteArrayContent(new byte[100_000]);
            r.Headers.TransferEncodingChunked = true;
        });
        chunked.Status.ShouldBe(413);
    }

    [Fact]
    public async Task An_id_that_a_database_refuses_does_not_keep_others_from_being_read()
    {
        await using var rig = await DeviceRig.StartAsync();
        var token = await DeploymentTests.TokenAsync(rig);
        var device = await rig.Api.AddDeviceAsync("771200345");
        const string bad = """{"id":"a\u0000b","uuid":"Y2FmZQ==","ver":1,"note":"x","switch_code_verifier":"v"}""";
        (await rig.Api.PostAsync("/api/heartbeat", bad)).Text.ShouldBe("{}");
        (await rig.Api.PostAsync("/api/sysinfo", bad)).Text.ShouldBe("UNKNOWN_DEVICE");
        (await rig.Api.PostAsync("/api/switch-grant", bad)).Text.ShouldBe("""{"accepted":false}""");
        (await rig.Api.PostAsync("/api/devices/cli", bad, token)).Status.ShouldBe(404);
        (await rig.SysinfoAsync(device)).Text.ShouldBe("SYSINFO_UPDATED");
        await rig.BeatAsync(device);
        rig.Get<DevicePresence>().IsOnline(device.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task A_device_that_sends_too_many_is_told_so_and_others_at_the_same_address_are_not()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var one = await rig.DeviceAsync();
        var other = await rig.DeviceAsync("771200346");
        var last = await rig.BeatAsync(one);
        for (var i = 0; i < 30 && last.Status == 200; i++) last = await rig.BeatAsync(one);
        last.Status.ShouldBe(429);
        last.Error.ShouldNotBeNullOrEmpty();
        (await rig.BeatAsync(other)).Status.ShouldBe(200);
        time.Advance(TimeSpan.FromSeconds(3));
        (await rig.BeatAsync(one)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task C75_A_disconnect_is_told_until_the_connection_is_gone()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        (await rig.BeatAsync(device, 0, 1507, 1508)).Text.ShouldBe("{}");
        await using var db = rig.Api.OpenDb();
        (await rig.Commands.DisconnectAsync(db, device.Guid, [1507], "admin", default)).ShouldBeTrue();
        (await rig.BeatAsync(device, 0, 1507, 1508)).Text.ShouldBe("""{"disconnect":[1507]}""");
        (await rig.BeatAsync(device, 0, 1507)).Text.ShouldBe("""{"disconnect":[1507]}""");
        (await rig.BeatAsync(device)).Text.ShouldBe("{}");
        (await rig.BeatAsync(device, 0, 1507)).Text.ShouldBe("{}", "done is done");
        await Eventually.HoldsAsync(() => !db.PendingCommands.Any(), "it happened");
    }

    [Fact]
    public async Task A_disconnect_that_nobody_obeyed_is_given_up()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var device = await rig.DeviceAsync();
        await using var db = rig.Api.OpenDb();
        await rig.Commands.DisconnectAsync(db, device.Guid, [1507], "admin", default);
        (await rig.BeatAsync(device, 0, 1507)).Text.ShouldContain("disconnect");
        time.Advance(DeviceCommands.DisconnectLife + TimeSpan.FromSeconds(1));
        (await rig.BeatAsync(device, 0, 1507)).Text.ShouldBe("{}", "that number may be another connection by now");
    }

    [Fact]
    public async Task A_forced_sysinfo_is_asked_for_until_it_comes()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        await using var db = rig.Api.OpenDb();
        await rig.Commands.AskSysinfoAsync(db, device.Guid, "admin", default);
        (await rig.BeatAsync(device)).Text.ShouldBe("""{"sysinfo":1}""");
        (await rig.SysinfoAsync(device, ",\"hostname\":\"X\"")).Text.ShouldBe("SYSINFO_UPDATED");
        (await rig.BeatAsync(device)).Text.ShouldBe("{}");
    }

    [Fact]
    public async Task A_device_without_sysinfo_is_asked_for_it_a_few_times_and_not_for_ever()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var device = await rig.Api.AddDeviceAsync("771200345");
        (await rig.BeatAsync(device)).Text.ShouldBe("{}");
        var asked = 0;
        for (var i = 0; i < 10; i++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            if ((await rig.BeatAsync(device)).Text == """{"sysinfo":1}""") asked++;
        }

        asked.ShouldBe(3);
    }

    [Fact]
    public async Task C76_Two_heartbeats_without_a_connection_end_its_row()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        await using var db = rig.Api.OpenDb();
        await rig.BeatAsync(device, 0, 1507);
        var connections = rig.Get<OpenConnections>();
        foreach (var conn in (int[])[1507, 1508])
        {
            db.ConnectionAudits.Add(Row(device, conn));
            await db.SaveChangesAsync();
            connections.Opened(device.Id, conn);
        }

        await rig.BeatAsync(device, 0, 1507, 1508);
        connections.Of(device.Id).ShouldBe([1507, 1508]);
        await rig.BeatAsync(device, 0, 1508);
        await rig.BeatAsync(device, 0, 1507, 1508);
        await rig.BeatAsync(device);
        connections.Closed(device.Id, 1508);
        db.ConnectionAudits.Any(a => a.EndedAt != null).ShouldBeFalse("one heartbeat is no proof");
        await rig.BeatAsync(device);
        await Eventually.HoldsAsync(() => db.ConnectionAudits.Any(a => a.EndedAt != null), "the row is ended");
        db.ConnectionAudits.AsNoTracking().Single(a => a.EndedAt == null).ConnId.ShouldBe(1508);
    }

    [Fact]
    public async Task C76_Rows_that_were_open_before_the_device_was_first_heard_of_are_watched_too()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.Api.AddDeviceAsync("771200345");
        await using var db = rig.Api.OpenDb();
        db.ConnectionAudits.Add(Row(device, 9));
        await db.SaveChangesAsync();
        await rig.BeatAsync(device);
        await rig.BeatAsync(device);
        await Eventually.HoldsAsync(() => db.ConnectionAudits.Any(a => a.EndedAt != null), "the row is ended");
    }

    [Fact]
    public async Task Heartbeats_write_nothing_but_when_a_device_was_seen_now_and_then()
    {
        var time = new ManualTime();
        await using var rig = await DeviceRig.StartAsync(time: time);
        var devices = await SysinfoTests.ManyAsync(rig, 20);
        foreach (var device in devices) await rig.SysinfoAsync(device);
        var loop = rig.Get<DeviceLoop>();
        var beats = 0;
        for (var minute = 0; minute < 61; minute++)
        {
            for (var i = 0; i < 4; i++)
            {
                time.Advance(TimeSpan.FromSeconds(15));
                foreach (var device in devices.Take(5)) (await rig.BeatAsync(device)).Status.ShouldBe(200);
                beats += 5;
            }
        }

        loop.SightingsWritten.ShouldBeLessThanOrEqualTo((long)(beats * 0.02));
    }

    [Fact]
    public async Task A_renamed_device_is_known_by_its_new_id()
    {
        await using var rig = await DeviceRig.StartAsync();
        var device = await rig.DeviceAsync();
        await rig.BeatAsync(device);
        var uuid = Convert.FromBase64String(device.Uuid);
        await rig.Server.Node.Store!.Devices.RenameAsync(device.Id, "shop-till-3", uuid, default);
        rig.Get<DeviceHints>().Changed(device.Id);
        (await rig.BeatAsync(device with { Id = "shop-till-3" })).Text.ShouldBe("{}");
        rig.Get<DevicePresence>().IsOnline("shop-till-3").ShouldBeTrue();
        await rig.BeatAsync(device);
        rig.Get<DevicePresence>().IsOnline(device.Id).ShouldBeFalse("there is no device of that id");
    }

    private static ConnectionAudit Row(TestDevice device, int conn) => new()
    {
        DeviceGuid = device.Guid, DeviceId = device.Id, ConnId = conn, CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };
}
