using System.Diagnostics.Metrics;
using Hawser.Protocol.Messages;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;

namespace Hawser.Rendezvous;

/// <summary>What is counted about datagrams, keys and peers.</summary>
internal sealed partial class RendezvousMetrics
{
    private readonly Lock _datagramGate = new();
    private readonly long[] _pushes = new long[(int)PushOutcome.SendError + 1];
    private readonly long[] _overBudget = new long[SourceBudgets.Kinds];
    private readonly long[] _keys = new long[MaxResult + 1];
    private readonly long[] _claims = new long[(int)ClaimDrop.StoreFailed + 1];
    private DatagramCounters[] _datagrams = [];
    private PeerRegistry? _registry;
    private long _keysUnanswered;
    private long _keysDropped;
    private long _idConflicts;
    private long _registryFull;
    private long _storeFailures;

    private const int MaxResult = (int)RegisterPkResponse.Types.Result.NotDeployed;

    /// <summary>Ids that two devices claimed.</summary>
    public long IdConflicts => Volatile.Read(ref _idConflicts);

    /// <summary>New devices that were put off because <see cref="RendezvousOptions.MaxPeers"/> are known.</summary>
    public long RegistryFull => Volatile.Read(ref _registryFull);

    /// <summary>Key registrations that were dropped because the queue was full.</summary>
    public long KeysDropped => Volatile.Read(ref _keysDropped);

    /// <summary>Reads a counter that every receiving thread has one of.</summary>
    /// <param name="counter">Which.</param>
    /// <returns>The sum over all threads.</returns>
    public long Datagrams(DatagramCount counter) =>
        Volatile.Read(ref _datagrams).Sum(counters => counters.Read(counter));

    /// <summary>How many pushes went like this.</summary>
    /// <param name="outcome">How.</param>
    /// <returns>Their number.</returns>
    public long Pushes(PushOutcome outcome) => Volatile.Read(ref _pushes[(int)outcome]);

    /// <summary>How often a budget was used up.</summary>
    /// <param name="kind">Which.</param>
    /// <returns>The number of refusals.</returns>
    public long Refusals(BudgetKind kind) => Volatile.Read(ref _overBudget[(int)kind]);

    /// <summary>How many RegisterPk were answered like this.</summary>
    /// <param name="result">The answer.</param>
    /// <returns>Their number.</returns>
    public long Keys(RegisterPkResponse.Types.Result result) => Volatile.Read(ref _keys[(int)result]);

    /// <summary>How many refused devices were not kept for this reason.</summary>
    /// <param name="reason">Why.</param>
    /// <returns>Their number.</returns>
    public long ClaimsDropped(ClaimDrop reason) => Volatile.Read(ref _claims[(int)reason]);

    internal void Observe(PeerRegistry registry) => _registry = registry;

    internal DatagramCounters AddDatagramCounters()
    {
        var counters = new DatagramCounters();
        lock (_datagramGate) Volatile.Write(ref _datagrams, [.. _datagrams, counters]);
        return counters;
    }

    internal void Pushed(PushOutcome outcome) => Interlocked.Increment(ref _pushes[(int)outcome]);

    internal void OverBudget(BudgetKind kind) => Interlocked.Increment(ref _overBudget[(int)kind]);

    internal void KeyAnswered(RegisterPkResponse.Types.Result? result) =>
        Interlocked.Increment(ref result is { } r ? ref _keys[(int)r] : ref _keysUnanswered);

    internal void KeyDropped() => Interlocked.Increment(ref _keysDropped);

    internal void IdConflict() => Interlocked.Increment(ref _idConflicts);

    internal void NewPeerPutOff() => Interlocked.Increment(ref _registryFull);

    internal void ClaimDropped(ClaimDrop reason, long count = 1) => Interlocked.Add(ref _claims[(int)reason], count);

    internal void StoreFailed() => Interlocked.Increment(ref _storeFailures);

    private void CreateRegisteringInstruments(Meter meter)
    {
        meter.CreateObservableCounter("hawser.rendezvous.datagrams", ReadDatagrams);
        meter.CreateObservableCounter("hawser.rendezvous.key_registrations", ReadKeys);
        meter.CreateObservableCounter("hawser.rendezvous.key_registrations_dropped", () => KeysDropped);
        meter.CreateObservableCounter("hawser.rendezvous.pushes", () => Read(_pushes, "outcome", Name<PushOutcome>));
        meter.CreateObservableCounter(
            "hawser.rendezvous.over_budget", () => Read(_overBudget, "kind", Name<BudgetKind>));
        meter.CreateObservableCounter("hawser.rendezvous.id_conflicts", () => IdConflicts);
        meter.CreateObservableCounter(
            "hawser.rendezvous.claims_dropped", () => Read(_claims, "reason", Name<ClaimDrop>));
        meter.CreateObservableCounter("hawser.rendezvous.registry_full", () => RegistryFull);
        meter.CreateObservableCounter("hawser.rendezvous.store_failures", () => Volatile.Read(ref _storeFailures));
        meter.CreateObservableGauge("hawser.rendezvous.peers", () => _registry?.Count ?? 0, null, "Known peers.");
        meter.CreateObservableGauge("hawser.rendezvous.peers_online", () => _registry?.OnlineCount() ?? 0);
    }

    private IEnumerable<Measurement<long>> ReadDatagrams() => Enum.GetValues<DatagramCount>()
        .Select(c => new Measurement<long>(Datagrams(c), Tag("outcome", Name<DatagramCount>((int)c))));

    private IEnumerable<Measurement<long>> ReadKeys()
    {
        foreach (var result in Enum.GetValues<RegisterPkResponse.Types.Result>())
        {
            var name = Name<RegisterPkResponse.Types.Result>((int)result);
            yield return new Measurement<long>(Keys(result), Tag("result", name));
        }

        yield return new Measurement<long>(Volatile.Read(ref _keysUnanswered), Tag("result", "none"));
    }

    private static IEnumerable<Measurement<long>> Read(long[] counters, string tag, Func<int, string> name) =>
        counters.Select((_, i) => new Measurement<long>(Volatile.Read(ref counters[i]), Tag(tag, name(i))));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    // OverBudget -> over_budget: the form that metric tags have everywhere.
    private static string Name<T>(int value)
        where T : struct, Enum
    {
        var text = new System.Text.StringBuilder();
        foreach (var c in Enum.ToObject(typeof(T), value).ToString() ?? "")
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
