using Hawser.Api.Delegation.Admin;
using Microsoft.AspNetCore.Routing;

namespace Hawser.Api.Delegation;

/// <summary>Parts of administration for people who are no administrators (admin reference §6.4).</summary>
internal static class DelegationApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        AdminRolesEndpoint.Map(routes);
        RolePreviewEndpoint.Map(routes);
    }
}
