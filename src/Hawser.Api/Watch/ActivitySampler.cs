using Hawser.Api.Devices;
using Hawser.Data;
using Hawser.Data.Activity;
using Hawser.Data.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Hawser.Api.Watch;

/// <summary>
/// Writes every five minutes how much is going on, and makes hours of what is past. A node writes what it alone sees
/// (its devices, its relay, its introductions); of what several see, whoever is first writes. What is measured once a
/// minute is a mean, so that a moment does not stand for five minutes.
/// </summary>
internal sealed partial class ActivitySampler(
    ApiParts parts, ApiGate gate, NodeNews node, DevicePresence presence, JobLeases leases, TimeProvider time,
    ILogger<ActivitySampler> log) : PeriodicWork(gate, time, Period)
{
    internal static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>What one sample stands for.</summary>
    internal static readonly TimeSpan Slot = TimeSpan.FromMinutes(5);

    /// <summary>What one sample stands for that was rolled up.</summary>
    internal static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    // Every node has written the last samples of an hour by then.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan FarthestBack = TimeSpan.FromDays(2);
    private const int Attempts = 3;
    private readonly Dictionary<(SampleMetric Metric, string Source), (double Sum, int Count)> _readings = [];
    private DateTime _slot;
    private Cluster.PathCounts _paths;

    /// <summary>The beginning of the span that a time is in.</summary>
    internal static DateTime Floor(DateTime at, TimeSpan span) => at.AddTicks(-(at.Ticks % span.Ticks));

    /// <summary>One look, and the writing of what the last ones saw when a span is over.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var slot = Floor(now, Slot);
        if (_slot == default) _paths = parts.Paths?.Invoke() ?? default;
        else if (slot != _slot) await EndSlotAsync(now, cancellationToken);
        _slot = slot;
        Read(SampleMetric.Online, node.Own.ToString("N"), presence.Online);
        if (parts.OwnRelay is { } own) Read(SampleMetric.RelayBytes, node.Own.ToString("N"), own().BytesPerSecond);
        // The others say by themselves how much they carry; of one that is only asked nothing is known.
        foreach (var relay in (parts.Relays?.Invoke() ?? []).Where(r => r is { Announced: true, Healthy: true }))
        {
            Read(SampleMetric.RelayBytes, relay.Address, relay.BytesPerSecond);
        }
    }

    /// <inheritdoc/>
    protected override Task TurnAsync(CancellationToken cancellationToken) => LookAsync(cancellationToken);

    private void Read(SampleMetric metric, string source, double value)
    {
        var (sum, count) = _readings.GetValueOrDefault((metric, source));
        _readings[(metric, source)] = (sum + value, count + 1);
    }

    private async Task EndSlotAsync(DateTime now, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(_slot, cancellationToken);
            await leases.RunAsync("samples", Lease, ct => RollUpAsync(now, ct), cancellationToken);
        }
        catch (Exception e) when (e.IsStoreFault())
        {
            // A gap, and no old figure at a new time.
            Log.Failed(log, e.Message);
        }
        finally
        {
            _readings.Clear();
        }
    }

    private async Task WriteAsync(DateTime slot, CancellationToken cancellationToken)
    {
        var rows = _readings.Select(r => Row(slot, r.Key.Metric, r.Key.Source, r.Value.Sum / r.Value.Count)).ToList();
        if (parts.Paths?.Invoke() is { } paths)
        {
            rows.Add(Row(slot, SampleMetric.Direct, node.Own.ToString("N"), Math.Max(0, paths.Direct - _paths.Direct)));
            rows.Add(Row(
                slot, SampleMetric.Relayed, node.Own.ToString("N"), Math.Max(0, paths.Relayed - _paths.Relayed)));
            _paths = paths;
        }

        await using (var db = parts.Store.CreateDb())
        {
            rows.Add(Row(slot, SampleMetric.Sessions, "", await db.ConnectionAudits
                .CountAsync(a => a.EndedAt == null && a.Type != null, cancellationToken)));
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await AddMissingAsync(rows, cancellationToken);
                return;
            }
            catch (DbUpdateException e) when (!e.IsPassingStoreFault() && attempt < Attempts)
            {
                // Another node wrote one of them a moment earlier.
            }
        }
    }

    private async Task AddMissingAsync(List<ActivitySample> rows, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var (minutes, from, to) = (rows[0].Minutes, rows.Min(r => r.At), rows.Max(r => r.At));
        var known = (await db.ActivitySamples.AsNoTracking()
            .Where(s => s.Minutes == minutes && s.At >= from && s.At <= to)
            .Select(s => new { s.At, s.Metric, s.Source }).ToListAsync(cancellationToken))
            .ConvertAll(s => (s.At, s.Metric, s.Source)).ToHashSet();
        db.ActivitySamples.AddRange(rows.Where(r => !known.Contains((r.At, r.Metric, r.Source))));
        await db.SaveChangesAsync(cancellationToken);
    }

    // Every hour that is over and was not made yet; after a failure or a rest it is more than one.
    private async Task RollUpAsync(DateTime now, CancellationToken cancellationToken)
    {
        await using var db = parts.Store.CreateDb();
        var last = await db.ActivitySamples.Where(s => s.Minutes == 60)
            .MaxAsync(s => (DateTime?)s.At, cancellationToken);
        var from = Floor(now - FarthestBack, Hour);
        if (last is { } made && made + Hour > from) from = made + Hour;
        var to = Floor(now - Late, Hour);
        if (from >= to) return;
        var rows = await db.ActivitySamples.AsNoTracking()
            .Where(s => s.Minutes == 5 && s.At >= from && s.At < to).ToListAsync(cancellationToken);
        if (rows.Count > 0) await AddMissingAsync(Hours(rows), cancellationToken);
    }

    /// <summary>Samples of hours from those of five minutes.</summary>
    internal static List<ActivitySample> Hours(IEnumerable<ActivitySample> rows) =>
        [.. rows.GroupBy(r => (At: Floor(r.At, Hour), r.Metric, r.Source)).Select(g => new ActivitySample
        {
            Minutes = 60, At = g.Key.At, Metric = g.Key.Metric, Source = g.Key.Source,
            Value = g.Key.Metric is SampleMetric.Direct or SampleMetric.Relayed
                ? g.Sum(r => r.Value) : g.Average(r => r.Value),
        })];

    private static ActivitySample Row(DateTime at, SampleMetric metric, string source, double value) =>
        new() { Minutes = 5, At = at, Metric = metric, Source = source, Value = value };

    private static partial class Log
    {
        [LoggerMessage(6716, LogLevel.Warning, "How much was going on could not be written: {Reason}")]
        internal static partial void Failed(ILogger logger, string reason);
    }
}
