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
}
