using System.Text;
using System.Text.Json;
using Hawser.Api;
using Hawser.Recording;
using Hawser.Server.Metrics;

namespace Hawser.Server.Hosting;

/// <summary>
/// What the HTTP port answers: health, metrics, WebSocket on one port, joined relays, and a page for people.
/// </summary>
internal static class HttpEndpoints
{
    private const string StillStarting = "The server is starting, please try again.";

    private const string Page = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Hawser</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 1em}</style>
        <h1>Hawser</h1>
        <p>This is a Hawser server: an ID server and relay for remote desktop clients.
        This build comes without the console.</p>
        <p>In a client, enter this server's name as <em>ID server</em>, and the key that its administrator gave you.</p>
        </html>
        """;

    public static void Map(WebApplication app, HawserNode node)
    {
        // The relay role accepts its WebSockets through this; liveness is its own matter, so no pings from here.
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero });
        app.Use(next =>
        {
            // While the ports are opened, another core makes the routes: the first request finds them there.
            node.Routing = Task.Run(() => WarmAsync(app.Services, next));
            return context => DispatchAsync(node, context, next);
        });
        var withApi = Roles.Of(node.Options).Api;
        if (withApi)
        {
            app.UseApi();
            app.Use(next => context => PeopleAsync(node, context, next));
        }

        app.UseRouting();
        app.MapGet("/health/live", (RequestDelegate)LiveAsync).AllowAnonymous();
        app.MapGet("/health/ready", (RequestDelegate)(context => ReadyAsync(node, context))).AllowAnonymous();
        app.MapGet("/metrics", (RequestDelegate)(context => MetricsAsync(node, context))).AllowAnonymous();
        app.MapGet("/", (RequestDelegate)(context => PageAsync(context, withApi))).AllowAnonymous();
        if (node.JoinVerifier is not null)
        {
            app.MapPost("/cluster/relays", (RequestDelegate)(context => RelayJoin.HandleAsync(node, context)))
                .AllowAnonymous();
        }

        if (withApi)
        {
            app.UseApiRights();
            ((IEndpointRouteBuilder)app).DataSources.Add(new LaterRoutes(app.Services, ApiRole.MapApi));
            ApiDocument.Map(app);
            ApiReference.Map(app);
        }

        if (Roles.Of(node.Options).Recorder) app.MapRecording();
        app.MapFallback("/{*path}", (RequestDelegate)(context => RestAsync(node, context, withApi))).AllowAnonymous();
    }

    internal static Task WriteJsonAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(json);
    }

    internal static Task WriteErrorAsync(HttpContext context, int status, string error) =>
        WriteJsonAsync(context, status, $"{{\"error\":{JsonSerializer.Serialize(error, ErrorJson.Default.String)}}}");

    private static Task DispatchAsync(HawserNode node, HttpContext context, RequestDelegate next)
    {
        switch (Listeners.Of(context))
        {
            case Listener.RendezvousWebSocket:
                return node.Rendezvous!.HandleWebSocketAsync(context);
            case Listener.RelayWebSocket:
                return node.Relay!.HandleWebSocketAsync(context);
            case Listener.Control:
                return ControlSocket.HandleAsync(node, context);
            case Listener.Recorder:
                node.Proxies.Apply(context);
                return RecorderListener.Serves(context.Request.Path)
                    ? IntoStoreAsync(node, context, next) : NotFoundAsync(context);
            default:
                PlainHttp.Harden(node, context);
                if (PlainHttp.Concerns(node, context)) return PlainHttp.AnswerAsync(node, context);
                // Who asks often, and first, waits for no routes.
                if (Answers(context, "/health/live")) return LiveAsync(context);
                if (Answers(context, "/health/ready")) return ReadyAsync(node, context);
                // One port for everything, behind a reverse proxy that speaks TLS.
                if (node.Rendezvous is not null
                    && context.Request.Path == "/ws/id") return node.Rendezvous.HandleWebSocketAsync(context);
                if (node.Relay is not null
                    && context.Request.Path == "/ws/relay") return node.Relay.HandleWebSocketAsync(context);
                node.Proxies.Apply(context);
                var waits = !node.Entrance.IsOpen
                    && context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
                return waits ? HoldAsync(node, context, next) : IntoStoreAsync(node, context, next);
        }
    }

    private static bool Answers(HttpContext context, string path) =>
        context.Request.Path.Value == path && HttpMethods.IsGet(context.Request.Method);

    // A request that nobody sent, answered to nobody: routes that can't be made must end the start, not a request.
    private static async Task WarmAsync(IServiceProvider services, RequestDelegate next)
    {
        await using var scope = services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Request.Method = HttpMethods.Get;
        context.Request.Path = "/health/live";
        await next(context);
    }

    private static async Task HoldAsync(HawserNode node, HttpContext context, RequestDelegate next)
    {
        if (await node.Entrance.WaitAsync(context.RequestAborted)) await IntoStoreAsync(node, context, next);
        else await WriteErrorAsync(context, 503, StillStarting);
    }

    /// <summary>Recordings are rows too; who comes before the database is open comes again.</summary>
    private static Task IntoStoreAsync(HawserNode node, HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        if (node.StoreIsOpen || !RecorderListener.Serves(path)
            || path.StartsWithSegments("/health", StringComparison.Ordinal)) return next(context);
        context.Response.Headers.RetryAfter = "1";
        return WriteErrorAsync(context, 503, StillStarting);
    }

    private static Task LiveAsync(HttpContext context) => WriteJsonAsync(context, 200, "{\"status\":\"live\"}");

    private static Task ReadyAsync(HawserNode node, HttpContext context)
    {
        var parts = node.Parts();
        var ready = parts.All(p => p.Value != "not ready") && !node.IsDraining;
        // Degraded: new devices must wait, but known ones are served. Taking the node away would end that too.
        var status = node.IsDraining ? NodeDrain.Word : !ready ? "not ready"
            : parts.Any(p => p.Value == "degraded") ? "degraded" : "ready";
        var text = new StringBuilder($"{{\"status\":\"{status}\",\"parts\":{{");
        text.AppendJoin(',', parts.Select(p => $"\"{p.Key}\":\"{p.Value}\"")).Append("}}");
        return WriteJsonAsync(context, ready ? 200 : 503, text.ToString());
    }

    private static Task MetricsAsync(HawserNode node, HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote || !node.MetricsReaders.Contains(remote))
        {
            return WriteErrorAsync(context, 403, "metrics are not for this address; see --http-metrics-from");
        }

        context.Response.ContentType = PrometheusWriter.ContentType;
        return context.Response.WriteAsync(node.Collector.Write());
    }

    /// <summary>The console is one page for many addresses; what is none of them is nothing.</summary>
    private static async Task RestAsync(HawserNode node, HttpContext context, bool withApi)
    {
        if (withApi && (Listeners.Of(context) is Listener.Http or Listener.Plain) && node.StoreIsOpen
            && await ApiRole.TryServeConsoleAsync(context)) return;
        await NotFoundAsync(context);
    }

    /// <summary>
    /// Addresses that programs read as lists are pages of the console for browsers, which say that they want one.
    /// </summary>
    private static async Task PeopleAsync(HawserNode node, HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method)
            && request.Path.StartsWithSegments("/recordings", StringComparison.Ordinal, out var rest)
            && rest.Value!.IndexOf('/', rest.Value.Length > 0 ? 1 : 0) < 0
            && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
            && Listeners.Of(context) == Listener.Http && node.StoreIsOpen
            && await ApiRole.TryServeConsoleAsync(context)) return;
        await next(context);
    }

    private static async Task PageAsync(HttpContext context, bool withApi)
    {
        if (withApi && await ApiRole.TryServeConsoleAsync(context)) return;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.WriteAsync(Page);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal)
            || context.Request.Path.StartsWithSegments("/cluster", StringComparison.Ordinal))
        {
            return WriteErrorAsync(context, 404, "there is nothing at this address");
        }

        context.Response.StatusCode = 404;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync("not found\n");
    }
}

/// <summary>Escapes error texts without reflection.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class ErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
