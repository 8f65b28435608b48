using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Hawser.Api.Accounts.SignIn;

/// <summary>
/// How many sign-ins one address may begin in five minutes: far more than an office needs, and few enough that nobody
/// alone can fill the table that all share.
/// </summary>
internal sealed class AskingBudget(TimeProvider time)
{
    internal const int PerAddress = 300;
    private const int MaximumAddresses = 50_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);
    private readonly Lock _gate = new();
    private ConcurrentDictionary<IPAddress, int> _counts = new();
    private long _since = time.GetTimestamp();

    /// <summary>Takes one; false when the address has had its share.</summary>
    public bool TryTake(IPAddress? address)
    {
        if (address is null) return true;
        var counts = Current();
        var key = Network(address);
        // A table that is full of others must not shut everybody out.
        if (counts.Count >= MaximumAddresses && !counts.ContainsKey(key)) return true;
        return counts.AddOrUpdate(key, 1, (_, count) => Math.Min(count + 1, PerAddress + 1)) <= PerAddress;
    }

    private ConcurrentDictionary<IPAddress, int> Current()
    {
        lock (_gate)
        {
            if (time.GetElapsedTime(_since) < Window) return _counts;
            _since = time.GetTimestamp();
            return _counts = new();
        }
    }

    // One IPv6 customer has a /64.
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
