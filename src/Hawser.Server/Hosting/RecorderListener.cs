using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Hawser.Server.Hosting;

/// <summary>The port of recorders: where it listens, what is reached by it, and who needs no token there.</summary>
internal static class RecorderListener
{
    private const int RecorderBlocks = 1024, HttpBlocks = 256;

    /// <summary>What belongs to recorders; the port answers nothing else.</summary>
    private static readonly string[] Paths =
    [
        "/socket.io", "/recordings", "/recorder", "/api/record", "/api/recordings", "/health",
    ];

    /// <summary>Opens it.</summary>
    public static void Open(KestrelServerOptions kestrel, HawserNode node)
    {
        var options = node.Options.Recorder;
        if (options.Port == 0) return;
        void As(ListenOptions listen) => listen.As(Listener.Recorder, options.MaxConnections);
        if (options.Bind == "*") kestrel.ListenAnyIP(options.Port, As);
        else if (AddressOf(node.Options) is { } address) kestrel.Listen(address, options.Port, As);
        else kestrel.ListenLocalhost(options.Port, As);
    }

    /// <summary>
    /// How many large blocks the listener of an address may use: 64 MiB for recorders, 16 MiB where uploads of clients
    /// come in among everything else.
    /// </summary>
    public static int LargeBlocksOf(HawserOptions options, EndPoint address)
    {
        if (address is not IPEndPoint { Port: var port }) return 0;
        return port == options.Recorder.Port ? RecorderBlocks : port == options.Http.Port ? HttpBlocks : 0;
    }

    /// <summary>Whether only this machine can reach it.</summary>
    public static bool IsLocal(HawserOptions options) =>
        options.Recorder.Bind != "*" && (AddressOf(options) is not { } address || IPAddress.IsLoopback(address));

    /// <summary>Whether the switch that lets anybody record is on.</summary>
    public static bool IsOpenToAnybody(HawserOptions options) =>
        Roles.Of(options).Recorder && options.Recorder.Anonymous;

    /// <summary>Whether a request for this path is a recorder's.</summary>
    public static bool Serves(PathString path) =>
        Array.Exists(Paths, p => path.StartsWithSegments(p, StringComparison.Ordinal));

    /// <summary>
    /// Whether a request comes from this machine, over a port that nobody else reaches. What a proxy passes on does
    /// not, and neither does what a page of a foreign name made a browser here send.
    /// </summary>
    public static bool IsFromHere(HawserNode node, HttpContext context)
    {
        if (Listeners.Of(context) != Listener.Recorder || !IsLocal(node.Options)) return false;
        if (context.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote)) return false;
        var headers = context.Request.Headers;
        var passedOn = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Real-IP")
            || headers.ContainsKey("Forwarded") || headers.ContainsKey("Via");
        return !passedOn && IsLoopbackName(context.Request.Host.Host);
    }

    /// <summary>Where it listens and who needs a token, for people.</summary>
    public static string Describe(HawserOptions options)
    {
        var where = options.Recorder.Bind == "*" ? "" : (AddressOf(options)?.ToString() ?? "this machine only") + ", ";
        var who = options.Recorder.Anonymous ? "ANYBODY may record" : IsLocal(options) ? "no token" : "with a token";
        return string.Create(
            CultureInfo.InvariantCulture, $"tcp {options.Recorder.Port} ({where}{who}; page /recorder)");
    }

    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static IPAddress? AddressOf(HawserOptions options)
    {
        var text = options.Recorder.Bind.Length > 0 ? options.Recorder.Bind : options.Bind;
        return text.Length > 0 ? IPAddress.Parse(text) : null;
    }
}
