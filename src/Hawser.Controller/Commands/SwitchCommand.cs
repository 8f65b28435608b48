using System.CommandLine;
using Hawser.Controller.Calling;
using Hawser.Session.Connecting;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary><c>hawser-connect ID switch</c>: whoever is there takes over this machine and its agent.</summary>
internal static class SwitchCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Create(CallOptions calling)
    {
        var id = Target.Id();
        var folder = new Option<string>("--agent-data")
        {
            Description = "The folder of this machine's agent.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "/var/lib/hawser-agent",
        };
        var command = new Command("switch", "Let whoever is at the machine control this one, without a password.")
        {
            id, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var target = parsed.GetValue(id)!;
            var control = Path.Combine(parsed.GetValue(folder)!, "control");
            var refused = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            var call = new HostCall(calling, parsed);
            await using var session = await call.OpenAsync(
                target,
                o => o with { Events = new ControllerEvents { Box = (_, text) => refused.TrySetResult(text) } },
                cancellation);
            var answer = await LocalListener.AskAsync(control, $"expect-back {target}", cancellation)
                ?? throw new Failure(Exit.Failed, $"No agent of this machine listens at {control}: --agent-data DIR");
            var words = answer.Split(' ');
            if (words.Length != 2) throw new Failure(Exit.Failed, $"This machine's agent is too old: {answer}");
            session.RequestSwitch(Guid.Parse(words[1]).ToByteArray(bigEndian: true));
            var first = await Task.WhenAny(
                refused.Task, session.Ended, Task.Delay(Patience, TimeProvider.System, cancellation));
            if (first == refused.Task) throw new Failure(Exit.NotLetIn, $"The host refuses: {await refused.Task}");
            if (first != session.Ended) throw new Failure(Exit.Failed, "The host does not answer.");
            Console.Out.WriteLine($"{target} is taking over this machine, {words[0]}.");
            return Exit.Done;
        });
        return command;
    }
}
