using Hawser.Rendezvous.Console;
using Hawser.Rendezvous.Introducing;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous;

/// <summary>What the control plane shares with the data plane.</summary>
/// <param name="Options">The options it starts with.</param>
/// <param name="Settings">What can change while it runs.</param>
/// <param name="Registry">The peers.</param>
/// <param name="Keys">Registers keys.</param>
/// <param name="Budgets">How much each source may ask for.</param>
/// <param name="Changes">Ids that change their address.</param>
/// <param name="Configuration">What clients are told about ID servers.</param>
/// <param name="Metrics">Counts.</param>
internal sealed record ControlParts(
    RendezvousOptions Options,
    LiveSettings Settings,
    PeerRegistry Registry,
    KeyRegistration Keys,
    SourceBudgets Budgets,
    AddressChanges Changes,
    ClientConfiguration Configuration,
    RendezvousMetrics Metrics);

/// <summary>
/// Everything that is not a datagram: connections over TCP and WebSocket, introductions, the console, the relay checks.
/// Made after the UDP port is served, because making it takes longer than the data plane's whole start.
/// </summary>
internal sealed class ControlPlane : IDisposable
{
    private readonly LongConnections _long;
    private readonly TcpAcceptor _main;
    private readonly TcpAcceptor _side;
    private Task _probing = Task.CompletedTask;

    /// <summary>A control plane that does not listen yet. Adds its sweepers to the heartbeat.</summary>
    /// <param name="shared">What the data plane has.</param>
    /// <param name="parts">What the role is made of.</param>
    public ControlPlane(ControlParts shared, RendezvousParts parts)
    {
        var (settings, registry, budgets, metrics) = (shared.Settings, shared.Registry, shared.Budgets, shared.Metrics);
        var gate = new IntroductionGate(settings, parts, budgets, parts.Logs.CreateLogger<IntroductionGate>());
        var punches = new PunchLog(parts.Time);
        Broker = new PunchBroker(new BrokerParts(
            settings, gate, registry, budgets, new WaitingCallers(parts.Time), new RecentIntroductions(parts.Time),
            new SignedKeys(parts.Key), punches, parts.Router, parts.Roster, metrics, parts.Time,
            parts.Logs.CreateLogger<PunchBroker>()) { Paths = parts.Paths });
        _long = new LongConnections(settings, registry, shared.Keys, gate);
        Console = new TextConsole(new ConsoleParts(settings, parts.Roster, budgets, shared.Changes, punches));
        Table = new ConnectionTable(settings, budgets, metrics, parts.Time);
        var dispatcher = new MessageDispatcher(new DispatcherParts(
            settings, Broker, _long, new OnlineQueries(settings, registry, budgets, metrics),
            new TunnelDesk(parts.Tunnel, budgets, metrics, parts.Time, parts.Logs.CreateLogger<TunnelDesk>()),
            budgets, shared.Configuration, Console));
        var offers = new KeyOffers(parts.Key);
        var connections = new ConnectionParts(
            dispatcher, Table, parts.Time, metrics, parts.Logs.CreateLogger<ClientConnection>());
        WebSockets = new WebSocketEndpoint(new ClientAddresses(settings), connections);
        _main = new TcpAcceptor(shared.Options.Port, Door.Main, parts.Bind, offers, connections);
        _side = new TcpAcceptor(shared.Options.Port - 1, Door.Side, parts.Bind, null, connections);
        Probe = new RelayProbe(
            parts.Roster, parts.RequiredKey, parts.Time, parts.Logs.CreateLogger<RelayProbe>());
        metrics.ObserveControl(() => Table.Count, () => Broker.Waiting);
        parts.Heartbeat.Add(Broker.Sweep);
        parts.Heartbeat.Add(Table.Sweep);
        parts.Heartbeat.Add(offers.Refill);
    }

    /// <summary>Introduces callers.</summary>
    public PunchBroker Broker { get; }

    /// <summary>The text commands.</summary>
    public TextConsole Console { get; }

    /// <summary>The open connections.</summary>
    public ConnectionTable Table { get; }

    /// <summary>Serves WebSockets.</summary>
    public WebSocketEndpoint WebSockets { get; }

    /// <summary>Checks the relays.</summary>
    public RelayProbe Probe { get; }

    /// <summary>Binds TCP P and P-1 and serves them from now on.</summary>
    /// <param name="stopping">Ends the relay checks.</param>
    /// <exception cref="InvalidOperationException">A port is taken or may not be bound; the sentence names the
    /// option.</exception>
    public void Start(CancellationToken stopping)
    {
        _main.Start();
        _side.Start();
        _probing = Probe.RunAsync(stopping);
    }

    /// <summary>Introduces nobody new.</summary>
    /// <returns>When the last caller has its answer.</returns>
    public Task DrainAsync()
    {
        _long.Drain();
        return Broker.DrainAsync();
    }

    /// <summary>Stops accepting and closes every connection.</summary>
    /// <returns>When all is closed.</returns>
    public async Task StopAsync()
    {
        await _main.StopAsync();
        await _side.StopAsync();
        await Table.CloseAllAsync();
        await _probing;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _main.Dispose();
        _side.Dispose();
    }
}
