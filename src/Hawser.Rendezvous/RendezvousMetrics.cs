using System.Diagnostics.Metrics;

namespace Hawser.Rendezvous;

/// <summary>The role's instruments. Hot paths count in plain fields, which observable instruments read.</summary>
internal sealed partial class RendezvousMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Hawser.Rendezvous";

    private readonly Meter _meter;

    public RendezvousMetrics(IMeterFactory? meters)
    {
        _meter = meters is null ? new Meter(MeterName) : meters.Create(new MeterOptions(MeterName));
        CreateRegisteringInstruments();
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
