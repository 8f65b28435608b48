using System.Diagnostics.Metrics;

namespace Hawser.Server.Metrics;

/// <summary>
/// Makes the meters of one node, so that two nodes in one process (tests) do not count for each other.
/// </summary>
internal sealed class NodeMeters : IMeterFactory
{
    private readonly Lock _gate = new();
    private readonly List<Meter> _meters = [];

    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (_gate)
        {
            var known = _meters.Find(m => m.Name == options.Name && m.Version == options.Version);
            if (known is not null) return known;
            var meter = new Meter(new MeterOptions(options.Name) { Version = options.Version, Tags = options.Tags,
                Scope = this });
            _meters.Add(meter);
            return meter;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var meter in _meters) meter.Dispose();
            _meters.Clear();
        }
    }
}
