namespace Hawser.Api.Devices;

/// <summary>
/// Which devices are there: registered at the ID server of this node, or heard of by a heartbeat at its API. Known in
/// memory only, so that a fleet that comes and goes costs no write.
/// </summary>
internal sealed class DevicePresence(DeviceTable table, ApiParts parts, TimeProvider time)
{
    /// <summary>A device whose heartbeats stopped for longer is not there by them. Clients send one in 15 seconds, in a
    /// session one in three (reference §8).</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Lists are asked for again and again, by everybody who looks; walking through a large fleet takes milliseconds.
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private IReadOnlySet<string> _online = new HashSet<string>(StringComparer.Ordinal);
    private long _lookedAt;
    private bool _hasLooked;

    /// <summary>How many are there.</summary>
    public int Online => Ids().Count;

    /// <summary>How many send their heartbeats to this node.</summary>
    public int Reporting => table.CountOnline(Patience);

    /// <summary>Whether a device is there.</summary>
    public bool IsOnline(string id) => Reports(id) || IsRegistered(id);

    /// <summary>Whether a device is there by its heartbeats.</summary>
    public bool Reports(string id) => table.Find(id) is { } device && device.Silence <= Patience;

    /// <summary>By which ways a device is there: id_server, api or both; empty: it is not.</summary>
    public string WaysOf(string id) => (IsRegistered(id), Reports(id)) switch
    {
        (true, true) => "both",
        (true, false) => "id_server",
        (false, true) => "api",
        _ => "",
    };

    /// <summary>The ids of all that are there, or were a second ago.</summary>
    public IReadOnlySet<string> Ids()
    {
        lock (_gate)
        {
            if (_hasLooked && time.GetElapsedTime(_lookedAt) < Kept) return _online;
            var online = new HashSet<string>(StringComparer.Ordinal);
            table.VisitOnline(Patience, id => online.Add(id));
            parts.VisitRegistered?.Invoke(id => online.Add(id));
            (_online, _lookedAt, _hasLooked) = (online, time.GetTimestamp(), true);
            return online;
        }
    }

    /// <summary>What a device is doing by its heartbeats; null when this node never heard of it.</summary>
    public DeviceActivity? Find(string id) => table.Find(id);

    private bool IsRegistered(string id) => parts.IsRegistered?.Invoke(id) ?? false;
}
