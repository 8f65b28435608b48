using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Hawser.Api.Console.Address;
using Hawser.Protocol.Identity;
using Hawser.Server.Keys;
using Hawser.Session.Connecting;
using Hawser.Session.Connecting.Probing;

namespace Hawser.Server.Hosting;

/// <summary>What the console is told of the node's own address: its keys, and whether its ports answer.</summary>
internal static class OwnAddress
{
    private const int MostAddresses = 4;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>The pair that signs; null on a node that signs nothing.</summary>
    public static KeyFacts? KeyPair(HawserNode node)
    {
        if (node.Key.Signing is not { } key) return null;
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(key.PublicText)));
        var stored = Stored(node);
        var isOurs = IsFromFile(node);
        return new KeyFacts(
            key.PublicText, fingerprint, isOurs ? "file" : "option",
            isOurs && stored is not null && stored != key.PublicText ? stored : "");
    }

    /// <summary>The pair of another server for the next start.</summary>
    public static KeyReplacement AdoptKey(HawserNode node, string secret) =>
        ServerKey.TryParse(secret, out var key, out var error) ? ReplaceKey(node, key!) : new("", "", error);

    /// <summary>Another pair for the next start.</summary>
    public static KeyReplacement ReplaceKey(HawserNode node) => ReplaceKey(node, ServerKey.Generate());

    private static KeyReplacement ReplaceKey(HawserNode node, ServerKey next)
    {
        if (!IsFromFile(node))
        {
            return new("", "", "The key is given by the options (--key); it is replaced there.");
        }

        if (Stored(node) is { } stored && stored != node.Key.Signing?.PublicText)
        {
            return new("", "", "The key was replaced already; the new one counts after a restart.");
        }

        try
        {
            var kept = KeyFiles.Replace(node.Options.Data, next, node.Time.GetUtcNow().UtcDateTime);
            NodeLogLines.Notice(node.Log, $"The key pair was replaced; it counts after a restart. Kept: {kept}");
            return new(next.PublicText, kept, "");
        }
        catch (StartupException e)
        {
            return new("", "", e.Message);
        }
    }

    /// <summary>By which way a request came: straight, or through a proxy that is believed or not.</summary>
    public static ArrivalFacts Arrival(HawserNode node, HttpContext context)
    {
        var headers = context.Request.Headers;
        var sender = TrustedProxies.SenderOf(context);
        var isForwarded = headers.ContainsKey("X-Forwarded-For") || headers.ContainsKey("X-Real-IP")
            || headers.ContainsKey("X-Forwarded-Proto") || headers.ContainsKey("Forwarded");
        return new ArrivalFacts(
            isForwarded, sender is not null && node.Proxies.Contains(sender), Text(sender),
            Text(context.Connection.RemoteIpAddress), context.Request.IsHttps, node.Proxies.OfOptions);
    }

    /// <summary>Asks the ports here, and at every address that the public name has.</summary>
    public static async Task<IReadOnlyList<PortFinding>> TestPortsAsync(
        HawserNode node, string host, CancellationToken cancellationToken)
    {
        var options = node.Options;
        var name = host.Length > 0 ? host : options.PublicHost;
        var found = new List<PortFinding>();
        var addresses = new List<(IPAddress Address, int Port, int Relay)>
        {
            (node.Bind ?? IPAddress.Loopback, options.Rendezvous.Port, options.Relay.Port),
        };
        if (name.Length > 0 && ServerName.TryParse(name, options.Rendezvous.Port, out var server))
        {
            var known = await ResolveAsync(server.Host, cancellationToken);
            if (known.Length == 0)
            {
                found.Add(new PortFinding(
                    server.Host, "name", "dns", 0, true, "failed", "The name does not resolve.",
                    "Check its spelling and its DNS records.", 0));
            }

            // A port that is forwarded under another number has its relay next to it, as clients believe.
            var relay = server.Port == options.Rendezvous.Port ? options.Relay.Port : server.Port + 1;
            addresses.AddRange(known.Take(MostAddresses).Where(a => !a.Equals(node.Bind))
                .Select(a => (a, server.Port, relay)));
        }

        foreach (var (address, port, relay) in addresses)
        {
            var probe = new ServerProbe(new ProbeOptions
            {
                Address = address, RendezvousPort = port, RelayPort = relay, HttpPort = options.Http.Port,
                Key = node.Key.Signing?.PublicText ?? "", Limit = Limit,
            });
            var results = await probe.RunAsync(cancellationToken);
            found.AddRange(results.Select(r => new PortFinding(
                address.ToString(), r.Name, r.Transport, r.Port, r.Needed, Word(r.Verdict), r.Detail, r.Hint,
                Math.Round(r.Took.TotalMilliseconds, 1))));
        }

        return found;
    }

    private static string Text(IPAddress? address) =>
        (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "";

    private static bool IsFromFile(HawserNode node) =>
        Roles.Of(node.Options).Rendezvous && node.Options.Key.Trim() is "-" or "_" or "";

    private static string? Stored(HawserNode node)
    {
        try
        {
            return KeyFiles.Read(node.Options.Data)?.PublicText;
        }
        catch (StartupException)
        {
            return null;
        }
    }

    private static string Word(ProbeVerdict verdict) => verdict switch
    {
        ProbeVerdict.Ok => "ok",
        ProbeVerdict.NotOffered => "not_offered",
        ProbeVerdict.Skipped => "skipped",
        _ => "failed",
    };

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}
