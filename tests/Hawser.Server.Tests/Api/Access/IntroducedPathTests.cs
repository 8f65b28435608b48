using System.Text;
using System.Text.Json;
using Hawser.Cluster;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Access;

/// <summary>Over which path a connection goes, and how fast, as far as this server can know it.</summary>
public class IntroducedPathTests
{
    private static readonly PeerAddress Caller = PeerAddress.From(new System.Net.IPEndPoint(0x0100007F, 4000));

    [Fact]
    public async Task A_connection_is_listed_with_its_path_and_a_relayed_one_with_its_rate()
    {
        await using var rig = await AccessRig.StartAsync();
        using var target = await rig.RegisterAsync();
        var token = await rig.Api.TokenAsync(await rig.Api.AddUserAsync("anna", admin: true));
        using var caller = await rig.SecureAsync();
        await caller.SendAsync(rig.Ask(token));
        var push = (await target.ReceiveMessageAsync())!.PunchHole;
        var reference = push.ControlledContext.ConnAuditRef;
        using (var answer = await rig.ConnectAsync("127.0.0.2"))
        {
            await answer.SendAsync(new RendezvousMessage
            {
                PunchHoleSent = new PunchHoleSent { Id = AccessRig.Id, SocketAddr = push.SocketAddr, Version = "1.4.9" },
            });
            (await caller.ReceiveMessageAsync()).ShouldNotBeNull();
        }

        await OpenedAsync(rig, 1, reference, "192.168.7.7");
        await OpenedAsync(rig, 2, "", "127.0.0.1");
        await OpenedAsync(rig, 3, "", "203.0.113.9");
        await OpenedAsync(rig, 4, "AAAAAAAAAAAAAAAAAAAAAA", "127.0.0.1");
        (await PathsAsync(rig, token, "")).ShouldBe(["1 direct", "2 direct", "3 unknown", "4 unknown"]);

        var ask = AccessRig.AskRelay(token);
        using var again = await rig.SecureAsync();
        await again.SendAsync(ask);
        var told = (await target.ReceiveMessageAsync())!.RequestRelay;
        told.ControlledContext.ConnAuditRef.ShouldBe(reference, "the same attempt");
        using (var answer = await rig.ConnectAsync("127.0.0.2"))
        {
            await answer.SendAsync(new RendezvousMessage
            {
                RelayResponse = new RelayResponse { SocketAddr = told.SocketAddr, Version = "1.4.9" },
            });
            (await again.ReceiveAnswerAsync()).ShouldNotBeNull();
        }

        await OpenedAsync(rig, 5, reference, "127.0.0.1");
        (await PathsAsync(rig, token, "&path=relayed")).ShouldBe(["5 relayed"]);
        (await PathsAsync(rig, token, "&relay=127.0")).ShouldBe(["5 relayed"]);
        (await PathsAsync(rig, token, "&path=unknown")).ShouldBe(["3 unknown", "4 unknown"]);
        (await PathsAsync(rig, token, "&path=direct&relay=127")).ShouldBeEmpty();
        (await PathsAsync(rig, token, "&path=sideways")).Length.ShouldBe(5);
        (await RowAsync(rig, token)).TryGetProperty("bytes_per_second", out _).ShouldBeFalse("no pair yet");

        using var first = await JoinAsync(rig, told.Uuid);
        using var second = await JoinAsync(rig, told.Uuid);
        // Something passes until a second with it was measured.
        var began = TimeProvider.System.GetTimestamp();
        while (!(await RowAsync(rig, token)).TryGetProperty("bytes_per_second", out var rate) || rate.GetInt64() == 0)
        {
            TimeProvider.System.GetElapsedTime(began).TotalSeconds.ShouldBeLessThan(60, "the rate is known");
            await first.SendHexAsync(new string('a', 20_000));
            (await second.ReceiveAsync())!.Length.ShouldBe(10_000);
        }

        var csv = await rig.Api.GetAsync("/api/audits/conn?format=csv&path=relayed", token);
        csv.Text.ShouldContain(",path,relay");
        csv.Text.ShouldContain("relayed,127.0.0.1");

        var closed = await rig.Api.PostAsync("/api/audit/conn", Event("close", 5, "", ""));
        closed.Status.ShouldBe(200, closed.Text);
        (await RowAsync(rig, token)).TryGetProperty("bytes_per_second", out _).ShouldBeFalse("it has ended");
    }

