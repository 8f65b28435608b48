using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Metrics;

/// <summary>What an administrator sees of registrations, introductions and what was refused.</summary>
public sealed class RendezvousMetricsTests : IAsyncLifetime
{
    private const string Id = "123456789";
    private TestHawser _hawser = null!;
    private Scrape _before = null!;

    public async ValueTask InitializeAsync()
    {
        _hawser = await TestHawser.StartAsync();
        _before = await Scrape.OfAsync(_hawser.Http);
    }

    public ValueTask DisposeAsync() => _hawser.DisposeAsync();

    [Fact]
    public async Task Registrations_show_by_answer_and_datagrams_by_what_they_were()
    {
        using var peer = await RegisterAsync();
        await peer.SendHexAsync("ffffffffff");
        await peer.SendRawAsync([]);
        await peer.SendAsync(Ask(Id, _hawser.RequiredKey));
        await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = "987654321" } });
        (await peer.ReceiveMessageAsync())!.RegisterPeerResponse.RequestPk.ShouldBeTrue();

        await RiseAsync("key_registrations", "result", ("ok", 1));
        await RiseAsync("datagrams", "outcome", ("key_queued", 1), ("registered", 1), ("key_wanted", 1),
            ("malformed", 1), ("empty", 1), ("not_for_udp", 1));
        var after = await Scrape.UntilAsync(_hawser.Http, s => s["hawser_rendezvous_peers_online"] > 0);
        (after["hawser_rendezvous_peers"], after["hawser_rendezvous_peers_online"]).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Introductions_show_by_outcome_and_connections_by_why_they_were_closed()
    {
        using var peer = await RegisterAsync();
        using (var caller = await WireClient.ConnectAsync(_hawser.RendezvousPort))
        {
            await caller.SendAsync(Ask(Id, "x"));
            (await caller.ReceiveAnswerAsync())!.PunchHoleResponse.ShouldNotBeNull();
        }

        using (var caller = await WireClient.ConnectAsync(_hawser.RendezvousPort))
        {
            await caller.SendAsync(Ask("987654321", _hawser.RequiredKey));
            (await caller.ReceiveAnswerAsync())!.PunchHoleResponse.ShouldNotBeNull();
        }

        using (var garbage = await WireClient.ConnectAsync(_hawser.RendezvousPort))
        {
            await garbage.SendRawAsync(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 1 });
            (await garbage.ReceiveAnswerAsync()).ShouldBeNull();
        }

        using var met = await WireClient.ConnectAsync(_hawser.RendezvousPort);
        await met.SendAsync(Ask(Id, _hawser.RequiredKey));
        var push = (await peer.ReceiveMessageAsync())!.PunchHole;
        using var answer = await WireClient.ConnectAsync(_hawser.RendezvousPort, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        await answer.SendAsync(new RendezvousMessage { PunchHoleSent = new PunchHoleSent { SocketAddr = push.SocketAddr, Id = Id } });
        (await met.ReceiveAnswerAsync())!.PunchHoleResponse.Pk.IsEmpty.ShouldBeFalse();

        await RiseAsync("introductions", "outcome", ("key_mismatch", 1), ("unknown_id", 1), ("pushed", 1), ("punched", 1));
        await RiseAsync("pushes", "outcome", ("datagram", 1));
        var after = await RiseAsync("connections_closed", "reason", ("violation", 1));
        after["hawser_rendezvous_waiting_callers"].ShouldBe(0);
    }

    private Task<Scrape> RiseAsync(string family, string tag, params (string Value, double By)[] series) =>
        Scrape.RiseAsync(_hawser.Http, _before, $"hawser_rendezvous_{family}_total", tag, series);

    private static RendezvousMessage Ask(string id, string key) =>
        new() { PunchHoleRequest = new PunchHoleRequest { Id = id, LicenceKey = key, NatType = NatType.Asymmetric } };

    private async Task<WireDatagrams> RegisterAsync()
    {
        var peer = new WireDatagrams(_hawser.RendezvousPort, "127.0.0.2");
        await peer.SendAsync(new RendezvousMessage
        {
            RegisterPk = new RegisterPk
            {
                Id = Id, Uuid = ByteString.CopyFromUtf8("uuid-0001"), Pk = ByteString.CopyFrom(Enumerable.Repeat((byte)7, 32).ToArray()),
            },
        });
        (await peer.ReceiveMessageAsync())!.RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        await peer.SendAsync(new RendezvousMessage { RegisterPeer = new RegisterPeer { Id = Id } });
        (await peer.ReceiveMessageAsync())!.RegisterPeerResponse.RequestPk.ShouldBeFalse();
        return peer;
    }
}
