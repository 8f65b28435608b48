using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Hawser.Recording;

/// <summary>
/// What the role's routes say of themselves in docs/openapi.json: small objects that nobody reads while the server runs
/// (ADR 0015). Who may is said in words, for it is decided by the role and not by a policy.
/// </summary>
internal static class RouteTexts
{
    /// <summary>What it is for, and for whom.</summary>
    public static IEndpointConventionBuilder Says(this IEndpointConventionBuilder route, string summary, string who) =>
        route.WithSummary(summary).WithMetadata(new Access(who));

    /// <summary>Looks at a key of the query.</summary>
    public static IEndpointConventionBuilder Asks(this IEndpointConventionBuilder route, string name, string about) =>
        route.WithMetadata(new QueryKey(name, about));

    /// <summary>Reads JSON.</summary>
    public static IEndpointConventionBuilder Takes<T>(this IEndpointConventionBuilder route) =>
        route.WithMetadata(new AcceptsMetadata([], typeof(T)));

    /// <summary>Has no body, although its method suggests one.</summary>
    public static IEndpointConventionBuilder TakesNothing(this IEndpointConventionBuilder route) =>
        route.WithMetadata(NoBody.Instance);

    /// <summary>Answers JSON.</summary>
    public static IEndpointConventionBuilder Answers<T>(
        this IEndpointConventionBuilder route, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(T), ["application/json"]));

    /// <summary>Answers something that is not JSON.</summary>
    public static IEndpointConventionBuilder Answers(
        this IEndpointConventionBuilder route, string mediaType, int status = StatusCodes.Status200OK) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(string), [mediaType]));

    /// <summary>Answers without a body.</summary>
    public static IEndpointConventionBuilder AnswersNothing(this IEndpointConventionBuilder route, int status) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(void)));

    /// <summary>Who may.</summary>
    internal sealed record Access(string Text);

    /// <summary>A key of the query.</summary>
    internal sealed record QueryKey(string Name, string Description) : IFromQueryMetadata, IEndpointDescriptionMetadata;

    /// <summary>No body is read.</summary>
    internal sealed record NoBody
    {
        public static NoBody Instance { get; } = new();
    }
}
