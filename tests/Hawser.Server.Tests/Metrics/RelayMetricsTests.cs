using System.Net;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Metrics;

/// <summary>What an administrator sees of the relay: pairs, bytes, and why a leg never became part of a pair.</summary>
public sealed class RelayMetricsTests : IAsyncLifetime
{
    private const string Joins = "hawser_relay_joins_total";
    private TestHawser _hawser = null!;
    private Scrape _before = null!;

    public async ValueTask InitializeAsync()
    {
        _hawser = await TestHawser.StartAsync();
        _before = await Scrape.OfAsync(_hawser.Http);
    }

    public ValueTask DisposeAsync() => _hawser.DisposeAsync();

    [Fact]
    public async Task A_pair_shows_with_its_bytes_and_its_end()
    {
        var first = await JoinAsync(_hawser.RequiredKey);
        var alone = await Scrape.UntilAsync(_hawser.Http, s => s["hawser_relay_waiting"] > 0);
        (alone["hawser_relay_waiting"], alone["hawser_relay_pairs"]).ShouldBe((1, 0));
        var second = await JoinAsync(_hawser.RequiredKey);
        await first.SendHexAsync(new string('a', 20_000));
        (await second.ReceiveAsync())!.Length.ShouldBe(10_000);
        await second.SendHexAsync(new string('b', 2_000));
        (await first.ReceiveAsync())!.Length.ShouldBe(1_000);

        var during = await Scrape.UntilAsync(_hawser.Http, s => s["hawser_relay_bytes_total"] >= 11_000);
        (during["hawser_relay_waiting"], during["hawser_relay_pairs"]).ShouldBe((0, 1));
        during["hawser_relay_bytes_total"].ShouldBeInRange(11_000, 11_010, "payload and two frame headers, once");
        await Scrape.RiseAsync(_hawser.Http, _before, Joins, "outcome", ("waiting", 1), ("paired", 1));

        first.Dispose();
        (await second.ReceiveAsync()).ShouldBeNull();
        second.Dispose();
        var after = await Scrape.RiseAsync(
            _hawser.Http, _before, "hawser_relay_ends_total", "reason", ("closed_by_first", 1));
        after["hawser_relay_pairs"].ShouldBe(0);
    }

    [Fact]
    public async Task Refused_legs_show_by_what_was_wrong_with_them()
    {
        using (var wrongKey = await JoinAsync("x")) (await wrongKey.ReceiveAsync()).ShouldBeNull();
        using (var garbage = await WireClient.ConnectAsync(_hawser.RelayPort))
        {
            await garbage.SendRawAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            garbage.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            (await garbage.ReceiveAsync()).ShouldBeNull();
        }

        using (var huge = await WireClient.ConnectAsync(_hawser.RelayPort))
        {
            await huge.SendRawAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3 });
            (await huge.ReceiveAsync()).ShouldBeNull("a length of 1 GiB is refused at once");
        }

        var after = await Scrape.UntilAsync(_hawser.Http, s => s.RisenSince(_before, Joins).Values.Sum() >= 3);
        var risen = after.RisenSince(_before, Joins);
        risen["{outcome=\"wrong_key\"}"].ShouldBe(1);
        risen["{outcome=\"too_long\"}"].ShouldBeGreaterThanOrEqualTo(1);
        risen.Values.Sum().ShouldBe(3, string.Join(' ', risen));
        risen.Keys.ShouldNotContain("{outcome=\"paired\"}");
        (after["hawser_relay_pairs"], after["hawser_relay_waiting"]).ShouldBe((0, 0));
        after["hawser_relay_bytes_total"].ShouldBe(0);
    }

    [Fact]
    public async Task Refused_connections_show_by_reason()
    {
        _hawser.Relay.Execute("Ba 127.0.0.9").ShouldBeEmpty();
        using (var blocked = await WireClient.ConnectAsync(_hawser.RelayPort, new IPEndPoint(IPAddress.Parse("127.0.0.9"), 0)))
        {
            (await blocked.ReceiveAsync()).ShouldBeNull();
        }

        await Scrape.RiseAsync(_hawser.Http, _before, "hawser_relay_refusals_total", "reason", ("blocked", 1));
    }

    [Fact]
    public async Task More_connections_of_one_address_than_it_may_have_show_too()
    {
        await using var hawser = await TestHawser.StartAsync(o => o.Relay.ConnectionsPerAddress = 1);
        var before = await Scrape.OfAsync(hawser.Http);
        using var first = await WireClient.ConnectAsync(hawser.RelayPort);
        await Scrape.UntilAsync(hawser.Http, s => s["hawser_relay_waiting"] > 0);
        using (var second = await WireClient.ConnectAsync(hawser.RelayPort)) (await second.ReceiveAsync()).ShouldBeNull();
        await Scrape.RiseAsync(hawser.Http, before, "hawser_relay_refusals_total", "reason", ("address_cap", 1));
    }

    private async Task<WireClient> JoinAsync(string key)
    {
        var leg = await WireClient.ConnectAsync(_hawser.RelayPort);
        await leg.SendAsync(new RendezvousMessage { RequestRelay = new RequestRelay { Uuid = "ticket-1", LicenceKey = key } });
        return leg;
    }
}
