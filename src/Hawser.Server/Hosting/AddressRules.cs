using System.Net;
using Hawser.Protocol.Identity;

namespace Hawser.Server.Hosting;

/// <summary>A list of networks.</summary>
internal sealed class NetworkList
{
    private static readonly string[] ThisMachineAndPrivate =
    [
        "127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7",
            "fe80::/10",
    ];

    private readonly bool _everyone;
    private readonly Lazy<IPNetwork[]> _networks;
    private readonly int _count;

    public NetworkList(IEnumerable<string> texts)
    {
        var list = texts.ToList();
        _everyone = list.Contains("*");
        list.Remove("*");
        _count = list.Count;
        // When first asked: a start has better things to do.
        _networks = new Lazy<IPNetwork[]>(() => [.. list.Select(Parse)]);
    }

    public bool IsEmpty => !_everyone && _count == 0;

    /// <summary>The given networks, or this machine and the private ones when none are given.</summary>
    public static NetworkList OrPrivate(IList<string> texts) => new(texts.Count > 0 ? texts : ThisMachineAndPrivate);

    public bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _everyone || Array.Exists(_networks.Value, n => n.Contains(plain));
    }

    private static IPNetwork Parse(string text) => IPNetwork.TryParse(text, out var network)
        ? network : new IPNetwork(IPAddress.Parse(text), text.Contains(':', StringComparison.Ordinal) ? 128 : 32);
}

/// <summary>
/// Believes X-Forwarded-For and X-Real-IP of the named proxies, and of nobody else: those of the options, and those
/// that an administrator named since.
/// </summary>
internal sealed class TrustedProxies(IEnumerable<string> proxies)
{
    private static readonly object SenderKey = new();

    private readonly List<string> _options = [.. proxies];
    private volatile NetworkList _proxies = new(proxies);

    /// <summary>Those of the options.</summary>
    public IReadOnlyList<string> OfOptions => _options;

    /// <summary>Who sent a request: the proxy, where one stands between.</summary>
    public static IPAddress? SenderOf(HttpContext context) =>
        context.Items.TryGetValue(SenderKey, out var sender) ? sender as IPAddress : context.Connection.RemoteIpAddress;

    /// <summary>Believes these, too.</summary>
    public void Add(IReadOnlyList<string> more) => _proxies = new NetworkList([.. _options, .. more]);

    /// <summary>Whether somebody's headers are believed.</summary>
    public bool Contains(IPAddress address) => _proxies.Contains(address);

    public void Apply(HttpContext context)
    {
        var believed = _proxies;
        if (believed.IsEmpty || context.Connection.RemoteIpAddress is not { } remote
            || !believed.Contains(remote)) return;
        // What browsers see: needed for addresses that they are sent back to.
        var headers = context.Request.Headers;
        var scheme = headers["X-Forwarded-Proto"].ToString();
        if (scheme is "http" or "https") context.Request.Scheme = scheme;
        var client = ForwardedAddress.Read(
            string.Join(',', headers["X-Forwarded-For"].ToArray()), headers["X-Real-IP"].ToString(),
            hop => believed.Contains(hop.ToIPAddress()));
        if (client is not { } address) return;
        context.Items[SenderKey] = remote;
        context.Connection.RemoteIpAddress = address.ToIPAddress();
    }
}
