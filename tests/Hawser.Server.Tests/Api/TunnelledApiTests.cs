using System.Net;
using Google.Protobuf;
using Hawser.Protocol.Crypto;
using Hawser.Protocol.Messages;
using Hawser.TestRig;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api;

/// <summary>The API over the rendezvous port (reference §1.6), on the real wire.</summary>
public sealed class TunnelledApiTests : IAsyncLifetime
{
    private TestHawser _server = null!;
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestHawser.StartAsync();
        _api = new ApiClient(_server);
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task C95_the_same_requests_get_the_same_answers_by_either_way()
    {
        var device = await _api.AddDeviceAsync("771200345");
        var user = await _api.AddUserAsync("mara");
        var token = await _api.TokenAsync(user, new TestDevice(Guid.Empty, "482913377", "AAAA"));
        await _api.PostAsync("/api/audit/conn", $"{{{device.Members},\"peer\":[\"482913377\",\"M\"],\"type\":0,\"conn_id\":1,\"session_id\":7}}");
        (string Method, string Path, string? Body, string? Token)[] requests =
        [
            ("POST", "/api/currentUser", "{\"id\":\"1\",\"uuid\":\"AA==\"}", token),
            ("POST", "/api/currentUser", null, null),
            ("POST", "/api/currentUser", "{}", ""),
            ("GET", $"/api/audit/conn/active?id={device.Id}&session_id=7&conn_type=0", null, token),
            ("GET", $"/api/audit/conn/active?id={device.Id}&session_id=8&conn_type=0", null, token),
            ("POST", "/api/audit/conn", $"{{{device.Members},\"action\":\"close\",\"conn_id\":1,\"session_id\":7}}", null),
            ("POST", "/api/audit/alarm", "{", null),
            ("PUT", "/api/audit", "{}", token),
            ("POST", "/api/ab/settings", null, token),
            ("POST", "/api/ab/personal", null, token),
            ("POST", "/api/ab/shared/profiles?current=1&pageSize=100", null, token),
            ("GET", "/api/nope", null, token),
            ("GET", "/api/ab%2Fpersonal", null, token),
            ("DELETE", "/api/nope", "[]", null),
        ];
        foreach (var (method, path, body, bearer) in requests)
        {
            var direct = await _api.SendAsync(new HttpMethod(method), path, body, bearer,
                r => r.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip"));
            var tunnelled = await TunnelAsync(method, path, body, bearer);
            tunnelled.Error.ShouldBe("", path);
            (tunnelled.Status, tunnelled.Body.ToStringUtf8()).ShouldBe((direct.Status, direct.Text), path);
            Header(tunnelled, "Content-Type").ShouldBe(direct.Type?.ToString(), path);
            Header(tunnelled, "Content-Encoding").ShouldBeNull();
        }
    }

    [Fact]
    public async Task C95_handlers_see_the_callers_own_address_whatever_he_says_of_it()
    {
        var device = await _api.AddDeviceAsync("771200345");
        using var client = await SecureAsync(new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0));
        var body = $"{{{device.Members},\"action\":\"new\",\"ip\":\"203.0.113.9\",\"conn_id\":1,\"session_id\":0}}";
        var request = Request("POST", "/api/audit/conn", body, null);
        foreach (var name in new[] { "X-Forwarded-For", "X-Real-IP", "Forwarded" })
        {
            request.Headers.Add(new HeaderEntry { Name = name, Value = "198.51.100.1" });
        }

        (await AskAsync(client, request)).Status.ShouldBe(200);
        await using var db = _api.OpenDb();
        (await db.ConnectionAudits.SingleAsync()).ReportedFrom.ShouldBe("127.0.0.77");
    }

