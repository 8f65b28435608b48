using System.Net;
using Hawser.Recording.SocketIo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hawser.Server.Tests.SocketIo;

/// <summary>A Socket.IO server on real sockets, with rooms that say back what they hear.</summary>
internal sealed class SocketIoHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();

    private SocketIoHost(SocketIoOptions options, TimeProvider time, int port, bool originAllowed, SocketIoNamespace[] rooms)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        _app = builder.Build();
        Metrics = new SocketIoMetrics();
        var parts = new SocketIoParts(time, NullLoggerFactory.Instance, Metrics, _stopping.Token)
        {
            IsOriginAllowed = c => originAllowed || c.Request.Headers.Origin.Count == 0,
        };
        Server = new SocketIoServer(options, parts, rooms);
        _app.MapSocketIo(Server);
        // Engine.IO alone, which says back every message, as its suite wants it.
        Engine = new SocketIoServer(
            options with { Path = "/engine.io/" },
            parts with { OnMessage = (from, bytes, type) => from.SendMessage(bytes, type) });
        _app.MapSocketIo(Engine);
    }

    public SocketIoServer Server { get; }

    public SocketIoServer Engine { get; }

    public SocketIoMetrics Metrics { get; }

    public int Port { get; private set; }

    /// <summary>The settings of the public suites (recorder.md §2.12).</summary>
    public static SocketIoOptions SuiteOptions => new()
    {
        PingInterval = TimeSpan.FromMilliseconds(300),
        PingTimeout = TimeSpan.FromMilliseconds(200),
        MaxPayload = 1_000_000,
        ConnectTimeout = TimeSpan.FromMilliseconds(1000),
    };

    /// <summary>As the suites' settings, but patient: for a machine that has much else to do.</summary>
    public static SocketIoOptions PatientOptions => SuiteOptions with
    {
        PingTimeout = TimeSpan.FromMinutes(1), ConnectTimeout = TimeSpan.FromMinutes(1),
    };

    public static async Task<SocketIoHost> StartAsync(
        SocketIoOptions? options = null, TimeProvider? time = null, int port = 0, bool originAllowed = true,
        params SocketIoNamespace[] rooms)
    {
        if (rooms.Length == 0) rooms = [new EchoRoom("/"), new EchoRoom("/custom"), new EchoRoom("/recording", greets: false)];
        var host = new SocketIoHost(options ?? new SocketIoOptions(), time ?? TimeProvider.System, port, originAllowed, rooms);
        await host._app.StartAsync();
        var address = host._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        host.Port = new Uri(address).Port;
        return host;
    }

    /// <summary>As a process that ends.</summary>
    public void Stop() => _stopping.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Server.Dispose();
        Engine.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _stopping.Dispose();
    }
}

