using System.CommandLine;
using System.Text.Json;
using Hawser.Server.Commands.Load;
using Hawser.Session.Connecting.Load;
using Spectre.Console;

namespace Hawser.Server.Commands;

/// <summary><c>hawser load</c>: simulated peers, callers and relayed pairs against a server of one's own.</summary>
internal static class LoadCommand
{
    private static readonly Argument<string> Host = new("host") { Description = "The server: address or name." };
    private static readonly Option<int> Port = Count("--port", "Rendezvous port P.", 21116, 65533);
    private static readonly Option<int> RelayPort = Count("--relay-port", "Relay port; 0: P + 1.", 0, 65533);
    private static readonly Option<string> Key = Text("--key", "The server's public key, as clients have it.", "");
    private static readonly Option<int> Peers = Count("--peers", "Peers that stay registered.", 100, 100_000);
    private static readonly Option<int> TcpShare = Count("--tcp-percent", "Percent of them by TCP.", 0, 100);
    private static readonly Option<int> WsShare = Count("--ws-percent", "Percent of them by WebSocket.", 0, 100);
    private static readonly Option<double> Interval =
        Amount("--interval", "Seconds between a peer's registrations.", 15, 0.1, 3600);
    private static readonly Option<double> Calls = Amount("--calls", "Introductions a second.", 1, 0, 5000);
    private static readonly Option<int> Pairs = Count("--pairs", "Relayed pairs.", 0, 5_000);
    private static readonly Option<int> Frame = Count("--frame", "Bytes of a relayed frame.", 16_384, 1 << 20);
    private static readonly Option<double> Fps = Amount("--fps", "Frames a second and pair.", 30, 0.01, 10_000);
    private static readonly Option<double> Duration = Amount("--duration", "Seconds.", 30, 0.1, 7 * 86_400);
    private static readonly Option<string> Prefix = Text("--id-prefix", "Ids are this and six digits.", "load-");
    private static readonly Option<string> Json =
        Text("--json", "Write the final report to this file; -: to standard output, without a display.", "");
    private static readonly Option<bool> Own =
        new("--i-own-this-server") { Description = "Allow an address that is neither loopback nor private." };

    /// <summary>The command, ready to be added to the root.</summary>
    /// <returns>The command.</returns>
    public static Command Create()
    {
        const string what = "Simulate peers, callers and relayed pairs against a server of your own.";
        var command = new Command("load", what) { Host };
        Option[] options =
        [
            Port, RelayPort, Key, Peers, TcpShare, WsShare, Interval, Calls, Pairs, Frame, Fps, Duration, Prefix,
            Json, Own,
        ];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        Prefix.Validators.Add(static r =>
        {
            if (r.GetValueOrDefault<string>() is { Length: >= 1 and <= 10 }) return;
            r.AddError("--id-prefix takes 1 to 10 characters.");
        });
        command.Validators.Add(static r =>
        {
            if (r.GetValue(TcpShare) + r.GetValue(WsShare) <= 100) return;
            r.AddError("--tcp-percent and --ws-percent are over 100 together.");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult given, CancellationToken ct)
    {
        var host = given.GetValue(Host)!;
        if (await LoadTarget.ResolveAsync(host, ct) is not { } server)
        {
            await Console.Error.WriteLineAsync($"hawser load: {host} is no address and no name that resolves.");
            return 2;
        }

        if (!given.GetValue(Own) && !LoadTarget.IsOwnNetwork(server))
        {
            await Console.Error.WriteLineAsync(
                $"hawser load: {server} is neither loopback nor private. Say " +
                "--i-own-this-server if it is yours to load.");
            return 2;
        }

        var options = ReadOptions(given, server);
        var engine = new LoadEngine(options, TimeProvider.System);
        var run = engine.RunAsync(ct);
        var json = given.GetValue(Json)!;
        var screen = new LoadScreen();
        if (json != "-" && !Console.IsOutputRedirected) await screen.ShowAsync(engine, run, TimeProvider.System);
        var report = await run;
        await WriteAsync(report, json);
        return report.IsClean ? 0 : 1;
    }

    private static LoadOptions ReadOptions(ParseResult given, System.Net.IPAddress server)
    {
        var port = given.GetValue(Port);
        var peers = given.GetValue(Peers);
        return new LoadOptions
        {
            Server = server,
            RendezvousPort = port,
            RelayPort = given.GetValue(RelayPort) is var relay and not 0 ? relay : port + 1,
            Key = given.GetValue(Key)!,
            Peers = peers,
            TcpPeers = peers * given.GetValue(TcpShare) / 100,
            WebSocketPeers = peers * given.GetValue(WsShare) / 100,
            Interval = TimeSpan.FromSeconds(given.GetValue(Interval)),
            CallsPerSecond = given.GetValue(Calls),
            Pairs = given.GetValue(Pairs),
            FrameBytes = given.GetValue(Frame),
            FramesPerSecond = given.GetValue(Fps),
            Duration = TimeSpan.FromSeconds(given.GetValue(Duration)),
            IdPrefix = given.GetValue(Prefix)!,
        };
    }

    private static async Task WriteAsync(LoadReport report, string json)
    {
        var text = JsonSerializer.Serialize(report, LoadReportJson.Default.LoadReport);
        if (json == "-")
        {
            Console.WriteLine(text);
            return;
        }

        if (json.Length > 0) await File.WriteAllTextAsync(json, text + "\n");
        if (Console.IsOutputRedirected) AnsiConsole.Write(new LoadScreen().Draw(report));
    }

    private static Option<string> Text(string name, string what, string normal) =>
        new(name) { Description = what, DefaultValueFactory = _ => normal };

    private static Option<int> Count(string name, string what, int normal, int most)
    {
        var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => normal };
        option.Validators.Add(r =>
        {
            var value = r.GetValueOrDefault<int>();
            if (value < 0 || value > most) r.AddError($"{name} takes 0 to {most}.");
        });
        return option;
    }

    private static Option<double> Amount(string name, string what, double normal, double least, double most)
    {
        var option = new Option<double>(name) { Description = what, DefaultValueFactory = _ => normal };
        option.Validators.Add(r =>
        {
            var value = r.GetValueOrDefault<double>();
            if (!(value >= least && value <= most)) r.AddError($"{name} takes {least} to {most}.");
        });
        return option;
    }
}
