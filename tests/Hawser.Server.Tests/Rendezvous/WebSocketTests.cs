using System.Net;
using System.Net.WebSockets;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Cases T35, T58 and T59: the same conversations by WebSocket.</summary>
public class WebSocketTests
{
    private static readonly byte[] Query = Convert.FromHexString(
        "ba012c0a09393837363534333231120931323334353637383912093232323232323232321209333333333333333333");

    [Theory]
    [InlineData("/")]
    [InlineData("/ws/id")]
    [InlineData("/ws/relay")]
    [InlineData("/no/such?x=y")]
    public async Task T35_T58_Online_queries_are_answered_on_every_path(string path)
    {
        await using var rig = await RendezvousRig.StartAsync();
        await using var web = await WebHost.StartAsync(rig);
        using var b = await rig.RegisterAsync();
        using var client = await web.ConnectAsync(path);
        await SendAsync(client, Query);
        (await ReceiveAsync(client)).ShouldBe(Convert.FromHexString("c201030a0180"));
        await SendAsync(client, Query);
        (await ReceiveAsync(client)).ShouldBe(Convert.FromHexString("c201030a0180"));
    }

    [Fact]
    public async Task No_key_exchange_is_offered_text_is_ignored_and_empty_messages_are_heartbeats()
    {
        await using var rig = await RendezvousRig.StartAsync();
        await using var web = await WebHost.StartAsync(rig);
        using var client = await web.ConnectAsync();
        await client.SendAsync("h"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        await SendAsync(client, []);
        await SendAsync(client, Query);
        (await ReceiveAsync(client)).ShouldBe(Convert.FromHexString("c201030a0100"));
    }

    [Fact]
    public async Task A_message_in_many_fragments_is_one_and_a_long_one_is_refused()
    {
        await using var rig = await RendezvousRig.StartAsync();
        await using var web = await WebHost.StartAsync(rig);
        using var client = await web.ConnectAsync();
        for (var i = 0; i < Query.Length; i++)
        {
            await client.SendAsync(
                Query.AsMemory(i, 1), WebSocketMessageType.Binary, i == Query.Length - 1, CancellationToken.None);
        }

        (await ReceiveAsync(client)).ShouldBe(Convert.FromHexString("c201030a0100"));
        await Should.ThrowAsync<WebSocketException>(async () =>
        {
            for (var i = 0; i < 40; i++) await client.SendAsync(new byte[64 << 10], WebSocketMessageType.Binary, false, default);
            await ReceiveAsync(client);
        });
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("violation"), 1, "the count of violation");
    }

    [Fact]
    public async Task A_caller_and_a_target_meet_by_websocket()
    {
        await using var rig = await RendezvousRig.StartAsync();
        await using var web = await WebHost.StartAsync(rig);
        using var b = await web.ConnectAsync();
        await SendAsync(b, RendezvousRig.RegisterPk().ToByteArray());
        RendezvousMessage.Parser.ParseFrom(await ReceiveAsync(b)).RegisterPkResponse.KeepAlive.ShouldBe(60);
        rig.Role.Registry.IsOnline(RendezvousRig.Id).ShouldBeTrue();
        using var a = await web.ConnectAsync();
        await SendAsync(a, RendezvousRig.Ask().ToByteArray());
        // Both come from one host, but a WebSocket caller has no socket that could be dialled.
        var push = RendezvousMessage.Parser.ParseFrom(await ReceiveAsync(b)).PunchHole;
        using var answer = await web.ConnectAsync();
        await SendAsync(answer, new RendezvousMessage
        {
            RelayResponse = new RelayResponse
                { SocketAddr = push.SocketAddr, Uuid = "u-1", RelayServer = "r", Id = RendezvousRig.Id },
        }.ToByteArray());
        RendezvousRig.ShouldVouchFor(RendezvousMessage.Parser.ParseFrom(await ReceiveAsync(a)).RelayResponse.Pk);
        (await answer.ReceiveAsync(new byte[10], CancellationToken.None)).MessageType
            .ShouldBe(WebSocketMessageType.Close);
        b.Abort();
        await Eventually.HoldsAsync(() => !rig.Role.Registry.IsOnline(RendezvousRig.Id), "offline with its connection");
    }

