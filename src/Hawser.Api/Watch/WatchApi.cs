using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Watch;

/// <summary>What the server looks at by itself: alarms, and how much is going on. No routes but a setting.</summary>
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
        services.AddSingleton<ActivitySampler>();
        services.AddHostedService(p => p.GetRequiredService<ActivitySampler>());
        services.AddSingleton<RolloutWatch>();
        services.AddHostedService(p => p.GetRequiredService<RolloutWatch>());
    }
}
