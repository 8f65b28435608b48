using Hawser.Api.Strategies.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Strategies;

/// <summary>Client options that are pushed to devices.</summary>
internal static class StrategiesApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<StrategyEpoch>();
        services.AddSingleton<EffectiveStrategies>();
        services.AddSingleton<StrategyRules>();
        services.AddSingleton<RolloutRules>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        StrategiesAdmin.Map(routes);
        StrategyEdits.Map(routes);
        StrategyPreview.Map(routes);
        DraftPreview.Map(routes);
        StrategyTargetsEndpoint.Map(routes);
        RolloutsAdmin.Map(routes);
        StrategyHistory.Map(routes);
    }
}
