using System.Net;
using Hawser.Protocol.Messages;
using Hawser.Session.Channel;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.Session.Tests.Channel;
using Hawser.TestRig;

namespace Hawser.Session.Tests.Sessions;

/// <summary>A host in this process, and controllers joined to it by pipes.</summary>
internal sealed class SessionRig : IAsyncDisposable
{
    public const string Id = "123456789";
    private static readonly HandshakeOptions Patient = new() { Limit = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task<string>> _running = [];
    private readonly List<IAsyncDisposable> _ends = [];
    private readonly Lock _gate = new();

    public SessionRig(Func<HostOptions, HostOptions>? configure = null)
    {
        Secrets.SetPermanent("secret");
        var options = new HostOptions
        {
            Id = Id,
            Secrets = Secrets,
            Settings = () => Settings,
            Home = Folder,
            Displays = () => [new DisplayInfo { Width = 640, Height = 480, Name = "test card", Online = true, Scale = 1 }],
            OpenShell = (rows, columns) => LastShell = new EchoShell(rows, columns),
            Events = new HostEvents
            {
                Opened = f => Note($"opened {f.Remote}"),
                Authorised = f => Note($"in {f.PeerId} {f.Kind} {f.Auth} {f.TwoFactor}"),
                Closed = (f, why) => Note($"closed {why}"),
                Transferred = (f, t) => Note($"files {t.ToHost} {t.Files.Count}"),
                Alarmed = (f, a) => Note($"alarm {a}"),
                Chat = (s, text) => s.SendChat($"heard {text}"),
                ClipboardArrived = (f, content) => Note($"clipboard {content.Text}"),
            },
        };
        Host = new SessionHost(configure?.Invoke(options) ?? options);
    }

    public HostSecrets Secrets { get; } = new();

    public HostSettings Settings { get; set; } = HostSettings.Defaults;

    public string Folder { get; } = Directory.CreateTempSubdirectory("hawser-session-").FullName;

    public SessionHost Host { get; }

    public EchoShell? LastShell { get; private set; }

    public List<string> Notes { get; } = [];

    public TimeProvider Time => Host.Options.Time;

    public void Set(string name, string value) => Settings = Settings.With([new(name, value)]);

    public Task NotedAsync(string start) => Eventually.HoldsAsync(() => Noted(start), start);

    public bool Noted(string start)
    {
        lock (_gate) return Notes.Exists(n => n.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>The controller's end after the handshake, for tests that speak for themselves.</summary>
    public async Task<SecureChannel> JoinAsync(
        IPAddress? remote = null, ulong permissions = 0, Action<Task<string>>? ended = null,
        (Stream Host, Stream Controller)? path = null)
    {
        var (hostEnd, controllerEnd) = path ?? PipeStream.Pair();
        var (host, controller) = await HandshakeTests.JoinAsync(hostEnd, controllerEnd, Patient, Patient);
        var incoming = new IncomingSession(host)
        {
            Remote = remote ?? IPAddress.Parse("192.0.2.7"),
            Permissions = permissions,
        };
        var running = Host.RunAsync(incoming, _stop.Token);
        ended?.Invoke(running);
        _running.Add(running);
        _ends.Add(controller);
        return controller;
    }

    public async Task<ControllerSession> ConnectAsync(
        Func<ControllerOptions, ControllerOptions>? configure = null, IPAddress? remote = null, ulong permissions = 0,
        (Stream Host, Stream Controller)? path = null)
    {
        var channel = await JoinAsync(remote, permissions, null, path);
        var options = new ControllerOptions { Target = Id, MyId = "987654321", MyName = "Tester", Time = Time };
        var session = new ControllerSession(channel, configure?.Invoke(options) ?? options);
        _ends.Add(session);
        return session;
    }

    public async Task<ControllerSession> LoginAsync(
        Func<ControllerOptions, ControllerOptions>? configure = null, string password = "secret",
        (Stream Host, Stream Controller)? path = null)
    {
        var session = await ConnectAsync(configure, path: path);
        var step = await session.LoginAsync(password);
        if (step.State != LoginState.In) throw new InvalidOperationException($"{step.State}: {step.Text}");
        return session;
    }

    public async ValueTask DisposeAsync()
    {
        for (var i = _ends.Count - 1; i >= 0; i--) await _ends[i].DisposeAsync();
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        await Host.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Note(string what)
    {
        lock (_gate) Notes.Add(what);
    }
}
