using System.Net;

namespace Hawser.Api.Accounts;

/// <summary>The networks from which a token may be used, as they are stored: CIDR, separated by commas.</summary>
internal sealed class AddressNetworks
{
    private readonly IPNetwork[]? _networks;

    private AddressNetworks(IPNetwork[]? networks) => _networks = networks;

    /// <summary>From everywhere.</summary>
    public static AddressNetworks Any { get; } = new(null);

    /// <summary>Reads the stored form; what can't be read allows nothing.</summary>
    public static AddressNetworks Parse(string text) => text.Trim().Length == 0 ? Any
        : new([.. Words(text).Select(Read).OfType<IPNetwork>()]);

    /// <summary>The first word that is neither an address nor a network; null: all are.</summary>
    public static string? Complaint(string text) => Words(text).FirstOrDefault(w => Read(w) is null);

    /// <summary>Whether a text is one address or network.</summary>
    public static bool IsOne(string? text) => text is { Length: > 0 and <= 64 } && Read(text) is not null;

    /// <summary>Those of a list; an empty one allows everybody.</summary>
    public static AddressNetworks Of(IReadOnlyList<string> list) =>
        list.Count == 0 ? Any : new([.. list.Select(Read).OfType<IPNetwork>()]);

    /// <summary>Whether an address is in one of them.</summary>
    public bool Allows(IPAddress? from)
    {
        if (_networks is null) return true;
        if (from is null) return false;
        var plain = from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from;
        return Array.Exists(_networks, n => n.Contains(plain));
    }

    private static string[] Words(string text) =>
        text.Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static IPNetwork? Read(string word)
    {
        if (IPNetwork.TryParse(word, out var network)) return network;
        return IPAddress.TryParse(word, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8) : null;
    }
}
