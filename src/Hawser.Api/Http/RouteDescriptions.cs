using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Hawser.Api.Http;

/// <summary>
/// What a route says of itself in docs/openapi.json, besides <c>WithSummary</c>: what it reads and answers. Handlers
/// read and write raw bytes, so nothing could find that out. Small objects that nobody reads while the server runs; the
/// document is written by a test (ADR 0015).
/// </summary>
internal static class RouteDescriptions
{
    /// <summary>Reads JSON.</summary>
    /// <param name="route">The route.</param>
    /// <param name="example">A valid body.</param>
    public static IEndpointConventionBuilder Reads<T>(this IEndpointConventionBuilder route, string? example = null)
    {
        // No media types: with one, routing would refuse what stock clients send under another (reference §1.5).
        var body = new AcceptsMetadata([], typeof(T));
        return example is null ? route.WithMetadata(body) : route.WithMetadata(body, new BodyExample(example));
    }

    /// <summary>Reads raw bytes.</summary>
    public static IEndpointConventionBuilder ReadsBytes(this IEndpointConventionBuilder route) => route.Reads<Stream>();

    /// <summary>Reads what an HTML form posts.</summary>
    public static IEndpointConventionBuilder ReadsForm(this IEndpointConventionBuilder route) =>
        route.Reads<IFormCollection>();

    /// <summary>Has no body, or one that is not looked at, although its method suggests one.</summary>
    public static IEndpointConventionBuilder ReadsNothing(this IEndpointConventionBuilder route) =>
        route.WithMetadata(NoBody.Instance);

    /// <summary>Looks at a key of the query; paging is found by itself.</summary>
    public static IEndpointConventionBuilder Query(this IEndpointConventionBuilder route, string name, string about) =>
        route.WithMetadata(new QueryKey(name, about));

    /// <summary>Answers JSON.</summary>
    public static IEndpointConventionBuilder Answers<T>(this IEndpointConventionBuilder route, int status = 200) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]));

    /// <summary>Answers something that is not JSON.</summary>
    public static IEndpointConventionBuilder Answers(
        this IEndpointConventionBuilder route, string mediaType, int status = 200) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(string), [mediaType]));

    /// <summary>Answers with a status and zero bytes.</summary>
    public static IEndpointConventionBuilder AnswersNothing(
        this IEndpointConventionBuilder route, int status = 200) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)));

    /// <summary>Answers an object without members.</summary>
    public static IEndpointConventionBuilder AnswersEmptyObject(this IEndpointConventionBuilder route) =>
        route.Answers<EmptyReply>();

    /// <summary>Refuses with 200 and an <c>error</c> text, as clients want it (reference §2.3).</summary>
    public static IEndpointConventionBuilder OrError(this IEndpointConventionBuilder route) =>
        route.WithMetadata(RefusesWithOk.Instance);

    /// <summary>A valid body, as JSON.</summary>
    internal sealed record BodyExample(string Json);

    /// <summary>A key of the query.</summary>
    internal sealed record QueryKey(string Name, string Description) : IFromQueryMetadata, IEndpointDescriptionMetadata;

    /// <summary>No body is read.</summary>
    internal sealed record NoBody
    {
        public static NoBody Instance { get; } = new();
    }

    /// <summary>200 may be a refusal.</summary>
    internal sealed record RefusesWithOk
    {
        public static RefusesWithOk Instance { get; } = new();
    }

    /// <summary>Done; there is nothing to say.</summary>
    internal sealed record EmptyReply;
}
