using System.Diagnostics;
using System.Net;
using Hawser.Agent.Serving;
using Hawser.Session.Channel;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;
using Hawser.Session.Host;
using Hawser.Session.Video;
using Hawser.TestRig;
using Shouldly;

namespace Hawser.Services.Tests.Desktops;

/// <summary>An agent with a desktop, the server, and the way to it: in this process, or by hawser-connect.</summary>
internal sealed class DeskRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(180));
    private readonly TestHawser _hawser;

    private DeskRig(string folder, TestHawser hawser, RunningAgent agent, string id) =>
        (Folder, _hawser, Agent, Id) = (folder, hawser, agent, id);

    /// <summary>For files of a test; goes with the rig.</summary>
    public string Folder { get; }

    public RunningAgent Agent { get; }

    public string Id { get; }

    /// <summary>Ends what takes too long.</summary>
    public CancellationToken Limit => _limit.Token;

    /// <summary>The connection that was made last.</summary>
    public SecureChannel? Channel { get; private set; }

    public static async Task<DeskRig> StartAsync(
        string display, string sound = "", Dictionary<string, string>? options = null, string dialog = "none",
        TextWriter? log = null)
    {
        var home = Directory.CreateTempSubdirectory("hawser-desk-").FullName;
        var hawser = await TestHawser.StartAsync();
        var folder = new AgentFolder(Path.Combine(home, "state"))
        {
            Config = new AgentConfig
            {
                Server = $"127.0.0.1:{hawser.RendezvousPort}",
                Key = hawser.Key.PublicText,
                Relay = $"127.0.0.1:{hawser.RelayPort}",
                Display = display,
                Sound = sound,
                Dialog = dialog,
            },
        };
        folder.Options = new AgentOptions(new SortedDictionary<string, string>(options ?? []), 0);
        new HostSecrets(folder.Secrets, folder.Save).SetPermanent("secret");
        var agent = RunningAgent.Start(folder, new AgentLog(log ?? TextWriter.Null, TimeProvider.System));
        await Eventually.HoldsAsync(() => agent.IsRegistered, "the agent is registered", 60);
        return new DeskRig(home, hawser, agent, folder.Identity.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await _hawser.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        _limit.Dispose();
    }

    /// <summary>Runs a program to its end, which must be a good one; gives what it says.</summary>
    public static async Task<string> ToolAsync(string program, params string[] arguments)
    {
        using var process = Begin(program, arguments);
        var errors = process.StandardError.ReadToEndAsync();
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program}: {await errors}");
        return said;
    }

    /// <summary>Waits for a picture of a size.</summary>
    public async Task<Picture> PictureAsync(ControllerSession session, VideoPlayer player, int width, int height)
    {
        while (true)
        {
            var frame = (await session.Screen.ReadAsync(Limit)).ShouldNotBeNull(session.EndReason);
            if (player.Play(frame) is { } seen && seen.Width == width && seen.Height == height) return seen;
        }
    }

    /// <summary>Takes pictures and looks at none, until it is told to stop.</summary>
    public static async Task DrainAsync(ControllerSession session, CancellationToken stop)
    {
        try
        {
            while (await session.Screen.ReadAsync(stop) is not null) { }
        }
        catch (OperationCanceledException)
        {
            // Enough.
        }
    }

    /// <summary>Runs <c>hawser-connect ID …</c> to its end.</summary>
    public async Task ConnectAsync(params string[] command) => await ToolAsync("dotnet", await WithServerAsync(command));

    /// <summary>Starts <c>hawser-connect ID …</c>.</summary>
    public async Task<Process> BeginAsync(params string[] command) => Begin("dotnet", await WithServerAsync(command));

    /// <summary>A session that is logged in.</summary>
    public async Task<ControllerSession> OpenAsync(
        Func<ControllerOptions, ControllerOptions>? wishes = null, Paths? way = null, ReachedBy? how = null)
    {
        var session = await ReachAsync(wishes ?? (o => o), way, how);
        (await session.LoginAsync("secret", Limit)).ShouldBe(new LoginStep(LoginState.In, ""));
        return session;
    }

    /// <summary>A session before its login.</summary>
    public async Task<ControllerSession> ReachAsync(
        Func<ControllerOptions, ControllerOptions> wishes, Paths? way = null, ReachedBy? how = null)
    {
        var options = new PeerCallerOptions
        {
            Paths = way ?? (Paths.Tcp | Paths.Relay),
            Server = new ServerName("127.0.0.1", _hawser.RendezvousPort),
            Key = _hawser.Key.PublicText,
            // From another address than the agent's, as in another network.
            LocalAddress = way == Paths.Udp ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback,
        };
        var result = await PeerCaller.ConnectAsync(Id, options, Limit);
        // A path that must be punched within a second may need a second try on a busy machine.
        for (var i = 0; i < 5 && way == Paths.Udp && result.Outcome == ConnectOutcome.Unreachable; i++)
        {
            result = await PeerCaller.ConnectAsync(Id, options, Limit);
        }

        result.Outcome.ShouldBe(ConnectOutcome.Connected, result.Detail);
        if (how is not null) result.How.ShouldBe(how.Value);
        Channel = result.Channel!;
        return new ControllerSession(Channel, wishes(new ControllerOptions { Target = Id, MyId = "tester" }));
    }

    private static Process Begin(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    private async Task<string[]> WithServerAsync(string[] command)
    {
        var password = Path.Combine(Folder, "password");
        await File.WriteAllTextAsync(password, "secret\n");
        return [
            Path.Combine(AppContext.BaseDirectory, "hawser-connect.dll"), Id, .. command, "--server",
            $"127.0.0.1:{_hawser.RendezvousPort}", "--key", _hawser.Key.PublicText, "--password-file", password,
        ];
    }
}
