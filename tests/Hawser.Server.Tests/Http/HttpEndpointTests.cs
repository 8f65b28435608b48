using System.Net;
using Hawser.Cluster;
using Hawser.Cluster.Announcing;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Http;

public class HttpEndpointTests
{
    [Fact]
    public async Task Health_and_metrics_and_the_page_are_there_and_no_server_name()
    {
        await using var server = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        using var live = await http.GetAsync("/health/live");
        (await live.Content.ReadAsStringAsync()).ShouldBe("""{"status":"live"}""");
        live.Headers.Server.ShouldBeEmpty();
        using var metrics = await http.GetAsync("/metrics");
        metrics.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        (await metrics.Content.ReadAsStringAsync()).ShouldContain("# TYPE dotnet_");
        using var page = await http.GetAsync("/");
        (await page.Content.ReadAsStringAsync()).ShouldContain("<title>Hawser</title>");
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task C6_a_rendezvous_role_that_hears_nothing_is_not_ready_and_the_relay_goes_on()
    {
        if (!OperatingSystem.IsLinux()) return;
        await using var server = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        using var swap = Rendezvous.Listening.SocketSwap.OfUdpPort(server.RendezvousPort);
        using var datagrams = new WireDatagrams(server.RendezvousPort);
        await datagrams.SendRawAsync([1]);
        await Eventually.HoldsAsync(() => !server.Rendezvous.IsReady, "the role is not ready");
        using (var answer = await http.GetAsync("/health/ready"))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            var text = await answer.Content.ReadAsStringAsync();
            text.ShouldContain("\"rendezvous\":\"not ready\"");
            text.ShouldContain("\"relay\":\"ready\"");
        }

        swap.PutBack();
        await datagrams.SendRawAsync([1]);
        await Eventually.HoldsAsync(() => server.Rendezvous.IsReady, "it is ready again");
    }

    [Theory]
    [InlineData("/api/nope", "application/json")]
    [InlineData("/cluster/relays", "application/json")]
    [InlineData("/anything", "text/plain")]
    public async Task What_is_not_there_is_404_and_json_where_programs_ask(string path, string type)
    {
        await using var server = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        using var response = await http.PostAsync(path, new StringContent("{}"));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        if (type == "application/json") (await response.Content.ReadAsStringAsync()).ShouldStartWith("{\"error\":");
    }

    [Fact]
    public async Task Metrics_are_for_this_machine_and_private_networks_unless_told_otherwise()
    {
        await using var server = await TestHawser.StartAsync(o =>
        {
            o.Http.TrustedProxies.Add("127.0.0.1");
        });
        (await MetricsAs(server, "198.51.100.7")).ShouldBe(HttpStatusCode.Forbidden);
        (await MetricsAs(server, "10.1.2.3")).ShouldBe(HttpStatusCode.OK);
        (await MetricsAs(server, "198.51.100.7, 10.1.2.3")).ShouldBe(HttpStatusCode.OK, "the right-most hop is the one that the proxy saw");
        (await MetricsAs(server, "198.51.100.7", realIp: "10.1.2.3")).ShouldBe(
            HttpStatusCode.Forbidden, "a client behind a proxy that leaves X-Real-IP alone can send what it likes");
        (await MetricsAs(server, "", realIp: "198.51.100.7")).ShouldBe(HttpStatusCode.Forbidden);
        await using var open = await TestHawser.StartAsync(o =>
        {
            o.Http.TrustedProxies.Add("127.0.0.1");
            o.Http.MetricsFrom.Add("198.51.100.0/24");
        });
        (await MetricsAs(open, "198.51.100.7")).ShouldBe(HttpStatusCode.OK);
        (await MetricsAs(open, "10.1.2.3")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task T59_forwarded_addresses_of_strangers_are_not_believed()
    {
        await using var server = await TestHawser.StartAsync(o => o.Http.MetricsFrom.Add("198.51.100.7"));
        (await MetricsAs(server, "198.51.100.7")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_relay_joins_by_a_signed_announcement_and_by_nothing_else()
    {
        const string Secret = "sixteen characters or more";
        await using var server = await TestHawser.StartAsync(o => o.JoinKey = Secret);
        using var http = new HttpClient { BaseAddress = server.Http };
        var status = new RelayStatus("relay2.example:21117", Healthy: true, Pairs: 3);
        var good = RelayAnnouncement.Sign(status, Secret, TimeProvider.System);
        (await PostAsync(http, good.ToJson())).ShouldBe(HttpStatusCode.NoContent);
        server.Node.Roster.List().ShouldContain(r => r.Address == "relay2.example:21117" && r.Pairs == 3);
        (await PostAsync(http, good.ToJson())).ShouldBe(HttpStatusCode.Unauthorized, "each counts once");
        var forged = RelayAnnouncement.Sign(status with { Address = "evil.example" }, "another key of sixteen", TimeProvider.System);
        (await PostAsync(http, forged.ToJson())).ShouldBe(HttpStatusCode.Unauthorized);
        (await PostAsync(http, "{}"u8.ToArray())).ShouldBe(HttpStatusCode.BadRequest);
        (await PostAsync(http, new byte[5000])).ShouldBe(HttpStatusCode.BadRequest);
        server.Node.Roster.List().ShouldNotContain(r => r.Address == "evil.example");
        for (var i = 0; i < 10; i++) await PostAsync(http, forged.ToJson());
        (await PostAsync(http, forged.ToJson())).ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_relay_on_its_own_announces_itself_and_says_when_it_stops()
    {
        const string Secret = "sixteen characters or more";
        await using var server = await TestHawser.StartAsync(o => o.JoinKey = Secret);
        await using (var relay = await TestHawser.StartAsync(o =>
        {
            o.Role.Add("relay");
            o.Key = server.Key.PublicText;
            o.JoinKey = Secret;
            o.AnnounceTo = server.Http.ToString();
            o.Advertise = "relay3.example";
        }))
        {
            await Eventually.HoldsAsync(() => Has(healthyAndTaking: true), "the relay joined");
            relay.RequiredKey.ShouldBe(server.Key.PublicText);
        }

        await Eventually.HoldsAsync(() => !Has(healthyAndTaking: true), "the relay said that it stops");
        bool Has(bool healthyAndTaking) =>
            server.Node.Roster.List().Any(r => r.Address == "relay3.example" && r.Healthy && !r.Draining == healthyAndTaking);
    }

    [Fact]
    public async Task Oversized_requests_and_headers_are_refused()
    {
        await using var server = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = server.Http };
        http.DefaultRequestHeaders.Add("X-Long", new string('x', 20_000));
        using var response = await http.GetAsync("/health/live");
        response.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, byte[] body)
    {
        using var response = await http.PostAsync("/cluster/relays", new ByteArrayContent(body));
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> MetricsAs(TestHawser server, string forwardedFor, string realIp = "")
    {
        using var http = new HttpClient { BaseAddress = server.Http };
        if (forwardedFor.Length > 0) http.DefaultRequestHeaders.Add("X-Forwarded-For", forwardedFor);
        if (realIp.Length > 0) http.DefaultRequestHeaders.Add("X-Real-IP", realIp);
        using var response = await http.GetAsync("/metrics");
        return response.StatusCode;
    }
}
