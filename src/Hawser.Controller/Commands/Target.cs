using System.CommandLine;

namespace Hawser.Controller.Commands;

/// <summary>The machine that a command is about.</summary>
internal static class Target
{
    public static Argument<string> Id() => new("id") { Description = "The host's id, or its address." };
}