    [Fact]
    public void What_two_of_one_address_did_differently_is_not_guessed()
    {
        var paths = new SessionPaths(TimeProvider.System);
        paths.Direct("ref-a", "1", Caller);
        paths.Relayed("ref-b", "1", Caller, "relay", "t");
        paths.Find("", "1", "127.0.0.1").ShouldBeNull();
        paths.Find("ref-a", "1", "127.0.0.1")!.IsRelayed.ShouldBe(false);
        paths.Find("ref-b", "1", "")!.Relay.ShouldBe("relay");
        paths.Find("ref-b", "2", "").ShouldBeNull("a reference is one device's");
        paths.Find("", "2", "127.0.0.1").ShouldBeNull();
        paths.Find("", "1", "not an address").ShouldBeNull();
    }

    [Fact]
    public void The_way_back_to_a_relay_counts_and_both_tickets_of_one_attempt_are_kept()
    {
        var paths = new SessionPaths(TimeProvider.System);
        paths.Direct("", "1", Caller);
        paths.Relayed("", "1", Caller, "relay", "t1");
        paths.Relayed("", "1", Caller, "relay", "t2");
        var fact = paths.Find("", "1", "127.0.0.1")!;
        (fact.IsRelayed, fact.Relay).ShouldBe((true, "relay"));
        fact.Tickets.ShouldBe(["t1", "t2"]);
        for (var i = 0; i < 20; i++) paths.Relayed("", "1", Caller, "relay", $"u{i}");
        paths.Find("", "1", "127.0.0.1")!.Tickets.Count.ShouldBe(4);
    }

    [Fact]
    public void It_forgets_with_time_and_holds_a_bounded_number()
    {
        var time = new ManualTime();
        var paths = new SessionPaths(time);
        paths.Direct("r", "1", Caller);
        time.Advance(SessionPaths.Keep - TimeSpan.FromSeconds(1));
        paths.Find("r", "1", "").ShouldNotBeNull();
        time.Advance(TimeSpan.FromSeconds(2));
        paths.Find("r", "1", "").ShouldBeNull();
        for (var i = 0; i < SessionPaths.Capacity * 3; i++) paths.Direct($"r{i}", "1", Caller);
        paths.Count.ShouldBeLessThanOrEqualTo(2 * (SessionPaths.Capacity + 1));
    }

    private static async Task OpenedAsync(AccessRig rig, int conn, string reference, string address)
    {
        var answer = await rig.Api.PostAsync("/api/audit/conn", Event("new", conn, reference, address));
        answer.Status.ShouldBe(200, answer.Text);
    }

    private static string Event(string action, int conn, string reference, string address) => $$"""
        {"ip":"{{address}}","action":"{{action}}","conn_audit_ref":"{{reference}}","id":"{{AccessRig.Id}}",
        "uuid":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes("uuid-" + AccessRig.Id))}}","conn_id":{{conn}},"session_id":0}
        """;

    private static async Task<JsonElement[]> RowsAsync(AccessRig rig, string token, string more)
    {
        var answer = await rig.Api.GetAsync($"/api/audits/conn?current=1&pageSize=50{more}", token);
        answer.Status.ShouldBe(200, answer.Text);
        return [.. answer.Json.GetProperty("data").EnumerateArray()];
    }

    private static async Task<string[]> PathsAsync(AccessRig rig, string token, string more) =>
    [
        .. (await RowsAsync(rig, token, more))
            .Select(r => $"{r.GetProperty("conn_id").GetInt32()} {r.GetProperty("path").GetString()}").Order(StringComparer.Ordinal),
    ];

    private static async Task<JsonElement> RowAsync(AccessRig rig, string token) =>
        (await RowsAsync(rig, token, "&path=relayed")).ShouldHaveSingleItem();

    private static async Task<WireClient> JoinAsync(AccessRig rig, string ticket)
    {
        var leg = await WireClient.ConnectAsync(rig.Server.RelayPort);
        await leg.SendAsync(new RendezvousMessage
        {
            RequestRelay = new RequestRelay { Uuid = ticket, LicenceKey = rig.Server.RequiredKey },
        });
        return leg;
    }
}
