using System.Text;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous;
using Hawser.Server.Hosting;
using Hawser.TestRig;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

public class TunnelTests
{
    private static readonly PeerAddress Caller = Address("203.0.113.9:4711");

    [Fact]
    public async Task A_request_over_the_rendezvous_port_runs_through_the_same_pipeline()
    {
        await using var server = await TestHawser.StartAsync();
        var response = await server.Node.Tunnel.SendAsync(Request("POST", "/api/nope"), default);
        response.Status.ShouldBe(404);
        Text(response).ShouldBe("""{"error":"there is nothing at this address"}""");
        response.Headers.ShouldContain(h => h.Key == "Content-Type" && h.Value.StartsWith("application/json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_carries_the_callers_address_and_not_what_the_caller_says_of_it()
    {
        await using var server = await TestHawser.StartAsync();
        var foreign = await server.Node.Tunnel.SendAsync(
            Request("GET", "/metrics", new("X-Forwarded-For", "127.0.0.1"), new("X-Real-IP", "127.0.0.1")), default);
        foreign.Status.ShouldBe(403);
        var own = await server.Node.Tunnel.SendAsync(Request("GET", "/metrics") with { Caller = Address("127.0.0.1:5") }, default);
        own.Status.ShouldBe(200);
    }

    [Fact]
    public async Task Method_path_query_headers_and_body_arrive_as_sent()
    {
        var entrance = await RunAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            context.Response.StatusCode = 201;
            context.Response.Headers["X-Two"] = new[] { "a", "b" };
            context.Response.Headers.Connection = "keep-alive";
            await context.Response.WriteAsync(
                $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization} "
                + $"{await reader.ReadToEndAsync()} {context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}");
        });
        var response = await entrance.SendAsync(
            Request("PUT", "/api/a%20b?c=d&e", new("Authorization", "Bearer t"), new("Transfer-Encoding", "chunked")), default);
        response.Status.ShouldBe(201);
        Text(response).ShouldBe("PUT /api/a b?c=d&e Bearer t {} 203.0.113.9:4711".Replace("/api/a b", "/api/a%20b"));
        response.Headers.Where(h => h.Key == "X-Two").Select(h => h.Value).ShouldBe(["a", "b"]);
        response.Headers.ShouldNotContain(h => h.Key == "Connection");
    }

    [Fact]
    public async Task A_response_above_the_cap_becomes_an_error()
    {
        var entrance = await RunAsync(async context =>
        {
            for (var i = 0; i < 9; i++) await context.Response.Body.WriteAsync(new byte[1 << 20]);
        });
        var response = await entrance.SendAsync(Request("GET", "/api/big"), default);
        response.Status.ShouldBe(502);
        response.Body.Length.ShouldBeLessThan(100);
    }

    [Fact]
    public async Task A_handler_that_never_ends_is_left_behind_when_the_deadline_passes()
    {
        var aborted = new TaskCompletionSource();
        var entrance = await RunAsync(async context =>
        {
            context.RequestAborted.Register(aborted.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        });
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Should.ThrowAsync<OperationCanceledException>(async () => await entrance.SendAsync(Request("GET", "/api/slow"), deadline.Token));
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Before_and_after_the_web_server_runs_it_says_so()
    {
        var entrance = new TunnelEntrance();
        (await entrance.SendAsync(Request("GET", "/api/x"), default)).Status.ShouldBe(503);
        var server = await TestHawser.StartAsync();
        await server.DisposeAsync();
        (await server.Node.Tunnel.SendAsync(Request("GET", "/api/x"), default)).Status.ShouldBe(503);
    }

    private static TunnelRequest Request(string method, string path, params KeyValuePair<string, string>[] headers) =>
        new(method, path, headers, "{}"u8.ToArray(), Caller);

    private static string Text(TunnelResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    private static PeerAddress Address(string text) => PeerAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    /// <summary>A pipeline of one handler, run the way the host runs ours.</summary>
    private static Task<TunnelEntrance> RunAsync(RequestDelegate handler)
    {
        var entrance = new TunnelEntrance();
        entrance.Open(async features =>
        {
            var context = new DefaultHttpContext(features);
            await handler(context);
            await context.Response.CompleteAsync();
        });
        return Task.FromResult(entrance);
    }
}
