using Hawser.Data.Accounts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Hawser.Api.Http;

/// <summary>
/// What a route asks of its caller. Every route of the API says one of these; a route that says nothing is closed.
/// </summary>
internal static class Policies
{
    /// <summary>The only scheme: a bearer token, or the console's cookie.</summary>
    internal const string Scheme = "hawser";

    /// <summary>Anybody: class A of the reference (§2.2), protected by id and uuid instead.</summary>
    internal static TBuilder ForAnybody<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.AllowAnonymous();

    /// <summary>Any logged-in user; no API tokens.</summary>
    internal static TBuilder ForUsers<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(null, false, false)));

    /// <summary>Any logged-in user, and API tokens with the scope.</summary>
    internal static TBuilder ForUsersOrScope<TBuilder>(this TBuilder builder, Area area, bool write)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(area, write, false)));

    /// <summary>Administrators, and API tokens with the scope.</summary>
    internal static TBuilder ForAdmins<TBuilder>(this TBuilder builder, Area area, bool write)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(area, write, true)));

    /// <summary>Administrators, API tokens with the scope to write, and deployment tokens.</summary>
    internal static TBuilder ForAdminsOrDeployment<TBuilder>(this TBuilder builder, Area area)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(area, true, true) { Deployment = true }));

    /// <summary>
    /// Administrators, those whose admin role has one of the rights, and API tokens of either with the scope. The
    /// handler looks up what it changes in what the right reaches.
    /// </summary>
    internal static TBuilder ForAdmins<TBuilder>(this TBuilder builder, Area area, bool write, AdminRight delegated)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(area, write, true, delegated)));

    /// <summary>Administrators in person; no API tokens, whatever their scopes.</summary>
    internal static TBuilder ForAdminsInPerson<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(Build(new Need(null, false, true)));

    private static AuthorizationPolicy Build(Need need) =>
        new AuthorizationPolicyBuilder(Scheme).RequireAuthenticatedUser().AddRequirements(need).Build();

    /// <summary>What is needed beside being somebody.</summary>
    /// <param name="Area">The scope of API tokens; null: they are not welcome.</param>
    /// <param name="Write">Whether the scope must include writing.</param>
    /// <param name="Admin">Whether users must be administrators.</param>
    /// <param name="Delegated">The rights of admin roles that do instead; each alone.</param>
    internal sealed record Need(Area? Area, bool Write, bool Admin, AdminRight Delegated = AdminRight.None)
        : IAuthorizationRequirement
    {
        /// <summary>Whether deployment tokens are welcome; they are nowhere else.</summary>
        public bool Deployment { get; init; }
    }

    /// <summary>Decides.</summary>
    internal sealed class NeedHandler : AuthorizationHandler<Need>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Need requirement)
        {
            if (context.Resource is HttpContext http && http.Features.Get<CurrentUser>() is { } user
                && Meets(user, requirement)) context.Succeed(requirement);
            return Task.CompletedTask;
        }

        // A token acts as its maker: one whose maker is no administrator any more has lost the rights with him.
        private static bool Meets(CurrentUser user, Need need) => user.Kind switch
        {
            TokenKind.Api => need.Area is { } area && user.Scopes.Allow(area, need.Write) && MayBe(user, need),
            TokenKind.Deploy => need.Deployment && user.MayEverywhere(AdminRight.DeployTokensEdit),
            _ => MayBe(user, need),
        };

        internal static bool MayBe(CurrentUser user, Need need) =>
            user.IsAdmin || !need.Admin || (user.Rights.Somewhere & need.Delegated) != AdminRight.None;
    }
}
