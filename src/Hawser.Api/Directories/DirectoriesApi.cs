using Hawser.Api.Accounts.Login;
using Hawser.Api.Directories.Admin;
using Hawser.Api.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Directories;

/// <summary>LDAP: passwords of a directory, and its people as users. Clients have no routes here.</summary>
internal static class DirectoriesApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        DirectoryTest.Map(routes);
        DirectoryPreview.Map(routes);
    }

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DirectoryClient>();
        services.AddSingleton<DirectoryLogin>();
        services.AddSingleton<DirectorySync>();
        services.AddSingleton<DirectorySyncJob>();
        services.AddHostedService(p => p.GetRequiredService<DirectorySyncJob>());
        services.AddSingleton<SilentSources>();
        services.AddHostedService(p => p.GetRequiredService<SilentSources>());
        services.AddSingleton<SettingFollower>(p => p.GetRequiredService<SilentSources>().FollowAsync);
        services.AddSingleton<ExternalPasswordCheck>(p => p.GetRequiredService<DirectoryLogin>().CheckAsync);
    }
}
