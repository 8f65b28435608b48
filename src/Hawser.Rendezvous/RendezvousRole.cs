using Hawser.Cluster;
using Hawser.Data;
using Hawser.Data.Activity;
using Hawser.Protocol.Identity;
using Hawser.Rendezvous.Listening;
using Hawser.Rendezvous.Registering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hawser.Rendezvous;

/// <summary>The ID server: registers peers over UDP, TCP and WebSocket and introduces callers to targets.</summary>
public sealed partial class RendezvousRole : IAsyncDisposable
{
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);

    private readonly RendezvousParts _parts;
    private readonly LiveSettings _settings;
    private readonly ILogger _log;
    private readonly RendezvousMetrics _metrics;
    private readonly SourceBudgets _budgets;
    private readonly ClientConfiguration _configuration;
    private readonly PeerRegistry _registry;
    private readonly ClaimLog _claims;
    private readonly KeyRegistration _keys;
    private readonly LastSeenWriter _lastSeen;
    private readonly AddressChanges _changes;
    private readonly UdpListener _udp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private volatile ControlPlane? _control;
    private Task _forgetting = Task.CompletedTask;
    private Task? _stopping;
    private volatile bool _started;
    private bool _answersDatagrams;

    /// <summary>A role that does not listen yet. Adds its sweepers to the heartbeat.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="parts">What it is made of.</param>
    /// <exception cref="InvalidOperationException">An address list can't be read; the sentence names it.</exception>
    public RendezvousRole(RendezvousOptions options, RendezvousParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _settings = new LiveSettings(options);
        _log = parts.Logs.CreateLogger<RendezvousRole>();
        _metrics = new RendezvousMetrics(parts.Meters);
        _budgets = new SourceBudgets(options, parts.Time, _metrics);
        _configuration = new ClientConfiguration(options);
        _registry = new PeerRegistry(options, _budgets, _metrics, parts.Router, parts.Feed, parts.Time);
        _changes = new AddressChanges(parts.Time);
        _claims = new ClaimLog(options, _budgets, _metrics, parts.Feed, parts.Time, parts.Logs)
        {
            Store = parts.Deployment?.SaveClaimsAsync,
        };
        _keys = new KeyRegistration(
            options, _registry, _budgets, _changes, DeviceWrites.To(parts.Devices), _metrics, parts.Feed, parts.Time,
            parts.Logs) { Deployment = parts.Deployment, Claims = _claims };
        _lastSeen = new LastSeenWriter(parts.Devices, parts.Time, parts.Logs);
        _lastSeen.AddSource(_registry.Sightings);
        // Nobody waits for an answer before there is a broker.
        _udp = new UdpListener(
            options, parts.Bind,
            new DatagramParts(_registry, _keys, _budgets, _configuration, (answer, source) =>
                _control?.Broker.PunchedByUdp(answer, source)),
            _metrics, parts.Logs);
        parts.Heartbeat.Add(_registry.Sweep);
        parts.Heartbeat.Add(_changes.Sweep);
        parts.Heartbeat.Add(_lastSeen.Tick);
        parts.Heartbeat.Add(_claims.Tick);
    }

    /// <summary>Whether it listens and knows its devices.</summary>
    public bool IsReady =>
        _started && !_stop.IsCancellationRequested && _stopping is null && _registry.IsLoaded && _udp.IsHealthy;

    /// <summary>Counts, for tests in this solution.</summary>
    internal RendezvousMetrics Metrics => _metrics;

    /// <summary>The peers, for tests in this solution.</summary>
    internal PeerRegistry Registry => _registry;

    /// <summary>The connections, for tests in this solution.</summary>
    internal ConnectionTable Connections => Control.Table;

    /// <summary>The relay checks, for tests in this solution.</summary>
    internal RelayProbe Probe => Control.Probe;

    private ControlPlane Control => _control ?? throw new InvalidOperationException("The role was not started.");

    /// <summary>Binds UDP P and answers datagrams; the first part of <see cref="Start"/>, for who has other things to
    /// do in between.</summary>
    /// <exception cref="InvalidOperationException">The port is taken or may not be bound; the sentence names the
    /// option.</exception>
    public void StartDatagrams()
    {
        if (_answersDatagrams) return;
        _answersDatagrams = true;
        _udp.Start();
    }

    /// <summary>Binds UDP and TCP P and TCP P-1 and serves them from now on.</summary>
    /// <exception cref="InvalidOperationException">A port is taken or may not be bound; the sentence names the
    /// option.</exception>
    public void Start()
    {
        // The data plane alone answers the first datagram; whoever connects meanwhile has nothing to connect to yet.
        StartDatagrams();
        _keys.Start();
        _parts.Roster.Configure(_settings.Options.RelayServers);
        _control = new ControlPlane(
            new ControlParts(
                _settings.Options, _settings, _registry, _keys, _budgets, _changes, _configuration, _metrics),
            _parts);
        _control.Start(_stop.Token);
        _forgetting = ForgetDeletedAsync(_stop.Token);
        _started = true;
        Log.Started(_log, _settings.Options.Port, _parts.RequiredKey.Length > 0);
    }

    /// <summary>Loads the known devices. May run before, during and after <see cref="Start"/>; unknown ids are not
    /// answered until it is done.</summary>
    /// <param name="cancellationToken">Stops loading.</param>
    /// <returns>When they are loaded.</returns>
    public Task LoadAsync(CancellationToken cancellationToken) =>
        _registry.LoadAsync(_parts.Devices, cancellationToken, count => Log.Loaded(_log, count));

    /// <summary>Serves a WebSocket: any path on P+2, <c>/ws/id</c> on the HTTP port.</summary>
    /// <param name="context">A request; not necessarily for a WebSocket.</param>
    /// <returns>When the connection has ended.</returns>
    public Task HandleWebSocketAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Control.WebSockets.HandleAsync(context);
    }

    /// <summary>By which paths peers were brought together.</summary>
    public PathCounts Paths => _metrics.Paths;

    /// <summary>What is known of a device now, for people.</summary>
    /// <param name="id">The device.</param>
    /// <returns>Null when it is not known.</returns>
    public PeerSighting? Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!_registry.TryFind(id, out var peer)) return null;
        var now = _parts.Time.GetUtcNow().UtcDateTime;
        var relayed = _control?.Broker.LatestRelay(id);
        var isKnown = peer.Connection is not null || peer.Silence is not null;
        return new PeerSighting(
            peer.IsOnline,
            peer.Connection is not null ? now : peer.Silence is { } ago ? now.AddMilliseconds(-ago) : null,
            isKnown ? peer.Address.ToIPAddress().ToString() : "",
            peer.Connection switch
            {
                WebSocketConnection => "websocket", not null => "tcp", null => isKnown ? "udp" : "",
            },
            relayed?.At, relayed?.Relay ?? "");
    }

    /// <summary>Whether a device is registered now.</summary>
    /// <param name="id">The device.</param>
    /// <returns>False when it is not known, too.</returns>
    public bool IsOnline(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return _registry.IsOnline(id);
    }

    /// <summary>Tells which devices are registered now.</summary>
    /// <param name="visit">Called with each id.</param>
    public void VisitOnline(Action<string> visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        _registry.VisitOnline(visit);
    }

    /// <summary>Runs a command of the console (§8.1).</summary>
    /// <param name="command">For instance <c>rs</c>.</param>
    /// <returns>What is printed; empty for setters and unknown commands.</returns>
    public string Execute(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Control.Console.Execute(command);
    }

    /// <summary>Takes over what can change while running: relays, budgets, LAN rules, login and deployment
    /// switches.</summary>
    /// <param name="options">The new options; ports are not looked at.</param>
    /// <exception cref="InvalidOperationException">An address list can't be read; nothing was changed.</exception>
    public void Reload(RendezvousOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _settings.Reload(options);
        _budgets.Reload(options);
        _registry.Reload(options);
        _keys.Reload(options);
        _claims.Reload(options);
        _configuration.Reload(options);
        _parts.Roster.Configure(options.RelayServers);
    }

    /// <summary>Believes these reverse proxies besides those of the options; they stay over a reload.</summary>
    /// <param name="proxies">Addresses and networks.</param>
    public void Trust(IReadOnlyList<string> proxies)
    {
        ArgumentNullException.ThrowIfNull(proxies);
        _settings.Trust(proxies);
    }

    /// <summary>How long a relay took to answer lately, the newest last; null: it did not. Only asked when there are
    /// several.</summary>
    /// <param name="address">Which.</param>
    /// <returns>Milliseconds.</returns>
    public IReadOnlyList<int?> RelayLatencies(string address) => _control?.Probe.Latencies(address) ?? [];

    /// <summary>Has two ends meet at a relay for a try.</summary>
    /// <param name="address">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How it did.</returns>
    public Task<RelayTrial> TryRelayAsync(string address, CancellationToken cancellationToken) =>
        Control.Probe.TryAsync(address, cancellationToken);

    /// <summary>Which relay a peer would be told now, and why.</summary>
    /// <param name="peer">Its address.</param>
    /// <returns>The choice.</returns>
    public RelayChoice ExplainRelay(PeerAddress peer)
    {
        var choice = _parts.Roster.Explain(new RelayRequest(peer, default));
        var told = _settings.Lan.RelayFor(peer, choice.Address, choice.Address);
        return told == choice.Address ? choice : new RelayChoice(told, RelayReason.Local, [told]);
    }

    /// <summary>Introduces nobody new, lets introductions in flight finish, then closes everything.</summary>
    /// <param name="drain">How long introductions may take.</param>
    /// <returns>When all is closed and flushed.</returns>
    public Task StopAsync(TimeSpan drain)
    {
        lock (_gate) return _stopping ??= StopOnceAsync(drain);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        await _claims.DisposeAsync();
        _control?.Dispose();
        _stop.Dispose();
    }

    private async Task StopOnceAsync(TimeSpan drain)
    {
        // Targets answer on new connections, so the listeners stay until the last caller has its answer.
        var answered = _control?.DrainAsync() ?? Task.CompletedTask;
        if (drain > TimeSpan.Zero && !answered.IsCompleted)
        {
            await Task.WhenAny(answered, Task.Delay(drain, _parts.Time, _stop.Token));
        }

        await _stop.CancelAsync();
        await _forgetting;
        if (_control is not null) await _control.StopAsync();
        _udp.Dispose();
        await _keys.StopAsync();
        await FlushSightingsAsync();
        _metrics.Dispose();
        Log.Stopped(_log);
    }

    // What an administrator deleted must not live on in memory: its id is free, and a device that is still there
    // registers anew.
    private async Task ForgetDeletedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var hint in _parts.Feed.SubscribeAsync(cancellationToken))
            {
                if (hint.Kind == "device-deleted") _registry.Remove(hint.Id);
                if (hint.Kind == "device-restored") await _keys.TakeBackAsync(hint.Id);
                if (hint.Kind == "devices-imported") await LoadImportedAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping is the normal end.
        }
    }

    // Imported ids belong to their machines from now on, not only after the next start.
    private async Task LoadImportedAsync(CancellationToken cancellationToken)
    {
        if (!_registry.IsLoaded) return;
        try
        {
            Log.Loaded(_log, await _registry.LoadMissingAsync(_parts.Devices, cancellationToken));
        }
        catch (StoreException e)
        {
            Log.NotLoaded(_log, e.Message);
        }
    }

    private async Task FlushSightingsAsync()
    {
        // Nobody was loaded: the store may not even be open.
        if (!_registry.IsLoaded) return;
        using var deadline = new CancellationTokenSource(FlushLimit, _parts.Time);
        try
        {
            await _lastSeen.StopAsync(deadline.Token);
            await _claims.StopAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Log.SightingsLost(_log);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1000, LogLevel.Information, "Rendezvous listens on port {Port}; key required: {KeyRequired}")]
        public static partial void Started(ILogger logger, int port, bool keyRequired);

        [LoggerMessage(1001, LogLevel.Information, "{Count} devices loaded")]
        public static partial void Loaded(ILogger logger, int count);

        [LoggerMessage(1002, LogLevel.Information, "Rendezvous stopped")]
        public static partial void Stopped(ILogger logger);

        [LoggerMessage(1003, LogLevel.Warning, "The store was too slow to take when peers were last seen")]
        public static partial void SightingsLost(ILogger logger);

        [LoggerMessage(1004, LogLevel.Warning, "Imported devices count after the next start only: {Reason}")]
        public static partial void NotLoaded(ILogger logger, string reason);
    }
}
