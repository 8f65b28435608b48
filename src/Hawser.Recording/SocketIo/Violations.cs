using System.Net;

namespace Hawser.Recording.SocketIo;

/// <summary>
/// Broken rules by address: who breaks them comes back a second later, for ever (recorder.md §2.9), and is refused for
/// the rest of the window.
/// </summary>
internal sealed class Violations(int max, TimeSpan window, TimeProvider time)
{
    private const int MaxAddresses = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private long _since = time.GetTimestamp();

    public void Count(IPAddress remote)
    {
        lock (_gate)
        {
            Renew();
            var key = AddressCounts.Key(remote);
            if (_counts.TryGetValue(key, out var count)) _counts[key] = count + 1;
            else if (_counts.Count < MaxAddresses) _counts[key] = 1;
        }
    }

    public bool IsRefused(IPAddress remote)
    {
        lock (_gate)
        {
            Renew();
            return _counts.TryGetValue(AddressCounts.Key(remote), out var count) && count > max;
        }
    }

    private void Renew()
    {
        if (time.GetElapsedTime(_since) < window) return;
        _since = time.GetTimestamp();
        _counts.Clear();
    }
}
