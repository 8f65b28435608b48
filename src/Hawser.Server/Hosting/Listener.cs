using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hawser.Server.Hosting;

/// <summary>By which of our ports a request came.</summary>
internal enum Listener
{
    /// <summary>The HTTP port, or HTTP through the rendezvous port.</summary>
    Http,

    /// <summary>The second port beside one that speaks TLS.</summary>
    Plain,

    /// <summary>P+2: any path is a rendezvous WebSocket.</summary>
    RendezvousWebSocket,

    /// <summary>R+2: any path is a relay WebSocket.</summary>
    RelayWebSocket,

    /// <summary>The private socket of <c>hawser ctl</c>.</summary>
    Control,

    /// <summary>The port of recorders.</summary>
    Recorder,
}

/// <summary>Marks connections with their listener and caps how many a listener holds.</summary>
internal static class Listeners
{
    private static readonly object Key = new();

    public static Listener Of(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(Key, out var listener) == true
            ? (Listener)listener! : Listener.Http;

    public static void As(this ListenOptions options, Listener listener, int maxConnections)
    {
        var open = 0;
        options.Protocols = HttpProtocols.Http1;
        options.Use(next => async connection =>
        {
            if (Interlocked.Increment(ref open) > maxConnections)
            {
                Interlocked.Decrement(ref open);
                connection.Abort(new ConnectionAbortedException("too many connections"));
                return;
            }

            try
            {
                connection.Items[Key] = listener;
                await next(connection);
            }
            finally
            {
                Interlocked.Decrement(ref open);
            }
        });
    }
}
