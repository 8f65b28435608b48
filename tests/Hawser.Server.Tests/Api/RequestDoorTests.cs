using System.Net;
using Hawser.TestRig;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api;

/// <summary>What holds for every address of the API.</summary>
public sealed class RequestDoorTests
{
    [Theory]
    [InlineData("/api/currentUser")]
    [InlineData("//api/currentUser")]
    [InlineData("///api/currentUser")]
    public async Task C16_doubled_slashes_of_old_clients_are_collapsed(string path)
    {
        await using var hawser = await TestHawser.StartAsync();
        using var http = new HttpClient();

        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{hawser.HttpPort}{path}"), null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("""{"error":"Invalid token"}""");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
    }

    [Fact]
    public async Task C92_an_unknown_path_is_404_with_an_error_and_no_page()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hawser.HttpPort}") };

        using var answer = await http.GetAsync(new Uri("/api/nope", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await answer.Content.ReadAsStringAsync()).ShouldStartWith("{\"error\":\"");
        answer.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
    }

    [Fact]
    public async Task C93_a_browser_of_another_origin_is_let_in_also_to_errors()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hawser.HttpPort}") };
        foreach (var (method, status) in new[] { (HttpMethod.Options, 204), (HttpMethod.Post, 401), (HttpMethod.Get, 404) })
        {
            using var request = new HttpRequestMessage(method, new Uri("/api/currentUser", UriKind.Relative));
            request.Headers.Add("Origin", "https://web.example");
            using var answer = await http.SendAsync(request);
            ((int)answer.StatusCode).ShouldBe(status);
            answer.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["*"]);
            answer.Headers.GetValues("Access-Control-Allow-Methods").Single().ShouldContain("DELETE");
            answer.Headers.GetValues("Access-Control-Allow-Headers").Single().ShouldContain("authorization");
            answer.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Only_the_listed_origins_are_let_in_when_there_is_a_list()
    {
        await using var hawser = await TestHawser.StartAsync(o =>
        {
            o.Api.AllowedOrigins.Clear();
            o.Api.AllowedOrigins.Add("https://web.example");
        });
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{hawser.HttpPort}") };
        foreach (var (origin, allowed) in new[] { ("https://web.example", true), ("https://evil.example", false) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, new Uri("/api/login", UriKind.Relative));
            request.Headers.Add("Origin", origin);
            using var answer = await http.SendAsync(request);
            answer.Headers.Contains("Access-Control-Allow-Origin").ShouldBe(allowed, origin);
        }
    }

    [Theory]
    [InlineData("/rd/api/currentUser")]
    [InlineData("/rd//api/currentUser")]
    [InlineData("/api/currentUser")]
    public async Task C97_a_path_prefix_of_a_proxy_is_understood(string path)
    {
        await using var hawser = await TestHawser.StartAsync(o => o.Api.PathBase = "/rd");
        using var http = new HttpClient();

        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{hawser.HttpPort}{path}"), null);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
