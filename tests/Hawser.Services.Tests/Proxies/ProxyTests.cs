using System.Net.WebSockets;
using System.Security.Cryptography;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Services.Tests.Proxies;

/// <summary>
/// The reverse proxies' files of <c>deploy/</c> as they are, but for ports and certificate, before a real server: peers
/// meet through one TLS port, and the server knows where they are.
/// </summary>
public sealed class ProxyTests
{
    private const string Id = "123456789";
    private const string Caller = "127.0.0.7";

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    [InlineData("caddy")]
    public async Task Peers_meet_through_one_TLS_port_and_their_addresses_are_known(string program)
    {
        await using var hawser = await TestHawser.StartAsync(o => o.Http.TrustedProxies.Add("127.0.0.1"));
        await using var proxy = await ReverseProxy.StartAsync(program, hawser.HttpPort);
        using var http = proxy.Client("127.0.0.1");
        (await http.GetStringAsync(new Uri(proxy.Url, "/health/ready"))).ShouldContain("\"status\":\"ready\"");

        using var host = await proxy.ConnectAsync("/ws/id", "127.0.0.8");
        await SendAsync(host, RegisterPk());
        (await ReceiveAsync(host)).RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        using var caller = await proxy.ConnectAsync("/ws/id", Caller);
        await SendAsync(caller, Ask(hawser.RequiredKey));
        var push = (await ReceiveAsync(host)).PunchHole;
        MangledAddress.Decode(push.SocketAddr.Span).Host.ToString().ShouldBe(Caller);
        await RelayAsync(proxy, hawser.RequiredKey);
    }

    [Theory]
    [InlineData("nginx", "X-Forwarded-For")]
    [InlineData("nginx", "X-Real-IP")]
    [InlineData("haproxy", "X-Forwarded-For")]
    [InlineData("haproxy", "X-Real-IP")]
    [InlineData("caddy", "X-Forwarded-For")]
    [InlineData("caddy", "X-Real-IP")]
    public async Task What_a_client_says_of_its_address_does_not_count(string program, string header)
    {
        await using var hawser = await TestHawser.StartAsync(o => o.Http.TrustedProxies.Add("127.0.0.1"));
        await using var proxy = await ReverseProxy.StartAsync(program, hawser.HttpPort);
        using var host = await proxy.ConnectAsync("/ws/id", "127.0.0.8");
        await SendAsync(host, RegisterPk());
        (await ReceiveAsync(host)).RegisterPkResponse.Result.ShouldBe(RegisterPkResponse.Types.Result.Ok);
        using var caller = await proxy.ConnectAsync("/ws/id", Caller, (header, "198.51.100.66"));
        await SendAsync(caller, Ask(hawser.RequiredKey));
        var push = (await ReceiveAsync(host)).PunchHole;
        MangledAddress.Decode(push.SocketAddr.Span).Host.ToString().ShouldBe(Caller);
    }

    private static async Task RelayAsync(ReverseProxy proxy, string key)
    {
        using var one = await proxy.ConnectAsync("/ws/relay", "127.0.0.8");
        using var other = await proxy.ConnectAsync("/ws/relay", Caller);
        var join = new RendezvousMessage { RequestRelay = new RequestRelay { Uuid = "ticket-1", LicenceKey = key } };
        await SendAsync(one, join);
        await SendAsync(other, join);
        // In both directions, and more than any proxy keeps.
        await ShouldArriveAsync(one, other);
        await ShouldArriveAsync(other, one);
    }

    private static async Task ShouldArriveAsync(ClientWebSocket from, ClientWebSocket to)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var bytes = RandomNumberGenerator.GetBytes(4 * 1024 * 1024);
        var sending = from.SendAsync(bytes, WebSocketMessageType.Binary, true, limit.Token);
        var got = new byte[bytes.Length];
        for (var at = 0; at < got.Length;)
        {
            var piece = await to.ReceiveAsync(got.AsMemory(at), limit.Token);
            piece.MessageType.ShouldBe(WebSocketMessageType.Binary);
            at += piece.Count;
        }

        await sending;
        got.AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    private static RendezvousMessage RegisterPk() => new()
    {
        RegisterPk = new RegisterPk
        {
            Id = Id,
            Uuid = ByteString.CopyFromUtf8("uuid-0001"),
            Pk = ByteString.CopyFrom([.. Enumerable.Repeat((byte)7, 32)]),
        },
    };

    private static RendezvousMessage Ask(string key) => new()
    {
        PunchHoleRequest = new PunchHoleRequest { Id = Id, LicenceKey = key, NatType = NatType.Asymmetric },
    };

    private static async Task SendAsync(ClientWebSocket socket, RendezvousMessage message)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await socket.SendAsync(message.ToByteArray(), WebSocketMessageType.Binary, true, limit.Token);
    }

    private static async Task<RendezvousMessage> ReceiveAsync(ClientWebSocket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        var got = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
        return RendezvousMessage.Parser.ParseFrom(buffer, 0, got.Count);
    }
}
