using System.Diagnostics.Metrics;
using Hawser.Recording.Rights;
using Hawser.Recording.SocketIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hawser.Recording.Sockets;

/// <summary>The Socket.IO server of recorders, on the recorder's port and on the HTTP port.</summary>
internal static class RecorderSockets
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<SocketIoMetrics>();
        services.AddSingleton<RecorderNamespace>();
        services.AddSingleton(Make);
        services.AddHostedService<TokenWatch>();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var server = routes.ServiceProvider.GetRequiredService<SocketIoServer>();
        var parts = routes.ServiceProvider.GetRequiredService<RecordingParts>();
        routes.Map(server.Options.Path.TrimEnd('/'), (RequestDelegate)HandleAsync).AllowAnonymous()
            .ExcludeFromDescription();

        Task HandleAsync(HttpContext context)
        {
            LocalVisit.Mark(context, parts.IsFromHere(context), parts.CookieToken(context.Request));
            return server.HandleAsync(context);
        }
    }

    private static SocketIoServer Make(IServiceProvider services)
    {
        var options = services.GetRequiredService<RecordingOptions>();
        var parts = services.GetRequiredService<RecordingParts>();
        var metrics = services.GetRequiredService<SocketIoMetrics>();
        if (parts.Meters is { } meters) metrics.Register(meters.Create("Hawser.Recording.Sockets"), "hawser.recorder");
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return new SocketIoServer(
            new SocketIoOptions
            {
                MaxPayload = (long)options.MaxChunk << 20,
                MaxConnections = options.MaxConnections,
            },
            new SocketIoParts(parts.Time, parts.Logs, metrics, stopping)
            {
                IsOriginAllowed = services.GetRequiredService<RecorderOrigins>().IsAllowed,
            },
            services.GetRequiredService<RecorderNamespace>());
    }
}
