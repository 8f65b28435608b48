using System.Diagnostics;
using Xunit;

namespace Hawser.Services.Tests.Desktops;

/// <summary>A real X server without a monitor, and programs on it.</summary>
internal sealed class XServer : IAsyncDisposable
{
    private readonly List<Process> _programs = [];
    private Process _server;

    private XServer(Process server, string name) => (_server, Name) = (server, name);

    /// <summary>Such as <c>:5</c>.</summary>
    public string Name { get; }

    public static async Task<XServer> StartAsync()
    {
        foreach (var program in new[] { "Xvfb", "xterm", "xrandr" })
        {
            if (!File.Exists($"/usr/bin/{program}")) Assert.Skip($"{program} is not installed: ./test does that");
        }

        // It chooses a free number and says which.
        var server = Run(null, "Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp");
        var number = await server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new XServer(server, ":" + number!.Trim());
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
        _server = Run(null, "Xvfb", Name, "-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp");
        await _server.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
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
