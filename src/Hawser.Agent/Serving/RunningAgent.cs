using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Hawser.Agent.Filming;
using Hawser.Agent.Linux;
using Hawser.Agent.Linux.X11;
using Hawser.Protocol.Messages;
using Hawser.Session.Connecting;
using Hawser.Session.Desktop;
using Hawser.Session.Host;

namespace Hawser.Agent.Serving;

/// <summary>The agent at work: registered, open for sessions, in touch with the API server.</summary>
internal sealed class RunningAgent : IAsyncDisposable
{
    /// <summary>How the running agent is told another permanent password.</summary>
    public const string SetPassword = "set-password ";

    /// <summary>How the running agent is told that a machine may take over, as this one's user asked it to.</summary>
    public const string ExpectBack = "expect-back ";

    /// <summary>How the running agent is told to read its folder anew.</summary>
    public const string Restart = "restart";

    private const int MostSessions = 64;
    private readonly AgentLog _log;
    private readonly AgentState _state;
    private readonly CancellationTokenSource _stop = new();
    private readonly ApiClient _client;
    private readonly Outbox _outbox;
    private readonly FilmShelf _shelf;
    private readonly FilmMaker _filming;
    private readonly FilmUploader _uploading;
    private readonly TaskCompletionSource _restart = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Desk? _desk;
    private readonly Somebody? _somebody;
    private readonly SessionHost _host;
    private readonly ServerLoop _loop;
    private readonly SwitchPermit _permit;
    private readonly PeerHost _peer;
    private readonly LocalListener _control;
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _sessions = [];
    private readonly Task _working;

    private RunningAgent(AgentFolder folder, AgentLog log, TimeProvider time, PeerTimings timings)
    {
        _log = log;
        _state = new AgentState(folder);
        if (!ServerName.TryParse(_state.Config.Server, ServerName.RendezvousPort, out var server))
        {
            throw new AgentFailure(2, "No server is set: hawser-agent config --server HOST --key KEY");
        }

        var proxy = ProxyServer.TryParse(_state.Config.Proxy, out var given) ? given : null;
        _client = new ApiClient(proxy);
        _outbox = new Outbox(Path.Combine(folder.Location, "outbox"), RecordAsync, log, time);
        var trail = new AuditTrail(_state, _outbox);
        _shelf = new FilmShelf(
            Path.Combine(folder.Location, "recordings"), (long)_state.Config.RecordingsLimit << 20, log);
        // The server takes recordings of sessions that it has heard of.
        _uploading = new FilmUploader(_shelf, UploadAsync, () => _outbox.Count == 0, log, time);
        _filming = new FilmMaker(
            _state.Identity.Id, _shelf, () => _state.Settings.IsOn("allow-auto-record-incoming"), log, time);
        var user = LocalUser.Current();
        _desk = DeskChoice.Open(_state, folder, log, time);
        _somebody = DeskChoice.Ask(_state.Config, _desk, log, time);
        var sound = _desk is null ? null : SoundChoice.Open(_state.Config, log, time);
        _host = new SessionHost(new HostOptions
        {
            Desk = _desk,
            Sound = sound,
            Voice = SoundChoice.Voice(_state.Config, sound, time),
            Ask = _somebody is null ? null : _somebody.AskAsync,
            Tap = _filming.Tap,
            Id = _state.Identity.Id,
            Secrets = new HostSecrets(folder.Secrets, folder.Save),
            Settings = () => _state.Settings,
            UserName = user.Name,
            Home = user.Home,
            Time = time,
            MostSessions = MostSessions,
            OpenShell = OperatingSystem.IsLinux()
                ? (rows, columns) => PseudoTerminal.Start(user.Shell, user.Home, user.Name, rows, columns) : null,
            Events = Events(trail),
        });
        _permit = new SwitchPermit(_state, _client, log, time);
        _loop = new ServerLoop(_state, _host, _client, log, time);
        _peer = PeerHost.Start(new PeerHostOptions
        {
            Server = server,
            Key = _state.Config.Key,
            Relay = _state.Config.Relay,
            Transport = _state.Config.Transport,
            Proxy = proxy,
            Identity = AgentFolder.ToPeer(_state.Identity),
            Timings = timings,
            Time = time,
        });
        _control = new LocalListener(folder.Socket, AnswerAsync);
        _working = Task.WhenAll(AcceptAsync(), DirectAsync(), _loop.RunAsync(_stop.Token));
    }

    public SessionHost Host => _host;

    public IReadOnlyList<DisplayInfo> Displays => _desk?.Displays ?? [];

    public bool IsRegistered => _peer.IsRegistered;

    public bool IsHeard => _loop.IsHeard;

    public int WaitingRecords => _outbox.Count;

    public int WaitingRecordings => _shelf.Films.Length;

    /// <summary>Ends when a command has changed what is read at the start only.</summary>
    public Task RestartWanted => _restart.Task;

