using System.Diagnostics.Metrics;

namespace Hawser.Relay;

/// <summary>The figures of the relay role: plain fields that observable instruments read.</summary>
internal sealed class RelayMetrics
{
    private readonly long[] _joins = new long[Enum.GetValues<JoinOutcome>().Length];
    private readonly long[] _ends = new long[Enum.GetValues<RelayEnd>().Length];
    private readonly long[] _refusals = new long[Enum.GetValues<AcceptRefusal>().Length];
    private long _bytes;
    private long _acceptPauses;

    public RelayMetrics(IMeterFactory? meters, RelayLobby lobby, RelayAdmission admission)
    {
        if (meters is null) return;
        var meter = meters.Create("Hawser.Relay");
        meter.CreateObservableUpDownCounter("hawser.relay.pairs", () => lobby.Pairs, description: "Pairs that exist");
        meter.CreateObservableUpDownCounter("hawser.relay.waiting", () => admission.Unpaired,
            description: "Connections without a partner");
        meter.CreateObservableCounter("hawser.relay.bytes", () => Bytes, "By", "Bytes passed on, both directions");
        meter.CreateObservableCounter("hawser.relay.joins", () => Tagged<JoinOutcome>(_joins, "outcome"),
            description: "Legs by what became of them before they were part of a pair");
        meter.CreateObservableCounter("hawser.relay.ends", () => Tagged<RelayEnd>(_ends, "reason"),
            description: "Ended pairs by reason");
        meter.CreateObservableCounter("hawser.relay.refusals", () => Tagged<AcceptRefusal>(_refusals, "reason"),
            description: "Connections refused when they were accepted");
        meter.CreateObservableCounter("hawser.relay.accept_pauses", () => AcceptPauses,
            description: "Times that accepting paused because no descriptor was left");
    }

    /// <summary>Bytes passed on; renewed by the heartbeat.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Times that accepting paused.</summary>
    public long AcceptPauses => Volatile.Read(ref _acceptPauses);

    public void AddBytes(long count) => Interlocked.Add(ref _bytes, count);

    public void CountJoin(JoinOutcome outcome) => Interlocked.Increment(ref _joins[(int)outcome]);

    public void CountEnd(RelayEnd end) => Interlocked.Increment(ref _ends[(int)end]);

    public void CountRefusal(AcceptRefusal refusal) => Interlocked.Increment(ref _refusals[(int)refusal]);

    public void CountAcceptPause() => Interlocked.Increment(ref _acceptPauses);

    public long Joins(JoinOutcome outcome) => Volatile.Read(ref _joins[(int)outcome]);

    public long Ends(RelayEnd end) => Volatile.Read(ref _ends[(int)end]);

    public long Refusals(AcceptRefusal refusal) => Volatile.Read(ref _refusals[(int)refusal]);

    private static List<Measurement<long>> Tagged<T>(long[] counts, string tag) where T : struct, Enum
    {
        var list = new List<Measurement<long>>(counts.Length);
        foreach (var value in Enum.GetValues<T>())
        {
            var count = Volatile.Read(ref counts[Convert.ToInt32(value)]);
            var name = value.ToString();
            if (name == "None") continue;
            list.Add(new Measurement<long>(count, new KeyValuePair<string, object?>(tag, SnakeCase(name))));
        }

        return list;
    }

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => (char.IsUpper(c) && i > 0 ? "_" : "") + char.ToLowerInvariant(c)));
}
