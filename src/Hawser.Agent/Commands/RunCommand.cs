using System.CommandLine;
using System.Runtime.InteropServices;
using Hawser.Agent.Serving;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent run</c>.</summary>
internal static class RunCommand
{
    public static Option<string> Folder() => new("--data")
    {
        Description = "The folder with this machine's identity and settings.",
        HelpName = "DIR",
        DefaultValueFactory = _ => AgentFolder.Default,
    };

    public static Command Create()
    {
        var folder = Folder();
        var command = new Command("run", "Register with the server and serve sessions until SIGTERM.") { folder };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(folder)!, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string folder, CancellationToken cancellation)
    {
        var log = new AgentLog(Console.Out, TimeProvider.System);
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.TrySetResult();
        });
        await using var cancelled = cancellation.Register(() => stop.TrySetResult());
        while (true)
        {
            await using var agent = RunningAgent.Start(new AgentFolder(folder), log);
            if (await Task.WhenAny(stop.Task, agent.RestartWanted) == stop.Task) break;
            log.Say("starting anew with what was changed");
        }

        log.Say("stopping");
        return 0;
    }
}
