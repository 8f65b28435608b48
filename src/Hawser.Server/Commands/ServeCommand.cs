using System.CommandLine;
using System.Runtime.InteropServices;
using Hawser.Server.Configuration;
using Hawser.Server.Hosting;
using Hawser.Server.Logging;

namespace Hawser.Server.Commands;

/// <summary>
/// <c>hawser serve</c>: reads the options, runs a node, and stops, drains or reloads it as signals ask.
/// </summary>
internal sealed class ServeCommand : IDisposable
{
    private readonly IReadOnlyList<string> _arguments;
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _starting = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private EffectiveOptions _effective;
    private volatile HawserNode? _node;
    private int _asked;
    private int _hangups;

    private readonly Task<WebApplicationBuilder> _prepared;

    private ServeCommand(IReadOnlyList<string> arguments)
    {
        // Beside reading the options, which needs one core.
        _prepared = Task.Run(WebHost.Prepare);
        _arguments = arguments;
        _effective = NodeOptions.Read(arguments);
    }

    public static Command Create()
    {
        var command = new Command("serve", """
            Run the server until it is asked to stop.

            SIGTERM and Ctrl-C: stop accepting, let what runs finish (--relay-drain-seconds), exit 0; a second one exits
            at once. SIGHUP (or hawser ctl reload): read the options again and take over what can change while running.
            """);
        NodeOptions.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(ConfigCommand.Arguments(parsed, "serve")));
        return command;
    }

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        using var serve = new ServeCommand(arguments);
        return await serve.RunAsync();
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _starting.Dispose();
    }

    private async Task<int> RunAsync()
    {
        var options = _effective.Options;
        using var log = new NodeLog(options.Log, Console.Error, TimeProvider.System);
        Handle(PosixSignal.SIGTERM, AskToStop);
        Handle(PosixSignal.SIGINT, AskToStop);
        Handle(PosixSignal.SIGHUP, _ =>
        {
            Volatile.Write(ref _hangups, 1);
            TakeHangup();
        });
        try
        {
            _node = await HawserNode.StartAsync(options, log, TimeProvider.System, _starting.Token, _prepared);
        }
        catch (OperationCanceledException) when (_starting.IsCancellationRequested)
        {
            return ExitCode.Done;
        }

        _node.Effective = () => _effective;
        _node.Reload = ReloadNode;
        TakeHangup();
        Tell(options, _node, log);
        await _stop.Task;
        var drain = TimeSpan.FromSeconds(_effective.Options.Relay.DrainSeconds);
        NodeLogLines.Stopping(_node.Log, drain.TotalSeconds);
        await _node.StopAsync(drain);
        return ExitCode.Done;
    }

    private void Tell(HawserOptions options, HawserNode node, NodeLog log)
    {
        if (options.Log.Format == LogFormat.Text)
        {
            Console.Out.Write(StartBlock.Write(options, node.Key, [.. _effective.Notices, .. node.Announcements]));
            TellPhones(options, node);
            Console.Out.Flush();
            return;
        }

        // Who reads JSON reads no block.
        // A setup code is for the terminal; it is in no log.
        foreach (var line in node.Announcements) Console.Out.WriteLine(line);
        foreach (var notice in _effective.Notices) NodeLogLines.Notice(node.Log, notice);
        if (node.Key.Warning.Length > 0) NodeLogLines.Notice(node.Log, node.Key.Warning);
        ServeLog.Ready(log.CreateLogger<ServeCommand>(), Roles.Of(options), node.Key.Signing?.PublicText ?? "",
            StartBlock.ConfigurationString(options, node.Key));
    }

    // At the first start only, and for people: later, hawser config show --qr draws it.
    private static void TellPhones(HawserOptions options, HawserNode node)
    {
        if (!node.Key.Created || Console.IsOutputRedirected || !Roles.Of(options).Rendezvous) return;
        Console.OutputEncoding = System.Text.Encoding.UTF8;
        Console.Out.Write(ClientQrCode.Draw(StartBlock.ConfigurationString(options, node.Key)));
        Console.Out.Write("\nFor mobile clients: scan it under Settings > ID/Relay server.\n\n");
    }

    private void Handle(PosixSignal signal, Action<PosixSignalContext> action) =>
        _signals.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            action(context);
        }));

    private void AskToStop(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _asked) > 1)
        {
            // Asked twice: who insists gets the system's way of ending a process.
            Environment.Exit(ExitCode.Failure);
        }

        _starting.Cancel();
        _stop.TrySetResult();
    }

    // One that came during the start counts when that is done.
    private void TakeHangup()
    {
        if (_node is not null && Interlocked.Exchange(ref _hangups, 0) == 1) ReloadNode();
    }

    /// <summary>Reads the options again. With errors nothing changes.</summary>
    private string ReloadNode()
    {
        if (_node is not { } node) return "the server is still starting\n";
        var next = OptionReader.Read(OptionSources.OfProcess(_arguments));
        if (next.Errors.Count > 0)
        {
            var errors = string.Join("; ", next.Errors);
            NodeLogLines.Reloaded(node.Log, $"nothing was changed: {errors}");
            return $"nothing was changed:\n{string.Join('\n', next.Errors)}\n";
        }

        var changed = Reloading.Changed(_effective.Options, next.Options);
        var now = changed.Where(o => !Reloading.NeedsRestart(o)).Select(o => o.Path).ToList();
        var later = changed.Where(Reloading.NeedsRestart).Select(o => o.Path).ToList();
        later.AddRange(Reloading.ChangedPins(_effective.Options, next.Options));
        node.Apply(next.Options);
        _effective = next;
        var outcome = $"changed: {Names(now)}" + (later.Count > 0 ? $"; needs a restart: {Names(later)}" : "");
        NodeLogLines.Reloaded(node.Log, outcome);
        return outcome + "\n";
    }

    private static string Names(List<string> names) => names.Count == 0 ? "nothing" : string.Join(", ", names);
}

/// <summary>The log line of a start.</summary>
internal static partial class ServeLog
{
    [LoggerMessage(4007, LogLevel.Information,
        "Ready: roles {Roles}, public key {PublicKey}, client configuration {ClientConfiguration}")]
    public static partial void Ready(ILogger logger, Roles roles, string publicKey, string clientConfiguration);
}
