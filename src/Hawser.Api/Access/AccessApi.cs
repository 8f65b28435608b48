using Hawser.Api.Access.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Access;

/// <summary>Who may reach what. The decision is <see cref="AccessDesk"/>'s; here is what administrators need.</summary>
internal static class AccessApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AccessRules>();
        services.AddSingleton<ControlRoles>();
        services.AddSingleton<GroupAccess>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        RulesEndpoint.Map(routes);
        RolesEndpoint.Map(routes);
        DryRunEndpoint.Map(routes);
        ReachEndpoint.Map(routes);
        SourcesEndpoint.Map(routes);
        TicketEndpoint.Map(routes);
        BlockedSources.Map(routes);
    }
}
