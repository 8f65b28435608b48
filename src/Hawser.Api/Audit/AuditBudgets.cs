using System.Collections.Concurrent;

namespace Hawser.Api.Audit;

/// <summary>
/// How much a device may report: asked only after its uuid was checked, so that nobody can use up another's, and never
/// by address, because a whole office shares one (reference §2.2).
/// </summary>
internal sealed class AuditBudgets
{
    private static readonly (int Burst, double Second) Connections = (120, 2);
    private static readonly (int Burst, double Second) Files = (600, 10);
    private static readonly (int Burst, double Second) Alarms = (60, 0.5);
    private static readonly (int Burst, double Second) Notes = (30, 0.2);
    private readonly ConcurrentDictionary<(Guid Device, Type Kind), Bucket> _buckets = new();
    private readonly TimeProvider _time;

    public AuditBudgets(ApiParts parts, TimeProvider time)
    {
        _time = time;
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>Asks for one report.</summary>
    public bool TryTake(Guid device, AuditReport report)
    {
        var (burst, second) = LimitOf(report);
        var now = _time.GetTimestamp();
        var bucket = _buckets.GetOrAdd(
            (device, report.GetType()), static (_, full) => new Bucket(full.burst, full.now), (burst, now));
        lock (bucket)
        {
            var gained = _time.GetElapsedTime(bucket.At, now).TotalSeconds * second;
            bucket.Left = Math.Min(burst, bucket.Left + gained);
            bucket.At = now;
            if (bucket.Left < 1) return false;
            bucket.Left--;
            return true;
        }
    }

    private static (int Burst, double Second) LimitOf(AuditReport report) => report switch
    {
        FileReport => Files,
        AlarmReport => Alarms,
        NoteReport => Notes,
        _ => Connections,
    };

    // Who has been silent for ten minutes has a full bucket again.
    private void Sweep()
    {
        foreach (var (key, bucket) in _buckets)
        {
            if (_time.GetElapsedTime(bucket.At) > TimeSpan.FromMinutes(10)) _buckets.TryRemove(key, out _);
        }
    }

    private sealed class Bucket(double left, long at)
    {
        public double Left { get; set; } = left;

        public long At { get; set; } = at;
    }
}
