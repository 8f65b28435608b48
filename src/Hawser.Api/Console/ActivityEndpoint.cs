using System.Text.Json.Serialization;
using Hawser.Api.Http;
using Hawser.Api.Watch;
using Hawser.Data;
using Hawser.Data.Activity;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Hawser.Api.Console;

/// <summary><c>GET /api/console/activity</c>: how much was going on in the last day, week or month.</summary>
internal static class ActivityEndpoint
{
    private static readonly Dictionary<string, (TimeSpan Length, TimeSpan Step)> Ranges =
        new(StringComparer.Ordinal)
        {
            ["day"] = (TimeSpan.FromDays(1), ActivitySampler.Slot),
            ["week"] = (TimeSpan.FromDays(7), ActivitySampler.Hour),
            // Few enough points to be drawn one beside the other.
            ["month"] = (TimeSpan.FromDays(30), TimeSpan.FromHours(4)),
        };

    public static async Task<IResult> HandleAsync(
        HttpContext context, HawserDb db, TimeProvider time, CancellationToken cancellationToken)
    {
        var word = context.Request.Query["range"].ToString();
        if (!Ranges.TryGetValue(word.Length == 0 ? "day" : word, out var range))
        {
            return Problem.Invalid("range is day, week or month.", "range");
        }

        var now = time.GetUtcNow().UtcDateTime;
        // The span that runs now is not measured yet.
        var to = ActivitySampler.Floor(now, range.Step) + (range.Step > ActivitySampler.Slot ? range.Step : default);
        var from = to - range.Length;
        var rows = await ReadAsync(db, from, range.Step > ActivitySampler.Slot, cancellationToken);
        var count = (int)(range.Length / range.Step);
        IReadOnlyList<double?> Line(SampleMetric metric) => Means(rows, metric, from, range.Step, count);
        return ClientResults.Json(
            new ActivityReply(
                from, (int)range.Step.TotalSeconds, Line(SampleMetric.Online), Line(SampleMetric.Sessions),
                Line(SampleMetric.RelayBytes)),
            ActivityJson.Default.ActivityReply);
    }

    /// <summary>Introductions of the last day, by path.</summary>
    public static async Task<(long Direct, long Relayed)> PathsAsync(
        HawserDb db, DateTime now, CancellationToken cancellationToken)
    {
        var from = now.AddDays(-1);
        var sums = await db.ActivitySamples.AsNoTracking()
            .Where(s => s.Minutes == 5 && s.At >= from
                && (s.Metric == SampleMetric.Direct || s.Metric == SampleMetric.Relayed))
            .GroupBy(s => s.Metric).Select(g => new { g.Key, Sum = g.Sum(s => s.Value) })
            .ToDictionaryAsync(s => s.Key, s => (long)s.Sum, cancellationToken);
        return (sums.GetValueOrDefault(SampleMetric.Direct), sums.GetValueOrDefault(SampleMetric.Relayed));
    }

    // Hours where there are some, and for those that are not over yet what they are made of.
    private static async Task<List<ActivitySample>> ReadAsync(
        HawserDb db, DateTime from, bool inHours, CancellationToken cancellationToken)
    {
        var samples = db.ActivitySamples.AsNoTracking().Where(s =>
            s.Metric == SampleMetric.Online || s.Metric == SampleMetric.Sessions
            || s.Metric == SampleMetric.RelayBytes);
        if (!inHours)
        {
            return await samples.Where(s => s.Minutes == 5 && s.At >= from).ToListAsync(cancellationToken);
        }

        var rows = await samples.Where(s => s.Minutes == 60 && s.At >= from).ToListAsync(cancellationToken);
        var since = rows.Count == 0 ? from : rows.Max(r => r.At) + ActivitySampler.Hour;
        var newest = await samples.Where(s => s.Minutes == 5 && s.At >= since).ToListAsync(cancellationToken);
        rows.AddRange(ActivitySampler.Hours(newest));
        return rows;
    }

    // First the sources of one time together, then the times of one step.
    private static IReadOnlyList<double?> Means(
        List<ActivitySample> rows, SampleMetric metric, DateTime from, TimeSpan step, int count)
    {
        var sums = new double[count];
        var times = new int[count];
        foreach (var at in rows.Where(r => r.Metric == metric).GroupBy(r => r.At))
        {
            var index = (int)((at.Key - from) / step);
            if (index < 0 || index >= count) continue;
            sums[index] += at.Sum(r => r.Value);
            times[index]++;
        }

        return [.. sums.Select((sum, i) => times[i] == 0 ? null : (double?)Math.Round(sum / times[i], 2))];
    }
}

/// <summary>How much was going on, as lines with one value a step; null: nobody measured.</summary>
/// <param name="From">The beginning of the first step.</param>
/// <param name="Step">Its length in seconds.</param>
/// <param name="Online">Devices online.</param>
/// <param name="Sessions">Open sessions.</param>
/// <param name="Relay">Bytes a second over relays.</param>
internal sealed record ActivityReply(
    DateTime From, int Step, IReadOnlyList<double?> Online, IReadOnlyList<double?> Sessions,
    IReadOnlyList<double?> Relay);

/// <summary>How it is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ActivityReply))]
internal sealed partial class ActivityJson : JsonSerializerContext;
