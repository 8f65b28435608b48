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
        var path = server.Options.Path.TrimEnd('/');
        routes.MapGet(path, (RequestDelegate)HandleAsync).AllowAnonymous()
            .Says(
                "Where recorders connect: Socket.IO v5 by WebSocket only, namespace /recording (docs/recorder.md).",
                "For pages of this server or of --recorder-allowed-origins; recording needs a token, see CONNECT.")
            .Asks("EIO", "4.").Asks("transport", "websocket.").Asks("token", "A token, where no header can be sent.")
            .AnswersNothing(StatusCodes.Status101SwitchingProtocols)
            .Answers<UpgradeRefusal>(StatusCodes.Status400BadRequest);
        // What is wrong with a request is told whatever its method, also to HTTP/2's CONNECT.
        routes.Map(path, (RequestDelegate)HandleAsync).AllowAnonymous().ExcludeFromDescription();

        Task HandleAsync(HttpContext context)
        {
            LocalVisit.Mark(context, parts.IsFromHere(context), parts.CookieToken(context.Request));
            return server.HandleAsync(context);
        }
    }

    /// <summary>Why a request to connect was refused; written by the Socket.IO server itself.</summary>
    /// <param name="Code">0 transport, 1 session, 2 method, 3 no upgrade, 4 origin, 5 protocol.</param>
    /// <param name="Message">The same in words.</param>
    internal sealed record UpgradeRefusal(int Code, string Message);

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
