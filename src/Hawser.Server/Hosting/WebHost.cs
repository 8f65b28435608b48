using System.Globalization;
using System.Net.Sockets;
using Hawser.Api;
using Hawser.Recording;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Hawser.Server.Hosting;

/// <summary>
/// The web server of a node: the HTTP port, the WebSocket ports of both roles and the private control socket. Made
/// beside everything else and started last, because it is what takes longest.
/// </summary>
internal static class WebHost
{
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Makes what does not depend on options; may run while those are read.</summary>
    public static WebApplicationBuilder Prepare()
    {
        var settings = new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory };
        var builder = WebApplication.CreateEmptyBuilder(settings);
        builder.Services.Add(ServiceDescriptor.Singleton(typeof(ILogger<>), typeof(Logger<>)));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        return builder;
    }

    /// <summary>Makes it, of a node whose roles are made, not necessarily started.</summary>
    public static WebApplication Build(HawserNode node, WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton(node.Logs);
        builder.Services.AddSingleton<System.Diagnostics.Metrics.IMeterFactory>(node.Meters);
        DecorateServer(builder.Services, node.Tunnel);
        if (Roles.Of(node.Options).Recorder)
        {
            LargeBlocks.Decorate(builder.Services, a => RecorderListener.LargeBlocksOf(node.Options, a), node.Time);
        }

        if (node.Certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, node));
        var own = builder.Services.Count;
        var api = node.ApiParts();
        if (api is not null)
        {
            builder.Services.AddSingleton(node.Time);
            builder.Services.AddApi(node.Options.Api, api);
        }

        if (node.RecordingParts() is { } recording) builder.Services.AddRecording(node.Options.Recorder, recording);
        BackgroundWork.TakeOver(builder.Services, own, node.Started);
        var app = builder.Build();
        HttpEndpoints.Map(app, node);
        return app;
    }

    /// <summary>Starts listening.</summary>
    /// <exception cref="StartupException">A port is taken; the sentence names the option.</exception>
    public static async Task StartAsync(HawserNode node, WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new StartupException(Sentence(e, node), e);
        }

        ControlSocket.Protect(node);
    }

    private static void Listen(KestrelServerOptions kestrel, HawserNode node)
    {
        var options = node.Options;
        kestrel.AddServerHeader = false;
        kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;
        kestrel.Limits.MaxRequestBodySize = options.Http.MaxRequestBody;
        kestrel.Limits.MaxRequestLineSize = 4096;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        void At(int port, Listener listener, int most)
        {
            if (node.Bind is { } address) kestrel.Listen(address, port, Open);
            else kestrel.ListenAnyIP(port, Open);

            void Open(ListenOptions listen)
            {
                listen.As(listener, most);
                if (listener == Listener.Http) node.Certificate?.Serve(listen);
            }
        }

        if (options.Http.Port > 0) At(options.Http.Port, Listener.Http, options.Http.MaxConnections);
        if (options.Http.PlainPort > 0) At(options.Http.PlainPort, Listener.Plain, options.Http.MaxConnections);
        var roles = Roles.Of(options);
        if (roles.Rendezvous)
        {
            At(options.Rendezvous.Port + 2, Listener.RendezvousWebSocket, options.Rendezvous.MaxConnections);
        }

        if (roles.Relay)
        {
            var most = (int)Math.Min(int.MaxValue, (2L * options.Relay.MaxPairs) + options.Relay.MaxWaiting);
            At(options.Relay.Port + 2, Listener.RelayWebSocket, most);
        }

        if (roles.Recorder) RecorderListener.Open(kestrel, node);
        if (ControlSocket.Prepare(node) is { } path) kestrel.ListenUnixSocket(path, l => l.As(Listener.Control, 32));
    }

    /// <summary>Puts the tunnel around Kestrel, whose type is not public.</summary>
    private static void DecorateServer(IServiceCollection services, TunnelEntrance entrance)
    {
        var kestrel = services.Last(s => s.ServiceType == typeof(IServer));
        services.RemoveAll<IServer>();
        services.AddSingleton<IServer>(provider =>
        {
            var inner = kestrel.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, kestrel.ImplementationType!);
            return new TunnelServer((IServer)inner, entrance);
        });
    }

    private static string Sentence(Exception e, HawserNode node)
    {
        var socket = e as SocketException ?? e.InnerException as SocketException;
        var taken = e.InnerException is AddressInUseException
            || socket?.SocketErrorCode == SocketError.AddressAlreadyInUse;
        var options = node.Options;
        var ports = new[]
        {
            (options.Http.Port, $"--http-port {options.Http.Port}"),
            (options.Http.PlainPort, $"--http-plain-port {options.Http.PlainPort}"),
            (options.Recorder.Port, $"--recorder-port {options.Recorder.Port}"),
            (options.Rendezvous.Port
                + 2, $"--rendezvous-port {options.Rendezvous.Port} (its WebSocket port {options.Rendezvous.Port + 2})"),
            (options.Relay.Port
                + 2, $"--relay-port {options.Relay.Port} (its WebSocket port {options.Relay.Port + 2})"),
        };
        var named = ports.FirstOrDefault(p =>
            e.Message.Contains(string.Create(CultureInfo.InvariantCulture, $":{p.Item1}:"), StringComparison.Ordinal)
            || e.Message.Contains(string.Create(CultureInfo.InvariantCulture, $":{p.Item1} "),
                StringComparison.Ordinal)).Item2;
        if (named is null) return $"--http-port or a WebSocket port can't be opened: {e.Message}";
        return taken
            ? $"{named}: the port is taken by another program; stop it or choose another port."
            : $"{named}: the port can't be opened: {e.Message}";
    }

    /// <summary>Signals are handled by the serve command, for all roles at once.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
