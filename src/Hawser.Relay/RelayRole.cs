using Hawser.Cluster;
using Hawser.Relay.Linux;
using Microsoft.AspNetCore.Http;

namespace Hawser.Relay;

/// <summary>The relay role: pairs two connections by ticket and moves their bytes.</summary>
public sealed class RelayRole : IAsyncDisposable
{
    private readonly RelayOptions _options;
    private readonly RelayParts _parts;
    private readonly RelayContext _context;
    private readonly RelaySweeper _sweeper;
    private readonly RelayWebSocketEndpoint _webSockets;
    private readonly CancellationTokenSource _stopping = new();
    private RelayLoop[] _loops = [];
    private NativeAcceptor? _acceptor;
    private RelayListener? _listener;
    private int _stopped;
    private volatile bool _ready;
    private volatile RelayLimits _wanted = new();

    /// <summary>A role that does not listen yet.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="parts">What it is made of.</param>
    public RelayRole(RelayOptions options, RelayParts parts)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        _options = options;
        _parts = parts;
        _context = new RelayContext(options, parts);
        _sweeper = new RelaySweeper(_context);
        _webSockets = new RelayWebSocketEndpoint(_context, _stopping.Token);
        ReportBadEntries();
        parts.Heartbeat.Add(Sweep);
    }

    /// <summary>True while it listens and takes new pairs.</summary>
    public bool IsReady => _ready;

    /// <summary>For tests and the bench: the inside.</summary>
    internal RelayContext Context => _context;

    /// <summary>Opens TCP R.</summary>
    /// <exception cref="InvalidOperationException">The port can't be opened; the sentence names the option.</exception>
    public void Start()
    {
        var socket = RelayListener.Open(_parts.Bind, _options.Port);
        var isNative = OperatingSystem.IsLinux() && !_options.Portable;
        if (isNative)
        {
            var count = _options.Loops > 0 ? _options.Loops : Environment.ProcessorCount;
            _loops = [.. Enumerable.Range(0, count).Select(i => new RelayLoop(_context, i))];
            _acceptor = new NativeAcceptor(_context, socket, _loops);
        }
        else
        {
            _listener = new RelayListener(_context, socket);
            _listener.Start();
        }

        _ready = true;
        var kind = isNative ? "epoll loops" : "loops, portable path";
        RelayContext.Log.Listening(_context.Logger, _options.Port, _loops.Length, kind);
    }

    /// <summary>
    /// Serves one WebSocket leg until it ends. The server maps it on R+2 (any path) and on <c>/ws/relay</c>.
    /// </summary>
    /// <param name="context">A request; one that is no WebSocket request gets status 400.</param>
    /// <returns>When the leg has ended.</returns>
    public Task HandleWebSocketAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _webSockets.HandleAsync(context);
    }

    /// <summary>Runs one command of the original's text console (reference §8.2).</summary>
    /// <param name="command">The command and its arguments.</param>
    /// <returns>The answer; empty for a setter and for an unknown command.</returns>
    public string Execute(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return _context.Console.Execute(command);
    }

    /// <summary>
    /// Takes over what can change while running: limits, lists, caps, waiting times. Ports and loops stay.
    /// </summary>
    /// <param name="options">The new options; what the console had changed is forgotten.</param>
    public void Reload(RelayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _context.Policy.Reload(options);
        ReportBadEntries();
        Limit(_wanted);
    }

    /// <summary>The limits that hold now.</summary>
    public RelayLimits Limits
    {
        get
        {
            var policy = _context.Policy;
            return new RelayLimits(policy.SingleBandwidth, policy.TotalBandwidth, policy.LimitSpeed);
        }
    }

    /// <summary>Other limits than those of the options, at once for every pair; they stay over a reload.</summary>
    /// <param name="wanted">What is null is as the options say.</param>
    public void Limit(RelayLimits wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        _wanted = wanted;
        var policy = _context.Policy;
        policy.SingleBandwidth = wanted.Single ?? policy.Options.SingleBandwidth;
        policy.TotalBandwidth = wanted.Total ?? policy.Options.TotalBandwidth;
        policy.LimitSpeed = wanted.Slowed ?? policy.Options.LimitSpeed;
    }

    /// <summary>Believes these reverse proxies besides those of the options; they stay over a reload.</summary>
    /// <param name="proxies">Addresses and networks.</param>
    public void Trust(IReadOnlyList<string> proxies)
    {
        ArgumentNullException.ThrowIfNull(proxies);
        _context.Policy.Trust(proxies);
    }

    /// <summary>How this relay is doing, to be announced.</summary>
    /// <param name="address">The text that clients receive.</param>
    /// <returns>Its state.</returns>
    public RelayStatus Status(string address) =>
        new(address, IsReady, _context.Lobby.Pairs, _sweeper.BytesPerSecond, _context.Admission.IsDraining);

    /// <summary>How fast a pair is, in bytes per second of the last second.</summary>
    /// <param name="ticket">What its two ends presented.</param>
    /// <returns>Null: there is no such pair here.</returns>
    public long? RateOf(string ticket)
    {
        ArgumentNullException.ThrowIfNull(ticket);
        // From kbit/s.
        return _context.Lobby.Find(ticket) is { } pair ? (long)(pair.Usage.Current * 125) : null;
    }

    /// <summary>
    /// Takes no new pairs, or takes them again. Who waits for a partner is sent away at once, to ask for a relay anew;
    /// pairs that exist go on for as long as they like.
    /// </summary>
    /// <param name="drains">Whether it takes none.</param>
    public void Drain(bool drains)
    {
        if (_stopped != 0 || _context.Admission.IsDraining == drains) return;
        _context.Admission.IsDraining = drains;
        if (drains) SendWaitingAway();
        // A stop that began meanwhile is for good.
        else if (Volatile.Read(ref _stopped) != 0) _context.Admission.IsDraining = true;
    }

    /// <summary>
    /// Stops: no new connections, no new joins; pairs go on for the drain time, then they are closed.
    /// </summary>
    /// <param name="drain">How long pairs may go on.</param>
    /// <returns>When everything is closed.</returns>
    public async Task StopAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        _ready = false;
        _context.Admission.IsDraining = true;
        await _stopping.CancelAsync();
        if (_acceptor is not null) await _acceptor.DisposeAsync();
        if (_listener is not null) await _listener.StopAsync();
        SendWaitingAway();
        if (_context.Lobby.Pairs > 0) await DrainAsync(drain);
        foreach (var pair in _context.Lobby.Entries.OfType<RelayPair>()) pair.RequestEnd(RelayEnd.Shutdown);
        foreach (var loop in _loops) await loop.DisposeAsync();
        await _context.Pumps.WhenAllDoneAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        if (_listener is not null) await _listener.DisposeAsync();
        _stopping.Dispose();
    }

    private void SendWaitingAway()
    {
        foreach (var loop in _loops) loop.Post(new LoopRequest(LoopRequestKind.Drain));
        foreach (var leg in _context.Lobby.Entries.OfType<RelayLeg>())
        {
            if (!_context.Lobby.TryLeave(leg)) continue;
            _context.CountLost(leg, JoinOutcome.Draining);
            leg.Dismiss();
        }
    }

    private async Task DrainAsync(TimeSpan drain)
    {
        RelayContext.Log.Draining(_context.Logger, _context.Lobby.Pairs, drain.TotalSeconds);
        var step = TimeSpan.FromMilliseconds(50);
        for (var left = drain; left > TimeSpan.Zero && _context.Lobby.Pairs > 0; left -= step)
        {
            await Task.Delay(step < left ? step : left, _parts.Time, CancellationToken.None);
        }
    }

    private void Sweep()
    {
        _sweeper.Sweep();
        foreach (var loop in _loops)
        {
            if (loop.Legs > 0) loop.Post(new LoopRequest(LoopRequestKind.Sweep));
        }
    }

    private void ReportBadEntries()
    {
        foreach (var entry in _context.Policy.BadEntries) RelayContext.Log.BadListEntry(_context.Logger, entry);
    }
}
