using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.EndToEnd;

/// <summary>Both peers behind proxies, against the real server.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private const string Id = "123456789";
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(100));
    private TestHawser _hawser = null!;

    public async ValueTask InitializeAsync() => _hawser = await TestHawser.StartAsync(
        o => o.Rendezvous.RelayServers.Add($"127.0.0.1:{o.Relay.Port}"));

    public async ValueTask DisposeAsync()
    {
        await _hawser.DisposeAsync();
        _limit.Dispose();
    }

    [Theory]
    [InlineData("socks5", "http", ServerTransport.Udp)]
    [InlineData("http", "socks5", ServerTransport.Udp)]
    [InlineData("socks5", "http", ServerTransport.WebSocket)]
    public async Task Peers_behind_proxies_meet_at_the_relay(string hosts, string callers, ServerTransport transport)
    {
        await using var first = new StandInProxy("us er:sec:ret");
        await using var second = new StandInProxy();
        var host = new PeerHostOptions
        {
            Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
            Key = _hawser.Key.PublicText,
            Identity = PeerIdentity.Generate(Id),
            Transport = transport,
            Proxy = Proxy($"{hosts}://us%20er:sec%3Aret@127.0.0.1:{first.Port}"),
        };
        await using var running = await PeerHost.StartAsync(host, _limit.Token);
        var registering = first.Tunnels;
        registering.ShouldBeGreaterThan(0);

        var result = await PeerCaller.ConnectAsync(Id, new PeerCallerOptions
        {
            Server = host.Server,
            Key = host.Key,
            Transport = transport,
            Paths = Paths.Tcp | Paths.Udp | Paths.Relay | Paths.IPv6,
            Proxy = Proxy($"{callers}://127.0.0.1:{second.Port}"),
        }, _limit.Token);

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail + running.LastFailure);
        result.How.ShouldBe(transport == ServerTransport.WebSocket ? ReachedBy.RelayWebSocket : ReachedBy.RelayTcp);
        await using var called = result.Channel!;
        var accepted = await running.AcceptAsync(_limit.Token);
        await using var answering = accepted.Channel;
        await called.SendAsync(
            new Message { Misc = new Misc { ChatMessage = new ChatMessage { Text = "through" } } }, _limit.Token);
        (await answering.ReceiveAsync(_limit.Token))!.Misc.ChatMessage.Text.ShouldBe("through");
        first.Tunnels.ShouldBeGreaterThan(registering);
        second.Tunnels.ShouldBe(2);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task A_wrong_login_is_told(string scheme)
    {
        await using var proxy = new StandInProxy("a:b");
        var result = await CallAsync($"{scheme}://a:c@127.0.0.1:{proxy.Port}");
        result.Outcome.ShouldBe(ConnectOutcome.Unreachable);
        result.Detail.ShouldContain("wants another user name and password");
        result.Detail.ShouldNotContain("a:c");
        proxy.Tunnels.ShouldBe(0);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("socks5")]
    public async Task What_is_no_proxy_is_told(string scheme)
    {
        var result = await CallAsync($"{scheme}://127.0.0.1:{_hawser.Http.Port}");
        result.Outcome.ShouldBe(ConnectOutcome.Unreachable);
        result.Detail.ShouldContain($"the proxy {scheme}://127.0.0.1:{_hawser.Http.Port}");
    }

    [Theory]
    [InlineData("ftp://a")]
    [InlineData("proxy:1080")]
    [InlineData("")]
    [InlineData("socks5://")]
    public void What_is_no_proxy_address_is_refused(string text) => ProxyServer.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Logins_too_long_for_SOCKS_are_refused() =>
        ProxyServer.TryParse($"socks5://a:{new string('b', 256)}@c", out _).ShouldBeFalse();

    private static ProxyServer Proxy(string text)
    {
        ProxyServer.TryParse(text, out var proxy).ShouldBeTrue();
        return proxy!;
    }

    private Task<ConnectResult> CallAsync(string proxy) => PeerCaller.ConnectAsync(Id, new PeerCallerOptions
    {
        Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
        Key = _hawser.Key.PublicText,
        Proxy = Proxy(proxy),
    }, _limit.Token);
}
