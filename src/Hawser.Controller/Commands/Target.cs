using System.CommandLine;
using Hawser.Controller.Calling;
using Hawser.Session.Controller;

namespace Hawser.Controller.Commands;

/// <summary>The machine that a command is about, and its display.</summary>
internal static class Target
{
    public static Argument<string> Id() => new("id") { Description = "The host's id, or its address." };

    public static Option<int> Display() => new("--display")
    {
        Description = "Which display, from 0.",
        HelpName = "N",
    };

    /// <summary>The display, if the host has it.</summary>
    public static int Check(ControllerSession session, int display)
    {
        var count = session.Screen.Displays.Count;
        return display >= 0 && display < count ? display
            : throw new Failure(Exit.Usage, $"--display {display}: the host has {count}, from 0.");
    }

    /// <summary>Looks at a display.</summary>
    public static void Choose(ControllerSession session, int display)
    {
        if (Check(session, display) != 0) session.Screen.Show(display);
    }
}
