using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Watch;

/// <summary>Alarms that the server raises by itself; this slice has no routes but its setting.</summary>
internal static class WatchApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ServerAlarms>();
        services.AddSingleton<SeenPlaces>();
        services.AddSingleton<ServerWatch>();
        services.AddHostedService(p => p.GetRequiredService<ServerWatch>());
        services.AddHostedService<RelayNews>();
        services.AddSingleton<NodeNews>();
        services.AddHostedService(p => p.GetRequiredService<NodeNews>());
        services.AddSingleton<RolloutWatch>();
        services.AddHostedService(p => p.GetRequiredService<RolloutWatch>());
    }
}
