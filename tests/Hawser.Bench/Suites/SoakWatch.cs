using Hawser.Bench.Machine;
using Hawser.Bench.Reports;
using Hawser.Bench.Servers;
using Hawser.Session.Connecting.Load;

namespace Hawser.Bench.Suites;

/// <summary>Samples a server each ten seconds into a CSV file, and says whether it grew.</summary>
internal sealed class SoakWatch(HawserServer server, string csv)
{
    private static readonly string[] Names =
    [
        "seconds", "rss_kib", "pss_kib", "handles", "threads", "gc_heap_kib", "gc_collections", "peers_online",
        "registered", "introductions", "failed", "frames", "corrupt",
    ];

    private readonly List<double[]> _samples = [];

    public async Task RunAsync(Func<LoadReport> honest, CancellationToken ct)
    {
        await File.WriteAllTextAsync(csv, string.Join(',', Names) + "\n", ct);
        var start = TimeProvider.System.GetTimestamp();
        while (!ct.IsCancellationRequested && !server.HasExited)
        {
            var now = honest();
            var metrics = server.Metrics();
            double Sum(string part) => metrics.Where(m => m.Key.Contains(part, StringComparison.Ordinal)).Sum(m => m.Value);
            double[] sample =
            [
                Math.Round(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 1),
                ProcessReading.RssKib(server.Pid), ProcessReading.PssKib(server.Pid),
                ProcessReading.Handles(server.Pid), ProcessReading.Threads(server.Pid),
                Math.Round(Sum("gc_last_collection_heap_size") / 1024), Sum("gc_collections"), Sum("peers_online"),
                now.Registrations.Registered, now.Introductions.Answered, now.Introductions.Failed.Sum(f => f.Value),
                now.Relays.Frames, now.Relays.Corrupt,
            ];
            _samples.Add(sample);
            await File.AppendAllTextAsync(csv, string.Join(',', sample) + "\n", CancellationToken.None);
            try
            {
                await Task.Delay(TimeSpan.FromSeconds(10), ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>By which share a figure grew from after the warm-up to the end, by the line through all samples.</summary>
    public double GrowthOf(string name)
    {
        var (start, slope, seconds) = Line(name);
        return slope * seconds / start;
    }

    public IEnumerable<string[]> Summary()
    {
        foreach (var name in Names.Skip(1).Take(5))
        {
            var (start, slope, seconds) = Line(name);
            yield return [name, Figures.Text(start), Figures.Text(start + slope * seconds), Figures.Text(slope * 3600)];
        }
    }

    // Least squares over what came after the warm-up, the first fifth.
    private (double Start, double Slope, double Seconds) Line(string name)
    {
        var column = Array.IndexOf(Names, name);
        var points = _samples.Skip(_samples.Count / 5).Select(s => (X: s[0], Y: s[column])).ToArray();
        if (points.Length < 2) return (double.NaN, double.NaN, 0);
        var x = points.Average(p => p.X);
        var y = points.Average(p => p.Y);
        var slope = points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
        var first = points[0].X;
        return (y + slope * (first - x), slope, points[^1].X - first);
    }
}
