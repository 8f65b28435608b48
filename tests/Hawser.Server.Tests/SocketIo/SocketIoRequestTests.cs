using System.Net;
using System.Text.Json;
using Hawser.Recording.SocketIo;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>The request that a connection begins with (recorder.md §2.1, §2.2; cases 1 to 4).</summary>
public class SocketIoRequestTests
{
    [Theory]
    [InlineData("GET", "?EIO=4&transport=polling", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("POST", "?EIO=4&transport=polling", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("PUT", "?EIO=4&transport=polling&sid=abc", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("GET", "?transport=polling", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("GET", "?EIO=4", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("GET", "?EIO=4&transport=abc", 400, """{"code":0,"message":"Transport unknown"}""")]
    [InlineData("GET", "?EIO=4&transport=websocket", 400, """{"code":3,"message":"Bad request"}""")]
    [InlineData("POST", "?EIO=4&transport=websocket", 400, """{"code":2,"message":"Bad handshake method"}""")]
    [InlineData("GET", "?EIO=3&transport=websocket", 400, """{"code":5,"message":"Unsupported protocol version"}""")]
    [InlineData("GET", "?transport=websocket", 400, """{"code":5,"message":"Unsupported protocol version"}""")]
    [InlineData("GET", "?EIO=4&transport=websocket&sid=x", 400, """{"code":1,"message":"Session ID unknown"}""")]
    public async Task C4_refusals_are_json_that_a_page_can_read(string method, string query, int status, string body)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{host.Port}/socket.io/{query}");
        request.Headers.Add("Origin", "https://page.example");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        answer.Headers.GetValues("Access-Control-Allow-Origin").Single().ShouldBe("https://page.example");
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
    }

    [Theory]
    [InlineData("/socket.io/?EIO=3&transport=websocket", 400)]
    [InlineData("/socket.io/?EIO=4&transport=websocket&sid=old", 400)]
    [InlineData("/socket.io/?EIO=4&transport=websocket&sid=", 101)]
    [InlineData("/socket.io/?token=abc&EIO=4&transport=websocket&t=x&b64=1", 101)]
    [InlineData("/socket.io?EIO=4&transport=websocket", 101)]
    [InlineData("/socket.io/anything?EIO=4&transport=websocket", 404)]
    [InlineData("/recording?EIO=4&transport=websocket", 404)]
    public async Task C4_upgrades_are_decided_before_they_happen(string target, int status)
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.DialAsync(host.Port, target);
        peer.Head.ShouldStartWith($"HTTP/1.1 {status} ");
    }

    [Fact]
    public async Task Preflight_foreign_origins_and_overload_have_their_answers()
    {
        await using var host = await SocketIoHost.StartAsync(
            new SocketIoOptions { MaxConnectionsPerAddress = 1 }, originAllowed: false);
        using var http = new HttpClient();
        using var ask = new HttpRequestMessage(HttpMethod.Options, $"http://127.0.0.1:{host.Port}/socket.io/");
        ask.Headers.Add("Origin", "https://page.example");
        using var answer = await http.SendAsync(ask, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        using var foreign = await RawPeer.DialAsync(host.Port, more: "Origin: https://page.example\r\n");
        foreign.Head.ShouldStartWith("HTTP/1.1 403 ");
        using var first = await RawPeer.OpenAsync(host.Port);
        using var second = await RawPeer.DialAsync(host.Port);
        second.Head.ShouldStartWith("HTTP/1.1 503 ");
        second.Head.ShouldContain("Retry-After: ");
    }

    [Fact]
    public async Task Who_breaks_rules_again_and_again_is_refused_for_a_while()
    {
        var time = new Hawser.TestRig.ManualTime();
        await using var host = await SocketIoHost.StartAsync(new SocketIoOptions { MaxViolations = 2 }, time);
        for (var i = 0; i < 3; i++)
        {
            using var peer = await RawPeer.OpenAsync(host.Port);
            await peer.SendAsync("7");
            (await peer.CloseCodeAsync()).ShouldBe(1002);
        }

        using var refused = await RawPeer.DialAsync(host.Port);
        refused.Head.ShouldStartWith("HTTP/1.1 503 ");
        time.Advance(TimeSpan.FromMinutes(1));
        using var again = await RawPeer.OpenAsync(host.Port);
    }

    [Fact]
    public async Task C1_the_open_packet_has_exactly_five_keys()
    {
        await using var host = await SocketIoHost.StartAsync();
        using var peer = await RawPeer.DialAsync(host.Port);
        var text = await peer.TextAsync();
        text.ShouldStartWith("0{");
        text.Length.ShouldBe(108);
        var open = JsonDocument.Parse(text[1..]).RootElement;
        open.EnumerateObject().Select(p => p.Name).ShouldBe(["sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"]);
        open.GetProperty("sid").GetString()!.ShouldMatch("^[A-Za-z0-9_-]{20}$");
        open.GetProperty("upgrades").GetArrayLength().ShouldBe(0);
        open.GetProperty("pingInterval").GetInt32().ShouldBe(25_000);
        open.GetProperty("pingTimeout").GetInt32().ShouldBe(20_000);
        open.GetProperty("maxPayload").GetInt32().ShouldBe(16 << 20);
    }

    [Theory]
    [InlineData("40/recording,", "40/recording,{\"sid\":\"")]
    [InlineData("40/recording", "40/recording,{\"sid\":\"")]
    [InlineData("40/recording,{\"token\":\"x\"}", "40/recording,{\"sid\":\"")]
    [InlineData("40/random,", "44/random,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/recording/,", "44/recording/,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40/recording?x=1,", "44/recording?x=1,{\"message\":\"Invalid namespace\"}")]
    [InlineData("40", "44{\"message\":\"Invalid namespace\"}")]
    public async Task C2_C3_only_known_namespaces_are_joined_and_the_connection_stays(string asked, string answered)
    {
        await using var host = await SocketIoHost.StartAsync(rooms: [new EchoRoom("/recording", greets: false), new EchoRoom("/custom")]);
        using var peer = await RawPeer.OpenAsync(host.Port);
        await peer.SendAsync(asked);
        (await peer.TextAsync()).ShouldStartWith(answered);
        await peer.SendAsync("40/custom,");
        (await peer.TextAsync()).ShouldStartWith("40/custom,{\"sid\":\"");
    }
}
