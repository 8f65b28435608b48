using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Hawser.Server.Metrics;

/// <summary>
/// Listens to this node's meters and to the runtime's, and keeps one small object a series. Observable instruments are
/// read when somebody asks; the others add up as they are used.
/// </summary>
internal sealed class MetricsCollector : IDisposable
{
    /// <summary>Series of one instrument at most: a tag that grows without end must not eat the memory.</summary>
    internal const int MaxSeries = 1000;

    private const string KestrelMeter = "Microsoft.AspNetCore.Server.Kestrel";
    private const string RuntimeMeter = "System.Runtime";
    private readonly NodeMeters _meters;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> _instruments = new();
    private readonly Lock _reading = new();

    public MetricsCollector(NodeMeters meters)
    {
        _meters = meters;
        _listener.InstrumentPublished = Published;
        _listener.MeasurementsCompleted = (instrument, _) => _instruments.TryRemove(instrument, out var _);
        _listener.SetMeasurementEventCallback<byte>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<short>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<int>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<long>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<float>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<double>((i, v, t, s) => Record(s, v, t));
        _listener.SetMeasurementEventCallback<decimal>((i, v, t, s) => Record(s, (double)v, t));
        _listener.Start();
    }

    /// <summary>Everything as Prometheus text.</summary>
    public string Write()
    {
        lock (_reading)
        {
            foreach (var series in _instruments.Values.Where(s => s.Instrument.IsObservable)) series.Clear();
            _listener.RecordObservableInstruments();
            var writer = new PrometheusWriter();
            foreach (var series in _instruments.Values.OrderBy(s =>
                s.Instrument.Name, StringComparer.Ordinal)) writer.Write(series);
            return writer.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private static void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        ((InstrumentSeries)state!).Record(value, tags);

    private void Published(Instrument instrument, MeterListener listener)
    {
        var ours = ReferenceEquals(instrument.Meter.Scope, _meters);
        var name = instrument.Meter.Name;
        var wanted = ours
            ? name.StartsWith("Hawser.", StringComparison.Ordinal) || name == KestrelMeter
            : name == RuntimeMeter && instrument.Meter.Scope is null;
        if (!wanted) return;
        listener.EnableMeasurementEvents(instrument, _instruments.GetOrAdd(instrument, i => new InstrumentSeries(i)));
    }
}

/// <summary>The series of one instrument, by their labels.</summary>
internal sealed class InstrumentSeries
{
    private static readonly double[] StandardBounds =
        [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

    // Sets of tags whose series is found without making a text of them: Kestrel measures five times a connection.
    private const int MostKnown = 16;

    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);
    private volatile Known[] _known = [];
    private int _count;

    public InstrumentSeries(Instrument instrument)
    {
        Instrument = instrument;
        var type = instrument.GetType();
        var name = type.IsGenericType ? type.GetGenericTypeDefinition().Name : type.Name;
        Kind = name switch
        {
            "Counter`1" or "ObservableCounter`1" => SeriesKind.Counter,
            "Histogram`1" => SeriesKind.Histogram,
            _ => SeriesKind.Gauge,
        };
        IsDelta = name is "Counter`1" or "UpDownCounter`1";
        Bounds = Kind == SeriesKind.Histogram ? AdvisedBounds(instrument) ?? StandardBounds : [];
    }

    public Instrument Instrument { get; }

    public SeriesKind Kind { get; }

    /// <summary>Measurements are differences that must be added up.</summary>
    public bool IsDelta { get; }

    /// <summary>Upper bounds of a histogram's buckets.</summary>
    public double[] Bounds { get; }

    public IEnumerable<KeyValuePair<string, Series>> All => _series.OrderBy(s => s.Key, StringComparer.Ordinal);

    public void Clear()
    {
        _series.Clear();
        _known = [];
        Volatile.Write(ref _count, 0);
    }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var known in _known)
        {
            if (!known.Is(tags)) continue;
            known.Series.Record(this, value);
            return;
        }

        var labels = tags.IsEmpty ? "" : PrometheusWriter.Labels(tags);
        if (!_series.TryGetValue(labels, out var series))
        {
            if (Volatile.Read(ref _count) >= MetricsCollector.MaxSeries) return;
            series = _series.GetOrAdd(labels, _ => new Series(Bounds.Length));
            Interlocked.Increment(ref _count);
        }

        // One that gets lost because two are added at once is added at its next measurement.
        var all = _known;
        if (!Instrument.IsObservable && all.Length < MostKnown) _known = [.. all, new Known(tags.ToArray(), series)];
        series.Record(this, value);
    }

    private static double[]? AdvisedBounds(Instrument instrument) => instrument switch
    {
        Histogram<double> h => h.Advice?.HistogramBucketBoundaries?.ToArray(),
        Histogram<long> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        Histogram<int> h => h.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray(),
        _ => null,
    };

    private sealed class Known(KeyValuePair<string, object?>[] tags, Series series)
    {
        public Series Series => series;

        public bool Is(ReadOnlySpan<KeyValuePair<string, object?>> others)
        {
            if (others.Length != tags.Length) return false;
            for (var i = 0; i < tags.Length; i++)
            {
                var (name, value) = others[i];
                if (!string.Equals(name, tags[i].Key, StringComparison.Ordinal) || !Equals(value, tags[i].Value))
                {
                    return false;
                }
            }

            return true;
        }
    }
}

/// <summary>What Prometheus calls the type.</summary>
internal enum SeriesKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>One line of numbers.</summary>
internal sealed class Series(int bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds + 1];
    private double _value;
    private long _measured;

    public void Record(InstrumentSeries instrument, double value)
    {
        lock (_gate)
        {
            if (instrument.Kind == SeriesKind.Histogram)
            {
                var bucket = Array.BinarySearch(instrument.Bounds, value);
                _buckets[bucket >= 0 ? bucket : ~bucket]++;
                _measured++;
                _value += value;
            }
            else
            {
                _value = instrument.IsDelta ? _value + value : value;
            }
        }
    }

    /// <summary>The value (of a histogram: the sum), the count of measurements, and the count in each bucket.</summary>
    public (double Value, long Measured, long[] Buckets) Read()
    {
        lock (_gate) return (_value, _measured, [.. _buckets]);
    }
}
