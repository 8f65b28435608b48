using System.Diagnostics.Metrics;
using Hawser.Recording.Library;

namespace Hawser.Recording;

/// <summary>The figures of the recording role: plain fields that observable instruments read.</summary>
internal sealed class RecordingMetrics
{
    private readonly long[] _steps = new long[Enum.GetValues<UploadOutcome>().Length];
    private readonly long[] _chunks = new long[Enum.GetValues<RecordCode>().Length];
    private readonly long[] _ends = new long[Enum.GetValues<RecordCode>().Length];
    private long _bytes;
    private long _started;
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
        meter.CreateObservableCounter(
            "hawser.recording.steps", () => ByName<UploadOutcome>(_steps, "outcome"),
            description: "Requests to upload by outcome");
        meter.CreateObservableCounter("hawser.recording.started", () => Volatile.Read(ref _started),
            description: "Recordings that recorders began");
        meter.CreateObservableCounter(
            "hawser.recording.chunks", () => ByName<RecordCode>(_chunks, "code"), description: "Chunks by their code");
        meter.CreateObservableCounter(
            "hawser.recording.ends", () => ByName<RecordCode>(_ends, "code"),
            description: "Recordings that were finished, or failed, here");
    }

    /// <summary>Bytes taken in.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Count(UploadOutcome outcome) => Interlocked.Increment(ref _steps[(int)outcome]);

    public void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    public void Finished() => Interlocked.Increment(ref _finished);

    public void Opened(int change) => Interlocked.Add(ref _open, change);

    public void Count(RecordCode code) => Interlocked.Increment(ref _chunks[(int)code]);

    public void Ended(RecordCode code) => Interlocked.Increment(ref _ends[(int)code]);

    public void Started() => Interlocked.Increment(ref _started);

    private static List<Measurement<long>> ByName<T>(long[] counts, string tag)
        where T : struct, Enum
    {
        var list = new List<Measurement<long>>(counts.Length);
        var names = Enum.GetNames<T>();
        for (var i = 0; i < counts.Length; i++)
        {
            list.Add(new Measurement<long>(
                Volatile.Read(ref counts[i]), new KeyValuePair<string, object?>(tag, SnakeCase(names[i]))));
        }

        return list;
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
}
