using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Hawser.Cluster;
using Hawser.Rendezvous.Introducing;

namespace Hawser.Rendezvous;

/// <content>Instruments of the control plane: connections and introductions.</content>
internal sealed partial class RendezvousMetrics
{
    private readonly long[] _outcomes = new long[(int)IntroductionOutcome.CallerGone + 1];
    private readonly ConcurrentDictionary<string, StrongBox<long>> _closed = new(StringComparer.Ordinal);
    private long _expired;
    private long _relayed;
    private long _fellBack;
    private long _tunnelled;
    private long _tunnelErrors;

    /// <summary>An introduction ended so.</summary>
    /// <param name="outcome">How.</param>
    public void Introduction(IntroductionOutcome outcome) => Interlocked.Increment(ref _outcomes[(int)outcome]);

    /// <summary>How many introductions ended so; for tests and the text console.</summary>
    /// <param name="outcome">How.</param>
    /// <returns>The count.</returns>
    public long Introductions(IntroductionOutcome outcome) => Volatile.Read(ref _outcomes[(int)outcome]);

    /// <summary>A caller was sent to a relay.</summary>
    /// <param name="afterPunch">It had been told of a direct path, which did not work.</param>
    public void SentToRelay(bool afterPunch)
    {
        Interlocked.Increment(ref _relayed);
        if (afterPunch) Interlocked.Increment(ref _fellBack);
    }

    /// <summary>By which paths peers were brought together.</summary>
    public PathCounts Paths
    {
        get
        {
            var told = Introductions(IntroductionOutcome.Punched) + Introductions(IntroductionOutcome.PunchedByUdp)
                + Introductions(IntroductionOutcome.Local);
            return new PathCounts(Math.Max(0, told - Volatile.Read(ref _fellBack)), Volatile.Read(ref _relayed));
        }
    }

    /// <summary>Callers waited in vain.</summary>
    /// <param name="count">How many.</param>
    public void Expired(int count)
    {
        if (count > 0) Interlocked.Add(ref _expired, count);
    }

    /// <summary>A request through the rendezvous port was answered by the pipeline.</summary>
    public void Tunnelled() => Interlocked.Increment(ref _tunnelled);

    /// <summary>A request through the rendezvous port was answered with an error text.</summary>
    public void TunnelError() => Interlocked.Increment(ref _tunnelErrors);

    /// <summary>A connection was refused or closed by us.</summary>
    /// <param name="reason">One of a few words.</param>
    public void ConnectionClosed(string reason) =>
        Interlocked.Increment(ref _closed.GetOrAdd(reason, static _ => new StrongBox<long>()).Value);

    /// <summary>How many connections were refused or closed for a reason; for tests.</summary>
    /// <param name="reason">The word.</param>
    /// <returns>The count.</returns>
    public long ConnectionsClosed(string reason) =>
        _closed.TryGetValue(reason, out var count) ? Volatile.Read(ref count.Value) : 0;

    /// <summary>Makes the instruments; once.</summary>
    /// <param name="connections">Connections now.</param>
    /// <param name="waiting">Callers that wait now.</param>
    public void ObserveControl(Func<int> connections, Func<int> waiting)
    {
        // Not earlier: making instruments takes a good part of the time to the first answered datagram.
        _meter = _meters is null ? new Meter(MeterName) : _meters.Create(new MeterOptions(MeterName));
        CreateRegisteringInstruments(_meter);
        _meter.CreateObservableUpDownCounter(
            "hawser.rendezvous.connections", connections, description: "Open TCP and WebSocket connections");
        _meter.CreateObservableUpDownCounter(
            "hawser.rendezvous.waiting_callers", waiting, description: "Callers whose target has not answered yet");
        _meter.CreateObservableCounter(
            "hawser.rendezvous.introductions.expired", () => Volatile.Read(ref _expired),
            description: "Callers whose target never answered");
        _meter.CreateObservableCounter(
            "hawser.rendezvous.introductions", () => Read(_outcomes, "outcome", Name<IntroductionOutcome>),
            description: "Introductions and answers, by outcome");
        _meter.CreateObservableCounter(
            "hawser.rendezvous.tunnel.requests", Tunnels, description: "HTTP requests through the rendezvous port");
        _meter.CreateObservableCounter(
            "hawser.rendezvous.connections.closed", Closed,
            description: "Connections that were refused or closed by the server, by reason");
    }

    private Measurement<long>[] Tunnels() =>
    [
        new(Volatile.Read(ref _tunnelled), new KeyValuePair<string, object?>("outcome", "answered")),
        new(Volatile.Read(ref _tunnelErrors), new KeyValuePair<string, object?>("outcome", "error")),
    ];

    private IEnumerable<Measurement<long>> Closed()
    {
        foreach (var (reason, count) in _closed)
        {
            yield return new Measurement<long>(Volatile.Read(ref count.Value), Tag("reason", reason));
        }
    }
}
