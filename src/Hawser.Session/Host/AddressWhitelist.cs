using System.Net;

namespace Hawser.Session.Host;

/// <summary>Addresses that may connect: a comma list of addresses and networks (§5.8).</summary>
public sealed class AddressWhitelist
{
    private readonly bool _everybody;
    private readonly List<IPNetwork> _networks = [];

    /// <summary>Reads a list; entries that are neither address nor network are ignored.</summary>
    /// <param name="list">The list; empty for everybody.</param>
    public AddressWhitelist(string list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var entries = list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _everybody = entries.Length == 0 || entries.Contains("0.0.0.0");
        foreach (var entry in entries)
        {
            if (IPAddress.TryParse(entry, out var address))
            {
                _networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            }
            else if (IPNetwork.TryParse(entry, out var network))
            {
                _networks.Add(network);
            }
        }
    }

    /// <summary>Whether an address may connect.</summary>
    /// <param name="address">The address; null when nobody knows it, which only an open list lets pass.</param>
    /// <returns>Whether it may.</returns>
    public bool Allows(IPAddress? address)
    {
        if (_everybody) return true;
        if (address is null) return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _networks.Exists(n => n.BaseAddress.AddressFamily == plain.AddressFamily && n.Contains(plain));
    }
}
