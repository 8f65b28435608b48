using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real X server without a monitor, and programs on it.</summary>
internal sealed class XServer : IAsyncDisposable
{
    private const int FirstNumber = 120;
    private readonly List<Process> _programs = [];
    private readonly FileStream _claim;
    private Process _server;

    private XServer(Process server, string name, FileStream claim) => (_server, Name, _claim) = (server, name, claim);

    /// <summary>Such as <c>:5</c>.</summary>
    public string Name { get; }

    public static async Task<XServer> StartAsync()
    {
        foreach (var program in new[] { "Xvfb", "xterm", "xrandr" })
        {
            if (!File.Exists($"/usr/bin/{program}")) Assert.Skip($"{program} is not installed: ./test does that");
        }

        for (var number = FirstNumber; number < FirstNumber + 200; number++)
        {
            if (TryClaim(number) is not { } claim) continue;
            if (await TryStartAsync($":{number}") is { } server) return new XServer(server, $":{number}", claim);
            await claim.DisposeAsync();
        }

        throw new IOException("no number is free for an X server");
    }

    /// <summary>Starts a program on it.</summary>
    public Process Start(string program, params string[] arguments)
    {
        var process = Run(Name, program, arguments);
        _programs.Add(process);
        return process;
    }

    /// <summary>Runs a program on it to its end.</summary>
    public async Task DoAsync(string program, params string[] arguments)
    {
        var process = Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        if (process.ExitCode != 0) throw new IOException($"{program} ended with {process.ExitCode}");
    }

    /// <summary>Waits for a window with this title; gives its number.</summary>
    public async Task<string> WindowAsync(string title)
    {
        if (!File.Exists("/usr/bin/xdotool")) Assert.Skip("xdotool is not installed: ./test does that");
        return await UntilAsync(title, isThere: true);
    }

    /// <summary>Waits until no window has this title.</summary>
    public Task NoWindowAsync(string title) => UntilAsync(title, isThere: false);

    /// <summary>Presses the nth button of the row at the foot of a window, as xmessage has them.</summary>
    public async Task PressAsync(string window, int button)
    {
        var facts = await SaysAsync("xdotool", "getwindowgeometry", "--shell", window);
        var height = int.Parse(
            facts.Split('\n').Single(l => l.StartsWith("HEIGHT=", StringComparison.Ordinal))[7..], CultureInfo.InvariantCulture);
        var (x, y) = ((20 + (60 * button)).ToString(CultureInfo.InvariantCulture), (height - 12).ToString(CultureInfo.InvariantCulture));
        await DoAsync("xdotool", "mousemove", "--sync", "--window", window, x, y, "click", "1");
    }

    /// <summary>Ends it, with all that runs on it.</summary>
    public void Kill()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
    }

    /// <summary>Starts it anew under the same name.</summary>
    public async Task RestartAsync()
    {
        _server.Dispose();
        _server = await TryStartAsync(Name) ?? throw new IOException($"somebody else has taken {Name}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var program in _programs)
        {
            if (!program.HasExited) program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
            program.Dispose();
        }

        if (!_server.HasExited) Kill();
        _server.Dispose();
        await _claim.DisposeAsync();
    }

    private async Task<string> UntilAsync(string title, bool isThere)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await FindAsync(title);
            if (found.Length > 0 == isThere) return found;
            if (TimeProvider.System.GetElapsedTime(since).TotalSeconds < 60) continue;
            throw new TimeoutException($"{(isThere ? "never" : "still")} a window: {title}");
        }
    }

    private async Task<string> FindAsync(string title)
    {
        var found = await SaysAsync("xdotool", "search", "--onlyvisible", "--name", $"^{title}$");
        return found.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "";
    }

    private async Task<string> SaysAsync(string program, params string[] arguments)
    {
        using var process = Run(Name, program, arguments);
        var said = await process.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return said;
    }

    // A server that chose its number itself could choose that of one which is about to be started anew.
    private static FileStream? TryClaim(int number)
    {
        try
        {
            var path = Path.Combine(Path.GetTempPath(), $"hawser-x-{number}.claim");
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static async Task<Process?> TryStartAsync(string name)
    {
        var server = Run(null, "Xvfb", name, "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp");
        // It says its number when it can be used, and nothing when it ends.
        if (await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60)) is not null) return server;
        await server.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        server.Dispose();
        return null;
    }

    private static Process Run(string? display, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        if (display is not null) start.Environment["DISPLAY"] = display;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }
}
