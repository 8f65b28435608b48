using Hawser.Data.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Retention;

/// <summary>The slice that removes what is past its time; it has no routes.</summary>
internal static class RetentionApi
{
    internal static void Add(IServiceCollection services)
    {
        services.AddSingleton(p => new JobLeases(
            p.GetRequiredService<ApiParts>().Store, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RetentionJob>();
        services.AddHostedService(p => p.GetRequiredService<RetentionJob>());
    }
}
