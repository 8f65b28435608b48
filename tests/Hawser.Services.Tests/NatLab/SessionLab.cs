using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Session.Connecting;
using Hawser.Session.Host;

namespace Hawser.Services.Tests.NatLab;

/// <summary>
/// The programs as people run them, each in a network namespace of its own: a server, two agents behind one router (one
/// speaks to the server by UDP, one by WebSocket), and controllers wherever a test wants them.
/// </summary>
public sealed class SessionLab : IAsyncDisposable
{
    private const string Password = "open sesame 7";
    private readonly Lazy<Task> _built;
    private Lab _lab = null!;
    private string _key = "";

    public SessionLab() => _built = new Lazy<Task>(BuildAsync);

    /// <summary>The id of the host that registers by UDP.</summary>
    public string Id { get; private set; } = "";

    /// <summary>The id of the host that speaks to the server by WebSocket only.</summary>
    public string WebSocketId { get; private set; } = "";

    /// <summary>What the agents' users keep their files in, and the controllers' too.</summary>
    public string Files => Path.Combine(_lab.Folder, "files");

    /// <summary>Programs in here are found before the machine's own.</summary>
    public string Programs => _lab.Programs;

    /// <summary>A port of the host's machine that gives back what arrives.</summary>
    public int EchoPort { get; private set; }

    internal Task ReadyAsync() => _built.Value;

    internal LabProcess Connect(string place, params string[] arguments) => _lab.Start(place, "hawser-connect.dll",
        [.. arguments, "--server", Lab.ServerAddress, "--key", _key,
            "--password-file", Path.Combine(_lab.Folder, "password")]);

    internal LabProcess Start(string place, string dll, params string[] arguments) =>
        _lab.Start(place, dll, arguments);

    /// <summary>How the caller's router is connected from now on, in each direction.</summary>
    /// <returns>Packets that it has lost so far.</returns>
    internal async Task<long> SetLineAsync(int delayMs, int lossPercent)
    {
        await _lab.Line!.TypeAsync($"{delayMs} {lossPercent}\n");
        return (await _lab.Line.ExpectAsync("changed")).GetProperty("lost").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_built.IsValueCreated || _lab is null) return;
        await _lab.DisposeAsync();
    }

    private async Task BuildAsync()
    {
        _lab = await Lab.BuildAsync(everything: true);
        Directory.CreateDirectory(Files);
        await File.WriteAllTextAsync(Path.Combine(_lab.Folder, "password"), Password);
        var folder = Path.Combine(_lab.Folder, "server");
        var server = _lab.Start("public", "hawser.dll", "serve", "--data", folder);
        await server.ExpectLineAsync(l => l.Contains("is ready", StringComparison.Ordinal), 90);
        _key = (await File.ReadAllTextAsync(Path.Combine(folder, "id_ed25519.pub"))).Trim();
        Id = await HostAsync("agent", ServerTransport.Udp);
        WebSocketId = await HostAsync("wagent", ServerTransport.WebSocket);
        var echo = _lab.Start("host", "Hawser.LabPeer.dll", "echo");
        EchoPort = (await echo.ExpectAsync("listening", 90)).GetProperty("port").GetInt32();
    }

    private async Task<string> HostAsync(string name, ServerTransport transport)
    {
        var folder = Path.Combine(_lab.Folder, name);
        var home = new AgentFolder(folder)
        {
            Config = new AgentConfig
            {
                Server = Lab.ServerAddress, Key = _key, Transport = transport, Display = "none", Sound = "none",
            },
        };
        if (transport == ServerTransport.Udp)
        {
            var options = home.Options;
            options.Values["direct-server"] = "Y";
            home.Options = options;
        }

        new HostSecrets(null, home.Save).SetPermanent(Password);
        var agent = _lab.Start("host", "hawser-agent.dll", "run", "--data", folder);
        await agent.ExpectLineAsync(l => l.Contains(" serves ", StringComparison.Ordinal), 90);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await IsRegisteredAsync(home, limit.Token))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, limit.Token);
        }

        return home.Identity.Id;
    }

    private static async Task<bool> IsRegisteredAsync(AgentFolder home, CancellationToken cancellation) =>
        await LocalListener.AskAsync(home.Socket, "status", cancellation) is { } status
        && JsonSerializer.Deserialize<JsonElement>(status).GetProperty("registered").GetBoolean();
}