    [Fact]
    public async Task Heartbeats_are_empty_messages_and_silence_ends_both_kinds_of_connection()
    {
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time));
        await using var web = await WebHost.StartAsync(rig);
        using var b = await web.ConnectAsync();
        await SendAsync(b, RendezvousRig.RegisterPk().ToByteArray());
        (await ReceiveAsync(b)).ShouldNotBeEmpty();
        using var silent = await web.ConnectAsync();
        // The upgrade is answered before the connection is served; its silence counts from then on.
        await Eventually.IsAsync(() => rig.Role.Connections.Count, 2, "the number of connections");
        rig.Pass(26);
        (await ReceiveAsync(b)).ShouldBeEmpty();
        rig.Pass(6);
        await Eventually.HoldsAsync(() => rig.Role.Metrics.ConnectionsClosed("idle") == 1, "the silent one is closed");
        rig.Pass(50);
        await Eventually.HoldsAsync(() => rig.Role.Metrics.ConnectionsClosed("unanswered") == 1, "the frozen one too");
    }

    [Fact]
    public async Task T59_Headers_of_strangers_are_ignored()
    {
        await using var rig = await RendezvousRig.StartAsync();
        await using var web = await WebHost.StartAsync(rig);
        (await SeenAsync(rig, web, ("X-Real-IP", "1.2.3.4"))).Host.ToString().ShouldBe("127.0.0.1");
    }

    [Theory]
    [InlineData("X-Real-IP", "1.2.3.4", "1.2.3.4")]
    [InlineData("X-Real-IP", "::ffff:1.2.3.4", "1.2.3.4")]
    [InlineData("X-Real-IP", "nonsense", "127.0.0.1")]
    [InlineData("X-Forwarded-For", "6.6.6.6, 1.2.3.4", "1.2.3.4")]
    [InlineData("X-Forwarded-For", "6.6.6.6, 1.2.3.4, 10.0.0.7", "1.2.3.4")]
    [InlineData("X-Forwarded-For", "6.6.6.6, rubbish, 10.0.0.7", "10.0.0.7")]
    [InlineData("X-Forwarded-For", "[2001:db8::1]:99", "2001:db8::1")]
    public async Task T59_Headers_of_trusted_proxies_are_believed(string name, string value, string expected)
    {
        await using var rig = await RendezvousRig.StartAsync(o =>
        {
            o.TrustedProxies.Add("127.0.0.1");
            o.TrustedProxies.Add("10.0.0.0/8");
        });
        await using var web = await WebHost.StartAsync(rig);
        (await SeenAsync(rig, web, (name, value))).Host.ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("1.2.3.4", "6.6.6.6", "1.2.3.4")]
    [InlineData("6.6.6.6, 1.2.3.4", "6.6.6.6", "1.2.3.4")]
    [InlineData("rubbish", "6.6.6.6", "127.0.0.1")]
    public async Task T59_A_chain_is_believed_rather_than_a_second_header_that_the_client_may_have_sent(
        string chain, string real, string expected)
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.TrustedProxies.Add("127.0.0.1"));
        await using var web = await WebHost.StartAsync(rig);
        (await SeenAsync(rig, web, ("X-Forwarded-For", chain), ("X-Real-IP", real))).Host.ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task C7_Callers_behind_one_proxy_do_not_collide()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.TrustedProxies.Add("127.0.0.1"));
        await using var web = await WebHost.StartAsync(rig);
        using var b = await rig.RegisterAsync();
        using var one = await web.ConnectAsync("/", ("X-Real-IP", "1.2.3.4"));
        using var two = await web.ConnectAsync("/", ("X-Real-IP", "1.2.3.4"));
        await SendAsync(one, RendezvousRig.Ask().ToByteArray());
        var first = (await b.ReceiveMessageAsync())!.PunchHole;
        await SendAsync(two, RendezvousRig.Ask().ToByteArray());
        var second = (await b.ReceiveMessageAsync())!.PunchHole;
        MangledAddress.Decode(second.SocketAddr.Span).ShouldNotBe(MangledAddress.Decode(first.SocketAddr.Span));
        using var answer = await rig.ConnectAsync("127.0.0.2");
        await answer.SendAsync(new RendezvousMessage
            { PunchHoleSent = new PunchHoleSent { SocketAddr = first.SocketAddr, Id = RendezvousRig.Id } });
        RendezvousMessage.Parser.ParseFrom(await ReceiveAsync(one)).PunchHoleResponse.SocketAddr.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_plain_request_is_told_to_upgrade_and_too_many_are_refused()
    {
        await using var rig = await RendezvousRig.StartAsync(o => o.ConnectionsPerAddress = 1);
        await using var web = await WebHost.StartAsync(rig);
        using var http = new HttpClient();
        (await http.GetAsync(new Uri($"http://127.0.0.1:{web.Port}/ws/id"))).StatusCode
            .ShouldBe(HttpStatusCode.UpgradeRequired);
        using var first = await web.ConnectAsync();
        await Should.ThrowAsync<WebSocketException>(() => web.ConnectAsync());
        await Eventually.IsAsync(() => rig.Role.Metrics.ConnectionsClosed("too_many_from_address"), 1, "the count of too_many_from_address");
    }

    private static async Task<PeerAddress> SeenAsync(
        RendezvousRig rig, WebHost web, params (string, string)[] headers)
    {
        using var b = await rig.RegisterAsync();
        using var client = await web.ConnectAsync("/", headers);
        await SendAsync(client, RendezvousRig.Ask().ToByteArray());
        return MangledAddress.Decode((await b.ReceiveMessageAsync())!.PunchHole.SocketAddr.Span);
    }

    private static Task SendAsync(ClientWebSocket client, byte[] message) =>
        client.SendAsync(message, WebSocketMessageType.Binary, true, CancellationToken.None);

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket client)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[4096];
        var got = await client.ReceiveAsync(buffer, deadline.Token);
        got.MessageType.ShouldBe(WebSocketMessageType.Binary);
        return buffer[..got.Count];
    }

    private sealed class WebHost(WebApplication app) : IAsyncDisposable
    {
        public int Port { get; } = new Uri(app.Urls.First()).Port;

        public static async Task<WebHost> StartAsync(RendezvousRig rig)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            app.Run(rig.Role.HandleWebSocketAsync);
            await app.StartAsync();
            return new WebHost(app);
        }

        public async Task<ClientWebSocket> ConnectAsync(string path = "/", params (string Name, string Value)[] headers)
        {
            var client = new ClientWebSocket();
            client.Options.KeepAliveInterval = TimeSpan.Zero;
            foreach (var (name, value) in headers) client.Options.SetRequestHeader(name, value);
            await client.ConnectAsync(new Uri($"ws://127.0.0.1:{Port}{path}"), CancellationToken.None);
            return client;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
