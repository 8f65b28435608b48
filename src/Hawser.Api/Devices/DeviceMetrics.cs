using System.Diagnostics.Metrics;

namespace Hawser.Api.Devices;

/// <summary>What there is to see of the devices; read when somebody asks.</summary>
internal sealed class DeviceMetrics : IDisposable
{
    private readonly Meter _meter;

    public DeviceMetrics(IMeterFactory meters, DeviceTable table, DeviceLoop loop)
    {
        _meter = meters.Create("Hawser.Api");
        _meter.CreateObservableCounter(
            "hawser.api.heartbeats", () => table.Beats, "{heartbeat}", "Heartbeats of known devices");
        _meter.CreateObservableGauge(
            "hawser.api.devices.known", () => table.Count, "{device}", "Devices that were heard of since the start");
        _meter.CreateObservableGauge(
            "hawser.api.devices.online", () => table.CountOnline(DevicePresence.Patience), "{device}",
            "Devices that were heard of lately");
        _meter.CreateObservableCounter(
            "hawser.api.last_seen.writes", () => loop.SightingsWritten, "{row}", "Rows written because of heartbeats");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
