using System.Diagnostics.Metrics;

namespace Hawser.Api.Audit;

/// <summary>Counts what became of reports.</summary>
internal sealed class AuditMetrics
{
    private readonly long[] _outcomes = new long[Enum.GetValues<AuditOutcome>().Length];

    public AuditMetrics(IMeterFactory meters) => meters.Create("Hawser.Api").CreateObservableCounter(
        "hawser.api.audits", Outcomes, description: "Audit reports of devices by outcome");

    public void Count(AuditOutcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    public long Of(AuditOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    private List<Measurement<long>> Outcomes()
    {
        var list = new List<Measurement<long>>(_outcomes.Length);
        foreach (var outcome in Enum.GetValues<AuditOutcome>())
        {
            var name = outcome == AuditOutcome.TooMany ? "too_many" : outcome.ToString().ToLowerInvariant();
            list.Add(new Measurement<long>(Of(outcome), new KeyValuePair<string, object?>("outcome", name)));
        }

        return list;
    }
}
