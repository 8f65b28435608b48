using System.Net;

namespace Hawser.Protocol.Identity;

/// <summary>
/// A set of hosts and networks (CIDR), compared in the normal form, so that <c>203.0.113.7</c> matches the same host on
/// a dual-stack socket. Immutable: a change makes a new list that is swapped by reference.
/// </summary>
public sealed class AddressList
{
    // Made when needed: most lists are empty, and what is generic over these pairs is compiled at every start.
    private HashSet<(ulong High, ulong Low)>? _hosts;
    private List<(ulong High, ulong Low, ulong HighMask, ulong LowMask)>? _networks;
    private readonly List<string> _entries = [];

    private AddressList() { }

    /// <summary>The list with nothing in it.</summary>
    public static AddressList Empty { get; } = new();

    /// <summary>The entries as they were given, normalised.</summary>
    public IReadOnlyList<string> Entries => _entries;

    /// <summary>True when nothing matches.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Reads entries: addresses or CIDR networks. Blank ones are skipped.</summary>
    /// <param name="entries">The texts.</param>
    /// <param name="list">The list, when all could be read.</param>
    /// <param name="badEntry">The first entry that is neither.</param>
    /// <returns>Whether all could be read.</returns>
    public static bool TryParse(IEnumerable<string> entries, out AddressList list, out string? badEntry)
    {
        ArgumentNullException.ThrowIfNull(entries);
        list = new AddressList();
        badEntry = null;
        foreach (var raw in entries)
        {
            var entry = raw.Trim();
            if (entry.Length == 0) continue;
            if (!list.TryAdd(entry))
            {
                badEntry = entry;
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a host is in the list.</summary>
    /// <param name="address">Its address; the port does not matter.</param>
    /// <returns>True when listed.</returns>
    public bool Contains(PeerAddress address)
    {
        if (_entries.Count == 0) return false;
        if (_hosts is not null && _hosts.Contains((address.High, address.Low))) return true;
        if (_networks is null) return false;
        foreach (var n in _networks)
        {
            if ((address.High & n.HighMask) == n.High && (address.Low & n.LowMask) == n.Low) return true;
        }

        return false;
    }

    private bool TryAdd(string entry)
    {
        var slash = entry.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? entry : entry[..slash], out var ip)) return false;
        var address = PeerAddress.From(ip, 0);
        if (slash < 0)
        {
            (_hosts ??= []).Add((address.High, address.Low));
            _entries.Add(address.ToString());
            return true;
        }

        var bits = ip.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128;
        if (!int.TryParse(entry.AsSpan(slash + 1), out var prefix) || prefix < 0 || prefix > bits) return false;
        if (bits == 32) prefix += 96;
        var high = prefix >= 64 ? ulong.MaxValue : prefix == 0 ? 0 : ulong.MaxValue << (64 - prefix);
        var low = prefix <= 64 ? 0 : prefix == 128 ? ulong.MaxValue : ulong.MaxValue << (128 - prefix);
        (_networks ??= []).Add((address.High & high, address.Low & low, high, low));
        _entries.Add($"{address}/{(bits == 32 ? prefix - 96 : prefix)}");
        return true;
    }
}
