using Hawser.Api.Groups.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Groups;

/// <summary>The lists of accessible devices, their owners and their groups (reference §7).</summary>
internal static class GroupsApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DeviceReach>();
        services.AddSingleton<PageMarks>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/device-group/accessible", DeviceGroupsEndpoint.HandleAsync)
            .ForUsersOrScope(Area.DeviceGroup, write: false);
        routes.MapGet("/api/users", UsersEndpoint.HandleAsync).ForUsersOrScope(Area.User, write: false);
        routes.MapGet("/api/peers", PeersEndpoint.HandleAsync).ForUsersOrScope(Area.Device, write: false);
    }
}
