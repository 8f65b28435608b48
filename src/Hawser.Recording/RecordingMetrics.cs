using System.Diagnostics.Metrics;

namespace Hawser.Recording;

/// <summary>The figures of the recording role: plain fields that observable instruments read.</summary>
internal sealed class RecordingMetrics
{
    private readonly long[] _steps = new long[Enum.GetValues<UploadOutcome>().Length];
    private long _bytes;
    private long _finished;
    private long _open;

    public RecordingMetrics(RecordingParts parts)
    {
        if (parts.Meters is null) return;
        var meter = parts.Meters.Create("Hawser.Recording");
        meter.CreateObservableUpDownCounter("hawser.recording.open", () => Volatile.Read(ref _open),
            description: "Recordings that arrive");
        meter.CreateObservableCounter("hawser.recording.bytes", () => Bytes, "By", "Bytes taken in");
        meter.CreateObservableCounter("hawser.recording.finished", () => Volatile.Read(ref _finished),
            description: "Recordings that arrived");
        meter.CreateObservableCounter("hawser.recording.steps", Steps, description: "Requests to upload by outcome");
    }

    /// <summary>Bytes taken in.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Count(UploadOutcome outcome) => Interlocked.Increment(ref _steps[(int)outcome]);

    public void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Finished() => Interlocked.Increment(ref _finished);

    public void Opened(int change) => Interlocked.Add(ref _open, change);

    private List<Measurement<long>> Steps()
    {
        var list = new List<Measurement<long>>(_steps.Length);
        foreach (var outcome in Enum.GetValues<UploadOutcome>())
        {
            var tag = new KeyValuePair<string, object?>("outcome", SnakeCase(outcome.ToString()));
            list.Add(new Measurement<long>(Volatile.Read(ref _steps[(int)outcome]), tag));
        }

        return list;
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
}
