using System.CommandLine;

namespace Hawser.Server.Commands;

/// <summary><c>hawser serve</c></summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve",
            "Run the server until it is asked to stop (SIGTERM or Ctrl-C; SIGHUP reloads).");
        NodeOptions.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(ConfigCommand.Arguments(parsed, "serve")));
        return command;
    }

    public static Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        NodeOptions.Read(arguments);
        return Task.FromResult(ExitCode.Done);
    }
}
