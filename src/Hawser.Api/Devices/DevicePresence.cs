namespace Hawser.Api.Devices;

/// <summary>Which devices are there, by their heartbeats at this node.</summary>
internal sealed class DevicePresence(DeviceTable table)
{
    /// <summary>A device that was silent for longer is offline (reference §8).</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(50);

    /// <summary>How many are there.</summary>
    public int Online => table.CountOnline(Patience);

    /// <summary>Whether a device is there.</summary>
    public bool IsOnline(string id) => table.Find(id) is { } device && device.Silence <= Patience;

    /// <summary>What a device is doing; null when this node never heard of it.</summary>
    public DeviceActivity? Find(string id) => table.Find(id);
}
