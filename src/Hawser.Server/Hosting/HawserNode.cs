using System.Net;
using System.Net.Sockets;
using Hawser.Api;
using Hawser.Api.Devices;
using Hawser.Api.Access;
using Hawser.Api.Retention;
using Hawser.Api.Accounts;
using Hawser.Cluster;
using Hawser.Cluster.Announcing;
using Hawser.Cluster.InProcess;
using Hawser.Cluster.Redis;
using Hawser.Data;
using Hawser.Recording;
using Hawser.Relay;
using Hawser.Rendezvous;
using Hawser.Server.Configuration;
using Hawser.Server.Keys;
using Hawser.Server.Logging;
using Hawser.Server.Metrics;

namespace Hawser.Server.Hosting;

/// <summary>
/// One running server: the chosen roles, composed. The roles listen first, so that the first datagram is answered
/// within
/// milliseconds; the database is opened and the web server built meanwhile and after.
/// </summary>
internal sealed partial class HawserNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeProvider _time;
    private readonly NodeHeartbeat _heartbeat;
    private readonly FolderLock? _lock;
    private readonly NodeDrain _drain;
    private RelayAnnouncer? _announcer;
    private readonly Task _opening;
    private Task _loading = Task.CompletedTask;
    private Task _background = Task.CompletedTask;
    private Task _access = Task.CompletedTask;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<WebApplication>? _building;
    private WebApplication? _web;
    private int _stopped;
    private TokenDesk? _tokens;

    private HawserNode(HawserOptions options, ILoggerFactory logs, TimeProvider time)
    {
        Options = options;
        _drain = new NodeDrain(this);
        Logs = logs;
        Log = logs.CreateLogger<HawserNode>();
        _time = time;
        var roles = Roles.Of(options);
        Entrance = new ApiEntrance(!roles.Api, time);
        var feed = new InProcessLiveFeed();
        Redis = options.Redis.Host.Length > 0 ? new RedisServer(options.Redis, time, logs) : null;
        Feed = Redis?.Join(feed) ?? feed;
        DataFolder.Prepare(options.Data);
        _lock = roles.Rendezvous || roles.Api || roles.Recorder ? FolderLock.Take(options.Data) : null;
        try
        {
            if (roles.Rendezvous) FirstStart.CopyFiles(options, Log);
            Key = KeyPolicy.Resolve(options);
            if (roles.Rendezvous || roles.Api || roles.Recorder)
            {
                Store = HawserStore.For(options.Data, time, logs, database: AddressOf(options));
            }

            // While the roles are composed here, another core opens the database.
            _opening = OpenStoreAsync();
            Bind = options.Bind.Length > 0 ? IPAddress.Parse(options.Bind) : null;
            MetricsReaders = NetworkList.OrPrivate(options.Http.MetricsFrom);
            Proxies = new TrustedProxies(options.Http.TrustedProxies);
            JoinBudget = new RefusalBudget(time);
            _heartbeat = new NodeHeartbeat(time, e => NodeLogLines.SweeperFailed(Log, e));
            Certificate = TlsCertificate.Open(options.Http, time, Log);
            if (Certificate is not null) _heartbeat.Add(Certificate.Tick);
            Roster = new InProcessRelayRoster(time, _heartbeat);
            _heartbeat.Add(_drain.Tick);
            if (roles.Rendezvous
                && options.JoinKey.Length > 0) JoinVerifier = new RelayAnnouncementVerifier(options.JoinKey, time);
            Derive(options, roles);
            if (!roles.Rendezvous) return;
            Introduced = new SessionPaths(time);
            var tokens = new TokenDesk(ComposeApi(), options.Api, time);
            Access = new AccessDesk(ComposeApi(), tokens, time, logs);
            Rendezvous = new RendezvousRole(options.Rendezvous, RendezvousParts(roles));
        }
        catch
        {
            _lock?.Dispose();
            throw;
        }
    }

    public HawserOptions Options { get; }

    public ILoggerFactory Logs { get; }

    public ILogger Log { get; }

    public TimeProvider Time => _time;

    /// <summary>Over which path callers were sent to devices lately.</summary>
    public SessionPaths? Introduced { get; }

    public KeyPolicy Key { get; }

    public IPAddress? Bind { get; }

    public NodeMeters Meters { get; } = new();

    /// <summary>What the HTTP port speaks TLS with; null: it does not.</summary>
    public TlsCertificate? Certificate { get; }

    public MetricsCollector Collector { get; private set; } = null!;

    public NetworkList MetricsReaders { get; }

    public TrustedProxies Proxies { get; }

    public RefusalBudget JoinBudget { get; }

    public RelayAnnouncementVerifier? JoinVerifier { get; }

    public TunnelEntrance Tunnel { get; } = new();

    public IRelayRoster Roster { get; }

    public HawserStore? Store { get; }

    public RendezvousRole? Rendezvous { get; }

    /// <summary>Decides who may be introduced; wherever the rendezvous role runs, with the API or without.</summary>
    public AccessDesk? Access { get; }

    public RelayRole? Relay { get; private set; }

    /// <summary>The options as they were read last; null: nobody read them, they were made.</summary>
    public Func<EffectiveOptions>? Effective { get; set; }

    /// <summary>Reads the options again; set by who knows where they came from.</summary>
    public Func<string>? Reload { get; set; }

    /// <summary>Composes and starts a server.</summary>
    /// <param name="options">The options.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="prepared">The beginning of a web server, when somebody had time to make it.</param>
    /// <exception cref="StartupException">Something is in the way; nothing listens any more.</exception>
    public static async Task<HawserNode> StartAsync(
        HawserOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken,
        Task<WebApplicationBuilder>? prepared = null)
    {
        HawserNode? node = null;
        try
        {
            node = new HawserNode(options, logs, time);
            await node.StartAsync(prepared, cancellationToken);
            return node;
        }
        catch (Exception e) when (IsForTheOperator(e))
        {
            NodeLogLines.StartFailed(logs.CreateLogger<HawserNode>(), e);
            if (node is not null) await node.DisposeAsync();
            throw new StartupException(e.Message, e);
        }
        catch
        {
            if (node is not null) await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Every part and whether it is ready; for health and <c>hawser ctl status</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parts()
    {
        var parts = new List<KeyValuePair<string, string>>();
        void Add(string name, bool ready) => parts.Add(new(name, ready ? "ready" : "not ready"));
        if (Rendezvous is not null) Add("rendezvous", Rendezvous.IsReady);
        if (Relay is { IsReady: true } && IsDraining) parts.Add(new("relay", NodeDrain.Word));
        else if (Relay is not null) Add("relay", Relay.IsReady);
        if (Store is { IsDegraded: true }) parts.Add(new("store", "degraded"));
        else if (Store is not null) Add("store", StoreIsOpen);
        if (Roles.Of(Options).Api) Add("api", Entrance.IsOpen);
        if (Certificate is not null) parts.Add(new("certificate", Certificate.State));
        if (RecorderListener.IsOpenToAnybody(Options)) parts.Add(new("recorder", "open to anybody"));
        if (IsDraining) parts.Add(new("node", NodeDrain.Word));
        return parts;
    }

    /// <summary>Whether an administrator sends new work elsewhere.</summary>
    public bool IsDraining => _drain.IsOn;

    /// <summary>What <c>hawser ctl reload</c> does.</summary>
    public string RequestReload() =>
        Reload?.Invoke() ?? "this server was not started from options that can be read again\n";

    /// <summary>Believes these reverse proxies besides those of the options, on every port.</summary>
    private void Trust(IReadOnlyList<string> proxies)
    {
        Proxies.Add(proxies);
        Rendezvous?.Trust(proxies);
        Relay?.Trust(proxies);
    }

    /// <summary>Takes over what can change while running.</summary>
    public void Apply(HawserOptions options)
    {
        var roles = Roles.Of(Options);
        Derive(options, roles);
        Rendezvous?.Reload(options.Rendezvous);
        Relay?.Reload(options.Relay);
        Certificate?.Refresh();
        if (Logs is NodeLog log) log.Level = options.Log.Level;
    }

    /// <summary>Stops accepting, lets what runs finish within the drain time, writes what must be kept.</summary>
    public async Task StopAsync(TimeSpan drain)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0) return;
        if (_announcer is not null) await TellDrainingAsync(_announcer);
        await _stopping.CancelAsync();
        Entrance.Close();
        await Task.WhenAll(Rendezvous?.StopAsync(drain) ?? Task.CompletedTask, Relay?.StopAsync(drain)
            ?? Task.CompletedTask);
        await StopWebAsync();
        await _background;
        await _access;
        Access?.Dispose();
        if (Rendezvous is not null) await Rendezvous.DisposeAsync();
        if (Relay is not null) await Relay.DisposeAsync();
        await _opening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Store is not null) await Store.DisposeAsync();
        if (Feed is IAsyncDisposable feed) await feed.DisposeAsync();
        if (Redis is not null) await Redis.DisposeAsync();
        _announcer?.Dispose();
        Collector?.Dispose();
        Meters.Dispose();
        _lock?.Dispose();
        _stopping.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero);

    /// <summary>Whether the database can be used.</summary>
    public bool StoreIsOpen { get; private set; }

    /// <summary>When everything is open and loaded; never when that fails.</summary>
    public Task Started => _started.Task;

    /// <summary>Ends when the routes are there.</summary>
    public Task Routing { get; set; } = Task.CompletedTask;

    /// <summary>Where requests of the API wait until it can serve them.</summary>
    public ApiEntrance Entrance { get; }

    /// <summary>What the roles want to have said at the terminal when the server is ready.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Announcements { get; } = new();

    /// <summary>The web server's services; null while it is not there.</summary>
    public IServiceProvider? Services => _web?.Services;

    /// <summary>Tells the node's own consoles and parts what changed.</summary>
    public ILiveFeed Feed { get; }

    /// <summary>What nodes share; null: there is only this one, or the database is enough.</summary>
    public RedisServer? Redis { get; }

    /// <summary>What the API role is made of; null when it does not run here.</summary>
    public ApiParts? ApiParts() => Roles.Of(Options).Api ? ComposeApi() : null;

    // The API's, and the rendezvous role's, so that what is revoked is refused at once; a recorder alone has its own.
    private TokenDesk Tokens() => Access?.Tokens ?? Services?.GetService<TokenDesk>()
        ?? LazyInitializer.EnsureInitialized(ref _tokens, () => new TokenDesk(ComposeApi(), Options.Api, _time));

    /// <summary>What the recording role is made of; null when it does not run here.</summary>
    public RecordingParts? RecordingParts() => Roles.Of(Options).Recorder
        ? new(Store!, Feed, _heartbeat, _time, Logs, Meters, Options.Data)
        {
            FindUser = new RecorderUsers(Tokens, _time).FindAsync,
            CookieToken = RecorderUsers.CookieToken,
            FileOf = RecorderUsers.FileOf,
            IsFromHere = context => RecorderListener.IsFromHere(this, context),
            Counter = Redis?.Counter,
            Days = new RecordingDays(
                Store!, Roles.Of(Options).Api ? () => Services : null, Options.Pins).ReadAsync,
            Opened = _opening,
        }
        : null;

    /// <summary>
    /// What follows from other options: proxies for every listener, the relay's name when its port is unusual.
    /// </summary>
    private static void Derive(HawserOptions options, Roles roles)
    {
        KeepDaysPin.Put(options, null);
        foreach (var list in new[] { options.Rendezvous.TrustedProxies, options.Relay.TrustedProxies })
        {
            if (list.Count > 0) continue;
            foreach (var proxy in options.Http.TrustedProxies) list.Add(proxy);
        }

        // Clients that are told no relay try the ID server's host on P+1; a relay elsewhere must be named.
        var unusual = roles is { Relay: true, Rendezvous: true } && options.Relay.Port != options.Rendezvous.Port + 1;
        if (unusual && options.PublicHost.Length > 0 && options.Rendezvous.RelayServers.Count == 0)
        {
            options.Rendezvous.RelayServers.Add(HostAndPort.Join(options.PublicHost, options.Relay.Port));
        }
    }

    private ApiParts ComposeApi() =>
        new(Store!, Feed, _heartbeat, Key.Signing?.PublicText ?? "", Options.Data, Announcements.Enqueue)
        {
            AdminPassword = Options.AdminPassword,
            Pins = Options.Pins,
            DescribeClient = (host, api) => StartBlock.DescribeClient(Options, Key, host, api),
            Version = Commands.VersionCommand.Version,
            Health = Parts,
            Drain = _drain.Set,
            Options = () => OwnOptions.List(Options, Effective?.Invoke() ?? Unread()),
            Troubles = () => Logs is NodeLog log ? log.Troubles() : [],
            Storage = stop => OwnStorage.DescribeAsync(this, stop),
            TryStorage = stop => OwnStorage.TryAsync(this, stop),
            Ffmpeg = () => OwnOptions.FindFfmpeg(Options),
            KeyPair = () => OwnAddress.KeyPair(this),
            ReplaceKey = () => OwnAddress.ReplaceKey(this),
            AdoptKey = secret => OwnAddress.AdoptKey(this, secret),
            Certificate = () => Certificate?.Facts,
            Arrival = context => OwnAddress.Arrival(this, context),
            TrustProxies = Trust,
            TestPorts = (host, stop) => OwnAddress.TestPortsAsync(this, host, stop),
            Relays = Roster.List,
            OverrideRelays = Roster.Override,
            RelayLatencies = Roles.Of(Options).Rendezvous ? a => Rendezvous?.RelayLatencies(a) ?? [] : null,
            TryRelay = Roles.Of(Options).Rendezvous ? (a, stop) => Rendezvous!.TryRelayAsync(a, stop) : null,
            ExplainRelay = Roles.Of(Options).Rendezvous ? peer => Rendezvous!.ExplainRelay(peer) : null,
            RelayLimits = Roles.Of(Options).Relay ? () => Relay?.Limits ?? new RelayLimits() : null,
            LimitRelay = Roles.Of(Options).Relay ? limits => Relay?.Limit(limits) : null,
            Sighting = id => Rendezvous?.Find(id),
            // One that announces itself is heard of where it is announced.
            OwnRelay = Roles.Of(Options).Relay && Options.AnnounceTo.Length == 0
                ? () => Relay?.Status("") ?? new RelayStatus("", false) : null,
            Introduced = Introduced,
            PairRate = Roles.Of(Options).Relay ? ticket => Relay?.RateOf(ticket) : null,
            Paths = Roles.Of(Options).Rendezvous ? () => Rendezvous?.Paths ?? default : null,
            IsRegistered = id => Rendezvous?.IsOnline(id) ?? false,
            VisitRegistered = visit => Rendezvous?.VisitOnline(visit),
            ConsoleFolder = Path.Combine(AppContext.BaseDirectory, "console"),
            Access = Access,
        };

    private EffectiveOptions Unread() => new(Options, new Dictionary<string, OptionSetting>(), [], [], []);

    private RelayParts RelayParts() => new(Key.Required, Roster, _heartbeat, _time, Logs, Meters, Bind, Options.Data);

    private RendezvousParts RendezvousParts(Roles roles) => new(
        Key.Signing!, Key.Required, Store!.Devices, new InProcessPeerRouter(Environment.MachineName), Roster, Feed,
        _heartbeat, _time, Logs, Meters, Bind, AccessGate.Of(Access), roles.Api ? Tunnel.SendAsync : null,
        Deployment(roles)) { Paths = Introduced };

    private DeploymentRule Deployment(Roles roles)
    {
        var mode = new DeploymentMode(Store!, roles.Api ? () => Services : null, Options.Pins, _time);
        _heartbeat.Add(mode.Tick);
        return new DeploymentRule(mode.IsRequired, mode.FindAsync)
        {
            IsBlocked = mode.IsBlocked, SaveClaimsAsync = mode.SaveClaimsAsync,
        };
    }

    private async Task StartAsync(Task<WebApplicationBuilder>? prepared, CancellationToken cancellationToken)
    {
        _loading = LoadAsync(cancellationToken);
        Rendezvous?.StartDatagrams();
        // Only now, the rest must not take cores from what answers the first datagram.
        _building = Task.Run(
            async () => WebHost.Build(this, prepared is null ? WebHost.Prepare() : await prepared), cancellationToken);
        Rendezvous?.Start();
        StartRelay();
        if (RecorderListener.IsOpenToAnybody(Options))
        {
            NodeLogLines.Notice(Log, "--recorder-anonymous: anybody who reaches this server may record to it");
        }

        // Listens to meters that exist already; what they count by themselves is read when somebody asks.
        Collector = new MetricsCollector(Meters);
        var background = new List<Task> { _heartbeat.RunAsync(_stopping.Token) };
        if (_announcer is not null) background.Add(_announcer.RunAsync(_stopping.Token));
        _background = Task.WhenAll(background);
        try
        {
            var web = await _building;
            await WebHost.StartAsync(this, web, cancellationToken);
            _web = web;
        }
        finally
        {
            // Also when the web server failed: its error is the one to tell, but loading must have ended.
            await _loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await _loading;
        await Routing;
        if (!Entrance.IsOpen)
        {
            await _web.OpenApiAsync(cancellationToken);
            Entrance.Open();
        }

        _started.TrySetResult();
        // Starts EF Core, which takes a core for a while; who asks meanwhile waits for it.
        if (Access is { } access)
        {
            _access = Task.Run(() => access.RunAsync(_opening, _stopping.Token), cancellationToken);
        }
    }

    private async Task StopWebAsync()
    {
        if (_web is not null)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), _time);
            await _web.StopAsync(deadline.Token);
        }

        if (_building is null) return;
        await ((Task)_building).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Routing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_building.IsCompletedSuccessfully) await (await _building).DisposeAsync();
    }

    private void StartRelay()
    {
        if (!Roles.Of(Options).Relay) return;
        Relay = new RelayRole(Options.Relay, RelayParts());
        Relay.Start();
        if (Options.AnnounceTo.Length > 0) _announcer = new RelayAnnouncer(Options, Relay, _time, Log);
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        StoreIsOpen = Store is not null;
        if (Rendezvous is not null) await Rendezvous.LoadAsync(cancellationToken);
    }

    private Task OpenStoreAsync()
    {
        if (Store is null) return Task.CompletedTask;
        if (Options.ImportFrom.Length == 0) return Store.OpenAsync(_stopping.Token);
        return Store.Address.IsPostgres
            ? Store.OpenAsync(_stopping.Token, hbbs: FirstStart.Database(Options))
            : Task.Run(() => ImportAsync(Store));
    }

    /// <summary>Where the database is.</summary>
    internal static StoreAddress AddressOf(HawserOptions options) =>
        StoreAddress.TryParse(options.Database, out var address, out var error)
            ? address
            : throw new StartupException($"--database {error}.");

    private async Task ImportAsync(HawserStore store)
    {
        await FirstStart.ImportAsync(Options, _time, Log, _stopping.Token);
        await store.OpenAsync(_stopping.Token);
    }

    private static bool IsForTheOperator(Exception e) =>
        e is InvalidOperationException or SocketException or IOException or UnauthorizedAccessException;

    private static async Task TellDrainingAsync(RelayAnnouncer announcer)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await announcer.AnnounceAsync(draining: true, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            // It will find out by our silence.
        }
    }
}
