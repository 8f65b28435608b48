using Hawser.Protocol.Identity;
using Hawser.Relay;
using Hawser.Rendezvous;
using Hawser.Server;
using Hawser.Server.Hosting;
using Hawser.Server.Logging;

namespace Hawser.TestRig;

/// <summary>
/// The whole server in this process, on free ports of the loopback address, in a temporary data folder: what
/// <c>hawser serve</c> runs, without the command line.
/// </summary>
public sealed class TestHawser : IAsyncDisposable
{
    private readonly HawserNode _node;
    private readonly NodeLog _logs;
    private readonly LockedWriter _log;
    private readonly bool _ownsFolder;

    private TestHawser(HawserOptions options, HawserNode node, NodeLog logs, LockedWriter log, bool ownsFolder)
    {
        Options = options;
        _node = node;
        _logs = logs;
        _log = log;
        _ownsFolder = ownsFolder;
    }

    /// <summary>The options in force.</summary>
    public HawserOptions Options { get; }

    /// <summary>The data folder.</summary>
    public string Folder => Options.Data;

    /// <summary>P: UDP and TCP; P-1 and P+2 follow.</summary>
    public int RendezvousPort => Options.Rendezvous.Port;

    /// <summary>R: TCP; R+2 follows.</summary>
    public int RelayPort => Options.Relay.Port;

    /// <summary>The HTTP port.</summary>
    public int HttpPort => Options.Http.Port;

    /// <summary>The port of recorders.</summary>
    public int RecorderPort => Options.Recorder.Port;

    /// <summary>The HTTP port as address.</summary>
    public Uri Http => new($"http://127.0.0.1:{HttpPort}");

    /// <summary>The pair that signs.</summary>
    public ServerKey Key => _node.Key.Signing!;

    /// <summary>What callers must send as licence key; empty: nothing.</summary>
    public string RequiredKey => _node.Key.Required;

    /// <summary>The rendezvous role.</summary>
    public RendezvousRole Rendezvous => _node.Rendezvous ?? throw new InvalidOperationException("no rendezvous role here");

    /// <summary>The relay role.</summary>
    public RelayRole Relay => _node.Relay ?? throw new InvalidOperationException("no relay role here");

    /// <summary>Everything that was logged so far.</summary>
    public string Log => _log.ToString();

    internal HawserNode Node => _node;

    /// <summary>Starts a server.</summary>
    /// <param name="configure">Changes options; ports and folder are set before.</param>
    /// <param name="time">The clock of the roles; the system's by default.</param>
    /// <param name="folder">A data folder to keep; null: a new one that goes with the server.</param>
    /// <returns>The server, ready.</returns>
    public static async Task<TestHawser> StartAsync(
        Action<HawserOptions>? configure = null, TimeProvider? time = null, string? folder = null)
    {
        var first = FreePorts.Block(10);
        var options = new HawserOptions
        {
            Data = folder ?? Directory.CreateTempSubdirectory("hawser-test-").FullName,
            Bind = "127.0.0.1",
        };
        options.Database = await TestDatabase.OptionOfAsync(options.Data);
        options.Http.Port = first;
        options.Rendezvous.Port = first + 2;
        options.Rendezvous.UdpThreads = 1;
        options.Relay.Port = first + 5;
        options.Relay.Loops = 1;
        options.Recorder.Port = first + 8;
        options.Relay.DrainSeconds = 0;
        options.Log.Level = LogVerbosity.Debug;
        // A password must not cost a test a quarter of a second.
        options.Api.PasswordMemory = 1;
        configure?.Invoke(options);
        var log = new LockedWriter();
        var clock = time ?? TimeProvider.System;
        var logs = new NodeLog(options.Log, log, clock);
        var node = await HawserNode.StartAsync(options, logs, clock, CancellationToken.None);
        return new TestHawser(options, node, logs, log, folder is null);
    }

    /// <summary>Stops it as SIGTERM would; the folder stays until it is disposed.</summary>
    /// <returns>When everything is closed and written.</returns>
    public Task StopAsync() => _node.StopAsync(TimeSpan.FromSeconds(Options.Relay.DrainSeconds));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _logs.Dispose();
        if (!_ownsFolder) return;
        Directory.Delete(Folder, recursive: true);
        await TestDatabase.DropAsync(Folder);
    }

    /// <summary>May be read while the server writes.</summary>
    private sealed class LockedWriter : StringWriter
    {
        private readonly Lock _gate = new();

        public override void WriteLine(string? value)
        {
            lock (_gate) base.WriteLine(value);
        }

        public override string ToString()
        {
            lock (_gate) return base.ToString();
        }
    }
}
