using System.Diagnostics;
using System.Globalization;

namespace Hawser.Agent.Linux;

/// <summary>Where windows are shown, and whose they are.</summary>
/// <param name="Display">Such as <c>:0</c>; null for the environment's.</param>
/// <param name="Authority">The file that opens it; empty for the environment's.</param>
/// <param name="Owner">The account that the windows belong to.</param>
internal sealed record DialogPlace(string? Display, string Authority, uint Owner);

/// <summary>
/// Windows for whoever sits at the desktop, shown by a program that desktops have: an agent has no windows of its own.
/// The programs run as the desktop's owner, and get no more of the environment than they need.
/// </summary>
internal sealed class Dialog
{
    private const uint NoGroup = 65534;
    private const int Yes = 101;
    private const int No = 102;
    private const string Title = "Remote access";
    private const int MostText = 4000;
    private static readonly string[] Known = ["zenity", "xmessage"];
    private static readonly string[] Folders = ["/usr/local/bin", "/usr/bin", "/bin"];
    private static readonly string[] Kept =
        ["PATH", "LANG", "LANGUAGE", "DISPLAY", "XAUTHORITY", "HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"];

    private readonly string _program;
    private readonly Func<DialogPlace> _place;

    private Dialog(string program, Func<DialogPlace> place) => (_program, _place) = (program, place);

    /// <summary>What to install when there is none.</summary>
    public static string Missing => "zenity or xmessage (Debian: apt install zenity, or x11-utils)";

    /// <summary>The program's name.</summary>
    public string Name => Path.GetFileName(_program);

    private bool IsZenity => Name == "zenity";

    /// <summary>Looks for a program.</summary>
    /// <param name="wanted">Its name; empty for the first that is there.</param>
    /// <param name="place">Where windows are to be shown now.</param>
    /// <returns>It; null when it is not installed.</returns>
    public static Dialog? Find(string wanted, Func<DialogPlace> place)
    {
        var found = Known.Where(n => wanted.Length == 0 || n == wanted)
            .SelectMany(n => Folders.Select(f => Path.Combine(f, n))).FirstOrDefault(File.Exists);
        return found is null ? null : new Dialog(found, place);
    }

    /// <summary>Whether a name is one of a program that is known.</summary>
    public static bool Knows(string name) => Known.Contains(name);

    /// <summary>Asks.</summary>
    /// <param name="text">The question; begins with a word of ours.</param>
    /// <param name="yes">What the one button says.</param>
    /// <param name="no">What the other says.</param>
    /// <param name="cancellation">Closes the window.</param>
    /// <returns>The answer; null when the window was closed without one, or could not be shown.</returns>
    public async Task<bool?> AskAsync(string text, string yes, string no, CancellationToken cancellation)
    {
        var (code, said) = await ShowAsync(Question(Clean(text), yes, no), cancellation);
        // zenity's codes are the same for a button and for a window that could not be shown; what it prints is not.
        if (IsZenity) return said == yes ? true : said == no ? false : null;
        return code == Yes ? true : code == No ? false : null;
    }

    /// <summary>Shows a text with one button for as long as it is wanted.</summary>
    /// <param name="text">The text; begins with a word of ours.</param>
    /// <param name="button">What the button says.</param>
    /// <param name="cancellation">Closes the window.</param>
    /// <returns>Whether the button was pressed; false when the window went otherwise.</returns>
    public async Task<bool> HoldAsync(string text, string button, CancellationToken cancellation)
    {
        var clean = Clean(text);
        string[] arguments = IsZenity
            ? ["--info", "--no-markup", "--title", Title, "--text", clean, "--ok-label", button]
            : ["-title", Title, "-buttons", $"{button}:{Yes}", clean];
        var (code, _) = await ShowAsync(arguments, cancellation);
        return code == (IsZenity ? 0 : Yes);
    }

    /// <summary>Shows a text, with a line to answer in when the program has that.</summary>
    /// <param name="text">The text; begins with a word of ours.</param>
    /// <param name="cancellation">Closes the window.</param>
    /// <returns>The answer; empty for none.</returns>
    public async Task<string> TellAsync(string text, CancellationToken cancellation)
    {
        var clean = Clean(text);
        string[] arguments = IsZenity
            ? ["--entry", "--title", Title, "--text", clean]
            : ["-center", "-title", Title, "-buttons", "Close:0", clean];
        var (code, said) = await ShowAsync(arguments, cancellation);
        return code == 0 && IsZenity ? said : "";
    }

    // Whoever types when a window comes up says no with it: that button has the focus.
    private string[] Question(string text, string yes, string no) => IsZenity
        ?
        [
            "--question", "--switch", "--no-markup", "--title", Title, "--text", text,
            "--extra-button", no, "--extra-button", yes,
        ]
        : ["-center", "-title", Title, "-buttons", $"{yes}:{Yes},{no}:{No}", "-default", no, text];

    // Names come from elsewhere: nothing in them is a control character or longer than a window.
    private string Clean(string text)
    {
        var kept = text.Where(c => c == '\n' || !(char.IsControl(c) || IsHidden(c)));
        // xmessage has one character for each byte.
        if (!IsZenity) kept = kept.Select(c => char.IsAscii(c) ? c : '?');
        return string.Concat(kept.Take(MostText));
    }

    // What turns the direction of a text makes it say something else.
    private static bool IsHidden(char c) => char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    private async Task<(int Code, string Said)> ShowAsync(string[] arguments, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Start(arguments) };
        try
        {
            process.Start();
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"{Name} can't be started: {e.Message}", e);
        }

        using var closing = cancellation.Register(() => End(process));
        // What toolkits complain of is nobody's business, and must not fill the pipe.
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var room = new char[MostText];
        var length = await process.StandardOutput.ReadBlockAsync(room, CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellation.ThrowIfCancellationRequested();
        return (process.ExitCode, new string(room, 0, length).TrimEnd('\n', '\r'));
    }

    private ProcessStartInfo Start(string[] arguments)
    {
        var place = _place();
        var mine = Libc.geteuid();
        var user = LocalUser.Of(place.Owner);
        var start = new ProcessStartInfo(mine == place.Owner ? _program : "/usr/bin/setpriv")
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        if (mine != place.Owner)
        {
            var group = user?.Group ?? NoGroup;
            string[] become =
                [$"--reuid={place.Owner}", $"--regid={group}", "--clear-groups", "--no-new-privs", _program];
            foreach (var argument in become) start.ArgumentList.Add(argument);
        }

        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var dropped = start.Environment.Keys.Where(k => !Kept.Contains(k)).ToArray();
        foreach (var name in dropped) start.Environment.Remove(name);
        if (place.Display is not null) start.Environment["DISPLAY"] = place.Display;
        if (place.Authority.Length > 0) start.Environment["XAUTHORITY"] = place.Authority;
        if (mine != place.Owner) Become(start, place.Owner, user);
        return start;
    }

    private static void Become(ProcessStartInfo start, uint owner, LocalUser? user)
    {
        start.Environment["HOME"] = user?.Home ?? "/";
        start.Environment.Remove("DBUS_SESSION_BUS_ADDRESS");
        var runtime = string.Create(CultureInfo.InvariantCulture, $"/run/user/{owner}");
        if (Directory.Exists(runtime)) start.Environment["XDG_RUNTIME_DIR"] = runtime;
        else start.Environment.Remove("XDG_RUNTIME_DIR");
    }

    private static void End(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended, or never began.
        }
    }
}
