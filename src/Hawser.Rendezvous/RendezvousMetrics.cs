using System.Diagnostics.Metrics;

namespace Hawser.Rendezvous;

/// <summary>The role's instruments. Hot paths count in plain fields, which observable instruments read.</summary>
internal sealed partial class RendezvousMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Hawser.Rendezvous";

    private readonly IMeterFactory? _meters;
    private Meter? _meter;

    /// <summary>Counts; has no instruments before <see cref="ObserveControl"/>.</summary>
    /// <param name="meters">Makes the meter; null: one of its own.</param>
    public RendezvousMetrics(IMeterFactory? meters) => _meters = meters;

    /// <inheritdoc/>
    public void Dispose() => _meter?.Dispose();
}
