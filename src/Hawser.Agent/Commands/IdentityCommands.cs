using System.CommandLine;
using System.Text.Json;
using Hawser.Agent.Serving;
using Hawser.Session.Connecting;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent id</c> and <c>status</c>.</summary>
internal static class IdentityCommands
{
    public static Command Id()
    {
        var folder = RunCommand.Folder();
        var command = new Command("id", "Print this machine's id.") { folder };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(new AgentFolder(parsed.GetValue(folder)!).Identity.Id);
            return 0;
        });
        return command;
    }

    /// <summary>Lets a running agent read its folder anew; its sessions end with that.</summary>
    public static async Task<int> RestartAsync(AgentFolder home, CancellationToken cancellation)
    {
        await LocalListener.AskAsync(home.Socket, RunningAgent.Restart, cancellation);
        return 0;
    }

    public static Command Status()
    {
        var folder = RunCommand.Folder();
        var json = new Option<bool>("--json") { Description = "For programs." };
        var command = new Command("status", "Say what the running agent does; 1 when it is not registered.")
        {
            json, folder,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var home = new AgentFolder(parsed.GetValue(folder)!);
            var answer = await LocalListener.AskAsync(home.Socket, "status", cancellation)
                ?? throw new AgentFailure(1, $"No agent runs with {home.Location}: hawser-agent run");
            using var document = JsonDocument.Parse(answer);
            if (parsed.GetValue(json)) Console.Out.WriteLine(answer);
            else
            {
                foreach (var fact in document.RootElement.EnumerateObject())
                {
                    Console.Out.WriteLine($"{fact.Name.Replace('_', ' '),-16} {fact.Value}");
                }
            }

            return document.RootElement.GetProperty("registered").GetBoolean() ? 0 : 1;
        });
        return command;
    }
}
