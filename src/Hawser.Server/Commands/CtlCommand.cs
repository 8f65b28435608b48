using System.CommandLine;
using System.Net.Sockets;
using Hawser.Server.Hosting;
using Hawser.Session.Connecting;

namespace Hawser.Server.Commands;

/// <summary><c>hawser ctl</c>: asks the server that runs on a data folder, over its private socket.</summary>
internal static class CtlCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The server's data folder.", HelpName = "DIR",
            DefaultValueFactory = _ => DefaultFolder() };
        var words = new Argument<string[]>("command") { Description = "The command and its arguments.",
            Arity = ArgumentArity.OneOrMore };
        var command = new Command("ctl", """
            Ask the running server, over the private socket in its data folder.

            Examples:
              hawser ctl help                    every command of the roles that run
              hawser ctl status                  the parts and the relays
              hawser ctl reload                  as SIGHUP does
              hawser ctl relay-servers r1.example,r2.example:21117
              hawser ctl punch-requests 0 20
              hawser ctl relay usage
              hawser ctl blocklist-add 203.0.113.7
            Changes last until the server stops.
            """) { data, words };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, cancel) =>
            RunAsync(parsed.GetValue(data)!, string.Join(' ', parsed.GetValue(words)!.Concat(parsed.UnmatchedTokens)),
                cancel));
        return command;
    }

    internal static async Task<int> RunAsync(string folder, string line, CancellationToken cancellationToken)
    {
        string[] names = line.StartsWith("relay ", StringComparison.Ordinal)
            ? [ControlSocket.RelayName, ControlSocket.Name] : [ControlSocket.Name, ControlSocket.RelayName];
        var path = names.Select(n => Path.GetFullPath(Path.Combine(folder, n))).FirstOrDefault(File.Exists)
            ?? throw new StartupException($"--data: no server runs on {folder} (it has no {ControlSocket.Name}).");
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => await LocalSocket.ConnectAsync(path, cancel),
            UseProxy = false,
        };
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(30) };
        try
        {
            using var answer = await http.PostAsync(new Uri("http://ctl/"), new StringContent(line), cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new StartupException(text.TrimEnd(), exitCode: ExitCode.Usage);
            await Console.Out.WriteAsync(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n");
            return ExitCode.Done;
        }
        catch (HttpRequestException e)
            when (e.InnerException is SocketException { SocketErrorCode: SocketError.AccessDenied })
        {
            throw new StartupException($"--data: only the server's user may use {path}.", e);
        }
        catch (HttpRequestException e)
        {
            throw new StartupException($"--data: the server on {folder} does not answer: {e.Message}", e);
        }
    }

    private static string DefaultFolder() => Configuration.OptionReader
        .Read(Configuration.OptionSources.OfProcess([])).Options.Data;
}
