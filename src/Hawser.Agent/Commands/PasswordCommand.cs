using System.CommandLine;
using Hawser.Agent.Serving;
using Hawser.Session.Connecting;
using Hawser.Session.Host;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent password</c>: shows the one-time password, or sets the permanent one.</summary>
internal static class PasswordCommand
{
    public static Command Create()
    {
        var folder = RunCommand.Folder();
        var set = new Option<bool>("--set") { Description = "Set the permanent password, read from standard input." };
        var clear = new Option<bool>("--clear") { Description = "Have no permanent password." };
        var rotate = new Option<bool>("--new") { Description = "Make another one-time password." };
        var command = new Command("password", "Show the one-time password, or set the permanent one.")
        {
            set, clear, rotate, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var home = new AgentFolder(parsed.GetValue(folder)!);
            if (parsed.GetValue(set) || parsed.GetValue(clear))
            {
                await SetAsync(home, parsed.GetValue(clear) ? "" : Read(), cancellation);
                return 0;
            }

            var question = parsed.GetValue(rotate) ? "rotate" : "password";
            var answer = await LocalListener.AskAsync(home.Socket, question, cancellation)
                ?? throw new AgentFailure(
                    1, "The agent does not run here, so there is no one-time password: hawser-agent run");
            Console.Out.WriteLine(answer);
            return 0;
        });
        return command;
    }

    private static async Task SetAsync(AgentFolder home, string password, CancellationToken cancellation)
    {
        var told = await LocalListener.AskAsync(home.Socket, RunningAgent.SetPassword + password, cancellation);
        if (told is null) new HostSecrets(home.Secrets, home.Save).SetPermanent(password);
        Console.Out.WriteLine(password.Length > 0
            ? "The permanent password is set." : "There is no permanent password.");
    }

    private static string Read()
    {
        if (!Console.IsInputRedirected) Console.Error.Write("Password: ");
        var password = Console.In.ReadLine() ?? "";
        return password.Length >= 6 ? password : throw new AgentFailure(2, "A password needs at least 6 characters.");
    }
}