    public static RunningAgent Start(
        AgentFolder folder, AgentLog log, TimeProvider? time = null, PeerTimings? timings = null)
    {
        var agent = new RunningAgent(folder, log, time ?? TimeProvider.System, timings ?? new PeerTimings());
        var (id, server) = (agent._state.Identity.Id, agent._state.Config.Server);
        var desktop = agent._desk is null ? "" : "its desktop, ";
        log.Say($"agent {id} serves {desktop}terminals, files and tunnels for {server}");
        return agent;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _control.DisposeAsync();
        await _working;
        Task[] sessions;
        lock (_gate) sessions = [.. _sessions];
        await Task.WhenAll(sessions);
        await _peer.DisposeAsync();
        await _host.DisposeAsync();
        if (_somebody is not null) await _somebody.DisposeAsync();
        if (_desk is not null) await _desk.DisposeAsync();
        await _filming.DisposeAsync();
        await _uploading.DisposeAsync();
        await _outbox.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private HostEvents Events(AuditTrail trail) => new()
    {
        Opened = trail.Opened,
        Authorised = facts =>
        {
            _log.Say($"{facts.PeerId} is in from {facts.Remote}: {facts.Kind}, connection {facts.Number}");
            trail.Authorised(facts);
        },
        Closed = (facts, why) =>
        {
            _log.Say($"connection {facts.Number} is over: {why}");
            trail.Closed(facts, why);
            _somebody?.Left(facts);
        },
        Transferred = trail.Transferred,
        Alarmed = (facts, alarm) =>
        {
            _log.Say($"alarm {alarm} from {facts.Remote}");
            trail.Alarmed(facts, alarm);
        },
        // What was said is not for the log.
        Chat = (session, text) =>
        {
            if (_somebody is not null) _somebody.Hear(session, text);
            else session.SendChat("Nobody is at this machine to read this.");
        },
        Called = (session, talks) =>
        {
            _log.Say($"connection {session.Facts.Number}: the call {(talks ? "is taken" : "is over")}");
            _somebody?.Called(session, talks);
        },
    };

    private async Task<PostOutcome> RecordAsync(string path, byte[] json, CancellationToken cancellation) =>
        _state.Api is { } api ? await _client.RecordAsync(new Uri(api, path), json, cancellation) : PostOutcome.Later;

    private async Task<UploadAnswer> UploadAsync(
        string query, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => _state.Api is { } api
        ? await _client.UploadAsync(new Uri(api, "api/record?" + query), bytes, cancellation)
        : new UploadAnswer(0, false, "no API server is known");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var accepted = await _peer.AcceptAsync(_stop.Token);
                Serve(new IncomingSession(accepted.Channel)
                {
                    Remote = accepted.Remote,
                    Permissions = accepted.Permissions,
                    AuditReference = accepted.AuditReference,
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.Threading.Channels.ChannelClosedException)
        {
            // Told to stop.
        }
    }

    // In clear, so only when somebody has switched it on.
    private async Task DirectAsync()
    {
        await Task.Yield();
        if (!_state.Settings.IsOn("direct-server")) return;
        var text = _state.Settings.Text("direct-access-port");
        var ok = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;
        try
        {
            var local = new IPEndPoint(IPAddress.Any, ok ? port : DirectListener.DefaultPort);
            using var listener = new DirectListener(local);
            _log.Say($"direct access WITHOUT ENCRYPTION on port {listener.Local.Port}, because direct-server is on");
            while (true)
            {
                var (channel, remote) = await listener.AcceptAsync(_state.Identity.Id, _stop.Token);
                Serve(new IncomingSession(channel) { Remote = remote });
            }
        }
        catch (SocketException e)
        {
            _log.Say($"no direct access: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private void Serve(IncomingSession incoming)
    {
        lock (_gate)
        {
            var task = Task.Run(() => _host.RunAsync(incoming, _stop.Token));
            _sessions.Add(task);
            _ = task.ContinueWith(
                t =>
                {
                    lock (_gate) _sessions.Remove(t);
                    if (t.Exception is { } e) _log.Say($"a session broke: {e.InnerException}");
                },
                CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async ValueTask<string> AnswerAsync(string question)
    {
        if (!question.StartsWith(ExpectBack, StringComparison.Ordinal)) return Answer(question);
        // The own id, and the number that the machine has to show.
        var number = _host.ExpectBack(question[ExpectBack.Length..]);
        await _permit.RegisterAsync(number, _stop.Token);
        return $"{_state.Identity.Id} {number}";
    }

    private string Answer(string question) => question switch
    {
        _ when question.StartsWith(SetPassword, StringComparison.Ordinal) => Set(question[SetPassword.Length..]),
        "status" => JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["id"] = _state.Identity.Id,
            ["server"] = _state.Config.Server,
            ["registered"] = _peer.IsRegistered,
            ["registration"] = _peer.LastResult?.ToString() ?? "no answer yet",
            ["api"] = _state.Api?.ToString() ?? "",
            ["api_answers"] = _loop.IsHeard,
            ["sessions"] = _host.Connections,
            ["displays"] = _desk?.Displays.Select(d => $"{d.Name} {d.Width}x{d.Height}+{d.X}+{d.Y}").ToArray() ?? [],
            ["desktop"] = _desk is X11Desk { Trouble.Length: > 0 } x ? x.Trouble : _desk is null ? "none" : "ok",
            ["asks_somebody"] = _somebody?.Program ?? "",
            ["pastes_files"] = _desk?.Clipboard?.TakesFiles ?? false,
            ["records_waiting"] = _outbox.Count,
            ["recordings_waiting"] = _shelf.Films.Length,
        }),
        "password" => _host.Options.Secrets.OneTime,
        "rotate" => Rotated(),
        Restart when _restart.TrySetResult() => "ok",
        _ => "?",
    };

    private string Set(string password)
    {
        _host.Options.Secrets.SetPermanent(password);
        return "ok";
    }

    private string Rotated()
    {
        _host.Options.Secrets.Rotate(_state.Settings);
        return _host.Options.Secrets.OneTime;
    }
}
