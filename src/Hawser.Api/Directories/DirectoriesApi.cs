using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Directories;

/// <summary>LDAP: people of a directory as users. It has no routes of its own for clients.</summary>
internal static class DirectoriesApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<DirectoryClient>();
        services.AddSingleton<DirectorySync>();
        services.AddSingleton<DirectorySyncJob>();
        services.AddHostedService(p => p.GetRequiredService<DirectorySyncJob>());
    }
}
