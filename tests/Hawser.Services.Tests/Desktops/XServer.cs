using System.Diagnostics;
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
