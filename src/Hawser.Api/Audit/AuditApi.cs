using Hawser.Api.Audit.Admin;
using Hawser.Api.Audit.Client;
using Hawser.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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
        services.AddSingleton<SessionRates>();
        services.AddSingleton<Alarms>();
        services.AddSingleton<AuditWriter>();
        services.AddHostedService(p => p.GetRequiredService<AuditWriter>());
        services.AddHostedService<AuditSweeper>();
        services.AddSingleton<ConsoleLog>();
        services.AddSingleton<SignInLog>();
        services.AddSingleton<AuditSealer>();
        services.AddHostedService(p => p.GetRequiredService<AuditSealer>());
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        // Stock devices send no token (reference §2.2, class A); id and uuid are checked instead.
        routes.MapPost("/api/audit/conn", ConnectionEndpoint.HandleAsync).ForAnybody()
            .WithSummary("A device reports a connection: accepted, authorised, closed, or the note of its operator.")
            .Reads<ConnectionBody>(ConnectionEndpoint.Example).AnswersNothing();
        routes.MapPost("/api/audit/file", FileEndpoint.HandleAsync).ForAnybody()
            .WithSummary("A device reports a transfer of files.")
            .Reads<FileBody>(FileEndpoint.Example).AnswersNothing();
        routes.MapPost("/api/audit/alarm", AlarmEndpoint.HandleAsync).ForAnybody()
            .WithSummary("A device reports an alarm.").Reads<AlarmBody>(AlarmEndpoint.Example).AnswersNothing();
        routes.MapGet("/api/audit/conn/active", ActiveEndpoint.HandleAsync).ForUsers()
            .WithSummary("The audit row of the caller's running session; null as long as there is none.")
            .Query("id", "The device.").Query("session_id", "The session.")
            .Query("conn_type", "The kind of connection.")
            .Answers<Guid?>();
        routes.MapPut("/api/audit", NoteEndpoint.HandleAsync).ForUsers()
            .WithSummary("Notes something on the caller's own connection.")
            .Reads<NoteBody>("""{"guid":"019a7c5e-0000-7000-8000-000000000000","note":"changed the toner"}""")
            .AnswersNothing();
        AuditsAdmin.Map(routes);
        AlarmsAdmin.Map(routes);
        ChainAdmin.Map(routes);
    }
}
