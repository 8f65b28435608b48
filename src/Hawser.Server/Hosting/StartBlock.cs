using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Hawser.Api;
using Hawser.Data;
using Hawser.Server.Keys;

namespace Hawser.Server.Hosting;

/// <summary>
/// What a start prints for people: the key, the ports, what to enter in the clients, and what to do next.
/// </summary>
internal static class StartBlock
{
    /// <summary>The block; empty lines around it, nothing secret in it.</summary>
    public static string Write(HawserOptions options, KeyPolicy key, IReadOnlyList<string> notices)
    {
        var needsAdmin = notices.Any(n => n.Contains("etup code", StringComparison.Ordinal));
        var roles = Roles.Of(options);
        var host = HostOf(options);
        var text = new StringBuilder();
        void Line(string name, string value) => text.Append("  ").Append(name.PadRight(14)).Append(value).Append('\n');
        text.Append("\nHawser ").Append(Commands.VersionCommand.Version).Append(" is ready.\n\n");
        if (key.Signing is not null) Line("Public key", key.Signing.PublicText
            + (key.Created ? "   (new pair, kept in the data folder)" : ""));
        Line("Host", host.Text + (host.Guessed ? "   (guessed; set --public-host)" : ""));
        Line("Data folder", options.Data);
        if (StoreAddress.TryParse(options.Database, out var database, out _) && database.IsPostgres)
        {
            Line("Database", database.Shown);
        }

        Line("Roles", roles.ToString());
        var p = options.Rendezvous.Port;
        var r = options.Relay.Port;
        if (roles.Rendezvous) Line("Rendezvous",
            $"udp {p}, tcp {p}, tcp {p - 1} (NAT test, online states), websocket {p + 2}");
        if (roles.Relay) Line("Relay", $"tcp {r}, websocket {r + 2}");
        var api = roles.Api ? "API of clients, " : "";
        var tls = options.Http.TlsCertificate.Length > 0;
        if (options.Http.Port > 0)
        {
            Line(tls ? "HTTPS" : "HTTP", $"tcp {options.Http.Port} ({api}health, metrics, /ws/id, /ws/relay)");
        }

        if (options.Http.PlainPort > 0)
        {
            Line("HTTP", $"tcp {options.Http.PlainPort} "
                + (options.Http.Plain == PlainMode.Serve ? "(the same without TLS)" : "(sends everybody to HTTPS)"));
        }

        if (roles.Api && options.Http.Port > 0) Line("Console", ConsoleAddress(options, host.Text));
        if (roles.Recorder && options.Recorder.Port > 0) Line("Recorder", RecorderListener.Describe(options));
        if (options.AnnounceTo.Length > 0) Line("Announced to", $"{options.AnnounceTo} as {options.Advertise}");
        if (roles.Rendezvous)
        {
            Line("Client config", ConfigurationString(options, key));
            text.Append("\nNext: in a client, Settings > Network > ID/Relay server, import the client configuration\n");
            text.Append("above, or enter the host and the public key. Check from outside: hawser doctor ")
                .Append(host.Text);
            text.Append('\n');
        }

        if (roles.Api && options.Http.Port > 0)
        {
            text.Append(needsAdmin
                ? "\nThen open the console and make the first administrator there, with the setup code.\n"
                : "\nThe console is where users, devices and rules are managed: sign in there.\n");
        }

        foreach (var warning in Warnings(options, key, roles).Concat(notices)) text.Append("\nNote: ").Append(warning)
            .Append('\n');
        return text.Append('\n').ToString();
    }

    /// <summary>The text that clients import.</summary>
    public static string ConfigurationString(HawserOptions options, KeyPolicy key) =>
        DescribeClient(options, key, "", "").Configuration;

    /// <summary>What clients must be told; under another host or API address, when one is given.</summary>
    public static ClientSetup DescribeClient(HawserOptions options, KeyPolicy key, string otherHost, string otherApi)
    {
        var (host, guessed) = otherHost.Length > 0 ? (otherHost, false) : HostOf(options);
        var port = options.Rendezvous.Port;
        // A port in the other host is the one that a router forwards.
        var hasPort = otherHost.Length > 0 && Uri.TryCreate("tcp://" + otherHost, UriKind.Absolute, out var parsed)
            && parsed.Port > 0;
        var id = port == 21116 || hasPort ? host : HostAndPort.Join(host, port);
        var relay = options.Rendezvous.RelayServers.FirstOrDefault()
            ?? (options.Relay.Port == port + 1 ? "" : HostAndPort.Join(host, options.Relay.Port));
        var (http, tls) = (options.Http.Port, options.Http.TlsCertificate.Length > 0);
        var api = otherApi.Length > 0 ? otherApi
            : http == 0 || (http == port - 2 && !tls) ? "" : WebAddress(options, host);
        var known = key.Required.Length > 0 ? key.Required : key.Signing?.PublicText ?? "";
        return new ClientSetup(id, guessed, relay, api, known, ClientConfiguration.Write(id, relay, api, known));
    }

    /// <summary>Where the console is.</summary>
    public static string ConsoleAddress(HawserOptions options, string host) => WebAddress(options, host) + "/";

    private static string WebAddress(HawserOptions options, string host)
    {
        var tls = options.Http.TlsCertificate.Length > 0;
        var where = options.Http.Port == (tls ? 443 : 80) ? HostAndPort.Join(host, 0)[..^2]
            : HostAndPort.Join(host, options.Http.Port);
        return (tls ? "https://" : "http://") + where;
    }

    /// <summary>
    /// What clients should call this server: what is configured, else the likeliest address of this machine.
    /// </summary>
    public static (string Text, bool Guessed) HostOf(HawserOptions options)
    {
        if (options.PublicHost.Length > 0) return (options.PublicHost, false);
        if (options.Bind.Length > 0) return (options.Bind, false);
        try
        {
            var address = NetworkInterface.GetAllNetworkInterfaces()
                .Where(n => n.OperationalStatus == OperationalStatus.Up
                    && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .OrderByDescending(n => n.GetIPProperties().GatewayAddresses.Count)
                .SelectMany(n => n.GetIPProperties().UnicastAddresses.Select(a => a.Address))
                .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
            return (address?.ToString() ?? "127.0.0.1", true);
        }
        catch (NetworkInformationException)
        {
            return ("127.0.0.1", true);
        }
    }

    private static IEnumerable<string> Warnings(HawserOptions options, KeyPolicy key, Roles roles)
    {
        if (key.Warning.Length > 0) yield return key.Warning;
        var unusual = roles is { Relay: true, Rendezvous: true } && options.Relay.Port != options.Rendezvous.Port + 1;
        if (unusual && options.Rendezvous.RelayServers.Count == 0)
        {
            yield return $"--relay-port is not --rendezvous-port plus 1, and clients that are told no relay try port "
                + $"{options.Rendezvous.Port + 1}: set --public-host or --rendezvous-relay-servers.";
        }

        if (roles.Rendezvous && !roles.Relay && options.Rendezvous.RelayServers.Count == 0
            && options.JoinKey.Length == 0)
        {
            yield return "no relay runs here and none is configured: set --rendezvous-relay-servers, "
                + "or --join-key-file for relays that join.";
        }
    }
}
