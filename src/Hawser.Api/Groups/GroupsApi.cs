using Hawser.Api.Groups.Admin;
using Hawser.Api.Groups.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
            .ForUsersOrScope(Area.DeviceGroup, write: false)
            .WithSummary("The device groups that the caller may reach.").Answers<Page<DeviceGroupItem>>();
        routes.MapGet("/api/users", UsersEndpoint.HandleAsync).ForUsersOrScope(Area.User, write: false)
            .WithSummary("Users: all, for administrators; or those whose devices the caller may reach.")
            .Query("accessible", "There at all: what the caller may reach.").Query("status", "1: only enabled ones.")
            .Query("name", "Only this name; % is any text.").Query("group_name", "Only this group; % is any text.")
            .Query("q", "A part of the name, display name, mail address or note; as what follows, for administrators.")
            .Query("state", "active, locked, invited, waiting or disabled.").Query("is_admin", "1: administrators.")
            .Query("display_name", "The display name.").Query("email", "The mail address.").Query("note", "The note.")
            .Query("third_auth_type", "Who keeps the account: ldap, oidc/NAME; - for this server.")
            .Query("tfa", "none, enabled, expired or enforced.")
            .Query("last_login", "Signed in: >30d longer ago than 30 days, <12h within 12 hours, - never; h, d or w.")
            .Query("control_role", "The control role; - for the default one.")
            .Query("admin_role", "An admin role by its whole name; - for neither role nor administrator.")
            .Query("has_devices", "1: some; 0: none.")
            .Query("sort", "name, display_name, email, group_name, control_role, third_auth_type, status, created_at, "
                + "last_login or device_count.").Query("format", "csv or jsonl: all that match, as a file.")
            .Answers<PageAsOf<UserItem>>();
        routes.MapGet("/api/peers", PeersEndpoint.HandleAsync).ForUsersOrScope(Area.Device, write: false)
            .WithSummary("Devices: all, for administrators; or those that the caller may reach.")
            .Query("accessible", "There at all: what the caller may reach.").Query("status", "1: only enabled ones.")
            .Query("id", "Only this id; % is any text.").Answers<Page<PeerItem>>();
        UserFacets.Map(routes);
        UserGroupsAdmin.Map(routes);
        DeviceGroupsAdmin.Map(routes);
        DeviceGroupOrder.Map(routes);
        GroupMembers.Map(routes);
    }
}
