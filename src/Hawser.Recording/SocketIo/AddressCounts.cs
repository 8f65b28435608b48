using System.Net;
using System.Net.Sockets;

namespace Hawser.Recording.SocketIo;

/// <summary>How many connections there are, in all and of each address.</summary>
internal sealed class AddressCounts(int max, int maxPerAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private int _all;

    public bool TryEnter(IPAddress remote)
    {
        var key = Key(remote);
        lock (_gate)
        {
            var own = _counts.GetValueOrDefault(key);
            if (_all >= max || own >= maxPerAddress) return false;
            _counts[key] = own + 1;
            _all++;
            return true;
        }
    }

    public void Leave(IPAddress remote)
    {
        var key = Key(remote);
        lock (_gate)
        {
            _all--;
            if (_counts[key] == 1) _counts.Remove(key);
            else _counts[key]--;
        }
    }

    /// <summary>IPv4 whole; of IPv6 the network that one subscriber has.</summary>
    internal static IPAddress Key(IPAddress remote)
    {
        if (remote.IsIPv4MappedToIPv6) return remote.MapToIPv4();
        if (remote.AddressFamily != AddressFamily.InterNetworkV6) return remote;
        Span<byte> bytes = stackalloc byte[16];
        remote.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
