using System.Text;
using Google.Protobuf;
using Hawser.Protocol.Identity;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Rendezvous;

/// <summary>Case T42: HTTP over the rendezvous port.</summary>
public class TunnelTests
{
    private static readonly byte[] Heartbeat = Convert.FromHexString(
        "da014c0a04504f5354120e2f6170692f6865617274626561741a200a0c436f6e74656e742d5479706512106170706c69636174696f6e"
        + "2f6a736f6e22127b226964223a22313233343536373839227d");

    [Fact]
    public async Task T42_A_secured_request_gets_exactly_one_response_and_no_heartbeat_before_it()
    {
        TunnelRequest? seen = null;
        var hold = new TaskCompletionSource();
        var time = new ManualTime();
        await using var rig = await RendezvousRig.StartAsync(o => o.HeartbeatSeconds = 5, new RigParts(
            Time: time,
            Tunnel: async (r, _) =>
            {
                seen = r;
                await hold.Task;
                return new TunnelResponse(
                    200,
                    [KeyValuePair.Create("content-type", "application/json"), KeyValuePair.Create("Connection", "close")],
                    Encoding.UTF8.GetBytes("{}"));
            }));
        using var client = await ListeningTests.SecureAsync(rig);
        await client.SendAsync(RendezvousMessage.Parser.ParseFrom(Heartbeat));
        await Eventually.HoldsAsync(() => seen is not null, "the request arrives");
        rig.Pass(8);
        (await client.IsSilentAsync(0.2)).ShouldBeTrue("no heartbeat here");
        hold.SetResult();
        (await client.ReceiveAsync()).ShouldBe(Convert.FromHexString(
            "e2012908c80112200a0c636f6e74656e742d7479706512106170706c69636174696f6e2f6a736f6e1a027b7d"));
        (seen!.Method, seen.Path).ShouldBe(("POST", "/api/heartbeat"));
        seen.Headers.ShouldBe([KeyValuePair.Create("Content-Type", "application/json")]);
        Encoding.UTF8.GetString(seen.Body.Span).ShouldBe("""{"id":"123456789"}""");
        seen.Caller.ShouldBe(PeerAddress.From(client.Local));
        (await client.IsSilentAsync(0.2)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_an_api_an_error_comes_at_once()
    {
        await using var rig = await RendezvousRig.StartAsync();
        using var client = await ListeningTests.SecureAsync(rig);
        await client.SendAsync(RendezvousMessage.Parser.ParseFrom(Heartbeat));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldContain("no API");
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "http://elsewhere/api/x")]
    [InlineData("GET", "/api/../admin")]
    [InlineData("GET", "/api/%2e%2E/admin")]
    [InlineData("GET", "/api/%252e%252e/admin")]
    [InlineData("GET", "/api//elsewhere/x")]
    [InlineData("GET", "/api/a\\b")]
    [InlineData("GET", "/api/a b")]
    [InlineData("GET", "/api/a\r\nX: y")]
    [InlineData("CONNECT", "/api/x")]
    [InlineData("TRACE", "/api/x")]
    [InlineData("", "/api/x")]
    public async Task T42_Only_the_api_is_reached(string method, string path)
    {
        var called = false;
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Tunnel: (_, _) =>
        {
            called = true;
            return ValueTask.FromResult(new TunnelResponse(200, [], default));
        }));
        using var client = await ListeningTests.SecureAsync(rig);
        await client.SendAsync(Http(new HttpProxyRequest { Method = method, Path = path }));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldNotBeEmpty();
        called.ShouldBeFalse();
    }

    [Fact]
    public async Task Headers_that_a_client_must_not_choose_are_dropped_and_strange_ones_refused()
    {
        TunnelRequest? seen = null;
        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Tunnel: (r, _) =>
        {
            seen = r;
            return ValueTask.FromResult(new TunnelResponse(204, [], default));
        }));
        using var client = await ListeningTests.SecureAsync(rig);
        var request = new HttpProxyRequest { Method = "get", Path = "/api/x?y=%2F..%2F" };
        foreach (var (name, value) in new[]
        {
            ("Host", "elsewhere"), ("X-Forwarded-For", "1.2.3.4"), ("Transfer-Encoding", "chunked"),
            ("Connection", "X-Mine, close"), ("X-Mine", "1"), ("Authorization", "Bearer t"), ("Content-Length", "7"),
        })
        {
            request.Headers.Add(new HeaderEntry { Name = name, Value = value });
        }

        await client.SendAsync(Http(request));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Status.ShouldBe(204);
        seen!.Method.ShouldBe("GET");
        seen.Headers.ShouldBe([KeyValuePair.Create("Authorization", "Bearer t")]);
        request.Headers.Add(new HeaderEntry { Name = "X", Value = "a\r\nInjected: b" });
        await client.SendAsync(Http(request));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldContain("headers");
    }

    [Fact]
    public async Task Sizes_are_capped_and_a_hanging_or_failing_pipeline_is_given_up()
    {
        var time = new ManualTime();
        var hang = new TaskCompletionSource<TunnelResponse>();
        var asked = false;
        ValueTask<TunnelResponse> Hang()
        {
            Volatile.Write(ref asked, true);
            return new ValueTask<TunnelResponse>(hang.Task);
        }

        await using var rig = await RendezvousRig.StartAsync(parts: new RigParts(Time: time, Tunnel: (r, _) => r.Path switch
        {
            "/api/huge" => ValueTask.FromResult(new TunnelResponse(200, [], new byte[(8 << 20) + 1])),
            "/api/big" => ValueTask.FromResult(new TunnelResponse(200, [], new byte[8 << 20])),
            "/api/hang" => Hang(),
            "/api/fail" => throw new InvalidOperationException("x"),
            _ => ValueTask.FromResult(new TunnelResponse(200, [], r.Body)),
        }));
        using var client = await ListeningTests.SecureAsync(rig);
        var full = new byte[1 << 20];
        await client.SendAsync(Get("/api/echo", full));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Body.Length.ShouldBe(full.Length);
        await client.SendAsync(Get("/api/echo", new byte[full.Length + 1]));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldContain("too long");
        await client.SendAsync(Get("/api/big"));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Body.Length.ShouldBe(8 << 20);
        await client.SendAsync(Get("/api/huge"));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldContain("too long");
        await client.SendAsync(Get("/api/fail"));
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldBe("Server error.");
        await client.SendAsync(Get("/api/hang"));
        await Eventually.HoldsAsync(() => Volatile.Read(ref asked), "it is asked, and its time runs");
        rig.Pass(11);
        (await client.ReceiveMessageAsync())!.HttpProxyResponse.Error.ShouldContain("in time");
    }

    private static RendezvousMessage Get(string path, byte[]? body = null) =>
        Http(new HttpProxyRequest { Method = "POST", Path = path, Body = ByteString.CopyFrom(body ?? []) });

    private static RendezvousMessage Http(HttpProxyRequest request) => new() { HttpProxyRequest = request };
}
