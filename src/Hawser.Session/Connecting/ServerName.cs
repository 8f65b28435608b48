using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Session.Connecting;

/// <summary>A server as people write it: a host name or address, and a port.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="Port">The port.</param>
public readonly record struct ServerName(string Host, int Port)
{
    /// <summary>The default base port of ID servers.</summary>
    public const int RendezvousPort = 21116;

    /// <summary>The default port of relays.</summary>
    public const int RelayPort = 21117;

    /// <summary>Whether the host is an address.</summary>
    public bool IsLiteral => IPAddress.TryParse(Host, out _);

    /// <summary>Reads <c>host</c>, <c>host:port</c>, <c>[v6]:port</c> or a bare IPv6 address (§6.18).</summary>
    /// <param name="text">The text.</param>
    /// <param name="defaultPort">The port when the text has none.</param>
    /// <param name="server">The server.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParse(string? text, int defaultPort, out ServerName server)
    {
        var host = (text ?? "").Trim();
        server = new ServerName(host, defaultPort);
        if (host.Length == 0) return false;
        if (IPAddress.TryParse(host, out var whole)
            && (whole.AddressFamily == AddressFamily.InterNetwork || host[0] != '['))
        {
            return true;
        }

        var colon = host.LastIndexOf(':');
        if (colon <= 0 || host.EndsWith(']'))
        {
            server = new ServerName(host.Trim('[', ']'), defaultPort);
            return server.Host.Length > 0;
        }

        if (!ushort.TryParse(host.AsSpan(colon + 1), NumberStyles.None, null, out var port) || port == 0) return false;
        server = new ServerName(host[..colon].Trim('[', ']'), port);
        return server.Host.Length > 0;
    }

    /// <summary>The same host on a port next to it.</summary>
    /// <param name="by">What is added to the port.</param>
    /// <returns>The other server.</returns>
    public ServerName Offset(int by) => this with { Port = Port + by };

    /// <summary>
    /// The WebSocket address that the field derives (§2.3): port + 2 for an address; for a name the usual web port
    /// and a path.
    /// </summary>
    /// <param name="path"><c>ws/id</c> or <c>ws/relay</c>.</param>
    /// <param name="tls">Whether names are reached by TLS.</param>
    /// <returns>The URL.</returns>
    public Uri ToWebSocketUri(string path, bool tls) => IsLiteral
        ? new Uri($"ws://{Offset(2)}/")
        : new Uri($"{(tls ? "wss" : "ws")}://{Host}/{path}");

    /// <inheritdoc/>
    public override string ToString() =>
        Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
