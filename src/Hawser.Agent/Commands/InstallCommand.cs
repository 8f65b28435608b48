using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using Hawser.Agent.Installing;
using Hawser.Agent.Serving;

namespace Hawser.Agent.Commands;

/// <summary><c>hawser-agent install</c> and <c>uninstall</c>: the agent as a systemd service.</summary>
internal static class InstallCommand
{
    private const string Units = "/etc/systemd/system";

    public static Command Create()
    {
        var folder = RunCommand.Folder();
        var user = new Option<string?>("--user")
        {
            Description = "Offers this account's shells and files instead of root's.",
            HelpName = "NAME",
        };
        var print = new Option<bool>("--print") { Description = "Only show the unit." };
        var program = new Option<string?>("--program")
        {
            Description = "The program to start; this one when not given.",
            HelpName = "FILE",
        };
        var command = new Command("install", "Start the agent with the machine, by systemd; root only.")
        {
            user, print, program, folder,
        };
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            var data = Path.GetFullPath(parsed.GetValue(folder)!);
            var account = parsed.GetValue(user) is { Length: > 0 } name and not "root" ? name : null;
            var text = UnitFile.Text(ProgramOf(parsed.GetValue(program)), data, account);
            if (parsed.GetValue(print))
            {
                Console.Out.Write(text);
                return 0;
            }

            CheckRoot("install");
            if (!Directory.Exists(Units)) throw new AgentFailure(1, $"{Units} is missing: no systemd here.");
            var home = new AgentFolder(data);
            if (home.Config.Server.Length == 0)
            {
                throw new AgentFailure(2, "No server is set: hawser-agent config --server HOST --key KEY");
            }

            var id = home.Identity.Id;
            await File.WriteAllTextAsync(Path.Combine(Units, UnitFile.Name), text, cancellation);
            if (account is not null) await StartAsync("chown", ["-R", account, data], cancellation);
            await StartAsync("systemctl", ["daemon-reload"], cancellation);
            await StartAsync("systemctl", ["enable", UnitFile.Name], cancellation);
            await StartAsync("systemctl", ["restart", UnitFile.Name], cancellation);
            Console.Out.WriteLine($"{id} starts with this machine; hawser-agent status says what it does.");
            return 0;
        }
    }

    public static Command Remove()
    {
        var command = new Command("uninstall", "Don't start with the machine any more; what it keeps stays.");
        command.SetAction(RunAsync);
        return command;

        async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
        {
            CheckRoot("uninstall");
            var unit = Path.Combine(Units, UnitFile.Name);
            if (!File.Exists(unit)) throw new AgentFailure(1, "The agent is not installed by 'install'.");
            await StartAsync("systemctl", ["disable", "--now", UnitFile.Name], cancellation);
            File.Delete(unit);
            await StartAsync("systemctl", ["daemon-reload"], cancellation);
            return 0;
        }
    }

    private static void CheckRoot(string what)
    {
        if (Environment.UserName != "root") throw new AgentFailure(1, $"root only: sudo hawser-agent {what}");
    }

    private static string ProgramOf(string? given)
    {
        var own = given ?? Environment.ProcessPath ?? "";
        return Path.GetFileNameWithoutExtension(own) == "dotnet"
            ? throw new AgentFailure(2, "--program FILE: a service starts hawser-agent itself, not dotnet.")
            : Path.GetFullPath(own);
    }

    private static async Task StartAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments))!;
            await process.WaitForExitAsync(cancellation);
            if (process.ExitCode == 0) return;
        }
        catch (Win32Exception)
        {
            // Told below.
        }

        throw new AgentFailure(1, $"That failed: {program} {string.Join(' ', arguments)}");
    }
}
