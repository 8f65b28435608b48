using System.Net;
using System.Net.Sockets;

namespace Hawser.Server.Commands.Load;

/// <summary>Where a load may go: a load tool that points at strangers is a weapon.</summary>
internal static class LoadTarget
{
    /// <summary>Resolves a host name or address; IPv4 first, because that is what most servers listen on.</summary>
    public static async Task<IPAddress?> ResolveAsync(string host, CancellationToken ct)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal)) return literal;
        try
        {
            var all = await Dns.GetHostAddressesAsync(host, ct);
            return all.OrderBy(a => a.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault();
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>True for loopback, link-local and private addresses.</summary>
    public static bool IsOwnNetwork(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address)) return true;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return address.IsIPv6LinkLocal || address.IsIPv6UniqueLocal;
        }

        var b = address.GetAddressBytes();
        return b[0] == 10 || (b[0] == 172 && b[1] is >= 16 and < 32) || (b[0] == 192 && b[1] == 168)
            || (b[0] == 169 && b[1] == 254);
    }
}