    [Fact]
    [Trait("Engine", "SQLite")]
    public async Task C96_what_failed_by_http_and_is_repeated_through_the_tunnel_is_done_once()
    {
        var token = await _api.TokenAsync(await _api.AddUserAsync("mara"));
        var book = (await _api.PostAsync("/api/ab/personal", null, token)).Member("guid");
        const string entry = "{\"id\":\"123456789\",\"alias\":\"Till 3\",\"tags\":[]}";
        var path = $"/api/ab/peer/add/{book}";
        await using var db = _api.OpenDb();
        await using (await BrokenTable.BreakAsync(db, "address_book_entries"))
        {
            var failed = await _api.PostAsync(path, entry, token);
            failed.Status.ShouldBeGreaterThanOrEqualTo(500);
            failed.Error.ShouldNotBeNullOrEmpty();
            (await TunnelAsync("POST", path, entry, token)).Status.ShouldBe(failed.Status, "the fault goes on");
        }

        // And when the answer of a success was lost, the repeat changes nothing.
        for (var i = 0; i < 2; i++)
        {
            var answer = await TunnelAsync("POST", path, entry, token);
            (answer.Status, answer.Body.Length).ShouldBe((200, 0));
        }

        (await _api.PostAsync(path, entry, token)).ToString().ShouldBe("200 ");
        var stored = await db.AddressBookEntries.AsNoTracking().ToListAsync();
        stored.ShouldHaveSingleItem().Alias.ShouldBe("Till 3");
    }

    [Fact]
    [Trait("Engine", "SQLite")]
    public async Task C96_an_audit_that_is_repeated_through_the_tunnel_is_stored_once()
    {
        var device = await _api.AddDeviceAsync("771200345");
        var body = $"{{{device.Members},\"peer_id\":\"1\",\"type\":1,\"path\":\"/a\",\"info\":\"{{}}\",\"nonce\":\"n-1\"}}";
        await using var db = _api.OpenDb();
        await using (await BrokenTable.BreakAsync(db, "audit_files"))
        {
            (await _api.PostAsync("/api/audit/file", body)).Status.ShouldBe(503);
        }

        (await TunnelAsync("POST", "/api/audit/file", body, null)).Status.ShouldBe(200);
        (await _api.PostAsync("/api/audit/file", body)).ToString().ShouldBe("200 ");
        (await db.FileAudits.CountAsync()).ShouldBe(1);
    }

    private static HttpProxyRequest Request(string method, string path, string? body, string? token)
    {
        var request = new HttpProxyRequest { Method = method, Path = path, Body = ByteString.CopyFromUtf8(body ?? "") };
        request.Headers.Add(new HeaderEntry { Name = "Content-Type", Value = "application/json" });
        request.Headers.Add(new HeaderEntry { Name = "Accept-Encoding", Value = "gzip" });
        if (token is not null) request.Headers.Add(new HeaderEntry { Name = "Authorization", Value = "Bearer " + token });
        if (body is null) request.Headers.Add(new HeaderEntry { Name = "Content-Length", Value = "0" });
        return request;
    }

    private async Task<HttpProxyResponse> TunnelAsync(string method, string path, string? body, string? token)
    {
        using var client = await SecureAsync(null);
        return await AskAsync(client, Request(method, path, body, token));
    }

    private static async Task<HttpProxyResponse> AskAsync(WireClient client, HttpProxyRequest request)
    {
        await client.SendAsync(new RendezvousMessage { HttpProxyRequest = request });
        return (await client.ReceiveMessageAsync())!.HttpProxyResponse;
    }

    private async Task<WireClient> SecureAsync(IPEndPoint? from)
    {
        var client = await WireClient.ConnectAsync(_server.RendezvousPort, from);
        var offer = (await client.ReceiveMessageAsync())!.KeyExchange;
        var answer = new KeyAgreement().Answer(offer, _server.Key.Public, out var stream);
        await client.SendAsync(new RendezvousMessage { KeyExchange = answer });
        client.Stream = stream;
        return client;
    }

    private static string? Header(HttpProxyResponse response, string name) =>
        response.Headers.FirstOrDefault(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}
