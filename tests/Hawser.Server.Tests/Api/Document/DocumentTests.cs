using Hawser.Api.Http;
using Hawser.Recording;
using Hawser.TestRig;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Shouldly;
using Xunit;

namespace Hawser.Server.Tests.Api.Document;

/// <summary>docs/openapi.json tells what the routes say, and every route says enough.</summary>
public sealed class DocumentTests
{
    private const string Golden = "docs/openapi.json";

    [Fact]
    public async Task Every_route_says_what_it_is_for_what_it_reads_and_what_it_answers()
    {
        await using var hawser = await TestHawser.StartAsync();
        var silent = new List<string>();
        foreach (var endpoint in DocumentWriter.Endpoints(hawser))
        {
            var metadata = endpoint.Metadata;
            var methods = metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods;
            var name = $"{string.Join(',', methods)} {DocumentWriter.PathOf(endpoint)}";
            if (metadata.GetMetadata<IEndpointSummaryMetadata>() is null) silent.Add($"{name}: .WithSummary(\"…\")");
            if (metadata.GetMetadata<IProducesResponseTypeMetadata>() is null) silent.Add($"{name}: .Answers<T>()");
            if (methods.Any(m => m is "POST" or "PUT" or "PATCH" or "DELETE")
                && metadata.GetMetadata<IAcceptsMetadata>() is null
                && metadata.GetMetadata<RouteDescriptions.NoBody>() is null
                && metadata.GetMetadata<RouteTexts.NoBody>() is null)
            {
                silent.Add($"{name}: .Reads<T>() or .ReadsNothing()");
            }
        }

        silent.ShouldBeEmpty("routes describe themselves for docs/openapi.json; see Http/RouteDescriptions.cs");
    }

    [Fact]
    public async Task The_document_in_docs_is_that_of_the_routes()
    {
        await using var hawser = await TestHawser.StartAsync();

        TestRig.Golden.Check(Golden, await DocumentWriter.WriteAsync(hawser));
    }

    [Fact]
    public async Task Anybody_may_read_the_document_of_the_running_server()
    {
        await using var hawser = await TestHawser.StartAsync();
        using var api = new ApiClient(hawser);

        var answer = await api.GetAsync("/openapi/v1.json");

        answer.Status.ShouldBe(200);
        answer.Type!.ToString().ShouldBe("application/json; charset=utf-8");
        answer.Json.GetProperty("openapi").GetString().ShouldBe("3.1.1");
        answer.Json.GetProperty("paths").TryGetProperty("/api/login", out _).ShouldBeTrue();
        (await api.SendAsync(HttpMethod.Head, "/openapi/v1.json")).Text.ShouldBeEmpty();
        // The page that shows it, with nothing inline and nothing from elsewhere.
        using var page = await api.Http.GetAsync(new Uri("/docs", UriKind.Relative));
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'; script-src 'self'");
        (await page.Content.ReadAsStringAsync()).ShouldContain("docs/reference.js");
        foreach (var file in new[] { "/docs/reference.js", "/docs/reference.css" })
        {
            (await api.GetAsync(file)).Status.ShouldBe(200, file);
        }
    }
}
