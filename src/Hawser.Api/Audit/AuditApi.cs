using Hawser.Api.Audit.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Hawser.Api.Audit;

/// <summary>What devices report of connections, files and alarms, and what operators note.</summary>
internal static class AuditApi
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AuditBudgets>();
        services.AddSingleton<AuditMetrics>();
        services.AddSingleton<AuditNotes>();
        services.AddSingleton<AuditLists>();
        services.AddSingleton<Alarms>();
        services.AddSingleton<AuditWriter>();
        services.AddHostedService(p => p.GetRequiredService<AuditWriter>());
        services.AddHostedService<AuditSweeper>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Stock devices send no token (reference §2.2, class A); id and uuid are checked instead.
        routes.MapPost("/api/audit/conn", ConnectionEndpoint.HandleAsync).ForAnybody();
        routes.MapPost("/api/audit/file", FileEndpoint.HandleAsync).ForAnybody();
        routes.MapPost("/api/audit/alarm", AlarmEndpoint.HandleAsync).ForAnybody();
        routes.MapGet("/api/audit/conn/active", ActiveEndpoint.HandleAsync).ForUsers();
        routes.MapPut("/api/audit", NoteEndpoint.HandleAsync).ForUsers();
    }
}
