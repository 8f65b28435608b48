using System.Net;
using System.Net.Sockets;

namespace Hawser.Api.Notifications.Wire;

/// <summary>
/// Tells addresses of the internet from those of the own network, the machine itself and others that only this server
/// can reach: what an administrator types, or a name server answers, must not make the server speak with those.
/// </summary>
internal static class AddressGuard
{
    private static readonly IPNetwork[] Closed =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
            "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
            "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Tunnels hide an address of the other family in these; the last is for documents.
            "2001::/32", "2002::/16", "2001:db8::/32",
        }.Select(n => IPNetwork.Parse(n)),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Whether an address is one of the internet.</summary>
    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Global6.Contains(address)) return false;
        return !Closed.Any(n => n.Contains(address));
    }
}
