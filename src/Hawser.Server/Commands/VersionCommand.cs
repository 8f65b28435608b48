using System.CommandLine;
using System.Reflection;

namespace Hawser.Server.Commands;

/// <summary><c>hawser version</c></summary>
internal static class VersionCommand
{
    public static string Version { get; } =
        typeof(VersionCommand)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static Command Create()
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ => Console.Out.WriteLine($"hawser {Version}"));
        return command;
    }
}
